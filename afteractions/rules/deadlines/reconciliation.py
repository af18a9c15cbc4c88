"""What must change so that the stored obligations agree with the facts. Decides only; an operation applies
it.

domain.md, Deadlines: an obligation ends as met, met late, missed (superseded after its due instant had
passed) or waived. A deadline that moves is a new row with a due instant of its own, so that it warns anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from afteractions.rules.deadlines.deadlines import Expected, Responsible
from afteractions.vocabulary import ObligationKind, ObligationState

_MET = frozenset({ObligationState.MET, ObligationState.MET_LATE})
_RUNNING = frozenset({ObligationState.OPEN, ObligationState.HISTORY})


@dataclass(frozen=True, slots=True)
class KeptObligation:
    """A stored obligation; `id` is whatever the store knows it by."""

    id: object
    kind: ObligationKind
    subject: str
    due_at: datetime
    due_on: date | None
    responsible: Responsible
    state: ObligationState
    met_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """Store a new row in the state `expected.state`."""

    expected: Expected


@dataclass(frozen=True, slots=True)
class Move:
    """End the row as `ends_as` and store a new one for `expected`, in one step."""

    row: KeptObligation
    expected: Expected
    ends_as: ObligationState


@dataclass(frozen=True, slots=True)
class Meet:
    """The row is met at `expected.met_at`, in the state `expected.state`, late by `late_by` or in time."""

    row: KeptObligation
    expected: Expected
    late_by: timedelta | None


@dataclass(frozen=True, slots=True)
class End:
    """The row is over without being met: superseded, or missed when its due instant had passed."""

    row: KeptObligation
    ends_as: ObligationState


@dataclass(frozen=True, slots=True)
class Reopen:
    """What met the row was taken back: it is open again under the same due instant."""

    row: KeptObligation
    expected: Expected


@dataclass(frozen=True, slots=True)
class Reassign:
    """Somebody else must meet the row from now on."""

    row: KeptObligation
    responsible: Responsible


ObligationChange = Open | Move | Meet | End | Reopen | Reassign


def ends_as(due_at: datetime, at: datetime) -> ObligationState:
    """How an unmet obligation ends at `at`: missed once its due instant has passed, else superseded."""
    return ObligationState.MISSED if due_at <= at else ObligationState.SUPERSEDED


def reconcile(
    rows: Iterable[KeptObligation], expected: Iterable[Expected], at: datetime
) -> list[ObligationChange]:
    """The changes that bring the stored rows into agreement with what is expected; none when they agree.

    `rows` come oldest first and may include ended ones: the last row of each kind and subject stands for
    it. A waived obligation stays waived, and what was met stays met whatever happens to its deadline, until
    the fact that met it is taken back.
    """
    kept = {(row.kind, row.subject): row for row in rows}
    changes: list[ObligationChange] = []
    for item in expected:
        row = kept.pop((item.kind, item.subject), None)
        changes += [Open(item)] if row is None else _agree(row, item, at)
    changes += [
        End(
            row,
            ObligationState.SUPERSEDED if row.state == ObligationState.HISTORY else ends_as(row.due_at, at),
        )
        for row in kept.values()
        if row.state in _RUNNING
    ]
    return changes


def _agree(row: KeptObligation, expected: Expected, at: datetime) -> list[ObligationChange]:
    if row.state == ObligationState.WAIVED:
        return []
    if row.state == ObligationState.SUPERSEDED:
        return [Open(expected)]
    if row.state == ObligationState.MISSED:
        still_missed = expected.state == ObligationState.MISSED and expected.due_at == row.due_at
        return [] if still_missed else [Open(expected)]
    if row.state in _MET:
        return _agree_with_met(row, expected)
    return _agree_with_running(row, expected, at)


def _agree_with_met(row: KeptObligation, expected: Expected) -> list[ObligationChange]:
    if expected.met_at == row.met_at:
        return []
    if expected.due_at != row.due_at:
        return [Move(row, expected, ObligationState.SUPERSEDED)]
    if expected.met_at is not None:
        return [Meet(row, expected, expected.late_by)]
    if expected.state == ObligationState.MISSED:
        return [End(row, ObligationState.MISSED)]
    return [Reopen(row, expected), *_reassigned(row, expected)]


def _agree_with_running(row: KeptObligation, expected: Expected, at: datetime) -> list[ObligationChange]:
    if expected.history != (row.state == ObligationState.HISTORY):
        return [Move(row, expected, ObligationState.SUPERSEDED)]
    if expected.due_at != row.due_at or expected.due_on != row.due_on:
        outcome = ObligationState.SUPERSEDED if expected.history else ends_as(row.due_at, at)
        return [Move(row, expected, outcome)]
    if expected.state == ObligationState.MISSED:
        return [End(row, ObligationState.MISSED)]
    if expected.met_at != row.met_at:
        return [Meet(row, expected, expected.late_by)]
    return _reassigned(row, expected)


def _reassigned(row: KeptObligation, expected: Expected) -> list[ObligationChange]:
    return [] if row.responsible == expected.responsible else [Reassign(row, expected.responsible)]
