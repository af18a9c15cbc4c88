"""What becomes of hostile text and of files (docs/security.md)."""

import csv
import io
import json
import re
from datetime import timedelta

import icalendar
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from afteractions.models import AfterAction
from afteractions.operations.followup.vendors import attach_rca, follow_up_of
from afteractions.rules.review.files import LARGEST_FILE
from incidents.models import Incident
from incidents.operations.response.vendors import engage
from majorops import clock
from majorops.errors import BadInput
from majorops.notices.delivery.composing import compose
from majorops.notices.models import Notice
from majorops.texts import web_address
from majorops.web.spreadsheet import spreadsheet
from tests.factories.afteractions import (
    CLOSED,
    SCHEDULED,
    a_change,
    a_distributed_review,
    a_meeting,
    an_after_action,
    fresh,
    write,
    write_prose,
)
from tests.factories.incidents import an_event, an_incident
from tests.factories.people import a_mim, a_token
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db
HOSTILE = '=1+1"><script>alert(1)</script><img src=x onerror=alert(2)>&{{ 7 }}'


def a_hostile_review() -> AfterAction:
    """One hostile text wherever people type."""
    mim = a_mim()
    after_action = an_after_action(mim, title=HOSTILE, impact={"business": HOSTILE})
    an_event(after_action.incident, HOSTILE, by=mim, at=CLOSED + timedelta(minutes=1))
    a_meeting(after_action, location=HOSTILE)
    write_prose(after_action)
    cause = {"failure": HOSTILE, "contributing_factors": [HOSTILE], "certainty": "known"}
    write(after_action, "root_cause", cause)
    write(after_action, "changes", [a_change(mim, change=HOSTILE, gap=HOSTILE)])
    return fresh(after_action)


class TestHostileText:
    def test_it_is_shown_as_text_on_every_page(self) -> None:
        after_action = a_hostile_review()
        incident = after_action.incident
        browser = browser_of(incident.mim)
        place = after_action.get_absolute_url()
        paths = ["/", "/incidents/", "/after-actions/", "/inbox/", incident.get_absolute_url(), place]
        paths += [f"{place}{tab}/" for tab in ("draft", "read", "people", "meeting", "history", "deadlines")]
        paths.append(f"{incident.get_absolute_url()}history/")
        shown = 0
        for path in paths:
            page = browser.get(path).content.decode()
            assert "<script>alert" not in page, path
            assert "<img src=x" not in page, path
            shown += "&lt;script&gt;alert" in page
        assert shown > 8

    def test_it_is_text_in_mail_and_adds_nothing_to_the_calendar(self) -> None:
        after_action = a_hostile_review()
        invitation = (
            Notice.objects.filter(recipient=after_action.incident.mim).exclude(calendar="").latest("pk")
        )
        mail = compose(invitation, masked=False)
        html = str(next(part.content for part in mail.alternatives if part.mimetype == "text/html"))
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "\n" not in mail.subject
        meeting = next(iter(icalendar.Calendar.from_ical(invitation.calendar).walk("VEVENT")))
        assert str(meeting["location"]) == HOSTILE
        attendees = meeting.get("attendee", [])
        attendees = attendees if isinstance(attendees, list) else [attendees]
        assert len(attendees) == after_action.attendees.filter(included=True).count()

    def test_lines_typed_into_a_place_stay_inside_it(self) -> None:
        after_action = an_after_action()
        typed = "Room 1\r\nATTENDEE:mailto:eve@evil.example"
        try:
            a_meeting(after_action, location=typed)
        except BadInput:  # refusing it is as good
            return
        for notice in Notice.objects.exclude(calendar=""):
            event = next(iter(icalendar.Calendar.from_ical(notice.calendar).walk("VEVENT")))
            assert "eve@evil" not in str(event.get("attendee", ""))

    @pytest.mark.parametrize("path", ["/incidents/?format=csv", "/actions/?whose=all&format=csv"])
    def test_no_cell_of_a_spreadsheet_is_a_formula(self, path: str) -> None:
        after_action = a_distributed_review(title=HOSTILE)
        AfterAction.objects.filter(pk=after_action.pk).update(
            status="reviewed", reviewed_at=SCHEDULED, external_messages_answered_at=SCHEDULED
        )
        browser = browser_of(after_action.incident.mim)
        told = b"".join(browser.get(path).streaming_content).decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(told)) for cell in row]
        assert f"'{HOSTILE}" in cells
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]

    @pytest.mark.parametrize(
        "cell", ["a;=1+1", "a\t=1+1", "\t=1+1", "\r=1+1", " =1+1", "＝1+1", '";=1+1', "a\n=1+1"]
    )
    def test_each_cell_is_one_cell_whatever_parts_them(self, cell: str) -> None:
        answer = spreadsheet("x.csv", ["What"], [[cell]])
        told = (
            b"".join(answer.streaming_content)
            .decode("utf-8-sig")
            .removeprefix('"What"\r\n')
            .removesuffix("\r\n")
        )
        assert told[0] == told[-1] == '"'
        # Read by a program that parts at semicolons or tabs, and by one that parts at commas.
        for delimiter in ",;\t":
            [[read]] = csv.reader(io.StringIO(told, newline=""), delimiter=delimiter)
            assert not read.strip().startswith(("=", "＝"))

    @pytest.mark.parametrize(
        "link",
        [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "http://a b",
            "http://a.example/a\u00a0b",
            "http://evil.example\r\nX: 1",
            "ht\ttp://evil.example/",
            "https://good.example\\@evil.example/",
            "https://good.example/\u202egnp.exe",
            "https://:80/",
            "https://a.example:99999/",
        ],
    )
    def test_evidence_is_an_address_of_the_web(self, link: str) -> None:
        incident = an_incident()
        machine = Client(headers={"Authorization": f"Bearer {a_token(incident.mim)}"})
        body = json.dumps({"kind": "action", "text": "Seen", "evidence_url": link})
        answer = machine.post(
            f"/api/v1/incidents/{incident.reference}/events/", body, content_type="application/json"
        )
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == "evidence_url"

    def test_a_link_is_kept_with_its_host_in_lower_case(self) -> None:
        assert (
            web_address("HTTPS://Graphs.Example:8443/D/42?Q=A#B") == "https://graphs.example:8443/D/42?Q=A#B"
        )
        assert web_address("http://Me:Word@Host.example") == "http://Me:Word@host.example"


class TestFiles:
    def review_with_vendor(self) -> tuple[AfterAction, str, int]:
        after_action = an_after_action()
        incident = after_action.incident
        said = {"by": incident.mim, "at": CLOSED + timedelta(minutes=5), "now": CLOSED + timedelta(minutes=5)}
        engagement = engage(incident, vendor="Cumulus", **said)
        return after_action, f"{after_action.get_absolute_url()}vendors/{engagement.pk}/", engagement.pk

    def test_a_file_that_is_too_large_or_no_pdf_is_refused(self) -> None:
        after_action, path, _ = self.review_with_vendor()
        browser = browser_of(after_action.incident.mim)
        for content, sentence in (
            (b"%PDF-" + b"0" * LARGEST_FILE, "larger than 25 MB"),
            (b"<html><script>alert(1)</script>", "not a PDF"),
        ):
            file = SimpleUploadedFile("rca.pdf", content, content_type="application/pdf")
            answer = browser.post(path, {"step": "rca", "file": file})
            assert answer.status_code == 422
            assert sentence in answer.content.decode()

    def test_a_file_is_handed_out_as_a_file_under_a_harmless_name(self) -> None:
        after_action, _, engagement = self.review_with_vendor()
        incident = after_action.incident
        now = clock.now()
        follow_up = follow_up_of(incident.vendorengagements.get(pk=engagement), now=now)
        name = '../../"><script>x\r\nSet-Cookie: a=b.pdf'
        attach_rca(
            follow_up, name=name.replace("\r\n", " "), content=b"%PDF-1.7", by=incident.mim, at=now, now=now
        )
        browser = browser_of(incident.mim)
        answer = browser.get(f"{after_action.get_absolute_url()}rca/{follow_up.pk}/")
        assert answer["Content-Type"] == "application/pdf"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert re.fullmatch(r'attachment; filename="[\w .-]+"', answer["Content-Disposition"])
        assert ".." not in answer["Content-Disposition"]
        assert "Set-Cookie" not in answer

    def test_an_import_that_is_too_large_is_refused(self) -> None:
        file = SimpleUploadedFile("all.json", b" " * (10 * 1024 * 1024 + 1))
        answer = browser_of(a_mim()).post("/incidents/import/", {"upload": file})
        assert answer.status_code == 422
        assert "At most 10 MB" in answer.content.decode()
        assert not Incident.objects.exists()
