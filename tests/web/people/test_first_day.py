"""The first day: an administrator comes in, and finds every page of the administration (finding A5)."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from afteractions.operations.current_policy import current_policy
from afteractions.operations.enforcement.policy import follow_settings
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.people.groups import GroupName
from majorops.people.models import Organisation, Person
from majorops.people.operations.organisation import forget_zone, organisation_zone
from majorops.people.operations.setup import print_setup_address
from majorops.urls import for_emergencies
from tests.changed_rows import last_entry
from tests.factories.people import a_mim, a_person, an_administrator
from tests.web.browsing import browser_of
from tests.web.machines import sign_in

pytestmark = pytest.mark.django_db
EMAIL = "first@corp.example"
PASSWORD = "what-we-do-on-the-first-day"


def printed_link(email: str = EMAIL) -> str:
    printed = io.StringIO()
    call_command("create_administrator", email, stdout=printed)
    return urlsplit(printed.getvalue().strip()).path


def set_password(link: str) -> Client:
    """Somebody who follows the link and signs in by what they typed."""
    browser = Client()
    form = browser.get(link, follow=True)
    if "no longer works" not in form.content.decode():
        browser.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
        browser.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    return browser


def test_whoever_follows_the_printed_link_reaches_every_page_of_the_administration() -> None:
    browser = set_password(printed_link("First@Corp.example"))
    assert "Administration" in browser.get("/").content.decode()
    index = browser.get("/administration/").content.decode()
    pages = set(re.findall(r'class="item-title" href="([^"]+)"', index))
    assert len(pages) >= 12
    for page in pages:
        assert browser.get(page).status_code == 200 or page == "/healthz", page
    assert browser.get("/django-admin/people/person/").status_code == 200
    person = Person.objects.get(email=EMAIL)
    verbs = set(AuditEntry.objects.filter(subject_id=str(person.pk)).values_list("verb", flat=True))
    assert verbs >= {"added", "made a link to set the password of"}


def test_a_printed_link_is_good_once_and_for_a_day() -> None:
    once = printed_link()
    assert "sessionid" in set_password(once).cookies
    assert "no longer works" in Client().get(once, follow=True).content.decode()
    late = printed_link()
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1)):
        assert "no longer works" in Client().get(late, follow=True).content.decode()


def test_somebody_who_is_there_becomes_an_administrator_disabled_or_not() -> None:
    person = a_person(email=EMAIL)
    printed_link()
    assert Person.objects.get(pk=person.pk).is_administrator
    # Whoever is at the machine may have nobody left who could enable the account.
    gone = a_person(email="gone@corp.example", is_active=False)
    printed_link("gone@corp.example")
    assert Person.objects.get(pk=gone.pk).is_active
    with pytest.raises(CommandError):
        printed_link("nobody")


def test_the_administration_of_django_is_closed_unless_somebody_opens_it() -> None:
    assert for_emergencies()
    with override_settings(DJANGO_ADMIN=False):
        assert not for_emergencies()


SETUP = {
    "organisation": "Northwind Rail",
    "time_zone": "Europe/Berlin",
    "holidays": "de-by",
    "name": "Frida First",
    "email": EMAIL,
    "password": PASSWORD,
    "again": PASSWORD,
}


def setup_path() -> str:
    """The address that a migration prints, as long as nobody administers."""
    printed = io.StringIO()
    print_setup_address(stdout=printed)
    address = re.search(r"\S+/setup/\?key=\S+", printed.getvalue())
    return address[0].partition(settings.SITE_URL)[2] if address else ""


@pytest.fixture
def chosen_here() -> Iterator[None]:
    """An environment that leaves zone and holidays to an administrator."""
    with override_settings(ORGANISATION_TIME_ZONE=""):
        forget_zone()
        yield
    forget_zone()


def test_whoever_has_the_key_sets_an_empty_installation_up_once(
    chosen_here: None, mailoutbox: list[EmailMessage]
) -> None:
    for nothing in ("/setup/", "/setup/?key=", "/setup/?key=guessed"):
        assert Client().get(nothing).status_code == 404
    former, path = setup_path(), setup_path()
    assert Client().get(former).status_code == 404
    assert path.rpartition("=")[2] not in str(Organisation.objects.values())
    browser = Client()
    assert "You are the first here" in browser.get(path).content.decode()
    wrong = {"holidays": "XX", "time_zone": "Berlin", "again": "another"}
    for name, value in wrong.items():
        answer = browser.post(path, {**SETUP, name: value})
        assert answer.status_code == 422, name
        assert f'id="id_{name}_error"' in answer.content.decode()
        assert 'value="Frida First"' in answer.content.decode()
    assert not Person.objects.exists()
    page = browser.post(path, SETUP, follow=True)
    assert page.request["PATH_INFO"] == "/administration/"
    assert f"took a test mail to {EMAIL}" in page.content.decode()
    assert [mail.to for mail in mailoutbox] == [[EMAIL]]
    person = Person.objects.get(email=EMAIL)
    assert (person.full_name, person.time_zone, person.is_administrator) == (
        "Frida First",
        "Europe/Berlin",
        True,
    )
    assert (organisation_zone(), current_policy().calendar.code) == ("Europe/Berlin", "DE-BY")
    assert not follow_settings(now=clock.now())
    assert Client().get(path).status_code == Client().post(path, SETUP).status_code == 404
    assert setup_path() == ""
    first_steps = browser.get("/").content.decode()
    assert "First steps" in first_steps
    browser.post("/administration/first-steps/hide/")
    assert "First steps" not in browser.get("/").content.decode()


def test_a_mail_server_that_refuses_is_said_with_what_it_answered(administrator: Client) -> None:
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1
    ):
        page = administrator.post("/administration/mail/", follow=True).content.decode()
    assert "did not leave" in page
    assert "ConnectionRefusedError" in page


@pytest.fixture
def administrator() -> Client:
    return browser_of(an_administrator())


def test_a_group_that_needs_a_second_factor_sets_it_up_before_anything_else(administrator: Client) -> None:
    saved = administrator.post("/administration/sign-in/", {"groups": [GroupName.MIM.value]}, follow=True)
    assert "Everybody in these groups has one" in saved.content.decode()
    mim, other = a_mim(), a_person()
    assert (
        "1 person of these groups has none yet"
        in administrator.get("/administration/sign-in/").content.decode()
    )
    browser, free = Client(), Client(REMOTE_ADDR="198.51.100.7")
    sign_in(free, other)
    assert free.get("/").status_code == 200
    sign_in(browser, mim)
    for path in ("/", "/me/", "/incidents/"):
        assert browser.get(path)["Location"] == "/accounts/2fa/totp/activate/"
    assert browser.get("/api/v1/incidents/").status_code == 403
    assert browser.get("/healthz").status_code in (200, 503)
    page = browser.get("/accounts/2fa/totp/activate/")
    assert "Your group signs in with a second factor" in page.content.decode()
    secret = page.context["form"].secret
    counters = [*yield_hotp_counters_from_time()]
    code = format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))
    browser.post("/accounts/2fa/totp/activate/", {"code": code})
    assert browser.get("/").status_code == 200
    assert last_entry("changed who needs a second factor")[1] == {"second factor for": [[], ["MIM"]]}
