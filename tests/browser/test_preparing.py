"""What feeds the review, in Chromium: a responder closes out on a phone, the writer takes it over; evidence is asked
for, brought as a file, and read by whoever reads the draft."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import expect

from afteractions.models import AfterAction, CloseOutAnswer, EvidenceFile
from afteractions.operations.review.distribution import distribute
from majorops.people.models import Person
from tests.browser.visitor import NewContext, visit
from tests.factories.afteractions import DISTRIBUTED, SCHEDULED, a_drafted_review, an_after_action
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.usefixtures("rows")

PHONE = {"width": 360, "height": 760}
LOG = "09:10 failover refused\n09:12 failover refused\n"


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


def test_a_responder_closes_out_on_a_phone_and_the_writer_takes_both_lines_over(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person, lead: Person
) -> None:
    after_action = an_after_action(mim, lead=lead)
    responder = visit(new_context, lead, viewport=PHONE)
    page = responder.page
    page.goto("/inbox/")
    page.get_by_role("link", name="Say in two lines what worked").first.click()
    page.get_by_label("What worked").fill("The runbook was found at once")
    page.get_by_label("What slowed us").fill("Waiting for access to the standby")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Thank you: your two lines wait in the draft.")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    writer = visit(new_context, mim)
    desk = writer.page
    desk.goto(f"{after_action.get_absolute_url()}draft/went_well/")
    desk.get_by_role("button", name="Take over").click()
    expect(desk.get_by_text("It is in the draft")).to_be_visible()
    expect(desk.locator("textarea", has_text="The runbook was found at once")).to_be_visible()
    line = (
        desk.locator("#changes").get_by_role("listitem").filter(has_text="Waiting for access to the standby")
    )
    line.get_by_role("button", name="Turn into a change").click()
    expect(desk.get_by_text("It was added to what we are changing")).to_be_visible()
    assert after_action.changes.get().gap == "Waiting for access to the standby"
    assert CloseOutAnswer.objects.get(after_action=after_action).person == lead
    assert responder.complaints == writer.complaints == []


def test_evidence_is_asked_for_brought_ticked_off_and_read_with_the_draft(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person, lead: Person, tmp_path: Path
) -> None:
    after_action: AfterAction = a_drafted_review(mim, lead=lead)
    place = f"{after_action.get_absolute_url()}evidence/"
    owner = visit(new_context, mim)
    desk = owner.page
    desk.goto(place)
    desk.get_by_role("combobox", name="Who", exact=True).select_option(label="Jun Castellane")
    desk.get_by_label("What to bring").fill("The log of the gateway")
    desk.locator("#id_bring_by").fill("2026-03-05")
    desk.get_by_role("button", name="Ask", exact=True).click()
    expect(desk.get_by_text("Jun Castellane is asked for it.")).to_be_visible()

    log = tmp_path / "gateway.log"
    log.write_text(LOG)
    asked = visit(new_context, lead)
    page = asked.page
    page.goto("/inbox/")
    page.get_by_role("link", name="Bring your evidence").first.click()
    page.locator("#id_file").set_input_files(log)
    page.get_by_label("What it shows").fill("Each refused failover")
    page.get_by_role("button", name="Attach").click()
    expect(page.get_by_text("“gateway.log” is attached")).to_be_visible()
    file = EvidenceFile.objects.get(after_action=after_action)

    desk.goto(f"{after_action.get_absolute_url()}draft/summary/")
    to_read = desk.locator("#reading-list")
    to_read.get_by_role("listitem").filter(has_text="gateway.log").get_by_role("button").click()
    expect(to_read.get_by_text("Read by Mara Lindqvist")).to_be_visible()

    distribute(after_action, by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    clock.move_to(DISTRIBUTED + timedelta(hours=1))
    reader = visit(new_context, a_person("Oskar Wrenfield"))
    reader.page.goto(f"{after_action.get_absolute_url()}read/")
    expect(reader.page.get_by_text(file.sha256)).to_be_visible()
    with reader.page.expect_download() as handed:
        reader.page.get_by_role("link", name="gateway.log").click()
    assert handed.value.suggested_filename == f"{file.reference}.txt"
    assert Path(handed.value.path()).read_text() == LOG
    assert owner.complaints == asked.complaints == reader.complaints == []
