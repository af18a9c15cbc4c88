"""Headers, forged requests, guests, cookies, and what is logged (docs/security.md)."""

import http.client
import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.http import HttpResponse
from django.test import Client

from afteractions.models import AfterAction, GuestLink
from afteractions.operations.guest_links import path_of
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.readers.guests import SALT, create_guest_link, revoke_guest_link
from majorops import clock
from majorops.embedded.account import before_exec, current_account
from majorops.embedded.processes import wait_until
from majorops.embedded.state import CHECKOUT
from tests.factories.afteractions import (
    a_distributed_review,
    an_after_action,
)
from tests.factories.incidents import an_incident
from tests.factories.people import PASSWORD, a_contact, a_mim, a_person, a_token, an_administrator
from tests.platform.ports import free_port
from tests.web.access_calls import is_kept_private
from tests.web.access_urls import urls
from tests.web.machines import LOGIN, a_browser, sign_in

pytestmark = pytest.mark.django_db
# Pictures of the browser alone.
PUBLIC = {"favicon"}


@pytest.fixture
def reader() -> Iterator[Client]:
    browser = a_browser()
    browser.force_login(a_mim())
    return browser


class TestHeaders:
    def pages(self) -> Iterator[HttpResponse]:
        administrator = an_administrator()
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
            "/django-admin/",
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

    def test_a_link_takes_so_many_comments_and_no_more(self) -> None:
        after_action = a_distributed_review()
        path = path_of(self.link(after_action))
        guest = a_browser()
        statuses = [
            guest.post(f"{path}comments/", {"section": "root_cause", "text": f"Comment {number}"}).status_code
            for number in range(21)
        ]
        assert statuses == [302] * 20 + [429]
        assert guest.get(path).status_code == 200

    def test_a_comment_on_a_section_that_is_none_is_refused_and_keeps_its_text(self) -> None:
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
            named = {
                name: failure_of(port, f"/guest/{secret}/", name) for name in ("proxy-4711", 'forged "id"')
            }
            process.send_signal(signal.SIGTERM)
            logged = process.communicate(timeout=40)[0].decode()
        assert statuses == {403, 404, 500}
        # Each line is one object; an error is found by the name that its page and its answer show.
        lines = [json.loads(line) for line in logged.splitlines()]
        assert all(line["timestamp"].endswith("+00:00") and line["level"] and line["event"] for line in lines)
        for name, (header, text) in named.items():
            assert (header == name) is (name == "proxy-4711")
            assert f"<code>{header}</code>" in text
            failed = [line for line in lines if line.get("request_id") == header and "exception" in line]
            assert "Traceback" in failed[0]["exception"]
            assert failed[0]["logger"] == "django.request"
        assert "/guest/…" in logged
        assert "Internal Server Error" in logged
        for hidden in (secret, forged, secret.rpartition(":")[2]):
            assert hidden not in logged


def failure_of(port: int, path: str, name: str) -> tuple[str | None, str]:
    """What the answer calls a request that a proxy gave this name, and its page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"X-Request-ID": name})
    answer = connection.getresponse()
    found = (answer.headers["X-Request-ID"], answer.read().decode())
    connection.close()
    return found


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
