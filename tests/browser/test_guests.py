"""Somebody without an account, in Chromium: the link opens one draft, and each of its buttons keeps what was said."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from afteractions.models import AfterAction, Comment, EvidenceFile, Reading
from afteractions.operations.guest_links import guest_path
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.readers.guests import create_guest_link
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


def test_a_guest_answers_the_invitation_and_brings_a_file_and_a_link(
    new_context: NewContext, after_action: AfterAction, tmp_path: Path
) -> None:
    visitor, guest = opened_by_a_guest(new_context, after_action, "Vera Lindholm")
    page: Page = visitor.page
    page.get_by_role("button", name="Maybe").click()
    expect(page.get_by_text("Thank you: the chair sees your answer.")).to_be_visible()
    assert after_action.attendees.get(person=guest).response == "tentative"
    log = tmp_path / "gateway.log"
    log.write_text("09:10 failover refused\n")
    bring = page.get_by_role("region", name="Bring evidence")
    bring.get_by_role("button", name="Attach").click()
    expect(bring.get_by_text("Choose a file, or give a link.").first).to_be_visible()
    bring.get_by_label("File", exact=False).first.set_input_files(log)
    bring.get_by_role("button", name="Attach").click()
    expect(page.get_by_text("“gateway.log” is attached")).to_be_visible()
    bring.get_by_label("Or a link").fill("grafana.example/d/42")
    bring.get_by_label("What it shows").fill("Refused failovers by minute")
    bring.get_by_role("button", name="Attach").click()
    expect(bring.get_by_text("Give a whole web address").first).to_be_visible()
    bring.get_by_label("Or a link").fill("https://grafana.example/d/42")
    bring.get_by_role("button", name="Attach").click()
    expect(page.get_by_text("“Refused failovers by minute” is attached")).to_be_visible()
    kept = EvidenceFile.objects.filter(after_action=after_action, by=guest).order_by("id")
    assert [(each.kind, each.url) for each in kept] == [
        ("text", ""),
        ("link", "https://grafana.example/d/42"),
    ]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    reader = visit(new_context, after_action.incident.mim)
    reader.page.goto(f"{after_action.get_absolute_url()}evidence/")
    expect(reader.page.get_by_role("link", name="Refused failovers by minute")).to_have_attribute(
        "href", "https://grafana.example/d/42"
    )
    assert visitor.complaints == reader.complaints == []
