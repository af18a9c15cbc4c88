from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.facts import (
    MilestoneEntry,
    Milestones,
    StatedField,
    current_milestones,
    fields_stated_late,
    is_after_the_fact,
    live_until,
)
from incidents.vocabulary import MilestoneKind
from tests.rules.incidents.records import clock


@pytest.mark.parametrize(
    ("at", "logged_at", "closed_at", "late"),
    [
        ("10:00", "10:01", None, False),
        ("10:00", "10:01", "12:00", False),
        ("10:00", "12:01", "12:00", True),
        ("12:00", "12:00", "12:00", False),
        ("10:00", None, "12:00", False),
        ("12:30", None, "12:00", True),
        (None, None, "12:00", False),
        (None, "12:01", "12:00", True),
    ],
)
def test_after_the_fact_means_logged_after_the_close_or_dated_so_where_that_is_unknown(
    at, logged_at, closed_at, late
):
    instants = [None if time is None else clock(time) for time in (at, logged_at, closed_at)]

    assert is_after_the_fact(*instants) is late


def test_a_field_is_late_only_when_every_statement_of_it_is():
    statements = [
        StatedField("alert_fired", clock("9:00"), clock("13:00")),
        StatedField("customers_affected", clock("11:00"), clock("11:00")),
        StatedField("customers_affected", clock("11:00"), clock("13:00")),
    ]

    assert fields_stated_late(statements, clock("12:00")) == {"alert_fired"}
    assert fields_stated_late(statements, None) == frozenset()


@pytest.mark.parametrize(
    ("closed_at", "logged_at", "until"),
    [
        (None, None, None),
        (None, "13:00", None),
        ("12:00", None, "12:00"),
        ("12:00", "13:00", "13:00"),
        ("12:00", "11:59", "12:00"),
    ],
)
def test_whoever_closes_may_say_that_it_ended_earlier_than_it_was_open_to_record(closed_at, logged_at, until):
    closed, logged = (time and clock(time) for time in (closed_at, logged_at))
    assert live_until(closed, logged) == (until and clock(until))


def test_a_close_entered_an_hour_later_is_not_late():
    assert (
        fields_stated_late([StatedField("closed", clock("12:00"), clock("13:00"))], clock("12:00"))
        == frozenset()
    )


def test_the_first_mitigation_and_the_last_validation_count():
    entries = [
        MilestoneEntry(MilestoneKind.MITIGATED, clock("11:00")),
        MilestoneEntry(MilestoneKind.RECOVERED, clock("11:10")),
        MilestoneEntry(MilestoneKind.MITIGATED, clock("11:40")),
        MilestoneEntry(MilestoneKind.RECOVERED, clock("11:50")),
        # It was closed, reopened and closed anew.
        MilestoneEntry(MilestoneKind.CLOSED, clock("11:30")),
        MilestoneEntry(MilestoneKind.CLOSED, clock("12:00")),
        MilestoneEntry(MilestoneKind.OPENED, clock("9:00"), corrected=True),
        MilestoneEntry(MilestoneKind.OPENED, clock("10:00")),
        MilestoneEntry(MilestoneKind.STAKEHOLDER_COMMUNICATION, clock("10:20")),
    ]

    assert current_milestones(entries) == Milestones(
        opened=clock("10:00"), mitigated=clock("11:00"), recovered=clock("11:50"), closed=clock("12:00")
    )


@given(st.permutations(range(5)))
def test_the_order_of_entry_does_not_matter(order):
    entries = [
        MilestoneEntry(MilestoneKind.MITIGATED, clock("11:00") + timedelta(minutes=number))
        for number in order
    ]

    assert current_milestones(entries).mitigated == clock("11:00")
