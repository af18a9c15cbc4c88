"""Search by keyboard from any page, and the number of an insight that opens its list."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from majorops import clock
from tests.browser.visitor import NewContext, visit
from tests.factories.incidents import a_closed_incident, an_event, an_incident
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.usefixtures("rows")
HOUR = timedelta(hours=1)


def test_search_is_reached_and_what_is_found_opened_by_keyboard_alone(new_context: NewContext) -> None:
    mim = a_mim()
    opened = clock.now() - 3 * HOUR
    first = an_incident(mim, opened_at=opened, title="Ledger is late")
    second = an_incident(mim, opened_at=opened + HOUR, title="Ledger rebuilt twice")
    an_event(first, "Compared the ledger", by=mim, at=opened + HOUR)
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto("/library/")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Search everything")
    expect(field).to_be_focused()
    page.keyboard.type("ledg")
    found = page.get_by_role("listbox", name="Found")
    expect(found.get_by_role("option", name="Ledger is late").first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(found.get_by_role("option", selected=True)).to_contain_text("Ledger rebuilt twice")
    page.keyboard.press("ArrowDown")
    expect(found.get_by_role("option", selected=True)).to_contain_text("Ledger is late")
    page.keyboard.press("Escape")
    expect(found).to_be_hidden()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{second.get_absolute_url()}")
    assert visitor.complaints == []


def test_enter_alone_opens_the_page_of_everything_found(new_context: NewContext) -> None:
    mim = a_mim()
    incident = an_incident(mim, opened_at=clock.now() - HOUR, title="Ledger is late")
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto("/library/")
    page.keyboard.press("/")
    page.keyboard.type("ledger late")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=ledger+late")
    expect(page.locator("#found mark").first).to_have_text("Ledger")
    page.get_by_label("Words, or a reference").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{incident.get_absolute_url()}")
    assert visitor.complaints == []


def test_search_is_in_the_menu_of_a_phone_and_works_without_javascript(new_context: NewContext) -> None:
    mim = a_mim()
    an_incident(mim, opened_at=clock.now() - HOUR, title="Turbines are late")
    visitor = visit(new_context, mim, viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = visitor.page
    page.goto("/library/#rail-body")
    page.get_by_label("Search everything").fill("turbine")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=turbine")
    expect(page.get_by_role("link", name="Turbines are late")).to_be_visible()


def test_a_number_of_the_insights_opens_the_list_behind_it(new_context: NewContext) -> None:
    mim = a_mim(manager=a_person("Helena Brandauer"))
    incident = a_closed_incident(mim, "critical", opened_at=clock.now() - 5 * HOUR)
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto("/insights/")
    page.get_by_role("link", name="Findings", exact=True).click()
    page.get_by_label("Period").select_option("12")
    page.wait_for_url("**/insights/findings/?*months=12*")
    row = page.get_by_role("row", name="No alert time")
    row.get_by_role("link", name="1", exact=True).first.click()
    expect(page.get_by_role("heading", level=1, name="Closed incidents")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("gap: No alert time")
    page.get_by_role("link", name=incident.reference).click()
    page.wait_for_url(f"**{incident.get_absolute_url()}")
    assert visitor.complaints == []
