"""Command: who holds which role, the recovery tracks, handing over, claiming, and who may know of the incident."""

from collections.abc import Callable
from datetime import datetime
from types import EllipsisType

from django.db import transaction
from django.db.models import QuerySet

from incidents.access import (
    CARRY_RIGHTS,
    COMMAND_ONLY,
    MIM_GROUP_ONLY,
    can_claim,
    can_command,
    can_confirm_role,
    can_give_role,
    commander,
    why_not_give_role,
    why_not_record,
)
from incidents.models import (
    CommandAssignment,
    Handover,
    Incident,
    RecoveryTrack,
    Service,
    TrackMember,
)
from incidents.models.incident import LEADS_A_TRACK
from incidents.operations.changing import (
    Said,
    amend,
    begin,
    check_correctable,
    finish,
    is_settled,
    logged,
)
from incidents.operations.checks import happened, optional_text, text, word
from incidents.operations.letting_in import (
    HELD_A_ROLE,
    LET_IN,
    WORKS_ON_A_TRACK,
    check_knows,
    let_in,
    let_in_as_recorded,
    let_out_of_track,
)
from incidents.operations.names import known_by_name
from incidents.vocabulary import CommandRole
from majorops.errors import BadInput, RuleViolation
from majorops.people.models import Person


@transaction.atomic
def assign(
    incident: Incident,
    *,
    role: str,
    person: Person,
    by: Person | None,
    at: datetime,
    now: datetime,
    until: datetime | None = None,
    corrects: CommandAssignment | None = None,
    version: int | None = None,
) -> CommandAssignment:
    """Records that `person` holds the role from `at` on, or held it `until` then.

    Who becomes MIM of a running incident commands it, and whoever was MIM is relieved. A role recorded after the close
    carries no right until it is confirmed, and gives no sight of a restricted incident. Everybody else who holds a role
    is let in. Raises NotAllowed for a role that carries rights and is not the caller's to give, RuleViolation when the
    person holds the role already, or is not the caller's to let in.
    """
    kind = word(CommandRole, role, "role")
    begin(
        incident,
        by=by,
        version=version,
        may=lambda giver, incident: can_give_role(giver, incident, kind, person),
        refusal=_why_not(kind),
    )
    happened(at, now)
    happened(until, now, "until", after=at, what="the time from which the role was held")
    _check_correction(incident, corrects)
    check_knows(incident, [person], by=by)
    holds = _open_assignments(incident, kind).filter(person=person)
    if until is None and corrects is None and holds.exists():
        raise RuleViolation(f"{person} holds the role {kind.label} already.")
    takes_command = kind is CommandRole.MIM and until is None and not incident.is_closed
    before = incident.mim
    if takes_command:
        check_can_act(person)
        _relieve_mim(incident, by=by, at=at, now=now)
    assignment = CommandAssignment.objects.create(
        incident=incident,
        role=kind,
        person=person,
        from_at=at,
        until_at=until,
        needs_confirmation=incident.is_closed or corrects is not None,
        corrects=corrects,
        logged_at=logged(incident, now),
        logged_by=by,
    )
    if not assignment.needs_confirmation:
        let_in_as_recorded(incident, person, HELD_A_ROLE, by=by, now=now)
    if takes_command:
        incident.mim = person
    finish(
        incident,
        "assigned a role",
        assignment,
        by=by,
        at=at,
        now=now,
        fields=("mim",) if takes_command else (),
        changes={kind.label: (before if takes_command else None, person)},
    )
    return assignment


@transaction.atomic
def end_assignment(
    assignment: CommandAssignment, *, by: Person | None, at: datetime, now: datetime
) -> CommandAssignment:
    """Records until when the role was held. An incident whose MIM is relieved so belongs to the MIM group.

    Ended after the close, the role carries no right until that is confirmed.
    """
    incident = assignment.incident
    role = CommandRole(assignment.role)
    is_mim = role is CommandRole.MIM
    begin(
        incident,
        by=by,
        may=lambda person, incident: can_give_role(person, incident, role, assignment.person, ends=True),
        refusal=_why_not(role),
    )
    assignment.refresh_from_db()
    if assignment.until_at is not None:
        raise RuleViolation(f"{assignment.person} does not hold the role {role.label} any more.")
    happened(at, now, after=assignment.from_at, what="the time from which the role was held")
    unconfirmed = {"needs_confirmation": True} if is_settled(incident, assignment) else {}
    assignment = amend(incident, assignment, by=by, now=now, until_at=at, **unconfirmed)
    leaves = is_mim and not incident.is_closed and incident.mim_id == assignment.person_id
    if leaves:
        incident.mim = None
    finish(
        incident,
        "ended a role",
        assignment,
        by=by,
        at=at,
        now=now,
        fields=("mim",) if leaves else (),
        changes={role.label: (assignment.person, None)},
    )
    return assignment


@transaction.atomic
def hand_over(
    incident: Incident,
    *,
    to: Person,
    by: Person | None,
    at: datetime,
    now: datetime,
    note: str = "",
    version: int | None = None,
) -> Handover:
    """Passes command, chair, draft and obligations to the next MIM in one step, with a note.

    After the close nobody commands any more: the chair passes, and no role is recorded.
    """
    begin(incident, by=by, may=can_command, refusal=COMMAND_ONLY, version=version)
    if commander(incident) == to:
        raise RuleViolation(f"{to} is the Major Incident Manager already.")
    return _pass_on(incident, to, "handed over", note=note, by=by, at=at, now=now)


@transaction.atomic
def pass_on(
    incident: Incident, *, to: Person, note: str, by: Person | None, at: datetime, now: datetime
) -> Handover:
    """Passes what somebody commands who left. Asks nobody: whoever calls it has decided."""
    begin(incident, by=None)
    return _pass_on(incident, to, "handed over", note=note, by=by, at=at, now=now)


@transaction.atomic
def claim(
    incident: Incident, *, by: Person, at: datetime, now: datetime, version: int | None = None
) -> Handover:
    """A Major Incident Manager takes an incident that nobody commands: without a MIM, or with a mere contact."""
    begin(incident, by=by, may=can_claim, refusal=MIM_GROUP_ONLY, version=version)
    return _pass_on(incident, by, "claimed", note="", by=by, at=at, now=now)


@transaction.atomic
def restrict(
    incident: Incident,
    *,
    restricted: bool,
    reason: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    version: int | None = None,
) -> Incident:
    """Hides the incident from all but its people, its Auditors and those let in; or opens it to everybody."""
    begin(incident, by=by, may=can_command, refusal=COMMAND_ONLY, version=version)
    if incident.restricted == restricted:
        raise RuleViolation(
            "This incident is restricted already." if restricted else "This incident is open already."
        )
    why = text(reason, "reason")
    let_in(incident, by, LET_IN, now)
    incident.restricted = restricted
    finish(
        incident,
        "restricted" if restricted else "opened to everybody",
        incident,
        by=by,
        at=at,
        now=now,
        fields=("restricted",),
        changes={"restricted": (not restricted, restricted)},
        reason=why,
    )
    return incident


@transaction.atomic
def admit(
    incident: Incident, *, person: Person, reason: str, by: Person | None, at: datetime, now: datetime
) -> None:
    """Lets somebody who has no part in it know of a restricted incident."""
    begin(incident, by=by, may=can_command, refusal=COMMAND_ONLY)
    why = text(reason, "reason")
    let_in(incident, person, LET_IN, now)
    finish(
        incident,
        "let in",
        incident,
        by=by,
        at=at,
        now=now,
        changes={"access": (None, person)},
        reason=why,
    )


@transaction.atomic
def open_track(
    incident: Incident,
    *,
    name: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    service: str | None = None,
    lead: Person | None = None,
    lead_assigned_at: datetime | None = None,
    first_action_at: datetime | None = None,
    closed_at: datetime | None = None,
    outcome: str | None = None,
    version: int | None = None,
) -> RecoveryTrack:
    """Opens a recovery track at `at`. A lead named while the incident runs leads from then, unless said otherwise."""
    begin(incident, by=by, version=version)
    happened(at, now)
    if lead is not None and lead_assigned_at is None and not incident.is_closed:
        lead_assigned_at = at
    service_name = optional_text(service, "service", limit=200)
    _check_track(now, at, lead, lead_assigned_at, first_action_at, closed_at)
    check_knows(incident, [lead], by=by)
    track = RecoveryTrack.objects.create(
        incident=incident,
        name=text(name, "name", limit=300),
        service=_service(service_name),
        service_name=service_name,
        lead=lead,
        opened_at=at,
        lead_assigned_at=lead_assigned_at,
        first_action_at=first_action_at,
        closed_at=closed_at,
        outcome=optional_text(outcome, "outcome"),
        logged_at=logged(incident, now),
        logged_by=by,
    )
    let_in_as_recorded(incident, lead, LEADS_A_TRACK, by=by, now=now)
    finish(
        incident,
        "opened a recovery track",
        track,
        by=by,
        at=at,
        now=now,
        changes={"track": (None, track.name), "lead": (None, lead)},
    )
    return track


@transaction.atomic
def update_track(
    track: RecoveryTrack,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
    name: Said[str] = ...,
    service: Said[str | None] = ...,
    lead: Said[Person | None] = ...,
    lead_assigned_at: Said[datetime | None] = ...,
    first_action_at: Said[datetime | None] = ...,
    closed_at: Said[datetime | None] = ...,
    outcome: Said[str | None] = ...,
) -> RecoveryTrack:
    """Says more of a track. A new lead leads from `at` on unless `lead_assigned_at` says otherwise.

    Returns the entry that stands: the same one while the incident runs, a correction of it once it was closed.
    """
    incident = track.incident
    begin(incident, by=by)
    happened(at, now, after=track.opened_at, what="the opening of the track")
    data: dict[str, object] = {}
    if not isinstance(name, EllipsisType):
        data["name"] = text(name, "name", limit=300)
    if not isinstance(service, EllipsisType):
        data["service_name"] = optional_text(service, "service", limit=200)
        data["service"] = _service(data["service_name"])
    if not isinstance(lead, EllipsisType):
        data["lead"] = lead
        data["lead_assigned_at"] = None if lead is None or incident.is_closed else at
    if not isinstance(outcome, EllipsisType):
        data["outcome"] = optional_text(outcome, "outcome")
    for field, value in (
        ("lead_assigned_at", lead_assigned_at),
        ("first_action_at", first_action_at),
        ("closed_at", closed_at),
    ):
        if not isinstance(value, EllipsisType):
            data[field] = value
    track.refresh_from_db()
    before = {field: getattr(track, field) for field in data}
    stands = {**{field: getattr(track, field) for field in _TRACK}, **data}
    _check_track(now, track.opened_at, *(stands[field] for field in _TRACK))
    if "lead" in data:
        check_knows(incident, [stands["lead"]], by=by)
    amended = amend(incident, track, by=by, now=now, **data)
    if amended.pk != track.pk:
        TrackMember.objects.bulk_create(
            TrackMember(track=amended, person_id=member.person_id, since=member.since)
            for member in track.members.all()
        )
    let_in_as_recorded(incident, amended.lead, LEADS_A_TRACK, by=by, now=now)
    if amended.pk != track.pk and track.lead is not None and (by is None or can_confirm_role(by, incident)):
        let_out_of_track(incident, track.lead)
    finish(
        incident,
        "updated a recovery track",
        amended,
        by=by,
        at=at,
        now=now,
        changes={field: (before[field], value) for field, value in data.items() if before[field] != value},
    )
    return amended


@transaction.atomic
def add_member(
    track: RecoveryTrack, *, person: Person, by: Person | None, at: datetime, now: datetime
) -> TrackMember:
    """An SME joins the track at `at`. Who was on it is captured while the incident runs; afterwards as a role."""
    incident = track.incident
    begin(incident, by=by)
    if incident.is_closed:
        raise RuleViolation(
            "The incident is closed. Record the person in the role Subject matter expert instead: "
            "it is kept as recorded after the fact."
        )
    happened(at, now, after=track.opened_at, what="the opening of the track")
    if track.members.filter(person=person).exists():
        raise RuleViolation(f"{person} is on this track already.")
    check_knows(incident, [person], by=by)
    member = TrackMember.objects.create(track=track, person=person, since=at)
    let_in_as_recorded(incident, person, WORKS_ON_A_TRACK, by=by, now=now)
    finish(
        incident,
        "joined a recovery track",
        track,
        by=by,
        at=at,
        now=now,
        changes={"members": (None, person)},
    )
    return member


_TRACK = ("lead", "lead_assigned_at", "first_action_at", "closed_at")


def _check_track(
    now: datetime,
    opened_at: datetime | None,
    lead: Person | None,
    lead_assigned_at: datetime | None,
    first_action_at: datetime | None,
    closed_at: datetime | None,
) -> None:
    opening = "the opening of the track"
    happened(lead_assigned_at, now, "lead_assigned_at", after=opened_at, what=opening)
    happened(first_action_at, now, "first_action_at", after=opened_at, what=opening)
    happened(closed_at, now, "closed_at", after=opened_at, what=opening)
    if lead is None and lead_assigned_at is not None:
        raise BadInput.of("lead", "Name the lead who was assigned then.")


def check_can_act(person: Person, path: str = "person") -> None:
    """Refuses somebody who cannot sign in and act: a contact, a disabled account, one that only reads."""
    if person.is_contact or not person.is_active or person.only_reads:
        raise BadInput.of(
            path, f"{person} has no account that can command. Name somebody who can sign in and act."
        )


def _why_not(role: CommandRole) -> Callable[[Incident], str]:
    return why_not_give_role if role in CARRY_RIGHTS else why_not_record


def _check_correction(incident: Incident, corrects: CommandAssignment | None) -> None:
    check_correctable(incident, corrects)
    if corrects is not None and not is_settled(incident, corrects):
        raise RuleViolation("While the incident runs, end the assignment and record the right one.")


def _open_assignments(incident: Incident, role: CommandRole) -> QuerySet[CommandAssignment]:
    return CommandAssignment.objects.filter(
        incident=incident, role=role, until_at__isnull=True, corrections__isnull=True
    )


def _relieve_mim(incident: Incident, *, by: Person | None, at: datetime, now: datetime) -> None:
    for assignment in _open_assignments(incident, CommandRole.MIM):
        amend(incident, assignment, by=by, now=now, until_at=max(at, assignment.from_at or at))


def _pass_on(
    incident: Incident, to: Person, verb: str, *, note: str, by: Person | None, at: datetime, now: datetime
) -> Handover:
    happened(at, now, after=incident.opened_at, what="the declaration of the major incident")
    check_can_act(to)
    before = incident.mim
    handover = Handover.objects.create(
        incident=incident,
        at=at,
        from_person=before,
        to_person=to,
        by=by,
        note=optional_text(note, "note") or "",
    )
    if not incident.is_closed:
        _relieve_mim(incident, by=by, at=at, now=now)
        CommandAssignment.objects.create(
            incident=incident, role=CommandRole.MIM, person=to, from_at=at, logged_at=now, logged_by=by
        )
    let_in(incident, to, HELD_A_ROLE, now)
    incident.mim = to
    finish(
        incident,
        verb,
        handover,
        by=by,
        at=at,
        now=now,
        fields=("mim",),
        changes={"mim": (before, to)},
        reason=handover.note,
    )
    return handover


def _service(name: object) -> Service | None:
    return known_by_name(Service, str(name)) if name else None
