"""Declaring in six fields."""

import re

import pytest
from django.test import Client

from incidents.models import Incident, Service
from majorops.people.models import Person
from tests.factories.people import a_person, an_auditor
from tests.web.browsing import browser_of
from tests.web.incidents.reading import words

pytestmark = pytest.mark.django_db
DECLARE = "/incidents/declare/"


def test_six_fields_declare_and_the_person_lands_in_the_console(client: Client, mim: Person) -> None:
    answer = client.post(
        DECLARE,
        {
            "title": "Checkout answers with errors",
            "severity": "critical",
            "services": "Checkout, Payments API, checkout",
            "opened": "",
            "external": "yes",
            "known": "Error rate 40 % since the release",
        },
    )
    incident = Incident.objects.get()
    assert answer["Location"] == f"/incidents/{incident.reference}/"
    assert (incident.mim, incident.severity, incident.external) == (mim, "critical", True)
    assert list(incident.services.values_list("name", flat=True)) == ["Checkout", "Payments API"]
    assert incident.timelineevents.get().text == "Error rate 40 % since the release"
    assert 'id="line"' in client.get(answer["Location"]).content.decode()


def test_title_and_severity_are_enough(client: Client) -> None:
    client.post(DECLARE, {"title": "Nothing answers", "severity": "high"})
    assert Incident.objects.get().external is None


def test_no_severity_is_chosen_for_whoever_declares(client: Client) -> None:
    assert not re.search(r'name="severity"[^>]*checked', client.get(DECLARE).content.decode())
    refused = client.post(DECLARE, {"title": "Nothing answers"})
    assert (refused.status_code, "Choose the severity" in words(refused.content)) == (422, True)


def test_the_form_has_six_fields(client: Client) -> None:
    page = client.get(DECLARE).content.decode()
    names = {"title", "severity", "services", "opened", "external", "known"}
    assert all(f'name="{name}"' in page for name in names)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "", "This field is required."),
        ("opened", "25:99", "25:99 is not a time of day. Write it as in 14:05."),
        ("opened", "soon", "Write a time as in 14:05, yesterday 23:50 or 2026-03-03 14:05."),
        ("severity", "huge", "Select a valid choice. huge is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(
    client: Client, field: str, typed: str, sentence: str
) -> None:
    said = {"title": "Nothing answers", "severity": "high", "known": "typed in a hurry", field: typed}
    answer = client.post(DECLARE, said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in words(page)
    assert "typed in a hurry" in page
    assert not Incident.objects.exists()


def test_pressing_the_button_twice_declares_once(client: Client) -> None:
    said = {"title": "Nothing answers", "severity": "high"}
    first, second = client.post(DECLARE, said), client.post(DECLARE, said)
    assert first["Location"] == second["Location"]
    assert Incident.objects.count() == 1


def test_who_only_reads_declares_nothing() -> None:
    client = browser_of(an_auditor())
    assert client.get(DECLARE).status_code == 403
    assert client.post(DECLARE, {"title": "x", "severity": "high"}).status_code == 403
    listed = words(client.get("/incidents/").content)
    assert "Your account reads incidents and declares none. Ask an administrator." in listed


def test_people_and_services_are_offered_while_one_types(client: Client) -> None:
    a_person("Zoë O'Brien-Łukasz <script>", email="zoe@majorops.example")
    Service.objects.create(name="Payments API")
    people = client.get("/incidents/people/?to=zoë").content.decode()
    assert '<option value="zoe@majorops.example">Zoë O&#x27;Brien-Łukasz &lt;script&gt;</option>' in people
    services = client.get("/incidents/services/?services=Checkout, pay").content.decode()
    assert services == '<option value="Checkout, Payments API">Payments API</option>'
