"""What the rules of deadlines need to know of an incident and its After Action.

Persons are opaque keys; instants are aware. Whoever builds these facts reads them from the record once, so
that every rule answers from the same state.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from afteractions.vocabulary import ActionStatus, Decision, Disposition, Status
from incidents.vocabulary import RequirementLevel, Severity


@dataclass(frozen=True, slots=True)
class MtmFacts:
    """A Major Technical Meeting. `next_at`: when the next one is due, while one is needed."""

    number: int
    ended_at: datetime | None = None
    summary_published_at: datetime | None = None
    next_at: datetime | None = None
    next_started_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VendorItemFacts:
    """An open item of a vendor: its committed date counts, until then our follow-up date."""

    key: str
    committed_on: date | None
    follow_up_on: date | None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VendorFacts:
    """A vendor's engagement. `rca_term` comes from the contract; a committed date takes its place."""

    key: str
    name: str
    engaged_at: datetime | None
    service_manager: str | None = None
    root_cause_related: bool | None = None
    rca_expected: bool = True
    rca_term: timedelta | None = None
    rca_committed_on: date | None = None
    rca_attached_at: datetime | None = None
    items: tuple[VendorItemFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    """What binds people while the incident runs and after, with or without an After Action."""

    zone: ZoneInfo
    highest_severity: Severity
    mim: str | None = None
    mtms: tuple[MtmFacts, ...] = ()
    vendors: tuple[VendorFacts, ...] = ()
    history: bool = False


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """Somebody whose attendance is required. `read_at`: when the draft that stands was read."""

    person: str
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """What an attendee was asked to bring by a day of their own zone. `brought_at`: when a file of theirs came."""

    key: str
    person: str
    due_on: date
    zone: ZoneInfo
    brought_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """One round of the meeting: a meeting that was held without agreement is followed by another round.

    `distributed_at` is the first distribution of the draft that stands in this round, None again once
    withdrawn, and never after `held_from`; `agreed` is None until the meeting was held.
    """

    round: int = 1
    scheduled_at: datetime | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    distributed_at: datetime | None = None
    held_from: datetime | None = None
    held_until: datetime | None = None
    agreed: bool | None = None
    readers: tuple[ReaderFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class DispositionFacts:
    """What the MIM decided at a review for an action item that was still open."""

    kind: Disposition
    at: datetime


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """An action item. `resolved_at` is set with the status done or cancelled, which alone resolve it.

    `look_on` is the day to look whether it works, None where nobody looks. `came_back_at` and `came_back_with`: when
    which repeat of the incident said that it does not; `effect_checked_at`: when somebody first said what was seen,
    since the repeat where there is one.
    """

    reference: str
    owner: str | None
    due_on: date | None
    owner_zone: ZoneInfo
    status: ActionStatus = ActionStatus.OPEN
    resolved_at: datetime | None = None
    look_on: date | None = None
    effect_checked_at: datetime | None = None
    came_back_at: datetime | None = None
    came_back_with: str | None = None
    dispositions: tuple[DispositionFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusNoteFacts:
    """The note to the stakeholders that a transition prepared; `key` names the transition."""

    key: str
    transition_at: datetime
    sent_at: datetime | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class ExternalMessageFacts:
    """`settled_at`: when it was sent or withdrawn."""

    key: str
    due_at: datetime
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AfterActionFacts:
    """An After Action.

    `clock_from` is where its clocks start: the close, or the later decision upward or request accepted, or
    the start of one from history, or the import of an incident that closed more than 24 h before it. None:
    no deadlines, as for an incident of the past whose close was not captured.
    """

    level: RequirementLevel
    clock_from: datetime | None
    decision: Decision | None = None
    decided_at: datetime | None = None
    lapsed: bool = False
    owner: str | None = None
    internal_liaison: str | None = None
    meetings: tuple[MeetingFacts, ...] = (MeetingFacts(),)
    published_at: datetime | None = None
    evidence: tuple[EvidenceFacts, ...] = ()
    actions: tuple[ActionFacts, ...] = ()
    status_notes: tuple[StatusNoteFacts, ...] = ()
    external_messages: tuple[ExternalMessageFacts, ...] = ()
