"""What changed between two frozen revisions, section by section, as runs of words (domain.md, revisions)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from afteractions.vocabulary import REVIEW_PARTS, MeetingPart, SectionKey
from majorops.words import Word

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
# Spaces count as words too: two lines that share half of it share few words.
_ALIKE = 0.6

Texts = Mapping[SectionKey | MeetingPart, str]
"""What people read in each section, and of the meeting."""


class Op(Word):
    EQUAL = "equal", "Unchanged"
    INSERT = "insert", "Added"
    DELETE = "delete", "Removed"


@dataclass(frozen=True, slots=True)
class Run:
    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class SectionChange:
    """One changed section; the equal and inserted runs together are its newer text."""

    section: SectionKey | MeetingPart
    runs: tuple[Run, ...]


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


def difference(older: str, newer: str) -> tuple[Run, ...]:
    """The runs of words that turn the older text into the newer.

    Removed words come before those in their place. A line that became quite another one is shown whole: word by word
    nobody could read either.
    """
    before, now = older.splitlines(keepends=True), newer.splitlines(keepends=True)
    runs: list[Run] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Run(Op.EQUAL, "".join(before[a:b])))
            continue
        for was, is_now in zip_longest(before[a:b], now[c:d], fillvalue=""):
            runs += _words_between(was, is_now)
    return tuple(runs)


def _words_between(was: str, is_now: str) -> Iterator[Run]:
    before, now = _TOKENS.findall(was), _TOKENS.findall(is_now)
    words = SequenceMatcher(None, before, now, autojunk=False)
    opcodes = words.get_opcodes() if words.ratio() >= _ALIKE else [("replace", 0, len(before), 0, len(now))]
    for tag, a, b, c, d in opcodes:
        if tag == "equal":
            yield Run(Op.EQUAL, "".join(before[a:b]))
            continue
        if b > a:
            yield Run(Op.DELETE, "".join(before[a:b]))
        if d > c:
            yield Run(Op.INSERT, "".join(now[c:d]))
