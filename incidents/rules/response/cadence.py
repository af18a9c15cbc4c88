"""How often a status update is due: the clock of the console and the holes of the record.

Domain: Record gaps. By the severity; from a Major Technical Meeting on as it set it (Seed: MTM, "Set next MTM time and
update cadence"), until the severity changes or the next meeting sets another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from incidents.rules.facts import RecordFacts

NEVER = datetime.max.replace(tzinfo=UTC)
ALWAYS = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class NextUpdate:
    """When the next status update is due. `late_by` in whole seconds, 0 while there is time."""

    due_at: datetime
    last_at: datetime | None
    late_by: int

    @property
    def is_late(self) -> bool:
        return self.late_by > 0


@dataclass(frozen=True, slots=True)
class Hole:
    """A time without a status update that was longer than the cadence; one was due at `due_at`."""

    begun_at: datetime
    ended_at: datetime
    due_at: datetime

    @property
    def seconds(self) -> int:
        return (self.ended_at - self.begun_at) // timedelta(seconds=1)


def next_update(facts: RecordFacts, at: datetime) -> NextUpdate | None:
    """The clock that runs down in the console; None when nothing is due: ended, validated, or no cadence."""
    begun_at = _begun_at(facts)
    if not facts.is_running or facts.milestones.recovered is not None or begun_at is None:
        return None
    sent = _sent(facts)
    last_at = sent[-1] if sent else None
    due_at = due_after(max(begun_at, last_at or begun_at), facts)
    if due_at is None:
        return None
    return NextUpdate(due_at, last_at, max(0, (at - due_at) // timedelta(seconds=1)))


def holes(facts: RecordFacts, at: datetime) -> tuple[Hole, ...]:
    """Every hole from the declaration to the validated recovery, else the close, else `at` while it runs.

    Exactly the cadence is in time. Updates recorded after the fact fill nothing. Without a declaration the
    clock starts at the confirmation, else at the first update.
    """
    sent = _sent(facts)
    begun_at = _begun_at(facts)
    ended_at = facts.milestones.recovered or facts.milestones.closed
    if ended_at is None:
        ended_at = at if facts.is_running else max(sent, default=None)
    if begun_at is None or ended_at is None:
        return ()
    points = [begun_at, *(instant for instant in sent if begun_at < instant < ended_at), ended_at]
    return tuple(
        Hole(before, after, due_at)
        for before, after in pairwise(points)
        if (due_at := due_after(before, facts)) is not None and due_at < after
    )


def due_after(last_at: datetime, facts: RecordFacts) -> datetime | None:
    """When the next update is due after one at `last_at`, by the cadence in force then; None when never.

    A raised severity, or a shorter cadence that a meeting sets, shortens the wait; an update that it makes overdue is
    due at that instant.
    """
    for cadence, since, until in _reigns(facts):
        if cadence is not None:
            due_at = max(since, last_at + cadence)
            if due_at < until:
                return due_at
    return None


def _reigns(facts: RecordFacts) -> Iterator[tuple[timedelta | None, datetime, datetime]]:
    """Each cadence with the instants from and until which it holds; None: no update is due."""
    changes = sorted(facts.severities, key=lambda entry: entry.since)
    held = [(entry.since, facts.cadence.get(entry.severity)) for entry in changes[1:]]
    held += [
        (set_at, mtm.cadence)
        for mtm in facts.mtms
        if mtm.cadence is not None
        and (set_at := mtm.ended_at or mtm.started_at) is not None
        and facts.is_live(mtm.started_at, mtm.logged_at)
    ]
    first = changes[0].severity if changes else facts.severity
    reigns = [(ALWAYS, facts.cadence.get(first)), *sorted(held, key=lambda item: item[0])]
    for (since, cadence), (until, _) in pairwise([*reigns, (NEVER, None)]):
        yield cadence, since, until


def _begun_at(facts: RecordFacts) -> datetime | None:
    return facts.milestones.opened or facts.milestones.confirmed or min(_sent(facts), default=None)


def _sent(facts: RecordFacts) -> list[datetime]:
    return sorted(
        update.sent_at for update in facts.status_updates if facts.is_live(update.sent_at, update.logged_at)
    )
