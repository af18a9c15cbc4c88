"""How every operation on an incident begins and ends, and how entries of the record are set right."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import EllipsisType
from typing import Any, TypeAlias, TypeVar

from django.db import models

from incidents.access import can_record, can_see, why_not_record
from incidents.models import Incident
from incidents.models.entries import Entry
from incidents.operations.figures import keep_figures
from incidents.signals import record_changed
from majorops.audit import trail
from majorops.errors import NotAllowed, NotFound, RuleViolation, VersionConflict
from majorops.people.models import Person

T = TypeVar("T")
E = TypeVar("E", bound=Entry)
# An argument left at `...` says nothing of its field, where None says that it is not known.
Said: TypeAlias = T | EllipsisType

DERIVED = ("status", "began_at", "listed_at")
# What may be long and no operation asks for.
DOCUMENTS = ("search", "likeness", "imported_review")


def begin(
    incident: Incident,
    *,
    by: Person | None,
    may: Callable[[Person, Incident], bool] = can_record,
    refusal: str | Callable[[Incident], str] = why_not_record,
    version: int | None = None,
) -> None:
    """Locks the incident until the transaction ends and reads it anew into the instance at hand.

    `by` None is the system. Raises NotFound, NotAllowed with `refusal`, or VersionConflict when `version` is another.
    """
    incident.refresh_from_db(from_queryset=Incident.objects.select_for_update().defer(*DOCUMENTS))
    if by is not None and not can_see(by, incident):
        raise NotFound("There is no such incident that you may see.")
    if by is not None and not may(by, incident):
        raise NotAllowed(refusal if isinstance(refusal, str) else refusal(incident))
    if version is not None and version != incident.version:
        raise VersionConflict(
            "Somebody changed this incident since you read it. Look at what stands there now, then try again.",
            {"version": incident.version},
        )


def finish(
    incident: Incident,
    verb: str,
    subject: models.Model,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
    fields: Sequence[str] = (),
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> None:
    """Raises the version, saves `fields` of the incident in the same UPDATE, keeps the figures of a closed one, audits,
    and tells the receivers."""
    incident.version += 1
    incident.save(update_fields=["version", *fields])
    if fields:
        incident.refresh_from_db(fields=DERIVED)
    keep_figures(incident, subject)
    trail.record(verb, subject, by=by, at=now, scope=incident.reference, changes=changes, reason=reason)
    record_changed.send(sender=Incident, incident=incident, entry=subject, by=by, at=at, now=now)


def logged(incident: Incident, now: datetime) -> datetime:
    """The instant that an entry made `now` is logged at. What comes after the close is after it, even where the
    clocks of two machines differ a little."""
    if incident.live_until is not None and now <= incident.live_until:
        return incident.live_until + timedelta(microseconds=1)
    return now


def check_correctable(incident: Incident, entry: Entry | None) -> None:
    """Refuses to set right an entry of another incident, or one that a later entry has set right already."""
    if entry is None:
        return
    if entry.incident_id != incident.pk:
        raise RuleViolation("A correction refers to an entry of the same incident.")
    if models.QuerySet(type(entry)).filter(corrects=entry).exists():
        raise RuleViolation("A later entry corrected this one already. Correct that entry.")


def amend(incident: Incident, entry: E, *, by: Person | None, now: datetime, **kwargs: Any) -> E:
    """Says more of an entry: in place while it is being recorded; by a new entry that corrects it as soon as the
    incident was closed over it. Returns the entry that stands."""
    check_correctable(incident, entry)
    if not is_settled(incident, entry):
        for field, value in kwargs.items():
            setattr(entry, field, value)
        entry.save(update_fields=list(kwargs))
        return entry
    kept = {
        field.attname: getattr(entry, field.attname)
        for field in entry._meta.concrete_fields
        if not field.primary_key
    }
    correction = type(entry)(**kept)
    correction.corrects = entry
    correction.logged_at = logged(incident, now)
    correction.logged_by = by
    for field, value in kwargs.items():
        setattr(correction, field, value)
    correction.save(force_insert=True)
    return correction


def is_settled(incident: Incident, entry: Entry) -> bool:
    """Whether the incident was closed over this entry, even where it was reopened since: then it stays as it is."""
    if incident.is_closed:
        return True
    last = incident.reopenings.last()
    return last is not None and (entry.logged_at is None or entry.logged_at <= last.at)
