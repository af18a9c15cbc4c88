"""Doors and their limits (docs/security.md)."""

import io
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import redis
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.people.models import Person
from majorops.web.rate_limits import SharedCounts
from tests.factories.people import PASSWORD, a_person, a_token, an_administrator
from tests.web.machines import LOGIN, a_browser, is_signed_in, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def quickly_hashed(settings: Any) -> Callable[..., Person]:
    """Makes people whose passwords cost nothing to try: what is tested is how often, not how."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def make(name: str = "Ada Moreau") -> Person:
        person = a_person(name)
        person.set_password(PASSWORD)
        person.save()
        return person

    return make


class TestSigningIn:
    def test_an_account_is_closed_for_a_while_to_whoever_guessed_wrong_five_times(
        self, quickly_hashed: Callable[..., Person]
    ) -> None:
        person = quickly_hashed()
        browser = a_browser()
        for _ in range(5):
            assert not is_wrong_door(sign_in(browser, person, "wrong"))
        # With the right password, too.
        assert "Too many" in sign_in(browser, person).content.decode()
        assert not is_signed_in(browser)
        other = a_browser()
        sign_in(other, quickly_hashed("Noa Lindgren"))
        assert is_signed_in(other)

    def test_an_address_that_only_looks_like_it_opens_no_account(
        self, quickly_hashed: Callable[..., Person]
    ) -> None:
        person = quickly_hashed("Silas Kirsch")
        for letter, twin in (("s", "\u017f"), ("i", "\u0131")):
            browser = a_browser()
            sign_in(browser, str(person.email).replace(letter, twin))
            assert not is_signed_in(browser), twin

    def test_nobody_is_kept_out_of_their_account_by_the_tries_of_others(
        self, quickly_hashed: Callable[..., Person]
    ) -> None:
        person = quickly_hashed()
        for _ in range(5):
            sign_in(a_browser(), person, "wrong")
        stranger = a_browser()
        for _ in range(6):
            sign_in(stranger, person, "wrong")
        sign_in(mine := a_browser(), person)
        assert is_signed_in(mine)

    def test_who_guesses_from_many_machines_is_stopped_and_the_person_passes_where_they_are_known(
        self, quickly_hashed: Callable[..., Person]
    ) -> None:
        person = quickly_hashed()
        mine = a_browser()
        sign_in(mine, person)
        for _ in range(30):
            sign_in(a_browser(), person, "wrong")
        assert "Too many" in sign_in(a_browser(), person).content.decode()
        again = Client(REMOTE_ADDR=mine.defaults["REMOTE_ADDR"])
        sign_in(again, person)
        assert is_signed_in(again)

    def test_a_shared_address_is_slowed_and_lets_those_pass_who_are_known_there(
        self, quickly_hashed: Callable[..., Person]
    ) -> None:
        known, fresh = quickly_hashed("Olga Known"), quickly_hashed("Fritz Fresh")
        office = a_browser()
        address = office.defaults["REMOTE_ADDR"]
        sign_in(office, known)
        for number in range(12):
            sign_in(Client(REMOTE_ADDR=address), f"guess{number}@majorops.example", "wrong")
        sign_in(at_desk := Client(REMOTE_ADDR=address), known)
        assert is_signed_in(at_desk)
        sign_in(first := Client(REMOTE_ADDR=address), fresh)
        assert not is_signed_in(first)
        with time_machine.travel(clock.now() + timedelta(minutes=1, seconds=1), tick=True):
            sign_in(later := Client(REMOTE_ADDR=address), fresh)
        assert "sessionid" in later.cookies

    def test_an_administrator_lets_somebody_in_again(self, quickly_hashed: Callable[..., Person]) -> None:
        person, administrator = quickly_hashed(), an_administrator()
        browser = a_browser()
        for _ in range(6):
            sign_in(browser, person, "wrong")
        staff = a_browser()
        staff.force_login(administrator)
        said = {"action": "let_sign_in_again", "_selected_action": [person.pk]}
        staff.post("/django-admin/people/person/", said)
        sign_in(browser, person)
        assert is_signed_in(browser)
        assert AuditEntry.objects.filter(verb="let sign in again", by=administrator).exists()
        for _ in range(6):
            sign_in(other := a_browser(REMOTE_ADDR="198.51.251.1"), person, "wrong")
        call_command("unlock_sign_in", person.email, stdout=io.StringIO())
        sign_in(other, person)
        assert is_signed_in(other)

    def test_a_machine_that_guesses_at_many_accounts_is_stopped(
        self, quickly_hashed: Callable[..., Person]
    ) -> None:
        browser = a_browser()
        for number in range(10):
            sign_in(browser, f"guess{number}@majorops.example", "wrong")
        sign_in(browser, quickly_hashed())
        assert not is_signed_in(browser)

    def test_all_web_processes_count_together(self) -> None:
        cache.set("tries", [1.5], 60)
        kept = redis.from_url(settings.REDIS_URL)
        assert kept.get(cache.make_key("tries")) == b"[1.5]"
        kept.close()

    def test_without_redis_each_process_counts_for_itself_and_says_so(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        alone = SharedCounts("redis://127.0.0.1:1/0", {"OPTIONS": {"socket_connect_timeout": 1}})
        alone.set("tries", [1.5], 60)
        assert alone.add("lock", True)
        assert not alone.add("lock", True)
        assert alone.get("tries") == [1.5]
        alone.delete("tries")
        assert alone.get("tries") is None
        assert "counts sign-ins alone" in caplog.text

    def test_the_counts_cannot_be_cleared_with_the_tasks_that_wait(self) -> None:
        with pytest.raises(NotImplementedError):
            cache.clear()

    def test_the_session_is_another_one_after_signing_in(self) -> None:
        browser = a_browser()
        before = browser.session
        before["seen"] = True
        before.save()
        browser.cookies["sessionid"] = before.session_key
        sign_in(browser, a_person())
        assert is_signed_in(browser)
        assert browser.cookies["sessionid"].value != before.session_key
        planted = a_browser()
        planted.cookies["sessionid"] = before.session_key
        assert not is_signed_in(planted)

    def test_a_session_and_a_token_end_when_the_account_is_disabled(self) -> None:
        person = a_person()
        browser = a_browser()
        sign_in(browser, person)
        machine = Client(headers={"Authorization": f"Bearer {a_token(person)}"})
        assert is_signed_in(browser)
        assert machine.get("/api/v1/incidents/").status_code == 200
        Person.objects.filter(pk=person.pk).update(is_active=False)
        assert not is_signed_in(browser)
        assert browser.get("/api/v1/incidents/").status_code == 401
        assert machine.get("/api/v1/incidents/").status_code == 401
        sign_in(again := a_browser(), person)
        assert not is_signed_in(again)

    def test_signing_out_ends_the_session_on_the_server(self) -> None:
        browser = a_browser()
        sign_in(browser, a_person())
        key = browser.cookies["sessionid"].value
        assert browser.get("/accounts/logout/").status_code == 200
        assert is_signed_in(browser), "following a link must sign nobody out"
        browser.post("/accounts/logout/")
        copied = a_browser()
        copied.cookies["sessionid"] = key
        assert not is_signed_in(copied)

    def test_a_changed_password_ends_the_other_sessions(self) -> None:
        person = a_person()
        browser = a_browser()
        sign_in(browser, person)
        person.set_password("another-long-sentence")
        person.save()
        assert not is_signed_in(browser)

    def test_the_administration_has_no_door_of_its_own(self) -> None:
        administrator = an_administrator()
        browser = a_browser()
        said = {"username": administrator.email, "password": PASSWORD, "next": "/django-admin/"}
        assert browser.post("/django-admin/login/", said)["Location"].startswith(LOGIN)
        assert not is_signed_in(browser)

    @pytest.mark.parametrize(
        "place", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
    )
    def test_nobody_is_led_to_another_site(self, place: str) -> None:
        browser = a_browser()
        answer = sign_in(browser, a_person(), query=f"?next={place}")
        assert answer["Location"] == "/"

    def test_nobody_registers_themselves(self) -> None:
        said = {"email": "eve@majorops.example", "password1": PASSWORD, "password2": PASSWORD}
        a_browser().post("/accounts/signup/", said)
        assert not Person.objects.filter(email="eve@majorops.example").exists()

    def test_nobody_adds_a_second_address(self) -> None:
        person = a_person()
        browser = a_browser()
        browser.force_login(person)
        browser.post("/accounts/email/", {"action_add": "", "email": "other@majorops.example"})
        browser.post("/accounts/email/", {"action_primary": "", "email": "other@majorops.example"})
        assert Person.objects.get(pk=person.pk).email == person.email

    def test_forgetting_a_password_does_not_tell_who_has_an_account(
        self, mailoutbox: list[EmailMessage]
    ) -> None:
        person = a_person()
        a_browser().get("/accounts/password/reset/done/")
        steps = [steps_of_asking(address) for address in ("warm@up.example", person.email, "no@body.example")]
        # Nor does the time that it takes: as many steps for the one as for the other, one in a hundred aside.
        assert steps[1] == pytest.approx(steps[2], rel=0.01)
        mailoutbox.clear()
        with CaptureQueriesContext(connection) as of_known:
            known = a_browser().post("/accounts/password/reset/", {"email": person.email}, follow=True)
        with CaptureQueriesContext(connection) as of_unknown:
            unknown = a_browser().post("/accounts/password/reset/", {"email": "no@body.example"}, follow=True)
        # Nor does the time that the database and the mail take.
        assert len(of_known) == len(of_unknown)
        assert [mail.to for mail in mailoutbox] == [[person.email], ["no@body.example"]]
        assert known.redirect_chain == unknown.redirect_chain
        assert without_token(known) == without_token(unknown)

    def test_a_wrong_password_and_an_unknown_account_sound_alike(self) -> None:
        known = sign_in(a_browser(), a_person(email="abe@majorops.example"), "wrong")
        unknown = sign_in(a_browser(), "eve@majorops.example", "wrong")
        assert without_token(known) == without_token(unknown).replace("eve@", "abe@")


def steps_of_asking(address: str) -> int:
    """How many functions are called while a link to a new password is asked for."""
    count = 0

    def note(frame: Any, event: str, said: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    browser = a_browser()
    sys.setprofile(note)
    try:
        browser.post("/accounts/password/reset/", {"email": address})
    finally:
        sys.setprofile(None)
    return count


def is_wrong_door(answer: HttpResponse) -> bool:
    return answer.status_code == 302 or "Too many" in answer.content.decode()


def without_token(answer: HttpResponse) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value|X-CSRFToken[^:]*:)[^>]*', "", answer.content.decode())
