"""The exchange format `majorops.incident/1`: one incident as a JSON document, checked and typed.

null, and a key left out, mean *not captured*. Milestones may be out of order: their order is part of the facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from incidents.exchange.document_parts import (
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
    DocumentReview,
    DocumentReviewAction,
    DocumentRootCause,
    DocumentService,
    DocumentStatusUpdate,
    DocumentTrack,
    DocumentVendor,
    IncidentDocument,
    ReviewActionStatus,
)
from incidents.exchange.document_reading import (
    Key,
    Reading,
    Shape,
    constant,
    day,
    email,
    instant,
    line,
    listing,
    person,
    text,
    time_zone,
    web_address,
    whole_number,
    word,
    yes_no,
)
from incidents.rules.facts import Milestones
from incidents.rules.names import folded
from incidents.vocabulary import (
    Audience,
    CommandRole,
    EventKind,
    MilestoneKind,
    MtmActionStatus,
    Phase,
    Severity,
)
from majorops.errors import Problem

FORMAT = "majorops.incident/1"
TITLE = 300


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """Either a document, or at least one problem."""

    document: IncidentDocument | None
    problems: tuple[Problem, ...]


def check_document(raw: object) -> CheckedDocument:
    """Check the parsed JSON value `raw` against the format; every problem is named with its path."""
    reading = Reading()
    document = _INCIDENT(reading, "", raw)
    _check_persons(reading, raw)
    if document is not None:
        if document.repeat_of == document.external_id:
            reading.refuse("repeat_of", "An incident cannot repeat itself.")
        document = replace(document, services=_named_services(reading, document.services))
    return CheckedDocument(None if reading.problems else document, tuple(reading.problems))


def _check_persons(reading: Reading, raw: object) -> None:
    people = raw.get("people") if isinstance(raw, Mapping) else None
    entries = people if isinstance(people, list | tuple) else ()
    known = {
        entry.get("key")
        for entry in entries
        if isinstance(entry, Mapping) and isinstance(entry.get("key"), str)
    }
    for path, key in reading.persons_named:
        if key not in known:
            reading.refuse(path, "Nobody in the list of people has this key. Add them there, or use null.")


def _named_services(reading: Reading, services: tuple[DocumentService, ...]) -> tuple[DocumentService, ...]:
    """Each service once, whatever its case and blanks, owned by the first owner named. A blank name is not captured."""
    kept: dict[str, DocumentService] = {}
    for number, service in enumerate(services):
        name = folded(service.name)
        if not name and service.owner is not None:
            reading.refuse(f"services[{number}].name", "This is empty. Name the service that is owned here.")
        elif name:
            there = kept.get(name, service)
            kept[name] = replace(there, owner=there.owner or service.owner)
    return tuple(kept.values())


def _nullable(*names: str) -> tuple[Key, ...]:
    return tuple(Key(name, text(blank=True)) for name in names)


_MILESTONES = Shape(
    Milestones,
    tuple(
        Key(kind.value, instant)
        for kind in MilestoneKind
        if kind is not MilestoneKind.STAKEHOLDER_COMMUNICATION
    ),
)
_IMPACT = Shape(
    DocumentImpact,
    (
        Key("external", yes_no),
        Key("customers_affected", whole_number()),
        *_nullable("business", "revenue_exposure", "sla_status"),
        Key("regulatory_exposure", yes_no),
    ),
)
_SERVICE = Shape(DocumentService, (Key("name", line(200, blank=True), required=True), Key("owner", person)))
_PERSON = Shape(
    DocumentPerson,
    (Key("key", line(200), required=True), Key("name", line(200), required=True), Key("email", email)),
)
_ASSIGNMENT = Shape(
    DocumentAssignment,
    (
        Key("role", word(CommandRole), required=True),
        Key("person", person, required=True),
        Key("from", instant, "from_at"),
        Key("until", instant, "until_at"),
    ),
    spans=(("from", "until"),),
)
_PHASE = Shape(
    DocumentPhase,
    (Key("phase", word(Phase), required=True), Key("entered_at", instant, required=True), Key("by", person)),
)
_EVENT = Shape(
    DocumentEvent,
    (
        Key("at", instant, required=True),
        Key("logged_at", instant),
        Key("kind", word(EventKind), required=True),
        Key("by", person),
        Key("text", text(), required=True),
        Key("evidence_url", web_address),
    ),
)
_TRACK = Shape(
    DocumentTrack,
    (
        Key("name", line(), required=True),
        Key("service", line(200)),
        Key("lead", person),
        Key("opened_at", instant),
        Key("lead_assigned_at", instant),
        Key("closed_at", instant),
        Key("outcome", text(blank=True)),
    ),
    spans=(("opened_at", "closed_at"),),
)
_COMMUNICATION = Shape(
    DocumentCommunication,
    (Key("at", instant, required=True), Key("by", person), Key("text", text(), required=True)),
)
_STATUS_UPDATE = Shape(
    DocumentStatusUpdate,
    (
        Key("at", instant, required=True),
        Key("audience", word(Audience), required=True),
        Key("channel", line(200, blank=True)),
        Key("text", text(), required=True),
        Key("by", person),
    ),
)
_VENDOR = Shape(
    DocumentVendor,
    (
        Key("name", line(200), required=True),
        Key("service", line()),
        Key("engaged_at", instant),
        Key("responded_at", instant),
        Key("response_sla_minutes", whole_number(0, 2**31 - 1)),
        Key("effect", text(blank=True)),
        Key("root_cause_related", yes_no),
        Key("rca", Shape(DocumentRca, (Key("status", line(200, blank=True)), Key("follow_up_on", day)))),
    ),
    spans=(("engaged_at", "responded_at"),),
)
_MTM_NOTES = Shape(DocumentMtmNotes, _nullable(*DocumentMtmNotes.__dataclass_fields__))
_MTM_ACTION = Shape(
    DocumentMtmAction,
    (
        Key("title", text(), required=True),
        Key("owner", person),
        Key("due_on", day),
        Key("status", word(MtmActionStatus), default=MtmActionStatus.OPEN),
    ),
)
_MTM = Shape(
    DocumentMtm,
    (
        Key("number", whole_number(1, 2**15 - 1), required=True),
        Key("started_at", instant),
        Key("ended_at", instant),
        Key("attendees", listing(person, once="."), default=()),
        Key("notes", _MTM_NOTES, default=DocumentMtmNotes()),
        Key("actions", listing(_MTM_ACTION), default=()),
        Key("severity_confirmed", word(Severity)),
        Key("next_at", instant),
        Key("cadence_minutes", whole_number(1, 2**15 - 1)),
    ),
    spans=(("started_at", "ended_at"),),
)
_REVIEW = Shape(
    DocumentReview,
    (
        Key(
            "root_cause",
            Shape(
                DocumentRootCause,
                (Key("failure", text(blank=True)), Key("contributing_factors", listing(text()), default=())),
            ),
        ),
        Key("went_well", listing(text()), default=()),
        Key("changes", listing(text()), default=()),
        Key("learning_statements", listing(text()), default=()),
        Key(
            "action_items",
            listing(
                Shape(
                    DocumentReviewAction,
                    (
                        Key("title", text(), required=True),
                        Key("owner", line()),
                        Key("due_on", day),
                        Key("status", word(ReviewActionStatus), default=ReviewActionStatus.OPEN),
                    ),
                )
            ),
            default=(),
        ),
    ),
)


def _incident(format: str, **read: Any) -> IncidentDocument:  # noqa: A002
    return IncidentDocument(**read)


_INCIDENT = Shape(
    _incident,
    (
        Key("format", constant(FORMAT), required=True),
        Key("external_id", line(), required=True),
        Key("source_url", web_address),
        Key("organisation", line(blank=True)),
        Key("title", line(TITLE), required=True),
        Key("severity", word(Severity), required=True),
        Key("time_zone", time_zone),
        Key("tags", listing(line())),
        Key("summary", listing(text())),
        Key("restricted", yes_no, default=False),
        Key("milestones", _MILESTONES, default=Milestones()),
        Key("impact", _IMPACT, default=DocumentImpact()),
        Key("unusual_factors", text(blank=True)),
        Key("repeat_of", line()),
        Key("is_repeat", yes_no, default=False),
        Key("services", listing(_SERVICE, once="name"), default=()),
        Key("people", listing(_PERSON, once="key"), default=()),
        Key("command", listing(_ASSIGNMENT), default=()),
        Key("phases", listing(_PHASE), default=()),
        Key("timeline", listing(_EVENT), default=()),
        Key("tracks", listing(_TRACK), default=()),
        Key("stakeholder_communications", listing(_COMMUNICATION), default=()),
        Key("status_updates", listing(_STATUS_UPDATE), default=()),
        Key("vendors", listing(_VENDOR), default=()),
        Key("mtms", listing(_MTM, once="number"), default=()),
        Key("review", _REVIEW),
    ),
)
