"""What the process promises, up to the reading of the review, seen by its people on the demonstration's incidents."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from afteractions.demonstration.people import address
from afteractions.demonstration.vendors import guest_link
from afteractions.models import AfterAction
from incidents.models import Incident
from majorops import clock
from majorops.people.models import Person
from tests.browser.visitor import NewContext, visit

pytestmark = pytest.mark.usefixtures("demonstration")

OUT_OF_MEMORY = "Proxy node out of memory"
ANNOUNCEMENT = "Popular announcement swamps launch service"
LOG4J = "Company-wide check for the Log4j flaw"
FIREWALL = "False firewall blocks after ingress upgrade stop"
PHISHING = "Phishing site imitates the package index"
REGISTRY = "Cluster cannot pull images after a registry passwo"
DOWNLOADS = "All crate downloads redirected to bad addresses"
NO_NODES = "Cluster left with no nodes"
NODES = "Faulty node image makes nodes flap"
Open = Callable[..., Page]


@pytest.fixture
def opens(new_context: NewContext) -> Open:
    """Opens a place of an incident (its title begins so) or of its After Action as one of the demonstration."""

    def open_it(who: str, title: str, place: str, *args: str) -> Page:
        incident = Incident.objects.get(title__startswith=title)
        reference = incident.reference
        if place.startswith("afteractions:"):
            reference = AfterAction.objects.get(incident=incident).reference
        page = visit(new_context, Person.objects.get(email=address(who))).page
        page.goto(reverse(place, args=[reference, *args]))
        return page

    return open_it


def test_a_running_incident_says_what_will_be_required_and_when_that_changes(opens: Open) -> None:
    page = opens("mim", NODES, "incidents:detail")
    expect(page.get_by_text("mandatory in")).to_be_visible()


def test_what_is_recommended_is_not_skipped_without_a_reason(opens: Open) -> None:
    page = opens("mim2", REGISTRY, "afteractions:decide")
    page.get_by_role("button", name="Skip it").click()
    expect(page.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="Hold it")).to_be_enabled()


def test_what_is_mandatory_is_skipped_by_nobody(opens: Open) -> None:
    page = opens("mim", DOWNLOADS, "afteractions:decide")
    expect(page.get_by_text("mandatory: there is nothing to decide")).to_be_visible()
    expect(page.get_by_role("button", name="Skip it")).to_have_count(0)


def test_a_look_alike_is_proposed_with_its_evidence_and_a_repeat_shows_what_was_not_implemented(
    opens: Open,
) -> None:
    page = opens("mim", ANNOUNCEMENT, "afteractions:read")
    unfinished = page.get_by_role("heading", name="A prior learning was not implemented")
    expect(unfinished).to_be_visible()
    page = opens("mim", OUT_OF_MEMORY, "incidents:detail")
    expect(page.get_by_text("Critical (P1)").first).to_be_visible()
    page = opens("mim", DOWNLOADS, "incidents:look_alikes")
    expect(page.get_by_role("heading", name="Does it repeat an earlier incident?")).to_be_visible()


def test_a_gap_of_the_record_is_the_first_finding_and_becomes_a_change_in_one_step(opens: Open) -> None:
    page = opens("mim", DOWNLOADS, "afteractions:section", "record_findings")
    expect(
        page.get_by_text("What was not captured while the incident ran is the first finding.")
    ).to_be_visible()
    gap = page.locator("#record_findings .gaps li").filter(has=page.get_by_role("button")).first
    said = gap.locator("p").first.inner_text()
    gap.get_by_role("button", name="Turn into a change").click()
    expect(page.get_by_role("heading", name="What we are changing")).to_be_visible()
    page.go_back()
    page.reload()
    closed = page.locator("#record_findings .gaps li").filter(has_text=said).first
    expect(closed.get_by_text("A change closes it")).to_be_visible()


def test_each_who_attends_has_a_reason_and_a_required_one_is_taken_off_with_one_only(opens: Open) -> None:
    page = opens("mim", FIREWALL, "afteractions:people")
    row = page.locator("li.attendee").filter(has_text="Technical Recovery Lead").first
    row.get_by_text("Change", exact=True).click()
    row.get_by_role("button", name="Remove").click()
    expect(page.locator(".field-error").first).to_contain_text("say why this person is not to attend")
    asked = page.locator("li.attendee").filter(has_text="The change log of the rule set.")
    expect(asked).to_be_visible()


def test_a_change_beyond_the_team_brings_an_executive_and_says_why_in_what_is_published(opens: Open) -> None:
    page = opens("auditor", NO_NODES, "afteractions:read")
    change = page.locator("#changes li").filter(has_text="Improve node replacement")
    expect(change.get_by_text("Needs executive action")).to_be_visible()
    expect(change.get_by_text("costs each month what no team may decide on alone")).to_be_visible()
    page = opens("auditor", NO_NODES, "afteractions:people")
    executive = page.locator("li.attendee").filter(has_text="Idris Falkenrath")
    expect(executive.get_by_text("A finding requires executive action.")).to_be_visible()


def test_the_vendors_representative_reads_by_a_link_to_the_one_draft(new_context: NewContext) -> None:
    page = visit(new_context).page
    page.goto(str(guest_link(now=clock.now())))
    expect(page.get_by_text("What did we learn, and what do we change?").first).to_be_visible()
    expect(page.get_by_role("button", name="I have read this")).to_be_visible()


def test_times_that_fit_every_rule_are_offered(opens: Open) -> None:
    page = opens("mim", DOWNLOADS, "afteractions:schedule")
    expect(page.get_by_role("button", name="Choose this time")).to_have_count(3)


def test_the_questions_stand_beside_each_section_and_names_are_found_while_typing(opens: Open) -> None:
    page = opens("mim", PHISHING, "afteractions:section", "root_cause")
    expect(page.locator("#root_cause").get_by_role("heading", name="Questions")).to_be_visible()
    lead = Person.objects.get(email=address("lead")).full_name
    page.get_by_label("The incident was caused by").fill(f"a mail that {lead} and Boris Petrov forgot")
    hints = page.locator("#root_cause-hints")
    expect(hints.get_by_text(f"“{lead}” names a person.")).to_be_visible()
    expect(hints.get_by_text("“Boris Petrov” looks like the name of a person.")).to_be_visible()
    no_name = hints.get_by_role("button", name="“Boris Petrov” is not a name")
    no_name.click()
    expect(no_name).to_have_count(0)
    expect(hints.get_by_text(f"“{lead}” names a person.")).to_be_visible()


def test_a_comment_is_answered_and_resolved(opens: Open) -> None:
    page = opens("lead", FIREWALL, "afteractions:read")
    page.get_by_text("1 comment", exact=True).click()
    thread = page.locator(".thread").filter(has_text="What did we wait for until then?")
    thread.get_by_text("Reply", exact=False).first.click()
    thread.get_by_role("textbox").fill("For somebody who may decide on it.")
    thread.get_by_role("button", name="Reply").click()
    page.get_by_text("2 comments", exact=True).click()
    expect(page.get_by_text("For somebody who may decide on it.")).to_be_visible()
    thread.get_by_role("button", name="Resolve").click()
    resolved = page.locator(".thread.is-resolved")
    expect(resolved.filter(has_text="What did we wait for until then?")).to_have_count(1)


def test_the_chair_sees_who_has_read_and_names_an_anti_pattern_with_the_question_to_ask(opens: Open) -> None:
    page = opens("mim", LOG4J, "afteractions:meeting")
    expect(page.get_by_role("heading", name="Agenda")).to_be_visible()
    expect(page.get_by_text("The inventory comes before the scanner")).to_be_visible()
    page.keyboard.press("x")
    page.get_by_label("The Blame Session").check()
    page.get_by_label("What happened").fill("It was asked who had left the server open.")
    page.get_by_role("button", name="Name it").click()
    expect(page.locator(".named").get_by_text("It was asked who had left the server open.")).to_be_visible()


def test_a_meeting_before_its_draft_could_be_read_starts_with_a_reason_only(opens: Open) -> None:
    page = opens("mim", FIREWALL, "afteractions:meeting")
    page.get_by_role("button", name="Start all the same").click()
    expect(page.get_by_label("Reason").first).to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize(
    ("title", "name", "evidence"),
    [
        (OUT_OF_MEMORY, "The Pre-Scheduled Cancel", "The meeting was"),
        (ANNOUNCEMENT, "The Blame Session", "who had said yes"),
        (ANNOUNCEMENT, "The Retell", "draft"),
        (NO_NODES, "The Missing Vendor", "RCA"),
    ],
)
def test_anti_patterns_are_kept_with_their_evidence(
    opens: Open, title: str, name: str, evidence: str
) -> None:
    page = opens("mim", title, "afteractions:workspace")
    named = page.locator(".anti-patterns li").filter(has_text=name)
    expect(named.filter(has_text=evidence).first).to_be_visible()
