"""What people write, decide and owe is in the Learning Review that others read: each by clicking, in Chromium."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from afteractions.models import AfterAction
from afteractions.operations.publication import publish
from majorops.people.models import Person
from tests.browser.visitor import NewContext, visit
from tests.factories.afteractions import (
    MEETING,
    PUBLISHED,
    SCHEDULED,
    a_distributed_review,
    fresh,
    hold_meeting,
    read_by_all,
)
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.usefixtures("rows")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(SCHEDULED + timedelta(hours=1), tick=True) as moves:
        yield moves


@pytest.fixture
def mim(rows: None) -> Person:
    return a_mim("Mara Lindqvist")


@pytest.fixture
def lead(rows: None) -> Person:
    return a_person("Jun Castellane")


def test_what_the_meeting_decided_who_was_there_and_that_it_was_agreed_is_read_by_everybody(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person, lead: Person
) -> None:
    after_action: AfterAction = a_distributed_review(mim, lead=lead)
    read_by_all(after_action)
    place = after_action.get_absolute_url()
    clock.move_to(MEETING)
    chair = visit(new_context, mim)
    desk = chair.page
    desk.goto(f"{place}meeting/")
    desk.get_by_role("button", name="Start the meeting").click()
    desk.get_by_label("Decision").fill("The standby is drilled each quarter")
    desk.locator("#decisions").get_by_role("button").click()
    expect(desk.locator("main")).to_contain_text("The standby is drilled each quarter")
    hold_meeting(after_action)
    clock.move_to(PUBLISHED)
    publish(fresh(after_action), by=mim, at=PUBLISHED, now=PUBLISHED)
    reader = visit(new_context, lead)
    page = reader.page
    page.goto(f"{place}read/")
    decided = page.locator("section#meeting")
    expect(decided.get_by_role("heading", name="What the meeting decided")).to_be_visible()
    expect(decided).to_contain_text("The standby is drilled each quarter")
    expect(decided).to_contain_text("The content was agreed")
    expect(decided).to_contain_text("Present")
    expect(decided).to_contain_text("Jun Castellane")
    headings = page.locator("article h2").all_inner_texts()
    assert headings[headings.index("What went well") + 1] == "What the meeting decided"
    since = page.locator("details.since")
    expect(since).to_contain_text("The standby is drilled each quarter")
    page.goto("/search/?q=drilled+quarter")
    page.locator("a[href$='read/#meeting']").click()
    expect(page.locator("section#meeting")).to_contain_text("drilled each quarter")
    assert chair.complaints == reader.complaints == []
