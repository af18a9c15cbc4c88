"""What the rules of the record are told: the record as small frozen values.

Instants are aware datetimes of a fixed offset (UTC, as the database gives them): two of one ZoneInfo would be
subtracted by the wall clock. None means *not captured*, never zero, false or now.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from incidents.vocabulary import Audience, CommandRole, MilestoneKind, Phase, Severity

# How often a status update goes out, as delivered (domain.md, Record gaps); a policy may say otherwise.
CADENCE: Mapping[Severity, timedelta] = {
    Severity.CRITICAL: timedelta(minutes=30),
    Severity.HIGH: timedelta(minutes=60),
}
LATEST_COUNTS = frozenset({MilestoneKind.RECOVERED, MilestoneKind.CLOSED})


@dataclass(frozen=True, slots=True)
class Milestones:
    """The seven instants, named by the keys of `MilestoneKind`."""

    impact_started: datetime | None = None
    alert_fired: datetime | None = None
    confirmed: datetime | None = None
    opened: datetime | None = None
    mitigated: datetime | None = None
    recovered: datetime | None = None
    closed: datetime | None = None

    def at(self, kind: MilestoneKind) -> datetime | None:
        # A list of incidents asks this a thousand times, and `.value` is worked out at each reading.
        instant: datetime | None = getattr(self, kind._value_)
        return instant


@dataclass(frozen=True, slots=True)
class MilestoneEntry:
    kind: MilestoneKind
    at: datetime
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class StatedField:
    """One entry that states a milestone or an impact field (a key of `MilestoneKind` or `ImpactField`)."""

    field: str
    at: datetime
    logged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SeverityEntry:
    severity: Severity
    since: datetime


@dataclass(frozen=True, slots=True)
class PhaseFact:
    phase: Phase
    entered_at: datetime
    logged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommandEntry:
    role: CommandRole
    from_at: datetime | None = None
    logged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TrackEntry:
    """A recovery track. `lead_logged_at` says when its lead was entered, where that is known."""

    name: str
    service: str | None = None
    opened_at: datetime | None = None
    has_lead: bool = False
    lead_assigned_at: datetime | None = None
    first_action_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str | None = None
    logged_at: datetime | None = None
    lead_logged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StatusUpdateEntry:
    sent_at: datetime
    audience: Audience
    logged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommunicationEntry:
    """A stakeholder communication: a milestone of its own."""

    at: datetime
    logged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VendorEntry:
    """A vendor engagement. `response_logged_at` says when its response was entered, where that is known."""

    name: str
    engaged_at: datetime | None = None
    responded_at: datetime | None = None
    response_sla_minutes: int | None = None
    root_cause_related: bool | None = None
    logged_at: datetime | None = None
    response_logged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MtmEntry:
    number: int
    started_at: datetime | None = None
    ended_at: datetime | None = None
    next_at: datetime | None = None
    logged_at: datetime | None = None
    cadence: timedelta | None = None


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    at: datetime
    logged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordFacts:
    """The record of one incident as it stands, corrections and entries after the fact included.

    `late_fields` are the milestones and impact fields stated only after the fact (`fields_stated_late`).
    `severities` is the history; empty means `severity` all along. `ended_without_close` marks an incident
    imported as history whose close was not captured. `close_logged_at` is when the close was entered.
    `mtm_declined_at` is the recorded decision against an MTM, with when it was logged. `cadence` is how often a
    status update was due, by severity, as long as it ran.
    """

    severity: Severity
    highest_severity: Severity
    milestones: Milestones = field(default_factory=Milestones)
    time_zone: str = "UTC"
    ended_without_close: bool = False
    close_logged_at: datetime | None = None
    external: bool | None = None
    customers_affected: int | None = None
    alert_source: str | None = None
    business: str | None = None
    revenue_exposure: str | None = None
    sla_status: str | None = None
    regulatory_exposure: bool | None = None
    unusual_factors: str | None = None
    is_repeat: bool = False
    repeat_of: str | None = None
    late_fields: frozenset[str] = frozenset()
    severities: tuple[SeverityEntry, ...] = ()
    phases: tuple[PhaseFact, ...] = ()
    command: tuple[CommandEntry, ...] = ()
    tracks: tuple[TrackEntry, ...] = ()
    status_updates: tuple[StatusUpdateEntry, ...] = ()
    stakeholder_communications: tuple[CommunicationEntry, ...] = ()
    vendors: tuple[VendorEntry, ...] = ()
    mtms: tuple[MtmEntry, ...] = ()
    mtm_declined_at: datetime | None = None
    mtm_declined_logged_at: datetime | None = None
    timeline: tuple[TimelineEntry, ...] = ()
    cadence: Mapping[Severity, timedelta] = field(default_factory=lambda: CADENCE)

    @property
    def is_running(self) -> bool:
        return self.milestones.closed is None and not self.ended_without_close

    def is_live(self, at: datetime | None, logged_at: datetime | None) -> bool:
        """Whether an entry was captured while the incident ran, and not after the fact."""
        until = live_until(self.milestones.closed, self.close_logged_at)
        return not is_after_the_fact(at, logged_at, until)


def live_until(closed_at: datetime | None, close_logged_at: datetime | None) -> datetime | None:
    """Until when an entry was captured while the incident was open to record; None as long as it is.

    Who closes may say that it ended earlier: what was logged in between was logged into an open record all the same.
    """
    if closed_at is None or close_logged_at is None:
        return closed_at
    return max(closed_at, close_logged_at)


def is_after_the_fact(at: datetime | None, logged_at: datetime | None, until: datetime | None) -> bool:
    """Whether an entry came after `live_until`: by when it was logged, by its own time where that is not known.

    The time of an import never counts: importers leave `logged_at` None. An entry without either instant came
    with the record. Domain: The incident record.
    """
    stamp = logged_at or at
    return until is not None and stamp is not None and stamp > until


def fields_stated_late(statements: Iterable[StatedField], until: datetime | None) -> frozenset[str]:
    """The fields whose every statement came after the fact: they have a value now and are gaps all the same.

    The close itself is never late: stating it is what closes.
    """
    late: set[str] = set()
    live: set[str] = set()
    for statement in statements:
        if statement.field == MilestoneKind.CLOSED:
            continue
        after = is_after_the_fact(statement.at, statement.logged_at, until)
        (late if after else live).add(statement.field)
    return frozenset(late - live)


def current_milestones(entries: Iterable[MilestoneEntry]) -> Milestones:
    """The milestones that count among all logged ones: corrected ones left out, the first of each kind, but
    the last validation and the last close.

    Domain: Phases ("The first mitigation and the last validation count").
    """
    known = {field_.name for field_ in fields(Milestones)}
    newest: dict[str, datetime] = {}
    for entry in entries:
        if entry.corrected or entry.kind.value not in known:
            continue
        before = newest.get(entry.kind.value)
        pick = max if entry.kind in LATEST_COUNTS else min
        newest[entry.kind.value] = entry.at if before is None else pick(before, entry.at)
    return Milestones(**newest)
