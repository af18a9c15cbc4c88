"""Doors, limits, headers, cookies, and what is logged (docs/security.md)."""

import http.client
import io
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import redis
import time_machine
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afteractions.models import AfterAction, GuestLink
from afteractions.operations.guest_links import path_of
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.readers.guests import SALT, create_guest_link, revoke_guest_link
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.embedded.account import before_exec, current_account
from majorops.embedded.processes import wait_until
from majorops.embedded.state import CHECKOUT
from majorops.people.models import Person
from majorops.web.rate_limits import SharedCounts
from tests.factories.afteractions import (
    a_distributed_review,
    an_after_action,
)
from tests.factories.incidents import an_incident
from tests.factories.people import PASSWORD, a_contact, a_mim, a_person, a_token, an_administrator
from tests.platform.ports import free_port
from tests.web.access_calls import is_kept_private
from tests.web.access_urls import urls

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
# Pictures of the browser alone.
PUBLIC = {"favicon"}
_machines = count(1)


def a_browser(**said: Any) -> Client:
    """A browser on a machine of its own, so that one test's tries do not count for another's."""
    number = next(_machines)
    return Client(**{"REMOTE_ADDR": f"198.51.{os.getpid() % 250}.{number}", **said})


def sign_in(browser: Client, person: Person | str, password: str = PASSWORD, query: str = "") -> HttpResponse:
    login = person if isinstance(person, str) else person.email
    return browser.post(f"{LOGIN}{query}", {"login": login, "password": password})


def is_signed_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


@pytest.fixture
def reader() -> Iterator[Client]:
    browser = a_browser()
    browser.force_login(a_mim())
    return browser


class TestHeaders:
    def pages(self) -> Iterator[HttpResponse]:
        administrator = an_administrator()
        administrator.is_staff = administrator.is_superuser = True
        administrator.save()
        incident = an_incident()
        after_action = an_after_action()
        signed_in, stranger = a_browser(), a_browser()
        signed_in.force_login(administrator)
        for path in (
            "/",
            incident.get_absolute_url(),
            after_action.get_absolute_url(),
            "/me/",
            "/incidents/import/",
            "/administration/",
            "/api/v1/incidents/",
            "/api/v1/docs/",
            "/incidents/INC-NONE/",
            "/accounts/2fa/",
        ):
            yield signed_in.get(path)
        for path in (LOGIN, "/", "/guest/forged/", "/api/v1/incidents/", "/nowhere/", "/healthz"):
            yield stranger.get(path)

    def test_every_answer_forbids_what_the_product_does_not_need(self) -> None:
        answers = list(self.pages())
        assert {answer.status_code for answer in answers} >= {200, 302, 401, 404}
        for answer in answers:
            policy = {
                words[0]: words[1:]
                for part in answer["Content-Security-Policy"].split(";")
                if (words := part.split())
            }
            assert policy["default-src"] == ["'none'"]
            assert policy["script-src"] == policy["style-src"] == policy["form-action"] == ["'self'"]
            assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
            assert not re.search(r"unsafe|\*|http:", answer["Content-Security-Policy"])
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert answer["X-Frame-Options"] == "DENY"
            assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")

    def test_static_files_are_not_sniffed_either(self) -> None:
        answer = a_browser().get("/static/css/base.css")
        assert answer.status_code in (200, 404)
        assert answer["X-Content-Type-Options"] == "nosniff"


class TestCaches:
    def test_no_page_list_or_call_is_kept_for_somebody_else(self, reader: Client) -> None:
        """Every URL that is asked for without naming anything; the matrix of access asks the same of all others."""
        asked = 0
        for url in urls():
            if url.name in PUBLIC or re.search("[<?(]", url.route):
                continue
            answer = reader.get("/" + re.sub("[$^]|\\\\Z", "", url.route))
            assert is_kept_private(answer), url.name
            if "text/html" not in answer.get("Content-Type", "text/html"):
                assert "no-store" in answer["Cache-Control"], url.name
            asked += 1
        assert asked > 60
        listed = reader.get("/incidents/?format=csv")
        assert "no-store" in listed["Cache-Control"]

    def test_whoever_signs_out_leaves_no_page_behind(self, reader: Client) -> None:
        assert reader.post("/accounts/logout/")["Clear-Site-Data"] == '"cache"'


class TestCookies:
    def test_scripts_cannot_read_the_session_and_other_sites_cannot_send_it(self) -> None:
        browser = a_browser()
        sign_in(browser, a_person())
        session = browser.cookies["sessionid"]
        assert session["httponly"]
        assert session["samesite"] == browser.cookies["csrftoken"]["samesite"] == "Lax"

    @pytest.mark.parametrize(("address", "secure"), [("https://majorops.example", True), ("http://x", False)])
    def test_an_https_address_makes_them_secure(self, address: str, secure: bool) -> None:
        names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS")
        asked = (
            f"from majorops import settings as s; print([bool(getattr(s, n)) for n in {names}], "
            "getattr(s, 'SESSION_COOKIE_NAME', 'sessionid'), getattr(s, 'CSRF_COOKIE_NAME', 'csrftoken'))"
        )
        found = subprocess.run(
            [sys.executable, "-c", asked],
            cwd=CHECKOUT,
            env={**os.environ, "MAJOROPS_URL": address},
            capture_output=True,
            text=True,
            check=True,
        )
        prefix = "__Host-" if secure else ""
        assert found.stdout.strip() == f"{[secure] * len(names)} {prefix}sessionid {prefix}csrftoken"


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
        administrator.is_staff = administrator.is_superuser = True
        administrator.save()
        browser = a_browser()
        for _ in range(6):
            sign_in(browser, person, "wrong")
        staff = a_browser()
        staff.force_login(administrator)
        said = {"action": "let_sign_in_again", "_selected_action": [person.pk]}
        staff.post("/administration/people/person/", said)
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
        administrator.is_staff = True
        administrator.save()
        browser = a_browser()
        said = {"username": administrator.email, "password": PASSWORD, "next": "/administration/"}
        assert browser.post("/administration/login/", said)["Location"].startswith(LOGIN)
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


class TestForgedRequests:
    def test_a_form_and_a_call_of_a_session_need_the_token_of_the_page(self) -> None:
        incident = an_incident()
        browser = a_browser(enforce_csrf_checks=True)
        browser.force_login(incident.mim)
        path = f"{incident.get_absolute_url()}line/"
        assert browser.post(path, {"line": "from another site"}).status_code == 403
        call = f"/api/v1/incidents/{incident.reference}/events/"
        body = json.dumps({"kind": "action", "text": "from another site"})
        assert browser.post(call, body, content_type="application/json").status_code == 403
        assert sign_in(a_browser(enforce_csrf_checks=True), a_person()).status_code == 403
        assert not incident.timelineevents.filter(text="from another site").exists()

    def test_a_call_with_a_token_of_its_own_needs_none(self) -> None:
        incident = an_incident()
        machine = Client(
            enforce_csrf_checks=True, headers={"Authorization": f"Bearer {a_token(incident.mim)}"}
        )
        body = json.dumps({"kind": "action", "text": "by a machine"})
        call = f"/api/v1/incidents/{incident.reference}/events/"
        assert machine.post(call, body, content_type="application/json").status_code == 201


class TestGuests:
    def link(self, after_action: AfterAction, **said: Any) -> GuestLink:
        incident = after_action.incident
        guest = a_contact(incident.reference)
        row = {"person": guest, "included": True, "reason": "Runs the vendor's desk"}
        now = clock.now()
        set_attendees(after_action, [row], by=incident.mim, at=now, now=now)
        made, _ = create_guest_link(after_action, guest, by=incident.mim, at=now, now=now, **said)
        return made

    def test_a_link_opens_its_draft_alone_and_nothing_when_it_is_touched(self) -> None:
        after_action = a_distributed_review()
        link = self.link(after_action)
        path = path_of(link)
        guest = a_browser()
        page = guest.get(path)
        assert page.status_code == 200
        assert page["Referrer-Policy"] == "same-origin"
        assert "no-store" in page["Cache-Control"]
        assert guest.get(after_action.get_absolute_url()).status_code == 302
        token = path.split("/")[2]
        forged = [
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            token.swapcase(),
            signing.dumps(link.pk, salt="another"),
            signing.dumps(link.pk + 1, salt=SALT),
            f"{link.pk}:{token.split(':', 1)[1]}",
            "x",
        ]
        for each in forged:
            assert guest.get(f"/guest/{each}/").status_code == 404, each
            assert guest.post(f"/guest/{each}/read/").status_code == 404, each
        assert link.person.readings.count() == 0

    def test_a_link_ends_when_it_is_taken_back_or_runs_out(self) -> None:
        after_action = a_distributed_review()
        link = self.link(after_action)
        path = path_of(link)
        now = clock.now()
        GuestLink.objects.filter(pk=link.pk).update(expires_at=now)
        assert a_browser().get(path).status_code == 404
        GuestLink.objects.filter(pk=link.pk).update(expires_at=now + timedelta(days=1))
        assert a_browser().get(path).status_code == 200
        revoke_guest_link(link, by=after_action.incident.mim, at=now, now=now)
        assert a_browser().get(path).status_code == 404

    def test_a_link_takes_so_many_remarks_and_no_more(self) -> None:
        after_action = a_distributed_review()
        path = path_of(self.link(after_action))
        guest = a_browser()
        statuses = [
            guest.post(f"{path}comments/", {"section": "root_cause", "text": f"Remark {number}"}).status_code
            for number in range(21)
        ]
        assert statuses == [302] * 20 + [429]
        assert guest.get(path).status_code == 200

    def test_a_remark_on_a_section_that_is_none_is_refused_and_keeps_its_text(self) -> None:
        path = path_of(self.link(a_distributed_review()))
        for section in ("", "nowhere"):
            answer = a_browser().post(
                f"{path}comments/", {"section": section, "text": "Forty minutes of quiet"}
            )
            assert answer.status_code == 422
            page = answer.content.decode()
            assert "Forty minutes of quiet</textarea>" in page
            assert "Choose the section" in page


class TestLogs:
    def test_they_carry_references_and_no_contents(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        logging.getLogger("django.db.backends").setLevel(logging.INFO)
        incident = an_incident(title="The quarry is flooded")
        browser = a_browser(raise_request_exception=False)
        sign_in(browser, incident.mim, "wrong-but-secret")
        sign_in(browser, incident.mim)
        browser.post(f"{incident.get_absolute_url()}line/", {"line": "the quarry was drained"})
        browser.get("/incidents/INC-NONE/")
        token = a_token(incident.mim)
        machine = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
        call = f"/api/v1/incidents/{incident.reference}/events/"
        machine.post(
            call, json.dumps({"kind": "quarry", "text": "the quarry"}), content_type="application/json"
        )
        machine.get("/api/v1/left-behind/ada.moreau@corp.example/")
        for path in ("/left-behind/ada.moreau@corp.example/", "/nowhere/?owner=ada.moreau%40corp.example"):
            assert browser.get(path).status_code == 404
        assert "INC-NONE" in caplog.text
        assert "/left-behind/…/" in caplog.text
        for secret in ("quarry", "wrong-but-secret", PASSWORD, token, "ada.moreau"):
            assert secret not in caplog.text

    def test_a_guests_link_is_in_no_log_whatever_the_answer(
        self, process_environment: dict[str, str]
    ) -> None:
        """A web process with every log on, whose database is away: 403, 404 and 500 of the guest's pages."""
        secret = signing.dumps(4711, salt=SALT)
        forged = secret[:-3] + "xyz"
        port = free_port()
        environment = {
            **process_environment,
            "DATABASE_URL": "postgresql://majorops_app@127.0.0.1:1/majorops",
            "DATABASE_OWNER_URL": "postgresql://majorops_owner@127.0.0.1:1/majorops",
            "MAJOROPS_LOG_LEVEL": "DEBUG",
            "WEB_CONCURRENCY": "1",
        }
        command = [sys.executable, "-m", "gunicorn", "majorops.wsgi:application"]
        command += ["--bind", f"127.0.0.1:{port}", "--access-logfile", "-", "--log-level", "debug"]
        with subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=before_exec(current_account(), signal.SIGTERM),
        ) as process:
            statuses = {
                status_of(port, method, path)
                for method, path in (
                    ("GET", f"/guest/{secret}/"),
                    ("GET", f"/guest/{forged}/"),
                    ("POST", f"/guest/{secret}/read/"),
                    ("PUT", f"/guest/{secret}/"),
                    ("GET", f"/guest/{secret}/nowhere"),
                    ("GET", f"/accounts/password/reset/key/{forged}/?token={forged}"),
                )
            }
            process.send_signal(signal.SIGTERM)
            logged = process.communicate(timeout=40)[0].decode()
        assert statuses == {403, 404, 500}
        assert "/guest/…" in logged
        assert "Internal Server Error" in logged
        for hidden in (secret, forged, secret.rpartition(":")[2]):
            assert hidden not in logged


def status_of(port: int, method: str, path: str) -> int:
    """What a process answers, once it is up."""

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    assert wait_until(listens, 60)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path)
    status = connection.getresponse().status
    connection.close()
    return status
