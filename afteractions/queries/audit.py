"""The audit as auditors and administrators read it: filtered, without what they may not know of, and as CSV."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import BigIntegerField, Case, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Cast

from afteractions.models import AfterAction
from incidents.models import Incident
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed
from majorops.formatting.instants import read_day, read_instant, written
from majorops.people.models import Person
from majorops.web.spreadsheet import MOST_ROWS

# The newest first; an entry is never given another key.
ORDER = ("-id", "-id")
PERSON = Person._meta.label_lower
SYSTEM = "system"
UNSEEN = "an incident that you may not see"
COLUMNS = ("id", "at", "by", "road", "verb", "subject_kind", "subject", "before", "after", "reason")


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """`since` begins and `until` ends what is read: an instant, or a day of the reader's zone that counts whole."""

    subject: str = ""
    by: str = ""
    verb: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def read(cls, data: Mapping[str, str], zone: ZoneInfo) -> Self:
        """Raises BadInput at the name of the filter."""
        texts = {name: data.get(name, "").strip() for name in ("subject", "by", "verb")}
        return cls(
            **texts, since=_instant(data, "since", zone), until=_instant(data, "until", zone, ends=True)
        )


def _instant(data: Mapping[str, str], name: str, zone: ZoneInfo, *, ends: bool = False) -> datetime | None:
    text = data.get(name, "").strip()
    if not text:
        return None
    try:
        if "T" in text.upper():
            return read_instant(text)
        day = read_day(text) + timedelta(days=1 if ends else 0)
    except ValueError as wrong:
        raise BadInput.of(name, str(wrong)) from None
    return datetime.combine(day, time(), zone)


def require_audit_reader(person: Person) -> None:
    """Raises NotAllowed for everybody but auditors and administrators."""
    if not person.reads_audit:
        raise NotAllowed("Only auditors and administrators read the audit.")


def audit_entries(person: Person, filters: AuditFilters) -> QuerySet[AuditEntry]:
    """The entries that fit, of what the person may know of. Each has its `email` where a person is its subject."""
    require_audit_reader(person)
    hidden = Incident.objects.hidden_from(person).values("reference")
    entries = _of_subject(filters.subject).exclude(scope__in=hidden)
    if filters.by == SYSTEM:
        entries = entries.filter(by=None)
    elif filters.by:
        entries = entries.filter(by__email=filters.by.lower())
    if filters.verb:
        entries = entries.filter(verb=filters.verb)
    if filters.since is not None:
        entries = entries.filter(at__gte=filters.since)
    if filters.until is not None:
        entries = entries.filter(at__lt=filters.until)
    of_person = Person.objects.filter(pk=Cast(OuterRef("subject_id"), BigIntegerField()))
    return entries.select_related("by").annotate(
        email=Case(When(subject_type=PERSON, then=Subquery(of_person.order_by().values("email")[:1])))
    )


def _of_subject(subject: str) -> QuerySet[AuditEntry]:
    """By the address of a person, or by a reference: of an incident everything that happened to it and to what
    follows it, of an After Action all of that, of anything else that alone."""
    entries = AuditEntry.objects.all()
    if not subject:
        return entries
    if "@" in subject:
        person = Person.objects.filter(email=subject.lower()).values_list("pk", flat=True).first()
        return entries.filter(subject_type=PERSON, subject_id=str(person))
    subject = subject.upper()
    incident = (
        AfterAction.objects.filter(reference=subject).values_list("incident__reference", flat=True).first()
    )
    if incident is not None:
        return entries.filter(scope=incident, subject_type__startswith="afteractions.")
    for label in _with_reference():
        model = apps.get_model(label)
        if model is Incident:
            continue
        key = model._default_manager.filter(reference=subject).values_list("pk", flat=True).first()
        if key is not None:
            return entries.filter(subject_type=label, subject_id=str(key))
    return entries.filter(scope=subject)


@cache
def _with_reference() -> tuple[str, ...]:
    """The kinds of subjects that people know by a reference."""
    return tuple(
        model._meta.label_lower
        for model in apps.get_models()
        if model._meta.app_label in ("incidents", "afteractions") and _has_reference(model)
    )


def _has_reference(model: Any) -> bool:
    try:
        return bool(model._meta.get_field("reference").unique)
    except FieldDoesNotExist:
        return False


def hidden_references(person: Person) -> frozenset[str]:
    """The incidents that an entry may name and this person may not know of: few, and none for an auditor."""
    return frozenset(Incident.objects.hidden_from(person).values_list("reference", flat=True))


def without_hidden(value: Any, hidden: frozenset[str]) -> Any:
    """A value of an entry with the names of hidden incidents taken out."""
    match value:
        case str():
            return UNSEEN if value in hidden else value
        case list():
            return [without_hidden(row, hidden) for row in value]
        case dict():
            return {key: without_hidden(row, hidden) for key, row in value.items()}
    return value


def subject_kind(entry: AuditEntry) -> str:
    return entry.subject_type.rpartition(".")[2]


def subject_of(entry: AuditEntry) -> str:
    """Its reference or address where it has one, else that of the incident it is part of, else what it was called."""
    if entry.subject_type in _with_reference():
        return entry.subject_label.partition(" ")[0]
    return getattr(entry, "email", None) or entry.scope or entry.subject_label


def is_looked_up(entry: AuditEntry) -> bool:
    """Whether its subject is one that the filter takes."""
    return subject_of(entry) != entry.subject_label


def values_of(entry: AuditEntry, which: int, hidden: frozenset[str]) -> dict[str, Any]:
    """The fields that changed, with their values before (0) or after (1)."""
    changes = without_hidden(entry.changes, hidden)
    return {
        field: pair[which] for field, pair in changes.items() if isinstance(pair, list) and len(pair) == 2
    }


def audit_lines(entries: QuerySet[AuditEntry], hidden: frozenset[str]) -> Iterator[list[Any]]:
    """The rows of COLUMNS, the newest first, read while they are sent."""
    for entry in entries.order_by(F("id").desc())[:MOST_ROWS].iterator(chunk_size=1000):
        yield [
            entry.pk,
            written(entry.at),
            entry.by.identifier if entry.by else None,
            entry.road,
            entry.verb,
            subject_kind(entry),
            subject_of(entry),
            *(json.dumps(values_of(entry, which, hidden), ensure_ascii=False) for which in (0, 1)),
            entry.reason,
        ]
