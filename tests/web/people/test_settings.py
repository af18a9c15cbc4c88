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


def test_the_zone_is_changed_and_audited() -> None:
    person = a_person()
    answer = browser_of(person).post("/me/", {"time_zone": "Europe/Berlin"})
    assert answer["Location"] == "/me/"
    person.refresh_from_db()
    assert person.time_zone == "Europe/Berlin"
    assert AuditEntry.objects.get(verb="changed", by=person).changes == {
        "time_zone": ["UTC", "Europe/Berlin"]
    }


def test_nobody_gives_themself_a_name_that_keeps_reviews_in_or_is_anothers() -> None:
    """A name blocks the root causes that it stands in, and says who did what."""
    person, other = a_person("Ada Moreau"), a_person("Mara Lindqvist-Osei")
    browser = browser_of(person)
    for name in ("Registry Password", other.full_name, "system", "\u202eiesO", "\u3164"):
        browser.post("/me/", {"full_name": name, "time_zone": "Europe/Berlin"})
    person.refresh_from_db()
    assert person.full_name == "Ada Moreau"
    page = browser.get("/me/").content.decode()
    assert "Your name is changed by an administrator." in page
    assert 'name="full_name"' not in page


def test_an_unknown_zone_is_refused_and_stays_as_typed() -> None:
    person = a_person()
    answer = browser_of(person).post("/me/", {"time_zone": "Mars/Olympus"})
    assert answer.status_code == 422
    assert 'value="Mars/Olympus"' in answer.content.decode()
    person.refresh_from_db()
    assert person.time_zone == "UTC"


def test_nobody_changes_team_manager_or_groups_here() -> None:
    person = a_person()
    said = {"full_name": "Ada", "time_zone": "UTC", "is_superuser": "on", "email": "x@majorops.example"}
    browser_of(person).post("/me/", {**said, "manager": person.pk, "groups": "Administrator"})
    fresh = Person.objects.get(pk=person.pk)
    assert (fresh.is_superuser, fresh.manager, fresh.email) == (False, None, person.email)
    assert not fresh.group_names


def test_a_token_is_shown_once_works_and_is_audited_without_its_text() -> None:
    person = a_person()
    client = browser_of(person)
    answer = client.post("/me/tokens/", {"name": "Nightly export", "scope": "read"})
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
    client.post("/me/tokens/", {"name": "Nightly export", "scope": "read"})
    assert client.post("/me/tokens/", {"name": "", "scope": "read"}).status_code == 422
    again = client.post("/me/tokens/", {"name": "Nightly export", "scope": "read"})
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


def test_whoever_goes_away_says_who_stands_in_and_takes_it_back() -> None:
    person, substitute = a_person(), a_person("Zoe Brien")
    Person.objects.filter(pk=substitute.pk).update(full_name="Zoë O'Brien-Łukasz <script>")
    client = browser_of(person)
    said = {"from_on": "2099-08-03", "until_on": "2099-08-14", "substitute": substitute.email}
    assert client.post("/me/away/", said)["Location"] == "/me/"
    page = client.get("/me/").content.decode()
    assert "Mon 3 Aug 2099 to Fri 14 Aug 2099" in re.sub("<[^>]*>", "", page)
    assert "Zoë O&#x27;Brien-Łukasz &lt;script&gt; stands in" in page
    again = client.post("/me/away/", said)
    assert again.status_code == 422
    assert "Some of these days are said already" in again.content.decode()
    assert 'value="2099-08-03"' in again.content.decode()
    absence = person.absences.get()
    assert browser_of(substitute).post(f"/me/away/{absence.pk}/back/").status_code == 404
    assert client.post(f"/me/away/{absence.pk}/back/").status_code == 302
    assert "stands in</span>" not in client.get("/me/").content.decode()


def test_nobody_knows_the_substitute_and_the_page_says_so() -> None:
    said = {"from_on": "2099-08-03", "until_on": "2099-08-14", "substitute": "nobody@majorops.example"}
    answer = browser_of(a_person()).post("/me/away/", said)
    assert answer.status_code == 422
    assert "Nobody is known as" in answer.content.decode()


def test_how_one_is_told_is_chosen_and_the_chat_is_not_shown_again() -> None:
    client = browser_of(a_person())
    said = {"mail": "digest", "digest_at": "07:30", "quiet_from": "20:00", "quiet_until": "07:00"}
    key = "TIiajkdnlazkcOXrIdevi7FQ"
    assert (
        client.post("/me/notices/", {**said, "chat_url": f"slack://T1JJ3T3L2/A1BRTD4JD/{key}"}).status_code
        == 302
    )
    page = client.get("/me/notices/").content.decode()
    assert 'value="07:30"' in page
    assert "Messages go to Slack as well." in page
    assert key not in page
    assert client.post("/me/notices/", {**said, "end_chat": "on"}).status_code == 302
    assert "Slack as well" not in client.get("/me/notices/").content.decode()


def test_a_chat_that_may_not_be_reached_is_refused_at_its_field() -> None:
    said = {"mail": "at_once", "digest_at": "08:00", "chat_url": "mmost://10.0.0.7/abcdefghijklmnop"}
    answer = browser_of(a_person()).post("/me/notices/", said)
    assert answer.status_code == 422
    assert "Chat messages are not sent to 10.0.0.7" in answer.content.decode()
