"""What was asked of somebody and is done is new no more in the inbox; it can still be read there."""

from datetime import timedelta

import pytest

from afteractions.operations.evidence.close_out import close_out
from afteractions.operations.meeting.attendees import respond
from afteractions.operations.readers.reading import acknowledge
from majorops.notices.models import Notice
from majorops.notices.outbox import withdraw
from majorops.people.models import Person
from tests.factories.afteractions import CLOSED, READ, SCHEDULED, a_distributed_review, an_after_action
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def new(person: Person, step: str) -> int:
    return Notice.objects.inbox_of(person).unread().filter(step__startswith=step).count()


def test_a_draft_that_was_read_and_an_invitation_that_was_answered_are_new_no_more() -> None:
    lead = a_person("Tomas Lindqvist")
    review = a_distributed_review(a_mim(), lead=lead)
    assert (new(lead, "read"), new(lead, "invite")) == (1, 1)
    acknowledge(review.revisions.get(), by=lead, at=READ, now=READ)
    assert (new(lead, "read"), new(lead, "invite")) == (0, 1)
    respond(review.attendees.get(person=lead), "accepted", by=lead, at=READ, now=READ)
    assert new(lead, "invite") == 0
    assert Notice.objects.inbox_of(lead).filter(step="read").exists()


def test_the_two_lines_of_a_close_out_settle_what_asked_for_them() -> None:
    lead = a_person("Tomas Lindqvist")
    review = an_after_action(a_mim(), lead=lead)
    asked = new(lead, "close-out")
    close_out(review, worked="The bridge", slowed="", by=lead, at=CLOSED + HOUR, now=CLOSED + HOUR)
    assert (asked, new(lead, "close-out")) == (1, 0)


def test_a_deadline_that_is_met_settles_what_warned_of_it() -> None:
    mim = a_mim()
    review = a_distributed_review(mim)
    row = review.obligations.filter(responsible=mim).latest("pk")
    Notice.objects.filter(pk=Notice.objects.inbox_of(mim).earliest("pk").pk).update(
        about_type="obligation", about_id=row.pk, step="breach", read_at=None
    )
    withdraw("obligation", [row.pk], now=SCHEDULED)
    assert new(mim, "breach") == 0
