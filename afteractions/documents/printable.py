"""What the fonts of the PDF can show, and in words what they cannot: for the distribution, and for the PDF itself."""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings

# A PDF/A may hold neither control characters nor private ones, and no lone surrogate can be written at all.
NEVER_SHOWN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufeff\ufff0-\ufffc\ufffe\uffff"
    "\U000e0000-\U0010ffff]"
)
# Joiners, selectors and directions, white space and line ends: nothing of them is drawn.
_NOT_DRAWN = re.compile(
    "[\t\n\r \u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f]"
)
_SCRIPTS = {"CJK": "Chinese character", "HANGUL": "Korean letter", "HIRAGANA": "Japanese letter"}
STAND_IN = "\ufffd"


@dataclass(frozen=True)
class _Covered:
    """The code points for which one vendored font has a glyph, as ranges: their begins, and their ends."""

    begins: tuple[int, ...]
    ends: tuple[int, ...]

    def has(self, character: str) -> bool:
        place = bisect_right(self.begins, ord(character)) - 1
        return place >= 0 and ord(character) <= self.ends[place]


@cache
def _covered() -> dict[str, _Covered]:
    """What the fonts that are always there cover, as "always", and what each of the large ones adds, in their order."""
    lines = (settings.BASE_DIR / "static/vendor/fonts/covered.txt").read_text(encoding="ascii").splitlines()
    covered = {}
    for line in lines:
        name, *ranges = line.split()
        pairs = [row.partition("-") for row in ranges]
        covered[name] = _Covered(
            tuple(int(low, 16) for low, _, _ in pairs), tuple(int(high or low, 16) for low, _, high in pairs)
        )
    return covered


def is_printable(character: str) -> bool:
    """Whether the PDF can show it."""
    if NEVER_SHOWN.match(character):
        return False
    return any(font.has(character) for font in _covered().values()) or bool(_NOT_DRAWN.match(character))


def large_fonts(text: str) -> tuple[str, ...]:
    """Which of the large fonts (Japanese, Chinese, Korean) the text needs, in their order; most often none."""
    fonts = _covered()
    letters = {character for character in set(text) if not fonts["always"].has(character)}
    needed = []
    for name, font in fonts.items():
        visible = {character for character in letters if font.has(character)}
        if visible and name != "always":
            needed.append(name)
            letters -= visible
    return tuple(needed)


def not_printable(document: Any) -> frozenset[str]:
    """The characters in any text of the document that the PDF cannot show."""
    return frozenset(character for character in set().union(*_texts(document)) if not is_printable(character))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def words_for(characters: frozenset[str]) -> str:
    """The characters by what they are, "2 Chinese characters, 1 control character"; empty for none."""
    counts = Counter(_kind(character) for character in sorted(characters))
    return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for kind, count in counts.items())


def _kind(character: str) -> str:
    match unicodedata.category(character):
        case "Cc" | "Cf":
            return "control character"
        case "Co":
            return "private character"
        case "Cn" | "Cs":
            return "unassigned character"
    script = unicodedata.name(character, "").partition(" ")[0]
    return _SCRIPTS.get(script) or f"{script.capitalize()} character"
