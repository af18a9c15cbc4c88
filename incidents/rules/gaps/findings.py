"""The gaps of a record as people read them: one finding a kind, the serious ones first (domain.md, Record gaps)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.rules.gaps.expectations import GapKind
from incidents.rules.gaps.gaps import Gap

# What each serious kind bears on; every other kind is minor.
BEARS_ON: Mapping[GapKind, str] = {
    GapKind.NO_ALERT_TIME: "a metric",
    GapKind.NO_DETECTION_TIME: "a metric",
    GapKind.NO_IMPACT_START: "a metric",
    GapKind.NO_DECLARATION: "a metric",
    GapKind.NO_MITIGATION: "a metric",
    GapKind.NO_VALIDATION: "a metric",
    GapKind.NO_CLOSE: "a deadline",
    GapKind.NO_CUSTOMER_COUNT: "the requirement",
    GapKind.EXTERNAL_IMPACT_UNKNOWN: "the requirement",
    GapKind.NO_MIM: "a required person",
    GapKind.NO_TRL: "a required person",
    GapKind.TRACK_WITHOUT_LEAD: "a required person",
    GapKind.STATUS_UPDATE_LATE: "a deadline",
    GapKind.NO_MTM: "a deadline",
    GapKind.VENDOR_RESPONSE_MISSING: "a vendor's SLA",
}
# What several of a kind are called, and the change that would capture them all.
SEVERAL: Mapping[GapKind, tuple[str, str]] = {
    GapKind.PHASE_SKIPPED: (
        "phases skipped",
        "Log each phase when it is entered, or say in the timeline why it was passed over.",
    ),
    GapKind.ROLE_NOT_ASSIGNED: (
        "roles not assigned",
        "Name who holds each role in the record, or that nobody does, when declaring.",
    ),
    GapKind.TRACK_WITHOUT_LEAD: (
        "recovery tracks without a lead",
        "Name standby leads in the run card, and assign the lead in the record when a track opens.",
    ),
    GapKind.TRACK_LEAD_LATE: (
        "recovery tracks whose lead came late",
        "Name standby leads in the run card, and assign the lead in the record when a track opens.",
    ),
    GapKind.TRACK_LEAD_TIME_MISSING: (
        "recovery tracks whose lead came at no recorded time",
        "Assign the lead in the record when a track opens.",
    ),
    GapKind.STATUS_UPDATE_LATE: (
        "status updates late",
        "Give the status updates to one named person, who sends them when the console's clock says so.",
    ),
    GapKind.VENDOR_RESPONSE_MISSING: (
        "vendors without a response time",
        "Log when each vendor is engaged and when it answers while the incident runs.",
    ),
}
# A datum that belongs to a milestone or a phase is not late at the second of it; these name their own instant.
EXACT = frozenset(
    {
        GapKind.TRACK_WITHOUT_LEAD,
        GapKind.TRACK_LEAD_LATE,
        GapKind.STATUS_UPDATE_LATE,
        GapKind.NO_MTM,
    }
)
# As long as a recovery track may wait for its lead.
GRACE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class GapFinding:
    """The gaps of one kind, in the order of the record; at least one."""

    kind: GapKind
    gaps: tuple[Gap, ...]

    @property
    def serious(self) -> bool:
        return self.kind in BEARS_ON

    @property
    def bears_on(self) -> str:
        """What makes it serious: "a metric", "the requirement"; empty for a minor one."""
        return BEARS_ON.get(self.kind, "")

    @property
    def count(self) -> int:
        return len(self.gaps)

    @property
    def key(self) -> str:
        return self.gaps[0].key if self.count == 1 else self.kind.value

    @property
    def section(self) -> str:
        return self.gaps[0].section

    @property
    def due_at(self) -> datetime | None:
        """The first instant at which one of them was due."""
        return min((gap.due_at for gap in self.gaps if gap.due_at is not None), default=None)

    @property
    def label(self) -> str:
        """A few words: "No alert time", "Recovery track without a lead: Database", "5 phases skipped"."""
        if self.count > 1:
            return f"{self.count} {self._several[0]}"
        about = self.gaps[0].about
        match self.kind:
            case GapKind.ROLE_NOT_ASSIGNED:
                return f"No {about}"
            case GapKind.PHASE_SKIPPED:
                return f"{about} skipped"
            case GapKind.STATUS_UPDATE_LATE:
                return f"No status update from {about}"
        return f"{self.kind.label}: {about}" if about else self.kind.label

    @property
    def text(self) -> str:
        """What was not captured, in a sentence; of several, which ones."""
        if self.count == 1:
            return self.gaps[0].text
        return f"{self.label}: {'; '.join(gap.about for gap in self.gaps)}."

    @property
    def proposed_change(self) -> str:
        return self.gaps[0].proposed_change if self.count == 1 else self._several[1]

    @property
    def _several(self) -> tuple[str, str]:
        return SEVERAL.get(self.kind, (self.kind.label.lower(), self.gaps[0].proposed_change))


def gap_findings(gaps: Iterable[Gap]) -> tuple[GapFinding, ...]:
    """One finding a kind, the serious ones first, each in the order of the record."""
    by_kind: dict[GapKind, list[Gap]] = {}
    for gap in gaps:
        by_kind.setdefault(gap.kind, []).append(gap)
    findings = [GapFinding(kind, tuple(of_kind)) for kind, of_kind in by_kind.items()]
    return tuple(sorted(findings, key=lambda finding: not finding.serious))


def due_gaps(
    gaps: Iterable[Gap], at: datetime, *, is_running: bool
) -> tuple[tuple[Gap, ...], tuple[Gap, ...]]:
    """The gaps that count, and what is still to be captured: while the incident runs only what is due counts."""
    if not is_running:
        return tuple(gaps), ()
    due: list[Gap] = []
    to_come: list[Gap] = []
    for gap in gaps:
        (due if _is_due(gap, at) else to_come).append(gap)
    return tuple(due), tuple(to_come)


def _is_due(gap: Gap, at: datetime) -> bool:
    if gap.due_at is None:
        return False
    return gap.due_at < at if gap.kind in EXACT else gap.due_at + GRACE < at
