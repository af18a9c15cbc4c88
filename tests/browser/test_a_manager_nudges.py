"""A manager from the dashboard through a filter and a saved view to a nudge; the owner finds it in the inbox."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import Page, expect

from afteractions.models import Obligation
from majorops.people.models import Person
from tests.browser.visitor import NewContext, visit
from tests.factories.afteractions import CLOSED, PUBLISHED, a_published_review, an_after_action
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.usefixtures("rows")
LATE = PUBLISHED + timedelta(days=31)
ITEM = "Complete the action item “Start: Check the permissions of the standby at each deployment”"


@pytest.fixture
def people(rows: None) -> Iterator[tuple[Person, Person]]:
    """A manager with an item overdue below, a review that waits, and a meeting that somebody else never scheduled."""
    manager = a_person("Helena Brandauer")
    owner = a_person("Ingrid Falk", manager=manager)
    a_published_review(a_mim(manager=manager), action_owner=owner)
    an_after_action(a_mim("Tomasz Okonkwo", manager=manager), "high", opened_at=CLOSED)
    with time_machine.travel(LATE, tick=True):
        yield manager, owner


def test_a_manager_finds_what_is_late_keeps_the_view_and_nudges(
    new_context: NewContext, people: tuple[Person, Person]
) -> None:
    manager, owner = people
    visitor = visit(new_context, manager)
    page = visitor.page
    page.goto("/")
    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", level=1, name="Overdue")).to_be_visible()
    filters(page)
    keeps_the_view(page)
    nudges(page)
    assert visitor.complaints == []
    reads_it(new_context, owner)


def filters(page: Page) -> None:
    late = Obligation.objects.overdue(at=LATE).count()
    expect(page.get_by_role("heading", name=f"{late} overdue")).to_be_visible()
    report = page.get_by_label("Report", exact=True)
    expect(report.get_by_role("option", name="Ingrid Falk (1)")).to_be_attached()
    report.select_option(label="Ingrid Falk (1)")
    expect(page.get_by_role("heading", name="1 overdue")).to_be_visible()
    expect(page.get_by_role("link", name=ITEM).first).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("Schedule the After Action of")


def keeps_the_view(page: Page) -> None:
    page.get_by_role("link", name="Save this view…").click()
    page.get_by_role("textbox", name="Name").fill("With Ingrid")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Kept as “With Ingrid”")
    page.goto("/overdue/")
    page.get_by_role("navigation", name="Saved views").get_by_role("link", name="With Ingrid").click()
    expect(page.get_by_role("heading", name="1 overdue")).to_be_visible()


def nudges(page: Page) -> None:
    page.get_by_label("A word with the nudge").fill("Shall I find you some time for it?")
    page.get_by_role("button", name=f"Nudge: {ITEM}").click()
    expect(page.get_by_role("main")).to_contain_text("Nudged by Helena Brandauer")
    expect(page.get_by_role("heading", name="1 overdue")).to_be_visible()
    expect(page.get_by_role("button", name=f"Nudge: {ITEM}")).to_have_count(0)


def reads_it(new_context: NewContext, owner: Person) -> None:
    visitor = visit(new_context, owner)
    page = visitor.page
    page.goto("/inbox/")
    notice = page.get_by_role("main")
    expect(notice).to_contain_text("Helena Brandauer asks you: Complete the action item")
    page.get_by_role("link", name="Helena Brandauer asks you").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check the permissions of the standby")
    assert visitor.complaints == []
