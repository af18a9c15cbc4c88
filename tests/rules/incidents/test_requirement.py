from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.requirement import (
    Inputs,
    current_requirement,
    decide,
    forecast,
    must_confirm_lowering,
    requirement,
)
from incidents.vocabulary import RequirementLevel, Severity
from tests.rules.incidents.records import clock, record

MANDATORY, RECOMMENDED = RequirementLevel.MANDATORY, RequirementLevel.RECOMMENDED
OPTIONAL, NOT_REQUIRED = RequirementLevel.OPTIONAL, RequirementLevel.NOT_REQUIRED
STRENGTH = [NOT_REQUIRED, OPTIONAL, RECOMMENDED, MANDATORY]

BRIEF = {"opened": "10:00", "recovered": "11:00", "closed": "11:00"}
EXACTLY = {"opened": "10:00", "recovered": "12:00", "closed": "12:00"}
JUST_OVER = {"opened": "10:00", "recovered": "12:00:01", "closed": "12:01"}

inputs = st.builds(
    Inputs,
    severity=st.sampled_from(Severity),
    duration=st.none() | st.integers(-10, 20_000),
    customer_impact=st.booleans(),
    customer_impact_known=st.booleans(),
    unusual_factors=st.none() | st.just("Two suppliers failed at once"),
    is_repeat=st.booleans(),
    repeat_of=st.none(),
)


@pytest.mark.parametrize(
    ("severity", "milestones", "more", "level", "rule"),
    [
        (Severity.LOW, BRIEF, {"is_repeat": True}, MANDATORY, 1),
        (Severity.CRITICAL, BRIEF, {"is_repeat": True}, MANDATORY, 1),
        (Severity.MEDIUM, BRIEF, {"repeat_of": "INC-K7Q4M"}, MANDATORY, 1),
        (Severity.CRITICAL, BRIEF, {}, MANDATORY, 2),
        (Severity.CRITICAL, {}, {"external": False}, MANDATORY, 2),
        (Severity.HIGH, JUST_OVER, {"external": False}, MANDATORY, 3),
        (Severity.HIGH, EXACTLY, {"external": True}, RECOMMENDED, 4),
        (Severity.HIGH, EXACTLY, {"external": False}, OPTIONAL, 5),
        (Severity.HIGH, BRIEF, {"external": None}, RECOMMENDED, 4),
        (Severity.HIGH, BRIEF, {"external": False, "customers_affected": 3}, RECOMMENDED, 4),
        (Severity.HIGH, BRIEF, {"external": False, "customers_affected": 0}, OPTIONAL, 5),
        (Severity.HIGH, BRIEF, {"external": None, "customers_affected": 0}, RECOMMENDED, 4),
        (Severity.HIGH, {"closed": "12:00"}, {"external": False}, MANDATORY, 3),
        (Severity.MEDIUM, JUST_OVER, {"unusual_factors": "A leap second"}, OPTIONAL, 6),
        (Severity.MEDIUM, JUST_OVER, {"unusual_factors": "  "}, NOT_REQUIRED, 7),
        (Severity.MEDIUM, JUST_OVER, {"external": True}, NOT_REQUIRED, 7),
        (Severity.LOW, JUST_OVER, {"unusual_factors": "A leap second"}, NOT_REQUIRED, 7),
    ],
)
def test_the_first_row_of_the_table_that_matches_decides(severity, milestones, more, level, rule):
    answer = requirement(record(severity, milestones, **more), clock("20:00"))

    assert (answer.level, answer.rule) == (level, rule)
    assert answer.reason.strip()


@pytest.mark.parametrize(
    ("severity", "milestones", "more", "reason"),
    [
        (Severity.CRITICAL, BRIEF, {}, "Critical (P1): mandatory at any duration."),
        (Severity.HIGH, JUST_OVER, {}, "High (P2), over 2 h: it lasted 2 h."),
        (Severity.HIGH, EXACTLY, {"external": True}, "High (P2), not over 2 h, with customer impact."),
        (Severity.HIGH, EXACTLY, {"external": False}, "High (P2), not over 2 h, internal only."),
        (
            Severity.MEDIUM,
            BRIEF,
            {"unusual_factors": " A leap second "},
            "Medium (P3) with unusual contributing factors: A leap second",
        ),
        (Severity.MEDIUM, BRIEF, {}, "Medium (P3) without unusual contributing factors."),
        (Severity.LOW, BRIEF, {}, "Low (P4): no condition asks for an After Action."),
    ],
)
def test_the_answer_carries_its_reason_in_words(severity, milestones, more, reason):
    """domain.md, When an After Action is required."""
    assert requirement(record(severity, milestones, **more), clock("20:00")).reason == reason


def test_the_highest_severity_since_opening_counts():
    facts = record(Severity.LOW, BRIEF, highest_severity=Severity.CRITICAL)

    assert requirement(facts, clock("20:00")).rule == 2


def test_an_unknown_duration_of_a_high_incident_is_mandatory_until_settled():
    answer = requirement(record(Severity.HIGH, {"closed": "12:00"}), clock("20:00"))

    assert "not captured" in answer.reason
    assert "until someone settles it" in answer.reason


def test_unknown_impact_counts_as_impact_until_someone_settles_it():
    answer = requirement(record(Severity.HIGH, BRIEF), clock("20:00"))

    assert answer.inputs.customer_impact
    assert not answer.inputs.customer_impact_known
    assert "until someone settles it" in answer.reason


def test_the_reason_does_not_name_the_earlier_incident_which_may_be_restricted():
    answer = requirement(record(Severity.LOW, BRIEF, repeat_of="INC-K7Q4M"), clock("20:00"))

    assert "INC-K7Q4M" not in answer.reason
    assert answer.inputs.repeat_of == "INC-K7Q4M"


@given(inputs, st.sampled_from(Severity))
def test_a_graver_severity_never_asks_for_less(found, other):
    graver = min(found.severity, other, key=lambda severity: severity.rank)

    assert STRENGTH.index(decide(replace(found, severity=graver)).level) >= STRENGTH.index(
        decide(found).level
    )


@given(inputs, st.integers(0, 20_000))
def test_a_longer_incident_never_asks_for_less(found, longer):
    if found.duration is not None:
        later = replace(found, duration=found.duration + longer)
        assert STRENGTH.index(decide(later).level) >= STRENGTH.index(decide(found).level)


@given(inputs)
def test_a_repeat_is_mandatory_whatever_else_is_known(found):
    answer = decide(replace(found, is_repeat=True))

    assert (answer.level, answer.rule) == (MANDATORY, 1)


@given(inputs)
def test_one_row_always_answers_and_its_number_fits_its_level(found):
    answer = decide(found)

    levels = {
        1: MANDATORY,
        2: MANDATORY,
        3: MANDATORY,
        4: RECOMMENDED,
        5: OPTIONAL,
        6: OPTIONAL,
        7: NOT_REQUIRED,
    }
    assert levels[answer.rule] is answer.level


def test_the_forecast_says_when_a_running_high_incident_turns_mandatory():
    ahead = forecast(record(Severity.HIGH, {"opened": "10:00"}, external=True), clock("11:46"))

    assert ahead.now.level is RECOMMENDED
    assert ahead.then is not None
    assert ahead.then.level is MANDATORY
    assert ahead.changes_at == clock("12:00:01")
    assert ahead.changes_in(clock("11:46")) == 14 * 60 + 1
    # It is over two hours with the first second after them, and from then on nothing changes any more.
    last, over = (
        forecast(record(Severity.HIGH, {"opened": "10:00"}), clock(at)) for at in ("12:00", "12:00:01")
    )
    assert (last.now.level, last.changes_in(clock("12:00"))) == (RECOMMENDED, 1)
    assert (over.now.level, over.changes_in(clock("12:00:01"))) == (MANDATORY, None)


def test_the_forecast_has_no_change_where_time_alone_changes_nothing():
    for facts in (
        record(Severity.CRITICAL, {"opened": "10:00"}),
        record(Severity.MEDIUM, {"opened": "10:00"}),
        record(Severity.HIGH, {"opened": "10:00"}, is_repeat=True),
        record(Severity.HIGH, {"opened": "10:00", "recovered": "10:30"}),
        record(Severity.HIGH, {"opened": "10:00", "recovered": "10:30", "closed": "10:40"}),
        record(Severity.HIGH, {}),
    ):
        assert forecast(facts, clock("11:00")).changes_at is None


def test_what_ended_is_judged_by_its_end_and_not_by_now():
    validated = record(Severity.HIGH, {"opened": "10:00", "recovered": "11:30"}, external=False)
    assert forecast(validated, clock("13:00")).now.level is OPTIONAL
    never_validated = record(Severity.HIGH, {"opened": "10:00", "closed": "11:30"}, external=False)
    assert "not captured" in forecast(never_validated, clock("11:30")).now.reason


def test_a_mitigated_incident_still_counts_towards_two_hours_until_validated():
    ahead = forecast(record(Severity.HIGH, {"opened": "10:00", "mitigated": "10:30"}), clock("11:00"))

    assert ahead.now.level is RECOMMENDED
    assert ahead.changes_at == clock("12:00:01")


@given(st.integers(0, 20_000), st.sampled_from(Severity), st.sampled_from([True, False, None]))
def test_the_forecast_is_what_a_scan_of_every_second_would_find(seconds, severity, external):
    facts = record(severity, {"opened": "10:00"}, external=external)
    at = clock("10:00") + timedelta(seconds=seconds)
    ahead = forecast(facts, at)
    if ahead.changes_at is not None:
        second = timedelta(seconds=1)
        assert requirement(facts, ahead.changes_at).level is not ahead.now.level
        assert requirement(facts, ahead.changes_at - second).level is ahead.now.level
        assert ahead.changes_at > at
    else:
        assert requirement(facts, at + timedelta(days=9)).level is ahead.now.level


def test_a_mandatory_after_action_stays_so_after_a_downward_correction():
    before = requirement(record(Severity.CRITICAL, BRIEF), clock("20:00"))
    after = requirement(record(Severity.MEDIUM, BRIEF), clock("20:00"))

    standing = current_requirement(before, after)

    assert must_confirm_lowering(before, after)
    assert (standing.level, standing.rule) == (MANDATORY, 2)
    assert "manager" in standing.reason
    assert after.reason in standing.reason
    assert standing.inputs == after.inputs


def test_it_is_lowered_when_the_managers_confirmation_says_it_never_was():
    before = requirement(record(Severity.CRITICAL, BRIEF), clock("20:00"))
    after = requirement(record(Severity.MEDIUM, BRIEF), clock("20:00"))

    assert current_requirement(before, after, never_was_mandatory=True) == after


@given(st.lists(inputs, min_size=1, max_size=6))
def test_without_a_confirmation_no_row_of_decisions_ever_lowers_a_mandatory_one(row):
    standing = None
    seen_mandatory = False
    for found in row:
        new = decide(found)
        standing = current_requirement(standing, new)
        seen_mandatory = seen_mandatory or new.level is MANDATORY
        assert standing.level is (MANDATORY if seen_mandatory else new.level)


def test_what_was_not_mandatory_follows_the_correction_down_and_up():
    high = requirement(record(Severity.HIGH, BRIEF), clock("20:00"))
    low = requirement(record(Severity.LOW, BRIEF), clock("20:00"))

    assert current_requirement(high, low) == low
    assert current_requirement(low, high) == high
    assert current_requirement(None, low) == low
    # From one reason to be mandatory to another the reason follows too.
    critical, repeat = (
        requirement(record(severity, BRIEF, **more), clock("20:00"))
        for severity, more in ((Severity.CRITICAL, {}), (Severity.LOW, {"is_repeat": True}))
    )
    assert current_requirement(critical, repeat) == repeat
