"""The exchange format `majorops.incident/1`: what a document says, as frozen values, and how each is read.

None, like a key left out, is *not captured*. An attribute has the name that the record has for it; where the document
says it by another key, that is named. The description of the API is made of the same (incidents.api.document).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from incidents.exchange import document_reading as reading
from incidents.exchange.document_reading import (
    Constant,
    DocumentKey,
    Listing,
    OneOf,
    Shape,
    TextRule,
    WholeNumber,
    day,
    instant,
    line,
    person,
    planned,
    web_address,
    yes_no,
)
from incidents.rules.facts import Milestones
from incidents.vocabulary import Audience, CommandRole, EventKind, MtmActionStatus, Phase, Severity
from majorops.words import Word

FORMAT = "majorops.incident/1"
BLANK = TextRule(blank=True)
SMALL = 2**15 - 1
REPEATED = DocumentKey(description="The external_id of the earlier incident, which may arrive later.")
NO_MILESTONES = Milestones()


class ReviewActionStatus(Word):
    """How far an action item of an imported review has come."""

    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentImpact:
    external: Annotated[bool | None, yes_no] = None
    customers_affected: Annotated[int | None, WholeNumber()] = None
    business: Annotated[str | None, BLANK] = None
    revenue_exposure: Annotated[str | None, BLANK] = None
    sla_status: Annotated[str | None, BLANK] = None
    regulatory_exposure: Annotated[bool | None, yes_no] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentService:
    name: Annotated[str, line(200, blank=True)]
    owner: Annotated[str | None, person] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPerson:
    key: Annotated[str, line(200)]
    name: Annotated[str, line(200)]
    email: Annotated[str | None, reading.email] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAssignment:
    role: Annotated[CommandRole, OneOf(CommandRole)]
    person: Annotated[str, reading.person]
    from_at: Annotated[datetime | None, instant, DocumentKey("from")] = None
    until_at: Annotated[datetime | None, instant, DocumentKey("until")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentPhase:
    phase: Annotated[Phase, OneOf(Phase)]
    entered_at: Annotated[datetime, instant]
    by: Annotated[str | None, person] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEvent:
    at: Annotated[datetime, instant]
    logged_at: Annotated[datetime | None, instant] = None
    kind: Annotated[EventKind, OneOf(EventKind)]
    by: Annotated[str | None, person] = None
    text: Annotated[str, TextRule()]
    evidence_url: Annotated[str | None, web_address] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTrack:
    name: Annotated[str, line()]
    service_name: Annotated[str | None, line(200), DocumentKey("service")] = None
    lead: Annotated[str | None, person] = None
    opened_at: Annotated[datetime | None, instant] = None
    lead_assigned_at: Annotated[datetime | None, instant] = None
    closed_at: Annotated[datetime | None, instant] = None
    outcome: Annotated[str | None, BLANK] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCommunication:
    at: Annotated[datetime, instant]
    by: Annotated[str | None, person] = None
    text: Annotated[str, TextRule()]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentStatusUpdate:
    sent_at: Annotated[datetime, instant, DocumentKey("at")]
    audience: Annotated[Audience, OneOf(Audience)]
    channel: Annotated[str, line(200, blank=True)] = ""
    text: Annotated[str, TextRule()]
    by: Annotated[str | None, person] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRca:
    rca_status: Annotated[str | None, line(200, blank=True), DocumentKey("status")] = None
    rca_follow_up_on: Annotated[date | None, day, DocumentKey("follow_up_on")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentVendor:
    name: Annotated[str, line(200)]
    service_name: Annotated[str | None, line(), DocumentKey("service")] = None
    engaged_at: Annotated[datetime | None, instant] = None
    responded_at: Annotated[datetime | None, instant] = None
    response_sla_minutes: Annotated[int | None, WholeNumber(high=2**31 - 1)] = None
    effect: Annotated[str | None, BLANK] = None
    root_cause_related: Annotated[bool | None, yes_no] = None
    rca: Annotated[DocumentRca | None, Shape(DocumentRca)] = None


@dataclass(frozen=True, slots=True)
class DocumentMtmNotes:
    attendance: str | None = None
    core_roles: str | None = None
    recovery_status: str | None = None
    impact_statement: str | None = None
    business_impact: str | None = None
    regulatory_exposure: str | None = None
    prior_actions: str | None = None
    severity_posture: str | None = None
    next_mtm: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMtmAction:
    title: Annotated[str, TextRule()]
    owner: Annotated[str | None, person] = None
    due_on: Annotated[date | None, day] = None
    status: Annotated[MtmActionStatus, OneOf(MtmActionStatus)] = MtmActionStatus.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMtm:
    number: Annotated[int, WholeNumber(1, SMALL)]
    started_at: Annotated[datetime | None, instant] = None
    ended_at: Annotated[datetime | None, instant] = None
    attendees: Annotated[tuple[str, ...], Listing(person, once=".")] = ()
    notes: Annotated[DocumentMtmNotes, Shape(DocumentMtmNotes, every=BLANK)] = DocumentMtmNotes()
    actions: Annotated[tuple[DocumentMtmAction, ...], Listing(Shape(DocumentMtmAction))] = ()
    severity_confirmed: Annotated[Severity | None, OneOf(Severity)] = None
    next_at: Annotated[datetime | None, planned] = None
    cadence_minutes: Annotated[int | None, WholeNumber(1, SMALL)] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRootCause:
    failure: Annotated[str | None, BLANK] = None
    contributing_factors: Annotated[tuple[str, ...], Listing(TextRule())] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReviewAction:
    title: Annotated[str, TextRule()]
    owner: Annotated[str | None, line()] = None
    due_on: Annotated[date | None, day] = None
    status: Annotated[ReviewActionStatus, OneOf(ReviewActionStatus)] = ReviewActionStatus.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReview:
    """What pre-fills the draft."""

    root_cause: Annotated[DocumentRootCause | None, Shape(DocumentRootCause)] = None
    went_well: Annotated[tuple[str, ...], Listing(TextRule())] = ()
    changes: Annotated[tuple[str, ...], Listing(TextRule())] = ()
    learning_statements: Annotated[tuple[str, ...], Listing(TextRule())] = ()
    action_items: Annotated[tuple[DocumentReviewAction, ...], Listing(Shape(DocumentReviewAction))] = ()


TRACK = Shape(DocumentTrack, spans=(("opened_at", "closed_at"),))
ASSIGNMENT = Shape(DocumentAssignment, spans=(("from", "until"),))
VENDOR = Shape(DocumentVendor, spans=(("engaged_at", "responded_at"),))
MTM = Shape(DocumentMtm, spans=(("started_at", "ended_at"),))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDocument:
    """null, and a key left out, mean *not captured*. Instants are ISO 8601 with an offset."""

    format: Annotated[str, Constant(FORMAT)]
    external_id: Annotated[str, line()]
    source_url: Annotated[str | None, web_address] = None
    organisation: Annotated[str | None, line(blank=True)] = None
    title: Annotated[str, line()]
    severity: Annotated[Severity, OneOf(Severity)]
    time_zone: Annotated[str | None, reading.time_zone] = None
    tags: Annotated[tuple[str, ...] | None, Listing(line())] = None
    summary: Annotated[tuple[str, ...] | None, Listing(TextRule())] = None
    restricted: Annotated[bool, yes_no] = False
    milestones: Annotated[Milestones, Shape(Milestones, every=instant)] = NO_MILESTONES
    impact: Annotated[DocumentImpact, Shape(DocumentImpact)] = DocumentImpact()
    unusual_factors: Annotated[str | None, BLANK] = None
    repeat_of: Annotated[str | None, line(), REPEATED] = None
    is_repeat: Annotated[bool, yes_no] = False
    services: Annotated[tuple[DocumentService, ...], Listing(Shape(DocumentService), once="name")] = ()
    people: Annotated[tuple[DocumentPerson, ...], Listing(Shape(DocumentPerson), once="key")] = ()
    command: Annotated[tuple[DocumentAssignment, ...], Listing(ASSIGNMENT)] = ()
    phases: Annotated[tuple[DocumentPhase, ...], Listing(Shape(DocumentPhase))] = ()
    timeline: Annotated[tuple[DocumentEvent, ...], Listing(Shape(DocumentEvent))] = ()
    tracks: Annotated[tuple[DocumentTrack, ...], Listing(TRACK)] = ()
    stakeholder_communications: Annotated[
        tuple[DocumentCommunication, ...], Listing(Shape(DocumentCommunication))
    ] = ()
    status_updates: Annotated[tuple[DocumentStatusUpdate, ...], Listing(Shape(DocumentStatusUpdate))] = ()
    vendors: Annotated[tuple[DocumentVendor, ...], Listing(VENDOR)] = ()
    mtms: Annotated[tuple[DocumentMtm, ...], Listing(MTM, once="number")] = ()
    review: Annotated[DocumentReview | None, Shape(DocumentReview)] = None
