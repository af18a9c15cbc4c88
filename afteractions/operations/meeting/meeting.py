"""The meeting: started, run, held, and what it agreed (domain.md, The After Action; Seed: Anti-Patterns)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from django.db import transaction

from afteractions.access import can_chair
from afteractions.models import (
    AfterAction,
    AntiPatternOccurrence,
    Attendance,
    ExternalMessage,
    Meeting,
    MeetingDecision,
    Revision,
)
from afteractions.operations import lifecycle
from afteractions.operations.announcements import concerned, notify
from afteractions.operations.deadlines import obligations
from afteractions.operations.meeting.invitations import (
    say_it_starts_early,
    say_it_was_held_early,
    times,
)
from afteractions.operations.review import agreement, antipatterns, publication
from afteractions.queries.after_actions import readers
from afteractions.rules.meeting.scheduling import may_start
from afteractions.vocabulary import AntiPattern, RevisionKind, Status, TransitionKind
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, Problem, RuleViolation
from majorops.notices.outbox import NoticeWords
from majorops.people.directory import find_person
from majorops.people.models import Person
from majorops.texts import problem_of, typed_text

NO_MESSAGES: Literal["none"] = "none"
LONGEST_AUDIENCE = 200
WRITE = "Write a text here."
NOT_AGREED = "Not agreed: no message is planned yet. Plan them when the content is agreed."


class DraftDiffers(RuleViolation):
    """What would be published is not what whoever confirmed it was shown."""


@transaction.atomic
def start_meeting(
    after_action: AfterAction,
    *,
    override_reason: str = "",
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Meeting:
    """Starts the meeting. The Retell guard refuses while the draft has been out for less than 48 h, unless the chair
    overrides with a reason."""
    after_action = lifecycle.locked(after_action)
    _ask_to_hold(after_action, started_at=at, override_reason=override_reason, by=by)
    meeting = _locked_meeting(after_action)
    lifecycle.check_instant(
        at, now=now, after=[(after_action.distributed_at, "the distribution of the draft")]
    )
    if meeting.held_from is not None:
        raise RuleViolation("The meeting has started already.")
    meeting.held_from = at
    meeting.override_reason = override_reason.strip()
    meeting.save(update_fields=["held_from", "override_reason"])
    say_it_starts_early(meeting, now=now)
    lifecycle.audit("started the meeting", after_action, by=by, now=now, reason=override_reason)
    antipatterns.name_found(
        after_action,
        at=at,
        now=now,
        draft_out_since=lifecycle.draft_out_since(after_action, by=at),
        starting=meeting,
    )
    obligations.reconcile(after_action.incident, by=by, now=now)
    return meeting


@transaction.atomic
def hold(
    after_action: AfterAction,
    *,
    started_at: datetime,
    ended_at: datetime,
    attendance: Sequence[Mapping[str, Any]],
    agreed: bool,
    external_messages: Literal["none"] | Sequence[Mapping[str, Any]] | None = None,
    override_reason: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Meeting:
    """Records the meeting that was held: who was present (`[{person, present}]`), whether its content was agreed,
    and the External Messages: "none", or `[{audience, due_at, text}]` (Communications writes a text that is left out).

    Agreed, the After Action is Reviewed; not agreed, it goes back to Draft and a second meeting is due. Raises
    RuleViolation, NotAllowed, BadInput with the path of every problem, VersionConflict.
    """
    after_action = lifecycle.locked(after_action, version=version)
    meeting = lifecycle.present_meeting(after_action)
    override_reason = override_reason.strip() or (meeting.override_reason if meeting else "")
    _ask_to_hold(after_action, started_at=started_at, override_reason=override_reason, by=by)
    meeting = _locked_meeting(after_action)
    lifecycle.check_instant(
        started_at,
        now=now,
        after=[(after_action.distributed_at, "the distribution of the draft")],
        field="started_at",
    )
    lifecycle.check_instant(
        ended_at, now=now, after=[(started_at, "the start of the meeting")], field="ended_at"
    )
    lifecycle.check_instant(at, now=now, after=[(ended_at, "the end of the meeting")])
    if not agreed and external_messages not in (None, NO_MESSAGES):
        raise BadInput.of("external_messages", NOT_AGREED)
    present = _attendance(after_action, attendance)
    brought = {
        "meeting_held": True,
        "agreed": agreed,
        "attendance_recorded": bool(present),
        "anybody_present": any(present.values()),
        "chair_present": _chair_was_there(after_action, present, by=by),
        "messages_answered": external_messages is not None,
    }
    lifecycle.check_allowed(
        TransitionKind.AGREE if agreed else TransitionKind.DISAGREE, after_action, by=by, **brought
    )
    had_read = readers(after_action, at=started_at)
    draft_out_since = lifecycle.draft_out_since(after_action, by=started_at)
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, person=person, present=there, had_read=person.pk in had_read)
        for person, there in present.items()
    )
    after_action.attendees.update(is_here=None)
    was_moved = meeting.held_from is not None and times(meeting)[0] == meeting.held_from
    meeting.held_from, meeting.held_until = started_at, ended_at
    meeting.held_by, meeting.agreed, meeting.override_reason = by, agreed, override_reason
    meeting.save()
    if not was_moved:
        say_it_was_held_early(meeting, now=now)
    if agreed:
        _plan_messages(after_action, external_messages, by=by, at=ended_at, now=now)
        after_action.reviewed_at = ended_at
        after_action.external_messages_answered_at = ended_at
    _announce(after_action, agreed=agreed, by=by, at=ended_at, now=now)
    lifecycle.save(after_action, "status", "reviewed_at", "external_messages_answered_at")
    lifecycle.audit(
        "held the meeting",
        after_action,
        by=by,
        now=now,
        changes={
            "status": (Status.IN_REVIEW, after_action.status),
            "held": (None, [started_at, ended_at]),
            "agreed": (None, agreed),
        },
        reason=override_reason,
    )
    antipatterns.name_found(
        after_action, at=ended_at, now=now, draft_out_since=draft_out_since, at_end_of_meeting=True
    )
    obligations.reconcile(after_action.incident, by=by, now=now)
    return meeting


@transaction.atomic
def agree_publish_and_close(
    after_action: AfterAction,
    *,
    started_at: datetime,
    ended_at: datetime,
    attendance: Sequence[Mapping[str, Any]],
    override_reason: str = "",
    difference: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Revision:
    """With no External Messages, all that is left in one step: the meeting agreed, the review is published, the After
    Action Closed. Nothing of it happens when the review is not ready to be published.

    `difference` is the mark of what differs from the draft that the attendees were sent, as whoever confirms it was
    shown. Raises DraftDiffers where something else differs.
    """
    hold(
        after_action,
        started_at=started_at,
        ended_at=ended_at,
        attendance=attendance,
        agreed=True,
        external_messages=NO_MESSAGES,
        override_reason=override_reason,
        version=version,
        by=by,
        at=at,
        now=now,
    )
    after_action = lifecycle.locked(after_action)
    sent, changed = agreement.changed_since_sent(after_action, now=now)
    if agreement.mark_of(changed) != difference:
        number = sent.number if sent else 0
        raise DraftDiffers(
            f"What would be published differs from revision {number}, which the attendees were sent, in "
            f"{agreement.labels(changed)}: look at it, and confirm that the meeting agreed on it."
            if changed
            else "What would be published was changed meanwhile: look at it again, and confirm it then."
        )
    return publication.publish_as_agreed_now(after_action, by=by, at=at, now=now)


@transaction.atomic
def note_who_is_here(
    after_action: AfterAction, present: Collection[int], *, by: Person | None, at: datetime, now: datetime
) -> None:
    """Keeps the chair's ticks while the meeting goes on: the attendees whose rows are `present` are here, the others
    are not. What counts as attendance is what the end of the meeting records."""
    after_action = lifecycle.locked(after_action)
    if not can_chair(by, after_action):
        raise NotAllowed("The MIM, who chairs the meeting, notes who is here.")
    lifecycle.check_instant(at, now=now)
    meeting = lifecycle.present_meeting(after_action)
    if meeting is None or meeting.held_until is not None:
        raise RuleViolation("There is no meeting to attend: schedule it first.")
    changes: dict[str, tuple[bool | None, bool]] = {}
    included = after_action.attendees.select_for_update(of=("self",)).filter(included=True)
    for attendee in included.select_related("person"):
        is_here = attendee.pk in present
        if attendee.is_here != is_here:
            changes[attendee.person.identifier] = (attendee.is_here, is_here)
            attendee.is_here = is_here
            attendee.save(update_fields=["is_here"])
    if changes:
        lifecycle.audit("noted who is here", after_action, by=by, now=now, changes=changes)


@transaction.atomic
def capture_decision(
    meeting: Meeting, *, text: str, by: Person | None, at: datetime, now: datetime
) -> MeetingDecision:
    """Keeps a decision as it is made. (An action item is captured by `drafting.add_change`.)"""
    if not can_chair(by, meeting.after_action):
        raise NotAllowed("The MIM, who chairs the meeting, captures its decisions.")
    lifecycle.check_instant(at, now=now)
    text = typed_text(text, "text", empty=WRITE)
    decision = MeetingDecision.objects.create(meeting=meeting, text=text, at=at, by=by)
    trail.record(
        "captured a decision", decision, by=by, at=now, scope=meeting.after_action.incident.reference
    )
    return decision


@transaction.atomic
def name_anti_pattern(
    after_action: AfterAction, kind: str, evidence: str, *, by: Person | None, at: datetime, now: datetime
) -> AntiPatternOccurrence:
    """The chair names an anti-pattern when it occurs; the same one twice at one instant is one occurrence.

    Seed: "Name them when they occur."
    """
    if not can_chair(by, after_action):
        raise NotAllowed("The MIM, who chairs the After Action, names anti-patterns.")
    if not AntiPattern.knows(kind):
        raise BadInput.of("kind", f"Choose one of: {', '.join(AntiPattern.keys())}.")
    lifecycle.check_instant(at, now=now)
    named, is_new = AntiPatternOccurrence.objects.get_or_create(
        after_action=after_action,
        kind=kind,
        key=f"named:{now.isoformat()}",
        defaults={"named_at": at, "by": by, "evidence": typed_text(evidence, "evidence", empty=WRITE)},
    )
    if is_new:
        lifecycle.audit(
            f"named {AntiPattern(kind).label}", after_action, by=by, now=now, reason=named.evidence
        )
    return named


def _ask_to_hold(
    after_action: AfterAction, *, started_at: datetime, override_reason: str, by: Person | None
) -> None:
    changed = after_action.revisions.filter(
        substantial=True, number__gt=1, kind__in=[RevisionKind.DRAFT, RevisionKind.AMENDED]
    ).last()
    too_early = may_start(
        after_action.first_distributed_at, changed.created_at if changed else None, started_at
    )
    lifecycle.check_allowed(
        TransitionKind.HOLD, after_action, by=by, too_early=too_early, override_reason=override_reason
    )


def _locked_meeting(after_action: AfterAction) -> Meeting:
    meeting = Meeting.objects.select_for_update(of=("self",)).get(
        after_action=after_action, held_until__isnull=True
    )
    meeting.after_action = after_action
    return meeting


def _attendance(after_action: AfterAction, rows: Sequence[Mapping[str, Any]]) -> dict[Person, bool]:
    """Who was there. Whoever is included and not in `rows` was not."""
    attendance: dict[Person, bool] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows):
        path = f"attendance[{number}]"
        person = row.get("person")
        try:
            if not isinstance(person, Person):
                person = find_person(
                    str(person or ""), scope=after_action.incident.reference, path=f"{path}.person"
                )
        except BadInput as wrong:
            problems += wrong.problems
            continue
        if not isinstance(row.get("present", True), bool):
            problems.append(Problem(f"{path}.present", "Say true or false."))
        attendance[person.account or person] = bool(row.get("present", True))
    if problems:
        raise BadInput(problems)
    if attendance:
        for attendee in after_action.attendees.filter(included=True).select_related("person"):
            attendance.setdefault(attendee.person, False)
    return attendance


def _chair_was_there(after_action: AfterAction, present: Mapping[Person, bool], *, by: Person | None) -> bool:
    """Whether the MIM was there, or whoever records the meeting as its chair; the system has read who chaired, and
    where nobody is the MIM anybody may have."""
    mim = after_action.incident.mim
    if by is None or mim is None:
        return any(present.values())
    chairs = {mim.account_id or mim.pk, by.account_id or by.pk}
    return any(there and person.pk in chairs for person, there in present.items())


def _plan_messages(
    after_action: AfterAction,
    messages: Literal["none"] | Sequence[Mapping[str, Any]] | None,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> None:
    if messages == NO_MESSAGES:
        return
    if messages is None or isinstance(messages, str) or not messages:
        raise BadInput.of(
            "external_messages",
            "Choose none, or list the messages: for whom each is, and by when it goes out.",
        )
    problems: list[Problem] = []
    rows = []
    for number, message in enumerate(messages):
        path = f"external_messages[{number}]"
        due_at = message.get("due_at")
        audience, text = (str(message.get(name) or "").strip() for name in ("audience", "text"))
        if not isinstance(due_at, datetime):
            problems.append(Problem(f"{path}.due_at", "Say by when it is sent."))
            due_at = at
        elif due_at < now:
            problems.append(Problem(f"{path}.due_at", "This time has passed: choose one to come."))
        if wrong := problem_of(audience, most=LONGEST_AUDIENCE, empty="Say for whom it is."):
            problems.append(Problem(f"{path}.audience", wrong))
        if wrong := problem_of(text):
            problems.append(Problem(f"{path}.text", wrong))
        rows.append(
            ExternalMessage(
                after_action=after_action,
                audience=audience,
                text=text,
                due_at=due_at,
                created_at=at,
                created_by=by,
            )
        )
    if problems:
        raise BadInput(problems)
    ExternalMessage.objects.bulk_create(rows)


def _announce(
    after_action: AfterAction, *, agreed: bool, by: Person | None, at: datetime, now: datetime
) -> None:
    """Keeps the transition that the meeting decided, and tells those concerned."""
    incident = after_action.incident
    if agreed:
        row = lifecycle.change_status(after_action, Status.REVIEWED, by=by, at=at, now=now)
        words = NoticeWords(
            f"Agreed: the Learning Review of {incident.reference}",
            f"The meeting agreed on the Learning Review of “{incident.title}”. It is published within 48 hours.",
            masked="A meeting that you were invited to has agreed.",
        )
    else:
        row = lifecycle.change_status(
            after_action, Status.DRAFT, by=by, at=at, now=now, reason="The content was not agreed"
        )
        words = NoticeWords(
            f"Back to Draft: the Learning Review of {incident.reference}",
            f"The content was not agreed: the Learning Review of “{incident.title}” is written again, and a "
            "second meeting follows within 5 business days.",
            masked="The content was not agreed in a meeting that you were invited to; a second one follows.",
        )
    notify(concerned(after_action), after_action, about=row, step="held", words=words, now=now, except_for=by)
