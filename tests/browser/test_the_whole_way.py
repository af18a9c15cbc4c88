"""A real incident the whole way, each step by the person concerned, in Chromium, with a real worker for the PDF.

The server's clock is moved between the steps, as days pass. Beat stays out: its sweeps would run by the worker's own
clock, on which every deadline of this story has long passed; the worker is nudged as beat does it.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import time_machine
from playwright.sync_api import Locator, Page, expect

from afteractions.demonstration.documents import moved, worked
from afteractions.models import AfterAction, Change, RevisionPdf
from afteractions.vocabulary import ActionStatus
from incidents.models import Incident
from majorops.celery import app
from majorops.people.models import Person
from tests.browser.visitor import NewContext, sign_in
from tests.factories.incidents import OPENED
from tests.factories.people import a_mim, a_person
from tests.faults.processes import Process, a_worker

pytestmark = pytest.mark.usefixtures("rows")

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PDF_SECONDS = 90


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The server's clock: it ticks from the morning of the incident until it is moved."""
    with time_machine.travel(OPENED, tick=True) as moves:
        yield moves


@pytest.fixture
def worker(process_environment: dict[str, str], tmp_path: Path) -> Iterator[Process]:
    process = a_worker(process_environment, tmp_path)
    process.start()
    yield process
    process.kill()


@pytest.fixture
def document() -> dict[str, Any]:
    """The worked incident, moved so that it was declared when the clock starts."""
    told = worked("moj-2026-03-30-ingress-nginx-rollback")
    began = datetime.fromisoformat(told["milestones"]["opened"])
    return dict(moved(told, lambda instant: OPENED + (instant - began)))


@pytest.fixture
def people(rows: None) -> dict[str, Person]:
    manager = a_person("Helena Brandauer")
    return {
        "manager": manager,
        "mim": a_mim("Mara Lindqvist", manager=manager),
        "lead": a_person("Jun Castellane", manager=manager),
        "attendee": a_person("Zoë O'Brien-Łukasz", manager=manager),
        "owner": a_person("Oskar Wrenfield", manager=manager),
    }


def test_an_incident_goes_the_whole_way_from_its_first_line_to_its_30_day_review(
    new_context: NewContext,
    clock: time_machine.Traveller,
    process_environment: dict[str, str],
    worker: Process,
    document: dict[str, Any],
    people: dict[str, Person],
    tmp_path: Path,
) -> None:
    mim = sign_in(new_context, people["mim"])
    declares(mim.page, document)
    logs_what_happens(mim.page, document, people, clock)
    closes_by_the_resolution(mim.page, document, clock)
    after_action = AfterAction.objects.get(incident=Incident.objects.get())
    place = f"/after-actions/{after_action.reference}/"

    clock.move_to(closed_at(document) + HOUR)
    schedules(mim.page, place)
    writes_the_draft(mim.page, place, document, people["owner"])
    lead = sign_in(new_context, people["lead"])
    confirms_the_root_cause(lead.page, place)

    clock.move_to(closed_at(document) + DAY)
    distributes(mim.page, place)
    attendee = sign_in(
        new_context, people["attendee"], viewport={"width": 360, "height": 760}, has_touch=True
    )
    reads_and_comments(attendee.page, place)
    reads(lead.page, place)
    reads(mim.page, place)

    meeting = after_action.meetings.get()
    clock.move_to(meeting.starts_at)
    starts_the_meeting(mim.page, place)
    clock.move_to(meeting.ends_at)
    agrees(mim.page, place, people)
    publishes(mim.page, place)
    fetches_the_pdf(mim.page, place, tmp_path / "review.pdf")

    clock.move_to(meeting.ends_at + 10 * DAY)
    owner = sign_in(new_context, people["owner"])
    does_the_action(owner.page, after_action)
    clock.move_to(meeting.ends_at + 31 * DAY)
    manager = sign_in(new_context, people["manager"])
    sees_what_is_overdue(manager.page)
    mim_later = sign_in(new_context, people["mim"])
    reviews_the_actions(mim_later.page, place, after_action)

    for visitor in (mim, lead, attendee, owner, manager, mim_later):
        assert visitor.complaints == []


def closed_at(document: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(document["milestones"]["closed"])


def said(page: Page, sentence: str) -> None:
    """What the page tells about the step just taken."""
    expect(page.locator("#notices")).to_contain_text(sentence)


def declares(page: Page, document: dict[str, Any]) -> None:
    page.get_by_role("link", name="Declare incident").first.click()
    page.get_by_label("Title").fill(document["title"])
    page.get_by_label("Critical (P1)").check()
    page.get_by_label("Services affected").fill(document["services"][0]["name"])
    page.get_by_role("group", name="Customer impact").get_by_label("Yes").check()
    page.get_by_role("button", name="Declare the incident").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(document["title"])


def lines_of(document: dict[str, Any], people: dict[str, Person]) -> list[tuple[datetime, str]]:
    """The document as it is typed into the console, line by line."""
    milestones = {
        kind: datetime.fromisoformat(at)
        for kind, at in document["milestones"].items()
        if at and kind in ("mitigated", "recovered")
    }
    typed: list[tuple[str, str]] = [
        *[(each["at"], f"!{each['kind']} {each['text']}") for each in document["timeline"]],
        *[(each["entered_at"], f"/phase {each['phase']}") for each in document["phases"]],
        *[
            (each["at"], f"/status internal {each['channel']}: {each['text']}")
            for each in document["status_updates"]
        ],
        *[(at.isoformat(), f"/milestone {kind}") for kind, at in milestones.items()],
    ]
    during = [
        (datetime.fromisoformat(at), line)
        for at, line in typed
        if OPENED <= datetime.fromisoformat(at) < closed_at(document) or line == "/milestone recovered"
    ]
    roles = [(OPENED, f"/role trl {people['lead'].email}"), (OPENED, f"/role sme {people['attendee'].email}")]
    return [*roles, *sorted(during, key=lambda each: each[0])]


def logs_what_happens(
    page: Page, document: dict[str, Any], people: dict[str, Person], clock: time_machine.Traveller
) -> None:
    line = page.get_by_role("textbox", name="Log")
    for at, typed in lines_of(document, people):
        clock.move_to(max(at, OPENED + timedelta(minutes=1)))
        line.fill(typed)
        line.press("Enter")
        expect(page.locator("#line-result")).to_have_text(f"Logged: {typed}")
        expect(line).to_have_value("")
    expect(page.locator("#live")).to_contain_text("Rollback complete")


def closes_by_the_resolution(page: Page, document: dict[str, Any], clock: time_machine.Traveller) -> None:
    clock.move_to(closed_at(document) + timedelta(minutes=2))
    page.get_by_role("link", name="Close the incident…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("mandatory", ignore_case=True)
    dialog.locator("button[type=submit]").click()
    expect(page.get_by_role("link", name="Reopen…")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Mandatory")


def schedules(page: Page, place: str) -> None:
    page.goto(place)
    page.get_by_role("link", name="Schedule").first.click()
    page.get_by_role("button", name="Choose this time").first.click()
    page.get_by_role("button", name="Schedule and invite").click()
    said(page, "The meeting is scheduled")


def section(page: Page, key: str) -> Callable[[str], Locator]:
    """The text fields of a section by label."""
    return lambda label: page.locator(f"#form-{key}").get_by_role("textbox", name=label)


def is_saved(page: Page, key: str) -> None:
    """The section has saved by itself: nobody presses a button."""
    expect(page.locator(f"#form-{key} output[data-saved]")).to_have_attribute("data-state", "saved")


def writes_the_draft(page: Page, place: str, document: dict[str, Any], owner: Person) -> None:
    review = document["review"]
    # All of it without leaving the page.
    page.goto(f"{place}draft/")
    field = section(page, "summary")
    field("Business impact").fill(document["impact"]["business"])
    field("Customer impact").fill("Staff could not sign in to two services for half a morning.")
    is_saved(page, "summary")
    field = section(page, "expected")
    field("What was supposed to happen").fill("Teams try the new rules on the trial ingress first.")
    field("What happened instead").fill(review["root_cause"]["contributing_factors"][1])
    is_saved(page, "expected")
    field = section(page, "root_cause")
    field("The incident was caused by").fill(review["root_cause"]["failure"])
    field("Contributing factors include").fill("\n".join(review["root_cause"]["contributing_factors"]))
    is_saved(page, "root_cause")
    for number, text in enumerate(review["went_well"]):
        page.get_by_label("What worked, and must continue").last.fill(text)
        is_saved(page, "went_well")
        page.get_by_role("button", name="Another one").click()
        expect(page.get_by_label("What worked, and must continue")).to_have_count(number + 2)
    for number, item in enumerate(review["action_items"][:2]):
        row = page.locator("#form-changes [data-row]").last
        row.get_by_label("What changes").fill(item["title"])
        row.get_by_label("The gap that it closes").fill(review["root_cause"]["contributing_factors"][number])
        row.get_by_label("Owner", exact=True).fill(f"{owner.full_name} <{owner.email}>")
        row.get_by_label("Due date").fill(f"2026-03-{25 + number}")
        is_saved(page, "changes")
        page.get_by_role("button", name="Another change").click()
        expect(page.locator("#form-changes [data-row]")).to_have_count(number + 2)


def confirms_the_root_cause(page: Page, place: str) -> None:
    page.goto(f"{place}draft/root_cause/")
    page.locator("#root_cause").get_by_role("button", name="Confirm this section as it stands").click()
    said(page, "is confirmed as it stands")


def distributes(page: Page, place: str) -> None:
    page.goto(place)
    page.get_by_role("link", name="Distribute").first.click()
    page.get_by_role("main").locator("form button.button-primary").first.click()
    expect(page.locator(".status-steps [aria-current=step]")).to_have_text("In Review")


def reads(page: Page, place: str) -> None:
    page.goto(f"{place}read/")
    page.get_by_role("button", name="I have read this").click()
    said(page, "Thank you")


def reads_and_comments(page: Page, place: str) -> None:
    page.goto(f"{place}people/")
    page.get_by_role("button", name="Yes").click()
    said(page, "The answer is kept")
    reads(page, place)


def starts_the_meeting(page: Page, place: str) -> None:
    page.goto(f"{place}meeting/")
    expect(page.get_by_text("has read", exact=True)).to_have_count(3)
    page.get_by_role("button", name="Start the meeting").click()
    expect(page.get_by_role("heading", name="Under way")).to_be_visible()


def agrees(page: Page, place: str, people: dict[str, Person]) -> None:
    page.get_by_role("textbox", name="Decision").fill(
        "The trial ingress is mandatory before any rule change."
    )
    page.locator("#decisions").get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".kept").first).to_contain_text("The trial ingress is mandatory")
    capture = page.locator("#actions")
    capture.get_by_label("What changes").fill("Tell tenants which cookies a new rule set touches")
    capture.get_by_label("Owner", exact=True).fill(str(people["attendee"].email))
    capture.get_by_label("Due").fill("2026-03-31")
    capture.get_by_role("button", name="Add", exact=True).click()
    said(page, "is captured")
    for person in ("mim", "lead", "attendee"):
        page.locator(".attendance").get_by_label(people[person].full_name).check()
    page.get_by_label("The content is agreed").check()
    page.get_by_role("group", name="External Messages").get_by_label("None").check()
    page.get_by_role("button", name="Record the meeting").click()
    said(page, "the content is agreed")


def publishes(page: Page, place: str) -> None:
    page.get_by_role("button", name="Publish the Learning Review").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    said(page, "published and in the library")
    expect(page.locator(".status-steps [aria-current=step]")).to_have_text("Closed")
    page.goto("/library/")
    expect(page.get_by_role("main")).to_contain_text("a new firewall rule set treating a cookie")


def fetches_the_pdf(page: Page, place: str, path: Path) -> None:
    """The page says that the PDF is being made, and asks again by itself; made, its link can be saved to disk."""
    answer = page.goto(f"{place}pdf/")
    assert answer is not None
    assert (answer.status, answer.headers["refresh"]) == (202, "3")
    expect(page.get_by_role("heading", name="is being made")).to_be_visible()
    # Chromium's viewer, which the page would turn into, cannot be driven from here.
    page.goto(f"{place}publication/")
    app.send_task("afteractions.tasks.render_pending")
    wait_for_the_worker()
    with page.expect_download() as fetched:
        page.get_by_role("region", name="Learning Review").get_by_role("link", name="PDF").click(
            modifiers=["Alt"]
        )
    fetched.value.save_as(path)
    assert path.read_bytes().startswith(b"%PDF")
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) >= 3


def wait_for_the_worker() -> None:
    deadline = time.monotonic() + PDF_SECONDS
    while RevisionPdf.objects.filter(made_at__isnull=True).exists():
        assert time.monotonic() < deadline, "The worker did not make the PDFs in time"
        time.sleep(0.2)


def does_the_action(page: Page, after_action: AfterAction) -> None:
    page.goto("/actions/")
    page.get_by_role("link", name="Remind tenants to use the non-production ingress").click()
    page.get_by_role("link", name="Done…").click()
    page.get_by_role("dialog").get_by_label("Evidence").fill(
        "Every tenant answered the reminder of 12 March."
    )
    page.get_by_role("dialog").locator("button[type=submit]").click()
    expect(page.get_by_role("heading", name="Evidence", exact=True)).to_be_visible()
    assert after_action.changes.filter(status=ActionStatus.DONE).count() == 1


def sees_what_is_overdue(page: Page) -> None:
    page.goto("/overdue/")
    expect(page.get_by_role("main")).to_contain_text("Remove the temporary exclusion once cookies expire")


def reviews_the_actions(page: Page, place: str, after_action: AfterAction) -> None:
    page.goto(f"{place}actions-review/")
    cookies = {"Disposition": "Extended", "New date": "2026-05-15", "Reason": "The cookies expire in May."}
    tenants = {"Disposition": "Cancelled", "Reason": "The new platform has no such cookies."}
    items = [("Remove the temporary exclusion", cookies), ("Tell tenants which cookies", tenants)]
    for title, answers in items:
        card = page.locator("section.card", has=page.get_by_role("heading", name=title))
        for label, answer in answers.items():
            if label == "Disposition":
                card.get_by_label(label).select_option(label=answer)
            else:
                card.get_by_label(label).fill(answer)
    page.get_by_role("button", name="Settle what is chosen").click()
    expect(page.get_by_role("region", name="Settled")).to_contain_text("Tell tenants which cookies")
    # What was extended is not resolved: it comes back at the next review.
    expect(page.get_by_role("main")).to_contain_text("Review 2, due")
    expect(page.get_by_role("heading", name="Remove the temporary exclusion")).to_be_visible()
    left = Change.objects.exclude(status__in=[ActionStatus.DONE, ActionStatus.CANCELLED])
    assert [str(change.due_on) for change in left.filter(due_on__isnull=False)] == ["2026-05-15"]
