"""The five anti-patterns, named when they occur."""

from datetime import UTC, datetime, timedelta

import pytest

from afteractions.rules.meeting.antipatterns import (
    AntiPatternFacts,
    ItemFacts,
    Reschedule,
    VendorInvolved,
    occurrences,
)
from afteractions.vocabulary import AntiPattern

AT = datetime(2026, 3, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def kinds(at: datetime = AT, mandatory: bool = True, **facts) -> list[tuple[AntiPattern, str]]:
    return [(each.kind, each.key) for each in occurrences(AntiPatternFacts(mandatory, **facts), at)]


def test_an_after_action_without_any_of_them_has_none():
    assert kinds() == []


def test_names_that_refused_a_distribution_and_blaming_words_that_went_out_are_a_blame_session():
    assert kinds(refused_for_names=("Ingrid",)) == [(AntiPattern.BLAME_SESSION, "names")]
    assert kinds(blaming_words=("human error",)) == [(AntiPattern.BLAME_SESSION, "words")]


def test_the_evidence_of_a_blame_session_does_not_repeat_the_name():
    (found,) = occurrences(AntiPatternFacts(True, refused_for_names=("Ingrid",)), AT)
    assert "Ingrid" not in found.evidence


@pytest.mark.parametrize(("hours", "is_retell"), [(47, True), (48, False)])
def test_a_draft_out_less_than_48_hours_ahead_is_a_retell(hours, is_retell):
    found = kinds(first_distributed_at=AT - hours * HOUR, started_at=AT)
    assert found == ([(AntiPattern.RETELL, "late_draft")] if is_retell else [])


@pytest.mark.parametrize(
    ("read", "required", "is_retell"), [(1, 2, True), (2, 3, False), (3, 5, True), (0, 0, False)]
)
def test_fewer_than_two_thirds_who_had_read_are_a_retell(read, required, is_retell):
    found = kinds(
        first_distributed_at=AT - 50 * HOUR, started_at=AT, required=required, required_who_had_read=read
    )
    assert found == ([(AntiPattern.RETELL, "unread")] if is_retell else [])


def test_a_meeting_that_starts_without_a_draft_is_a_retell():
    """Seed, Anti-Patterns: "because no Learning Review draft was prepared"."""
    assert kinds(started_at=AT) == [(AntiPattern.RETELL, "late_draft")]
    assert kinds(first_distributed_at=AT) == []


@pytest.mark.parametrize(("has_owner", "has_date"), [(True, False), (False, True), (False, False)])
def test_an_item_needs_an_owner_and_a_date_at_the_end_of_the_meeting(has_owner, has_date):
    items = (ItemFacts("Fix it", has_owner, has_date), ItemFacts("Kept", True, True))
    [found] = occurrences(AntiPatternFacts(True, items_at_end=items, meeting_ended_at=AT), AT)
    assert found.evidence == "Without owner or date at the end of the meeting: “Fix it”."


def test_a_loose_item_at_the_end_of_the_meeting_is_a_vanishing_task():
    loose = ItemFacts("Fix it", has_owner=True, has_date=False)
    assert kinds(items_at_end=(loose,)) == []
    assert kinds(items_at_end=(loose,), meeting_ended_at=AT) == [(AntiPattern.VANISHING_TASKS, "loose")]


def test_an_item_unresolved_and_without_disposition_at_the_review_is_a_vanishing_task():
    open_item = ItemFacts("Fix it", True, True)
    assert kinds(items=(open_item,), review_due_at=AT + HOUR) == []
    assert kinds(items=(open_item,), review_due_at=AT) == [(AntiPattern.VANISHING_TASKS, "review:2026-03-24")]
    for settled in ({"disposed": True}, {"resolved": True}):
        assert kinds(items=(ItemFacts("Fix it", True, True, **settled),), review_due_at=AT) == []


def test_a_vendor_without_a_plan_for_its_rca_is_missing_once_there_should_have_been_one():
    vendor = VendorInvolved("Cloud Co", has_service_manager=False, rca_date_known=True)
    assert kinds(vendors=(vendor,), vendors_settled_by=AT + HOUR) == []
    assert kinds(vendors=(vendor,), vendors_settled_by=AT) == [
        (AntiPattern.MISSING_VENDOR, "unplanned:Cloud Co")
    ]
    assert kinds(vendors=(vendor,)) == []
    for has_manager, has_date, lacking in (
        (False, True, "no Service Manager"),
        (True, False, "no date for its RCA"),
        (False, False, "no Service Manager and no date for its RCA"),
    ):
        vendor = VendorInvolved("Cloud Co", has_manager, has_date)
        [found] = occurrences(AntiPatternFacts(True, vendors=(vendor,), vendors_settled_by=AT), AT)
        assert found.evidence == f"Cloud Co was involved and has {lacking}."
    planned = VendorInvolved("Cloud Co", True, True)
    assert kinds(vendors=(planned,), vendors_settled_by=AT) == []
    overdue = VendorInvolved("Cloud Co", True, True, rca_overdue=True)
    assert kinds(vendors=(overdue,)) == [(AntiPattern.MISSING_VENDOR, "overdue:Cloud Co")]


def test_two_moves_are_a_pre_scheduled_cancel_but_for_an_unready_draft_inside_the_deadline():
    moved = Reschedule(AT, draft_unready=False, inside_deadline=True)
    excused = Reschedule(AT, draft_unready=True, inside_deadline=True)
    late = Reschedule(AT, draft_unready=True, inside_deadline=False)
    assert kinds(reschedules=(moved, excused)) == []
    assert kinds(reschedules=(moved, late)) == [(AntiPattern.PRE_SCHEDULED_CANCEL, "reschedules")]


def test_a_mandatory_meeting_not_held_by_its_deadline_is_a_pre_scheduled_cancel():
    assert kinds(hold_by=AT) == [(AntiPattern.PRE_SCHEDULED_CANCEL, "not_held")]
    assert kinds(hold_by=AT + HOUR) == []
    assert kinds(hold_by=AT, meeting_ended_at=AT) == []
    # Without a deadline there is none to miss.
    assert kinds(meeting_ended_at=AT) == []
    assert kinds(hold_by=AT, mandatory=False) == []
    assert kinds(hold_by=AT, meeting_ended_at=AT - HOUR) == []
    assert kinds(hold_by=AT - HOUR, meeting_ended_at=AT) == [(AntiPattern.PRE_SCHEDULED_CANCEL, "not_held")]
