"""The meeting: the Retell guard, what it agrees, and the anti-patterns that it shows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afteractions.models import Attendance, Obligation
from afteractions.operations.meeting.decisions import decided
from afteractions.operations.meeting.meeting import capture_decision, start_meeting
from afteractions.operations.review.distribution import amend, distribute
from afteractions.operations.review.publication import publish
from afteractions.operations.review.section_editing import section_content
from afteractions.vocabulary import AntiPattern, ObligationKind, Status
from majorops.errors import BadInput, NotAllowed, RuleViolation
from tests.factories.afteractions import (
    DISTRIBUTED,
    HOUR,
    MEETING,
    MEETING_END,
    PUBLISHED,
    READ,
    a_change,
    a_distributed_review,
    a_drafted_review,
    a_meeting,
    a_reviewed_review,
    fresh,
    hold_meeting,
    read_by_all,
    write,
)
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db
TOO_LATE = MEETING - timedelta(hours=20)


def found(after_action):
    return sorted(after_action.anti_patterns.values_list("kind", flat=True))


def test_a_meeting_without_a_distributed_draft_is_a_retell_and_refused() -> None:
    after_action = a_drafted_review()
    with pytest.raises(RuleViolation, match="retell"):
        hold_meeting(after_action)


def test_a_meeting_whose_draft_went_out_less_than_48_h_ahead_cannot_start() -> None:
    after_action = a_distributed_review(at=TOO_LATE)
    with pytest.raises(RuleViolation, match="only 20 h ago"):
        start_meeting(after_action, by=after_action.incident.mim, at=MEETING, now=MEETING)
    with pytest.raises(RuleViolation, match="less than the 48 h"):
        hold_meeting(after_action)
    assert fresh(after_action).status == Status.IN_REVIEW
    assert not after_action.anti_patterns.exists()


def test_exactly_48_h_are_enough() -> None:
    after_action = a_distributed_review(at=MEETING - timedelta(hours=48))
    read_by_all(after_action)
    hold_meeting(after_action)
    assert not after_action.anti_patterns.exists()


def test_the_chair_overrides_with_a_reason_and_the_retell_is_recorded() -> None:
    after_action = a_distributed_review(at=TOO_LATE)
    read_by_all(after_action, at=MEETING - HOUR)
    meeting = hold_meeting(after_action, override_reason="All have read it twice.")
    assert meeting.override_reason == "All have read it twice."
    named = after_action.anti_patterns.get()
    assert (named.kind, named.key) == (AntiPattern.RETELL, "late_draft")


def test_an_amended_cause_starts_the_48_h_again() -> None:
    after_action = a_distributed_review()
    write(after_action, "root_cause", {"failure": "a wrong default"}, at=TOO_LATE)
    amend(after_action, by=after_action.incident.mim, at=TOO_LATE, now=TOO_LATE)
    with pytest.raises(RuleViolation, match="were amended only 20 h"):
        hold_meeting(after_action)


def test_fewer_than_two_thirds_who_had_read_it_is_a_retell() -> None:
    after_action = a_distributed_review()
    hold_meeting(after_action)
    assert after_action.anti_patterns.get().evidence.startswith("0 of 2 required attendees had read")


def test_attendance_says_who_was_there_and_who_had_read() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    mim = after_action.incident.mim
    hold_meeting(after_action, attendance=[{"person": mim.identifier, "present": True}])
    noted = {
        row.person.full_name: (row.present, row.had_read)
        for row in Attendance.objects.select_related("person")
    }
    assert noted == {"Mira Okafor": (True, True), "Tomas Lindqvist": (False, True)}


def test_holding_needs_attendance_and_an_answer_on_external_messages() -> None:
    after_action = a_distributed_review()
    with pytest.raises(BadInput) as wrong:
        hold_meeting(after_action, attendance=[])
    assert wrong.value.problems[0].path == "attendance"
    with pytest.raises(BadInput) as wrong:
        hold_meeting(after_action, external_messages=None)
    assert wrong.value.problems[0].path == "external_messages"
    with pytest.raises(BadInput) as wrong:
        hold_meeting(after_action, external_messages=[{"text": "x", "due_at": PUBLISHED}])
    assert wrong.value.problems[0].path == "external_messages[0].audience"
    with pytest.raises(BadInput) as wrong:
        hold_meeting(after_action, attendance=[{"person": "nobody@majorops.example"}])
    assert wrong.value.problems[0].path == "attendance[0].person"
    assert fresh(after_action).status == Status.IN_REVIEW


def test_only_the_mim_holds_the_meeting() -> None:
    after_action = a_distributed_review()
    with pytest.raises(NotAllowed):
        hold_meeting(after_action, by=a_person())


def test_a_meeting_is_held_once() -> None:
    after_action = a_reviewed_review()
    with pytest.raises(RuleViolation):
        hold_meeting(after_action)


def test_without_agreement_it_goes_back_to_draft_and_a_second_meeting_is_due() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    hold_meeting(after_action, agreed=False, external_messages=None)
    after_action = fresh(after_action)
    assert after_action.status == Status.DRAFT
    due = {row.kind: row for row in Obligation.objects.open()}
    assert due[ObligationKind.HOLD].subject_key == "meeting:2"
    assert due[ObligationKind.HOLD].due_on.isoformat() == "2026-03-16"
    second = a_meeting(after_action, starts_at=MEETING + timedelta(days=4), at=MEETING_END + HOUR)
    assert second.round == 2
    at = MEETING_END + 2 * HOUR
    write(after_action, "root_cause", {"failure": "a wrong default"}, at=at)
    distribute(fresh(after_action), by=after_action.incident.mim, at=at, now=at)
    hold_meeting(fresh(after_action), started_at=second.starts_at)
    assert fresh(after_action).status == Status.REVIEWED


def test_items_without_owner_or_date_at_the_end_of_the_meeting_are_vanishing_tasks() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    write(after_action, "changes", [a_change(None, due_on=None)], at=READ)
    hold_meeting(after_action)
    assert found(after_action) == [AntiPattern.VANISHING_TASKS]


def test_decisions_are_captured_by_the_chair() -> None:
    after_action = a_distributed_review()
    mim = after_action.incident.mim
    meeting = start_meeting(after_action, by=mim, at=MEETING, now=MEETING)
    with pytest.raises(RuleViolation, match="started already"):
        start_meeting(after_action, by=mim, at=MEETING, now=MEETING)
    decision = capture_decision(meeting, text="We keep the standby.", by=mim, at=MEETING, now=MEETING)
    assert decision.by == mim
    with pytest.raises(NotAllowed):
        capture_decision(meeting, text="No.", by=a_person(), at=MEETING, now=MEETING)
    with pytest.raises(BadInput):
        capture_decision(meeting, text="  ", by=mim, at=MEETING, now=MEETING)
    hold_meeting(after_action)
    assert fresh(after_action).status == Status.REVIEWED


def test_a_meeting_cannot_end_in_the_future_or_before_it_starts() -> None:
    after_action = a_distributed_review()
    with pytest.raises(BadInput):
        hold_meeting(after_action, started_at=DISTRIBUTED - 2 * HOUR, override_reason="x")


def test_publishing_refuses_changes_without_owner_or_date() -> None:
    after_action = a_reviewed_review()
    agreed = section_content(after_action, "changes", now=MEETING_END)
    write(after_action, "changes", [*agreed, a_change(None, due_on=None)], at=MEETING_END)
    with pytest.raises(RuleViolation, match="Change 2 lacks an owner and a date"):
        publish(fresh(after_action), by=after_action.incident.mim, at=PUBLISHED, now=PUBLISHED)
    assert fresh(after_action).published_at is None


def test_publishing_before_the_agreement_is_refused() -> None:
    after_action = a_distributed_review()
    with pytest.raises(RuleViolation, match="Hold the meeting"):
        publish(after_action, by=after_action.incident.mim, at=PUBLISHED, now=PUBLISHED)


def test_what_meetings_decided_is_read_in_five_statements_however_many_were_there() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    meeting = start_meeting(after_action, by=after_action.incident.mim, at=MEETING, now=MEETING)
    for text in ("Drill each quarter", "Ask the vendor"):
        capture_decision(meeting, text=text, by=after_action.incident.mim, at=MEETING, now=MEETING)
    hold_meeting(after_action)
    with CaptureQueriesContext(connection) as asked:
        found = decided(after_action, str)
    assert (len(found["attendance"]), len(found["decisions"])) == (2, 2)
    # The meetings, who was there, the decisions, and the people of both.
    assert len(asked) == 5
