"""Reading a revision: the reader's own click, who has read, and what changed since."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from afteractions.access import can_acknowledge
from afteractions.documents.revision import MeetingRecord, expected_of, meetings_of
from afteractions.models import AfterAction, Reading, Revision
from afteractions.operations import lifecycle
from afteractions.operations.deadlines import obligations
from afteractions.rules.review.changes_between import SectionChange, changes_between
from afteractions.rules.review.root_cause import texts_of
from afteractions.vocabulary import Certainty, ChangeKind, MeetingPart, SectionKey, WayKind
from majorops.audit import trail
from majorops.errors import NotAllowed
from majorops.formatting.durations import duration_words
from majorops.notices.outbox import settled
from majorops.people.models import Person

AGREED = "The content was agreed."
NOT_AGREED = "The content was not agreed."


@transaction.atomic
def acknowledge(revision: Revision, *, by: Person, at: datetime, now: datetime) -> Reading:
    """ "I have read this", once for a revision and person; the first click counts. Raises NotAllowed for Auditors who
    do not attend: they change nothing."""
    if not can_acknowledge(by, revision.after_action):
        raise NotAllowed("Auditors read and change nothing: nothing is kept of what they have read.")
    lifecycle.check_instant(at, now=now, after=[(revision.created_at, "this revision")])
    reading, is_new = Reading.objects.get_or_create(revision=revision, person=by, defaults={"read_at": at})
    if is_new:
        incident = revision.after_action.incident
        trail.record("read", revision, by=by, at=now, scope=incident.reference)
        settled([revision], step="read", now=now, person=by)
        obligations.reconcile(incident, by=by, now=now)
    return reading


def differences(after_action: AfterAction, person: Person) -> list[SectionChange]:
    """What changed from the revision that `person` last acknowledged to the latest one; nothing when that is
    the same, or nothing was read yet."""
    latest = after_action.revisions.order_by("-number").first()
    last_read = after_action.revisions.filter(readings__person=person).order_by("-number").first()
    if latest is None or last_read is None or latest == last_read:
        return []
    return differences_between(last_read, latest)


def differences_between(older: Revision, newer: Revision) -> list[SectionChange]:
    """What changed between two revisions, section by section."""
    return changes_between(section_texts(older.content), section_texts(newer.content))


def section_texts(document: Mapping[str, Any]) -> dict[SectionKey | MeetingPart, str]:
    """A frozen document as the text that people read in each section: what comparisons are made of."""
    sections = document["sections"]
    return {
        **{key: "\n".join(section_lines(key, sections[key])) for key in SectionKey},
        MeetingPart.MEETING: "\n".join(_meetings(document)),
    }


def section_lines(key: SectionKey, content: Any) -> list[str]:
    """One section of a document as the lines that people read in it."""
    lines: list[str] = _LINES[key](content)
    return lines


def _meetings(document: Mapping[str, Any]) -> list[str]:
    return [line for meeting in meetings_of(document) for line in _meeting(meeting)]


def _meeting(meeting: MeetingRecord) -> list[str]:
    agreed = meeting.agreement
    attendance = (("Present", meeting.present), ("Absent", meeting.absent))
    return [
        *([AGREED if agreed["agreed"] else NOT_AGREED] if agreed else []),
        *(f"{label}: {', '.join(str(row['person']) for row in rows)}" for label, rows in attendance if rows),
        *(row["text"] for row in meeting.decisions),
    ]


def _summary(section: Mapping[str, Any]) -> list[str]:
    values = [
        ("Business impact", section["business_impact"]),
        ("Customer impact", section["customer_impact"]),
        ("Customers affected", section["customers_affected"]),
        ("Revenue exposure", section["revenue_exposure"]),
        ("SLA status", section["sla_status"]),
        ("Severity", section["severity"]),
        ("Duration", duration_words(section["duration"])),
    ]
    return [f"{label}: {value}" for label, value in values if value is not None]


def _record_findings(section: Mapping[str, Any]) -> list[str]:
    return [
        *(gap["text"] for gap in section["gaps"]),
        *(entry["text"] for entry in section["after_the_fact"]),
        *(f"{action['reference']} {action['change']}" for action in section["unfinished_actions"]),
        *(f"{point}: {text}" for mtm in section["mtm_notes"] for point, text in mtm["notes"]),
        *(f"Open action: {text}" for mtm in section["mtm_notes"] for text in mtm["open_actions"]),
        *(row["evidence"] for row in section["anti_patterns"]),
    ]


def _timeline(section: Mapping[str, Any]) -> list[str]:
    return [
        *(f"{event['at']} {event['text']}" for event in section["picture"].get("events", ())),
        *(f"{update['at']} {update['text']}" for update in section["picture"].get("updates", ())),
    ]


def _expected(section: Any) -> list[str]:
    expected = expected_of(section)
    return [
        *_deviations(expected["deviations"]),
        *(f"{WayKind(way['kind']).label}: {way['text']}" for way in expected["ways"]),
    ]


def _deviations(section: list[Mapping[str, Any]]) -> list[str]:
    return [
        " ".join(
            part
            for part in (
                f"Expected: {row['expected']}",
                f"What happened: {row['actual']}",
                row["reference"] or "",
                row["assessment"] or "",
            )
            if part
        )
        for row in section
    ]


def _root_cause(section: Mapping[str, Any]) -> list[str]:
    certainty = Certainty(section["certainty"])
    return [*texts_of(section), *([] if certainty is Certainty.KNOWN else [certainty.label])]


def _changes(section: list[Mapping[str, Any]]) -> list[str]:
    return [
        f"{ChangeKind(row['kind']).label}: {row['change']} ({row['gap']}) {row['owner'] or ''} {row['due_on'] or ''}"
        + (f" Needs executive action: {row['executive_reason']}" if row.get("executive_reason") else "")
        + (
            f" Requires organisational change: {row['organisational_reason']}"
            if row.get("organisational_reason")
            else ""
        )
        + (f" Effect: {row['effect']} Look again: {row['look_on'] or ''}" if row.get("effect") else "")
        for row in section
    ]


def _vendors(section: list[Mapping[str, Any]]) -> list[str]:
    return [
        f"{row['name']} {row['effect'] or ''} RCA {row['rca']['status']} {row['rca']['due_on'] or ''} "
        + " ".join(item["text"] for item in row["open_items"])
        for row in section
    ]


_LINES: dict[SectionKey, Any] = {
    SectionKey.SUMMARY: _summary,
    SectionKey.RECORD_FINDINGS: _record_findings,
    SectionKey.TIMELINE: _timeline,
    SectionKey.EXPECTED: _expected,
    SectionKey.ROOT_CAUSE: _root_cause,
    SectionKey.WENT_WELL: lambda section: [row["text"] for row in section],
    SectionKey.CHANGES: _changes,
    SectionKey.LEARNING_STATEMENTS: lambda section: [row["text"] for row in section],
    SectionKey.ACTION_ITEMS: lambda section: [
        f"{row['item']} {row['owner'] or ''} {row['due_on'] or ''} {row['status']}" for row in section
    ],
    SectionKey.VENDORS: _vendors,
}
