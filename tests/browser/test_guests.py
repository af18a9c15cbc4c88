"""Somebody without an account, in Chromium: the link opens one draft, and each of its buttons keeps what was said."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from afteractions.models import AfterAction, Comment, Reading
from afteractions.operations.attendees import set_attendees
from afteractions.operations.guests import create_guest_link, guest_path
from majorops import clock
from majorops.people.models import Person
from tests.browser.visitor import NewContext, Visitor, visit
from tests.factories.afteractions import DISTRIBUTED, a_distributed_review
from tests.factories.people import a_contact, a_mim

pytestmark = pytest.mark.usefixtures("rows")

PHONE = {"width": 360, "height": 760}


@pytest.fixture(scope="module")
def evening() -> Iterator[time_machine.Traveller]:
    """The evening of the day on which the draft went out."""
    with time_machine.travel(DISTRIBUTED + timedelta(hours=8), tick=True) as moves:
        yield moves


@pytest.fixture(scope="module")
def after_action(rows: None, evening: time_machine.Traveller) -> AfterAction:
    return a_distributed_review(a_mim("Mara Lindqvist"))


def opened_by_a_guest(
    new_context: NewContext, after_action: AfterAction, name: str
) -> tuple[Visitor, Person]:
    """A browser on a phone that opened the link of somebody from outside."""
    now = clock.now()
    mim = after_action.incident.mim
    guest = a_contact(after_action.incident.reference, name.lower(), name, "guest@vendor.example")
    set_attendees(after_action, [{"person": guest, "included": True}], by=mim, at=now, now=now)
    _, token = create_guest_link(after_action, guest, by=mim, at=now, now=now)
    visitor = visit(new_context, viewport=PHONE)
    visitor.page.goto(guest_path(token))
    return visitor, guest


def test_a_guest_says_that_the_draft_was_read_and_comments_on_it(
    new_context: NewContext, after_action: AfterAction
) -> None:
    visitor, guest = opened_by_a_guest(new_context, after_action, "Priya Raman")
    page: Page = visitor.page
    page.get_by_role("button", name="I have read this").first.click()
    expect(page.get_by_text("Thank you: the chair sees that you have read it.")).to_be_visible()
    assert Reading.objects.filter(person=guest).exists()
    page.get_by_label("On which section").select_option("root_cause")
    page.get_by_label("Comment", exact=True).fill("We shipped a fix on Thursday.")
    page.get_by_role("button", name="Comment").click()
    expect(page.get_by_role("article").get_by_text("We shipped a fix on Thursday.")).to_be_visible()
    assert Comment.objects.get(by=guest).text == "We shipped a fix on Thursday."
    assert visitor.complaints == []
