"""Writing the audit. Every operation calls `record` in the transaction that makes the change."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import models

from majorops.audit import roads
from majorops.audit.models import AuditEntry
from majorops.people.models import Person


def record(
    verb: str,
    subject: models.Model,
    *,
    by: Person | None,
    at: datetime,
    scope: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Keeps one change for good: `verb` in the past tense ("scheduled"), `changes` as field to (from, to). The road by
    which it came in is that of the shell (majorops.audit.roads)."""
    entry = entry_of(verb, subject, by=by, at=at, scope=scope, changes=changes, reason=reason)
    entry.save()
    return entry


def record_all(entries: Sequence[AuditEntry]) -> None:
    """Keeps many changes for good, each made by `entry_of`."""
    AuditEntry.objects.bulk_create(entries, batch_size=1000)


def entry_of(
    verb: str,
    subject: models.Model,
    *,
    by: Person | None,
    at: datetime,
    scope: str = "",
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> AuditEntry:
    """The entry that `record` keeps, not kept yet."""
    return AuditEntry(
        at=at,
        by=by,
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=str(subject.pk),
        subject_label=str(subject)[:300],
        scope=scope,
        changes={field: [plain(old), plain(new)] for field, (old, new) in (changes or {}).items()},
        reason=reason,
        road=roads.current().value,
    )


def plain(value: Any) -> Any:
    """A value as the audit keeps it: JSON, instants in ISO 8601, rows by their name."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case models.Model():
            return getattr(value, "reference", None) or str(value)
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _:
            return str(value)
