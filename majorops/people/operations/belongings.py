"""What belongs to somebody, asked of those who know: the platform disables an account without knowing what its person
is responsible for."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from majorops.people.models import Person


@dataclass(frozen=True, slots=True)
class Belonging:
    """One open thing of somebody: its `kind` as the API says it (`services`) and what people call it."""

    kind: str
    label: str


class HandOver(Protocol):
    """Passes everything of `leaver` to one person and returns how many things. Raises BadInput at `hand_over_to` for
    somebody who cannot take over."""

    def __call__(self, leaver: Person, *, to: Person, by: Person, now: datetime) -> int: ...


# Asked with a person and whoever reads it: what is restricted is only counted.
BelongingsOf = Callable[[Person, Person], Sequence[Belonging]]
_sources: dict[BelongingsOf, HandOver] = {}


def register(belongings: BelongingsOf, hand_over: HandOver) -> None:
    """Makes these two know of things that belong to people."""
    _sources[belongings] = hand_over


def belongings_of(person: Person, *, viewer: Person) -> list[Belonging]:
    """Everything open of `person` that was registered, as `viewer` may see it."""
    return [row for source in _sources for row in source(person, viewer)]


def hand_over_belongings(leaver: Person, *, to: Person, by: Person, now: datetime) -> int:
    """Passes all of it to one person. Returns how many things."""
    return sum(hand_over(leaver, to=to, by=by, now=now) for hand_over in _sources.values())
