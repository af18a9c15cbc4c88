"""A Major Technical Meeting run from its page: each point saved by itself, nothing typed lost, the end, the summary."""

import re

import pytest
from django.test import Client

from incidents.models import Incident, Mtm, MtmSummary
from incidents.operations.close import close
from incidents.operations.response.command import assign, open_track
from incidents.operations.response.mtm_meeting import note_tag
from incidents.vocabulary import CommandRole
from majorops import clock
from majorops.people.models import Person
from tests.factories.incidents import an_incident, minutes
from tests.factories.people import a_mim, a_person
from tests.web.browsing import browser_of
from tests.web.incidents.reading import HTMX, statements, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def mim() -> Person:
    return a_mim("Mara Lindqvist")


@pytest.fixture
def incident(mim: Person) -> Incident:
    return an_incident(mim, "critical", clock.now() - minutes(150))


@pytest.fixture
def place(client: Client, incident: Incident) -> str:
    """The address of the first meeting, just begun."""
    address = str(client.post(f"{incident.get_absolute_url()}mtm/", {})["Location"])
    assert address == f"{incident.get_absolute_url()}mtms/1/"
    return address


def test_the_page_has_the_agenda_in_its_order_with_its_owners(client: Client, place: str) -> None:
    page = words(client.get(place).content)
    points = [
        "Attendance and intro MIM",
        "Establish core roles MIM",
        "Recovery status Technical Recovery Lead",
        "Impact statement Customer Success / Service Delivery",
        "Regulatory exposure Security or Compliance",
        "Review open actions from prior MTM MIM",
        "Set next MTM time and update cadence MIM",
    ]
    assert sorted(points, key=page.index) == points
    assert client.get(f"{place}explode/").status_code == 405
    assert client.post(f"{place}explode/").status_code == 404
    assert client.get(place.replace("/1/", "/7/")).status_code == 404


def test_those_of_the_response_are_ticked_and_outsiders_typed_in(
    client: Client, incident: Incident, place: str, mim: Person
) -> None:
    lead, expert = a_person("Lea Moor"), a_person("Bao Sandoval")
    now = clock.now()
    open_track(incident, name="DNS", lead=lead, by=mim, at=now, now=now)
    assign(incident, role=CommandRole.SME, person=expert, by=mim, at=now, now=now)
    meeting = Mtm.objects.get()
    assert [one.person for one in meeting.attendance.all()] == [mim]
    page = client.get(place).content.decode()
    assert f'value="{lead.pk}"> Lea Moor, leads DNS' in page
    assert f'name="present" value="{mim.pk}"' not in page
    said = {"present": [lead.pk, expert.pk], "person": "Pat Outsider <Pat@acquirer.example>"}
    card = client.post(f"{place}attend/", said, headers=HTMX).content.decode()
    assert "The severity is neither confirmed nor changed." in card
    # What is left to say stands beside the end of the meeting, and follows each step.
    left = words(client.post(f"{place}confirm/", headers=HTMX).content).partition(
        "The agenda still asks for:"
    )
    assert left[1]
    assert "severity" not in left[2]
    assert "Pat Outsider" in card
    assert 'name="present"' not in card
    attended = [str(one.person) for one in meeting.attendance.all()]
    assert attended == [mim.full_name, "Lea Moor", "Bao Sandoval", "Pat Outsider"]
    for typed, way in (("", "Tick who is here"), ("Pat Stranger", "as in Priya Raman")):
        refused = client.post(f"{place}attend/", {"person": typed}, headers=HTMX)
        assert refused.status_code == 422
        assert way in refused.content.decode()
        assert "contact:" not in refused.content.decode()


def test_a_note_is_kept_while_it_is_typed_and_both_texts_are_shown_when_two_write(
    client: Client, place: str
) -> None:
    typed = {"point": "recovery_status", "note": "Failing over", "read": note_tag(None)}
    saved = client.post(f"{place}note/", typed, headers=HTMX)
    assert (saved.status_code, note_tag("Failing over") in saved.content.decode()) == (200, True)
    answer = client.post(f"{place}note/", {**typed, "note": "Failed over"}, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (412, "#point-recovery_status")
    both = answer.content.decode()
    assert "Failing over" in both
    assert "Failed over" in both
    joined = {**typed, "note": "Failing over, failed over", "read": note_tag("Failing over"), "joined": "yes"}
    assert client.post(f"{place}note/", joined, headers=HTMX).status_code == 200
    assert Mtm.objects.get().notes == {"recovery_status": "Failing over, failed over"}


def test_without_javascript_each_step_is_a_form_that_comes_back(client: Client, place: str) -> None:
    a_person("Rena Holt", email="rena@majorops.example")
    for name, said in (
        ("note", {"point": "impact_statement", "note": "A third of all orders"}),
        ("attend", {"person": "Rena Holt"}),
        ("action", {"title": "Ask the vendor", "owner": "rena@majorops.example", "due_on": "2099-01-05"}),
        ("confirm", {}),
        ("ahead", {"next_at": "2099-01-05T10:00", "cadence_minutes": "30"}),
    ):
        answer = client.post(f"{place}{name}/", said)
        assert (answer.status_code, answer["Location"].partition("#")[0]) == (302, place), name
    page = words(client.get(place).content)
    for said in ("A third of all orders", "Rena Holt", "Ask the vendor", "Status updates every 30 min."):
        assert said in page
    lacking = client.post(f"{place}action/", {"title": "Ask again"}, headers=HTMX)
    assert lacking.status_code == 422
    assert "Ask again" in lacking.content.decode()


def test_the_severity_is_confirmed_as_it_is_from_the_page(client: Client, place: str) -> None:
    assert client.post(f"{place}confirm/", {}).status_code == 302
    assert Mtm.objects.get().severity_confirmed == "critical"


def test_the_meeting_ends_and_its_summary_goes_out_from_the_page(
    client: Client, incident: Incident, place: str, mim: Person
) -> None:
    now = clock.now()
    assign(incident, role=CommandRole.SME, person=a_person("Lea Moor"), by=mim, at=now, now=now)
    client.post(f"{place}note/", {"point": "recovery_status", "note": "One node is back"})
    client.post(f"{place}end/", {})
    console = words(client.get(incident.get_absolute_url()).content)
    assert "The summary of MTM 1 goes to the stakeholders" in console
    page = client.get(place).content.decode()
    assert "Recovery status: One node is back" in page
    refused = client.post(f"{place}summary/", {"text": ""})
    assert refused.status_code == 422
    assert "Present: Mara Lindqvist." in page
    assert client.post(f"{place}summary/", {"text": "Back by noon"}).status_code == 302
    assert MtmSummary.objects.get().text == "Back by noon"
    assert "Back by noon Sent to Lea Moor" in words(browser_of(a_person()).get(place).content)


def test_the_next_meeting_reviews_the_actions_from_its_page(
    client: Client, incident: Incident, place: str
) -> None:
    a_person("Rena Holt", email="rena@majorops.example")
    agreed = {"title": "Ask the vendor", "owner": "Rena Holt", "due_on": "2099-01-05"}
    passed = client.post(f"{place}action/", {**agreed, "due_on": "2026-01-05"}, headers=HTMX)
    assert (passed.status_code, "This day has passed" in words(passed.content)) == (422, True)
    client.post(f"{place}action/", agreed)
    client.post(f"{place}end/", {})
    second = str(client.post(f"{incident.get_absolute_url()}mtm/", {})["Location"])
    page = words(client.get(second).content)
    assert re.search(r"Ask the vendor ACT-\w+ MTM 1, Rena Holt", page)
    assert "Establish core roles" not in page
    key = Mtm.objects.get(number=1).actions.get().pk
    refused = client.post(f"{second}review/", {"action": key, "outcome": "dropped", "text": ""}, headers=HTMX)
    assert (refused.status_code, "Say in a word" in words(refused.content)) == (422, True)
    part = client.post(f"{second}review/", {"action": key, "outcome": "done"}, headers=HTMX)
    assert "Done" in words(part.content)


def test_after_the_close_it_is_read_and_set_right_beside_what_was_noted(
    client: Client, mim: Person, incident: Incident, place: str
) -> None:
    client.post(f"{place}note/", {"point": "recovery_status", "note": "One node is back"})
    client.post(f"{place}end/", {})
    now = clock.now()
    close(Incident.objects.get(), by=mim, at=now, now=now)
    page = client.get(place).content.decode()
    assert '<textarea name="note"' not in page
    assert "recorded after the fact" in page
    # Whoever held a role while it went on, though the close has ended it.
    assert "Nobody holds a role" not in page
    correction = f"{incident.get_absolute_url()}mtm-change/{Mtm.objects.get().pk}/"
    assert correction in page
    assert client.post(correction, {"note_recovery_status": "Two nodes are back"}).status_code == 302
    assert "Two nodes are back" in words(client.get(place).content)


def test_the_page_takes_the_same_few_statements_for_one_note_and_for_many(client: Client, place: str) -> None:
    empty = statements(client, place)
    for number in range(6):
        person = a_person()
        client.post(f"{place}attend/", {"person": person.email})
        said = {"title": f"Action {number}", "owner": person.email, "due_on": "2099-01-05"}
        client.post(f"{place}action/", said)
    assert statements(client, place) == empty
    assert empty <= 16
