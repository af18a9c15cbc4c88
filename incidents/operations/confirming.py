"""Confirming a role, or the lead of a recovery track, that was recorded or corrected after the close."""

from datetime import datetime

from django.db import transaction

from incidents.access import can_confirm_role, commander, why_not_confirm_role
from incidents.models import CommandAssignment, RecoveryTrack, RoleConfirmation
from incidents.models.incident import LEADS_A_TRACK
from incidents.operations.changing import begin, finish
from incidents.operations.checks import happened
from incidents.operations.letting_in import HELD_A_ROLE, let_in, let_out_of_role, let_out_of_track
from incidents.operations.response.command import check_can_act
from incidents.vocabulary import CommandRole
from majorops.errors import RuleViolation
from majorops.people.models import Person


@transaction.atomic
def confirm_role(
    assignment: CommandAssignment, *, by: Person | None, at: datetime, now: datetime
) -> RoleConfirmation:
    """The MIM or the owner of the After Action confirms a role that was recorded or corrected after the close: from now
    on it carries its rights and gives sight of a restricted incident, and the one it corrects gives neither. Who is
    confirmed as MIM of an incident that nobody commands commands it.

    Raises NotAllowed, and RuleViolation when there is nothing to confirm.
    """
    incident = assignment.incident
    begin(incident, by=by, may=can_confirm_role, refusal=why_not_confirm_role)
    role = CommandRole(assignment.role)
    if assignment.corrections.exists():
        raise RuleViolation("A later entry corrected this one. Confirm that entry.")
    if not assignment.needs_confirmation:
        raise RuleViolation(
            f"{assignment.person} was recorded as {role.label} while the incident ran: that stands."
        )
    if RoleConfirmation.objects.filter(assignment=assignment).exists():
        raise RuleViolation(f"{assignment.person} is confirmed as {role.label} already.")
    happened(at, now, after=assignment.logged_at, what="the time at which the role was recorded")
    confirmation = RoleConfirmation.objects.create(incident=incident, assignment=assignment, at=at, by=by)
    let_in(incident, assignment.person, HELD_A_ROLE, now)
    for corrected in CommandAssignment.objects.filter(corrections=assignment).select_related("person"):
        let_out_of_role(incident, corrected.person)
    before = incident.mim
    takes_command = role is CommandRole.MIM and assignment.until_at is None and commander(incident) is None
    if takes_command:
        check_can_act(assignment.person)
        incident.mim = assignment.person
    finish(
        incident,
        "confirmed a role",
        assignment,
        by=by,
        at=at,
        now=now,
        fields=("mim",) if takes_command else (),
        changes={role.label: (before if takes_command else None, assignment.person)},
    )
    return confirmation


@transaction.atomic
def confirm_lead(track: RecoveryTrack, *, by: Person | None, at: datetime, now: datetime) -> RecoveryTrack:
    """The MIM or the owner of the After Action confirms the lead of a recovery track that was recorded or corrected
    after the close: from now on leading it is a part in the incident, and whom the record named before has none.

    Raises NotAllowed, and RuleViolation when there is nothing to confirm.
    """
    incident = track.incident
    begin(incident, by=by, may=can_confirm_role, refusal=why_not_confirm_role)
    if track.corrections.exists():
        raise RuleViolation("A later entry corrected this one. Confirm that entry.")
    if track.lead is None:
        raise RuleViolation(f"The recovery track {track.name} has no lead: there is nobody to confirm.")
    if RecoveryTrack.objects.carrying_rights().filter(pk=track.pk).exists():
        raise RuleViolation(f"{track.lead} stands as the lead of {track.name} already.")
    happened(at, now, after=track.logged_at, what="the time at which the lead was recorded")
    let_in(incident, track.lead, LEADS_A_TRACK, now)
    for corrected in RecoveryTrack.objects.filter(corrections=track).select_related("lead"):
        if corrected.lead is not None:
            let_out_of_track(incident, corrected.lead)
    finish(
        incident,
        "confirmed the lead of a recovery track",
        track,
        by=by,
        at=at,
        now=now,
        changes={"lead": (None, track.lead)},
    )
    return track
