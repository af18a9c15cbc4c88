"""What people write, decide and owe is in the Learning Review that others read: each by clicking, in Chromium."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from afteractions.models import AfterAction
from afteractions.operations.review.distribution import distribute
from afteractions.operations.review.publication import publish
from incidents.operations.response.mtm import record_mtm
from incidents.operations.response.vendors import engage
from majorops import clock as real_clock
from majorops.people.models import Person
from tests.browser.visitor import NewContext, visit
from tests.factories.afteractions import (
    DISTRIBUTED,
    MEETING,
    PUBLISHED,
    SCHEDULED,
    a_distributed_review,
    a_drafted_review,
    fresh,
    hold_meeting,
    read_by_all,
)
from tests.factories.incidents import OPENED, an_incident
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
    desk.goto(f"{place}deadlines/")
    ended = desk.get_by_role("region", name="Ended").get_by_role("listitem")
    # When it was met, not when it was due.
    expect(ended.filter(has_text="Hold the After Action")).to_contain_text("9 Mar 15:00")
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
    expect(page.locator(".since").get_by_role("link", name="What the meeting decided")).to_be_visible()
    expect(decided.locator(".changed-here")).to_contain_text("The standby is drilled each quarter")
    page.goto("/search/?q=drilled+quarter")
    page.locator("a[href$='read/#meeting']").click()
    expect(page.locator("section#meeting")).to_contain_text("drilled each quarter")
    assert chair.complaints == reader.complaints == []


def test_a_way_to_have_detected_it_sooner_is_written_read_and_becomes_a_change_in_one_step(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person, lead: Person
) -> None:
    after_action = a_drafted_review(mim, lead=lead)
    place = after_action.get_absolute_url()
    writer = visit(new_context, mim)
    desk = writer.page
    desk.goto(f"{place}draft/expected/")
    way = desk.get_by_label("What would have made it better")
    way.fill("An alert on the permissions of the standby")
    desk.get_by_label("It would have been").select_option(label="Detected sooner")
    expect(desk.locator("#form-expected [data-saved]")).to_contain_text("Saved")
    desk.get_by_role("button", name="Another way").click()
    second = desk.locator("#ways-row-1")
    second.get_by_label("What would have made it better").fill("A second person on the bridge")
    second.get_by_label("It would have been").select_option(label="Responded better")
    taking = desk.locator("#rows-to-take").get_by_role("listitem")
    responded = taking.filter(has_text="Responded better: A second person on the bridge")
    responded.get_by_role("button", name="Turn into a change").click()
    expect(desk.locator("textarea", has_text="A second person on the bridge").first).to_be_visible()
    desk.goto(f"{place}draft/expected/")
    expect(responded).to_contain_text("A change closes it")
    distribute(fresh(after_action), by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    clock.move_to(DISTRIBUTED)
    reader = visit(new_context, lead)
    page = reader.page
    page.goto(f"{place}read/")
    expect(page.locator("section#expected")).to_contain_text("An alert on the permissions of the standby")
    expect(page.locator("section#expected")).to_contain_text("Detected sooner")
    page.goto("/search/?q=second+person+bridge")
    expect(page.get_by_role("main")).to_contain_text("What was supposed to happen")
    assert writer.complaints == reader.complaints == []


def test_an_owner_nobody_is_known_by_holds_up_nothing_that_is_typed_beside_it(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person, lead: Person
) -> None:
    after_action = a_drafted_review(mim, lead=lead)
    writer = visit(new_context, mim)
    desk = writer.page
    desk.goto(f"{after_action.get_absolute_url()}draft/changes/")
    # Nothing is marked as wrong before anything was typed.
    marks = "notes => notes.map(note => getComputedStyle(note, '::before').content)"
    assert set(desk.locator(".field-error").evaluate_all(marks)) == {"none"}
    owner = desk.locator("#changes-0-owner")
    owner.fill("the database team")
    owner.blur()
    note = desk.locator("#changes-0-owner-note")
    expect(note).to_contain_text("No single match for “the database team”")
    field, word = owner.bounding_box(), note.bounding_box()
    assert field is not None
    assert word is not None
    assert 0 <= word["y"] - (field["y"] + field["height"]) < 24
    fresh_row = desk.locator("#changes-row-1")
    fresh_row.get_by_label("What changes").fill("Drill the standby each quarter")
    expect(desk.locator("#changes-1-id")).to_have_value(re.compile("^ACT-"))
    desk.goto(f"{after_action.get_absolute_url()}draft/changes/")
    expect(desk.locator("#changes-0-owner")).to_have_value("the database team")
    expect(desk.locator("#changes-0-owner-note")).to_contain_text("No single match")
    expect(desk.locator("#changes-1-change")).to_have_value("Drill the standby each quarter")
    assert writer.complaints == []


def test_the_review_says_cause_verb_and_verdict_in_sentences(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person, lead: Person
) -> None:
    after_action = a_drafted_review(mim, lead=lead)
    incident = after_action.incident
    engage(
        incident, vendor="Cloudgate", response_sla_minutes=60, responded_at=OPENED + timedelta(minutes=115),
        by=mim, at=OPENED + timedelta(minutes=20), now=SCHEDULED + timedelta(minutes=30),
    )  # fmt: skip
    place = after_action.get_absolute_url()
    writer = visit(new_context, mim)
    desk = writer.page
    desk.goto(f"{place}draft/changes/")
    desk.locator("#changes-0-kind").select_option(label="Stop")
    desk.locator("#changes-0-change").fill("letting the rescheduler act on cordoned nodes")
    expect(desk.locator("#form-changes [data-saved]")).to_contain_text("Saved")
    desk.goto(f"{place}draft/root_cause/")
    desk.get_by_label("Provisional").check()
    expect(desk.locator("#sentence")).to_contain_text("This is provisional.")
    distribute(fresh(after_action), by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    clock.move_to(DISTRIBUTED)
    reader = visit(new_context, lead)
    page = reader.page
    page.goto(f"{place}read/")
    cause = page.locator("section#root_cause")
    expect(cause).to_contain_text(
        "The incident was caused by a standby database without the permissions of the primary. Contributing"
    )
    expect(cause).to_contain_text("Contributing factors include no failover drill since the migration.")
    expect(cause).to_contain_text("This is provisional.")
    expect(cause).to_contain_text(
        "What should have happened and did not: the deployment check compares permissions."
    )
    stop = "Stop letting the rescheduler act on cordoned nodes"
    expect(page.locator("section#learning_statements")).to_contain_text(stop)
    expect(page.locator("section#action_items")).to_contain_text(stop)
    expect(page.locator("section#vendors")).to_contain_text("1 h 35 min, 35 min over the SLA of 60 min")
    assert writer.complaints == reader.complaints == []


def test_what_an_mtm_agrees_is_on_its_owners_home_and_list_while_the_incident_runs(
    new_context: NewContext, mim: Person, lead: Person
) -> None:
    now = real_clock.now()
    incident = an_incident(mim, "critical", now - timedelta(minutes=150), now=now)
    record_mtm(incident, by=mim, at=now - timedelta(minutes=10), now=now)
    chair = visit(new_context, mim)
    desk = chair.page
    desk.goto(f"{incident.get_absolute_url()}mtms/1/")
    actions = desk.locator("#action")
    actions.get_by_label("Action", exact=True).fill("Ask the vendor for its restore time")
    actions.get_by_label("Owner").fill(str(lead.email))
    actions.get_by_label("Due").fill((now + timedelta(days=1)).date().isoformat())
    actions.get_by_role("button", name="Add the action").click()
    expect(actions.locator("li a.reference")).to_contain_text("ACT-")
    owner = visit(new_context, lead)
    page = owner.page
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("Ask the vendor for its restore time")
    page.goto("/actions/")
    page.get_by_role("link", name="Ask the vendor for its restore time").click()
    page.get_by_role("link", name="Done…").click()
    page.get_by_role("dialog").get_by_label("Evidence").fill("They restore it at noon.")
    page.get_by_role("dialog").locator("button[type=submit]").click()
    expect(page.get_by_role("heading", name="Evidence", exact=True)).to_be_visible()
    desk.reload()
    expect(actions.locator("li")).to_contain_text("done")
    assert chair.complaints == owner.complaints == []
