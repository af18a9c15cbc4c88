"""A slip in the live log is put right by its writer where it stands for ten minutes, later by an entry that corrects it
(domain.md, The incident record)."""

from datetime import datetime, timedelta

import pytest

from incidents.exchange.exporting import export_document
from incidents.models import Incident, TimelineEvent
from incidents.operations.close import close, reopen
from incidents.operations.correcting import correct_event
from incidents.operations.facts import record_facts
from incidents.operations.log import enter_phase, log_event, send_status_update
from majorops.audit.models import AuditEntry
from majorops.errors import NotAllowed, RuleViolation
from majorops.people.models import Person
from tests.factories.incidents import OPENED, a_closed_incident, an_event, an_incident, minutes
from tests.factories.people import a_person, an_auditor

pytestmark = pytest.mark.django_db
LOGGED = OPENED + minutes(5)
SECOND = timedelta(seconds=1)


def put_right(event: TimelineEvent, text: str, *, by: Person, now: datetime, **said: object) -> TimelineEvent:
    words = {"kind": event.kind, "text": text, "evidence_url": event.evidence_url, "at": event.at, **said}
    return correct_event(event, by=by, now=now, **words)  # type: ignore[arg-type]


def test_its_writer_corrects_it_in_place_for_ten_minutes_and_both_texts_are_kept(mim: Person) -> None:
    event = an_event(an_incident(mim), "Failed over to bd-02", by=mim, at=LOGGED)
    now = LOGGED + minutes(10)
    stands = put_right(event, "Failed over to db-02", by=mim, now=now, at=LOGGED - minutes(2))
    assert stands.pk == event.pk
    stored = TimelineEvent.objects.get()
    assert (stored.text, stored.at, stored.logged_at) == ("Failed over to db-02", LOGGED - minutes(2), LOGGED)
    kept = {"kind": "action", "text": "Failed over to bd-02", "evidence_url": None}
    assert stored.earlier == [{**kept, "at": "2026-03-03T09:05:00Z", "until": "2026-03-03T09:15:00Z"}]
    entry = AuditEntry.objects.get(verb="corrected an event in place")
    assert entry.by == mim
    assert entry.changes["text"] == ["Failed over to bd-02", "Failed over to db-02"]


def test_the_second_correction_keeps_the_first(mim: Person) -> None:
    event = an_event(an_incident(mim), "One", by=mim, at=LOGGED)
    put_right(event, "Two", by=mim, now=LOGGED + minutes(1))
    put_right(event, "Three", by=mim, now=LOGGED + minutes(2))
    stored = TimelineEvent.objects.get()
    assert [*(before["text"] for before in stored.earlier), stored.text] == ["One", "Two", "Three"]


def test_after_ten_minutes_an_entry_corrects_it(mim: Person) -> None:
    incident = an_incident(mim)
    event = an_event(incident, "Failed over to bd-02", by=mim, at=LOGGED)
    stands = put_right(event, "Failed over to db-02", by=mim, now=LOGGED + minutes(10) + SECOND)
    assert (stands.corrects_id, stands.text) == (event.pk, "Failed over to db-02")
    assert TimelineEvent.objects.get(pk=event.pk).text == "Failed over to bd-02"


def test_somebody_else_corrects_it_by_an_entry_at_once(mim: Person) -> None:
    event = an_event(an_incident(mim), "Failed over to bd-02", by=mim, at=LOGGED)
    colleague = a_person("Jun Castellane")
    stands = put_right(event, "Failed over to db-02", by=colleague, now=LOGGED + minutes(1))
    assert (stands.corrects_id, stands.logged_by_id) == (event.pk, colleague.pk)


def test_once_the_incident_was_closed_over_it_an_entry_corrects_it_even_when_it_runs_again(
    mim: Person,
) -> None:
    incident = an_incident(mim)
    event = an_event(incident, "Failed over to bd-02", by=mim, at=LOGGED)
    close(incident, by=mim, at=LOGGED + minutes(1), now=LOGGED + minutes(1))
    late = put_right(event, "Failed over to db-02", by=mim, now=LOGGED + minutes(2))
    assert late.corrects_id == event.pk
    reopen(incident, reason="It came back", by=mim, at=LOGGED + minutes(3), now=LOGGED + minutes(3))
    again = put_right(late, "Failed over to db-03", by=mim, now=LOGGED + minutes(4))
    assert again.corrects_id == late.pk


def test_what_a_later_entry_corrected_is_corrected_there(mim: Person) -> None:
    event = an_event(an_incident(mim), "One", by=mim, at=LOGGED)
    put_right(event, "Two", by=mim, now=LOGGED + minutes(20))
    with pytest.raises(RuleViolation, match="A later entry corrected this one already"):
        put_right(event, "Three", by=mim, now=LOGGED + minutes(21))


@pytest.mark.parametrize("after", [1, 30])
def test_a_correction_that_changes_nothing_is_refused(mim: Person, after: int) -> None:
    event = an_event(an_incident(mim), "One", by=mim, at=LOGGED)
    with pytest.raises(RuleViolation, match="Nothing was changed"):
        put_right(event, "One ", by=mim, now=LOGGED + minutes(after))


def test_who_only_reads_corrects_nothing(mim: Person) -> None:
    event = an_event(an_incident(mim), "One", by=mim, at=LOGGED)
    with pytest.raises(NotAllowed):
        put_right(event, "Two", by=an_auditor(), now=LOGGED + minutes(1))


def test_a_phase_and_an_update_of_a_running_incident_are_corrected_by_an_entry(mim: Person) -> None:
    incident = an_incident(mim, "critical")
    when = {"by": mim, "now": LOGGED + minutes(30)}
    entered = enter_phase(incident, phase="mitigating", at=LOGGED, **when)
    enter_phase(incident, phase="mitigating", at=LOGGED + minutes(9), corrects=entered, **when)
    sent = send_status_update(incident, audience="internal", text="All is back", at=LOGGED, **when)
    send_status_update(incident, audience="public", text="Half is back", at=LOGGED, corrects=sent, **when)
    facts = record_facts(Incident.objects.get(pk=incident.pk))
    assert [entry.entered_at for entry in facts.phases if entry.phase == "mitigating"] == [
        LOGGED + minutes(9)
    ]
    assert [update.audience for update in facts.status_updates] == ["public"]


def test_the_document_tells_the_words_that_stand(mim: Person) -> None:
    incident = an_incident(mim)
    event = an_event(incident, "Failed over to bd-02", by=mim, at=LOGGED)
    put_right(event, "Failed over to db-02", by=mim, now=LOGGED + minutes(1))
    told = [entry["text"] for entry in export_document(incident, reader=mim)["timeline"]]
    assert told == ["Failed over to db-02"]


def test_an_entry_of_an_import_is_corrected_by_an_entry(mim: Person) -> None:
    incident = a_closed_incident(mim)
    event = TimelineEvent(incident=incident, kind="action", text="One", at=OPENED, logged_at=None)
    assert event.earlier == []
    late = log_event(incident, kind="action", text="Added", by=mim, at=OPENED, now=OPENED + minutes(200))
    assert put_right(late, "Added then", by=mim, now=OPENED + minutes(201)).corrects_id == late.pk
