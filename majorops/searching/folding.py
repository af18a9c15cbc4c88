"""Words as they are compared: without case and accents, taken apart at every sign. PostgreSQL keeps texts by the same
rules (people, migration 0007), and `tests/platform/test_folding.py` asks both about every character there is."""

import re
from dataclasses import dataclass
from unicodedata import normalize

# What stands above, below or within a letter, and what is not seen at all: left out.
UNSEEN = (
    "\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
)
SEPARATORS = (
    "\u0080-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u02b0-\u02ff\u0375\u037e\u0387\u0482"
    "\u0559-\u055f\u0589-\u058f\u05be\u05c0\u05c3\u05c6\u05f3\u05f4\u0600-\u060f\u061b-\u061f\u066a-\u066d\u06d4"
    "\u06dd\u06de\u06e9\u06fd\u06fe\u0964\u0965\u0970\u0e2f\u0e3f\u0e4f\u0e5a\u0e5b\u104a-\u104f\u10fb\u17d4-\u17db"
    "\u2000-\u206f\u20a0-\u20cf\u2100-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30a0\u30fb"
    "\ue000-\uf8ff\ufe10-\ufe6f\ufff0-\uffff\U0001f000-\U0001faff\U000e0000-\U0010ffff"
)
# Letters of scripts that set no blanks between words, or hang small words onto others: Hebrew, Arabic, Indic, Thai,
# Korean, Chinese, Japanese. Of these any part of a text is found.
RUNS_ON = "\u0590-\u109f\u1100-\u1c8f\u1cc0-\u1cff\u2e80-\ua63f\ua6a0-\ua71f\ua800-\uab2f\uab70-\U0010ffff"
_unseen = re.compile(f"[{UNSEEN}]+")
_separators = re.compile(rf"[\x00-\x2f:-@\[-`{{-\x7f{SEPARATORS}]+")
_runs = re.compile(f"[{RUNS_ON}]+|[^{RUNS_ON}]+")


def _alike() -> dict[int, str]:
    """Small letters for capitals that have lost their accents, and one letter for those that are written for another.
    Not `str.lower`: what PostgreSQL makes small depends on the locale of its database."""
    pairs = (
        *((n, n + 32) for n in (*range(0x41, 0x5B), *range(0x391, 0x3A2), *range(0x3A3, 0x3AA))),
        *((n, n + 32) for n in range(0x410, 0x430)),
        *((n, n + 80) for n in range(0x400, 0x410)),
        *((n, n + 1) for n in (*range(0x460, 0x482, 2), *range(0x48A, 0x4C0, 2), *range(0x4D0, 0x530, 2))),
        *((n, n + 1) for n in range(0x4C1, 0x4CE, 2)),
        *((n, n + 48) for n in range(0x531, 0x557)),
    )
    letters = zip("ςىةیکٱøØđĐłŁħĦŧŦıðÐ", "σيهيكاooddllhhttidd", strict=True)
    digits = zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True)
    several = ("ßss", "ẞss", "æae", "Æae", "œoe", "Œoe", "þth", "Þth")
    return {
        **{before: chr(after) for before, after in pairs},
        **{ord(before): after for before, after in (*letters, *digits)},
        **{ord(text[0]): text[1:] for text in several},
    }


ALIKE = _alike()


def folded(text: str) -> str:
    """The text without case and accents."""
    if text.isascii():
        return text.lower()
    return normalize("NFKC", _unseen.sub("", normalize("NFKD", text))).translate(ALIKE)


@dataclass(frozen=True, slots=True)
class Run:
    """A word, or letters of a script that runs on."""

    text: str
    runs_on: bool


def runs_of(words: str) -> list[Run]:
    """The words of a text, folded and taken apart at every sign: `db-01.prod` is three of them."""
    text = re.sub(r"([a-z0-9])\+\+", r"\1plusplus", folded(words))
    text = re.sub(r"(?<![a-z0-9])([a-z])#", r"\1sharp", text)
    return [
        Run(run, bool(re.match(f"[{RUNS_ON}]", run)))
        for word in _separators.split(text)
        for run in _runs.findall(word)
    ]
