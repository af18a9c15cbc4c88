"""The link of a guest: what it opens, for whom it is made, and when it ends."""

from datetime import timedelta

import pytest
from django.core import signing

from afteractions.models import (
    AfterAction,
)
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.readers.guests import (
    acknowledge_as_guest,
    comment_as_guest,
    create_guest_link,
    guest_revision,
    open_guest_link,
    revoke_guest_link,
)
from majorops.errors import BadInput, NotAllowed, NotFound, RuleViolation
from majorops.notices.delivery.places import path_to
from majorops.people.models import Person
from tests.factories.afteractions import (
    CLOSED,
    DISTRIBUTED,
    HOUR,
    PUBLISHED,
    a_distributed_review,
)
from tests.factories.people import a_contact, a_person

pytestmark = pytest.mark.django_db
LATER = PUBLISHED + timedelta(days=5)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"


def now(at):
    return {"at": at, "now": at}


def a_guest(after_action: AfterAction) -> Person:
    contact = a_contact(after_action.incident.reference, "rep", "Priya Anand", email="priya@vendor.example")
    set_attendees(
        after_action, [{"person": contact}], by=after_action.incident.mim, at=CLOSED, now=DISTRIBUTED
    )
    return contact


def test_a_guest_reads_comments_and_acknowledges_by_the_link_alone() -> None:
    after_action = a_distributed_review()
    guest = a_guest(after_action)
    mim = after_action.incident.mim
    link, token = create_guest_link(after_action, guest, by=mim, **now(DISTRIBUTED))
    mailed = path_to(guest.notices.get(channel="mail", step="guest").url).split("/")[2]
    opened = open_guest_link(token, now=DISTRIBUTED + HOUR)
    assert opened == open_guest_link(mailed, now=DISTRIBUTED + HOUR) == link
    revision = guest_revision(opened)
    assert revision == after_action.revisions.get()
    acknowledge_as_guest(opened, **now(DISTRIBUTED + HOUR))
    comment = comment_as_guest(opened, section="vendors", text="We see it too.", **now(DISTRIBUTED + HOUR))
    assert (comment.by, comment.revision) == (guest, revision)


def test_a_link_that_is_forged_expired_revoked_or_whose_holder_left_opens_nothing() -> None:
    after_action = a_distributed_review()
    guest, mim = a_guest(after_action), after_action.incident.mim
    link, token = create_guest_link(after_action, guest, by=mim, **now(DISTRIBUTED))
    for forged in (token[:-1], signing.dumps(link.pk, salt="another"), "nonsense"):
        with pytest.raises(NotFound):
            open_guest_link(forged, now=DISTRIBUTED)
    with pytest.raises(NotFound):
        open_guest_link(token, now=link.expires_at)
    set_attendees(after_action, [{"person": guest, "included": False}], by=mim, **now(DISTRIBUTED))
    with pytest.raises(NotFound):
        open_guest_link(token, now=DISTRIBUTED)
    set_attendees(after_action, [{"person": guest, "included": True}], by=mim, **now(DISTRIBUTED))
    revoke_guest_link(link, by=mim, **now(DISTRIBUTED))
    with pytest.raises(NotFound):
        open_guest_link(token, now=DISTRIBUTED)


def test_a_link_is_for_attendees_without_an_account_and_made_by_the_chair() -> None:
    after_action = a_distributed_review()
    mim = after_action.incident.mim
    with pytest.raises(RuleViolation, match="has an account"):
        create_guest_link(after_action, a_person(), by=mim, **now(DISTRIBUTED))
    contact = a_contact(after_action.incident.reference, "rep", "Priya Anand")
    with pytest.raises(RuleViolation, match="not on the list"):
        create_guest_link(after_action, contact, by=mim, **now(DISTRIBUTED))
    guest = a_guest_of(after_action, contact)
    with pytest.raises(NotAllowed):
        create_guest_link(after_action, guest, by=a_person(), **now(DISTRIBUTED))
    with pytest.raises(BadInput):
        create_guest_link(after_action, guest, valid_for=timedelta(days=91), by=mim, **now(DISTRIBUTED))


def a_guest_of(after_action: AfterAction, contact: Person) -> Person:
    set_attendees(
        after_action, [{"person": contact}], by=after_action.incident.mim, at=CLOSED, now=DISTRIBUTED
    )
    return contact
