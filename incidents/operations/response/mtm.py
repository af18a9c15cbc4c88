"""Major Technical Meetings: holding one, deciding against one, publishing its summary. Running one from its page is in
`mtm_meeting`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import EllipsisType

from django.db import transaction
from django.db.models import Q, QuerySet

from incidents.access import COMMAND_ONLY, can_call_mtm, can_command, why_not_call_mtm
from incidents.models import (
    Incident,
    IncidentService,
    Mtm,
    MtmAction,
    MtmAttendance,
    MtmDecision,
    MtmSummary,
)
from incidents.operations.changing import Said, amend, begin, finish, logged
from incidents.operations.checks import happened, number, optional_text, word
from incidents.operations.checks import text as required
from incidents.operations.letting_in import check_knows
from incidents.rules.response.mtm import AGENDA, is_for
from incidents.vocabulary import MtmActionStatus, Severity
from majorops.errors import BadInput, Problem, RuleViolation
from majorops.formatting.due_dates import DAY_HAS_PASSED, has_passed
from majorops.notices.outbox import NoticeWords, account_of, tell
from majorops.people.models import Person
from majorops.people.outsiders import Outsider, add_outsider

LONGEST_CADENCE = 1_440
AGENDA_KEYS = frozenset(point.key for point in AGENDA)


@dataclass(frozen=True, slots=True)
class ActionOfMtm:
    """One action that a meeting agreed."""

    title: str
    owner: Person | None = None
    due_on: date | None = None
    status: str = MtmActionStatus.OPEN.value


@transaction.atomic
def record_mtm(
    incident: Incident,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
    ended_at: datetime | None = None,
    attendees: Sequence[Person | Outsider] = (),
    notes: Mapping[str, str | None] | None = None,
    actions: Sequence[ActionOfMtm] = (),
    severity_confirmed: str | None = None,
    next_at: datetime | None = None,
    stood_down: bool = False,
    cadence_minutes: int | None = None,
    version: int | None = None,
) -> Mtm:
    """Records the MTM that started at `at`, as the incident's next in number; `update_mtm` says the rest of it.

    `notes` are texts under the keys of the agenda. A severity can be confirmed only as it is: change it first. While
    the incident runs whoever commands calls it, and the incident is or was Critical (Seed: The MTM); what was held is
    recorded afterwards all the same.
    """
    begin(incident, by=by, may=can_call_mtm, refusal=why_not_call_mtm, version=version)
    if not incident.is_closed and not is_for(Severity(incident.highest_severity)):
        raise RuleViolation(why_not_call_mtm(incident))
    happened(at, now)
    happened(ended_at, now, "ended_at", after=at, what="the start of the meeting")
    check_knows(incident, [action.owner for action in actions], by=by)
    _check_days(incident, actions, by=by, now=now)
    latest = Mtm.objects.filter(incident=incident).order_by("-number", "-pk").first()
    if (
        latest is not None
        and latest.ended_at is None
        and latest.started_at is not None
        and not incident.is_closed
    ):
        raise RuleViolation(f"MTM {latest.number} is under way. End it before the next one begins.")
    mtm = Mtm.objects.create(
        incident=incident,
        number=1 if latest is None else latest.number + 1,
        started_at=at,
        ended_at=ended_at,
        notes=_notes(notes or {}),
        severity_confirmed=_confirmed(incident, severity_confirmed),
        next_at=_next(next_at, at, stood_down=stood_down),
        stood_down=stood_down,
        cadence_minutes=_cadence(cadence_minutes),
        logged_at=logged(incident, now),
        logged_by=by,
    )
    _attend(mtm, attendees, by=by, now=now)
    _act(mtm, actions)
    finish(incident, "held an MTM", mtm, by=by, at=at, now=now, changes={"number": (None, mtm.number)})
    return mtm


@transaction.atomic
def update_mtm(
    mtm: Mtm,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
    ended_at: Said[datetime | None] = ...,
    attendees: Said[Sequence[Person | Outsider]] = ...,
    notes: Said[Mapping[str, str | None]] = ...,
    actions: Sequence[ActionOfMtm] = (),
    severity_confirmed: Said[str | None] = ...,
    next_at: Said[datetime | None] = ...,
    stood_down: Said[bool] = ...,
    cadence_minutes: Said[int | None] = ...,
) -> Mtm:
    """Says more of a meeting: its end, further attendees and actions, notes point by point, the next one.

    Returns the entry that stands, a correction once the incident was closed.
    """
    incident = mtm.incident
    begin(incident, by=by)
    happened(at, now)
    check_knows(incident, [action.owner for action in actions], by=by)
    _check_days(incident, actions, by=by, now=now)
    mtm.refresh_from_db()
    data: dict[str, object] = {}
    if not isinstance(ended_at, EllipsisType):
        happened(ended_at, now, "ended_at", after=mtm.started_at, what="the start of the meeting")
        _check_before_summary(mtm, ended_at)
        data["ended_at"] = ended_at
    if not isinstance(notes, EllipsisType):
        data["notes"] = {**mtm.notes, **_notes(notes)}
    if not isinstance(severity_confirmed, EllipsisType):
        data["severity_confirmed"] = _confirmed(incident, severity_confirmed)
    if not isinstance(stood_down, EllipsisType):
        data["stood_down"] = stood_down
    if not isinstance(next_at, EllipsisType):
        stands_down = bool(data.get("stood_down", mtm.stood_down))
        data["next_at"] = _next(next_at, mtm.started_at, stood_down=stands_down)
    if not isinstance(cadence_minutes, EllipsisType):
        data["cadence_minutes"] = _cadence(cadence_minutes)
    before = {field: getattr(mtm, field) for field in data}
    amended = amend(incident, mtm, by=by, now=now, **data) if data else mtm
    if amended.pk != mtm.pk:
        _attend(amended, [one.person for one in mtm.attendance.select_related("person")], by=by, now=now)
        # The actions move along: each is one task, whatever is set right around it.
        mtm.actions.update(mtm=amended)
    if not isinstance(attendees, EllipsisType):
        _attend(amended, attendees, by=by, now=now)
    _act(amended, actions)
    finish(
        incident,
        "updated an MTM",
        amended,
        by=by,
        at=at,
        now=now,
        changes={field: (before[field], value) for field, value in data.items() if before[field] != value},
    )
    return amended


@transaction.atomic
def decide_against_mtm(
    incident: Incident,
    *,
    reason: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    version: int | None = None,
) -> MtmDecision:
    """Records the MIM's decision, with its reason, that a long Critical incident needs no MTM."""
    begin(incident, by=by, may=can_command, refusal=COMMAND_ONLY, version=version)
    happened(at, now)
    decision = MtmDecision.objects.create(
        incident=incident, at=at, logged_at=logged(incident, now), by=by, reason=required(reason, "reason")
    )
    finish(incident, "decided against an MTM", decision, by=by, at=at, now=now, reason=decision.reason)
    return decision


@transaction.atomic
def publish_summary(mtm: Mtm, *, text: str, by: Person | None, at: datetime, now: datetime) -> MtmSummary:
    """Publishes the summary of an ended MTM to the stakeholders, once and for good. Seed: MTM ("immediately after")."""
    incident = mtm.incident
    begin(incident, by=by, may=can_command, refusal=COMMAND_ONLY)
    mtm.refresh_from_db()
    if mtm.ended_at is None:
        raise RuleViolation("Record the end of the meeting before its summary.")
    happened(at, now, after=mtm.ended_at, what="the end of the meeting")
    if MtmSummary.objects.filter(mtm__incident=incident, mtm__number=mtm.number).exists():
        raise RuleViolation("The summary of this meeting is published, and stays as it was sent.")
    recipients = [] if incident.history else recipients_of(incident, by=by)
    summary = MtmSummary.objects.create(
        mtm=mtm,
        text=required(text, "text"),
        published_at=at,
        by=by,
        sent_to=[str(person) for person in recipients],
    )
    finish(
        incident,
        "published the summary of an MTM",
        mtm,
        by=by,
        at=at,
        now=now,
        changes={"summary": (None, summary.text), "sent_to": (None, summary.sent_to)},
    )
    if not incident.history:
        tell(
            recipients,
            about=summary,
            step="mtm_summary",
            words=NoticeWords(
                f"Summary of MTM {mtm.number}: {incident.title}",
                summary.text,
                masked="The summary of a Major Technical Meeting was published.",
            ),
            url=mtm.get_absolute_url(),
            now=now,
            scope=incident.reference,
        )
    return summary


def recipients_of(incident: Incident, *, by: Person | None) -> list[Person]:
    """Of its stakeholders, those whom a summary reaches, each once; not whoever publishes it."""
    people = {person.pk: person for person in map(account_of, told_of(incident))}
    return [person for person in people.values() if person.is_active and person.address and person != by]


def told_of(incident: Incident) -> QuerySet[Person]:
    """The stakeholders of an incident, whom a summary goes to: everybody who held a role, led a track, owns a service
    affected or attended an MTM, and those named as stakeholders of its After Action. In one statement."""
    services = IncidentService.objects.filter(incident=incident)
    named = (
        incident.commandassignments.values("person"),
        incident.recoverytracks.filter(lead__isnull=False).values("lead"),
        services.filter(owner__isnull=False).values("owner"),
        services.filter(owner__isnull=True, service__owner__isnull=False).values("service__owner"),
        MtmAttendance.objects.filter(mtm__incident=incident).values("person"),
        Person.objects.filter(after_actions_followed__incident=incident).values("pk"),
    )
    is_named = Q(pk=incident.mim_id)
    for people in named:
        is_named |= Q(pk__in=people)
    return Person.objects.filter(is_named).select_related("account").order_by("full_name", "pk")


def _notes(notes: Mapping[str, str | None]) -> dict[str, str | None]:
    for key in notes:
        if key not in AGENDA_KEYS:
            known = ", ".join(point.key for point in AGENDA)
            raise BadInput.of(f"notes.{key[:80]}", f"The agenda has no such point. Its points are: {known}.")
    return {key: optional_text(note, f"notes.{key}") for key, note in notes.items()}


def _confirmed(incident: Incident, severity: str | None) -> Severity | None:
    if severity is None:
        return None
    confirmed = word(Severity, severity, "severity_confirmed")
    if not incident.is_closed and confirmed != incident.severity:
        raise BadInput.of(
            "severity_confirmed",
            f"The severity is {incident.severity_label}. Change it, with its reason, then confirm it.",
        )
    return confirmed


def _check_before_summary(mtm: Mtm, ended_at: datetime | None) -> None:
    """What the summary says is published for good, and was said when the meeting had ended."""
    summary = MtmSummary.objects.filter(mtm__incident=mtm.incident, mtm__number=mtm.number).first()
    if summary is not None and (ended_at is None or ended_at > summary.published_at):
        raise BadInput.of("ended_at", "The meeting ended before its summary was published.")


def _next(next_at: datetime | None, started_at: datetime | None, *, stood_down: bool) -> datetime | None:
    if next_at is not None and stood_down:
        raise BadInput.of("next_at", "Either the meetings are stood down or there is a next one.")
    if next_at is not None and started_at is not None and next_at <= started_at:
        raise BadInput.of("next_at", "Give the next meeting a time after the start of this one.")
    return next_at


def _cadence(minutes: int | None) -> int | None:
    if minutes == 0:
        raise BadInput.of(
            "cadence_minutes", "Give the minutes from one status update to the next, at least 1."
        )
    return number(minutes, "cadence_minutes", most=LONGEST_CADENCE)


def _attend(mtm: Mtm, attendees: Sequence[Person | Outsider], *, by: Person | None, now: datetime) -> None:
    """Notes who is there; somebody from outside becomes a contact of the incident."""
    there = mtm.attendance.count()
    scope = mtm.incident.reference
    present = [add_outsider(attendee, scope=scope, by=by, now=now) for attendee in attendees]
    MtmAttendance.objects.bulk_create(
        [
            MtmAttendance(mtm=mtm, person=person, position=there + place)
            for place, person in enumerate(dict.fromkeys(present))
        ],
        ignore_conflicts=True,
    )


def _check_days(
    incident: Incident, actions: Sequence[ActionOfMtm], *, by: Person | None, now: datetime
) -> None:
    """What is agreed while the incident runs can still be kept; what was agreed then is recorded as it was."""
    if incident.is_closed:
        return
    zone = by.time_zone if by else incident.time_zone
    passed = [
        Problem(f"actions[{place}].due_on", DAY_HAS_PASSED)
        for place, action in enumerate(actions)
        if action.status == MtmActionStatus.OPEN and has_passed(action.due_on, now=now, time_zone=zone)
    ]
    if passed:
        raise BadInput(passed)


def _act(mtm: Mtm, actions: Sequence[ActionOfMtm]) -> None:
    there = mtm.actions.count()
    for place, action in enumerate(actions):
        MtmAction.objects.create(
            mtm=mtm,
            title=required(action.title, f"actions[{place}].title"),
            owner=action.owner,
            due_on=action.due_on,
            status=word(MtmActionStatus, action.status, f"actions[{place}].status"),
            position=there + place,
        )
