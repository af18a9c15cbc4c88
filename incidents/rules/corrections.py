"""When a slip in the live log is put right where it stands, and what else a correction moves (domain.md, The incident
record).

Only what somebody wrote themself a moment ago: a status update went out as it was worded, and a milestone or a phase is
stated anew, so that those are corrected by a further entry.
"""

from datetime import datetime, timedelta

from incidents.vocabulary import MilestoneKind, Phase

IN_PLACE_WITHIN = timedelta(minutes=10)
# The declaration and the close enter these phases with their milestones.
ENTERED_WITH = {
    MilestoneKind.CONFIRMED: Phase.DETECTED,
    MilestoneKind.OPENED: Phase.DECLARED,
    MilestoneKind.CLOSED: Phase.CLOSED,
}
COUNTED_FROM = {
    MilestoneKind.IMPACT_STARTED: "the duration",
    MilestoneKind.ALERT_FIRED: "Time to Detect and the duration",
    MilestoneKind.CONFIRMED: "Time to Detect, Time to Declare and the duration",
    MilestoneKind.OPENED: "Time to Declare, Time to Mitigate, Time to Resolve and the duration",
    MilestoneKind.MITIGATED: "Time to Mitigate",
    MilestoneKind.RECOVERED: "Time to Resolve and the duration",
    MilestoneKind.CLOSED: "the deadlines that run from the close",
}


def what_follows(kind: MilestoneKind) -> str:
    """What else a correction of this milestone moves, for whoever is about to correct it; empty: nothing."""
    if kind not in COUNTED_FROM:
        return ""
    phase = ENTERED_WITH.get(kind)
    moves = f"The phase “{phase.label}” moves with it where both have the same time. " if phase else ""
    return (
        f"{moves}Counted anew: {COUNTED_FROM[kind]}. Whether an After Action is required is decided anew from all of "
        "it. Other entries of that time keep theirs."
    )


def moved_by(phase: Phase) -> str:
    """Which milestone moves this phase, for whoever is about to correct the phase alone; empty: none."""
    kind = next((kind for kind, entered in ENTERED_WITH.items() if entered is phase), None)
    if kind is None:
        return ""
    return (
        f"This moves the phase alone. Correct the milestone “{kind.label}” instead where that time is wrong too: the "
        "phase moves with it."
    )


def is_corrected_in_place(
    logged_at: datetime | None, now: datetime, *, by_its_writer: bool, is_settled: bool
) -> bool:
    """Whether an entry of the log is corrected where it stands: by whoever wrote it, up to ten minutes after, and not
    once the incident was closed over it. Everything else is corrected by an entry that refers to it."""
    if logged_at is None or is_settled or not by_its_writer:
        return False
    return logged_at <= now <= logged_at + IN_PLACE_WITHIN
