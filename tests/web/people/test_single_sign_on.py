"""Sign-in by OpenID Connect: a provider, and the product with its settings from the environment."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount

from majorops.audit.models import AuditEntry
from majorops.embedded.account import before_exec, current_account
from majorops.embedded.processes import wait_until
from majorops.embedded.state import CHECKOUT
from majorops.notices.models import Notice
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.people import PASSWORD, a_contact, a_person
from tests.oidc_provider import CLIENT, SECRET, Provider
from tests.platform.ports import free_port, listens
from tests.web.people.over_http import Browser

pytestmark = pytest.mark.django_db(transaction=True)
WAY = "/accounts/oidc/oidc/login/"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider().running() as started:
        yield started


@contextmanager
def product(
    environment: dict[str, str], provider: Provider, log_of: pytest.TempPathFactory, **more: str
) -> Iterator[str]:
    """The address of a web process that knows the provider."""
    port, log = free_port(), log_of.mktemp("sign-on") / "web.log"
    said = {
        "OIDC_SERVER_URL": provider.url,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_NAME": "Harbour ID",
        "WEB_CONCURRENCY": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "majorops.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**environment, **said, **more},
            stdout=output,
            stderr=output,
            preexec_fn=before_exec(current_account(), signal.SIGTERM),
        )
    try:
        assert wait_until(lambda: listens(port) or process.poll() is not None, 60), log.read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


@pytest.fixture(scope="module")
def site(
    process_environment: dict[str, str], provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    follows = {"OIDC_GROUP_MAP": "incident-managers=MIM, desk=Communications, ops=Administrator"}
    with product(
        process_environment, provider, tmp_path_factory, OIDC_MANAGER_CLAIM="boss", **follows
    ) as address:
        yield address


@pytest.fixture(autouse=True)
def fresh(provider: Provider) -> None:
    provider.claims, provider.tells, provider.denies = {}, None, False


def claims(sub: str = "harbour-7", **said: Any) -> dict[str, Any]:
    return {"sub": sub, "name": "Ada", "email": "ada@majorops.example", "email_verified": True, **said}


def audited(person: Person) -> list[str]:
    found = AuditEntry.objects.filter(subject_type="people.person", subject_id=person.pk)
    return list(found.values_list("verb", flat=True))


def test_a_verified_address_of_an_active_account_is_that_account(site: str, provider: Provider) -> None:
    person = a_person("Ada Moreau", email="ada@majorops.example")
    provider.claims = claims(email="Ada@MajorOps.example")
    browser = Browser(site)
    assert "Continue with Harbour ID" in browser.get("/accounts/login/?next=/inbox/").text
    answer = browser.get(WAY)
    assert (answer.status_code, answer.url) == (200, f"{site}/")
    assert browser.is_signed_in
    linked = SocialAccount.objects.get()
    assert (linked.user, linked.uid) == (person, "harbour-7")
    assert "linked single sign-on to" in audited(person)
    notice = Notice.objects.get(recipient=person, channel="mail")
    assert "single sign-on" in notice.subject.lower()
    assert "Harbour ID" in notice.text
    person.refresh_from_db()
    assert person.check_password(PASSWORD), "whoever has a password keeps it"


def test_who_is_linked_is_found_by_the_providers_name_for_them(site: str, provider: Provider) -> None:
    person = a_person(email="ada@majorops.example")
    provider.claims = claims()
    Browser(site).get(WAY)
    Person.objects.filter(pk=person.pk).update(email="moreau@majorops.example")
    # Another verified address, or none at all: the link says who it is.
    provider.claims = claims(email="somebody@majorops.example", email_verified=False)
    again = Browser(site)
    assert again.get(WAY).status_code == 200
    assert again.is_signed_in
    assert SocialAccount.objects.count() == 1
    assert Notice.objects.filter(recipient=person, channel="mail").count() == 1


@pytest.mark.parametrize("said", [False, None, "false", "absent"])
def test_an_address_that_is_not_verified_is_refused_in_words(
    site: str, provider: Provider, said: bool | str | None
) -> None:
    a_person(email="ada@majorops.example")
    provider.claims = claims(email_verified=said)
    if said == "absent":
        del provider.claims["email_verified"]
    browser = Browser(site)
    answer = browser.get(WAY)
    assert answer.status_code == 403
    assert "Harbour ID does not say that ada@majorops.example is verified" in answer.text
    assert not browser.is_signed_in
    assert not SocialAccount.objects.exists()


def test_an_address_that_only_the_id_token_tells_counts(site: str, provider: Provider) -> None:
    a_person(email="ada@majorops.example")
    provider.claims, provider.tells = claims(email_verified="true"), {"sub": "harbour-7"}
    browser = Browser(site)
    assert browser.get(WAY).status_code == 200
    assert browser.is_signed_in


def test_an_unknown_address_is_refused_in_words(site: str, provider: Provider) -> None:
    a_contact("INC-AAAAAA", "ada", "Ada of the vendor", "ada@majorops.example")
    provider.claims = claims()
    browser = Browser(site)
    answer = browser.get(WAY)
    assert answer.status_code == 403
    assert "There is no account for ada@majorops.example" in answer.text
    assert 'href="/accounts/login/"' in answer.text
    assert Person.objects.filter(email="ada@majorops.example").count() == 0
    assert not browser.is_signed_in


def test_a_provider_that_names_no_address_is_refused_in_words(site: str, provider: Provider) -> None:
    provider.claims = {"sub": "harbour-7"}
    answer = Browser(site).get(WAY)
    assert answer.status_code == 403
    assert "Harbour ID did not say which e-mail address is yours" in answer.text


def test_a_disabled_account_is_refused_in_words_linked_or_not(site: str, provider: Provider) -> None:
    person = a_person(email="ada@majorops.example", is_active=False)
    provider.claims = claims()
    answer = Browser(site).get(WAY)
    assert answer.status_code == 403
    assert "The account of ada@majorops.example is disabled" in answer.text
    assert not SocialAccount.objects.exists()
    SocialAccount.objects.create(user=person, provider="oidc", uid="harbour-7")
    browser = Browser(site)
    answer = browser.get(WAY)
    assert answer.status_code == 403
    assert "is disabled" in answer.text
    assert not browser.is_signed_in


def test_whoever_gives_up_at_the_provider_may_sign_in_otherwise(site: str, provider: Provider) -> None:
    provider.denies = True
    answer = Browser(site).get(WAY)
    assert answer.status_code == 200
    assert "Nobody was signed in" in answer.text
    assert 'href="/accounts/login/"' in answer.text


def test_an_answer_that_nobody_asked_for_signs_nobody_in(site: str, provider: Provider) -> None:
    a_person(email="ada@majorops.example")
    provider.claims = claims()
    browser = Browser(site)
    answer = browser.get("/accounts/oidc/oidc/login/callback/?code=stolen&state=guessed")
    assert answer.status_code == 401
    assert "did not work" in answer.text
    assert not browser.is_signed_in


def test_one_links_and_unlinks_in_the_settings_after_the_password(site: str, provider: Provider) -> None:
    person = a_person(email="moreau@majorops.example")
    provider.claims = claims(email="ada@elsewhere.example", email_verified=False)
    browser = Browser(site)
    browser.sign_in(person)
    assert "/accounts/3rdparty/" in browser.get("/me/").text
    asked = browser.get(f"{WAY}?process=connect")
    assert "/accounts/reauthenticate/" in asked.url
    assert not SocialAccount.objects.exists(), "no press on another site links its visitor"
    assert browser.post(asked.url, {"password": PASSWORD}).status_code == 200
    linked = SocialAccount.objects.get()
    assert linked.user == person
    assert "Harbour ID" in browser.get("/accounts/3rdparty/").text
    assert browser.post("/accounts/3rdparty/", {"account": linked.pk}).status_code == 200
    assert not SocialAccount.objects.exists()
    assert {"linked single sign-on to", "took single sign-on off"} <= set(audited(person))


def groups_of(person: Person) -> set[str]:
    return set(person.groups.values_list("name", flat=True))


def test_groups_and_manager_follow_the_claims_and_what_is_given_by_hand_stays(
    site: str, provider: Provider
) -> None:
    person = a_person(email="ada@majorops.example", groups=[GroupName.AUDITOR])
    manager = a_person("Grace Imai", email="grace@majorops.example")
    provider.claims = claims(groups=["incident-managers", "canteen"], boss="Grace@MajorOps.example")
    browser = Browser(site)
    assert browser.get(WAY).status_code == 200
    assert groups_of(person) == {"Auditor", "MIM"}
    person.refresh_from_db()
    assert person.manager == manager
    assert {"changed the groups of", "changed"} <= set(audited(person))
    assert set(AuditEntry.objects.values_list("road", flat=True)) == {"sign_in"}
    # One name in the place of a list, in the ID token alone; of a manager nothing is said.
    provider.claims, provider.tells = claims(groups="desk"), {"sub": "harbour-7"}
    browser.get(WAY)
    assert groups_of(person) == {"Auditor", "Communications"}
    person.refresh_from_db()
    assert person.manager == manager
    # Taken away and given again by hand: it is given by hand now, and stays when no claim names it.
    given = person.groups.get(name="Communications")
    person.groups.remove(given)
    person.groups.add(given)
    provider.claims, provider.tells = claims(boss=""), None
    browser.get(WAY)
    assert groups_of(person) == {"Auditor", "Communications"}
    person.refresh_from_db()
    assert person.manager is None


def test_claims_take_neither_the_last_administrator_nor_make_a_cycle_of_managers(
    site: str, provider: Provider
) -> None:
    person = a_person("Ada Moreau", email="ada@majorops.example")
    a_person("Grace Imai", email="grace@majorops.example", manager=person)
    provider.claims = claims(groups=["ops", "desk"])
    Browser(site).get(WAY)
    assert groups_of(person) == {"Administrator", "Communications"}
    provider.claims = claims(groups=["incident-managers"], boss="grace@majorops.example")
    browser = Browser(site)
    assert browser.get(WAY).status_code == 200
    assert browser.is_signed_in
    assert groups_of(person) == {"Administrator", "MIM"}
    person.refresh_from_db()
    assert person.manager is None
    kept = AuditEntry.objects.filter(verb="did not follow single sign-on for").order_by("id")
    assert [entry.reason.partition(".")[0] for entry in kept] == [
        "Ada Moreau is the last administrator",
        "Grace Imai reports to Ada Moreau, directly or through others",
    ]


def test_addresses_are_trusted_and_accounts_made_where_the_operator_says_so(
    process_environment: dict[str, str], provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> None:
    person = a_person(email="ada@majorops.example")
    provider.claims = claims(email_verified=False)
    told = {"OIDC_TRUST_EMAIL": "1", "OIDC_PROVISION": "1", "OIDC_GROUP_MAP": "incident-managers=MIM"}
    with product(
        process_environment, provider, tmp_path_factory, OIDC_GROUPS_CLAIM="roles", **told
    ) as trusting:
        browser = Browser(trusting)
        assert browser.get(WAY).status_code == 200
        assert browser.is_signed_in
        assert SocialAccount.objects.get().user == person
        provider.claims = claims(
            "harbour-8", email="New@MajorOps.example", name="Nia Weir", roles=["incident-managers"]
        )
        browser = Browser(trusting)
        assert browser.get(WAY).status_code == 200
        assert browser.is_signed_in
        made = Person.objects.get(email="new@majorops.example")
        assert (made.full_name, groups_of(made)) == ("Nia Weir", {"MIM"})
        assert not made.has_usable_password()
        assert {"added", "linked single sign-on to", "changed the groups of"} <= set(audited(made))
        assert "single sign-on" in Notice.objects.get(recipient=made, channel="mail").subject.lower()
        provider.claims = claims("harbour-9", email="nobody at all")
        assert "not an e-mail address" in Browser(trusting).get(WAY).text
