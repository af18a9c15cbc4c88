"""Texts that people type: how long they may be, and what can be kept."""

from urllib.parse import urlsplit


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


def web_address(text: str) -> str | None:
    """The address with its scheme and host in lower case; None for what is no address of the web, or has blanks, line
    breaks, backslashes or controls in it: browsers drop or turn those, and it would lead elsewhere than it reads."""
    if not text.isprintable() or "\\" in text or any(character.isspace() for character in text):
        return None
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    if not good:
        return None
    name, sign, host = parts.netloc.rpartition("@")
    rest = text[len(parts.scheme) + len("://") + len(parts.netloc) :]
    return f"{parts.scheme}://{name}{sign}{host.lower()}{rest}"
