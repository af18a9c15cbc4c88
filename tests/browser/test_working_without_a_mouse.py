"""By keyboard alone, without JavaScript, and two at once on one section."""

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from afteractions.models import AfterAction, Section
from afteractions.operations.review.distribution import distribute
from afteractions.vocabulary import SectionKey, Status
from incidents.models import Incident, TimelineEvent
from majorops import clock
from majorops.people.models import Person
from tests.browser.visitor import NewContext, visit
from tests.factories.afteractions import COMPLETE, a_meeting, an_after_action, write
from tests.factories.incidents import an_incident
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.usefixtures("rows")

HOUR = timedelta(hours=1)
DAY = 24 * HOUR
MOST_TABS = 60


def tab_to(page: Page, label: str) -> None:
    """Press Tab until what is labelled so has the focus, as somebody without a mouse must."""
    wanted = page.get_by_label(label, exact=True)
    for _ in range(MOST_TABS):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{label} cannot be reached with the Tab key")


def a_draft(mim: Person) -> AfterAction:
    """The After Action of an incident of three days ago, its meeting in three days."""
    now = clock.now()
    after_action = an_after_action(mim, opened_at=now - 3 * DAY)
    a_meeting(after_action, starts_at=now + 3 * DAY, at=now, reason="The calendar of the tests")
    return after_action


def test_an_event_is_logged_by_one_line_and_enter(new_context: NewContext) -> None:
    mim = a_mim()
    incident = an_incident(mim, opened_at=clock.now() - HOUR)
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(incident.get_absolute_url())
    expect(page.get_by_label("Log", exact=True)).to_be_focused()
    page.keyboard.type("failover started")
    page.keyboard.press("Enter")
    page.keyboard.type("/phase mitigating")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Log", exact=True)).to_be_focused()
    expect(page.locator("#live")).to_contain_text("failover started")
    expect(page.get_by_role("list", name="Phases").locator("[aria-current=step]")).to_contain_text(
        "Mitigating"
    )
    assert TimelineEvent.objects.get(incident=incident).text == "failover started"
    assert visitor.complaints == []


def test_a_refused_line_comes_back_as_it_was_typed(new_context: NewContext) -> None:
    mim = a_mim()
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(an_incident(mim, opened_at=clock.now() - HOUR).get_absolute_url())
    expect(page.get_by_label("Log", exact=True)).to_be_focused()
    page.keyboard.type("/phase somewhere")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is no phase somewhere")
    expect(page.get_by_label("Log", exact=True)).to_have_value("/phase somewhere")


def test_a_step_opens_in_a_dialog_and_escape_gives_the_focus_back(new_context: NewContext) -> None:
    mim = a_mim()
    page = visit(new_context, mim).page
    page.goto(an_incident(mim, opened_at=clock.now() - HOUR).get_absolute_url())
    opener = page.get_by_role("link", name="Close the incident…")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_sections_are_written_and_walked_without_a_mouse(new_context: NewContext) -> None:
    mim = a_mim()
    after_action = a_draft(mim)
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(f"/after-actions/{after_action.reference}/draft/")
    for width, height in ((360, 740), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        bar, field = (page.locator(each).first.bounding_box() for each in (".document-bar", "textarea"))
        assert bar is not None
        assert field is not None
        assert bar["height"] <= 56
        assert field["y"] + field["height"] <= height
    missing = page.locator("#missing")
    missing.locator("summary").click()
    missing.get_by_role("link", name="State the failure in the root cause").click()
    expect(page.locator("#root_cause")).to_be_in_viewport()
    expect(missing).not_to_have_attribute("open", "")
    page.reload()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "Business impact")
    page.keyboard.type("Orders were lost for an hour.")
    expect(page.locator("#form-summary output[data-saved]")).to_have_attribute("data-state", "saved")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    for key, section in (("n", "record_findings"), ("n", "timeline"), ("p", "record_findings")):
        page.keyboard.press(key)
        expect(page.locator(f"#{section}")).to_be_focused()
        expect(page.locator("#toc [aria-current]")).to_have_attribute("href", f"#{section}")
    assert visitor.complaints == []


def test_rows_are_written_moved_taken_out_and_put_back_without_a_mouse(new_context: NewContext) -> None:
    mim = a_mim()
    after_action = a_draft(mim)
    visitor = visit(new_context, mim)
    page = visitor.page
    page.clock.install()
    page.goto(f"/after-actions/{after_action.reference}/draft/#went_well")
    rows, saved = page.locator("#form-went_well [data-row]"), page.locator("#form-went_well [data-saved]")

    def is_kept(*texts: str) -> None:
        expect(saved).to_have_attribute("data-state", "saved")
        section = Section.objects.get(after_action=after_action, key=SectionKey.WENT_WELL)
        assert tuple(row["text"] for row in section.content) == texts

    rows.first.get_by_role("textbox").focus()
    for text in ("The bridge was staffed", "The rollback took a minute"):
        page.keyboard.type(text)
        page.keyboard.press("Enter")
    expect(rows).to_have_count(3)
    expect(rows.last.get_by_role("textbox")).to_be_focused()
    rows.nth(1).get_by_role("textbox").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(rows.first.get_by_role("textbox")).to_be_focused()
    expect(rows.first.get_by_role("textbox")).to_have_value("The rollback took a minute")
    expect(page.locator("#row-place")).to_have_text("Row 1 of 2")
    is_kept("The rollback took a minute", "The bridge was staffed")
    for again in (True, False):
        rows.first.get_by_label("Remove this row").focus()
        page.keyboard.press("Space")
        undo = page.get_by_role("button", name="Undo")
        expect(undo).to_be_focused()
        if again:
            page.keyboard.press("Enter")
            expect(undo).to_have_count(0)
            expect(rows.first.get_by_role("textbox")).to_be_focused()
    page.clock.fast_forward(10_000)
    expect(rows).to_have_count(2)
    is_kept("The bridge was staffed")
    assert visitor.complaints == []


def test_the_meeting_is_run_by_keys(new_context: NewContext) -> None:
    mim = a_mim()
    after_action = a_draft(mim)
    for key, content in COMPLETE.items():
        write(after_action, key, content, at=clock.now())
    distribute(after_action, by=mim, at=clock.now(), now=clock.now())
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(f"/after-actions/{after_action.reference}/meeting/")
    page.keyboard.press("d")
    expect(page.get_by_role("textbox", name="Decision")).to_be_focused()
    page.keyboard.type("Every change is tried first")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".kept").first).to_contain_text("Every change is tried first")
    page.keyboard.press("c")
    expect(page.get_by_role("textbox", name="What changes")).to_be_focused()
    page.keyboard.type("Try each change on the second site")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("It lacks an owner and a date yet")
    page.keyboard.press("x")
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="The Blame Session")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Somebody asked who it was")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#notices")).to_contain_text("Ask instead")
    page.keyboard.press("f")
    expect(page.get_by_label("Started", exact=True)).to_be_focused()
    assert visitor.complaints == []


def test_without_javascript_an_incident_is_declared_and_logged(new_context: NewContext) -> None:
    visitor = visit(new_context, a_mim("Ottoline Reyes"), java_script_enabled=False)
    page = visitor.page
    page.goto("/incidents/declare/")
    page.get_by_label("Title").fill("Payments answer slowly")
    page.get_by_label("High (P2)").check()
    page.get_by_role("button", name="Declare the incident").click()
    page.get_by_label("Log", exact=True).fill("database failover started")
    page.get_by_role("button", name="Log it").click()
    expect(page.locator("#live")).to_contain_text("database failover started")
    page.get_by_label("Log", exact=True).fill("/phase nowhere")
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no phase nowhere")
    expect(page.get_by_label("Log", exact=True)).to_have_value("/phase nowhere")
    page.get_by_role("link", name="Close the incident…").click()
    page.locator("main button[type=submit]").click()
    expect(page.get_by_role("link", name="Reopen…")).to_be_visible()
    assert Incident.objects.get(title="Payments answer slowly").is_closed
    assert visitor.complaints == []


def test_without_javascript_a_section_is_saved_and_its_rows_grow(new_context: NewContext) -> None:
    mim = a_mim()
    after_action = a_draft(mim)
    visitor = visit(new_context, mim, java_script_enabled=False)
    page = visitor.page
    # An address from before all sections were on one page.
    page.goto(f"/after-actions/{after_action.reference}/draft/went_well/")
    field = page.get_by_label("What worked, and must continue")
    field.fill("The bridge was staffed at once")
    page.locator("#form-went_well").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("is saved")
    expect(field).to_have_count(2)
    field.last.fill("The rollback took minutes")
    page.get_by_role("button", name="Another one").click()
    expect(field).to_have_count(3)
    section = Section.objects.get(after_action=after_action, key=SectionKey.WENT_WELL)
    assert [row["text"] for row in section.content] == [
        "The bridge was staffed at once",
        "The rollback took minutes",
    ]
    assert visitor.complaints == []


@pytest.mark.parametrize("scripted", [True, False], ids=["with JavaScript", "without"])
def test_the_second_of_two_writers_sees_both_texts_and_joins_them(
    new_context: NewContext, scripted: bool
) -> None:
    mim = a_mim()
    lead = a_person("Tomas Lindqvist")
    now = clock.now()
    after_action = an_after_action(mim, lead=lead, opened_at=now - 3 * DAY)
    address = f"/after-actions/{after_action.reference}/draft/root_cause/"
    pages = [visit(new_context, person, java_script_enabled=scripted).page for person in (mim, lead)]
    for page in pages:
        page.goto(address)
    first, second = pages

    def write_cause(page: Page, text: str) -> None:
        page.get_by_role("textbox", name="The incident was caused by").fill(text)
        if not scripted:
            page.locator("#form-root_cause").get_by_role("button", name="Save", exact=True).click()

    write_cause(first, "a certificate that nobody renewed")
    expect(first.locator("#form-root_cause output[data-saved]")).to_have_attribute("data-state", "saved")
    write_cause(second, "an expired certificate of the gateway")
    expect(second.get_by_role("alert")).to_contain_text("Somebody else saved this section")
    expect(second.get_by_label("Their text")).to_contain_text("a certificate that nobody renewed")
    expect(second.get_by_label("Your text")).to_contain_text("an expired certificate of the gateway")
    joined = "an expired certificate of the gateway that nothing renewed"
    second.get_by_role("textbox", name="The incident was caused by").fill(joined)
    second.locator("#form-root_cause").get_by_role("button", name="Save", exact=True).click()
    if scripted:
        expect(second.locator("#form-root_cause output[data-saved]")).to_have_attribute("data-state", "saved")
    else:
        expect(second.locator("#notices")).to_contain_text("is saved")
    first.reload()
    expect(first.get_by_role("textbox", name="The incident was caused by")).to_have_value(joined)
    assert AfterAction.objects.get(pk=after_action.pk).status == Status.DRAFT


def test_two_in_two_rows_never_meet_and_in_one_row_both_texts_are_shown(new_context: NewContext) -> None:
    mim, lead = a_mim(), a_person("Tomas Lindqvist")
    now = clock.now()
    after_action = an_after_action(mim, lead=lead, opened_at=now - 3 * DAY)
    write(after_action, "went_well", [{"text": f"It held, {n}", "kind": "tool"} for n in (1, 2)], at=now)
    write(after_action, "changes", [{"kind": "start", "change": "Add a disk"}], at=now)
    visitors = [visit(new_context, person) for person in (mim, lead)]
    for visitor in visitors:
        visitor.page.goto(f"/after-actions/{after_action.reference}/draft/#went_well")
    first, second = (visitor.page for visitor in visitors)

    def texts(page: Page) -> Locator:
        return page.locator("#form-went_well").get_by_role("textbox")

    # Who is in which field is seen there, and what they save appears in their row alone.
    texts(first).nth(0).fill("The bridge was staffed")
    expect(second.locator("[data-here-too]")).to_have_attribute("data-here-too", mim.full_name)
    texts(second).nth(1).fill("The rollback took a minute")
    expect(texts(first).nth(1)).to_have_value("The rollback took a minute")
    expect(texts(second).nth(0)).to_have_value("The bridge was staffed")
    expect(texts(second).nth(1)).to_be_focused()
    for page in (first, second):
        expect(page.locator("[data-saved-all]")).to_have_text("Saved")
    texts(first).nth(2).fill("The alert came at once")
    expect(texts(second).nth(2)).to_have_value("The alert came at once")
    # What is wrong with one row holds up no other.
    change = second.locator("#changes-0-change")
    change.fill("")
    expect(second.locator("#changes-0-change-note")).to_contain_text("must not be empty")
    expect(second.locator("[data-saved-all]")).to_have_text("Not saved: fix 1 problem")
    second.locator("#changes-1-change").fill("Test each redirect")
    second.locator("#changes-1-owner").fill("the network people")
    expect(second.locator("#changes-1-owner-note")).to_contain_text("No single match")
    expect(first.locator("#form-changes").get_by_label("Owner", exact=True).nth(1)).to_have_value(
        "the network people"
    )
    expect(first.locator("#changes-0-change")).to_have_value("Add a disk")
    change.fill("Add a larger disk")
    expect(second.locator("[data-saved-all]")).to_have_text("Saved")
    # Both in one field: the second gets both texts.
    first.route("**/draft/live/**", lambda route: route.abort())
    texts(second).nth(0).fill("The bridge was staffed by five")
    expect(second.locator("[data-saved-all]")).to_have_text("Saved")
    texts(first).nth(0).fill("The bridge was there at once")
    row = first.locator("#went_well-row-0")
    expect(row.get_by_label("Their text")).to_contain_text("The bridge was staffed by five")
    expect(row.get_by_label("Your text")).to_contain_text("The bridge was there at once")
    expect(first.locator("[data-saved-all]")).to_have_text("Not saved: fix 1 problem")
    row.get_by_role("textbox", name="What worked").fill("The bridge was staffed by five at once")
    row.get_by_role("button", name="Save this row").click()
    expect(first.locator("[data-saved-all]")).to_have_text("Saved")
    expect(row.get_by_label("Their text")).to_have_count(0)
    section = Section.objects.get(after_action=after_action, key=SectionKey.WENT_WELL)
    assert [each["text"] for each in section.content] == [
        "The bridge was staffed by five at once",
        "The rollback took a minute",
        "The alert came at once",
    ]
    assert visitors[1].complaints == []
