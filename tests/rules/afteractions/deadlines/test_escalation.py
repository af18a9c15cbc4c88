"""Who is told what, and when, around a deadline."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.rules.deadlines.calendar import BusinessCalendar
from afteractions.rules.deadlines.deadlines import Responsible
from afteractions.rules.deadlines.escalation import (
    EscalationMoment,
    StepKind,
    chain,
    ladder,
    left_to_take,
    steps,
    told,
)
from afteractions.rules.deadlines.policy import DEFAULT
from afteractions.vocabulary import ObligationKind, ResponsibleGroup

BERLIN = ZoneInfo("Europe/Berlin")
CALENDAR = BusinessCalendar("DE")
ADMINISTRATORS = Responsible(group=ResponsibleGroup.ADMINISTRATOR)
EARLIEST = datetime.fromisoformat("2024-01-01")
LATEST = datetime.fromisoformat("2027-01-01")


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)


def told_when(kind: ObligationKind, due_at: datetime, **more) -> list[tuple[str, datetime]]:
    return [(step.name, step.at) for step in steps(kind, due_at, BERLIN, CALENDAR, **more)]


@pytest.mark.parametrize("kind", ObligationKind)
def test_every_kind_of_obligation_has_a_policy(kind):
    assert kind in DEFAULT.kinds


@pytest.mark.parametrize(
    ("kind", "due", "expected"),
    [
        (
            ObligationKind.SCHEDULE,
            "03-11 22:00",
            [("warning:12h", "03-11 10:00"), ("warning:4h", "03-11 17:00")],
        ),
        (
            ObligationKind.DISTRIBUTE,
            "03-12 14:00",
            [("warning:24h", "03-11 14:00"), ("warning:6h", "03-12 08:00")],
        ),
        (
            ObligationKind.HOLD,
            "03-14 00:00",
            [("warning:2bd", "03-11 17:00"), ("warning:1bd", "03-12 17:00")],
        ),
        (
            ObligationKind.HOLD,
            "03-17 00:00",
            [("warning:2bd", "03-12 17:00"), ("warning:1bd", "03-13 17:00")],
        ),
        (
            ObligationKind.PUBLISH,
            "03-12 14:00",
            [("warning:24h", "03-11 14:00"), ("warning:6h", "03-12 08:00")],
        ),
        (
            ObligationKind.REVIEW_ACTIONS,
            "03-18 11:00",
            [("warning:7d", "03-11 11:00"), ("warning:24h", "03-17 11:00")],
        ),
        (ObligationKind.ACTION_ITEM, "03-14 00:00", [("warning:3d", "03-10 17:00")]),
        (ObligationKind.VENDOR_RCA, "03-17 00:00", [("warning:2d", "03-13 17:00")]),
        (ObligationKind.MTM_SUMMARY, "03-14 02:15", [("warning:5min", "03-14 02:10")]),
    ],
)
def test_warnings_come_in_time_and_in_the_working_hours_of_their_owner(kind, due, expected):
    warnings = [each for each in told_when(kind, berlin(due)) if each[0].startswith("warning")]
    assert warnings == [(name, berlin(at)) for name, at in expected]


def test_the_breach_is_told_to_the_owner_and_one_manager_and_then_climbs_each_business_day():
    friday = berlin("03-13 15:00")
    after = [
        (step.name, step.managers_up, step.at)
        for step in steps(ObligationKind.SCHEDULE, friday, BERLIN, CALENDAR)
        if step.kind != StepKind.WARNING
    ]
    assert after == [
        ("breach", 0, friday),
        ("escalation:1", 1, friday),
        ("escalation:2", 2, berlin("03-16 15:00")),
        ("escalation:3", 3, berlin("03-17 15:00")),
    ]


def test_a_deadline_at_the_end_of_friday_climbs_at_the_end_of_monday():
    found = dict(told_when(ObligationKind.HOLD, berlin("03-14 00:00")))
    assert found["escalation:2"] == berlin("03-17 00:00")


def test_action_items_climb_one_step_and_mtms_remind_the_mim_and_the_scribe_only():
    def ladder_of(kind):
        return [step for step in steps(kind, berlin("03-13 15:00"), BERLIN, CALENDAR) if step.managers_up]

    assert len(ladder_of(ObligationKind.ACTION_ITEM)) == 1
    for kind in (ObligationKind.MTM_SUMMARY, ObligationKind.NEXT_MTM):
        assert ladder_of(kind) == []
        assert all(step.with_scribe for step in steps(kind, berlin("03-13 15:00"), BERLIN, CALENDAR))


PASSED, NOW, AHEAD = (berlin(f"03-{day} 15:00") for day in (12, 13, 16))
OF_A_NEW_POLICY = [
    EscalationMoment("warning:passed", StepKind.WARNING, PASSED),
    EscalationMoment("warning:now", StepKind.WARNING, NOW),
    EscalationMoment("warning:ahead", StepKind.WARNING, AHEAD),
    EscalationMoment("breach", StepKind.BREACH, PASSED),
    EscalationMoment("escalation:1", StepKind.ESCALATION, PASSED),
    EscalationMoment("escalation:2", StepKind.ESCALATION, AHEAD),
    EscalationMoment("reminder:passed", StepKind.REMINDER, PASSED),
    EscalationMoment("reminder:now", StepKind.REMINDER, NOW),
    EscalationMoment("reminder:ahead", StepKind.REMINDER, AHEAD),
]


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ("", "warning:passed warning:now warning:ahead breach escalation:1 escalation:2 reminder:ahead"),
        ("warning:passed", "warning:ahead breach escalation:1 escalation:2 reminder:ahead"),
        ("warning:ahead", "breach escalation:1 escalation:2 reminder:ahead"),
        ("reminder:ahead", "warning:ahead breach escalation:1 escalation:2"),
        ("breach", "escalation:1 escalation:2 reminder:ahead"),
        ("escalation:1", "escalation:2 reminder:ahead"),
        ("warning:passed breach escalation:2", "reminder:ahead"),
    ],
)
def test_of_a_new_policy_nothing_is_said_twice_and_nothing_that_lies_behind(taken: str, left: str) -> None:
    assert [step.name for step in left_to_take(OF_A_NEW_POLICY, taken.split(), NOW)] == left.split()


def test_a_decision_that_lapses_comes_whatever_was_told_before():
    """domain.md, When an After Action is required: an optional one lapses to skip, and says so."""
    lapse = EscalationMoment("lapse", StepKind.BREACH, AHEAD)
    for taken in ([], ["breach"], ["breach", "escalation:2"]):
        assert left_to_take([lapse], taken, NOW) == [lapse]
    assert left_to_take([lapse], ["lapse"], NOW) == []


def test_the_first_manager_hears_at_the_breach_also_where_the_clocks_show_it_twice():
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    found = {step.name: step for step in steps(ObligationKind.PUBLISH, second, BERLIN, CALENDAR)}
    assert found["breach"].at == found["escalation:1"].at == second
    # The Scribe is told of the deadlines of an MTM alone.
    assert not any(step.with_scribe for step in found.values())


def test_a_warning_that_would_come_before_the_obligation_opened_comes_when_it_opens_and_once():
    opened_at = berlin("03-13 20:00")
    found = told_when(ObligationKind.SCHEDULE, berlin("03-14 20:00"), opened_at=opened_at)
    assert found[:2] == [("warning:4h", opened_at), ("breach", berlin("03-14 20:00"))]


def test_an_obligation_that_opens_after_its_deadline_warns_nobody():
    found = told_when(ObligationKind.SCHEDULE, berlin("03-13 15:00"), opened_at=berlin("03-13 15:00"))
    assert found[0] == ("breach", berlin("03-13 15:00"))


@given(
    st.sampled_from(list(ObligationKind)),
    st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)),
    st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/Sao_Paulo"]
    ),
)
def test_steps_are_in_order_have_different_names_and_warn_only_before_the_deadline(kind, due_at, zone):
    found = steps(kind, due_at, ZoneInfo(zone), CALENDAR)
    assert [step.at for step in found] == sorted(step.at for step in found)
    assert len({step.name for step in found}) == len(found)
    assert all((step.at < due_at) == (step.kind == StepKind.WARNING) for step in found)


ANN = Responsible(person="ann")
TREE = {"ann": "bob", "bob": "cleo", "cleo": "dora", "dora": None}


def people(*keys: str) -> list[Responsible]:
    return [Responsible(person=key) for key in keys]


@pytest.mark.parametrize(
    ("tree", "inactive", "expected"),
    [
        (TREE, (), people("bob", "cleo", "dora")),
        (TREE, ("bob",), [*people("cleo", "dora"), ADMINISTRATORS]),
        ({"ann": "bob", "bob": "ann"}, (), [*people("bob"), ADMINISTRATORS, ADMINISTRATORS]),
        ({"ann": "ann"}, (), [ADMINISTRATORS] * 3),
        ({"ann": "bob"}, (), [*people("bob"), ADMINISTRATORS, ADMINISTRATORS]),
        ({}, (), [ADMINISTRATORS] * 3),
        (TREE, ("bob", "cleo", "dora"), [ADMINISTRATORS] * 3),
    ],
)
def test_the_ladder_survives_loops_gaps_and_people_who_left_and_never_ends_with_nobody(
    tree, inactive, expected
):
    assert ladder(ANN, tree, inactive, 3) == expected


def test_a_loop_above_somebody_ends_where_it_would_begin_again():
    assert chain("ann", {"ann": "bo", "bo": "cy", "cy": "bo"}) == ["bo", "cy"]


def test_above_a_group_stand_the_administrators():
    assert ladder(Responsible(group=ResponsibleGroup.MIM), TREE, (), 2) == [ADMINISTRATORS] * 2


def test_instead_of_somebody_who_left_the_next_active_manager_is_told():
    assert told(ANN, TREE, ()) == ANN
    assert told(ANN, TREE, ("ann", "bob")) == Responsible(person="cleo")
    assert told(ANN, {}, ("ann",)) == ADMINISTRATORS
    assert told(ADMINISTRATORS, TREE, ("ann",)) == ADMINISTRATORS


names = st.sampled_from("abcdef")


@given(st.dictionaries(names, st.none() | names), st.sets(names), names, st.integers(0, 5))
def test_no_rung_is_empty_inactive_or_the_person_below(tree, inactive, person, rungs):
    found = ladder(Responsible(person=person), tree, inactive, rungs)
    assert len(found) == rungs
    climbed = [rung.person for rung in found if rung.person]
    assert person not in climbed
    assert not inactive & set(climbed)
    assert climbed == [each for each in chain(person, tree) if each not in inactive][:rungs]
