"""Closing, reopening, and the decision whether an After Action is required."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction

from incidents.access import (
    COMMAND_ONLY,
    MANAGER_ONLY,
    can_command,
    can_confirm_lowering,
    can_reopen,
    commander,
)
from incidents.models import (
    CommandAssignment,
    Incident,
    Milestone,
    PhaseEntry,
    Reopening,
    RequirementDecision,
)
from incidents.operations.changing import begin, finish, logged
from incidents.operations.checks import happened, optional_text, text
from incidents.operations.facts import outline_facts
from incidents.rules.requirement import (
    Inputs,
    Requirement,
    current_requirement,
    must_confirm_lowering,
    requirement,
)
from incidents.vocabulary import CommandRole, MilestoneKind, Phase, RequirementLevel, Severity
from majorops.errors import RuleViolation
from majorops.people.models import Person

REQUIREMENT = ("requirement_level", "requirement_rule", "requirement_reason", "requirement_decided_at")


@transaction.atomic
def close(
    incident: Incident,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> Incident:
    """Completes the resolution milestone: enters the phase Closed, ends the roles, decides the requirement.

    Recovery tracks stay as they were captured: nobody said that they ended. Raises RuleViolation when it is closed
    already. Domain: Milestones ("Completing the resolution milestone closes the incident").
    """
    begin(incident, by=by, may=can_command, refusal=COMMAND_ONLY, version=version)
    if incident.is_closed:
        raise RuleViolation(
            "This incident is closed already. Add what is missing: it is kept as after the fact."
        )
    happened(at, now, after=incident.opened_at, what="the declaration of the major incident")
    entered = PhaseEntry.objects.filter(incident=incident).last()
    if entered is None or entered.phase != Phase.CLOSED:
        PhaseEntry.objects.create(
            incident=incident, phase=Phase.CLOSED, entered_at=at, by=by, logged_at=now, logged_by=by
        )
    milestone = Milestone.objects.create(
        incident=incident,
        kind=MilestoneKind.CLOSED,
        at=at,
        by=by,
        text=optional_text(note, "text") or "",
        logged_at=now,
        logged_by=by,
    )
    for assignment in CommandAssignment.objects.filter(
        incident=incident, until_at__isnull=True, corrections__isnull=True
    ):
        assignment.until_at = max(at, assignment.from_at or at)
        assignment.save(update_fields=["until_at"])
    incident.closed_at, incident.close_logged_at = at, now
    decide_requirement(incident, by=by, now=now)
    finish(
        incident,
        "closed",
        milestone,
        by=by,
        at=at,
        now=now,
        fields=("closed_at", "close_logged_at", *REQUIREMENT),
        changes={"closed_at": (None, at), "requirement_level": (None, incident.requirement_level)},
    )
    return incident


@transaction.atomic
def reopen(
    incident: Incident,
    *,
    reason: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    version: int | None = None,
) -> Incident:
    """Opens a closed incident again: appends who and why, and gives the MIM the command back.

    The last requirement stays written on the incident, without the instant of its decision, until it closes anew.
    """
    begin(incident, by=by, may=can_reopen, refusal=COMMAND_ONLY, version=version)
    if not incident.is_closed:
        raise RuleViolation("This incident is still running: there is nothing to reopen.")
    happened(at, now, after=incident.closed_at, what="its close")
    reopening = Reopening.objects.create(
        incident=incident, at=at, by=by, reason=text(reason, "reason"), closed_at_before=incident.closed_at
    )
    commands = commander(incident)
    if commands is not None:
        CommandAssignment.objects.create(
            incident=incident,
            role=CommandRole.MIM,
            person=commands,
            from_at=at,
            logged_at=logged(incident, now),
            logged_by=by,
        )
    closed_at, incident.closed_at = incident.closed_at, None
    incident.close_logged_at = None
    incident.ended_without_close = False
    incident.requirement_decided_at = None
    finish(
        incident,
        "reopened",
        reopening,
        by=by,
        at=at,
        now=now,
        fields=("closed_at", "close_logged_at", "ended_without_close", "requirement_decided_at"),
        changes={"closed_at": (closed_at, None)},
        reason=reopening.reason,
    )
    return incident


@transaction.atomic
def confirm_lowering(
    incident: Incident,
    *,
    reason: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    version: int | None = None,
) -> Incident:
    """The MIM's manager confirms, after a downward correction, that the After Action never was mandatory."""
    begin(incident, by=by, may=can_confirm_lowering, refusal=MANAGER_ONLY, version=version)
    before = incident.requirement_level
    if not lowering_awaits_confirmation(incident):
        raise RuleViolation("No correction would lower this requirement: there is nothing to confirm.")
    why = text(reason, "reason")
    decision = decide_requirement(incident, by=by, now=now, never_was_mandatory=True)
    finish(
        incident,
        "confirmed that it never was mandatory",
        decision or incident,
        by=by,
        at=at,
        now=now,
        fields=REQUIREMENT,
        changes={"requirement_level": (before, incident.requirement_level)},
        reason=why,
    )
    return incident


def lowering_awaits_confirmation(incident: Incident) -> bool:
    """Whether the record as corrected would no longer make a closed incident's After Action mandatory."""
    if not incident.is_closed or incident.requirement_level != RequirementLevel.MANDATORY:
        return False
    return must_confirm_lowering(_last(incident), _as_recorded(incident))


def decide_requirement(
    incident: Incident, *, by: Person | None, now: datetime, never_was_mandatory: bool = False
) -> RequirementDecision | None:
    """Decides anew from the incident as it stands in memory, keeps the decision with its inputs, and writes the
    columns REQUIREMENT of the instance, which the caller saves together with what it changed.

    None, and nothing changed, while it runs or when the inputs are those of the last decision made for this close.
    """
    if not incident.is_closed:
        return None
    previous = _last(incident)
    new = _as_recorded(incident)
    is_decided = incident.requirement_decided_at is not None
    if is_decided and previous is not None and previous.inputs == new.inputs and not never_was_mandatory:
        return None
    stands = current_requirement(previous, new, never_was_mandatory=never_was_mandatory)
    incident.requirement_level = stands.level.value
    incident.requirement_rule = stands.rule
    incident.requirement_reason = stands.reason
    incident.requirement_decided_at = now
    return RequirementDecision.objects.create(
        incident=incident,
        level=stands.level,
        rule=stands.rule,
        reason=stands.reason,
        inputs=asdict(stands.inputs),
        decided_at=now,
        by=by,
        lowering_confirmed=never_was_mandatory,
    )


def _as_recorded(incident: Incident) -> Requirement:
    ended_at = incident.closed_at or incident.recorded_at
    return requirement(outline_facts(incident), ended_at)


def _last(incident: Incident) -> Requirement | None:
    kept = incident.requirement_decisions.last()
    if kept is None:
        return None
    given: dict[str, Any] = {**kept.inputs, "severity": Severity(kept.inputs["severity"])}
    return Requirement(RequirementLevel(kept.level), kept.rule, kept.reason, Inputs(**given))
