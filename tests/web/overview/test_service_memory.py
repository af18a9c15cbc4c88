"""Service memory: what earlier incidents of the same services taught, to whoever may see it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afteractions.operations.review.distribution import distribute
from afteractions.queries.service_memory import memory_of_incident, memory_of_names
from incidents.models import Incident, Vendor
from incidents.operations.response.vendors import engage
from majorops.people.models import Person
from tests.api.caller import Caller
from tests.factories.afteractions import (
    CLOSED,
    DISTRIBUTED,
    a_change,
    a_drafted_review,
    a_published_review,
    hold_meeting,
    write,
)
from tests.factories.incidents import OPENED, an_incident
from tests.factories.people import a_person
from tests.web.afteractions.pages import HTMX, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db

SERVICES = "/services/memory/"


def taught(mim: Person, service: str = "Checkout", **said: Any) -> Incident:
    """A published review of an incident of this service, a vendor among those engaged."""
    vendor, _ = Vendor.objects.get_or_create(
        name="Cumulus",
        defaults={"escalation_contact": "duty desk +1 555 0100", "response_sla_minutes": 30},
    )
    after_action = a_published_review(mim, services=[service], **said)
    at = CLOSED + timedelta(minutes=1)
    engage(after_action.incident, vendor=vendor.name, by=mim, at=at, now=at)
    return after_action.incident


def test_the_last_learnings_unfinished_actions_and_contacts_of_a_service_are_told(mim: Person) -> None:
    taught(mim)
    taught(mim, "Search", title="Search is slow")
    told = memory_of_names(mim, [" checkout ", "Nothing"])
    [learning], [action], [vendor] = told.learnings, told.unfinished, told.vendors
    assert learning.text.startswith(
        "Runbook DB-4 does not check the permissions of the standby. Start: Check the "
    )
    assert learning.state == "captured"
    assert action == learning.change
    assert vendor.escalation_contact == "duty desk +1 555 0100"


def test_of_much_that_is_unfinished_the_ten_that_are_due_first_are_told(mim: Person) -> None:
    review = a_drafted_review(mim, services=["Checkout"])
    days = range(30, 18, -1)
    write(review, "changes", [a_change(mim, due_on=f"2026-03-{day}", change=f"Drill {day}") for day in days])
    distribute(review, by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    hold_meeting(review)
    told = memory_of_names(mim, ["Checkout"]).unfinished
    assert [change.change for change in told] == [f"Drill {day}" for day in range(19, 29)]


def test_what_is_restricted_is_told_to_its_people_alone(mim: Person) -> None:
    taught(mim, restricted=True)
    assert not memory_of_names(mim, ["Checkout"]).is_empty
    assert memory_of_names(a_person("Otto Lang"), ["Checkout"]).is_empty


def test_a_new_incident_shows_the_memory_of_its_services_and_not_of_itself(mim: Person) -> None:
    incident = an_incident(mim, services=["Checkout"])
    assert memory_of_incident(mim, incident).is_empty
    earlier = taught(mim)
    told = memory_of_incident(mim, incident)
    assert [each.after_action.incident for each in told.unfinished] == [earlier]
    own = taught(mim, "Search")
    assert memory_of_incident(mim, own).learnings == []


def test_naming_services_while_declaring_shows_it_and_no_known_service_shows_nothing(mim: Person) -> None:
    taught(mim)
    browser = browser_of(mim)
    assert SERVICES in browser.get("/incidents/declare/").content.decode()
    assert words(browser.get(SERVICES, {"services": "Nothing"}, headers=HTMX)) == ""
    shown = words(browser.get(SERVICES, {"services": "Nothing, Checkout"}, headers=HTMX))
    assert "duty desk +1 555 0100" in shown
    assert "Check the permissions of the standby at each deployment" in shown
    assert "Responds within 30 min" in shown


def test_the_console_loads_it(mim: Person) -> None:
    taught(mim)
    incident = an_incident(mim, opened_at=OPENED, services=["Checkout"])
    browser = browser_of(mim)
    place = f"{SERVICES}{incident.reference}/"
    assert place in browser.get(incident.get_absolute_url()).content.decode()
    assert "Unfinished actions" in words(browser.get(place))


def test_it_is_told_by_the_api_too(mim: Person) -> None:
    earlier = taught(mim)
    incident = an_incident(mim, services=["Checkout"])
    caller = Caller(mim)
    by_name = caller.get("service-memory/", services="Checkout").json()
    assert by_name == caller.get("service-memory/", incident=incident.reference).json()
    assert by_name["learnings"][0]["incident"] == earlier.reference
    assert by_name["vendors"][0]["name"] == "Cumulus"
    assert Caller(a_person("Otto Lang")).get("service-memory/", incident="INC-NOTHING").status_code == 404


def test_it_asks_as_often_for_one_as_for_many(mim: Person) -> None:
    def asked(client: Client) -> int:
        with CaptureQueriesContext(connection) as taken:
            client.get(SERVICES, {"services": "Checkout"}, headers=HTMX)
        return len(taken)

    browser = browser_of(mim)
    taught(mim)
    asked(browser)
    once = asked(browser)
    for number in range(5):
        taught(mim, title=f"Checkout is down, part {number}")
    assert asked(browser) == once <= 8
