"""What the record does not hold and should: the first findings of the Learning Review.

"If the data does not exist because it was not logged during the incident, that gap is itself the first
finding." (Seed: What an After Action Produces.) Domain: Record gaps.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from incidents.rules.facts import RecordFacts, TrackEntry, VendorEntry
from incidents.rules.formatting import moment_words, span_words
from incidents.rules.gaps.expectations import (
    AFTER_CONFIRMING,
    AFTER_DECLARING,
    ALERT_AND_IMPACT,
    ENDINGS,
    OTHERS,
    ExpectedField,
    GapKind,
)
from incidents.rules.requirement import customer_impact
from incidents.rules.response.cadence import holes
from incidents.rules.response.mtm import extended_from, has_mtm_or_decision, is_extended_critical
from incidents.vocabulary import Audience, CommandRole, ImpactField, MilestoneKind, Phase, Severity
from majorops.formatting.durations import duration_words

LEAD_WITHIN = timedelta(minutes=15)
STAFFED = frozenset({Severity.CRITICAL, Severity.HIGH})
LATE_FILLS_NOTHING = " It was recorded after the fact, which fills no gap."


@dataclass(frozen=True, slots=True)
class Gap:
    """What was not captured (`text`), when it should have been (`due_at`, None when nothing says), and the
    change that would capture it next time.

    `section` is a key of the Learning Review's sections. `subject` tells gaps of one kind apart: a phase, a
    role, a track, a vendor, or the two ends of a silence; `about` says it in words.
    """

    kind: GapKind
    subject: str
    text: str
    section: str
    due_at: datetime | None
    proposed_change: str
    about: str = ""

    @property
    def key(self) -> str:
        """Stable for as long as the record stays: what hides, change and audit refer to."""
        return f"{self.kind.value}:{self.subject}" if self.subject else self.kind.value


_OTHER_ROLES = (
    CommandRole.RECOVERY_DIRECTOR,
    CommandRole.COMMUNICATIONS_LEAD,
    CommandRole.SERVICE_DELIVERY,
    CommandRole.SCRIBE,
)


def gaps(facts: RecordFacts, at: datetime) -> tuple[Gap, ...]:
    """Every gap of the record, first findings first; while it runs, what would be one if it closed at `at`.

    What was recorded after the fact fills nothing: "Fix the capture, not the record."
    """
    return (
        *_empty(facts, ALERT_AND_IMPACT),
        *_leading_roles(facts),
        *_phases(facts, at),
        *_empty(facts, ENDINGS),
        *_tracks(facts),
        *_silences(facts, at),
        *_vendors(facts),
        *_mtm(facts, at),
        *_empty(facts, OTHERS),
        *_other_roles(facts),
        *_communications(facts, at),
    )


def _empty(facts: RecordFacts, expected: tuple[ExpectedField, ...]) -> Iterator[Gap]:
    for field in expected:
        is_late = field.field.value in facts.late_fields
        # A running incident's close is not missing: closing is what captures it.
        awaited = field.field is MilestoneKind.CLOSED and facts.is_running
        if awaited or (_value(facts, field.field) is not None and not is_late):
            continue
        due_at, due = _due(facts, field.by)
        text = f"{field.what}. {due}{LATE_FILLS_NOTHING if is_late else ''}"
        yield Gap(field.kind, "", text, field.section, due_at, field.proposed_change)


def _value(facts: RecordFacts, field: MilestoneKind | ImpactField) -> object:
    if isinstance(field, MilestoneKind):
        return facts.milestones.at(field)
    value: object = getattr(facts, field.value)
    return (value.strip() or None) if isinstance(value, str) else value


def _due(facts: RecordFacts, by: tuple[MilestoneKind, ...]) -> tuple[datetime | None, str]:
    for kind in by:
        instant = facts.milestones.at(kind)
        if instant is not None:
            when = moment_words(instant, facts.time_zone)
            return (
                instant,
                f"It should have been by the milestone \N{LEFT DOUBLE QUOTATION MARK}{kind.label}"
                + (f"\N{RIGHT DOUBLE QUOTATION MARK}, {when}."),
            )
    return (
        None,
        "It should be captured before the incident closes."
        if facts.is_running
        else "It should have been captured while the incident ran.",
    )


def _leading_roles(facts: RecordFacts) -> Iterator[Gap]:
    if not _held(facts, CommandRole.MIM):
        yield _role_gap(
            facts,
            GapKind.NO_MIM,
            CommandRole.MIM,
            "Name the Major Incident Manager in the record when declaring.",
        )
    if facts.highest_severity in STAFFED and not _held(facts, CommandRole.TECHNICAL_RECOVERY_LEAD):
        yield _role_gap(
            facts,
            GapKind.NO_TRL,
            CommandRole.TECHNICAL_RECOVERY_LEAD,
            "Name a Technical Recovery Lead in the record when a Critical or High incident is declared.",
        )


def _other_roles(facts: RecordFacts) -> Iterator[Gap]:
    # Expected where the seed expects a full command; a Medium or Low incident may well run with fewer people.
    for role in _OTHER_ROLES if facts.highest_severity in STAFFED else ():
        if not _held(facts, role):
            change = (
                f"Name who holds the role {role.label} in the record, or that nobody does, when declaring."
            )
            yield _role_gap(facts, GapKind.ROLE_NOT_ASSIGNED, role, change)


def _held(facts: RecordFacts, role: CommandRole) -> bool:
    return any(
        entry.role == role and facts.is_live(entry.from_at, entry.logged_at) for entry in facts.command
    )


def _role_gap(facts: RecordFacts, kind: GapKind, role: CommandRole, proposed_change: str) -> Gap:
    due_at, due = _due(facts, AFTER_DECLARING)
    late = LATE_FILLS_NOTHING if any(entry.role == role for entry in facts.command) else ""
    is_one_of_many = kind is GapKind.ROLE_NOT_ASSIGNED
    subject, about = (role.value, role.label) if is_one_of_many else ("", "")
    text = f"Nobody was recorded as {role.label}. {due}{late}"
    return Gap(kind, subject, text, "summary", due_at, proposed_change, about)


def _phases(facts: RecordFacts, at: datetime) -> Iterator[Gap]:
    order = list(Phase)
    log = sorted(
        (entry.entered_at, order.index(entry.phase))
        for entry in facts.phases
        # Closing enters the last phase, whenever it is typed.
        if entry.phase == Phase.CLOSED or facts.is_live(entry.entered_at, entry.logged_at)
    )
    if not log:
        due_at, due = _due(facts, AFTER_CONFIRMING)
        text = f"No phase was logged. {due}"
        yield Gap(
            GapKind.NO_PHASES, "", text, "timeline", due_at, "Log each phase in the console as it is entered."
        )
        return
    if facts.is_running:
        # As if it closed now: closing enters the last phase.
        log.append((at, order.index(Phase.CLOSED)))
    furthest = max(place for _, place in log)
    entered = {place for _, place in log}
    for place in range(furthest):
        if place not in entered:
            due_at = min(instant for instant, later in log if later > place)
            label = order[place].label
            yield Gap(
                GapKind.PHASE_SKIPPED,
                order[place].value,
                f"The phase {label} was never entered. It should have been before "
                f"{moment_words(due_at, facts.time_zone)}, when a later phase was.",
                "timeline",
                due_at,
                f"Log the phase {label} when it is entered, or say in the timeline why it was passed over.",
                label,
            )
    last = order[log[-1][1]]
    if Phase.CLOSED not in {order[place] for place in entered}:
        due_at = facts.milestones.recovered or facts.milestones.closed
        when = f" It should have been by {moment_words(due_at, facts.time_zone)}." if due_at else ""
        yield Gap(
            GapKind.PHASE_NEVER_LEFT,
            last.value,
            f"The phase {last.label} was entered and never left: no further phase was logged when "
            f"the incident ended.{when}",
            "timeline",
            due_at,
            f"Log what follows the phase {last.label}, up to Closed, as part of closing.",
        )


def _tracks(facts: RecordFacts) -> Iterator[Gap]:
    for track in sorted(facts.tracks, key=lambda track: (_instant(track.opened_at), track.name)):
        gap = _lead_gap(facts, track)
        if gap is not None:
            kind, what = gap
            due_at = None if track.opened_at is None else track.opened_at + LEAD_WITHIN
            when = "" if due_at is None else f" A lead was due by {moment_words(due_at, facts.time_zone)}."
            yield Gap(
                kind,
                track.name,
                f"The recovery track {track.name} {what}.{when}",
                "timeline",
                due_at,
                f"Name a standby lead for {track.service or track.name} in the run card, and assign the lead "
                "in the record when the track opens.",
                track.name,
            )


def _lead_gap(facts: RecordFacts, track: TrackEntry) -> tuple[GapKind, str] | None:
    named_at = track.lead_logged_at or track.logged_at
    if not track.has_lead:
        return GapKind.TRACK_WITHOUT_LEAD, "had no lead"
    if not facts.is_live(track.lead_assigned_at, named_at):
        return GapKind.TRACK_WITHOUT_LEAD, "had no lead; one was recorded after the fact, which fills no gap"
    if track.lead_assigned_at is None or track.opened_at is None:
        return (
            GapKind.TRACK_LEAD_TIME_MISSING,
            "has a lead, and how long the track waited for it was not captured",
        )
    waited = track.lead_assigned_at - track.opened_at
    if waited > LEAD_WITHIN:
        words = duration_words(waited // timedelta(seconds=1))
        return GapKind.TRACK_LEAD_LATE, f"waited {words} for its lead, longer than 15 min"
    return None


def _silences(facts: RecordFacts, at: datetime) -> Iterator[Gap]:
    for hole in holes(facts, at):
        span = span_words(hole.begun_at, hole.ended_at, facts.time_zone)
        yield Gap(
            GapKind.STATUS_UPDATE_LATE,
            f"{hole.begun_at.astimezone(UTC).isoformat()}/{hole.ended_at.astimezone(UTC).isoformat()}",
            f"No status update from {span} "
            f"({duration_words(hole.seconds)}). One was due by {moment_words(hole.due_at, facts.time_zone)}.",
            "timeline",
            hole.due_at,
            "Give the status updates to one named person, who sends them when the console's clock says so.",
            f"{span} ({duration_words(hole.seconds)})",
        )


def _vendors(facts: RecordFacts) -> Iterator[Gap]:
    for vendor in sorted(facts.vendors, key=lambda vendor: (_instant(vendor.engaged_at), vendor.name)):
        what = _vendor_gap(facts, vendor)
        if what is not None:
            term = timedelta(minutes=vendor.response_sla_minutes or 0)
            due_at = None if vendor.engaged_at is None else vendor.engaged_at + term
            when = "" if due_at is None else f" It was due by {moment_words(due_at, facts.time_zone)}."
            yield Gap(
                GapKind.VENDOR_RESPONSE_MISSING,
                vendor.name,
                f"{what}{when}",
                "vendors",
                due_at,
                f"Log when {vendor.name} is engaged and when it answers while the incident runs.",
                vendor.name,
            )


def _vendor_gap(facts: RecordFacts, vendor: VendorEntry) -> str | None:
    logged_at = vendor.response_logged_at or vendor.logged_at
    if vendor.responded_at is None:
        return f"When {vendor.name} responded was not captured."
    if not facts.is_live(vendor.responded_at, logged_at):
        return f"When {vendor.name} responded was not captured.{LATE_FILLS_NOTHING}"
    if vendor.engaged_at is None:
        return f"When {vendor.name} was engaged was not captured, so its response time is not known."
    return None


def _mtm(facts: RecordFacts, at: datetime) -> Iterator[Gap]:
    if is_extended_critical(facts, at) and not has_mtm_or_decision(facts):
        due_at = extended_from(facts)
        when = "" if due_at is None else f" from {moment_words(due_at, facts.time_zone)}"
        yield Gap(
            GapKind.NO_MTM,
            "",
            "A Critical incident ran over 2 h without a Major Technical Meeting or a recorded decision "
            f"against one. One could have been called{when}.",
            "record_findings",
            due_at,
            "Decide on a Major Technical Meeting at two hours of a Critical incident, and record it.",
        )


def _communications(facts: RecordFacts, at: datetime) -> Iterator[Gap]:
    due_at, due = _due(facts, AFTER_DECLARING)
    updates = [update for update in facts.status_updates if facts.is_live(update.sent_at, update.logged_at)]
    # A silence longer than the cadence is named above already.
    if not updates and not holes(facts, at):
        yield Gap(
            GapKind.NO_STATUS_UPDATE,
            "",
            f"No status update was recorded. {due}",
            "timeline",
            due_at,
            "Send a first status update with the declaration.",
        )
    is_public = any(update.audience == Audience.PUBLIC for update in updates)
    if updates and not is_public and customer_impact(facts) is not False:
        yield Gap(
            GapKind.NO_PUBLIC_STATUS_UPDATE,
            "",
            "Customers were or may have been affected, and no public status update was recorded. " + due,
            "timeline",
            due_at,
            "Send a public status update as soon as customers are affected.",
        )
    empty: tuple[tuple[Callable[[], bool], GapKind, str, str], ...] = (
        (
            lambda: any(
                facts.is_live(entry.at, entry.logged_at) for entry in facts.stakeholder_communications
            ),
            GapKind.NO_STAKEHOLDER_COMMUNICATION,
            "No stakeholder communication was recorded.",
            "Log each communication to stakeholders as a milestone when it goes out.",
        ),
        (
            lambda: any(facts.is_live(entry.at, entry.logged_at) for entry in facts.timeline),
            GapKind.NO_TIMELINE_EVENT,
            "No timeline event was logged.",
            "Log what is done, decided and seen in the console as it happens; give the task to a Scribe.",
        ),
    )
    for is_there, kind, what, change in empty:
        if not is_there():
            yield Gap(kind, "", f"{what} {due}", "timeline", due_at, change)


def _instant(instant: datetime | None) -> str:
    """A sort key that puts what has no time last."""
    return "~" if instant is None else f"{instant.timestamp():020.6f}"
