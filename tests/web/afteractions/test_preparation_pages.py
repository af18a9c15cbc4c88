"""The pages of what feeds and prepares the review."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from afteractions.models import AfterAction, CloseOutAnswer, EvidenceFile
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.readers.guests import create_guest_link
from afteractions.operations.review.distribution import distribute
from afteractions.rules.review.files import LARGEST_FILE
from majorops import clock
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import a_drafted_review, an_after_action
from tests.factories.people import a_contact, a_person
from tests.web.afteractions.pages import at, part, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> Person:
    return a_person("Tomas Lindqvist")


@pytest.fixture
def recent(mim: Person, lead: Person) -> AfterAction:
    """One whose incident closed twenty minutes ago."""
    return an_after_action(mim, lead=lead, opened_at=clock.now() - timedelta(hours=2))


def test_a_responder_says_two_lines_and_changes_them(recent: AfterAction, lead: Person) -> None:
    browser, place = browser_of(lead), at(recent, "close-out/")
    assert "What slowed us" in words(browser.get(place))
    refused = browser.post(place, {"worked": "", "slowed": " "})
    assert refused.status_code == 422
    assert "Say at least one of the two." in words(refused)
    browser.post(place, {"worked": "The runbook", "slowed": "Waiting for access"})
    browser.post(place, {"worked": "The runbook", "slowed": "Waiting two hours for access"})
    shown = browser.get(place)
    assert "Waiting two hours for access" in words(shown)
    assert "Waiting for access" not in words(shown)
    assert CloseOutAnswer.objects.count() == 2


def test_who_did_not_respond_reads_what_was_said_once_they_may_read_the_draft(
    recent: AfterAction, lead: Person
) -> None:
    browser_of(lead).post(at(recent, "close-out/"), {"worked": "The runbook", "slowed": ""})
    outsider = browser_of(a_person("Iris Vale"))
    assert "The runbook" not in words(outsider.get(at(recent, "close-out/")))
    other = browser_of(a_person("Otto Lang", groups=[GroupName.AUDITOR]))
    shown = words(other.get(at(recent, "close-out/")))
    assert "The runbook" in shown
    assert "Tomas Lindqvist" in shown
    assert "Those who responded say how it went" in shown
    assert other.post(at(recent, "close-out/"), {"worked": "Me too"}).status_code == 403


def test_each_line_waits_beside_its_section_alone_and_is_taken_over_by_a_press(
    recent: AfterAction, mim: Person, lead: Person
) -> None:
    browser_of(lead).post(at(recent, "close-out/"), {"worked": "The runbook", "slowed": "Waiting for access"})
    writer = browser_of(mim)
    page = writer.get(at(recent, "draft/"))
    beside = {key: words(part(page, key)) for key in ("went_well", "changes", "root_cause")}
    assert "The runbook" in beside["went_well"]
    assert "Waiting for access" not in beside["went_well"]
    assert "Waiting for access" in beside["changes"]
    assert "Said at the close" not in beside["root_cause"]
    answer = str(CloseOutAnswer.objects.get().pk)
    took = writer.post(at(recent, "draft/close-out/"), {"answer": answer, "line": "slowed"}, follow=True)
    assert "It was added to what we are changing" in words(took)
    assert "It is in the draft" in words(took)
    assert recent.changes.get().gap == "Waiting for access"


@pytest.fixture
def asked(mim: Person, lead: Person) -> AfterAction:
    """A draft that is written and not yet out; the lead is asked for a log."""
    after_action = a_drafted_review(mim, lead=lead)
    attendee = after_action.attendees.get(person=lead)
    page = at(after_action, "evidence/ask/")
    said = {"attendee": str(attendee.pk), "bring": "The log of the gateway", "bring_by": "2099-03-05"}
    assert "is asked for it" in words(browser_of(mim).post(page, said, follow=True))
    return after_action


def a_file(name: str = "gateway.log", content: bytes = b"09:10 failover refused\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_who_is_asked_attaches_a_file_and_the_owner_sees_that_it_is_here(
    asked: AfterAction, lead: Person, mim: Person
) -> None:
    browser, place = browser_of(lead), at(asked, "evidence/")
    assert "The log of the gateway" in words(browser.get(place))
    people = at(asked, "people/")
    assert "Bring: The log of the gateway, by " in words(browser.get(people))
    sent = browser.post(place, {"file": a_file(), "note": "From nine to ten"}, follow=True)
    assert "“gateway.log” is attached" in words(sent)
    assert "You attached what was asked of you: The log of the gateway." in words(browser.get(people))
    shown = words(browser_of(mim).get(place))
    assert "It is here" in shown
    assert EvidenceFile.objects.get().sha256 in shown


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"MZ\x90\x00", "This file type is not accepted. Save it as one of PDF, PNG"),
        ("a.log", b"", "The file is empty."),
        ("a.log", b"x" * (LARGEST_FILE + 1), "The file is larger than 25 MB"),
    ],
    ids=["of no known kind", "empty", "too large"],
)
def test_a_wrong_file_is_refused_beside_the_field_and_what_was_typed_stays(
    asked: AfterAction, lead: Person, name: str, content: bytes, said: str
) -> None:
    sent = {"file": a_file(name, content), "note": "From nine to ten, as the gateway saw it"}
    refused = browser_of(lead).post(at(asked, "evidence/"), sent)
    assert refused.status_code == 422
    assert said in words(refused)
    assert "From nine to ten, as the gateway saw it</textarea>" in refused.content.decode()
    assert not EvidenceFile.objects.exists()


def test_a_draft_still_written_shows_each_who_brings_something_their_own_files_alone(
    asked: AfterAction, mim: Person
) -> None:
    operator, now = a_person("Ines Vale"), clock.now()
    row = {"person": operator, "included": True, "reason": "Runs the queue", "bring": "The queue's log"}
    set_attendees(asked, [row], by=mim, at=now, now=now)
    place = at(asked, "evidence/")
    browser_of(operator).post(place, {"file": a_file("queue.log", b"09:20 full\n"), "note": "From nine"})
    browser_of(mim).post(place, {"file": a_file(), "note": ""})
    writer, bringer = words(browser_of(mim).get(place)), words(browser_of(operator).get(place))
    assert "queue.log" in writer
    assert "gateway.log" in writer
    assert "queue.log" in bringer
    assert "gateway.log" not in bringer
    assert "others' files are read by those who write it" in bringer


def test_who_was_asked_for_nothing_sees_no_file_and_neither_brings_nor_asks_nor_withdraws(
    asked: AfterAction, lead: Person
) -> None:
    place = at(asked, "evidence/")
    browser_of(lead).post(place, {"file": a_file(), "note": ""})
    file = EvidenceFile.objects.get()
    other = browser_of(a_person("Otto Lang"))
    shown = other.get(place)
    assert "gateway.log" not in words(shown)
    assert 'type="file"' not in shown.content.decode()
    assert 'type="file"' in browser_of(lead).get(place).content.decode()
    for path, said in (
        ("evidence/", {"file": a_file("b.log"), "note": ""}),
        ("evidence/ask/", {"attendee": str(asked.attendees.get(person=lead).pk), "bring": "More"}),
        (f"evidence/{file.reference}/withdraw/", {"reason": "Why not"}),
    ):
        assert other.post(at(asked, path), said).status_code == 403, path
    assert EvidenceFile.objects.count() == 1


def test_a_file_is_handed_out_under_its_reference_as_an_attachment_that_is_not_sniffed(
    asked: AfterAction, lead: Person, mim: Person
) -> None:
    script = b"<script>alert(1)</script>"
    browser_of(lead).post(at(asked, "evidence/"), {"file": a_file('a".html', script), "note": ""})
    file = EvidenceFile.objects.get()
    place = at(asked, f"evidence/{file.reference}/")
    answer = browser_of(mim).get(place)
    assert answer.content == script
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{file.reference}.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert browser_of(a_person("Otto Lang")).get(place).status_code == 403
    assert browser_of(mim).get(at(asked, "evidence/EV-NOTHING/")).status_code == 404


def test_a_withdrawn_file_stays_listed_with_its_reason_and_is_handed_out_no_more(
    asked: AfterAction, lead: Person, mim: Person
) -> None:
    browser_of(lead).post(at(asked, "evidence/"), {"file": a_file(), "note": ""})
    file = EvidenceFile.objects.get()
    place = at(asked, f"evidence/{file.reference}/withdraw/")
    assert browser_of(mim).post(place, {"reason": ""}).status_code == 422
    too_long = "It holds a password. " * 100
    refused = browser_of(mim).post(place, {"reason": too_long})
    assert refused.status_code == 422
    assert f'value="{too_long}"' in refused.content.decode()
    shown = words(browser_of(mim).post(place, {"reason": "It holds a password"}, follow=True))
    assert "It holds a password" in shown
    assert browser_of(mim).get(at(asked, f"evidence/{file.reference}/")).status_code == 404


def test_a_distributed_draft_lists_its_evidence_for_readers_and_for_a_guest(
    asked: AfterAction, lead: Person, mim: Person
) -> None:
    browser_of(lead).post(at(asked, "evidence/"), {"file": a_file(), "note": ""})
    file = EvidenceFile.objects.get()
    now = clock.now()
    distribute(asked, by=mim, at=now, now=now)
    late = browser_of(lead)
    late.post(at(asked, "evidence/"), {"file": a_file("late.log", b"10:00 more\n"), "note": ""})
    reader = browser_of(a_person("Otto Lang"))
    shown = reader.get(at(asked, "read/"))
    assert file.sha256 in words(shown)
    assert f"/evidence/{file.reference}/" in shown.content.decode()
    assert reader.get(at(asked, f"evidence/{file.reference}/")).status_code == 200
    chair = browser_of(mim).get(at(asked, "meeting/")).content.decode()
    assert f'href="{at(asked, "evidence/")}{file.reference}/"' in chair
    guest = a_contact(asked.incident.reference, email="desk@vendor.example")
    set_attendees(
        asked,
        [{"person": guest, "included": True, "reason": "Theirs", "bring": "Your figures"}],
        by=mim,
        at=now,
        now=now,
    )
    _, token = create_guest_link(asked, guest, by=mim, at=now, now=now)
    visitor = Client()
    assert f"/guest/{token}/evidence/{file.reference}/" in visitor.get(f"/guest/{token}/").content.decode()
    handed = visitor.get(f"/guest/{token}/evidence/{file.reference}/")
    assert handed.content == b"09:10 failover refused\n"
    assert handed["Referrer-Policy"] == "no-referrer"
    since = EvidenceFile.objects.get(name="late.log")
    assert visitor.get(f"/guest/{token}/evidence/{since.reference}/").status_code == 404
    assert "Bring: Your figures." in words(visitor.get(f"/guest/{token}/"))
    # A link to a dashboard, of an attendee and of the guest, shows where it leads before it is followed.
    for browser, place, own, url in (
        (late, at(asked, "evidence/"), at(asked, "evidence/"), "https://grafana.example/d/42"),
        (visitor, f"/guest/{token}/evidence/", f"/guest/{token}/", "https://status.vendor.example/7"),
    ):
        assert browser.post(place, {"url": f" {url} ", "note": "Refusals by minute"}).status_code == 302
        for page in (late.get(at(asked, "evidence/")), browser.get(own)):
            link = f'href="{url}" rel="noopener noreferrer nofollow">Refusals by minute</a>'
            assert link in page.content.decode()
            assert url in words(page)
    assert "You attached what was asked of you: Your figures." in words(visitor.get(f"/guest/{token}/"))
