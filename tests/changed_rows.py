"""Whatever changes rows writes the audit: looked at from outside, by what PostgreSQL counts for the transaction."""

from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from majorops.audit.models import AuditEntry
from majorops.people.models import Person

AUDIT = AuditEntry._meta.db_table
# Rows that change without anybody having changed anything.
NOBODYS = {
    # Whether somebody is signed in, and since when their browser was seen: who signs in or out is audited by itself.
    "django_session",
    "people_browsersession",
    # What is to be told of a change. The change is audited; that somebody read of it is their own affair.
    "notices_notice",
    # When the sweep and the keeper came by last: health, not history.
    "notices_heartbeat",
    # An answer that is sent again when the same call comes twice.
    "web_keptanswer",
    # Figures that are computed from the record and can be computed anew from it.
    "incidents_incidentfigures",
}
# As pg_stat_xact_user_tables says it, without what else that view joins: it is asked before and after each request.
COUNTED = """
    SELECT relname, changed FROM (
        SELECT relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
            + pg_stat_get_xact_tuples_deleted(oid) AS changed
        FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    ) AS tables WHERE changed > 0
"""


def last_entry(verb: str) -> tuple[Person | None, dict[str, list[Any]]]:
    """By whom the last thing of this verb was done, and what it changed from what, as the audit has it."""
    entry = AuditEntry.objects.filter(verb=verb).latest("pk")
    return entry.by, entry.changes


@dataclass
class Watched:
    """What a step did; one that was refused may be called off: it is to have changed nothing anyway."""

    changed: dict[str, int] = field(default_factory=dict)
    verbs: set[str] = field(default_factory=set)
    """Of the entries that it wrote into the audit."""
    called_off: bool = False


def counted() -> dict[str, int]:
    """How many rows of each table this transaction has added, changed or removed so far, undone ones too."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED)
        return dict(cursor.fetchall())


@contextmanager
def audited(what: str, *, but: Set[str] = frozenset()) -> Iterator[Watched]:
    """Fails when rows changed meanwhile, of other tables than these, and no entry of the audit was written. Inside of
    one transaction."""
    before = counted()
    watched = Watched()
    yield watched
    watched.changed = {
        table: number - before.get(table, 0)
        for table, number in counted().items()
        if number != before.get(table, 0)
    }
    changed = watched.changed.keys() - NOBODYS - but
    if AUDIT in changed:
        written = AuditEntry.objects.order_by("-pk")[: watched.changed[AUDIT]]
        watched.verbs = set(written.values_list("verb", flat=True))
    if changed and not watched.called_off:
        assert AUDIT in changed, (
            f"{what} changed {', '.join(sorted(changed))} and wrote no entry of the audit"
        )
