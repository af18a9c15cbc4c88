"""The tables of an incident's record, by how they are kept, and raw SQL on them as the application's role."""

from collections.abc import Sequence

from django.db import connection, transaction

ENTRIES = {
    "incidents_milestone": "at",
    "incidents_impactstatement": "at",
    "incidents_phaseentry": "entered_at",
    "incidents_timelineevent": "at",
    "incidents_statusupdate": "sent_at",
    "incidents_commandassignment": "from_at",
    "incidents_recoverytrack": "opened_at",
    "incidents_vendorengagement": "engaged_at",
    "incidents_mtm": "started_at",
}
KEPT_AS_WRITTEN = (
    "incidents_severitychange",
    "incidents_requirementdecision",
    "incidents_reopening",
    "incidents_handover",
    "incidents_repeatdecision",
    "incidents_mtmdecision",
    "incidents_mtmsummary",
    "incidents_mtmactionreview",
)

# What an event said before it is corrected in place, so that nothing but its empty text speaks against the change.
EARLIER = (
    "earlier = earlier || jsonb_build_array(jsonb_build_object("
    "'kind', kind, 'text', text, 'evidence_url', evidence_url, 'at', at, 'until', logged_at))"
)


def run(statement: str, values: Sequence[object] = ()) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount
