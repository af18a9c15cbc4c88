"""Texts that people type: how long they may be, and what can be kept."""

import re
import unicodedata
from urllib.parse import urlsplit

from majorops.errors import BadInput

LONGEST_TEXT = 20_000
LONGEST_NAME = 200
# Letters and symbols that show as a blank.
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# They shape the letters of Persian and of the scripts of India, and show nothing between others.
_JOINERS = re.compile("(?<=[\u0590-\u1fff])[\u200c\u200d](?=[\u0590-\u1fff])")
_SURROGATE = re.compile("[\ud800-\udfff]")


def too_long(text: str, most: int) -> str:
    """The sentence about a text of more than `most` characters; empty when it is short enough."""
    return f"At most {most:,} characters; this has {len(text):,}." if len(text) > most else ""


def unstorable(text: str) -> str:
    """The sentence about a character that PostgreSQL does not keep; empty where there is none."""
    if "\x00" in text:
        return "This contains a NUL character, which cannot be kept. Remove it."
    if _SURROGATE.search(text):
        return "This contains half a character (an unpaired surrogate). Remove it."
    return ""


def problem_of(text: str, *, most: int = LONGEST_TEXT, empty: str = "") -> str:
    """What is wrong with a text: the sentence `empty` where there is nothing, more than `most` characters, or what
    cannot be kept; empty where nothing is."""
    return (not text and empty) or too_long(text, most) or unstorable(text)


def typed_text(
    value: str, path: str, *, most: int = LONGEST_TEXT, empty: str = "", one_line: bool = False
) -> str:
    """What was typed, without the blanks around it; in `one_line` without line breaks and double blanks in it.

    Raises BadInput at `path` with what `problem_of` says.
    """
    text = " ".join(value.split()) if one_line else value.strip()
    if problem := problem_of(text, most=most, empty=empty):
        raise BadInput.of(path, problem)
    return text


def name_problem(name: str, *, most: int = LONGEST_NAME) -> str:
    """What keeps a text from being the name of somebody or something: too long, or with characters that show nothing,
    or turn or hide what stands beside them, so that it reads as another; empty where nothing does."""
    if problem := too_long(name, most) or unstorable(name):
        return problem
    for character in _JOINERS.sub("", name):
        if unicodedata.category(character) in ("Cc", "Cf", "Co", "Zl", "Zp") or character in _BLANKS:
            return f"This contains a character that nobody sees (U+{ord(character):04X}). Remove it."
    return ""


def typed_name(value: str, path: str, *, most: int = LONGEST_NAME, empty: str = "") -> str:
    """A name as it was typed, on one line. Raises BadInput at `path` with what `name_problem` says."""
    name = typed_text(value, path, most=most, empty=empty, one_line=True)
    if problem := name_problem(name, most=most):
        raise BadInput.of(path, problem)
    return name


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


def has_look_alikes(address: str) -> bool:
    """Whether a letter of it becomes one of a to z by its case alone, as the Kelvin sign and the dotless i do: the same
    address to one part of a system and another to the next."""
    return any(
        not letter.isascii() and (letter.lower().isascii() or letter.upper().isascii()) for letter in address
    )
