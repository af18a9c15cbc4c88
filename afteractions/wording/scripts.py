"""The scripts that names are written in: what a word is in them, and what a form of it looks like in a sentence.

A word ends at a blank in most of them. Chinese, Japanese, Thai, Lao, Khmer and Burmese write without blanks; Korean
puts what others say with small words behind the name, Arabic and Hebrew before it, and Slavic languages inflect it.
"""

import re
import unicodedata
from collections.abc import Iterator


def _marks() -> str:
    """The combining marks of the Basic Multilingual Plane as ranges of a character class."""
    ranges: list[tuple[int, int]] = []
    for code in range(0x300, 0x10000):
        if unicodedata.category(chr(code)).startswith("M"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1] = ranges[-1][0], code
            else:
                ranges.append((code, code))
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


MARKS = _marks()

INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"
TOKEN = re.compile(rf"\w[\w{MARKS}{INVISIBLE}]*")
_WITHOUT_BLANKS = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0002ffff"
)
WITHOUT_BLANKS = re.compile(f"[{_WITHOUT_BLANKS}]")
HAN_AND_KANA = re.compile("[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]")
HAN = re.compile("[\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]")
_HANGUL = re.compile("[\uac00-\ud7a3]+")
_SEMITIC = re.compile("[\u0590-\u06ff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]+")
_CASED = re.compile("[A-Za-z\u00c0-\u058f\u10a0-\u10ff\u1e00-\u1fff]")
# "And", "to", "by", "as", "from" and "the" are written as one with the word that follows them.
_PREFIXES = re.compile("(?:[وف]?(?:ال|لل|[بلك])|[وف]|[ושכמ]?[הלבמכ]|[וש])(?=\\w{3})")
_ENDING = re.compile("[аеёиоуыэюяйь]+(?:м|ми|х|го|му)?[аеёиоуыэюяйь]*$")
_LONGEST_ENDING = 4
_SHORTEST_STEM = 3


def has_case(word: str) -> bool:
    """Whether the script of a word has capitals: where it has none, a name is not told by one."""
    return _CASED.match(word) is not None


def stem(word: str) -> str:
    """A folded Cyrillic word without the ending of its case, marked as a stem; empty for any other word."""
    if not _CYRILLIC.fullmatch(word):
        return ""
    left = _ENDING.sub("", word)
    return f"~{left}" if len(left) >= _SHORTEST_STEM else ""


def inner_words(word: str) -> Iterator[tuple[int, int]]:
    """Where else, inside a word as it stands in a text, a name may begin and end, as offsets."""
    if _HANGUL.match(word):
        length = len(word)
        for end in range(max(2, length - _LONGEST_ENDING), length):
            yield 0, end
    elif _SEMITIC.match(word):
        for hit in _PREFIXES.finditer(word):
            if hit.start() == 0:
                yield hit.end(), len(word)
                # "وبمحمد": two of them, one after the other.
                if hit.end() > 1:
                    yield 1, len(word)
            break
