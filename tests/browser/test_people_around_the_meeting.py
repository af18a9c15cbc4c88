"""The people around the meeting, in Chromium: named, invited, told, and asked, from scheduling to the last message."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from afteractions.models import AfterAction
from majorops.people.models import Person
from tests.browser.visitor import NewContext, visit
from tests.factories.afteractions import DISTRIBUTED, a_distributed_review
from tests.factories.people import a_mim

pytestmark = pytest.mark.usefixtures("rows")


@pytest.fixture(scope="module")
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(DISTRIBUTED + timedelta(hours=1), tick=True) as moves:
        yield moves


@pytest.fixture(scope="module")
def mim(rows: None) -> Person:
    return a_mim("Mara Lindqvist")


def test_a_status_note_that_nobody_would_get_is_kept_until_somebody_is_named(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person
) -> None:
    after_action: AfterAction = a_distributed_review(mim)
    [note] = after_action.status_notes.all()
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(f"{after_action.get_absolute_url()}publication/")
    card = page.locator(f"#note-{note.pk}")
    card.get_by_label("The note").fill("The draft is out; the meeting is on Monday.")
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_text("Name at least one stakeholder whom mail reaches").first).to_be_visible()
    expect(card.get_by_label("The note")).to_have_value("The draft is out; the meeting is on Monday.")
    note.refresh_from_db()
    assert note.sent_at is None
    assert after_action.obligations.open().filter(kind="status_note").count() == 1
    card.get_by_label("Add stakeholders").fill("Retail partners <partners@retail.example>")
    card.get_by_role("button", name="Send").click()
    expect(page.get_by_text("The status note is on its way to Retail partners.")).to_be_visible()
    [partners] = after_action.stakeholders.all()
    [mail] = partners.notices.filter(channel="mail")
    assert (mail.address, mail.text) == (
        "partners@retail.example",
        "The draft is out; the meeting is on Monday.",
    )
    assert not after_action.obligations.open().filter(kind="status_note").exists()
    assert visitor.complaints == []
