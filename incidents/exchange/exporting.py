"""An incident as a document `majorops.incident/1`. Imported elsewhere and exported again it is the same document."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import prefetch_related_objects

from incidents.access import can_read_review, can_see
from incidents.exchange.document_parts import (
    FORMAT,
    DocumentAssignment,
    DocumentCommunication,
    DocumentEvent,
    DocumentImpact,
    DocumentMtm,
    DocumentMtmAction,
    DocumentMtmNotes,
    DocumentPerson,
    DocumentPhase,
    DocumentRca,
    DocumentService,
    DocumentStatusUpdate,
    DocumentTrack,
    DocumentVendor,
    IncidentDocument,
)
from incidents.exchange.document_reading import keys_of
from incidents.models import Incident, IncidentAccess
from incidents.queries.incidents import RECORD
from incidents.rules.facts import Milestones
from incidents.vocabulary import MILESTONES, MilestoneKind
from majorops.formatting.instants import written
from majorops.people.models import Person


def key_of(person: Person | None) -> str | None:
    """How the document names a person: a contact by its key, an account by its address."""
    return None if person is None else person.contact_key or person.email


def people_of(incident: Incident) -> list[Person]:
    """Everybody whom the record names, in the order of their keys."""
    people = {
        *Person.objects.filter(contact_scope=incident.reference),
        *(given.person for given in named_accounts(incident)),
        *(service.owner for service in incident.affected_services.all()),
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
    # What the document of this incident said stays readable, whether or not the reader may know what it names.
    if earlier is not None and (reader is None or can_see(reader, earlier)):
        repeat_of = repeat_of or earlier.external_id or earlier.reference
    document = {
        # The format has one severity; the requirement and the deadlines rest on the highest since opening.
        **given(IncidentDocument, incident, severity=incident.highest_severity, **lists(incident)),
        "format": FORMAT,
        "external_id": incident.external_id or incident.reference,
        "repeat_of": repeat_of,
    }
    del document["review"]
    if incident.imported_review is not None and (reader is None or can_read_review(reader, incident)):
        document["review"] = incident.imported_review
    return document


def lists(incident: Incident) -> dict[str, Any]:
    """What of the record is kept in rows of its own."""
    milestones = {kind.value: getattr(incident, f"{kind.value}_at") for kind in MILESTONES}
    return {
        "milestones": given(Milestones, milestones),
        "impact": given(DocumentImpact, incident),
        "services": [
            given(DocumentService, affected, name=affected.service.name)
            for affected in incident.affected_services.all()
        ],
        "people": [
            given(DocumentPerson, {"key": key_of(one), "name": one.full_name, "email": one.address or None})
            for one in people_of(incident)
        ],
        "command": [given(DocumentAssignment, entry) for entry in incident.commandassignments.all()],
        "phases": [given(DocumentPhase, entry) for entry in incident.phaseentrys.all()],
        "timeline": [given(DocumentEvent, entry) for entry in incident.timelineevents.all()],
        "tracks": [given(DocumentTrack, entry) for entry in incident.recoverytracks.all()],
        "stakeholder_communications": [
            given(DocumentCommunication, entry)
            for entry in incident.milestones.all()
            if entry.kind == MilestoneKind.STAKEHOLDER_COMMUNICATION
        ],
        "status_updates": [given(DocumentStatusUpdate, entry) for entry in incident.statusupdates.all()],
        "vendors": [
            given(
                DocumentVendor,
                entry,
                name=entry.vendor.name,
                rca=given(DocumentRca, entry) if entry.has_rca else None,
            )
            for entry in incident.vendorengagements.all()
        ],
        "mtms": [
            given(
                DocumentMtm,
                mtm,
                attendees=[key_of(attended.person) for attended in mtm.attendance.all()],
                notes=given(DocumentMtmNotes, mtm.notes),
                actions=[given(DocumentMtmAction, action) for action in mtm.actions.all()],
            )
            for mtm in incident.mtms.all()
        ],
    }


def given(shape: Callable[..., Any], row: Any, **more: Any) -> dict[str, Any]:
    """An object of the format with every key, in its order: from `more`, else from the row."""
    return {
        key.name: plain(more[key.attribute] if key.attribute in more else attribute(row, key.attribute))
        for key in keys_of(shape)
    }


def attribute(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)


def plain(value: Any) -> Any:
    """The value as JSON: instants in UTC, days in ISO 8601, persons by their key."""
    match value:
        case datetime():
            return written(value)
        case date():
            return value.isoformat()
        case Person():
            return key_of(value)
    return value
