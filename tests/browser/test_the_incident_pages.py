"""What a Major Incident Manager presses on the pages of an incident: dialogs that open when asked and keep what is
typed, and no control that answers with a refusal."""

import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from incidents.models import Incident, VendorEngagement
from incidents.operations.response.mtm import record_mtm
from majorops import clock
from majorops.people.models import Person
from tests.browser.visitor import NewContext, visit
from tests.factories.afteractions import a_published_review
from tests.factories.incidents import an_event, an_incident, minutes
from tests.factories.people import a_mim, a_person

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


def presses_slowly(page: Page, button: Locator, answer: str, meanwhile: Callable[[], object]) -> None:
    """What the page asked for is answered while the button is down."""
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with page.expect_response(re.compile(answer)) as answered:
        page.mouse.down()
        meanwhile()
    answered.value.finished()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.up()


def test_a_press_is_not_lost_when_its_part_of_the_page_moves_or_is_replaced_meanwhile(
    new_context: NewContext,
) -> None:
    mim = a_mim()
    a_published_review(mim, services=["Customer portal"])
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto("/incidents/declare/")
    page.get_by_label("Title").fill("Nobody can sign in")
    page.get_by_label("High (P2)").check()
    page.get_by_label("Services affected").fill("Customer portal")
    # Leaving the field asks for what the service taught: it comes above the button.
    presses_slowly(
        page, page.get_by_role("button", name="Declare the incident"), "/services/memory/", lambda: None
    )
    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody can sign in")

    held: list[Route] = []
    with page.expect_request(re.compile("/live/")):
        page.route("**/live/**", lambda route: route.fallback() if held else held.append(route))
    an_event(Incident.objects.get(title="Nobody can sign in"), "the portal is slow", by=mim, at=clock.now())
    # The console replaces its live part, the button with it.
    presses_slowly(page, page.locator("#phase-2"), "/live/", lambda: held[0].continue_())
    expect(page.get_by_role("dialog").get_by_role("heading", name="Enter a phase")).to_be_visible()
    expect(page.locator("#live")).to_contain_text("the portal is slow")
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


def test_nothing_stands_on_declare_until_a_service_is_named_and_then_what_it_taught(
    new_context: NewContext,
) -> None:
    mim = a_mim()
    a_published_review(mim, services=["Payments ledger"])
    visitor = visit(new_context, mim)
    page = visitor.page
    with page.expect_response(re.compile("memory")):
        page.goto("/incidents/declare/")
    page.wait_for_function("!document.querySelector('.htmx-request')")
    box = page.locator("#service-memory").bounding_box()
    assert box is None or box["height"] == 0
    page.get_by_label("Services affected").press_sequentially("Payments ledger")
    expect(page.locator("#service-memory")).to_contain_text("Last learnings")
    incident = running(mim, services=["Payments ledger"])
    page.goto(incident.get_absolute_url())
    rows = page.locator(".memory .plain > li")
    expect(rows.first).to_be_visible()
    assert (
        page.locator(".memory .plain").first.evaluate("list => getComputedStyle(list).listStyleType")
        == "none"
    )
    about = page.locator(".memory .item-about").first
    assert about.evaluate("line => getComputedStyle(line).display") == "flex"
    assert visitor.complaints == []


def test_the_current_tab_is_in_sight_on_a_phone_and_what_is_folded_is_printed(
    new_context: NewContext,
) -> None:
    mim = a_mim()
    review = a_published_review(mim)
    visitor = visit(new_context, mim, viewport={"width": 360, "height": 740})
    page = visitor.page
    page.goto(f"{review.get_absolute_url()}history/")
    tab = page.locator(".tabs [aria-current]")
    expect(tab).to_be_in_viewport(ratio=1)
    page.goto(review.incident.get_absolute_url())
    folded = page.locator(".gaps-due dd").first
    expect(folded).to_be_hidden()
    page.emulate_media(media="print")
    expect(folded).to_be_visible()
    assert page.locator(".gaps-due dl").bounding_box()["height"] > 40  # type: ignore[index]
    page.emulate_media(media="screen")
    page.pdf()
    expect(folded).to_be_hidden()
    assert visitor.complaints == []


def test_a_note_says_when_it_was_saved_in_24_hours_of_the_readers_zone(new_context: NewContext) -> None:
    mim = a_mim()
    Person.objects.filter(pk=mim.pk).update(time_zone="Asia/Tokyo")
    incident = running(mim, "critical")
    record_mtm(incident, by=mim, at=clock.now(), now=clock.now())
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(f"{incident.get_absolute_url()}mtms/1/")
    point = page.locator("#point-recovery_status")
    point.get_by_label("Note", exact=True).fill("Failing over to the second site")
    expect(point.locator("[data-saved]")).to_contain_text(re.compile(r"^Saved \d\d:\d\d$"))
    hour = int(point.locator("[data-saved]").inner_text().split()[1][:2])
    now = clock.now().astimezone(ZoneInfo("Asia/Tokyo"))
    assert hour in (now.hour, (now - minutes(1)).hour)
    assert visitor.complaints == []


def test_a_slip_is_corrected_where_it_stands_on_the_console(new_context: NewContext) -> None:
    mim = a_mim()
    incident = running(mim)
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(incident.get_absolute_url())
    page.locator("#line").fill("failed over to bd-02")
    page.locator("#line").press("Enter")
    page.get_by_role("link", name="Correct: failed over to bd-02").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("it is put right where it stands")
    dialog.get_by_label("What happened").fill("failed over to db-02")
    dialog.get_by_role("button", name="Log it").click()
    expect(dialog).to_be_hidden()
    entry = page.locator(".timeline li").filter(has_text="failed over to db-02")
    expect(entry).to_contain_text("before: failed over to bd-02")
    assert [event.text for event in incident.timelineevents.all()] == ["failed over to db-02"]
    assert visitor.complaints == []


def test_what_only_the_mim_may_do_says_so_when_it_is_pressed(new_context: NewContext) -> None:
    incident = running(a_mim("Mira Okafor"))
    visitor = visit(new_context, a_person("Rena Holt"))
    page = visitor.page
    page.goto(incident.get_absolute_url())
    page.locator("#phase-locked").click(force=True)
    expect(page.locator("#notices")).to_contain_text(
        "Only Mira Okafor, who commands this incident, may do this."
    )
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert visitor.complaints == []
