"""Putting a slip in the live log right: where it stands while its writer still has it at hand, else by a new entry."""

from datetime import datetime

from django.db import transaction

from incidents.models import TimelineEvent
from incidents.operations.changing import begin, check_correctable, finish, is_settled
from incidents.operations.checks import happened, link, word
from incidents.operations.checks import text as stated_text
from incidents.operations.log import log_event
from incidents.rules.corrections import is_corrected_in_place
from incidents.vocabulary import EventKind
from majorops.errors import RuleViolation
from majorops.formatting.instants import written
from majorops.people.models import Person

CORRECTED = ("kind", "text", "evidence_url", "at")
NOTHING_CHANGED = "Nothing was changed. Write what the entry should say, or close this form."


@transaction.atomic
def correct_event(
    event: TimelineEvent,
    *,
    kind: str,
    text: str,
    evidence_url: str | None,
    by: Person,
    at: datetime,
    now: datetime,
    version: int | None = None,
) -> TimelineEvent:
    """The event as it should have been logged: what happened `at`, in which words. Returns the entry that stands.

    Its writer corrects it in place within ten minutes, and it keeps what it said before; later, and for everybody else,
    a new entry corrects it. Raises RuleViolation when nothing would change.
    """
    incident = event.incident
    begin(incident, by=by, version=version)
    event.refresh_from_db()
    event.incident = incident
    check_correctable(incident, event)
    if not is_in_place(event, by=by, now=now):
        if _reads(event) == (kind, text.strip(), evidence_url or None, at):
            raise RuleViolation(NOTHING_CHANGED)
        return log_event(
            incident, kind=kind, text=text, evidence_url=evidence_url, corrects=event, by=by, at=at, now=now
        )
    happened(at, now)
    before = _reads(event)
    event.kind = word(EventKind, kind, "kind").value
    event.text, event.evidence_url, event.at = (
        stated_text(text, "text"),
        link(evidence_url, "evidence_url"),
        at,
    )
    after = _reads(event)
    if after == before:
        raise RuleViolation(NOTHING_CHANGED)
    was = dict(zip(CORRECTED, (*before[:3], written(before[3])), strict=True))
    event.earlier = [*event.earlier, {**was, "until": written(now)}]
    event.save(update_fields=[*CORRECTED, "earlier"])
    changes = {
        name: (old, new) for name, old, new in zip(CORRECTED, before, after, strict=True) if old != new
    }
    finish(incident, "corrected an event in place", event, by=by, at=at, now=now, changes=changes)
    return event


def is_in_place(event: TimelineEvent, *, by: Person, now: datetime) -> bool:
    """Whether this person corrects the event where it stands."""
    by_its_writer = event.logged_by_id == by.pk
    is_final = is_settled(event.incident, event)
    return is_corrected_in_place(event.logged_at, now, by_its_writer=by_its_writer, is_settled=is_final)


def _reads(event: TimelineEvent) -> tuple[str, str, str | None, datetime]:
    return event.kind, event.text, event.evidence_url, event.at
