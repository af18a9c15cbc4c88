"""How stored obligations are brought into agreement with the facts."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.rules.deadlines.deadlines import Expected, Responsible
from afteractions.rules.deadlines.reconciliation import (
    End,
    KeptObligation,
    Meet,
    Move,
    ObligationChange,
    Open,
    Reassign,
    Reopen,
    reconcile,
)
from afteractions.vocabulary import ObligationKind, ObligationState

AT = datetime(2026, 3, 24, 12, tzinfo=UTC)
LATER = AT + timedelta(hours=6)
EARLIER = AT - timedelta(hours=6)
MIM = Responsible(person="mim")
EXPECTED = Expected(ObligationKind.DISTRIBUTE, "meeting:1", LATER, MIM)


def stored(expected: Expected = EXPECTED, **changes) -> KeptObligation:
    row = KeptObligation(
        1,
        expected.kind,
        expected.subject,
        expected.due_at,
        expected.due_on,
        expected.responsible,
        expected.state,
        expected.met_at,
    )
    return replace(row, **changes)


def test_what_is_expected_and_not_stored_is_opened():
    assert reconcile([], [EXPECTED], AT) == [Open(EXPECTED)]


def test_what_agrees_is_left_alone():
    assert reconcile([stored()], [EXPECTED], AT) == []


def test_a_deadline_that_moves_before_it_passed_is_superseded_by_a_new_one():
    moved = replace(EXPECTED, due_at=LATER + timedelta(hours=1))
    assert reconcile([stored()], [moved], AT) == [Move(stored(), moved, ObligationState.SUPERSEDED)]


def test_a_deadline_that_moves_after_it_passed_was_missed():
    row = stored(due_at=EARLIER)
    assert reconcile([row], [EXPECTED], AT) == [Move(row, EXPECTED, ObligationState.MISSED)]


def test_what_is_met_says_by_how_much_late():
    met = replace(EXPECTED, met_at=LATER + timedelta(hours=2))
    assert reconcile([stored()], [met], AT) == [Meet(stored(), met, timedelta(hours=2))]
    in_time = replace(EXPECTED, met_at=AT)
    assert reconcile([stored()], [in_time], AT) == [Meet(stored(), in_time, None)]


def test_what_is_met_stays_met_when_its_deadline_moves():
    met = replace(EXPECTED, met_at=AT)
    assert reconcile([stored(met)], [replace(met, due_at=EARLIER)], LATER) == []


def test_what_is_met_stays_when_it_is_no_longer_expected():
    assert reconcile([stored(replace(EXPECTED, met_at=AT))], [], LATER) == []


def test_taking_back_what_met_it_opens_it_again():
    row = stored(replace(EXPECTED, met_at=AT))
    assert reconcile([row], [EXPECTED], AT) == [Reopen(row, EXPECTED)]
    late = stored(replace(EXPECTED, met_at=LATER + timedelta(hours=1)))
    assert reconcile([late], [EXPECTED], AT) == [Reopen(late, EXPECTED)]


@pytest.mark.parametrize(
    ("due_at", "outcome"),
    [
        (LATER, ObligationState.SUPERSEDED),
        (AT, ObligationState.MISSED),
        (EARLIER, ObligationState.MISSED),
    ],
)
def test_what_is_no_longer_expected_ends_as_superseded_or_missed(due_at, outcome):
    row = stored(due_at=due_at)
    assert reconcile([row], [], AT) == [End(row, outcome)]


def test_what_can_no_longer_be_met_ends_as_missed_and_stays_so():
    hopeless = replace(EXPECTED, missed=True)
    assert reconcile([stored()], [hopeless], AT) == [End(stored(), ObligationState.MISSED)]
    assert reconcile([stored(state=ObligationState.MISSED)], [hopeless], AT) == []


def test_what_ended_and_is_expected_again_is_opened_anew():
    row = stored(state=ObligationState.SUPERSEDED)
    assert reconcile([row], [EXPECTED], AT) == [Open(EXPECTED)]


def test_what_was_missed_and_can_be_met_again_or_is_due_at_another_time_is_opened_anew():
    row = stored(state=ObligationState.MISSED)
    assert reconcile([row], [EXPECTED], AT) == [Open(EXPECTED)]
    elsewhere = replace(EXPECTED, missed=True, due_at=LATER + timedelta(hours=1))
    assert reconcile([row], [elsewhere], AT) == [Open(elsewhere)]


def test_a_deadline_whose_day_is_another_is_a_new_one():
    row = stored(due_on=date(2026, 3, 24))
    moved = replace(EXPECTED, due_on=date(2026, 3, 25))
    assert reconcile([row], [moved], AT) == [Move(row, moved, ObligationState.SUPERSEDED)]


def test_a_waived_obligation_stays_waived():
    row = stored(state=ObligationState.WAIVED)
    assert reconcile([row], [replace(EXPECTED, due_at=LATER + timedelta(hours=1))], AT) == []


def test_a_handover_passes_the_obligation_on():
    other = replace(EXPECTED, responsible=Responsible(person="next mim"))
    assert reconcile([stored()], [other], AT) == [Reassign(stored(), Responsible(person="next mim"))]


def test_starting_the_process_of_a_past_incident_replaces_its_history():
    past = stored(replace(EXPECTED, due_at=EARLIER, history=True))
    assert reconcile([past], [EXPECTED], AT) == [Move(past, EXPECTED, ObligationState.SUPERSEDED)]


def test_history_never_counts_as_missed():
    past = stored(replace(EXPECTED, due_at=EARLIER, history=True))
    assert reconcile([past], [], AT) == [End(past, ObligationState.SUPERSEDED)]


def test_the_last_row_stands_for_its_subject():
    old = stored(state=ObligationState.SUPERSEDED, due_at=EARLIER)
    assert reconcile([old, stored()], [EXPECTED], AT) == []


@dataclass
class Store:
    """The plainest store that does what each change says."""

    rows: list[KeptObligation] = field(default_factory=list)

    def add(self, expected: Expected) -> None:
        self.rows.append(replace(stored(expected), id=len(self.rows)))

    def put(self, row: KeptObligation, **changes) -> None:
        self.rows[row.id] = replace(self.rows[row.id], **changes)

    def apply(self, change: ObligationChange) -> None:
        match change:
            case Open(expected):
                self.add(expected)
            case Move(row, expected, outcome):
                self.put(row, state=outcome)
                self.add(expected)
            case Meet(row, expected, _):
                self.put(row, state=expected.state, met_at=expected.met_at)
            case End(row, outcome):
                self.put(row, state=outcome)
            case Reopen(row, expected):
                self.put(row, state=expected.state, met_at=None)
            case Reassign(row, responsible):
                self.put(row, responsible=responsible)


hours = st.integers(-48, 48).map(lambda n: AT + timedelta(hours=n))
expectations = st.lists(
    st.builds(
        Expected,
        st.sampled_from([ObligationKind.SCHEDULE, ObligationKind.DISTRIBUTE]),
        st.sampled_from(["meeting:1", "meeting:2"]),
        hours,
        st.sampled_from([MIM, Responsible(person="other")]),
        met_at=st.none() | hours,
        missed=st.booleans(),
        history=st.booleans(),
    ),
    unique_by=lambda each: (each.kind, each.subject),
)


@given(st.lists(st.tuples(expectations, hours), min_size=1, max_size=6))
def test_after_the_changes_are_applied_nothing_is_left_to_change(story):
    store = Store()
    for expected, at in story:
        for change in reconcile(store.rows, expected, at):
            store.apply(change)
        left = reconcile(store.rows, expected, at)
        assert [each for each in left if not isinstance(each, Reassign)] == []


@given(st.lists(st.tuples(expectations, hours), min_size=1, max_size=6))
def test_no_subject_ever_has_two_running_rows(story):
    store = Store()
    for expected, at in story:
        for change in reconcile(store.rows, expected, at):
            store.apply(change)
        running = [(row.kind, row.subject) for row in store.rows if row.state == ObligationState.OPEN]
        assert len(running) == len(set(running))
