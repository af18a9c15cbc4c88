"""Who is here: ticked on the page of the meeting, kept with each tick, recorded at its end."""

import re
from typing import Any

import pytest
from django.test import Client

from afteractions.models import AfterAction, Attendee, Meeting
from afteractions.operations.meeting.attendees import respond
from majorops.audit.models import AuditEntry
from majorops.people.models import Person
from tests.factories.afteractions import READ, a_distributed_review, hold_meeting, read_by_all
from tests.factories.people import a_person
from tests.web.afteractions.pages import HTMX, at, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(mim: Person) -> AfterAction:
    return a_distributed_review(mim)


def attendees(review: AfterAction) -> list[Attendee]:
    return list(review.attendees.filter(included=True).order_by("id").select_related("person"))


def ticked(client: Client, review: AfterAction) -> set[int]:
    page = client.get(at(review, "meeting/")).content.decode()
    boxes = re.findall(r'<input type="checkbox" name="present" value="(\d+)"[^>]*?( checked)?>', page)
    assert len(boxes) == len(attendees(review))
    return {int(key) for key, is_checked in boxes if is_checked}


def note(client: Client, review: AfterAction, *present: Attendee, **more: Any) -> Any:
    return client.post(at(review, "meeting/attendance/"), {"present": [each.pk for each in present]}, **more)


def test_whoever_accepted_and_runs_it_is_ticked_until_the_chair_says_otherwise(
    client: Client, review: AfterAction, mim: Person
) -> None:
    runner = next(each for each in attendees(review) if each.person == mim)
    other = next(each for each in attendees(review) if each.person != mim)
    assert ticked(client, review) == {runner.pk}
    respond(other, "declined", by=other.person, at=READ, now=READ)
    page = words(client.get(at(review, "meeting/")))
    assert "Ticked: who accepted, and you." in page
    assert "declined" in page
    assert ticked(client, review) == {runner.pk}
    respond(other, "accepted", by=other.person, at=READ, now=READ)
    assert ticked(client, review) == {runner.pk, other.pk}
    assert note(client, review, other, headers=HTMX).status_code == 204
    assert ticked(client, review) == {other.pk}
    assert "Saved as you tick." in words(client.get(at(review, "meeting/")))


def test_the_ticks_are_kept_while_decisions_are_captured_and_audited(
    client: Client, review: AfterAction
) -> None:
    here = attendees(review)[:2]
    assert note(client, review, *here).status_code == 302
    client.post(at(review, "meeting/decisions/"), {"text": "Drill each quarter"})
    assert ticked(client, review) == {each.pk for each in here}
    assert AuditEntry.objects.filter(verb="noted who is here").count() == 1
    note(client, review, *here)
    assert AuditEntry.objects.filter(verb="noted who is here").count() == 1


def test_a_second_meeting_begins_without_the_ticks_of_the_first(client: Client, review: AfterAction) -> None:
    note(client, review, *attendees(review))
    read_by_all(review)
    hold_meeting(review, agreed=False)
    assert set(review.attendees.values_list("is_here", flat=True)) == {None}
    assert Meeting.objects.get().attendance.filter(present=True).exists()


def test_only_the_chair_notes_who_is_here(review: AfterAction) -> None:
    assert note(browser_of(a_person()), review).status_code == 403
    assert set(review.attendees.values_list("is_here", flat=True)) == {None}


def test_after_the_meeting_nobody_is_ticked_any_more(client: Client, review: AfterAction) -> None:
    hold_meeting(review)
    assert note(client, review).status_code == 409
