"""What the pages of one incident show, made from its record and the rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from incidents.access import (
    CARRY_RIGHTS,
    can_change_severity,
    can_claim,
    can_command,
    can_confirm_lowering,
    can_confirm_role,
    can_declare,
    can_record,
    can_record_times,
    can_see,
    commander,
    why_not_command,
    why_not_record,
    why_not_times,
)
from incidents.models import CommandAssignment, Incident, Mtm, MtmSummary, RecoveryTrack, RequirementDecision
from incidents.operations.close import lowering_awaits_confirmation
from incidents.operations.facts import record_facts
from incidents.rules.facts import RecordFacts
from incidents.rules.gaps.expectations import GapKind
from incidents.rules.gaps.findings import GapFinding, due_gaps, gap_findings
from incidents.rules.gaps.gaps import gaps
from incidents.rules.metrics import metrics
from incidents.rules.requirement import Forecast, forecast
from incidents.rules.response.cadence import next_update
from incidents.rules.response.mtm import SUMMARY_WITHIN, mtm_prompt
from incidents.rules.response.vendor_terms import over_the_sla, stated_sla
from incidents.views.log_rows import impact_words, log_rows, standing
from incidents.vocabulary import CommandRole, ImpactField, MilestoneKind, Phase, RequirementLevel
from majorops.formatting.durations import duration_words
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.people.operations.organisation import organisation_zone
from majorops.prepared import prepared

# So often the page is drawn anew even if nobody said anything: durations and distances go on.
REDRAWN_AFTER = timedelta(seconds=60)


@dataclass(frozen=True)
class PhaseShown:
    label: str
    at: datetime | None
    is_done: bool
    is_current: bool
    times: int
    url: str


@dataclass(frozen=True)
class MilestoneShown:
    kind: str
    label: str
    at: datetime | None
    url: str


@dataclass(frozen=True)
class GapRow:
    finding: GapFinding
    url: str


@dataclass(frozen=True)
class Rights:
    """What the reader may do with the incident, and the sentence that says why not."""

    record: bool
    command: bool
    claim: bool
    times: bool
    severity: bool
    give_roles: bool
    confirm_roles: bool
    record_reason: str
    command_reason: str
    times_reason: str


def rights_of(person: Person, incident: Incident) -> Rights:
    commands = can_command(person, incident)
    records = commands or can_record(person, incident)
    closed = incident.is_closed
    times = commands or (records if not closed else can_record_times(person, incident))
    return Rights(
        record=records,
        command=commands,
        claim=commander(incident) is None and can_claim(person, incident),
        times=times,
        severity=commands or (closed and times and can_change_severity(person, incident)),
        give_roles=commands or (records and not closed and person.is_in(GroupName.MIM)),
        confirm_roles=commands or (closed and records and can_confirm_role(person, incident)),
        record_reason=why_not_record(incident),
        command_reason=why_not_command(incident),
        times_reason=why_not_times(incident),
    )


def reader_zone(person: Person) -> ZoneInfo:
    return ZoneInfo(person.time_zone or organisation_zone())


def step_url(incident: Incident, step: str, entry: int | None = None, **initial: str) -> str:
    address = (
        reverse("incidents:step", args=[incident.reference, step])
        if entry is None
        else reverse("incidents:step_of", args=[incident.reference, step, entry])
    )
    return f"{address}?{urlencode(initial)}" if initial else address


def live_context(incident: Incident, person: Person, now: datetime) -> dict[str, Any]:
    """What the console shows of a running incident whose record is at hand."""
    facts = record_facts(incident)
    prompt, update, answer = mtm_prompt(facts, now), next_update(facts, now), forecast(facts, now)
    turns = [update and update.due_at, prompt and prompt.due_at, answer.changes_at]
    redrawn_at = min([now + REDRAWN_AFTER, *(at for at in turns if at and at > now)])
    meetings = sorted(standing(incident.mtms.all()), key=lambda one: one.number)
    owed = _summary_owed(incident, meetings)
    text = record(incident, person, now, facts)
    rights = text["rights"]
    rows = log_rows(
        incident, reader_zone(person), newest_first=True, correctable=rights.record, retimable=rights.times
    )
    return {
        **text,
        "rows": rows,
        "phases": _phases(incident, facts, rights),
        "forecast": answer,
        "forecast_words": _forecast_words(answer, now),
        "next_update": update,
        "mtm_prompt": prompt,
        "meeting": next((one for one in meetings if one.ended_at is None), None),
        "next_meeting": _next_meeting(meetings),
        "summary_owed": owed,
        "summary_due_at": owed.ended_at + SUMMARY_WITHIN if owed and owed.ended_at else None,
        "until": int(redrawn_at.timestamp()),
    }


def _next_meeting(meetings: list[Mtm]) -> Mtm | None:
    """The meeting that set the next one, while that one has not begun."""
    last = meetings[-1] if meetings else None
    return last if last is not None and last.next_at and not last.stood_down else None


def _summary_owed(incident: Incident, meetings: list[Mtm]) -> Mtm | None:
    """The first meeting that ended and whose summary nobody published."""
    ended = [one for one in meetings if one.ended_at is not None]
    if not ended:
        return None
    mtm_summaries = MtmSummary.objects.filter(mtm__incident=incident).values_list("mtm__number", flat=True)
    published = set(mtm_summaries)
    return next((one for one in ended if one.number not in published), None)


def record(
    incident: Incident, person: Person, now: datetime, facts: RecordFacts | None = None
) -> dict[str, Any]:
    """What console and closed record have in common."""
    facts, rights, roles = facts or record_facts(incident), rights_of(person, incident), _roles(incident)
    held = [one for _, assignments in roles for one in assignments]
    due, to_come = due_gaps(gaps(facts, now), now, is_running=facts.is_running)
    return {
        "incident": incident,
        "at": now,
        "rights": rights,
        "metrics": metrics(facts, now).all(),
        "gaps": [_gap(incident, gap, rights) for gap in gap_findings(due)],
        "checklist": [_gap(incident, gap, rights) for gap in gap_findings(to_come)],
        "milestones": _milestones(incident, facts, rights),
        "roles": roles,
        "may_end": {one.pk for one in held if _may_end(person, one, rights)},
        "awaiting": {one.pk for one in held if one.awaits_confirmation},
        "tracks": standing(incident.recoverytracks.all()),
        "awaiting_leads": _awaiting_leads(incident),
        "engagements": _engagements(incident),
        "meetings": standing(incident.mtms.all()),
        "impact": [
            (field.label, impact_words(getattr(incident, field.value)) if _says(incident, field) else None)
            for field in ImpactField
        ],
        "services": list(incident.affected_services.all()),
    }


def _awaiting_leads(incident: Incident) -> set[int]:
    """The recovery tracks whose lead was recorded after the close, and gives nobody a part until it is confirmed."""
    led = {
        one.pk
        for one in standing(incident.recoverytracks.all())
        if one.lead_id is not None and one.logged_at is not None
    }
    if not led or not incident.is_closed:
        return set()
    return led - set(RecoveryTrack.objects.carrying_rights().filter(pk__in=led).values_list("pk", flat=True))


def closed_context(incident: Incident, person: Person, now: datetime) -> dict[str, Any]:
    """What the page of a closed incident shows, its record being at hand."""
    text = record(incident, person, now)
    rights = text["rights"]
    text["rows"] = log_rows(
        incident, reader_zone(person), newest_first=False, correctable=rights.record, retimable=rights.times
    )
    decisions = _decisions(incident=incident.pk)
    after_action = getattr(incident, "after_action", None)
    earlier = incident.repeat_of
    may_lower = lowering_awaits_confirmation(incident) if len(decisions) > 1 else False
    return {
        **text,
        "late_count": sum(row.is_late for row in text["rows"]),
        "decisions": decisions,
        "level": RequirementLevel(incident.requirement_level) if incident.requirement_level else None,
        "after_action": after_action,
        "repeat_of": earlier if earlier and can_see(person, earlier) else None,
        "request_url": _request_url(incident)
        if after_action is None or after_action.decision == "skip"
        else "",
        "may_ask": can_declare(person),
        "lowering": may_lower,
        "may_confirm_lowering": may_lower and can_confirm_lowering(person, incident),
    }


@prepared
def _decisions(*, incident: int) -> QuerySet[RequirementDecision]:
    return RequirementDecision.objects.filter(incident=incident).select_related("by")


def _request_url(incident: Incident) -> str:
    return reverse("afteractions:request", args=[incident.reference])


def _forecast_words(answer: Forecast, now: datetime) -> str:
    """As in “mandatory in 0:14”: hours and minutes until time alone changes the answer."""
    seconds = answer.changes_in(now)
    if seconds is None or answer.then is None:
        return ""
    minutes = -(-seconds // 60)
    return f"{answer.then.level.label} in {minutes // 60}:{minutes % 60:02}"


def _phases(incident: Incident, facts: RecordFacts, rights: Rights) -> list[PhaseShown]:
    """The phases, with the step that enters each where the reader may take it."""
    log = sorted(facts.phases, key=lambda entry: entry.entered_at)
    current = log[-1].phase if log else None
    visible = []
    for phase in Phase:
        entered = [entry.entered_at for entry in log if entry.phase == phase]
        closes = phase is Phase.CLOSED
        may_enter = rights.command if closes else rights.times
        url = step_url(incident, "close") if closes else step_url(incident, "phase", phase=phase.value)
        visible.append(
            PhaseShown(
                phase.label,
                entered[-1] if entered else None,
                bool(entered),
                phase == current,
                len(entered),
                url if may_enter else "",
            )
        )
    return visible


def _milestones(incident: Incident, facts: RecordFacts, rights: Rights) -> list[MilestoneShown]:
    """The milestones that there is one of, with the step that records each where the reader may take it."""
    visible = []
    for kind in MilestoneKind:
        if kind is MilestoneKind.STAKEHOLDER_COMMUNICATION:
            continue
        if kind is MilestoneKind.CLOSED:
            url = step_url(incident, "close") if rights.command else ""
        else:
            url = step_url(incident, "milestone", kind=kind.value) if rights.times else ""
        visible.append(MilestoneShown(kind.value, kind.label, facts.milestones.at(kind), url))
    return visible


def _roles(incident: Incident) -> list[tuple[str, list[Any]]]:
    """Each role that somebody holds or held, in the order of the vocabulary, with its assignments."""
    held = standing(incident.commandassignments.all())
    named = [(role.label, [one for one in held if one.role == role]) for role in CommandRole]
    return [(label, assignments) for label, assignments in named if assignments]


def _may_end(person: Person, held: CommandAssignment, rights: Rights) -> bool:
    """As `access.can_give_role` has it, without asking again."""
    if held.until_at is not None or held.incident.is_closed:
        return False
    role = CommandRole(held.role)
    is_mine = role is not CommandRole.MIM and person.pk in (held.person_id, held.person.account_id)
    return rights.command or (rights.record and (role not in CARRY_RIGHTS or is_mine))


def _engagements(incident: Incident) -> list[Any]:
    """The vendors engaged, each with by how much it answered too late as `late_by`, in words."""
    engaged = standing(incident.vendorengagements.all())
    for one in engaged:
        sla = stated_sla(one.response_sla_minutes, one.vendor.response_sla_minutes)
        late = over_the_sla(one.engaged_at, one.responded_at, sla)
        one.late_by = "" if late is None else duration_words(int(late.total_seconds()))
    return engaged


def _says(incident: Incident, field: ImpactField) -> bool:
    return getattr(incident, field.value) not in (None, "")


_FILLED_BY_MILESTONE = {
    GapKind.NO_ALERT_TIME: MilestoneKind.ALERT_FIRED,
    GapKind.NO_DETECTION_TIME: MilestoneKind.CONFIRMED,
    GapKind.NO_IMPACT_START: MilestoneKind.IMPACT_STARTED,
    GapKind.NO_DECLARATION: MilestoneKind.OPENED,
    GapKind.NO_MITIGATION: MilestoneKind.MITIGATED,
    GapKind.NO_VALIDATION: MilestoneKind.RECOVERED,
    GapKind.NO_STAKEHOLDER_COMMUNICATION: MilestoneKind.STAKEHOLDER_COMMUNICATION,
}
_FILLED_BY_IMPACT = (
    GapKind.NO_CUSTOMER_COUNT,
    GapKind.EXTERNAL_IMPACT_UNKNOWN,
    GapKind.NO_ALERT_SOURCE,
    GapKind.NO_BUSINESS_IMPACT,
    GapKind.NO_REVENUE_EXPOSURE,
    GapKind.NO_SLA_STATUS,
    GapKind.REGULATORY_EXPOSURE_UNKNOWN,
)
_FILLED_BY_UPDATE = (
    GapKind.STATUS_UPDATE_LATE,
    GapKind.NO_STATUS_UPDATE,
    GapKind.NO_PUBLIC_STATUS_UPDATE,
)


_FILLED_BY_ROLE = {
    GapKind.NO_TRL: CommandRole.TECHNICAL_RECOVERY_LEAD,
    GapKind.NO_MIM: CommandRole.MIM,
}


def _gap(incident: Incident, finding: GapFinding, rights: Rights) -> GapRow:
    """A finding with the step that would fill it while the incident runs, where the reader may take it."""
    kind, subject = finding.kind, finding.gaps[0].subject
    step, initial, may = "", {}, rights.record
    if kind in _FILLED_BY_MILESTONE:
        step, initial, may = "milestone", {"kind": _FILLED_BY_MILESTONE[kind].value}, rights.times
    elif kind in _FILLED_BY_IMPACT:
        step = "impact"
    elif kind in _FILLED_BY_UPDATE:
        step = "status"
    elif kind is GapKind.ROLE_NOT_ASSIGNED and finding.count > 1:
        step = "role"
    elif kind in _FILLED_BY_ROLE or kind is GapKind.ROLE_NOT_ASSIGNED:
        role = _FILLED_BY_ROLE.get(kind) or CommandRole(subject)
        step, initial = "role", {"role": role.value}
        may = rights.command if role is CommandRole.MIM else rights.give_roles or role not in CARRY_RIGHTS
    elif kind is GapKind.PHASE_SKIPPED:
        step, initial, may = "phase", {"phase": subject}, rights.times
    elif kind is GapKind.NO_MTM:
        step, may = "mtm", rights.command
    if not may or incident.is_closed:
        return GapRow(finding, "")
    if kind is GapKind.VENDOR_RESPONSE_MISSING:
        return GapRow(finding, _step_of_vendor(incident, subject))
    return GapRow(finding, step_url(incident, step, **initial) if step else "")


def _step_of_vendor(incident: Incident, name: str) -> str:
    """Where more is said of the engagement of the vendor of this name that has no answer yet."""
    engaged = [one for one in standing(incident.vendorengagements.all()) if one.vendor.name == name]
    waiting = [one for one in engaged if one.responded_at is None] or engaged
    if not waiting:
        return ""
    return reverse("incidents:step_of", args=[incident.reference, "vendor-change", waiting[0].pk])
