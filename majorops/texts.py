"""Texts that people type: how long they may be, and what can be kept."""


def too_long(text: str, most: int) -> str:
    """The sentence about a text of more than `most` characters; empty when it is short enough."""
    return f"At most {most:,} characters; this has {len(text):,}." if len(text) > most else ""


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can keep it: no NUL, no half of a surrogate pair."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
