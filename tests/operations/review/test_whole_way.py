"""From the close of the incident to the 30-day review, as the people concerned take it."""

from datetime import date, timedelta

import pytest

from afteractions.models import AfterAction, Obligation, RevisionPdf
from afteractions.operations.followup.actions import complete_action, open_review, settle_item
from afteractions.operations.followup.external_messages import settle_message
from afteractions.operations.meeting.meeting import agree_publish_and_close
from afteractions.operations.review.distribution import distribute
from afteractions.operations.review.publication import publish, send_status_note
from afteractions.vocabulary import MessageStatus, ObligationKind, RevisionKind, Status
from majorops.people.groups import GroupName
from tests.factories.afteractions import (
    CLOSED,
    DISTRIBUTED,
    HOUR,
    MEETING,
    MEETING_END,
    PUBLISHED,
    REVIEW_DUE,
    a_change,
    a_distributed_review,
    a_meeting,
    a_published_review,
    a_reviewed_review,
    an_after_action,
    an_approval,
    fresh,
    hold_meeting,
    read_by_all,
    write,
    write_prose,
)
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db


def states(after_action: AfterAction) -> dict[str, str]:
    """The state of the latest obligation of each kind."""
    rows = Obligation.objects.filter(after_action=after_action).order_by("id")
    return {row.kind: row.state for row in rows}


def test_an_after_action_goes_from_the_close_to_the_review_of_its_items() -> None:
    owner = a_person("Ingrid Falk")
    after_action = an_after_action()
    assert states(after_action) == {"schedule": "open", "hold": "open"}

    a_meeting(after_action)
    write_prose(after_action)
    write(after_action, "changes", [a_change(owner), a_change(owner, change="Drill the failover")])
    assert states(after_action)["schedule"] == "met"
    assert states(after_action)["distribute"] == "open"

    after_action = _distribute(after_action)
    assert after_action.status == Status.IN_REVIEW
    assert states(after_action)["distribute"] == "met"

    read_by_all(after_action)
    hold_meeting(after_action)
    after_action = fresh(after_action)
    assert after_action.status == Status.REVIEWED
    assert states(after_action)["hold"] == "met"
    assert states(after_action)["publish"] == "open"
    assert Obligation.objects.filter(kind=ObligationKind.ACTION_ITEM, state="open").count() == 2

    publish(after_action, by=after_action.incident.mim, at=PUBLISHED, now=PUBLISHED)
    after_action = fresh(after_action)
    assert after_action.status == Status.CLOSED
    assert states(after_action)["publish"] == "met"
    assert [revision.kind for revision in after_action.revisions.all()] == ["draft", "published"]
    assert RevisionPdf.objects.filter(revision__after_action=after_action, made_at=None).count() == 2

    first, second = after_action.changes.all()
    done_at = PUBLISHED + timedelta(days=10)
    complete_action(first, evidence="Pipeline run 812", by=owner, at=done_at, now=done_at)
    review = open_review(after_action)
    assert review is not None
    assert (review.due_at, review.met_at) == (REVIEW_DUE, None)
    settle_item(
        second,
        disposition="extended",
        due_on=date(2026, 5, 29),
        reason="The drill needs the new site.",
        by=after_action.incident.mim,
        at=REVIEW_DUE - HOUR,
        now=REVIEW_DUE - HOUR,
    )
    reviews = list(Obligation.objects.filter(kind=ObligationKind.REVIEW_ACTIONS).order_by("id"))
    assert [row.state for row in reviews] == ["met", "open"]
    assert reviews[1].due_at == REVIEW_DUE + timedelta(days=30)

    later = REVIEW_DUE + timedelta(days=20)
    complete_action(second, evidence="Drill of 29 April", by=owner, at=later, now=later)
    assert not Obligation.objects.open().filter(kind=ObligationKind.REVIEW_ACTIONS).exists()
    assert not Obligation.objects.open().filter(kind=ObligationKind.ACTION_ITEM).exists()


def _distribute(after_action: AfterAction) -> AfterAction:
    distribute(after_action, by=after_action.incident.mim, at=DISTRIBUTED, now=DISTRIBUTED)
    return fresh(after_action)


def test_without_external_messages_agreeing_publishing_and_closing_is_one_step() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    mim = after_action.incident.mim
    revision = agree_publish_and_close(
        after_action,
        started_at=MEETING,
        ended_at=MEETING_END,
        attendance=[{"person": mim, "present": True}],
        by=mim,
        at=MEETING_END,
        now=MEETING_END,
    )
    assert revision.kind == RevisionKind.PUBLISHED
    after_action = fresh(after_action)
    assert after_action.status == Status.CLOSED
    assert [row.to_status for row in after_action.transitions.all()] == [
        "draft",
        "in_review",
        "reviewed",
        "closed",
    ]


def test_with_external_messages_it_closes_when_the_last_one_is_settled() -> None:
    messages = [
        {"text": "What happened", "audience": "Customers", "due_at": PUBLISHED},
        {"text": "What we change", "audience": "Partners", "due_at": PUBLISHED},
    ]
    after_action = a_reviewed_review(external_messages=messages)
    writer = a_person("Casimir Ode", groups=[GroupName.COMMUNICATIONS])
    first, second = after_action.external_messages.all()
    an_approval(first, at=PUBLISHED)
    settle_message(first, status="sent", by=writer, at=PUBLISHED, now=PUBLISHED)
    publish(after_action, by=after_action.incident.mim, at=PUBLISHED, now=PUBLISHED)
    assert fresh(after_action).status == Status.REVIEWED

    later = PUBLISHED + HOUR
    settle_message(second, status="withdrawn", reason="Said in the first.", by=writer, at=later, now=later)
    second.refresh_from_db()
    assert second.status == MessageStatus.WITHDRAWN
    assert fresh(after_action).status == Status.CLOSED


def test_every_transition_prepares_a_status_note_that_is_sent_once() -> None:
    after_action = a_published_review()
    stakeholder = a_person("Selma Nord")
    after_action.stakeholders.add(stakeholder)
    notes = list(after_action.status_notes.all())
    assert len(notes) == 3
    assert after_action.incident.reference in notes[0].text
    later = PUBLISHED + HOUR
    sent = send_status_note(notes[-1], text="It is done.", by=after_action.incident.mim, at=later, now=later)
    assert sent.text == "It is done."
    assert stakeholder.notices.filter(text="It is done.").exists()
    assert Obligation.objects.get(subject_key=f"transition:{sent.transition_id}").state == "met"


def test_the_clocks_count_from_the_close() -> None:
    after_action = an_after_action()
    due = Obligation.objects.get(after_action=after_action, kind=ObligationKind.SCHEDULE).due_at
    assert due == CLOSED + timedelta(hours=24)
