"""When the meeting is: what speaks against a time, what a move does, and what it never does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from afteractions.models import AfterAction, Meeting, MeetingMove, Obligation
from afteractions.operations.intake import decide
from afteractions.operations.meeting.scheduling import check_meeting_time, reschedule, schedule, slots
from afteractions.vocabulary import AntiPattern, ObligationKind
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from tests.factories.afteractions import (
    DISTRIBUTED,
    HOUR,
    MEETING,
    SCHEDULED,
    a_distributed_review,
    a_meeting,
    an_after_action,
    fresh,
)
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db
PAST_THE_DEADLINE = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)


def move(
    after_action: AfterAction,
    starts_at: datetime,
    *,
    reason: str = "The expert is ill.",
    at: datetime = SCHEDULED + HOUR,
    **said: Any,
) -> Meeting:
    """Moves the meeting, its length kept."""
    by = said.pop("by", after_action.incident.mim)
    return reschedule(
        after_action,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        reason=reason,
        by=by,
        at=at,
        now=at,
        **said,
    )


def test_scheduling_confirms_the_owner_and_names_the_mim_where_nobody_is_named() -> None:
    after_action = an_after_action()
    a_meeting(after_action)
    after_action = fresh(after_action)
    assert after_action.owner == after_action.incident.mim
    assert after_action.owner_confirmed_at == SCHEDULED


def test_another_owner_can_be_named_when_scheduling() -> None:
    after_action = an_after_action()
    owner = a_person("Ingrid Falk")
    a_meeting(after_action, owner=owner)
    assert fresh(after_action).owner == owner


def test_a_time_that_leaves_less_than_48_h_for_the_draft_is_refused_with_the_first_that_fits() -> None:
    after_action = an_after_action()
    with pytest.raises(RuleViolation, match=r"48 h before the meeting.*first time that fits is"):
        a_meeting(after_action, starts_at=SCHEDULED + timedelta(hours=47))
    assert not after_action.meetings.exists()


def test_a_time_past_the_deadline_to_hold_needs_a_reason_and_is_then_a_known_breach() -> None:
    after_action = an_after_action()
    with pytest.raises(RuleViolation, match="past the deadline to hold") as refused:
        a_meeting(after_action, starts_at=PAST_THE_DEADLINE)
    assert [problem.path for problem in refused.value.problems] == ["reason"]
    meeting = a_meeting(after_action, starts_at=PAST_THE_DEADLINE, reason="The vendor is back on the 12th.")
    assert meeting.breach_reason == "The vendor is back on the 12th."


def test_a_meeting_that_ends_before_it_starts_is_bad_input() -> None:
    after_action = an_after_action()
    with pytest.raises(BadInput) as wrong:
        choose(after_action, MEETING, MEETING - HOUR)
    assert wrong.value.problems[0].path == "ends_at"


def choose(after_action: AfterAction, starts_at: datetime, ends_at: datetime) -> Meeting:
    return schedule(
        after_action,
        starts_at=starts_at,
        ends_at=ends_at,
        by=after_action.incident.mim,
        at=SCHEDULED,
        now=SCHEDULED,
    )


def test_only_the_mim_and_administrators_schedule() -> None:
    after_action = an_after_action()
    with pytest.raises(NotAllowed):
        a_meeting(after_action, by=a_mim("Another Manager"))
    a_meeting(after_action, by=an_administrator())


def test_a_scheduled_meeting_is_moved_not_scheduled_again() -> None:
    after_action = an_after_action()
    a_meeting(after_action)
    with pytest.raises(RuleViolation, match="scheduled already"):
        a_meeting(after_action)


def test_a_recommended_one_is_decided_before_it_is_scheduled() -> None:
    after_action = an_after_action(severity="high", impact={"external": True})
    with pytest.raises(RuleViolation, match="decide to hold it first"):
        a_meeting(after_action)
    decide(after_action, decision="hold", by=after_action.incident.mim, at=SCHEDULED, now=SCHEDULED)
    a_meeting(fresh(after_action))


def test_a_move_takes_a_reason() -> None:
    after_action = an_after_action()
    a_meeting(after_action)
    with pytest.raises(BadInput, match="Say why"):
        move(after_action, MEETING + HOUR, reason=" ")


def test_a_move_moves_the_deadline_of_the_draft_and_never_the_deadline_to_hold() -> None:
    after_action = an_after_action()
    a_meeting(after_action)
    due = {row.kind: row.due_at for row in Obligation.objects.open()}
    move(after_action, MEETING + timedelta(days=1))
    now_due = {row.kind: row.due_at for row in Obligation.objects.open()}
    assert now_due[ObligationKind.DISTRIBUTE] == due[ObligationKind.DISTRIBUTE] + timedelta(days=1)
    assert now_due[ObligationKind.HOLD] == due[ObligationKind.HOLD]
    kept = MeetingMove.objects.get()
    assert (kept.from_starts_at, kept.to_starts_at) == (MEETING, MEETING + timedelta(days=1))


def test_moves_for_an_unready_draft_inside_the_deadline_are_not_counted() -> None:
    after_action = an_after_action()
    a_meeting(after_action)
    move(after_action, MEETING + HOUR)
    move(after_action, MEETING + 2 * HOUR)
    assert not after_action.anti_patterns.exists()


def test_two_other_moves_are_named_the_pre_scheduled_cancel_and_kept_once() -> None:
    after_action = a_distributed_review()
    at = DISTRIBUTED + HOUR
    move(after_action, MEETING + HOUR, at=at)
    assert not after_action.anti_patterns.exists()
    move(after_action, MEETING + 2 * HOUR, at=at)
    move(after_action, MEETING + 3 * HOUR, at=at)
    named = after_action.anti_patterns.get()
    assert named.kind == AntiPattern.PRE_SCHEDULED_CANCEL
    assert named.by is None
    assert named.evidence == "The meeting was moved 2 times."


def test_a_stale_form_is_told_so() -> None:
    after_action = an_after_action()
    version = after_action.version
    a_meeting(after_action, version=version)
    with pytest.raises(VersionConflict) as stale:
        move(after_action, MEETING + HOUR, version=version)
    assert stale.value.current == {"version": version + 1, "status": "draft"}


def test_what_happened_before_is_entered_with_its_time_but_not_in_the_future() -> None:
    after_action = an_after_action()
    with pytest.raises(BadInput, match="future"):
        enter(after_action, at=SCHEDULED + HOUR, now=SCHEDULED)
    meeting = enter(after_action, at=SCHEDULED, now=SCHEDULED + timedelta(hours=30))
    assert meeting.scheduled_at == SCHEDULED
    assert Obligation.objects.get(kind=ObligationKind.SCHEDULE).state == "met"


def enter(after_action: AfterAction, *, at: datetime, now: datetime) -> Meeting:
    return schedule(
        after_action,
        starts_at=MEETING,
        ends_at=MEETING + HOUR,
        by=after_action.incident.mim,
        at=at,
        now=now,
    )


def test_the_slots_on_offer_meet_every_rule() -> None:
    after_action = an_after_action()
    offered = slots(after_action, now=SCHEDULED)
    assert len(offered.offered) == 3
    for slot in offered.offered:
        assert not check_meeting_time(
            after_action, starts_at=slot.starts_at, ends_at=slot.ends_at, at=SCHEDULED
        )


def test_slots_keep_clear_of_other_after_actions_of_those_who_must_come() -> None:
    mim = a_mim()
    first, second = an_after_action(mim), an_after_action(mim)
    before = slots(second, now=SCHEDULED).offered[0]
    a_meeting(first, starts_at=before.starts_at)
    assert slots(second, now=SCHEDULED).offered[0].starts_at >= before.ends_at
