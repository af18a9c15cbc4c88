"""The policy as a value: its defaults, what it may be changed to, and what it leaves to be done of an open deadline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.rules.deadlines.calendar import BusinessCalendar
from afteractions.rules.deadlines.escalation import StepKind, left_to_take, rank, steps
from afteractions.rules.deadlines.policy import (
    DEFAULT,
    MOST_WARNINGS,
    BadPolicy,
    BusinessDays,
    Enforced,
    Policy,
    differences,
    document,
    kept_policy,
    lead_words,
    parse_lead,
    problems,
    read_document,
    warnings_words,
)
from afteractions.vocabulary import ObligationKind

BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = BusinessCalendar("DE")
FRIDAY = datetime(2026, 3, 13, 15, tzinfo=BERLIN)

leads = st.one_of(
    st.integers(1, 200).map(lambda count: timedelta(minutes=count)),
    st.integers(1, 100).map(lambda count: timedelta(hours=count)),
    st.integers(1, 40).map(lambda count: timedelta(days=count)),
    st.integers(1, 20).map(BusinessDays),
)
policies = st.builds(
    lambda warnings, managers, stride, remind: Policy(
        {
            **DEFAULT.kinds,
            ObligationKind.VENDOR_ITEM: Enforced(tuple(sorted(warnings, key=repr)), managers),
        },
        stride,
        remind,
    ),
    st.sets(leads, max_size=MOST_WARNINGS),
    st.integers(1, 6),
    st.integers(1, 10),
    st.integers(0, 20),
)


def test_the_defaults_are_those_of_the_domain_and_have_no_problems() -> None:
    assert problems(DEFAULT) == []
    assert {kind.value: warnings_words(DEFAULT.of(kind).warnings) for kind in ObligationKind} == {
        "decide": "12 h, 4 h", "schedule": "12 h, 4 h", "distribute": "24 h, 6 h", "publish": "24 h, 6 h",
        "hold": "2 business days, 1 business day", "status_note": "4 h", "review_actions": "7 days, 24 h",
        "action_item": "3 days", "effect_check": "7 days, 24 h", "external_message": "24 h, 6 h",
        "vendor_rca": "2 days", "vendor_item": "2 days", "mtm_summary": "5 min", "next_mtm": "10 min",
        "read_draft": "24 h", "evidence": "24 h",
    }  # fmt: skip
    assert warnings_words(()) == "none"
    assert (DEFAULT.stride, DEFAULT.remind_every) == (1, 0)
    assert DEFAULT.of(ObligationKind.HOLD).managers == 3
    assert DEFAULT.of(ObligationKind.ACTION_ITEM).managers == 1


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("12 h", timedelta(hours=12)),
        ("12h", timedelta(hours=12)),
        (" 1 Hour ", timedelta(hours=1)),
        ("3 days", timedelta(days=3)),
        ("1 day", timedelta(days=1)),
        ("90 min", timedelta(minutes=90)),
        ("2  business   days", BusinessDays(2)),
        ("1 bd", BusinessDays(1)),
    ],
)
def test_a_lead_is_read_as_people_write_it(text: str, lead: object) -> None:
    assert parse_lead(text) == lead


@pytest.mark.parametrize(
    "text", ["", "soon", "0 h", "-3 h", "3", "3 weeks", "h", "1e3 h", "٣ x", "9999999 h"]
)
def test_what_is_no_lead_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="is no time ahead"):
        parse_lead(text)


@given(leads)
def test_a_lead_is_read_back_from_its_words(lead: Any) -> None:
    assert parse_lead(lead_words(lead)) == lead


@given(policies)
def test_a_policy_comes_back_from_its_document(policy: Policy) -> None:
    if problems(policy):
        with pytest.raises(BadPolicy):
            read_document(document(policy))
    else:
        found = read_document(document(policy))
        assert document(found).keys() == document(policy).keys()
        assert differences(policy, found) == [] or set(policy.of(ObligationKind.VENDOR_ITEM).warnings) == set(
            found.of(ObligationKind.VENDOR_ITEM).warnings
        )


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"stride": 0}, "stride"),
        ({"stride": 11}, "stride"),
        ({"stride": "1"}, "stride"),
        ({"stride": True}, "stride"),
        ({"remind_every": -1}, "remind_every"),
        ({"remind_every": 21}, "remind_every"),
        ({"terms": {}}, "terms"),
        ({"kinds": {"lunch": {}}}, "kinds.lunch"),
        ({"kinds": {"schedule": []}}, "kinds.schedule"),
        ({"kinds": {"schedule": {"mute": True}}}, "kinds.schedule"),
        ({"kinds": {"schedule": {"warnings": ["24 h"]}}}, "kinds.schedule.warnings"),
        ({"kinds": {"schedule": {"warnings": ["4 h", "4 h"]}}}, "kinds.schedule.warnings"),
        ({"kinds": {"publish": {"warnings": [f"{n} h" for n in range(1, 7)]}}}, "kinds.publish.warnings"),
        ({"kinds": {"hold": {"warnings": ["5 business days"]}}}, "kinds.hold.warnings"),
        ({"kinds": {"mtm_summary": {"warnings": ["15 min"]}}}, "kinds.mtm_summary.warnings"),
        ({"kinds": {"action_item": {"managers": 0}}}, "kinds.action_item.managers"),
        ({"kinds": {"action_item": {"managers": 7}}}, "kinds.action_item.managers"),
        ({"status_updates": []}, "status_updates"),
        ({"status_updates": {"medium": 30}}, "status_updates.medium"),
        ({"status_updates": {"high": 4}}, "status_updates.high"),
        ({"status_updates": {"critical": 481}}, "status_updates.critical"),
        ({"kinds": ["hold"]}, "kinds"),
        ({"kinds": {"hold": {"warnings": ["soon"]}}}, "kinds.hold.warnings"),
        ("slower", ""),
    ],
)  # fmt: skip
def test_what_no_policy_may_be_is_named_by_its_field(said: Any, path: str) -> None:
    with pytest.raises(BadPolicy) as bad:
        read_document(said)
    assert [each.path for each in bad.value.problems] == [path]
    assert str(bad.value) == bad.value.problems[0].message


@pytest.mark.parametrize(
    ("kind", "longest", "too_long"),
    [
        ("decide", "1439 min", "24 h"),
        ("schedule", "1439 min", "24 h"),
        ("publish", "2879 min", "48 h"),
        ("status_note", "1439 min", "24 h"),
        ("review_actions", "43199 min", "30 days"),
        ("hold", "4 business days", "5 business days"),
        ("mtm_summary", "14 min", "15 min"),
        ("read_draft", "2879 min", "48 h"),
        ("vendor_rca", "86399 min", "60 days"),
    ],
)
def test_a_warning_comes_later_than_the_obligation_itself(kind: str, longest: str, too_long: str) -> None:
    """domain.md, Deadlines: each obligation warns before it falls due; one as long as its term says nothing new."""
    read_document({"kinds": {kind: {"warnings": [longest]}}})
    with pytest.raises(BadPolicy, match="is too early"):
        read_document({"kinds": {kind: {"warnings": [too_long]}}})


def test_what_lies_just_within_the_bounds_is_taken() -> None:
    updates = {"critical": 5, "high": 480}
    said = {
        "stride": 10,
        "remind_every": 20,
        "status_updates": updates,
        "kinds": {"publish": {"warnings": [f"{hours} h" for hours in range(1, 6)], "managers": 6}},
    }
    found = document(read_document(said))
    assert (found["stride"], found["remind_every"], found["status_updates"]) == (10, 20, updates)
    assert found["kinds"]["publish"]["managers"] == 6


def test_every_difference_is_said_in_the_words_of_the_page() -> None:
    now = read_document(
        {
            "stride": 2,
            "remind_every": 1,
            "status_updates": {"high": 90},
            "kinds": {"schedule": {"warnings": [], "managers": 4}},
        }
    )
    assert [(each.before, each.now) for each in differences(DEFAULT, now)] == [
        ("1 business day", "2 business days"),
        ("never", "1 business day"),
        ("60 min", "90 min"),
        ("12 h, 4 h", "none"),
        ("3", "4"),
    ]
    assert [each.field for each in differences(DEFAULT, now)][2:4] == [
        "High (P2): status update each",
        f"{ObligationKind.SCHEDULE.label}: warnings",
    ]


def test_a_policy_that_was_taken_once_holds_though_it_would_not_be_taken_any_more() -> None:
    said = {"stride": 15, "kinds": {"schedule": {"warnings": ["30 h"], "managers": 9}, "lunch": {}}}
    found = kept_policy(said)
    assert (found.stride, found.of(ObligationKind.SCHEDULE).managers) == (15, 9)
    assert found.of(ObligationKind.HOLD) == DEFAULT.of(ObligationKind.HOLD)


def test_what_is_left_out_stays() -> None:
    base = replace(DEFAULT, stride=3)
    found = read_document({"kinds": {"hold": {"managers": 5}}}, base)
    assert (found.stride, found.of(ObligationKind.HOLD).managers) == (3, 5)
    assert found.of(ObligationKind.HOLD).warnings == DEFAULT.of(ObligationKind.HOLD).warnings
    assert [each.field for each in differences(base, found)] == ["Hold the After Action: managers"]


def test_the_ladder_climbs_each_stride_and_reminders_come_between() -> None:
    policy = replace(DEFAULT, stride=2, remind_every=1)
    found = steps(ObligationKind.SCHEDULE, FRIDAY, BERLIN, CALENDAR, policy=policy, at=FRIDAY)
    said = [(step.name, f"{step.at.astimezone(BERLIN):%a %d}") for step in found if step.at > FRIDAY]
    assert said == [
        ("reminder:2026-03-16", "Mon 16"),
        ("reminder:2026-03-17", "Tue 17"),
        ("escalation:2", "Tue 17"),
        ("reminder:2026-03-18", "Wed 18"),
        ("reminder:2026-03-19", "Thu 19"),
        ("escalation:3", "Thu 19"),
        ("reminder:2026-03-20", "Fri 20"),
    ]


def test_deadlines_of_an_mtm_are_not_reminded_of_days_later() -> None:
    policy = replace(DEFAULT, remind_every=1)
    found = steps(ObligationKind.MTM_SUMMARY, FRIDAY, BERLIN, CALENDAR, policy=policy, at=FRIDAY)
    assert {step.kind for step in found} == {StepKind.WARNING, StepKind.BREACH}


@given(
    st.sampled_from(list(ObligationKind)),
    policies,
    policies,
    st.integers(-20 * 24, 20 * 24),
    st.integers(-20 * 24, 20 * 24),
)
def test_a_new_policy_says_nothing_twice_and_never_less_than_the_breach(
    kind: ObligationKind, old: Policy, new: Policy, swept: int, changed: int
) -> None:
    """Whatever was swept at one hour under one policy, and changed to another one later."""
    swept_at, at = (FRIDAY + timedelta(hours=hours) for hours in sorted((swept, changed)))
    before = steps(kind, FRIDAY, BERLIN, CALENDAR, policy=old, at=swept_at)
    taken = {step.name for step in before if step.at <= swept_at}
    left = left_to_take(steps(kind, FRIDAY, BERLIN, CALENDAR, policy=new, at=at), taken, at)
    assert not taken & {step.name for step in left}
    highest = max(map(rank, taken), default=-1)
    assert all(rank(step.name) > highest for step in left if rank(step.name) >= 0)
    if highest < 0:
        assert "breach" in {step.name for step in left}
    else:
        assert StepKind.WARNING not in {step.kind for step in left}
    assert [step.at for step in left] == sorted(step.at for step in left)
    if new.remind_every and not new.of(kind).around_the_clock:
        assert any(step.kind is StepKind.REMINDER and step.at > at for step in left)


def test_steps_do_not_depend_on_when_they_are_asked_for() -> None:
    policy = replace(DEFAULT, remind_every=2)
    early = steps(ObligationKind.HOLD, FRIDAY, BERLIN, CALENDAR, policy=policy, at=FRIDAY)
    late = steps(
        ObligationKind.HOLD, FRIDAY, BERLIN, CALENDAR, policy=policy, at=datetime(2026, 6, 1, tzinfo=UTC)
    )
    assert late[: len(early)] == early
    # Reminders go on up to the first after the instant asked for, else after the last rung of the ladder.
    assert late[-1].at > datetime(2026, 6, 1, tzinfo=UTC) >= late[-2].at
    alone = steps(ObligationKind.HOLD, FRIDAY, BERLIN, CALENDAR, policy=policy)
    assert [step.kind for step in alone[-2:]] == [StepKind.ESCALATION, StepKind.REMINDER]
