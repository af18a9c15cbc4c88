"""The first day: an administrator comes in, and finds every page of the administration (finding A5)."""

import io
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client, override_settings

from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.people.models import Person
from majorops.urls import for_emergencies
from tests.factories.people import a_person

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
    assert len(pages) >= 4
    for page in pages:
        assert browser.get(page).status_code == 200, page
    assert browser.get("/django-admin/people/person/").status_code == 200
    person = Person.objects.get(email=EMAIL)
    verbs = set(AuditEntry.objects.filter(subject_id=str(person.pk)).values_list("verb", flat=True))
    assert verbs >= {"added", "changed the groups of", "made a link to set the password of"}


def test_a_printed_link_is_good_once_and_for_a_day() -> None:
    once = printed_link()
    assert "sessionid" in set_password(once).cookies
    assert "no longer works" in Client().get(once, follow=True).content.decode()
    late = printed_link()
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1)):
        assert "no longer works" in Client().get(late, follow=True).content.decode()


def test_somebody_who_is_there_becomes_an_administrator_and_nobody_else() -> None:
    person = a_person(email=EMAIL)
    printed_link()
    assert Person.objects.get(pk=person.pk).is_administrator
    a_person(email="gone@corp.example", is_active=False)
    for wrong in ("nobody", "gone@corp.example"):
        with pytest.raises(CommandError):
            printed_link(wrong)


def test_the_administration_of_django_is_closed_unless_somebody_opens_it() -> None:
    assert for_emergencies()
    with override_settings(DJANGO_ADMIN=False):
        assert not for_emergencies()
