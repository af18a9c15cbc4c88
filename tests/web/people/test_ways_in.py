"""Whoever's ways in change hears of it by mail, whoever changed them and where; and sees and ends their own."""

import re
from datetime import UTC, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.test import Client

from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.notices.models import Notice
from majorops.people.models import ApiToken, Person
from tests.factories import people
from tests.factories.people import PASSWORD, a_token, an_administrator

pytestmark = pytest.mark.django_db
NEW = "another-long-sentence"


@pytest.fixture(autouse=True)
def quickly_hashed(settings: Any) -> None:
    """What is tested is not how slow a password is to try."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def a_person(*said: Any, **more: Any) -> Person:
    person = people.a_person(*said, **more)
    person.set_password(PASSWORD)
    person.save()
    return person


API = "/api/v1/me/"


def signed_in(person: Person, agent: str = "", address: str = "198.51.100.9") -> Client:
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=agent)
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert client.get("/inbox/").status_code == 200
    return client


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "too short"),
        ("qwerty123456", "too common"),
        ("ada.moreau@majorops", "too similar"),
    ],
)
def test_a_password_that_is_easily_guessed_is_not_taken(password: str, reason: str) -> None:
    person = a_person("Ada Moreau", email="ada.moreau@majorops.example")
    sent = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = signed_in(person).post("/accounts/password/change/", sent)
    assert reason in answer.content.decode()
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def mails_to(address: str) -> list[str]:
    """The subjects of what waits to be mailed to an address, those about ways in alone."""
    waiting = Notice.objects.filter(channel="mail", step__startswith="way in")
    return [
        each.subject
        for each in waiting.order_by("pk")
        if address in (each.address, each.recipient and each.recipient.email)
    ]


def audited(person: Person) -> set[str]:
    return set(
        AuditEntry.objects.filter(subject_type="people.person", subject_id=person.pk).values_list(
            "verb", flat=True
        )
    )


@pytest.fixture
def staff() -> Client:
    administrator = an_administrator()
    client = Client()
    client.force_login(administrator)
    return client


def test_a_changed_password_is_told_and_ends_tokens_and_other_sessions() -> None:
    person = a_person()
    here, elsewhere = signed_in(person), signed_in(person)
    machine = Client(headers={"Authorization": f"Bearer {a_token(person)}"})
    said = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post("/accounts/password/change/", said).status_code == 302
    assert "The password was changed".lower() in mails_to(person.email)[0].lower()
    assert "changed the password of" in audited(person)
    assert machine.get("/api/v1/incidents/").status_code == 401
    assert elsewhere.get("/inbox/").status_code == 302
    assert here.get("/inbox/").status_code == 200
    told = Notice.objects.inbox_of(person).first()
    assert "1 API token" in told.text
    assert [each["current"] for each in here.get(f"{API}sessions/").json()] == [True]


def test_a_password_set_by_a_link_is_told() -> None:
    person = a_person()
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    client = Client(REMOTE_ADDR="198.51.100.12")
    form = client.get(f"/accounts/password/reset/key/{key}/", follow=True)
    place = form.redirect_chain[-1][0]
    assert client.post(place, {"password1": NEW, "password2": NEW}).status_code == 302
    assert len(mails_to(person.email)) == 1


def test_a_changed_address_is_told_to_both_and_ends_tokens_and_sessions(staff: Client) -> None:
    person = a_person(email="old@corp.example")
    machine = Client(headers={"Authorization": f"Bearer {a_token(person)}"})
    elsewhere = signed_in(person)
    said = {"full_name": person.full_name, "email": "New@corp.example", "time_zone": "UTC", "is_active": "on"}
    assert staff.post(f"/django-admin/people/person/{person.pk}/change/", said).status_code == 302
    for address in ("old@corp.example", "new@corp.example"):
        assert len(mails_to(address)) == 1, address
    assert machine.get("/api/v1/incidents/").status_code == 401
    assert elsewhere.get("/inbox/").status_code == 302
    assert "1 API token" in Notice.objects.inbox_of(person).first().text
    assert {"revoked"} <= set(AuditEntry.objects.values_list("verb", flat=True))
    entry = AuditEntry.objects.get(verb="changed the address of")
    assert entry.changes["email"] == ["old@corp.example", "new@corp.example"]


def test_a_second_factor_added_and_taken_away_is_told(
    staff: Client, django_capture_on_commit_callbacks: Any
) -> None:
    person = a_person()
    client = signed_in(person)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert Authenticator.objects.filter(user=person, type="totp").exists()
    assert any("second factor was added" in each for each in mails_to(person.email))
    said = {"action": "take_second_factor_away", "_selected_action": [person.pk]}
    assert staff.post("/django-admin/people/person/", said).status_code == 302
    assert not Authenticator.objects.filter(user=person).exists()
    assert any("taken away by an administrator" in subject for subject in mails_to(person.email))
    assert {"added a second factor of", "took away the second factor of"} <= audited(person)


def test_single_sign_on_that_is_taken_off_is_told(settings: Any) -> None:
    app = {"provider_id": "oidc", "name": "SSO", "client_id": "a", "secret": "b"}
    app["settings"] = {"server_url": "https://id.example"}  # type: ignore[assignment]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    person = a_person()
    account = SocialAccount.objects.create(user=person, provider="oidc", uid="42")
    client = signed_in(person)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/3rdparty/", {"account": account.pk})
    assert not SocialAccount.objects.filter(pk=account.pk).exists()
    assert any("taken off" in subject for subject in mails_to(person.email))


def test_a_token_made_and_revoked_is_told() -> None:
    person = a_person()
    client = signed_in(person)
    client.post("/me/tokens/", {"name": "Nightly", "scope": "read"})
    client.post(f"/me/tokens/{person.api_tokens.get().pk}/revoke/")
    made, revoked = mails_to(person.email)
    assert "“Nightly” (read)" in made
    assert "revoked" in revoked


def test_the_pages_of_the_library_do_not_change_ways_in_behind_the_audit() -> None:
    theirs = {"account", "mfa", "socialaccount"}
    assert [model for model in admin.site._registry if model._meta.app_label in theirs] == []


class TestTokens:
    def call(self, token: str, method: str, path: str, body: Any = None) -> int:
        machine = Client(headers={"Authorization": f"Bearer {token}"})
        return machine.generic(
            method, f"/api/v1/{path}", body or "", content_type="application/json"
        ).status_code

    def made(self, person: Person, **said: Any) -> dict[str, Any]:
        answer = signed_in(person).post(f"{API}tokens/", said, content_type="application/json")
        assert answer.status_code == 201, answer.content
        found: dict[str, Any] = answer.json()
        return found

    @pytest.mark.parametrize(
        ("scope", "declares", "makes_a_token"), [("read", 403, 403), ("record", 201, 403), ("all", 201, 201)]
    )
    def test_a_token_does_what_its_scope_says(self, scope: str, declares: int, makes_a_token: int) -> None:
        token = self.made(a_person(), name="Pipeline", scope=scope)["token"]
        assert self.call(token, "GET", "incidents/") == 200
        incident = '{"title": "Down", "severity": "high"}'
        assert self.call(token, "POST", "incidents/", incident) == declares
        wording = '{"section": "root_cause", "text": "A disk was full"}'
        assert self.call(token, "POST", "wording/", wording) == 200
        other = '{"name": "More", "scope": "all"}'
        assert self.call(token, "POST", "me/tokens/", other) == makes_a_token

    def test_a_token_ends_with_its_last_day_where_its_owner_is(self) -> None:
        person = a_person(time_zone="Pacific/Auckland")
        day = (clock.now() + timedelta(days=40)).astimezone(UTC).date()
        made = self.made(person, name="Short", scope="read", expires_on=day.isoformat())
        assert made["expires_on"] == day.isoformat()
        [row] = person.api_tokens.all()
        end = row.expires_at
        assert end.astimezone(UTC).date() == day  # Auckland is ahead: its midnight is noon or before in UTC
        with time_machine.travel(end - timedelta(seconds=5), tick=False):
            assert self.call(made["token"], "GET", "incidents/") == 200
        with time_machine.travel(end, tick=False):
            assert self.call(made["token"], "GET", "incidents/") == 401

    @pytest.mark.parametrize("day", ["2001-01-01", "2999-01-01"])
    def test_a_last_day_that_makes_no_sense_is_refused_at_its_field(self, day: str) -> None:
        client = signed_in(a_person())
        answer = client.post(
            f"{API}tokens/",
            {"name": "x", "scope": "read", "expires_on": day},
            content_type="application/json",
        )
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == "expires_on"
        page = client.post("/me/tokens/", {"name": "Mine", "scope": "read", "expires_on": day})
        assert page.status_code == 422
        assert 'value="Mine"' in page.content.decode()

    def test_a_token_ends_by_itself_and_its_last_use_is_shown(self) -> None:
        person = a_person()
        made = self.made(person, name="Nightly", scope="read")
        assert made["expires_on"] is not None
        assert made["last_used_at"] is None
        self.call(made["token"], "GET", "incidents/")
        client = signed_in(person)
        [shown] = client.get(f"{API}tokens/").json()["results"]
        assert shown["last_used_at"] is not None
        assert "token" not in shown
        page = client.get("/me/").content.decode()
        assert re.search(r"Nightly</strong> <span class=\"soft\">Read; until \d", page)
        assert client.delete(f"{API}tokens/{shown['id']}/").status_code == 204
        assert self.call(made["token"], "GET", "incidents/") == 401
        assert client.get(f"{API}tokens/").json()["results"] == []

    def test_older_tokens_have_no_end_and_say_so(self) -> None:
        person = a_person()
        a_token(person)
        ApiToken.objects.update(expires_at=None)
        assert "without an end" in signed_in(person).get("/me/").content.decode()


class TestSessions:
    FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    PHONE = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.5 Mobile/15E148 Safari/604.1"
    )

    def test_sessions_are_listed_and_ended_by_their_owner_alone(self) -> None:
        person = a_person()
        here = signed_in(person, self.FIREFOX)
        phone = signed_in(person, self.PHONE, "203.0.113.5")
        other = signed_in(a_person("Somebody Else"))
        rows = here.get(f"{API}sessions/").json()
        assert {(row["device"], row["current"]) for row in rows} == {
            ("Firefox on Linux", True),
            ("Safari on iPhone", False),
        }
        on_the_phone = next(row for row in rows if not row["current"])
        assert on_the_phone["address"] == "203.0.113.5"
        assert other.delete(f"{API}sessions/{on_the_phone['id']}/").status_code == 404
        assert other.post(f"/me/sessions/{on_the_phone['id']}/end/").status_code == 404
        assert phone.get("/inbox/").status_code == 200
        assert "Safari on iPhone" in here.get("/me/").content.decode()
        assert here.post(f"/me/sessions/{on_the_phone['id']}/end/").status_code == 302
        assert phone.get("/inbox/").status_code == 302
        assert len(here.get(f"{API}sessions/").json()) == 1
        assert "ended a session of" in audited(person)

    def test_everywhere_else_is_signed_out_at_once(self) -> None:
        person = a_person()
        here, *others = (signed_in(person) for _ in range(3))
        assert "Sign out everywhere else" in here.get("/me/").content.decode()
        here.post("/me/sessions/end/")
        assert [each.get("/inbox/").status_code for each in others] == [302, 302]
        assert here.get("/inbox/").status_code == 200

    def test_one_that_is_signed_out_is_listed_no_more(self) -> None:
        person = a_person()
        here, there = signed_in(person), signed_in(person)
        there.post("/accounts/logout/")
        assert len(here.get(f"{API}sessions/").json()) == 1

    def test_one_from_before_the_present_password_is_listed_no_more(self) -> None:
        person = a_person()
        signed_in(person)
        # As by `manage.py changepassword`, which ends no session by itself.
        person.set_password(PASSWORD)
        person.save()
        assert len(signed_in(person).get(f"{API}sessions/").json()) == 1

    def test_the_last_use_is_noted_now_and_then_(self) -> None:
        person = a_person()
        client = signed_in(person)
        [session] = person.browser_sessions.all()
        client.get("/inbox/")
        session.refresh_from_db()
        before = session.last_used_at
        with time_machine.travel(clock.now() + timedelta(minutes=11), tick=True):
            client.get("/inbox/")
        session.refresh_from_db()
        assert session.last_used_at - before > timedelta(minutes=10)
