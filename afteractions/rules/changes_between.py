"""What changed between two frozen revisions, section by section, as runs of words (domain.md, revisions)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from afteractions.vocabulary import SectionKey
from majorops.words import Word

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


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

    section: SectionKey
    runs: tuple[Run, ...]


def changes_between(older: Mapping[SectionKey, str], newer: Mapping[SectionKey, str]) -> list[SectionChange]:
    """The sections whose text differs, in the order of the Learning Review. Absent and empty are the same."""
    return [
        SectionChange(section, difference(older.get(section, ""), newer.get(section, "")))
        for section in SectionKey
        if older.get(section, "") != newer.get(section, "")
    ]


def restarts_the_count(older: Mapping[SectionKey, str], newer: Mapping[SectionKey, str]) -> bool:
    """Whether an amendment starts the 48 h again: only when the root cause or the changes did change."""
    return any(
        older.get(section, "") != newer.get(section, "")
        for section in (SectionKey.ROOT_CAUSE, SectionKey.CHANGES)
    )


def difference(older: str, newer: str) -> tuple[Run, ...]:
    """The runs of words that turn the older text into the newer.

    Removed words come before those in their place.
    """
    before, now = _TOKENS.findall(older), _TOKENS.findall(newer)
    runs: list[Run] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Run(Op.EQUAL, "".join(before[a:b])))
            continue
        if b > a:
            runs.append(Run(Op.DELETE, "".join(before[a:b])))
        if d > c:
            runs.append(Run(Op.INSERT, "".join(now[c:d])))
    return tuple(runs)
