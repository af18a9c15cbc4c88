"""What stands around a word in a sentence, and words without case and diacritics.

Pure text work for the checks of wording; offsets are code points of the text as given.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from afteractions.wording.words.name_words import (
    ARTICLES,
    AUXILIARIES,
    CUES,
    DEEDS,
    HUMAN_DEEDS,
    OCCUPATIONS,
    PARTICLES,
)

_LETTERS = {
    "ß": "ss",
    "ø": "o",
    "ł": "l",
    "æ": "ae",
    "œ": "oe",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "’": "'",
}
# Joiners, marks of direction and soft hyphens stand inside words and are not seen.
INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff")
_LETTER = r"[^\W\d_][\u0300-\u036f]*"
# A word with its inner hyphens and apostrophes, but without the "'s" of an owner.
WORD = re.compile(rf"(?:{_LETTER})+(?:(?!['’]s\b)['’-](?:{_LETTER})+)*")
BEFORE_A_PLACE = re.compile(r"\b(?:San|Santa|S[aã]o|St|Ste|Saint|Mt|Ft|Fort|Port)\.? $")
_OWNER = re.compile(r"['’]s?(?!\w)")
_NEXT = re.compile(r",?\s+(?:re-)?([\w'’]+)")
_PREVIOUS = re.compile(r"([\w'’]+)[.]?\s+$")
_LONGEST_WORD_BEFORE = 40
_LONGEST_BEFORE = 60
# What may stand between the end of a sentence and the first word of the next.
_OPENING = frozenset(" \t\"'“‘(*-•")


@dataclass(frozen=True, slots=True)
class FoldedText:
    """A text without case and diacritics, and for each of its characters the index in the original."""

    text: str
    origin: tuple[int, ...]
    letters: frozenset[str]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.origin[start], self.origin[end - 1] + 1


@dataclass(frozen=True, slots=True)
class Match:
    """`certain` is False where the word may well be an ordinary one or a product."""

    start: int
    end: int
    certain: bool = True


def fold(text: str) -> str:
    """The text without case and diacritics: "Łukasz Müller" becomes "lukasz muller"."""
    # Most words need no look at their letters, and every name of a large organisation is folded.
    return text.lower() if text.isascii() else folded(text).text


def folded(text: str) -> FoldedText:
    """The folded text, with the offset in the original that each of its letters comes from."""
    letters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        plain = unicodedata.normalize("NFKD", character.casefold())
        for row in plain:
            if not unicodedata.combining(row) and row not in INVISIBLE:
                replacement = _LETTERS.get(row, row)
                letters.append(replacement)
                origin += [index] * len(replacement)
    return FoldedText("".join(letters), tuple(origin), frozenset(letters))


def next_word(text: str, end: int) -> str:
    """The folded word after an offset, past an adverb: "Anna quickly restarted"."""
    following = _NEXT.match(text, end)
    if following and len(following[1]) > 4 and following[1].endswith("ly"):
        following = _NEXT.match(text, following.end()) or following
    return fold(following[1]) if following else ""


def previous_word(text: str, start: int) -> str:
    """The folded word before an offset in the same sentence."""
    preceding = _PREVIOUS.search(before(text, start, _LONGEST_WORD_BEFORE))
    return fold(preceding[1]) if preceding else ""


def before(text: str, start: int, longest: int = _LONGEST_BEFORE) -> str:
    """What stands before an offset, as far as it is looked at: the work must not grow with all that was written."""
    return text[max(0, start - longest) : start]


def owns(text: str, end: int) -> bool:
    """Whether something belongs to what ends here: "Anna's", "Jonas'"."""
    return _OWNER.match(text, end) is not None


def acts(text: str, start: int, end: int) -> bool:
    """Whether somebody or something that did a deed, or was asked, seems to stand here."""
    after = next_word(text, end)
    deed = after in DEEDS or after in HUMAN_DEEDS or _is_regular_past(after)
    cued = previous_word(text, start) in CUES or before(text, start).casefold().endswith(
        ("according to ", "thanks to ")
    )
    return deed or cued or owns(text, end)


def acts_like_a_person(text: str, start: int, end: int) -> bool:
    """Whether what stands here does what systems are not said to do, or is introduced as somebody."""
    after, previous = next_word(text, end), previous_word(text, start)
    takes_a_person = previous in {
        "told",
        "asked",
        "blame",
        "blamed",
        "phoned",
        "colleague",
        "contractor",
        "intern",
    }
    return (
        after in HUMAN_DEEDS
        or after in {"who", "whose", "whom"}
        or takes_a_person
        or follows_an_occupation(text, start)
    )


def does_a_deed(text: str, end: int) -> bool:
    """Whether a full verb of doing follows: neither "was" nor "had", which follow anything."""
    after = next_word(text, end)
    comma = text[end : end + 1] == ","
    deed = after in DEEDS or after in HUMAN_DEEDS or _is_regular_past(after)
    return not comma and after not in AUXILIARIES and deed


def _is_regular_past(word: str) -> bool:
    """Whether a word is a past tense by its shape; "exceed" and "need" are not."""
    return len(word) > 4 and word.endswith("ed") and not word.endswith("eed")


def follows_an_occupation(text: str, start: int) -> bool:
    """Whether the word before says what somebody does: "our DBA Henrike", "our DBA, Henrike"."""
    stem = before(text, start, _LONGEST_WORD_BEFORE).rstrip()
    return previous_word(stem.removesuffix(",") + " ", len(stem) + 1) in OCCUPATIONS


def follows_an_article(text: str, start: int) -> bool:
    """Whether the word before is an article: "the Baker"."""
    return previous_word(text, start) in ARTICLES


def begins_a_sentence(text: str, start: int) -> bool:
    """Whether what stands here is the first word of a sentence, a line or an item of a list."""
    while start and text[start - 1] in _OPENING:
        start -= 1
    return not start or text[start - 1] in ".!?:;\n"


def capitalised(text: str) -> list[re.Match[str]]:
    """The words with a capital first letter that are no abbreviations."""
    return [word for word in WORD.finditer(text) if _is_capitalised(word.group())]


def capitalised_runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Capitalised words that follow one another with nothing but a space, or a particle, between them."""
    run: list[re.Match[str]] = []
    for word in capitalised(text):
        between = text[run[-1].end() : word.start()] if run else ""
        joined = between == " " or all(fold(row) in PARTICLES - {"of"} for row in between.split())
        if run and between.startswith(" ") and between.endswith(" ") and joined:
            run.append(word)
        else:
            if run:
                yield run
            run = [word]
    if run:
        yield run


def _is_capitalised(word: str) -> bool:
    # "al-Sayegh" and "d'Este" begin with a particle.
    return (word[0].isupper() and not word.isupper()) or re.match(
        r"(?:al|el|d|ben)['’-][A-Z]", word
    ) is not None
