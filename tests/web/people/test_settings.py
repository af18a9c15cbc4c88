"""One's own settings: name, zone, tokens."""

import re

import pytest
from django.test import Client

from majorops.audit.models import AuditEntry
from majorops.people.models import ApiToken, Person
from tests.factories.people import a_person, a_token

pytestmark = pytest.mark.django_db


def browser_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_page_shows_my_place_and_the_ways_to_sign_in() -> None:
    manager = a_person("Helena Brandauer")
    page = browser_of(a_person(manager=manager)).get("/me/").content.decode()
    assert "Helena Brandauer" in page
    assert "/accounts/password/change/" in page
    assert "/accounts/2fa/" in page


def test_name_and_zone_are_changed_and_audited() -> None:
    person = a_person()
    answer = browser_of(person).post("/me/", {"full_name": "Ada M. Moreau", "time_zone": "Europe/Berlin"})
    assert answer["Location"] == "/me/"
    person.refresh_from_db()
    assert (person.full_name, person.time_zone) == ("Ada M. Moreau", "Europe/Berlin")
    entry = AuditEntry.objects.get(verb="changed", by=person)
    assert entry.changes["time_zone"] == ["UTC", "Europe/Berlin"]


def test_an_unknown_zone_is_refused_and_stays_as_typed() -> None:
    person = a_person()
    answer = browser_of(person).post("/me/", {"full_name": "Ada", "time_zone": "Mars/Olympus"})
    assert answer.status_code == 422
    assert 'value="Mars/Olympus"' in answer.content.decode()
    person.refresh_from_db()
    assert person.time_zone == "UTC"


def test_nobody_changes_team_manager_or_groups_here() -> None:
    person = a_person()
    said = {"full_name": "Ada", "time_zone": "UTC", "is_staff": "on", "email": "x@majorops.example"}
    browser_of(person).post("/me/", {**said, "manager": person.pk, "groups": "Administrator"})
    fresh = Person.objects.get(pk=person.pk)
    assert (fresh.is_staff, fresh.manager, fresh.email) == (False, None, person.email)
    assert not fresh.group_names


def test_a_token_is_shown_once_works_and_is_audited_without_its_text() -> None:
    person = a_person()
    client = browser_of(person)
    answer = client.post("/me/tokens/", {"name": "Nightly export"})
    token = re.search(r"mo_[\w-]+", answer.content.decode())
    assert token
    assert "no-store" in answer["Cache-Control"]
    assert token[0] not in client.get("/me/").content.decode()
    called = Client().get("/api/v1/incidents/", headers={"Authorization": f"Bearer {token[0]}"})
    assert called.status_code == 200
    entry = AuditEntry.objects.get(verb="issued", by=person)
    assert token[0] not in str(entry.changes)


def test_a_token_needs_a_name_of_its_own() -> None:
    person = a_person()
    client = browser_of(person)
    client.post("/me/tokens/", {"name": "Nightly export"})
    assert client.post("/me/tokens/", {"name": ""}).status_code == 422
    again = client.post("/me/tokens/", {"name": "Nightly export"})
    assert again.status_code == 422
    assert "You have a token of this name" in again.content.decode()
    assert person.api_tokens.count() == 1


def test_a_revoked_token_opens_nothing_and_is_listed_no_more() -> None:
    person = a_person()
    token = a_token(person)
    row = ApiToken.objects.get(person=person)
    client = browser_of(person)
    assert "refused from that moment" in client.get(f"/me/tokens/{row.pk}/revoke/").content.decode()
    client.post(f"/me/tokens/{row.pk}/revoke/")
    called = Client().get("/api/v1/incidents/", headers={"Authorization": f"Bearer {token}"})
    assert called.status_code == 401
    assert f"/me/tokens/{row.pk}/revoke/" not in client.get("/me/").content.decode()
    assert AuditEntry.objects.filter(verb="revoked", by=person).count() == 1


def test_the_token_of_another_cannot_be_revoked() -> None:
    other = a_person()
    a_token(other)
    row = ApiToken.objects.get(person=other)
    assert browser_of(a_person()).post(f"/me/tokens/{row.pk}/revoke/").status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None
