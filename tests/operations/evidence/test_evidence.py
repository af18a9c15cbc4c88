"""Evidence: asked by a date, brought as files that never change, withdrawn with a reason."""

import io
from datetime import date, datetime, timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from afteractions.models import AfterAction, Attendee, EvidenceFile, Obligation
from afteractions.operations.enforcement import sweep
from afteractions.operations.evidence.evidence import (
    ask_for_evidence,
    attach_evidence,
    evidence_for_download,
    withdraw_evidence,
)
from afteractions.operations.review.distribution import distribute
from afteractions.rules.review.files import LARGEST_FILE
from afteractions.vocabulary import ObligationKind
from majorops.errors import BadInput, NotAllowed, NotFound, RuleViolation
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import (
    DISTRIBUTED,
    HOUR,
    SCHEDULED,
    a_drafted_review,
    a_published_review,
    fresh,
)
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db

LOG = b"09:10 failover refused\n09:12 failover refused\n"
LATER = SCHEDULED + HOUR


def png() -> bytes:
    """A chart with the name of whoever made it in its file."""
    facts, made = PngInfo(), io.BytesIO()
    facts.add_text("Author", "Somebody of the bridge")
    Image.new("RGB", (30, 20), "teal").save(made, "PNG", pnginfo=facts)
    return made.getvalue()


@pytest.fixture
def after_action(mim: Person, lead: Person) -> AfterAction:
    """A draft that is written and not yet out; the Technical Recovery Lead attends."""
    return a_drafted_review(mim, lead=lead)


def ask(
    after_action: AfterAction, person: Person, bring: str = "The log", on: date | None = date(2026, 3, 5)
):
    attendee = Attendee.objects.get(after_action=after_action, person=person)
    return ask_for_evidence(attendee, bring=bring, bring_by=on, by=after_action.owner, at=LATER, now=LATER)


def bring(
    after_action: AfterAction,
    by: Person,
    content: bytes = LOG,
    name: str = "gateway.log",
    at: datetime = LATER,
) -> EvidenceFile:
    return attach_evidence(after_action, name=name, content=content, note="", by=by, at=at, now=at)


def owed(person: Person) -> Obligation:
    return Obligation.objects.filter(kind=ObligationKind.EVIDENCE, responsible=person).latest("pk")


def test_who_was_asked_is_told_brings_it_and_has_met_the_day(after_action: AfterAction, lead: Person) -> None:
    with pytest.raises(NotAllowed):
        bring(after_action, a_person("Otto Lang"))
    ask(after_action, lead)
    told = Notice.objects.inbox_of(lead).get(step__startswith="evidence:")
    assert "by Thu 5 Mar" in told.subject
    assert owed(lead).state == "open"
    assert owed(lead).due_on == date(2026, 3, 5)
    file = bring(after_action, lead)
    assert (file.kind, file.size, file.sha256) == ("text", len(LOG), sha256(LOG).hexdigest())
    assert last_entry("attached evidence") == (lead, {"sha256": [None, file.sha256]})
    assert file.reference.startswith("EV-")
    assert owed(lead).state == "met"


def test_overdue_evidence_reminds_the_person_and_nobody_above(
    after_action: AfterAction, lead: Person
) -> None:
    lead.manager = a_person("Berta Lang")
    lead.save()
    ask(after_action, lead)
    sweep.sweep(now=datetime(2026, 3, 6, 12, 0).astimezone(LATER.tzinfo))
    assert "breach" in Notice.objects.inbox_of(lead).values_list("step", flat=True)
    assert not Notice.objects.inbox_of(lead.manager).filter(about_id=owed(lead).pk).exists()


def test_what_is_taken_back_or_withdrawn_is_owed_no_more_or_again(
    after_action: AfterAction, lead: Person, mim: Person
) -> None:
    ask(after_action, lead)
    file = bring(after_action, lead)
    with pytest.raises(BadInput):
        withdraw_evidence(file, reason=" ", by=lead, at=LATER, now=LATER)
    with pytest.raises(NotAllowed):
        withdraw_evidence(file, reason="No", by=a_person("Otto Lang"), at=LATER, now=LATER)
    withdraw_evidence(file, reason="It holds a password", by=lead, at=LATER, now=LATER)
    assert owed(lead).state == "open"
    with pytest.raises(NotFound, match="It holds a password"):
        evidence_for_download(after_action, file.reference, to=mim)
    with pytest.raises(RuleViolation):
        withdraw_evidence(file, reason="Again", by=lead, at=LATER, now=LATER)
    ask(after_action, lead, bring="")
    assert owed(lead).state == "superseded"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.log", "empty"),
        (b"MZ\x90\x00\x03\x00", "report.pdf", "one of PDF"),
        (b"PK\x03\x04\x14\x00", "sheet.xlsx", "one of PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 20, "chart.png", "cannot be read"),
        (b"%PDF-" + b"0" * LARGEST_FILE, "big.pdf", "larger than 25 MB"),
        (LOG, " ", "no name"),
    ],
)
def test_a_file_is_judged_by_its_content(
    after_action: AfterAction, mim: Person, content: bytes, name: str, said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        bring(after_action, mim, content, name)
    assert not EvidenceFile.objects.exists()


def test_the_owner_brings_files_of_known_kinds_each_once(after_action: AfterAction, mim: Person) -> None:
    kinds = [bring(after_action, mim, content, "C:\\logs\\a").kind for content in (LOG, png(), b"%PDF-1.7 x")]
    assert kinds == ["text", "png", "pdf"]
    kept = bytes(EvidenceFile.objects.get(kind="png").content)
    assert Image.open(io.BytesIO(kept)).size == (30, 20)
    assert b"Somebody" in png()
    assert b"Somebody" not in kept
    assert EvidenceFile.objects.earliest("pk").name == "a"
    with pytest.raises(RuleViolation, match="here already"):
        bring(after_action, mim, LOG, "again.log")


def test_a_link_to_a_page_is_evidence_with_its_caption(after_action: AfterAction, lead: Person) -> None:
    when = {"by": lead, "at": LATER, "now": LATER}
    for url, note, path in (
        ("javascript:alert(1)", "Refusals by minute", "url"),
        ("grafana.example/d/42", "Refusals by minute", "url"),
        ("https://grafana.example/d/42", " ", "note"),
    ):
        with pytest.raises(BadInput) as wrong:
            attach_evidence(after_action, url=url, note=note, **when)
        assert [each.path for each in wrong.value.problems] == [path]
    made = attach_evidence(
        after_action, url="https://grafana.example/d/42", note="Refusals by minute", **when
    )
    assert (made.kind, made.url, made.name) == (
        "link",
        "https://grafana.example/d/42",
        "Refusals by minute",
    )
    with pytest.raises(RuleViolation, match="here already"):
        attach_evidence(after_action, url="https://grafana.example/d/42", note="Again", **when)


def test_a_file_never_changes_and_is_never_deleted(after_action: AfterAction, mim: Person) -> None:
    file = bring(after_action, mim)
    for change in (lambda: EvidenceFile.objects.filter(pk=file.pk).update(content=b"x"), file.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_evidence_is_read_by_writers_until_the_draft_is_out_and_then_by_readers(
    after_action: AfterAction, mim: Person
) -> None:
    file, reader = bring(after_action, mim), a_person("Otto Lang")
    assert bytes(evidence_for_download(after_action, file.reference, to=mim).content) == LOG
    with pytest.raises(NotAllowed):
        evidence_for_download(after_action, file.reference, to=reader)
    revision = distribute(after_action, by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    assert evidence_for_download(fresh(after_action), file.reference, to=reader) == file
    [listed] = revision.content["evidence"]
    assert (listed["reference"], listed["sha256"], listed["by"]) == (file.reference, file.sha256, str(mim))


def test_nothing_is_attached_to_a_closed_after_action(mim: Person) -> None:
    closed = a_published_review(mim)
    with pytest.raises(RuleViolation, match="closed"):
        bring(closed, mim, at=datetime(2026, 3, 12, tzinfo=LATER.tzinfo))


def test_what_was_not_brought_by_the_meeting_that_agreed_is_missed(mim: Person, lead: Person) -> None:
    after_action = a_drafted_review(mim, lead=lead)
    ask(after_action, lead)
    distribute(after_action, by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    assert owed(lead).state == "open"
    assert timedelta(0) < DISTRIBUTED - owed(lead).due_at
