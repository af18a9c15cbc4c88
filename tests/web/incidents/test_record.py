"""The page of a closed incident: read only, honest about what came after the fact."""

import json

import pytest
from django.test import Client

from incidents.models import Incident
from incidents.operations.close import close
from incidents.operations.log import link_repeat, log_event
from incidents.operations.response.command import restrict
from majorops.people.models import Person
from tests.factories.incidents import OPENED, a_closed_incident, an_event, an_incident, minutes
from tests.factories.people import a_mim, a_person
from tests.web.browsing import browser_of
from tests.web.incidents.reading import statements, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def mim() -> Person:
    return a_mim(manager=a_person("Berta Lang"))


@pytest.fixture
def incident(mim: Person) -> Incident:
    return a_closed_incident(mim, "critical", services=["Checkout"])


def test_the_record_shows_figures_requirement_gaps_and_no_line(client: Client, incident: Incident) -> None:
    page = client.get(incident.get_absolute_url())
    text = words(page.content)
    assert "Duration 1 h 30 min" in text
    assert "Time to Mitigate (MTTM) 45 min" in text
    assert "After Action Mandatory" in text
    assert "Critical (P1): mandatory at any duration." in text
    assert "No alert time" in text
    assert b'id="line"' not in page.content
    assert b"every 2s" not in page.content


def test_it_links_to_its_after_action(client: Client, incident: Incident) -> None:
    page = client.get(incident.get_absolute_url()).content.decode()
    assert incident.after_action.get_absolute_url() in page
    assert incident.after_action.reference in page


def test_an_entry_made_later_is_shown_as_such(client: Client, incident: Incident) -> None:
    said = {"text": "The release went out", "kind": "action", "at": "2026-03-03 09:10"}
    assert client.post(f"{incident.get_absolute_url()}event/", said).status_code == 302
    page = words(client.get(incident.get_absolute_url()).content)
    assert "The release went out Action Mira Okafor Recorded after the fact" in page
    assert "1 recorded after the fact" in page


def test_what_is_entered_later_needs_its_own_time(client: Client, incident: Incident) -> None:
    answer = client.post(f"{incident.get_absolute_url()}event/", {"text": "It happened", "kind": "action"})
    assert answer.status_code == 422
    assert "It happened" in answer.content.decode()


def test_a_correction_is_a_new_entry_that_refers_to_the_old_one(client: Client, mim: Person) -> None:
    incident = an_incident(mim)
    event = an_event(incident, "Failover at noon", by=mim, at=OPENED + minutes(5))
    client.post(f"{incident.get_absolute_url()}close/", {})
    address = f"{incident.get_absolute_url()}event/{event.pk}/"
    assert "Failover at noon" in client.get(address).content.decode()
    said = {"text": "Failover at one", "kind": "action", "at": "2026-03-03 09:06"}
    assert client.post(address, said).status_code == 302
    page = words(client.get(incident.get_absolute_url()).content)
    assert "Failover at noon Action Mira Okafor Corrected by a later entry" in page
    assert "corrects the entry of 09:05" in page


def test_a_corrected_milestone_decides_anew_and_shows_every_decision(client: Client, mim: Person) -> None:
    incident = a_closed_incident(mim, "high", impact={"external": False})
    recovered = incident.milestones.get(kind="recovered")
    address = f"{incident.get_absolute_url()}milestone/{recovered.pk}/"
    assert client.post(address, {"kind": "recovered", "at": "2026-03-03 12:00"}).status_code == 302
    page = words(client.get(incident.get_absolute_url()).content)
    assert "Decided 2 times" in page
    assert "After Action Mandatory" in page


def test_a_corrected_declaration_moves_the_phase_that_was_entered_with_it(
    client: Client, mim: Person
) -> None:
    incident = a_closed_incident(mim)
    address = incident.get_absolute_url()
    declared = f"{address}milestone/{incident.milestones.get(kind='opened').pk}/"
    follows = words(client.get(declared).content)
    assert (
        "The phase “Declared” moves with it where both have the same time. Counted anew: Time to Declare"
        in follows
    )
    assert client.post(declared, {"kind": "opened", "at": "2026-03-03 08:50"}).status_code == 302
    stands = incident.phaseentrys.get(phase="declared", corrections__isnull=True)
    incident.refresh_from_db()
    assert incident.opened_at == stands.entered_at == OPENED - minutes(10)
    alone = words(client.get(f"{address}phase/{stands.pk}/").content)
    assert "Correct the milestone “Major incident declared” instead" in alone
    # A phase that was stated for another instant is another fact.
    client.post(f"{address}phase/{stands.pk}/", {"phase": "declared", "at": "2026-03-03 08:55"})
    declared = f"{address}milestone/{incident.milestones.get(kind='opened', corrections__isnull=True).pk}/"
    client.post(declared, {"kind": "opened", "at": "2026-03-03 08:51"})
    stands = incident.phaseentrys.get(phase="declared", corrections__isnull=True)
    assert stands.entered_at == OPENED - minutes(5)


def test_lowering_waits_for_the_mims_manager(client: Client, incident: Incident, mim: Person) -> None:
    said = {"severity": "medium", "reason": "One shop only", "never_was": "on"}
    assert client.post(f"{incident.get_absolute_url()}severity/", said).status_code == 302
    assert "The record as corrected asks for less" in words(client.get(incident.get_absolute_url()).content)
    assert client.get(f"{incident.get_absolute_url()}confirm-lowering/").status_code == 403
    manager = browser_of(mim.manager)
    assert "Confirm…" in words(manager.get(incident.get_absolute_url()).content)
    manager.post(f"{incident.get_absolute_url()}confirm-lowering/", {"reason": "Agreed"})
    incident.refresh_from_db()
    assert incident.requirement_level == "not_required"


def test_reopening_takes_a_reason_and_brings_the_console_back(client: Client, incident: Incident) -> None:
    address = f"{incident.get_absolute_url()}reopen/"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "It came back", "version": incident.version}).status_code == 302
    assert b'id="line"' in client.get(incident.get_absolute_url()).content


def test_the_history_names_who_changed_what_without_stored_keys(client: Client, incident: Incident) -> None:
    page = words(client.get(f"{incident.get_absolute_url()}history/").content)
    assert "declared" in page
    assert "Severity: Critical (P1)" in page
    assert "Requirement level: Mandatory" in page
    assert "Tue 3 Mar" in page


def test_the_export_is_the_document_as_a_file(client: Client, incident: Incident) -> None:
    answer = client.get(f"{incident.get_absolute_url()}export/")
    assert answer["Content-Disposition"] == f'attachment; filename="{incident.reference}.json"'
    document = json.loads(answer.content)
    assert (document["format"], document["severity"]) == ("majorops.incident/1", "critical")


def test_a_restricted_incident_is_not_named_by_one_that_repeats_it(client: Client, mim: Person) -> None:
    earlier = a_closed_incident(mim, "critical")
    at = OPENED + minutes(120)
    restrict(earlier, restricted=True, reason="A person is concerned", by=mim, at=at, now=at)
    repeat = an_incident(mim, "high")
    link_repeat(repeat, repeat_of=earlier, is_repeat=True, by=mim, at=at, now=at)
    close(repeat, by=mim, at=at, now=at)
    pages = [repeat.get_absolute_url() + page for page in ("", "history/", "export/")]
    assert all(earlier.reference in client.get(page).content.decode() for page in pages)
    outside = browser_of(a_person("Ola Berg"))
    for page in pages:
        answer = outside.get(page)
        assert answer.status_code == 200
        assert earlier.reference not in answer.content.decode()
    assert "Is repeat" in words(outside.get(pages[1]).content)


def test_the_record_takes_as_many_statements_for_fifty_entries_as_for_five(mim: Person) -> None:
    client, addresses = browser_of(mim), []
    for entries in (5, 50):
        incident = a_closed_incident(mim, "critical")
        for number in range(entries):
            person, at = a_person(f"Person {number}"), OPENED + minutes(number)
            log_event(
                incident,
                kind="action",
                text=f"Step {number}",
                by=mim,
                event_by=person,
                at=at,
                now=incident.closed_at + minutes(1),
            )
        addresses.append(incident.get_absolute_url())
    few, many = (statements(client, address) for address in addresses)
    assert many == few <= 16
