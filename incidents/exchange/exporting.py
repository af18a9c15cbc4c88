"""An incident as a document `majorops.incident/1`. Imported elsewhere and exported again it is the same document."""

from datetime import UTC, date, datetime
from typing import Any

from django.db.models import prefetch_related_objects

from incidents.access import can_read_review, can_see
from incidents.exchange.document import FORMAT
from incidents.exchange.document_parts import DocumentMtmNotes
from incidents.models import Incident, IncidentAccess, Mtm, MtmAction, MtmAttendance
from incidents.queries.incidents import RECORD
from incidents.vocabulary import MilestoneKind
from majorops.people.models import Person


def instant(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, or None."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def day(on: date | None) -> str | None:
    """A date as the document writes it."""
    return on.isoformat() if on else None


def key_of(person: Person | None) -> str | None:
    """How the document names a person: a contact by its key, an account by its address."""
    return None if person is None else person.contact_key or person.email


def people_of(incident: Incident) -> list[Person]:
    """Everybody whom the record names, in the order of their keys."""
    people = {
        *Person.objects.filter(contact_scope=incident.reference),
        *(given.person for given in named_accounts(incident)),
        *(each.owner for each in incident.affected_services.all()),
        *(entry.by for entry in incident.milestones.all()),
        *(entry.by for entry in incident.phaseentrys.all()),
        *(entry.by for entry in incident.timelineevents.all()),
        *(entry.by for entry in incident.statusupdates.all()),
        *(held.person for held in incident.commandassignments.all()),
        *(track.lead for track in incident.recoverytracks.all()),
        *(attended.person for mtm in incident.mtms.all() for attended in mtm.attendance.all()),
        *(action.owner for mtm in incident.mtms.all() for action in mtm.actions.all()),
    } - {None}
    return sorted((person for person in people if person), key=lambda person: str(key_of(person)))


def named_accounts(incident: Incident) -> list[IncidentAccess]:
    """The accounts that the record itself names."""
    return list(incident.access.filter(why="named in the record").select_related("person"))


def export_document(incident: Incident, *, reader: Person | None = None) -> dict[str, Any]:
    """The document of this incident: every key of the format, in its order, instants in UTC. A constant number of
    statements, whatever the record holds.

    For a `reader` it does not name the incident that this one repeats where they may not see that one, and says
    nothing of a review that came with it where they may not read the draft.
    """
    prefetch_related_objects(
        [incident],
        *RECORD,
        "affected_services__service",
        "affected_services__owner",
        "mtms__attendance__person",
        "mtms__actions__owner",
    )
    earlier, repeat_of = incident.repeat_of, incident.repeat_of_external_id
    if earlier is not None and reader is not None and not can_see(reader, earlier):
        repeat_of = None
    elif earlier is not None:
        repeat_of = repeat_of or earlier.external_id or earlier.reference
    document: dict[str, Any] = {
        "format": FORMAT,
        "external_id": incident.external_id or incident.reference,
        "source_url": incident.source_url,
        "organisation": incident.organisation,
        "title": incident.title,
        # The format has one severity; the requirement and the deadlines rest on the highest since opening.
        "severity": incident.highest_severity,
        "time_zone": incident.time_zone,
        "tags": incident.tags,
        "summary": incident.summary,
        "restricted": incident.restricted,
        "milestones": milestones(incident),
        "impact": {
            "external": incident.external,
            "customers_affected": incident.customers_affected,
            "business": incident.business,
            "revenue_exposure": incident.revenue_exposure,
            "sla_status": incident.sla_status,
            "regulatory_exposure": incident.regulatory_exposure,
        },
        "unusual_factors": incident.unusual_factors,
        "repeat_of": repeat_of,
        "is_repeat": incident.is_repeat,
        "services": [
            {"name": each.service.name, "owner": key_of(each.owner)}
            for each in incident.affected_services.all()
        ],
        "people": [
            {"key": key_of(person), "name": person.full_name, "email": person.address or None}
            for person in people_of(incident)
        ],
        "command": [
            {
                "role": one.role,
                "person": key_of(one.person),
                "from": instant(one.from_at),
                "until": instant(one.until_at),
            }
            for one in incident.commandassignments.all()
        ],
        "phases": [
            {"phase": one.phase, "entered_at": instant(one.entered_at), "by": key_of(one.by)}
            for one in incident.phaseentrys.all()
        ],
        "timeline": [
            {
                "at": instant(one.at),
                "logged_at": instant(one.logged_at),
                "kind": one.kind,
                "by": key_of(one.by),
                "text": one.text,
                "evidence_url": one.evidence_url,
            }
            for one in incident.timelineevents.all()
        ],
        "tracks": [
            {
                "name": one.name,
                "service": one.service_name,
                "lead": key_of(one.lead),
                "opened_at": instant(one.opened_at),
                "lead_assigned_at": instant(one.lead_assigned_at),
                "closed_at": instant(one.closed_at),
                "outcome": one.outcome,
            }
            for one in incident.recoverytracks.all()
        ],
        "stakeholder_communications": [
            {"at": instant(one.at), "by": key_of(one.by), "text": one.text}
            for one in incident.milestones.all()
            if one.kind == MilestoneKind.STAKEHOLDER_COMMUNICATION
        ],
        "status_updates": [
            {
                "at": instant(one.sent_at),
                "audience": one.audience,
                "channel": one.channel,
                "text": one.text,
                "by": key_of(one.by),
            }
            for one in incident.statusupdates.all()
        ],
        "vendors": [
            {
                "name": one.vendor.name,
                "service": one.service_name,
                "engaged_at": instant(one.engaged_at),
                "responded_at": instant(one.responded_at),
                "response_sla_minutes": one.response_sla_minutes,
                "effect": one.effect,
                "root_cause_related": one.root_cause_related,
                "rca": {"status": one.rca_status, "follow_up_on": day(one.rca_follow_up_on)}
                if one.has_rca
                else None,
            }
            for one in incident.vendorengagements.all()
        ],
        "mtms": [meeting(one) for one in incident.mtms.all()],
    }
    if incident.imported_review is not None and (reader is None or can_read_review(reader, incident)):
        document["review"] = incident.imported_review
    return document


def milestones(incident: Incident) -> dict[str, str | None]:
    """The seven milestones as they stand, under the keys of the format."""
    return {
        kind.value: instant(getattr(incident, f"{kind.value}_at"))
        for kind in MilestoneKind
        if kind is not MilestoneKind.STAKEHOLDER_COMMUNICATION
    }


def meeting(mtm: Mtm) -> dict[str, Any]:
    """One MTM as the document writes it."""
    attendance: list[MtmAttendance] = list(mtm.attendance.all())
    actions: list[MtmAction] = list(mtm.actions.all())
    return {
        "number": mtm.number,
        "started_at": instant(mtm.started_at),
        "ended_at": instant(mtm.ended_at),
        "attendees": [key_of(one.person) for one in attendance],
        "notes": {point: mtm.notes.get(point) for point in DocumentMtmNotes.__dataclass_fields__},
        "actions": [
            {"title": one.title, "owner": key_of(one.owner), "due_on": day(one.due_on), "status": one.status}
            for one in actions
        ],
        "severity_confirmed": mtm.severity_confirmed,
        "next_at": instant(mtm.next_at),
        "cadence_minutes": mtm.cadence_minutes,
    }
