"""Who lets whom into a restricted incident, and who stops knowing of it, asked over HTTP: an entry made after the close
lets nobody in, whoever is taken off a part loses it, and what decides the requirement is not everybody's to change."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from afteractions import demonstration
from afteractions.models import AfterAction
from afteractions.operations.followup.actions import hand_on_action
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.meeting.roles import name_people
from incidents.exchange.importing import import_document
from incidents.models import Incident
from incidents.models.incident import LEADS_A_TRACK
from incidents.operations.response.command import assign
from majorops import clock
from majorops.people.models import Person
from tests.factories.afteractions import (
    REVIEW_DUE,
    SCHEDULED,
    a_meeting,
    a_published_review,
    an_after_action,
    fresh,
)
from tests.factories.incidents import OPENED, an_incident
from tests.factories.people import a_mim, a_person, an_administrator, an_auditor

pytestmark = pytest.mark.django_db


def post(by: Person, path: str, /, **said: Any) -> int:
    client = Client()
    client.force_login(by)
    return client.post(f"/api/v1/{path}", said, content_type="application/json").status_code


def sees(person: Person, incident: Incident) -> bool:
    client = Client()
    client.force_login(person)
    return client.get(f"/incidents/{incident.reference}/").status_code == 200


def page_of(person: Person, path: str) -> str:
    client = Client()
    client.force_login(person)
    return client.get(path).content.decode()


def look_again_at_the_record(mim: Person, after_action: AfterAction) -> None:
    """Has the attendees proposed anew, by the page of the people."""
    client = Client()
    client.force_login(mim)
    assert client.post(f"{after_action.get_absolute_url()}people/propose/").status_code == 302


def records(person: Person, incident: Incident) -> bool:
    answer = post(person, f"incidents/{incident.reference}/events/", kind="action", text="I was there")
    return answer == 201


def lowers(person: Person, incident: Incident) -> bool:
    """By the form of the incident's page."""
    client = Client()
    client.force_login(person)
    step = reverse("incidents:step", args=[incident.reference, "confirm-lowering"])
    version = Incident.objects.get(pk=incident.pk).version
    client.post(step, {"reason": "So it was", "version": version})
    return Incident.objects.get(pk=incident.pk).requirement_level != "mandatory"


def a_restricted_one(*, attendee: Person | None = None, mim: Person | None = None) -> AfterAction:
    after_action = an_after_action(mim, restricted=True)
    if attendee is not None:
        a_meeting(after_action)
        by = {"by": after_action.incident.mim, "at": SCHEDULED, "now": SCHEDULED}
        set_attendees(after_action, [{"person": attendee, "included": True, "reason": "Knows it"}], **by)
    return fresh(after_action)


def test_a_role_recorded_after_the_close_lets_nobody_in_until_it_is_confirmed() -> None:
    attendee, stranger = a_person("Abel Costa"), a_person("Olga Petrov")
    incident = a_restricted_one(attendee=attendee).incident
    role = {"role": "responder", "person": stranger.email, "from": "2026-03-03T10:00:00Z"}
    assert post(attendee, f"incidents/{incident.reference}/command/", **role) == 201
    assert not sees(stranger, incident)
    # Nor does the list of attendees, proposed from the record, let in by the way.
    assert incident.mim is not None
    look_again_at_the_record(incident.mim, incident.after_action)
    assert not sees(stranger, incident)
    given = incident.commandassignments.get(person=stranger)
    assert post(incident.mim, f"incidents/{incident.reference}/command/{given.pk}/confirm/") in (200, 201)
    assert sees(stranger, incident)
    assert records(stranger, incident)


def test_a_track_recorded_after_the_close_gives_its_lead_neither_sight_nor_part() -> None:
    attendee, stranger, named = a_person("Abel Costa"), a_person("Olga Petrov"), a_person("Ottilie Renner")
    for restricted in (True, False):
        after_action = a_restricted_one(attendee=attendee)
        incident = after_action.incident
        Incident.objects.filter(pk=incident.pk).update(restricted=restricted)
        track = {"name": "Mine", "lead": stranger.email, "opened_at": "2026-03-03T10:00:00Z"}
        assert post(attendee, f"incidents/{incident.reference}/tracks/", **track) == 201
        assert sees(stranger, incident) is not restricted
        assert not records(stranger, incident)
        role = {"role": "responder", "person": stranger.email, "from": "2026-03-03T10:00:00Z"}
        assert post(attendee, f"incidents/{incident.reference}/command/", **role) == 201
        # While nobody has confirmed them, neither entry puts anybody on the list of a restricted one.
        assert incident.mim is not None
        look_again_at_the_record(incident.mim, after_action)
        assert after_action.attendees.filter(person=stranger).exists() is not restricted
        # What only those who responded do: saying what worked. Nobody asks the stranger for it on their home page.
        closing = f"after-actions/{after_action.reference}/close-out/"
        assert post(stranger, closing, worked="I was there") == (404 if restricted else 403)
        assert f'href="/{closing}"' not in page_of(stranger, "/")
        # Whoever may confirm a role lets the lead of a track in by naming them.
        track = {**track, "lead": named.email}
        assert post(incident.mim, f"incidents/{incident.reference}/tracks/", **track) == 201
        assert sees(named, incident)
        assert records(named, incident)
        assert f'href="/{closing}"' in page_of(named, "/")
        assert post(named, closing, worked="The runbook") == 201


def test_a_late_entry_of_anybody_does_not_keep_in_whoever_is_taken_off_their_track() -> None:
    attendee, named = a_person("Abel Costa"), a_person("Ottilie Renner")
    incident = a_restricted_one(attendee=attendee).incident
    assert incident.mim is not None
    where = f"incidents/{incident.reference}/tracks/"
    track = {"lead": named.email, "opened_at": "2026-03-03T10:00:00Z"}
    assert post(incident.mim, where, name="Database", **track) == 201
    assert post(attendee, where, name="Mine", **track) == 201
    led = incident.access.filter(person=named, why=LEADS_A_TRACK)
    assert led.exists()
    wrong = incident.recoverytracks.get(name="Database")
    assert post(incident.mim, f"{where}{wrong.pk}/", lead=incident.mim.email) in (200, 201)
    assert not led.exists()


def test_while_it_runs_only_whoever_commands_lets_people_into_a_restricted_incident() -> None:
    mim, responder, stranger = a_mim(), a_person("Abel Costa"), a_person("Olga Petrov")
    incident = an_incident(mim, "critical", restricted=True)
    assign(incident, role="responder", person=responder, by=mim, at=OPENED, now=OPENED)
    where, name = f"incidents/{incident.reference}", stranger.email
    assert post(mim, f"{where}/mtms/") == 201
    for path, said in (
        ("command/", {"role": "scribe", "person": name}),
        ("tracks/", {"name": "Database", "lead": name}),
        ("mtms/1/", {"actions": [{"title": "Call them", "owner": name}]}),
    ):
        assert post(responder, f"{where}/{path}", **said) == 409, path
        assert not sees(stranger, incident)
    assert post(responder, f"{where}/command/", role="scribe", person=responder.email) == 201
    assert post(mim, f"{where}/command/", role="scribe", person=name) == 201
    assert sees(stranger, incident)


def test_whoever_is_taken_off_a_part_loses_sight_and_part() -> None:
    mim = a_mim()
    after_action = a_restricted_one(mim=mim)
    by = {"by": mim, "at": SCHEDULED, "now": SCHEDULED}
    owner, liaison, editor, stakeholder, both = (
        a_person(name) for name in ("Ottilie Renner", "Lia Sand", "Edda Voss", "Stan Holt", "Bo Lind")
    )
    name_people(
        after_action,
        owner=owner,
        internal_liaison=liaison,
        editors=[editor, both],
        stakeholders=[stakeholder, both],
        **by,
    )
    everybody = (owner, liaison, editor, stakeholder, both)
    assert all(sees(one, after_action.incident) for one in everybody)
    name_people(fresh(after_action), owner=mim, internal_liaison=None, editors=[], stakeholders=[both], **by)
    for one in everybody:
        assert sees(one, after_action.incident) is (one is both)
        assert not records(one, after_action.incident)


def test_whoever_hands_an_action_item_on_keeps_no_part_by_it() -> None:
    mim, first, second = a_mim(), a_person("Amina Duarte"), a_person("Bo Lind")
    after_action = a_published_review(mim, action_owner=first, restricted=True)
    item = after_action.changes.get()
    assert sees(first, after_action.incident)
    hand_on_action(item, owner=second, reason="Knows it better", by=mim, at=REVIEW_DUE, now=REVIEW_DUE)
    assert sees(second, after_action.incident)
    assert not sees(first, after_action.incident)


def test_after_the_close_a_mere_attendee_does_not_change_what_is_required() -> None:
    attendee = a_person("Abel Costa")
    after_action = a_restricted_one(attendee=attendee)
    path = f"incidents/{after_action.incident.reference}/impact/"
    decides = {"external": False, "customers_affected": 0, "unusual_factors": "A full moon"}
    for field, value in decides.items():
        assert post(attendee, path, field=field, value=value) == 403, field
    assert post(attendee, path, field="business", value="Orders were lost") == 201
    assert after_action.incident.mim is not None
    for field, value in decides.items():
        assert post(after_action.incident.mim, path, field=field, value=value) == 201, field


def test_no_administrator_alone_takes_a_mandatory_review_back() -> None:
    one, another = an_administrator(), an_administrator("Bela Weir")
    incident = an_after_action(a_mim()).incident
    lowered = {"severity": "low", "never_was": True, "reason": "A test"}
    assert post(one, f"incidents/{incident.reference}/severity/", **lowered) == 201
    assert not lowers(one, incident)
    assert lowers(another, incident)
    manager = a_person("Vera Lindqvist")
    managed = an_after_action(a_mim(manager=manager)).incident
    assert post(one, f"incidents/{managed.reference}/severity/", **lowered) == 201
    assert not lowers(another, managed)
    assert lowers(manager, managed)


UNTOLD = "mooring"
IMPORTED = Path(demonstration.__file__).parent / "worked" / "rust-2023-07-20-downloads.json"


@pytest.mark.parametrize("history", [True, False])
def test_the_review_that_came_with_an_import_is_told_once_it_is_out(history: bool) -> None:
    administrator, stranger = an_administrator(), a_person("Olga Petrov")
    document = json.loads(IMPORTED.read_text())
    document["review"]["root_cause"] = {"failure": f"the {UNTOLD} had no power", "contributing_factors": []}
    incident = import_document(document, history=history, by=administrator, now=clock.now()).incident
    reads, nothing = Client(), Client()
    reads.force_login(administrator)
    nothing.force_login(stranger)
    ways = (
        f"/incidents/{incident.reference}/export/",
        f"/api/v1/incidents/{incident.reference}/export/",
        f"/api/v1/search/?q={UNTOLD}",
        f"/search/?q={UNTOLD}&kind=incidents",
        f"/api/v1/search/?q={incident.reference}",
    )
    for way in ways:
        assert f"the {UNTOLD}" not in nothing.get(way).content.decode().replace("<mark>", ""), way
    for way in (ways[2], f"/api/v1/incidents/?search={UNTOLD}"):
        assert not nothing.get(way).json()["results"], way
    for way in (f"/incidents/?search={UNTOLD}", f"/incidents/?search={UNTOLD}&format=csv"):
        assert incident.reference not in b"".join(nothing.get(way)).decode(), way
        assert (
            incident.reference in b"".join(nothing.get(f"/incidents/?search={incident.reference}")).decode()
        )
    assert reads.get(ways[2]).json()["results"]
    for way in ways[:2]:
        assert UNTOLD in reads.get(way).content.decode(), way


def test_an_auditor_reads_and_leaves_no_reading_behind() -> None:
    auditor = an_auditor()
    after_action = a_published_review()
    assert post(auditor, f"after-actions/{after_action.reference}/read/", revision=1) == 403
    assert not auditor.readings.exists()


@pytest.mark.parametrize(
    "address", ["http://a b", "http://evil.example\r\nX:1", "https://evil.example/\u202egnp", "https://:80/"]
)
def test_a_link_with_a_blank_or_a_line_break_is_no_address(address: str) -> None:
    mim = a_mim()
    path = f"incidents/{an_incident(mim).reference}/events/"
    assert post(mim, path, kind="action", text="A graph", evidence_url=address) == 400
    assert post(mim, path, kind="action", text="A graph", evidence_url="https://graphs.example/d/42") == 201
