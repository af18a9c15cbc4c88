"""A MIM walks through a Major Technical Meeting into the draft; a Service Manager from a passed date to the RCA in the
PDF."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from playwright.sync_api import Page, expect

from afteractions.models import AfterAction, VendorFollowUp
from afteractions.operations.followup.contracts import keep_contract
from afteractions.operations.followup.vendors import plan_rca
from incidents.models import Incident
from incidents.operations.close import close
from incidents.operations.response.vendors import engage
from majorops import clock
from majorops.celery import app
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.browser.test_the_whole_way import said, wait_for_the_worker
from tests.browser.visitor import NewContext, visit
from tests.factories.afteractions import PUBLISHED, SCHEDULED, a_published_review
from tests.factories.incidents import an_incident, minutes
from tests.factories.people import a_mim, a_person
from tests.faults.processes import Process, a_worker
from tests.pdf.documents import a_pdf_without_embedded_fonts

pytestmark = pytest.mark.usefixtures("rows")


@pytest.fixture
def worker(process_environment: dict[str, str], tmp_path: Path) -> Iterator[Process]:
    process = a_worker(process_environment, tmp_path)
    process.start()
    yield process
    process.kill()


def test_a_mim_walks_through_an_mtm_into_the_draft(new_context: NewContext) -> None:
    mim = a_mim("Mara Lindqvist")
    a_person("Jun Castellane", email="jun.castellane@majorops.example")
    incident = an_incident(mim, "critical", clock.now() - minutes(150), now=clock.now())
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(incident.get_absolute_url())
    expect(page.get_by_text("Over two hours Critical: call a Major Technical Meeting")).to_be_visible()
    page.get_by_role("link", name="Start an MTM…").click()
    page.get_by_role("button", name="Start it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Major Technical Meeting 1")
    runs_the_meeting(page)
    publishes_the_summary(page)
    now = clock.now()
    close(Incident.objects.get(pk=incident.pk), by=mim, at=now, now=now)
    reference = AfterAction.objects.get(incident=incident).reference
    page.goto(f"/after-actions/{reference}/draft/record_findings/")
    for words in ("Failing over to the second site", "Ask the vendor for its restore time"):
        expect(page.locator("main")).to_contain_text(words)
    assert visitor.complaints == []


def runs_the_meeting(page: Page) -> None:
    point = page.locator("#point-recovery_status")
    point.get_by_label("Note", exact=True).fill("Failing over to the second site")
    expect(point.locator("[data-saved]")).to_contain_text("Saved")
    attendance = page.locator("#attend")
    attendance.get_by_label("Who else is here").fill("jun.castellane@majorops.example")
    attendance.get_by_role("button", name="Add").click()
    expect(attendance).to_contain_text("Jun Castellane")
    actions = page.locator("#action")
    actions.get_by_label("Action", exact=True).fill("Ask the vendor for its restore time")
    actions.get_by_label("Owner").fill("jun.castellane@majorops.example")
    actions.get_by_label("Due").fill("2099-01-05")
    actions.get_by_role("button", name="Add the action").click()
    expect(actions.locator("li")).to_contain_text("Ask the vendor for its restore time")
    page.get_by_role("button", name="Critical (P1) is correct").click()
    expect(page.locator("#confirm")).to_contain_text("Confirmed")
    ahead = page.locator("#ahead")
    ahead.get_by_label("Status updates every … minutes").fill("30")
    ahead.get_by_label("No further meeting is needed").check()
    ahead.get_by_role("button", name="Set").click()
    expect(ahead).to_contain_text("No further meeting is needed. Status updates every 30 min.")
    expect(point.get_by_label("Note", exact=True)).to_have_value("Failing over to the second site")


def publishes_the_summary(page: Page) -> None:
    # What was typed a moment before the meeting ends is in its summary too.
    page.locator("#point-regulatory_exposure").get_by_label("Note", exact=True).fill("None is known")
    page.get_by_role("button", name="End the meeting").click()
    summary = page.get_by_role("textbox", name="Summary")
    expect(summary).to_have_value(re.compile("Recovery status: Failing over"))
    expect(summary).to_have_value(re.compile("None is known"))
    summary.press("End")
    summary.type(" Thank you all.")
    page.get_by_role("button", name="Publish to the stakeholders").click()
    said(page, "The summary of MTM 1 is published.")


def a_vendor_past_its_date(keeper: Person) -> AfterAction:
    """A published review whose vendor should have delivered its RCA by 20 March."""
    after_action = a_published_review()
    incident, when = after_action.incident, {"at": SCHEDULED, "now": SCHEDULED}
    vendor = keep_contract(
        None, name="Cloudgate", rca_term_days=10, service_manager=keeper, by=keeper, **when
    )
    engage(
        incident, vendor=vendor.name, root_cause_related=True, by=incident.mim, at=PUBLISHED, now=PUBLISHED
    )
    follow_up = VendorFollowUp.objects.get(engagement__incident=incident)
    plan_rca(
        follow_up,
        due_on=(PUBLISHED + minutes(60 * 24 * 10)).date(),
        committed=True,
        by=keeper,
        at=PUBLISHED,
        now=PUBLISHED,
    )
    return after_action


def test_a_service_manager_goes_from_a_passed_date_to_the_rca_in_the_pdf(
    new_context: NewContext, worker: Process, tmp_path: Path
) -> None:
    keeper = a_person("Vito Arden", groups=[GroupName.SERVICE_MANAGER])
    after_action = a_vendor_past_its_date(keeper)
    visitor = visit(new_context, keeper)
    page: Any = visitor.page
    page.goto("/")
    page.get_by_role("link", name="What is due from vendors").click()
    expect(page.get_by_text("1 date passed.")).to_be_visible()
    page.get_by_role("link", name="RCA of Cloudgate").click()
    page.get_by_text("Attach the RCA").click()
    rca = tmp_path / "rca.pdf"
    rca.write_bytes(a_pdf_without_embedded_fonts())
    page.get_by_label("PDF, at most 25 MB").set_input_files(rca)
    page.get_by_role("button", name="Attach", exact=True).click()
    said(page, "The RCA is attached; revision")
    place = f"/after-actions/{after_action.reference}/pdf/"
    page.goto(place)
    expect(page.get_by_role("heading", name="is being made")).to_be_visible()
    # The page looks again by itself, which would cross the way to the next one.
    page.goto("/vendors/due/")
    app.send_task("afteractions.tasks.render_pending")
    wait_for_the_worker()
    with pikepdf.open(BytesIO(page.request.get(place).body())) as document:
        assert any("rca" in name for name in document.attachments)
    expect(page.get_by_role("heading", name="Nothing is due from vendors")).to_be_visible()
    assert visitor.complaints == []
