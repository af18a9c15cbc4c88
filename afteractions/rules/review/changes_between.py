"""What changed between two frozen revisions, section by section, as runs of words (domain.md, revisions)."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TypeAlias

from afteractions.vocabulary import REVIEW_PARTS, MeetingPart, SectionKey
from majorops.words import Word

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
_SENTENCES = re.compile(r"[^.!?;]*[.!?;]+\s*|[^.!?;]+")
# More are compared by larger pieces, or not at all: the work must not grow with the square of what was typed.
_MOST_PAIRS = 50_000
Opcode: TypeAlias = tuple[str, int, int, int, int]
# Spaces count as words too: two lines that share half of it share few words.
_ALIKE = 0.6
# So many characters of what did not change are read beside what did.
_BESIDE = 60

Texts = Mapping[SectionKey | MeetingPart, str]
"""What people read in each section, and of the meeting."""


class Op(Word):
    EQUAL = "equal", "Unchanged"
    INSERT = "insert", "Added"
    DELETE = "delete", "Removed"


@dataclass(frozen=True, slots=True)
class TextRun:
    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One changed section; the equal and inserted runs together are its newer text."""

    section: SectionKey | MeetingPart
    runs: tuple[TextRun, ...]

    def excerpt(self) -> tuple[TextRun, ...]:
        """The runs as somebody reads them who has the newer text before them: of what did not change only the words
        beside what did, with … for the rest."""
        last = len(self.runs) - 1
        return tuple(
            TextRun(run.op, _beside(run.text, before=place > 0, after=place < last))
            if run.op is Op.EQUAL
            else run
            for place, run in enumerate(self.runs)
        )


def changes_between(older: Texts, newer: Texts) -> list[SectionChange]:
    """The sections whose text differs, in the order of the Learning Review. Absent and empty are the same."""
    return [
        SectionChange(section, difference(older.get(section, ""), newer.get(section, "")))
        for section in REVIEW_PARTS
        if older.get(section, "") != newer.get(section, "")
    ]


def restarts_the_count(older: Texts, newer: Texts) -> bool:
    """Whether an amendment starts the 48 h again: only when the root cause or the changes did change."""
    return any(
        older.get(section, "") != newer.get(section, "")
        for section in (SectionKey.ROOT_CAUSE, SectionKey.CHANGES)
    )


def difference(older: str, newer: str) -> tuple[TextRun, ...]:
    """The runs of words that turn the older text into the newer.

    Removed words come before those in their place. A line that became quite another one is shown whole: word by word
    nobody could read either. What repeats itself so often that no comparison would end is shown whole too.
    """
    before, now = older.splitlines(keepends=True), newer.splitlines(keepends=True)
    runs: list[TextRun] = []
    for tag, a, b, c, d in _opcodes(before, now):
        if tag == "equal":
            runs.append(TextRun(Op.EQUAL, "".join(before[a:b])))
            continue
        for was, is_now in zip_longest(before[a:b], now[c:d], fillvalue=""):
            runs += _between(was, is_now)
    return tuple(runs)


def _beside(text: str, *, before: bool, after: bool) -> str:
    """The words of `text` next to what changed `before` it and `after` it."""
    if len(text) <= 2 * _BESIDE:
        return text
    head = text[:_BESIDE].rpartition(" ")[0] if before else ""
    tail = text[-_BESIDE:].partition(" ")[2] if after else ""
    return f"{head} … {tail}"


def _between(was: str, is_now: str) -> Iterator[TextRun]:
    """The runs of one line that changed: by its words, a long one by its sentences and the words of those."""
    before, now = _TOKENS.findall(was), _TOKENS.findall(is_now)
    if _pairs(before, now) <= _MOST_PAIRS:
        yield from _words_between(before, now)
        return
    before, now = _SENTENCES.findall(was), _SENTENCES.findall(is_now)
    for tag, a, b, c, d in _opcodes(before, now):
        if tag == "equal":
            yield TextRun(Op.EQUAL, "".join(before[a:b]))
            continue
        for sentence, other in zip_longest(before[a:b], now[c:d], fillvalue=""):
            yield from _words_between(_TOKENS.findall(sentence), _TOKENS.findall(other))


def _words_between(before: Sequence[str], now: Sequence[str]) -> Iterator[TextRun]:
    opcodes = _opcodes(before, now)
    equal = sum(b - a for tag, a, b, _, _ in opcodes if tag == "equal")
    if 2 * equal < _ALIKE * (len(before) + len(now)):
        opcodes = [("replace", 0, len(before), 0, len(now))]
    for tag, a, b, c, d in opcodes:
        if tag == "equal":
            yield TextRun(Op.EQUAL, "".join(before[a:b]))
            continue
        if b > a:
            yield TextRun(Op.DELETE, "".join(before[a:b]))
        if d > c:
            yield TextRun(Op.INSERT, "".join(now[c:d]))


def _opcodes(before: Sequence[str], now: Sequence[str]) -> list[Opcode]:
    """What difflib says of two sequences, but their common beginning and end, which it need not look at; one
    replacement where the rest repeats itself too often."""
    start, most = 0, min(len(before), len(now))
    while start < most and before[start] == now[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == now[-1 - end]:
        end += 1
    a, b, c, d = start, len(before) - end, start, len(now) - end
    inner: list[Opcode] = [("replace", a, b, c, d)]
    if _pairs(before[a:b], now[c:d]) <= _MOST_PAIRS:
        opcodes = SequenceMatcher(None, before[a:b], now[c:d], autojunk=False).get_opcodes()
        inner = [(tag, i + a, j + a, k + c, m + c) for tag, i, j, k, m in opcodes]
    head: list[Opcode] = [("equal", 0, start, 0, start)] if start else []
    tail: list[Opcode] = [("equal", b, len(before), d, len(now))] if end else []
    return [*head, *inner, *tail]


def _pairs(before: Sequence[str], now: Sequence[str]) -> int:
    """How many pairs of equal items there are: what comparing them costs."""
    there = Counter(now)
    return sum(times * there[item] for item, times in Counter(before).items())
