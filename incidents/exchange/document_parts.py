"""What a document of the exchange format `majorops.incident/1` says, as frozen values; None is *not captured*."""

from dataclasses import dataclass
from datetime import date, datetime

from incidents.rules.facts import Milestones
from incidents.vocabulary import Audience, CommandRole, EventKind, MtmActionStatus, Phase, Severity
from majorops.words import Word


class ReviewActionStatus(Word):
    """How far an action item of an imported review has come."""

    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


@dataclass(frozen=True, slots=True)
class DocumentImpact:
    external: bool | None = None
    customers_affected: int | None = None
    business: str | None = None
    revenue_exposure: str | None = None
    sla_status: str | None = None
    regulatory_exposure: bool | None = None


@dataclass(frozen=True, slots=True)
class DocumentService:
    name: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class DocumentPerson:
    key: str
    name: str
    email: str | None


@dataclass(frozen=True, slots=True)
class DocumentAssignment:
    role: CommandRole
    person: str
    from_at: datetime | None
    until_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentPhase:
    phase: Phase
    entered_at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class DocumentEvent:
    at: datetime
    logged_at: datetime | None
    kind: EventKind
    by: str | None
    text: str
    evidence_url: str | None


@dataclass(frozen=True, slots=True)
class DocumentTrack:
    name: str
    service: str | None
    lead: str | None
    opened_at: datetime | None
    lead_assigned_at: datetime | None
    closed_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class DocumentCommunication:
    at: datetime
    by: str | None
    text: str


@dataclass(frozen=True, slots=True)
class DocumentStatusUpdate:
    at: datetime
    audience: Audience
    channel: str | None
    text: str
    by: str | None


@dataclass(frozen=True, slots=True)
class DocumentRca:
    status: str | None
    follow_up_on: date | None


@dataclass(frozen=True, slots=True)
class DocumentVendor:
    name: str
    service: str | None
    engaged_at: datetime | None
    responded_at: datetime | None
    response_sla_minutes: int | None
    effect: str | None
    root_cause_related: bool | None
    rca: DocumentRca | None


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


@dataclass(frozen=True, slots=True)
class DocumentMtmAction:
    title: str
    owner: str | None
    due_on: date | None
    status: MtmActionStatus


@dataclass(frozen=True, slots=True)
class DocumentMtm:
    number: int
    started_at: datetime | None
    ended_at: datetime | None
    attendees: tuple[str, ...]
    notes: DocumentMtmNotes
    actions: tuple[DocumentMtmAction, ...]
    severity_confirmed: Severity | None
    next_at: datetime | None
    cadence_minutes: int | None


@dataclass(frozen=True, slots=True)
class DocumentRootCause:
    failure: str | None
    contributing_factors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentReviewAction:
    title: str
    owner: str | None
    due_on: date | None
    status: ReviewActionStatus


@dataclass(frozen=True, slots=True)
class DocumentReview:
    """What pre-fills the draft."""

    root_cause: DocumentRootCause | None
    went_well: tuple[str, ...]
    changes: tuple[str, ...]
    learning_statements: tuple[str, ...]
    action_items: tuple[DocumentReviewAction, ...]


@dataclass(frozen=True, slots=True)
class IncidentDocument:
    """One document. `time_zone`, `tags`, `summary` and `review` are None where they are not in it."""

    external_id: str
    title: str
    severity: Severity
    time_zone: str | None
    source_url: str | None
    organisation: str | None
    tags: tuple[str, ...] | None
    summary: tuple[str, ...] | None
    restricted: bool
    milestones: Milestones
    impact: DocumentImpact
    unusual_factors: str | None
    repeat_of: str | None
    is_repeat: bool
    services: tuple[DocumentService, ...]
    people: tuple[DocumentPerson, ...]
    command: tuple[DocumentAssignment, ...]
    phases: tuple[DocumentPhase, ...]
    timeline: tuple[DocumentEvent, ...]
    tracks: tuple[DocumentTrack, ...]
    stakeholder_communications: tuple[DocumentCommunication, ...]
    status_updates: tuple[DocumentStatusUpdate, ...]
    vendors: tuple[DocumentVendor, ...]
    mtms: tuple[DocumentMtm, ...]
    review: DocumentReview | None
