from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.facts import MtmEntry, SeverityEntry, StatusUpdateEntry
from incidents.rules.response.cadence import due_after, holes, next_update
from incidents.vocabulary import Audience, Severity
from tests.rules.incidents.records import clock, record


def updates(*times, logged=None):
    return tuple(
        StatusUpdateEntry(clock(time), Audience.INTERNAL, None if logged is None else clock(logged))
        for time in times
    )


def closed(severity, sent, recovered="12:00"):
    return record(
        severity, {"opened": "10:00", "recovered": recovered, "closed": "12:30"}, status_updates=sent
    )


@pytest.mark.parametrize(
    ("severity", "sent", "expected"),
    [
        (Severity.CRITICAL, ("10:30", "11:00", "11:30"), []),
        (Severity.CRITICAL, ("10:30", "11:00:01", "11:30"), [("10:30", "11:00:01")]),
        (Severity.CRITICAL, (), [("10:00", "12:00")]),
        (Severity.CRITICAL, ("10:20",), [("10:20", "12:00")]),
        (Severity.CRITICAL, ("10:40", "11:20", "11:40"), [("10:00", "10:40"), ("10:40", "11:20")]),
        (Severity.HIGH, ("11:00",), []),
        (Severity.HIGH, ("10:50",), [("10:50", "12:00")]),
        (Severity.MEDIUM, (), []),
        (Severity.LOW, (), []),
    ],
)
def test_each_silence_longer_than_the_cadence_is_one_hole(severity, sent, expected):
    found = holes(closed(severity, updates(*sent)), clock("20:00"))

    assert [(hole.begun_at, hole.ended_at) for hole in found] == [(clock(a), clock(b)) for a, b in expected]


def test_an_update_entered_after_the_close_fills_no_hole():
    sent = updates("10:50", "11:30", logged="13:00")

    assert len(holes(closed(Severity.HIGH, sent), clock("20:00"))) == 1


def test_the_cadence_is_what_the_policy_says():
    facts = closed(Severity.HIGH, ())
    slower = replace(facts, cadence={Severity.HIGH: timedelta(minutes=180)})

    assert len(holes(facts, clock("20:00"))) == 1
    assert holes(slower, clock("20:00")) == ()


def test_a_meeting_sets_the_cadence_until_the_next_one_or_another_severity():
    facts = record(
        Severity.CRITICAL,
        {"opened": "10:00"},
        severities=(
            SeverityEntry(Severity.CRITICAL, clock("10:00")),
            SeverityEntry(Severity.HIGH, clock("16:00")),
        ),
        mtms=(
            MtmEntry(1, clock("12:00"), clock("12:20"), cadence=timedelta(minutes=60)),
            MtmEntry(2, clock("14:00"), clock("14:20")),
            MtmEntry(3, clock("15:00"), clock("15:20"), cadence=timedelta(minutes=10)),
        ),
    )
    due = {
        "11:00": "11:30",
        "12:00": "13:00",
        "12:30": "13:30",
        "14:30": "15:20",
        "15:25": "15:35",
        "16:05": "17:05",
    }

    assert {last: due_after(clock(last), facts) for last in due} == {a: clock(b) for a, b in due.items()}


def test_what_a_meeting_set_that_was_recorded_after_the_close_moves_no_clock():
    held = MtmEntry(
        1, clock("10:20"), clock("10:30"), logged_at=clock("13:00"), cadence=timedelta(minutes=90)
    )
    facts = replace(closed(Severity.CRITICAL, ()), mtms=(held,))

    assert due_after(clock("10:00"), facts) == clock("10:30")


def test_a_raised_severity_shortens_the_wait_from_then_on():
    facts = record(
        Severity.CRITICAL,
        {"opened": "10:00"},
        severities=(
            SeverityEntry(Severity.HIGH, clock("10:00")),
            SeverityEntry(Severity.CRITICAL, clock("10:45")),
        ),
    )

    assert due_after(clock("10:00"), facts) == clock("10:45")
    assert due_after(clock("10:30"), facts) == clock("11:00")


def test_another_severity_counts_from_its_very_instant_and_a_meeting_that_sets_no_cadence_changes_none():
    facts = record(
        Severity.HIGH,
        {"opened": "10:00"},
        severities=(
            SeverityEntry(Severity.CRITICAL, clock("10:00")),
            SeverityEntry(Severity.HIGH, clock("10:30")),
        ),
    )
    assert due_after(clock("10:00"), facts) == clock("11:00")
    silent = record(
        Severity.CRITICAL, {"opened": "10:00"}, mtms=(MtmEntry(1, clock("10:10"), clock("10:20")),)
    )
    assert due_after(clock("10:00"), silent) == clock("10:30")


def test_a_lowered_severity_stops_the_clock():
    facts = record(
        Severity.MEDIUM,
        {"opened": "10:00"},
        severities=(
            SeverityEntry(Severity.HIGH, clock("10:00")),
            SeverityEntry(Severity.MEDIUM, clock("10:45")),
        ),
    )

    assert due_after(clock("10:00"), facts) is None


def test_the_clock_of_the_console_runs_down_and_then_says_how_late():
    facts = record(Severity.CRITICAL, {"opened": "10:00"}, status_updates=updates("10:10"))

    in_time = next_update(facts, clock("10:30"))
    late = next_update(facts, clock("10:47"))

    assert in_time is not None
    assert (in_time.due_at, in_time.is_late) == (clock("10:40"), False)
    assert late is not None
    assert (late.late_by, late.is_late) == (7 * 60, True)
    at_the_instant, a_second_late = (next_update(facts, clock(at)) for at in ("10:40", "10:40:01"))
    assert (at_the_instant.late_by, at_the_instant.is_late) == (0, False)
    assert (a_second_late.late_by, a_second_late.is_late) == (1, True)


@pytest.mark.parametrize(
    ("milestones", "sent", "due", "last"),
    [
        ({"opened": "10:00"}, (), "10:30", None),
        ({"confirmed": "9:50"}, (), "10:20", None),
        ({"confirmed": "9:50", "opened": "10:00"}, (), "10:30", None),
        # What went out before the declaration does not start its clock.
        ({"opened": "10:00"}, ("9:40",), "10:30", "9:40"),
        ({}, ("9:40", "9:55"), "10:25", "9:55"),
    ],
)
def test_the_clock_starts_at_the_declaration_else_at_the_confirmation_else_at_the_first_update(
    milestones, sent, due, last
):
    """domain.md, Record gaps: a silence is one longer than the cadence of the severity."""
    facts = record(Severity.CRITICAL, milestones, status_updates=updates(*sent))
    found = next_update(facts, clock("10:05"))
    assert (found.due_at, found.last_at) == (clock(due), last and clock(last))
    first = clock(milestones.get("opened") or milestones.get("confirmed") or sent[0])
    later = [first, *(clock(time) for time in sent if clock(time) > first), clock("12:00")]
    assert [(hole.begun_at, hole.ended_at) for hole in holes(facts, clock("12:00"))] == [
        (a, b) for a, b in pairwise(later) if b - a > timedelta(minutes=30)
    ]


def test_a_silence_ends_with_the_validation_else_the_close_else_the_last_known_update():
    opened, sent = {"opened": "10:00"}, updates("10:50")
    for ending, until in (
        ({"recovered": "12:00", "closed": "13:00"}, "12:00"),
        ({"closed": "13:00"}, "13:00"),
        ({}, "14:00"),
    ):
        facts = record(Severity.CRITICAL, opened | ending, status_updates=sent)
        assert holes(facts, clock("14:00"))[-1].ended_at == clock(until)
    lost = record(Severity.CRITICAL, opened, status_updates=sent, ended_without_close=True)
    [hole] = holes(lost, clock("14:00"))
    assert (hole.begun_at, hole.ended_at, hole.seconds) == (clock("10:00"), clock("10:50"), 50 * 60)
    assert holes(record(Severity.CRITICAL, opened, ended_without_close=True), clock("14:00")) == ()
    assert next_update(lost, clock("14:00")) is None
    assert next_update(record(Severity.CRITICAL), clock("14:00")) is None


def test_a_meeting_that_goes_on_sets_its_cadence_from_its_start():
    going_on = MtmEntry(1, clock("10:10"), cadence=timedelta(minutes=90))
    facts = record(Severity.CRITICAL, {"opened": "10:00"}, mtms=(going_on,))
    assert due_after(clock("10:00"), facts) == clock("11:30")
    planned = replace(facts, mtms=(MtmEntry(1, cadence=timedelta(minutes=90)),))
    assert due_after(clock("10:00"), planned) == clock("10:30")


def test_no_update_is_due_before_it_is_confirmed_or_once_it_is_validated():
    assert next_update(record(Severity.CRITICAL, {"alert_fired": "10:00"}), clock("11:00")) is None
    validated = {"opened": "10:00", "recovered": "10:40"}
    assert next_update(record(Severity.CRITICAL, validated), clock("12:00")) is None
    assert next_update(record(Severity.LOW, {"opened": "10:00"}), clock("12:00")) is None


@given(st.lists(st.integers(1, 119), unique=True))
def test_there_is_a_hole_exactly_where_two_points_lie_too_far_apart(minutes):
    times = [f"{10 + minute // 60}:{minute % 60:02}" for minute in minutes]
    points = [0, *sorted(minutes), 120]
    expected = sum(after - before > 30 for before, after in pairwise(points))

    assert len(holes(closed(Severity.CRITICAL, updates(*times)), clock("20:00"))) == expected
