"""References that people can read aloud, write down and link to; not consecutive, so that a gap tells nothing."""

import secrets

# Without 0, 1, I, L, O and U: nothing to confuse, and no words.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference(prefix: str, length: int = 6) -> str:
    """A fresh random reference such as `INC-K7Q4M2`; the column's UNIQUE refuses the rare repetition."""
    return f"{prefix}-{random_key(length)}"


def random_key(length: int = 6) -> str:
    """A fresh random key such as `K7Q4M2`."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
