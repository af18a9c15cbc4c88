"""Logging: events, phases, milestones, alert info, status updates, severity, the repeat link; and one typed line."""

from datetime import datetime
from types import EllipsisType

from django.db import models, transaction

from incidents.access import (
    COMMAND_ONLY,
    can_change_severity,
    can_command,
    can_record_times,
    can_state_impact,
    why_not_impact,
    why_not_severity,
    why_not_times,
)
from incidents.models import (
    ImpactStatement,
    Incident,
    Milestone,
    PhaseEntry,
    RepeatDecision,
    SeverityChange,
    StatusUpdate,
    TimelineEvent,
)
from incidents.operations.changing import begin, check_correctable, finish, logged
from incidents.operations.checks import happened, link, optional_text, stated, word
from incidents.operations.checks import text as said
from incidents.operations.close import REQUIREMENT, close, decide_requirement
from incidents.operations.facts import severities_that_held
from incidents.operations.response.command import assign, open_track
from incidents.operations.response.mtm import record_mtm
from incidents.rules import console_line as line_rules
from incidents.rules.corrections import ENTERED_WITH
from incidents.rules.facts import MilestoneEntry, current_milestones
from incidents.vocabulary import (
    Audience,
    EventKind,
    ImpactField,
    MilestoneKind,
    Phase,
    Severity,
)
from majorops.errors import BadInput, RuleViolation
from majorops.people.directory import find_person
from majorops.people.models import Person


@transaction.atomic
def log_event(
    incident: Incident,
    *,
    kind: str,
    text: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    evidence_url: str | None = None,
    event_by: Person | EllipsisType | None = ...,
    corrects: TimelineEvent | None = None,
    version: int | None = None,
) -> TimelineEvent:
    """Logs what happened at `at`; who did it is the caller unless `event_by` says otherwise.

    `corrects` is the event that this one sets right. After the close it is kept as after the fact.
    """
    begin(incident, by=by, version=version)
    happened(at, now)
    check_correctable(incident, corrects)
    event = TimelineEvent.objects.create(
        incident=incident,
        at=at,
        kind=word(EventKind, kind, "kind"),
        by=by if isinstance(event_by, EllipsisType) else event_by,
        text=said(text, "text"),
        evidence_url=link(evidence_url, "evidence_url"),
        corrects=corrects,
        logged_at=logged(incident, now),
        logged_by=by,
    )
    finish(incident, "logged an event", event, by=by, at=at, now=now, changes={"text": (None, event.text)})
    return event


@transaction.atomic
def enter_phase(
    incident: Incident,
    *,
    phase: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    corrects: PhaseEntry | None = None,
    version: int | None = None,
) -> PhaseEntry:
    """Enters a phase, again if need be (a relapse). Entering Closed closes a running incident."""
    begin(incident, by=by, may=can_record_times, refusal=why_not_times, version=version)
    entered = word(Phase, phase, "phase")
    if entered is Phase.CLOSED and not incident.is_closed:
        close(incident, by=by, at=at, now=now)
        return PhaseEntry.objects.filter(incident=incident, phase=Phase.CLOSED).latest("id")
    happened(at, now)
    check_correctable(incident, corrects)
    entry = PhaseEntry.objects.create(
        incident=incident,
        phase=entered,
        entered_at=at,
        by=by,
        corrects=corrects,
        logged_at=logged(incident, now),
        logged_by=by,
    )
    finish(
        incident, "entered a phase", entry, by=by, at=at, now=now, changes={"phase": (None, entered.label)}
    )
    return entry


@transaction.atomic
def reach_milestone(
    incident: Incident,
    *,
    kind: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    text: str = "",
    corrects: Milestone | None = None,
    version: int | None = None,
) -> Milestone:
    """Records a milestone. The resolution milestone closes; stakeholder communications are as many as there were.

    While the incident runs, the first mitigation and the last validation count, and any other milestone stated again
    is corrected by that; once it is closed every second statement is a correction. The close itself is moved only by
    naming the milestone that it `corrects`. What moves a time of a closed incident decides its requirement anew.
    """
    reached = word(MilestoneKind, kind, "kind")
    if reached is MilestoneKind.CLOSED and corrects is None:
        close(incident, by=by, at=at, now=now, note=text, version=version)
        return Milestone.objects.filter(incident=incident, kind=reached).latest("id")
    moves_close = reached is MilestoneKind.CLOSED
    begin(incident, by=by, may=can_record_times, refusal=why_not_times, version=version)
    if moves_close and not incident.is_closed:
        raise RuleViolation("This incident was opened again: close it anew instead of moving the old close.")
    after, what = (incident.opened_at, "the declaration") if moves_close else (None, "")
    happened(at, now, after=after, what=what)
    check_correctable(incident, corrects)
    if corrects is not None and corrects.kind != reached:
        raise BadInput.of("kind", f"This corrects the milestone “{MilestoneKind(corrects.kind).label}”.")
    milestone = Milestone.objects.create(
        incident=incident,
        kind=reached,
        at=at,
        by=by,
        text=optional_text(text, "text") or "",
        corrects=corrects or _stated_before(incident, reached),
        logged_at=logged(incident, now),
        logged_by=by,
    )
    changes: dict[str, tuple[object, object]] = {reached.label: (None, at)}
    fields: tuple[str, ...] = ()
    if reached is not MilestoneKind.STAKEHOLDER_COMMUNICATION:
        field = f"{reached.value}_at"
        before = getattr(incident, field)
        setattr(incident, field, at if moves_close else _current_milestone(incident, reached))
        changes = {field: (before, getattr(incident, field))}
        changes |= _move_phase_of(milestone, from_at=before)
        decide_requirement(incident, by=by, now=now)
        fields = (field, *REQUIREMENT)
    finish(incident, "reached a milestone", milestone, by=by, at=at, now=now, fields=fields, changes=changes)
    return milestone


@transaction.atomic
def state_impact(
    incident: Incident,
    *,
    field: str,
    value: object,
    by: Person | None,
    at: datetime,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> ImpactStatement:
    """States one field of alert info; the latest statement holds. On a closed incident it corrects the one before,
    and the requirement is decided anew. Raises NotAllowed as `can_state_impact` says."""
    name = word(ImpactField, field, "field")
    begin(
        incident,
        by=by,
        may=lambda person, incident: can_state_impact(person, incident, name),
        refusal=lambda incident: why_not_impact(incident, name),
        version=version,
    )
    happened(at, now)
    before = getattr(incident, name.value)
    earlier = ImpactStatement.objects.filter(incident=incident, field=name).order_by("id").last()
    statement = ImpactStatement.objects.create(
        incident=incident,
        field=name,
        value=stated(name, value, "value"),
        at=at,
        by=by,
        reason=optional_text(reason, "reason") or "",
        corrects=earlier if incident.is_closed else None,
        logged_at=logged(incident, now),
        logged_by=by,
    )
    setattr(incident, name.value, statement.value)
    decide_requirement(incident, by=by, now=now)
    finish(
        incident,
        "stated alert info",
        statement,
        by=by,
        at=at,
        now=now,
        fields=(name.value, *REQUIREMENT),
        changes={name.value: (before, statement.value)},
        reason=statement.reason,
    )
    return statement


@transaction.atomic
def send_status_update(
    incident: Incident,
    *,
    audience: str,
    text: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    channel: str = "",
    corrects: StatusUpdate | None = None,
    version: int | None = None,
) -> StatusUpdate:
    """Records a status update that went out at `at`."""
    begin(incident, by=by, version=version)
    happened(at, now)
    check_correctable(incident, corrects)
    update = StatusUpdate.objects.create(
        incident=incident,
        sent_at=at,
        audience=word(Audience, audience, "audience"),
        channel=optional_text(channel, "channel", limit=200) or "",
        text=said(text, "text"),
        by=by,
        corrects=corrects,
        logged_at=logged(incident, now),
        logged_by=by,
    )
    finish(
        incident,
        "sent a status update",
        update,
        by=by,
        at=at,
        now=now,
        changes={Audience(update.audience).label: (None, update.text)},
    )
    return update


@transaction.atomic
def change_severity(
    incident: Incident,
    *,
    severity: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    reason: str = "",
    never_was: bool = False,
    version: int | None = None,
) -> SeverityChange:
    """Changes the severity from `at` on. The highest since opening counts for the requirement.

    `never_was` says, with its reason, that the highest one recorded never truly held. A correction after the close
    takes a reason too, and decides the requirement anew.
    """
    begin(incident, by=by, may=can_change_severity, refusal=why_not_severity, version=version)
    happened(at, now, after=incident.opened_at, what="the declaration of the major incident")
    to = word(Severity, severity, "severity")
    why = said(reason, "reason") if never_was or incident.is_closed else optional_text(reason, "reason")
    before, highest_before = Severity(incident.severity), Severity(incident.highest_severity)
    if never_was and to.rank <= highest_before.rank:
        raise RuleViolation(
            f"{highest_before.label} is the highest severity recorded: name the one that truly held instead."
        )
    if to is before and not never_was:
        raise RuleViolation(f"The severity is {to.label} already.")
    history = list(incident.severity_changes.all())
    change = SeverityChange(
        incident=incident,
        severity=to,
        at=at,
        logged_at=logged(incident, now),
        by=by,
        reason=why or "",
        never_was=never_was,
    )
    held = [Severity(one.severity) for one in severities_that_held([*history, change])]
    incident.severity = to
    incident.highest_severity = min(held, key=lambda one: one.rank)
    change.highest_severity = incident.highest_severity
    change.save()
    decide_requirement(incident, by=by, now=now)
    finish(
        incident,
        "changed the severity",
        change,
        by=by,
        at=at,
        now=now,
        fields=("severity", "highest_severity", *REQUIREMENT),
        changes={
            "severity": (before, to),
            "highest_severity": (highest_before, incident.highest_severity),
        },
        reason=change.reason,
    )
    return change


@transaction.atomic
def link_repeat(
    incident: Incident,
    *,
    repeat_of: Incident | None,
    is_repeat: bool,
    by: Person | None,
    at: datetime,
    now: datetime,
    reason: str = "",
    version: int | None = None,
) -> RepeatDecision:
    """Confirms that the incident repeats an earlier one (None: one not recorded here), or dismisses it with a reason.

    On a closed incident the requirement is decided anew: a repeat is mandatory at any severity.
    """
    begin(incident, by=by, may=can_command, refusal=COMMAND_ONLY, version=version)
    happened(at, now)
    if repeat_of is not None and not is_repeat:
        raise BadInput.of("is_repeat", "An incident that repeats another is a repeat.")
    _check_no_circle(incident, repeat_of)
    why = optional_text(reason, "reason") if is_repeat else said(reason, "reason")
    before = (incident.is_repeat, incident.repeat_of)
    decision = RepeatDecision.objects.create(
        incident=incident, repeat_of=repeat_of, is_repeat=is_repeat, at=at, by=by, reason=why or ""
    )
    incident.is_repeat = is_repeat
    incident.repeat_of = repeat_of
    if repeat_of is not None or not is_repeat:
        incident.repeat_of_external_id = None
    decide_requirement(incident, by=by, now=now)
    finish(
        incident,
        "linked a repeat" if is_repeat else "dismissed a repeat",
        decision,
        by=by,
        at=at,
        now=now,
        fields=("is_repeat", "repeat_of", "repeat_of_external_id", *REQUIREMENT),
        changes={"is_repeat": (before[0], is_repeat), "repeat_of": (before[1], repeat_of)},
        reason=decision.reason,
    )
    return decision


@transaction.atomic
def run_line(
    incident: Incident,
    line: str,
    *,
    by: Person,
    now: datetime,
    time_zone: str | None = None,
    version: int | None = None,
) -> models.Model:
    """Does what one typed line of the console says, and returns the entry made. Times are read in `time_zone`, in which
    the page shows them; in the incident's unless given.

    Raises BadInput at `line` with the way out when it is not understood.
    """
    understood = line_rules.parse_line(
        line, now, time_zone or incident.time_zone, opened_at=incident.opened_at
    )
    if isinstance(understood, line_rules.LineRefusal):
        raise BadInput.of("line", understood.sentence)
    when = understood.at
    match understood:
        case line_rules.LogEvent(kind=kind, text=words):
            return log_event(incident, kind=kind, text=words, by=by, at=when, now=now, version=version)
        case line_rules.EnterPhase(phase=phase):
            return enter_phase(incident, phase=phase, by=by, at=when, now=now, version=version)
        case line_rules.ReachMilestone(kind=kind, text=words):
            return reach_milestone(incident, kind=kind, text=words, by=by, at=when, now=now, version=version)
        case line_rules.ChangeSeverity(severity=severity, reason=reason):
            return change_severity(
                incident, severity=severity, reason=reason, by=by, at=when, now=now, version=version
            )
        case line_rules.SendStatusUpdate(audience=audience, channel=channel, text=words):
            return send_status_update(
                incident,
                audience=audience,
                channel=channel,
                text=words,
                by=by,
                at=when,
                now=now,
                version=version,
            )
        case line_rules.OpenTrack(name=name):
            return open_track(incident, name=name, by=by, at=when, now=now, version=version)
        case line_rules.AssignRole(role=role, person=person):
            named = find_person(person, scope=incident.reference, path="line")
            return assign(incident, role=role, person=named, by=by, at=when, now=now, version=version)
        case line_rules.StartMtm():
            return record_mtm(incident, by=by, at=when, now=now, version=version)


def _stated_before(incident: Incident, kind: MilestoneKind) -> Milestone | None:
    """The milestone that a further one of its kind corrects, or None where both count."""
    if kind is MilestoneKind.STAKEHOLDER_COMMUNICATION:
        return None
    if kind in (MilestoneKind.MITIGATED, MilestoneKind.RECOVERED) and not incident.is_closed:
        return None
    return (
        Milestone.objects.filter(incident=incident, kind=kind, corrections__isnull=True)
        .order_by(
            models.Case(models.When(at=getattr(incident, f"{kind.value}_at"), then=0), default=1), "-id"
        )
        .first()
    )


def _move_phase_of(milestone: Milestone, *, from_at: datetime | None) -> dict[str, tuple[object, object]]:
    """The phase that was entered with a milestone moves with it, by a correction of its own: one fact has one time.
    One that was stated for another instant stays."""
    phase = ENTERED_WITH.get(MilestoneKind(milestone.kind))
    if phase is None or from_at in (None, milestone.at):
        return {}
    entries = PhaseEntry.objects.filter(incident=milestone.incident, phase=phase, entered_at=from_at)
    entry = entries.filter(corrections__isnull=True).first()
    if entry is None:
        return {}
    PhaseEntry.objects.create(
        incident=milestone.incident,
        phase=phase,
        entered_at=milestone.at,
        by=milestone.by,
        corrects=entry,
        logged_at=milestone.logged_at,
        logged_by=milestone.logged_by,
    )
    return {f"phase {phase.label}": (from_at, milestone.at)}


def _current_milestone(incident: Incident, kind: MilestoneKind) -> datetime | None:
    entries = Milestone.objects.filter(incident=incident, kind=kind).annotate(
        is_corrected=models.Exists(Milestone.objects.filter(corrects=models.OuterRef("pk")))
    )
    return current_milestones(MilestoneEntry(kind, one.at, one.is_corrected) for one in entries).at(kind)


def _check_no_circle(incident: Incident, repeat_of: Incident | None) -> None:
    earlier, seen = repeat_of, set[int]()
    while earlier is not None and earlier.pk not in seen:
        if earlier.pk == incident.pk:
            raise BadInput.of("reference", "An incident cannot repeat itself, nor one that repeats it.")
        seen.add(earlier.pk)
        earlier = earlier.repeat_of
