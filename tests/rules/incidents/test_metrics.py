from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.metrics import duration, metrics, start
from incidents.vocabulary import MilestoneKind
from tests.rules.incidents.records import LATER, clock, complete_record, record

instants = st.none() | st.integers(-100_000, 100_000).map(
    lambda seconds: clock("12:00") + timedelta(seconds=seconds)
)
milestones = st.fixed_dictionaries(
    {kind.value: instants for kind in MilestoneKind if kind is not MilestoneKind.STAKEHOLDER_COMMUNICATION}
)


def with_milestones(found):
    facts = record()
    return replace(facts, milestones=replace(facts.milestones, **found))


def test_the_five_figures_of_a_complete_record():
    assert metrics(complete_record(), clock("20:00")).as_seconds() == {
        "time_to_detect": 180,
        "time_to_declare": 300,
        "time_to_mitigate": 2400,
        "time_to_resolve": 3900,
        "duration": 4500,
    }


def test_a_missing_end_is_not_captured_and_named():
    figures = metrics(record(milestones={"opened": "10:00", "closed": "12:00"}), clock("13:00"))

    assert figures.time_to_detect.seconds is None
    assert figures.time_to_detect.missing == (MilestoneKind.ALERT_FIRED, MilestoneKind.CONFIRMED)
    assert figures.time_to_mitigate.missing == (MilestoneKind.MITIGATED,)
    assert figures.duration.seconds is None
    assert figures.duration.missing == (MilestoneKind.RECOVERED, MilestoneKind.MITIGATED)


def test_what_is_out_of_order_stays_negative():
    figures = metrics(record(milestones={"alert_fired": "10:32", "confirmed": "10:02"}), clock("11:00"))

    assert figures.time_to_detect.seconds == -1800


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"opened": "10:00"}, 7200),
        ({"opened": "10:00", "mitigated": "10:40"}, 2400),
        ({"opened": "10:00", "mitigated": "10:40", "recovered": "11:00"}, 3600),
        ({"opened": "10:00", "impact_started": "9:00"}, 10800),
        ({"confirmed": "10:00", "alert_fired": "11:00"}, 7200),
        ({}, None),
    ],
)
def test_duration_runs_from_the_earliest_start_to_the_best_known_end(found, expected):
    assert duration(record(milestones=found), clock("12:00")).seconds == expected


def test_an_incident_that_ended_without_a_captured_close_has_no_duration():
    facts = record(milestones={"impact_started": "10:00"}, ended_without_close=True)

    assert duration(facts, clock("12:00")).seconds is None
    assert duration(facts, clock("12:00")).missing == (MilestoneKind.CLOSED,)
    # Whatever else is known of its end.
    validated = record(milestones={"impact_started": "10:00", "recovered": "11:00"}, ended_without_close=True)
    assert duration(validated, clock("12:00")).seconds is None


def test_a_duration_names_the_milestones_that_it_runs_between_and_those_that_are_missing():
    for found, starts, ends in (
        ({"opened": "10:00"}, MilestoneKind.OPENED, None),
        ({"opened": "10:00", "mitigated": "10:40"}, MilestoneKind.OPENED, MilestoneKind.MITIGATED),
        (
            {"confirmed": "9:55", "mitigated": "10:40", "recovered": "11:00"},
            MilestoneKind.CONFIRMED,
            MilestoneKind.RECOVERED,
        ),
    ):
        figure = duration(record(milestones=found), clock("12:00"))
        assert (figure.starts, figure.ends, figure.missing) == (starts, ends, ())
    nothing = duration(record(milestones={"recovered": "11:00"}), clock("12:00"))
    assert [kind.value for kind in nothing.missing] == [
        "impact_started",
        "alert_fired",
        "confirmed",
        "opened",
    ]


def test_what_is_out_of_order_by_less_than_a_second_still_shows_as_negative():
    opened, mitigated = clock("10:00"), clock("10:00") - timedelta(milliseconds=1)
    figures = metrics(with_milestones({"opened": opened, "mitigated": mitigated}), clock("12:00"))
    assert figures.time_to_mitigate.seconds == -1


def test_of_two_starts_at_once_the_first_named_counts():
    assert (
        start(record(milestones={"opened": "10:00", "impact_started": "10:00"}))
        is MilestoneKind.IMPACT_STARTED
    )


@given(milestones, st.integers(0, 10_000))
def test_a_figure_is_captured_exactly_when_no_end_is_missing(found, seconds):
    facts = with_milestones(found)
    for metric in metrics(facts, clock("12:00") + timedelta(seconds=seconds)).all():
        assert metric.is_captured == (not metric.missing)


@given(milestones)
def test_a_closed_incident_does_not_change_with_time(found):
    facts = with_milestones({**found, "closed": clock("23:00")})

    assert metrics(facts, clock("23:00")) == metrics(facts, clock("23:00") + LATER)


@given(milestones)
def test_declaring_and_mitigating_add_up(found):
    figures = metrics(with_milestones(found), clock("12:00"))
    declare, mitigate = figures.time_to_declare.seconds, figures.time_to_mitigate.seconds
    if declare is not None and mitigate is not None:
        assert declare + mitigate == (found["mitigated"] - found["confirmed"]).total_seconds()
