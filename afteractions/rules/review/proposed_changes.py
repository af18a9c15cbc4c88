"""The change that a row of "What was supposed to happen" becomes in one step (domain.md, The Learning Review)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from afteractions.vocabulary import WayKind


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """What changes, in the words that stand there, and the gap that it closes."""

    change: str
    gap: str


def proposed_changes(expected: Mapping[str, Any]) -> Iterator[ProposedChange]:
    """One for each deviation and way of the section `expected` that says something."""
    for row in expected["deviations"]:
        if row["expected"] or row["actual"]:
            gap = " ".join(f"{text.rstrip('.')}." for text in (row["expected"], row["actual"]) if text)
            yield ProposedChange(row["expected"] or row["actual"], gap)
    for way in expected["ways"]:
        yield ProposedChange(way["text"], f"{WayKind(way['kind']).label}: {way['text']}")
