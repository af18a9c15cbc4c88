"""When the meeting is: schedule, reschedule, and the times on offer (domain.md, Deadlines)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from afteractions.models import AfterAction, Attendee, Meeting, MeetingMove
from afteractions.operations import lifecycle
from afteractions.operations.deadlines import obligations
from afteractions.operations.facts import business_calendar
from afteractions.operations.meeting.attendees import propose_attendees
from afteractions.operations.meeting.invitations import invite, organiser_address
from afteractions.operations.parts import WHY_LIAISON, WHY_OWNER, revoke_access_of_former_parts
from afteractions.operations.review import antipatterns
from afteractions.rules.deadlines.calendar import end_of_day, start_of_day
from afteractions.rules.meeting.scheduling import (
    Busy,
    Concern,
    ConcernKind,
    SchedulingFacts,
    Slots,
    check_time,
    three_slots,
)
from afteractions.vocabulary import (
    AttendeeRequirement,
    Decision,
    InvitationResponse,
    Status,
    TransitionKind,
)
from incidents.operations.letting_in import let_in
from majorops.errors import BadInput, Problem, RuleViolation
from majorops.people.models import Absence, Person
from majorops.texts import typed_text

USUAL_LENGTH = timedelta(hours=1)
LONGEST_LOCATION = 500


@transaction.atomic
def schedule(
    after_action: AfterAction,
    *,
    starts_at: datetime,
    ends_at: datetime,
    location: str = "",
    reason: str = "",
    owner: Person | None = None,
    internal_liaison: Person | None = None,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Meeting:
    """Puts the meeting of the present round on the calendar, confirms the owner, and invites.

    `owner` None confirms the one there is, else the MIM. A time past the deadline to hold takes a `reason`. Raises
    RuleViolation, NotAllowed, BadInput, VersionConflict.
    """
    after_action = lifecycle.locked(after_action, version=version)
    lifecycle.check_allowed(TransitionKind.SCHEDULE, after_action, by=by, reason=reason)
    lifecycle.check_instant(
        at, now=now, after=[(after_action.incident.closed_at, "the close of the incident")]
    )
    breach_reason = _weigh(after_action, starts_at, ends_at, reason, at=at)
    propose_attendees(after_action, now=now)
    meeting = Meeting.objects.create(
        after_action=after_action,
        round=after_action.meetings.count() + 1,
        starts_at=starts_at,
        ends_at=ends_at,
        location=_location(location),
        organizer=organiser_address(),
        scheduled_at=at,
        scheduled_by=by,
        breach_reason=breach_reason,
    )
    before = after_action.owner
    after_action.owner = owner or after_action.owner or after_action.incident.mim
    after_action.owner_confirmed_at = at if after_action.owner else None
    after_action.internal_liaison = internal_liaison or after_action.internal_liaison
    lifecycle.save(after_action, "owner", "owner_confirmed_at", "internal_liaison")
    for person, why in ((after_action.owner, WHY_OWNER), (after_action.internal_liaison, WHY_LIAISON)):
        let_in(after_action.incident, person, why, now)
    revoke_access_of_former_parts(after_action)
    invite(meeting, by=by, now=now)
    lifecycle.audit(
        "scheduled",
        after_action,
        by=by,
        now=now,
        changes={
            "starts_at": (None, starts_at),
            "ends_at": (None, ends_at),
            "owner": (before, after_action.owner),
        },
        reason=reason,
    )
    obligations.reconcile(after_action.incident, by=by, now=now)
    return meeting


@transaction.atomic
def reschedule(
    after_action: AfterAction,
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    location: str | None = None,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Meeting:
    """Moves the meeting, with a reason. The draft's deadline moves with it, the deadline to hold never does.

    `location` None leaves the place. Everybody included receives an update, and answers anew.
    """
    after_action = lifecycle.locked(after_action, version=version)
    lifecycle.check_allowed(TransitionKind.RESCHEDULE, after_action, by=by, reason=reason)
    meeting = Meeting.objects.select_for_update(of=("self",)).get(
        after_action=after_action, held_until__isnull=True
    )
    meeting.after_action = after_action
    lifecycle.check_instant(at, now=now, after=[(meeting.scheduled_at, "the meeting was scheduled")])
    breach_reason = _weigh(after_action, starts_at, ends_at, reason, at=at, moves=True)
    due = lifecycle.hold_by(after_action)
    is_tolerated = after_action.status == Status.DRAFT and (due is None or ends_at <= due)
    MeetingMove.objects.create(
        meeting=meeting,
        from_starts_at=meeting.starts_at,
        to_starts_at=starts_at,
        at=at,
        by=by,
        reason=reason,
        counts=not is_tolerated,
    )
    before = (meeting.starts_at, meeting.ends_at)
    meeting.starts_at, meeting.ends_at = starts_at, ends_at
    meeting.location = meeting.location if location is None else _location(location)
    meeting.breach_reason = breach_reason
    meeting.sequence += 1
    meeting.time_sequence = meeting.sequence
    meeting.save()
    after_action.attendees.update(response=InvitationResponse.NONE, responded_at=None)
    lifecycle.save(after_action)
    invite(meeting, by=by, now=now)
    lifecycle.audit(
        "rescheduled",
        after_action,
        by=by,
        now=now,
        changes={"starts_at": (before[0], starts_at), "ends_at": (before[1], ends_at)},
        reason=reason,
    )
    antipatterns.name_found(after_action, at=at, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return meeting


def check_meeting_time(
    after_action: AfterAction, *, starts_at: datetime, ends_at: datetime, at: datetime, moves: bool = False
) -> list[Concern]:
    """All that speaks against a time, said at the moment of choosing; the first time that fits goes with each."""
    return check_time(starts_at, ends_at, _facts(after_action, at=at, moves=moves), at)


def slots(
    after_action: AfterAction,
    *,
    now: datetime,
    length: timedelta = USUAL_LENGTH,
    hold_by: datetime | None = None,
) -> Slots:
    """Three times that meet every rule, or why there are fewer. `hold_by` is the deadline, where it is known."""
    return three_slots(length, _facts(after_action, at=now, moves=False, hold_by=hold_by), now)


def _weigh(
    after_action: AfterAction,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    *,
    at: datetime,
    moves: bool = False,
) -> str:
    """Refuses a time that cannot be, or needs a reason and has none. Returns the reason of a known breach."""
    concerns = check_meeting_time(after_action, starts_at=starts_at, ends_at=ends_at, at=at, moves=moves)
    for concern in concerns:
        if concern.kind is ConcernKind.ENDS_BEFORE_IT_STARTS:
            raise BadInput.of("ends_at", concern.text)
        if concern.refused:
            raise RuleViolation(concern.text, [Problem("starts_at", concern.text)])
        if concern.needs_reason and not reason.strip():
            raise RuleViolation(concern.text, [Problem("reason", concern.text)])
    breaches = any(concern.kind is ConcernKind.PAST_THE_DEADLINE for concern in concerns)
    return reason.strip() if breaches else ""


def _facts(
    after_action: AfterAction, *, at: datetime, moves: bool, hold_by: datetime | None = None
) -> SchedulingFacts:
    required = list(
        after_action.attendees.filter(included=True, requirement=AttendeeRequirement.REQUIRED).select_related(
            "person"
        )
    )
    names: dict[ZoneInfo, tuple[str, ...]] = {}
    for row in required:
        if not row.person.is_contact:
            zone = ZoneInfo(row.person.time_zone)
            names[zone] = (*names.get(zone, ()), str(row.person))
    return SchedulingFacts(
        zone=ZoneInfo(after_action.incident.time_zone),
        calendar=business_calendar(),
        hold_by=hold_by or lifecycle.hold_by(after_action),
        distributed_at=lifecycle.draft_out_since(after_action),
        is_reschedule=moves,
        zones=tuple(names),
        names=names,
        busy=_busy(after_action, required, at),
    )


def _busy(after_action: AfterAction, required: list[Attendee], at: datetime) -> tuple[Busy, ...]:
    """When those who are required cannot come: the other After Actions that they attend, and the days on which they
    are away."""
    people = {row.person_id: row.person for row in required}
    ahead = (
        Meeting.objects.filter(
            held_until__isnull=True,
            ends_at__gt=at,
            after_action__attendees__included=True,
            after_action__attendees__person__in=people,
        )
        .exclude(after_action=after_action)
        .exclude(after_action__decision=Decision.SKIP)
    )
    spans = ahead.values_list("after_action__attendees__person", "starts_at", "ends_at").distinct()
    elsewhere = [
        Busy(starts_at, ends_at, str(people[person]), "attends another After Action")
        for person, starts_at, ends_at in spans
    ]
    absences = Absence.objects.filter(
        person__in=people, taken_back_at__isnull=True, until_on__gte=at.date() - timedelta(days=1)
    )
    away = []
    for absence in absences.order_by("from_on", "id"):
        person = people[absence.person_id]
        zone = ZoneInfo(person.time_zone)
        until = end_of_day(absence.until_on, zone)
        away.append(Busy(start_of_day(absence.from_on, zone), until, str(person), "is away"))
    return (*elsewhere, *away)


def _location(location: str) -> str:
    return typed_text(location, "location", most=LONGEST_LOCATION)
