"""The whole record of one incident in few statements, for the pages that show all of it.

Six kinds of entries have the same shape: what, when, entered when, by whom. One statement reads them all and another
the people they name, where reading each kind by itself would take six.
"""

import json
from collections import defaultdict
from typing import Any

from django.db import connection, models

from incidents.models import (
    ImpactStatement,
    Incident,
    Milestone,
    PhaseEntry,
    SeverityChange,
    StatusUpdate,
    TimelineEvent,
)
from incidents.queries import incident_page
from majorops.people.models import Person

# The relation, its model, the columns of the shared shape that the kind has, and those it has besides.
KINDS: tuple[tuple[str, type[models.Model], str, tuple[str, ...]], ...] = (
    ("milestones", Milestone, "at", ("logged_by_id", "corrects_id", "kind", "text")),
    ("impactstatements", ImpactStatement, "at", ("logged_by_id", "corrects_id", "field", "value", "reason")),
    ("phaseentrys", PhaseEntry, "entered_at", ("logged_by_id", "corrects_id", "phase")),
    ("timelineevents", TimelineEvent, "at", ("logged_by_id", "corrects_id", "kind", "text", "evidence_url")),
    (
        "statusupdates",
        StatusUpdate,
        "sent_at",
        ("logged_by_id", "corrects_id", "audience", "channel", "text"),
    ),
    ("severity_changes", SeverityChange, "at", ("severity", "highest_severity", "reason", "never_was")),
)


def _select(number: int, model: type[models.Model], instant: str, besides: tuple[str, ...]) -> str:
    columns = ", ".join(f"'{name}', {name}" for name in besides)
    return (
        f"SELECT {number} AS kind, id, {instant} AS at, logged_at, by_id, jsonb_build_object({columns})::text "
        f"FROM {model._meta.db_table} WHERE incident_id = %(incident)s"
    )


ENTRIES = (
    " UNION ALL ".join(_select(place, *kind[1:]) for place, kind in enumerate(KINDS))
    + " ORDER BY kind, at, id"
)


def read_record(incident: Incident) -> Incident:
    """The incident with its whole record at hand, people included: a constant number of statements."""
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, {"incident": incident.pk})
        rows = cursor.fetchall()
    read: dict[int, list[models.Model]] = defaultdict(list)
    named: set[int] = set()
    for place, pk, at, logged_at, by_id, besides in rows:
        _, model, instant, _ = KINDS[place]
        values: dict[str, Any] = json.loads(besides)
        entry = model(pk=pk, logged_at=logged_at, by_id=by_id, incident=incident, **{instant: at}, **values)
        entry._state.adding, entry._state.db = False, connection.alias
        read[place].append(entry)
        named |= {by_id, values.get("logged_by_id")} - {None}
    people = Person.objects.in_bulk(named)
    for place, (relation, model, _, _) in enumerate(KINDS):
        for entry in read[place]:
            entry.by = people.get(entry.by_id)
            if hasattr(entry, "logged_by_id"):
                entry.logged_by = people.get(entry.logged_by_id)
        keep(incident, relation, model, read[place])
    return incident_page(incident)


def keep(incident: Incident, relation: str, model: type[models.Model], entries: list[Any]) -> None:
    """Puts the entries where a prefetch would have put them: `incident.<relation>.all()` then asks nothing."""
    found = getattr(incident, relation).all()
    found._result_cache = entries
    found._prefetch_done = True
    if not hasattr(incident, "_prefetched_objects_cache"):
        incident._prefetched_objects_cache = {}
    incident._prefetched_objects_cache[relation] = found
