"""What needs a person, asked of those who know: the platform's digest tells it without knowing what it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from majorops.people.models import Person


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that needs somebody: what, `when` in words of the reader's zone (or empty), and the path to it."""

    what: str
    when: str
    url: str


@dataclass(frozen=True, slots=True)
class DigestGroup:
    """Things under one heading, such as "Now"."""

    label: str
    things: Sequence[Thing]


# Asked with a person and an instant; answers with the groups that hold something.
NeedsOf = Callable[[Person, datetime], Sequence[DigestGroup]]
_asked: list[NeedsOf] = []


def register(source: NeedsOf) -> None:
    """Makes `source` one of those who say what needs a person."""
    if source not in _asked:
        _asked.append(source)


def needs_of(person: Person, now: datetime) -> list[DigestGroup]:
    """What needs the person now, of all who were registered."""
    return [group for row in _asked for group in row(person, now)]
