"""Every way in is changed at a real socket: what a page changes, what follows and what is told hold together."""

import re
from typing import Any

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.mail import EmailMessage
from django.utils.http import int_to_base36
from pytest_django.live_server_helper import LiveServer

from majorops.audit.models import AuditEntry
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.people import PASSWORD, a_person, a_token, an_administrator
from tests.web.people.over_http import Browser

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "another-long-sentence"


@pytest.fixture(autouse=True)
def quickly_hashed(settings: Any) -> None:
    """What is tested is not how slow a password is to try."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def person() -> Person:
    made = a_person()
    made.set_password(PASSWORD)
    made.save()
    return made


@pytest.fixture
def here(live_server: LiveServer, person: Person) -> Browser:
    browser = Browser(live_server.url)
    browser.sign_in(person)
    assert browser.is_signed_in
    return browser


def told(person: Person) -> list[str]:
    """The subjects of the mails about ways in that wait for somebody."""
    waiting = Notice.objects.filter(channel="mail", step__startswith="way in", recipient=person)
    return [each.subject for each in waiting.order_by("pk")]


def audited(person: Person) -> list[str]:
    entries = AuditEntry.objects.filter(subject_type="people.person", subject_id=person.pk)
    return list(entries.order_by("pk").values_list("verb", flat=True))


def code_for(secret: str) -> str:
    """What an authenticator app shows now."""
    counters = [*yield_hotp_counters_from_time()]
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


def secret_on(page: requests.Response) -> str:
    found = re.search(r'id="authenticator_secret"[^>]*value="(\w+)"', page.text)
    assert found
    return found[1]


def turn_on_the_second_factor(browser: Browser) -> str:
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = secret_on(browser.get("/accounts/2fa/totp/activate/"))
    answer = browser.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)}, form_at="/me/")
    assert answer.status_code == 200, answer.url
    return secret


def test_the_password_is_changed(live_server: LiveServer, person: Person, here: Browser) -> None:
    elsewhere = Browser(live_server.url)
    elsewhere.sign_in(person)
    token = a_token(person)
    said = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    answer = here.post("/accounts/password/change/", said)
    assert answer.status_code == 200, answer.text[:300]
    assert here.is_signed_in
    assert not elsewhere.is_signed_in
    called = requests.get(
        f"{live_server.url}/api/v1/incidents/", headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    assert called.status_code == 401
    assert ["password was changed" in each for each in told(person)] == [True]
    assert "changed the password of" in audited(person)
    again = Browser(live_server.url)
    again.sign_in(person, NEW)
    assert again.is_signed_in


def test_a_first_password_is_set_by_whoever_had_none(live_server: LiveServer, person: Person) -> None:
    # Whoever signs in by single sign-on alone: the page asks for no old one.
    person.set_unusable_password()
    person.save()
    browser = Browser(live_server.url)
    browser.take_session_of(person)
    answer = browser.post("/accounts/password/set/", {"password1": NEW, "password2": NEW})
    assert answer.status_code == 200, answer.text[:300]
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert len(told(person)) == 1


def test_a_forgotten_password_is_set_by_the_mailed_link(
    live_server: LiveServer, person: Person, mailoutbox: list[EmailMessage]
) -> None:
    token = a_token(person)
    browser = Browser(live_server.url)
    browser.post("/accounts/password/reset/", {"email": person.email})
    [mail] = mailoutbox
    link = re.search(r"https?://\S+/password/reset/key/\S+", str(mail.body))
    assert link
    page = browser.get(link[0])
    answer = browser.post(page.url, {"password1": NEW, "password2": NEW})
    assert answer.status_code == 200, answer.text[:300]
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert len(told(person)) == 1
    assert "changed the password of" in audited(person)
    called = requests.get(
        f"{live_server.url}/api/v1/incidents/", headers={"Authorization": f"Bearer {token}"}, timeout=30
    )
    assert called.status_code == 401
    browser.sign_in(person, NEW)
    assert browser.is_signed_in


def test_a_former_address_opens_nothing(
    live_server: LiveServer, person: Person, here: Browser, mailoutbox: list[EmailMessage]
) -> None:
    former = str(person.email)
    visitor = Browser(live_server.url)
    visitor.post("/accounts/password/reset/", {"email": former})
    link = re.search(r"https?://\S+/password/reset/key/\S+", str(mailoutbox.pop().body))
    assert link
    EmailAddress.objects.create(user=person, email=former.replace("@", "+old@"))
    administrator = an_administrator()
    staff = Browser(live_server.url)
    staff.take_session_of(administrator)
    said = {
        "full_name": person.full_name,
        "email": "new@majorops.example",
        "time_zone": "UTC",
        "is_active": "on",
    }
    path = f"/django-admin/people/person/{person.pk}/change/"
    assert staff.post(path, said).url.endswith("/person/")
    person.refresh_from_db()
    assert person.email == "new@majorops.example"
    assert not here.is_signed_in, "who has the former mailbox may be signed in by it"
    assert staff.is_signed_in
    assert 'name="password1"' not in visitor.get(link[0]).text
    assert not EmailAddress.objects.filter(user=person).exists()
    # Whatever the library keeps beside the account: the account's address alone counts.
    EmailAddress.objects.create(user=person, email=former, verified=True, primary=True)
    visitor.post("/accounts/login/", {"login": former, "password": PASSWORD})
    assert not visitor.is_signed_in
    visitor.post("/accounts/password/reset/", {"email": former})
    assert "No account has this address" in str(mailoutbox.pop().body)
    other = a_person(email=former)
    visitor.post("/accounts/password/reset/", {"email": former.upper()})
    [mail] = mailoutbox
    assert mail.to == [former]
    assert f"/key/{int_to_base36(other.pk)}-" in str(mail.body)
    visitor.sign_in(person)
    assert visitor.is_signed_in


def test_what_cannot_be_told_changes_nothing(
    person: Person, here: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **said: Any) -> None:
        raise RuntimeError("no room for a notice")

    monkeypatch.setattr("majorops.notices.outbox.tell", full)
    answer = here.post(
        "/accounts/password/change/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )
    assert answer.status_code == 500
    person.refresh_from_db()
    assert person.check_password(PASSWORD), "the page said that nothing was done"
    assert here.is_signed_in


def test_a_second_factor_is_turned_on_used_and_turned_off(
    live_server: LiveServer, person: Person, here: Browser
) -> None:
    turn_on_the_second_factor(here)
    assert set(Authenticator.objects.filter(user=person).values_list("type", flat=True)) == {
        "totp",
        "recovery_codes",
    }
    assert ["second factor was added" in each for each in told(person)] == [True], "one press, one mail"
    codes = re.findall(r"\b[a-z0-9]{8,10}\b", here.get("/accounts/2fa/recovery-codes/download/").text)
    elsewhere = Browser(live_server.url)
    asked = elsewhere.sign_in(person)
    assert asked.url.endswith("/accounts/2fa/authenticate/")
    assert not elsewhere.is_signed_in
    assert elsewhere.post("/accounts/2fa/authenticate/", {"code": codes[0]}).status_code == 200
    assert elsewhere.is_signed_in
    answer = here.post("/accounts/2fa/recovery-codes/generate/")
    assert answer.status_code == 200
    assert any("made anew" in each for each in told(person))
    before = len(told(person))
    answer = here.post("/accounts/2fa/totp/deactivate/")
    assert answer.status_code == 200
    assert len(told(person)) == before + 1, "one press, one mail"
    assert not Authenticator.objects.filter(user=person).exists()
    assert any("taken away" in each for each in told(person))
    assert {
        "added a second factor of",
        "made anew the recovery codes of",
        "took away a second factor of",
    } <= set(audited(person))


def test_a_second_factor_is_turned_on_whoever_asked_for_a_link_and_a_code_opens_once(
    live_server: LiveServer, person: Person, here: Browser
) -> None:
    elsewhere = Browser(live_server.url)
    elsewhere.post("/accounts/password/reset/", {"email": person.email})
    assert not EmailAddress.objects.exists()
    # An address that an older version kept beside the account stands in nobody's way either.
    EmailAddress.objects.create(user=person, email=person.email)
    code = code_for(turn_on_the_second_factor(here))
    codes = re.findall(r"\b[a-z0-9]{8,10}\b", here.get("/accounts/2fa/recovery-codes/download/").text)
    elsewhere.sign_in(person)
    elsewhere.post("/accounts/2fa/authenticate/", {"code": code})
    assert not elsewhere.is_signed_in, "the code that turned the factor on is used"
    elsewhere.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert elsewhere.is_signed_in
    again = Browser(live_server.url)
    again.sign_in(person)
    again.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert not again.is_signed_in


def test_the_mails_of_a_forgotten_password_are_the_products(
    live_server: LiveServer, person: Person, mailoutbox: list[EmailMessage]
) -> None:
    for address in (person.email, "nobody@majorops.example"):
        Browser(live_server.url).post("/accounts/password/reset/", {"email": address})
    for mail in mailoutbox:
        assert "MajorOps After Actions" in mail.subject
        assert "MajorOps After Actions" in str(mail.body)
        assert not re.search(r"Hello from|Thank you for|localhost!|sign up", str(mail.body))
    assert "No account has this address" in str(mailoutbox[1].body)


def test_a_page_of_the_sign_in_says_who_helps_and_leads_back(person: Person, here: Browser) -> None:
    asked = here.get("/accounts/password/reset/")
    assert "administrator" in asked.text
    assert "ontact us" not in asked.text
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for page in ("password/change/", "2fa/", "2fa/totp/activate/", "3rdparty/"):
        text = here.get(f"/accounts/{page}").text
        assert 'href="/me/">Back to Settings' in text, page
        assert not re.search(r"Two-Factor|eauthenticate to|Change Password|third-party|>Email", text), page


def test_nobody_changes_their_own_address(person: Person, here: Browser) -> None:
    answer = here.get("/accounts/email/")
    assert answer.url.endswith("/me/")
    assert "changed by an administrator" in answer.text
    said = {"action_add": "", "email": "other@majorops.example"}
    assert here.post("/accounts/email/", said, form_at="/me/").status_code == 405


def test_one_session_is_ended_and_then_all_others(
    live_server: LiveServer, person: Person, here: Browser
) -> None:
    others = [Browser(live_server.url) for _ in range(3)]
    for each in others:
        each.sign_in(person)
    last = person.browser_sessions.latest("pk")
    assert here.post(f"/me/sessions/{last.pk}/end/", form_at="/me/").status_code == 200
    assert [each.is_signed_in for each in others] == [True, True, False]
    assert here.post("/me/sessions/end/", form_at="/me/").status_code == 200
    assert [each.is_signed_in for each in others] == [False, False, False]
    assert here.is_signed_in
    assert audited(person).count("ended a session of") == 3


def test_a_token_is_made_and_revoked(live_server: LiveServer, person: Person, here: Browser) -> None:
    page = here.post("/me/tokens/", {"name": "Nightly", "scope": "read"}, form_at="/me/")
    found = re.search(r"mo_[\w-]+", page.text)
    assert found

    def call() -> int:
        bearer = {"Authorization": f"Bearer {found[0]}"}
        return requests.get(f"{live_server.url}/api/v1/incidents/", headers=bearer, timeout=30).status_code

    assert call() == 200
    row = person.api_tokens.get()
    assert here.post(f"/me/tokens/{row.pk}/revoke/").status_code == 200
    assert call() == 401
    assert len(told(person)) == 2


def test_signing_out_ends_the_session(person: Person, here: Browser) -> None:
    assert here.post("/accounts/logout/").status_code == 200
    assert not here.is_signed_in
    assert person.browser_sessions.get().ended_at is not None
