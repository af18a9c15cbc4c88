"""What a Major Incident Manager presses on the pages of an incident: dialogs that open when asked and keep what is
typed, and no control that answers with a refusal."""

import re

import pytest
from playwright.sync_api import Page, expect

from incidents.models import Incident, VendorEngagement
from majorops import clock
from tests.browser.visitor import NewContext, visit
from tests.factories.incidents import an_incident, minutes
from tests.factories.people import a_mim

pytestmark = pytest.mark.usefixtures("rows")


def running(mim: object, severity: str = "high", **said: object) -> Incident:
    """An incident that has been open for forty minutes."""
    now = clock.now()
    return an_incident(mim, severity, now - minutes(40), now=now - minutes(40), **said)  # type: ignore[arg-type]


def types_a_vendor(page: Page, name: str) -> None:
    """Types as people do, key by key, and waits until the terms of the contract stand below the field."""
    field = page.get_by_label("Vendor", exact=True)
    field.press_sequentially(name)
    expect(page.locator("#vendor-terms")).to_contain_text(f"{name} is not known yet")
    expect(field).to_have_value(name)


def test_a_vendor_is_engaged_in_one_dialog(new_context: NewContext) -> None:
    mim = a_mim()
    incident = running(mim)
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(incident.get_absolute_url())
    page.get_by_role("link", name="Vendor…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Engage a vendor")).to_be_visible()
    expect(dialog.locator("#vendor-terms")).to_contain_text("Choose the vendor")
    dialog.get_by_label("Effect on the incident").fill("Their edge drops one request in three")
    types_a_vendor(page, "Cloudgate")
    expect(dialog.get_by_label("Effect on the incident")).to_have_value(
        "Their edge drops one request in three"
    )
    dialog.get_by_role("button", name="Record it").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("aside")).to_contain_text("Cloudgate")
    engaged = VendorEngagement.objects.get(incident=incident)
    assert (engaged.vendor.name, engaged.effect) == ("Cloudgate", "Their edge drops one request in three")
    assert visitor.complaints == []


def test_a_vendor_is_engaged_on_the_plain_page_without_a_dialog(new_context: NewContext) -> None:
    mim = a_mim()
    incident = running(mim)
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(f"{incident.get_absolute_url()}vendor/")
    expect(page.locator("#vendor-terms")).to_contain_text("Choose the vendor")
    page.locator("#id_service_name").fill("Edge network")
    types_a_vendor(page, "Northwind DNS")
    expect(page.locator("#id_service_name")).to_have_value("Edge network")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.get_by_role("button", name="Record it").click()
    expect(page).to_have_url(re.compile(rf"{incident.get_absolute_url()}$"))
    assert VendorEngagement.objects.get(incident=incident).service_name == "Edge network"
    assert visitor.complaints == []


def test_a_late_answer_does_not_take_the_place_of_what_is_typed_in_the_dialog(
    new_context: NewContext,
) -> None:
    mim = a_mim()
    incident = running(mim)
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(incident.get_absolute_url())
    page.get_by_role("link", name="Status update…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What it says").fill("Half of the traffic is back")
    with page.expect_response(re.compile("/impact/")):
        # As the second of two presses that crossed: its answer comes when the first one's form is being filled in.
        page.evaluate("document.querySelector('.toolbar a[href$=\"/impact/\"]').click()")
    page.wait_for_function("!document.querySelector('.htmx-request')")
    expect(dialog.get_by_label("What it says")).to_have_value("Half of the traffic is back")
    assert visitor.complaints == []


def test_an_error_page_has_the_look_of_the_product_and_holds_to_its_policy(new_context: NewContext) -> None:
    visitor = visit(new_context, a_mim())
    page = visitor.page

    def is_ours(heading: str, status: int) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(page.get_by_role("link", name="Go to Home")).to_be_visible()
        assert "Atkinson" in page.evaluate("getComputedStyle(document.body).fontFamily")
        assert [complaint[:3] for complaint in visitor.complaints] == [str(status)]
        visitor.complaints.clear()

    page.goto("/incidents/declare/")
    page.get_by_label("Title").fill("Checkout answers with errors")
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Declare the incident").click()
    is_ours("Page out of date", 403)
    page.goto("/incidents/declare/")
    page.evaluate(
        """() => { for (let at = 0; at < 1100; at++) {
             const field = document.createElement("input");
             [field.name, field.type] = [`more-${at}`, "hidden"];
             document.querySelector("main form").append(field);
           } }"""
    )
    page.get_by_role("button", name="Declare the incident").click()
    is_ours("This was not understood", 400)
    page.goto("/incidents/INC-NOSUCH/")
    is_ours("Not found", 404)
