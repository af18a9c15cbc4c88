"""Showing what was found: the part of a text round it, and marks on the words asked for, as they are written."""

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise

from django.utils.html import escape
from django.utils.safestring import SafeString

from majorops.searching import WantedRuns, wanted
from majorops.searching.folding import RUNS_ON, UNSEEN, Run, folded

# Round what was found: characters that no text of ours holds.
BEGIN, END = "\x02", "\x03"
# Characters of a text that are looked at, and that are shown.
LONGEST_TEXT = 50_000
BEFORE, SHOWN = 60, 220
# A letter with what belongs to it: accents, marks of kana and Hangul written in pieces.
_letters = re.compile(f".[{UNSEEN}\u1160-\u11ff\u3099\u309a]*", re.DOTALL)
# Words that PostgreSQL does not keep.
COMMON = re.compile(
    "i|me|my|myself|we|our|ours|ourselves|you|your|yours|yourself|yourselves|he|him|his|himself|she|her|"
    "hers|herself|it|its|itself|they|them|their|theirs|themselves|what|which|who|whom|this|that|these|"
    "those|am|is|are|was|were|be|been|being|have|has|had|having|do|does|did|doing|a|an|the|and|but|if|or|"
    "because|as|until|while|of|at|by|for|with|about|against|between|into|through|during|before|after|"
    "above|below|to|from|up|down|in|out|on|off|over|under|again|further|then|once|here|there|when|where|"
    "why|how|all|any|both|each|few|more|most|other|some|such|no|nor|not|only|own|same|so|than|too|very|s|"
    "t|can|will|just|don|should|now"
)
# How English words end that share a stem, the longest first.
ENDING = (
    "(?:ations|ation|ating|ated|ates|ators|ator|ate|ionally|ional|ions|ion|ingly|ings|ing|edly|ied|ies|ily|iness|ers|er"
    "|ed|es|ements|ement|ments|ment|fully|ful|ness|ally|al|ables|able|ibly|ively|ives|ive|ity|ly|e|y|i|s)"
)
_ending = re.compile(f"(?<=...){ENDING}$")
# Letters that join each other, from right to left: such a word is marked as a whole.
JOINED = "[\u05d0-\u05ea\u0620-\u064a\u066e-\u06d3\u0750-\u077f\u08a0-\u08c7]*"
OPENS = f"(?:(?<![^\\W_])|(?<=[{RUNS_ON}]))"
CLOSES = f"(?:(?![^\\W_])|(?=[{RUNS_ON}]))"


def marks_of(text: str) -> re.Pattern[str] | None:
    """What marks in a folded text the words that were typed. None when there are none to mark."""
    return _compiled(text)


@lru_cache(maxsize=256)
def _compiled(text: str) -> re.Pattern[str] | None:
    patterns = [_pattern(row) for row in wanted(text) if not _is_common(row)]
    return re.compile("|".join(patterns)) if patterns else None


def _is_common(wanted: WantedRuns) -> bool:
    return all(not run.runs_on and COMMON.fullmatch(run.text) for run in wanted.runs)


def _pattern(wanted: WantedRuns) -> str:
    parts = []
    for number, run in enumerate(wanted.runs):
        is_last = number == len(wanted.runs) - 1
        if run.runs_on:
            around = JOINED if re.match(JOINED[:-1], run.text) else ""
            parts.append(f"{around}{re.escape(run.text)}{around}")
        else:
            parts.append(_word(run.text, is_last and wanted.goes_on))
    between = [
        r"[\W_]*" if one.runs_on or other.runs_on else r"[\W_]+" for one, other in pairwise(wanted.runs)
    ]
    data = parts[0] + "".join(sign + part for sign, part in zip(between, parts[1:], strict=True))
    first, last = wanted.runs[0], wanted.runs[-1]
    return f"{_edge(first, OPENS)}{data}{_edge(last, CLOSES)}"


def _edge(run: Run, edge: str) -> str:
    """A word begins and ends where letters do; a run without blanks anywhere."""
    return "" if run.runs_on or not run.text else edge


def _word(word: str, goes_on: bool) -> str:
    """The word in its forms; C++ and C# are kept under names."""
    if word.endswith("plusplus"):
        return re.escape(word.removesuffix("plusplus")) + r"(?:\+\+|plusplus)"
    if len(word) == 6 and word.endswith("sharp"):
        return f"(?:{word}|{word[0]}#)"
    rest = f"[^\\W_{RUNS_ON}]*" if goes_on else ""
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return re.escape(word) + (rest or "s?" if word.isalpha() else rest)
    stem = _ending.sub("", word)
    if len(stem) > 3 and stem[-1] == stem[-2]:
        stem = stem[:-1]
    return f"(?:{stem}{stem[-1]}?{ENDING}?|{word}{rest})"


def spans(text: str, marks: re.Pattern[str] | None) -> list[tuple[int, int]]:
    """Where in the text stands what was asked for."""
    if marks is None:
        return []
    small, begins = _folded(text)
    places = (match.span() for match in marks.finditer(small) if match.group())
    if not begins:
        return list(places)
    return [(begins[first], begins[last - 1] + _length(text, begins[last - 1])) for first, last in places]


def _folded(text: str) -> tuple[str, list[int]]:
    """The text folded, and where each of its characters begins in the text; of ASCII, where it is, nothing."""
    if text.isascii():
        return text.lower(), []
    values, begins = [], []
    for letter in _letters.finditer(text):
        small = _small(letter.group())
        values.append(small)
        begins += [letter.start()] * len(small)
    return "".join(values), begins


_small = lru_cache(maxsize=10_000)(folded)


def _length(text: str, at: int) -> int:
    letter = _letters.match(text, at)
    return len(letter.group()) if letter else 0


def _marked(text: str, places: list[tuple[int, int]]) -> str:
    values, at = [], 0
    for first, last in places:
        values += [text[at:first], BEGIN, text[first:last], END]
        at = last
    return "".join([*values, text[at:]])


def with_marks(text: str, marks: re.Pattern[str] | None) -> str:
    """The whole text with its marks, for `marked`."""
    return _marked(text, spans(text, marks))


def excerpt(text: str, marks: re.Pattern[str] | None) -> str:
    """The part of a text in which most of what was asked for stands close together, marked for `marked`."""
    text = text[:LONGEST_TEXT]
    places = spans(text, marks)
    begin = _best(places)
    first = _blank_after(text, begin - BEFORE) if begin > BEFORE else 0
    last = len(text) if len(text) <= first + SHOWN else _blank_before(text, first + SHOWN, begin + 1)
    visible = [(a - first, min(b, last) - first) for a, b in places if first <= a < last]
    return _marked(text[first:last], visible)


def _best(places: list[tuple[int, int]]) -> int:
    """Where to begin, so that as many places as may be are shown."""
    begins = [first for first, _ in places]
    reach = SHOWN - 2 * BEFORE
    counted = [bisect_right(begins, first + reach) - number for number, first in enumerate(begins)]
    return begins[counted.index(max(counted))] if counted else 0


def _blank_after(text: str, at: int) -> int:
    """The next word's beginning, not far away; scripts without blanks are cut where they are."""
    blank = text.find(" ", at, at + BEFORE)
    return blank + 1 if blank >= 0 else at


def _blank_before(text: str, at: int, least: int) -> int:
    blank = text.rfind(" ", max(least, at - BEFORE), at)
    return blank if blank >= 0 else at


def marked(item: str | None) -> SafeString:
    """What `with_marks` and `excerpt` give as HTML: what was found is marked, everything else is text."""
    return SafeString(escape(item or "").replace(BEGIN, "<mark>").replace(END, "</mark>"))


def plain(item: str | None) -> str:
    """The same without its marks."""
    return (item or "").replace(BEGIN, "").replace(END, "")
