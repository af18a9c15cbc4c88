"""Showing the draft: distribute, amend, withdraw. Each freezes what was shown (domain.md, The After Action)."""

from datetime import datetime

from django.db import transaction

from afteractions.models import AfterAction, Revision
from afteractions.operations import antipatterns, obligations, steps
from afteractions.operations.announcements import attending, concerned, say
from afteractions.operations.confirmation import ask_to_confirm
from afteractions.operations.draft import draft_of
from afteractions.operations.freezing import freeze
from afteractions.operations.reading import acknowledge, differences, differences_between
from afteractions.rules import readiness
from afteractions.vocabulary import RevisionKind, SectionKey, Status, Transition
from incidents.rules.moments import moment_words
from majorops.notices.outbox import Words
from majorops.people.models import Person
from majorops.refusal import Problem, Refused

__all__ = [
    "acknowledge",
    "amend",
    "differences",
    "differences_between",
    "distribute",
    "freeze",
    "withdraw",
]


def distribute(
    after_action: AfterAction,
    *,
    reason: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Revision:
    """Puts the draft In Review: freezes a revision and sends it to the attendees.

    Raises Refused with what is missing. A refusal for names in the root cause is kept as evidence of a Blame Session,
    which is why the refusal is raised after its own transaction.
    """
    with transaction.atomic():
        after_action = steps.locked(after_action, version=version)
        steps.ask_leave(Transition.DISTRIBUTE, after_action, by=by, reason=reason)
        refused = _unready(after_action, Transition.DISTRIBUTE, by=by, reason=reason, now=now)
        if refused is None:
            return _distribute(after_action, reason=reason, by=by, at=at, now=now)
    raise refused


def _distribute(
    after_action: AfterAction, *, reason: str, by: Person | None, at: datetime, now: datetime
) -> Revision:
    last = after_action.transitions.last()
    steps.check_instant(
        at,
        now=now,
        after=[
            (after_action.incident.closed_at, "the close of the incident"),
            (last.at if last else None, "the last change of status"),
        ],
    )
    steps.change_status(after_action, Status.IN_REVIEW, by=by, at=at, now=now, reason=reason)
    after_action.distributed_at = at
    after_action.first_distributed_at = after_action.first_distributed_at or at
    steps.save(after_action, "status", "distributed_at", "first_distributed_at")
    revision = freeze(after_action, kind=RevisionKind.DRAFT, reason=reason, by=by, at=at, now=now)
    _send(after_action, revision, by=by, now=now)
    ask_to_confirm(after_action, by=by, now=now)
    steps.keep(
        "distributed",
        after_action,
        by=by,
        now=now,
        changes={"status": (Status.DRAFT, Status.IN_REVIEW), "revision": (None, revision.number)},
        reason=reason,
    )
    antipatterns.name_found(after_action, at=at, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return revision


def amend(
    after_action: AfterAction,
    *,
    reason: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Revision:
    """Sends the draft again as it stands now. The 48 h of reading start again only when the root cause or the changes
    differ. Raises Refused like `distribute`."""
    with transaction.atomic():
        after_action = steps.locked(after_action, version=version)
        steps.ask_leave(Transition.AMEND, after_action, by=by, reason=reason)
        refused = _unready(after_action, Transition.AMEND, by=by, reason=reason, now=now)
        if refused is None:
            return _amend(after_action, reason=reason, by=by, at=at, now=now)
    raise refused


def _amend(
    after_action: AfterAction, *, reason: str, by: Person | None, at: datetime, now: datetime
) -> Revision:
    steps.check_instant(at, now=now, after=[(after_action.distributed_at, "the distribution")])
    revision = freeze(after_action, kind=RevisionKind.AMENDED, reason=reason, by=by, at=at, now=now)
    steps.save(after_action)
    _send(after_action, revision, by=by, now=now)
    ask_to_confirm(after_action, by=by, now=now)
    steps.keep(
        "amended",
        after_action,
        by=by,
        now=now,
        changes={"revision": (revision.number - 1, revision.number)},
        reason=reason,
    )
    antipatterns.name_found(after_action, at=at, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return revision


@transaction.atomic
def withdraw(
    after_action: AfterAction,
    *,
    reason: str,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> AfterAction:
    """Takes the draft back, with a reason. Its revisions stay as they were read."""
    after_action = steps.locked(after_action, version=version)
    steps.ask_leave(Transition.WITHDRAW, after_action, by=by, reason=reason)
    steps.check_instant(at, now=now, after=[(after_action.distributed_at, "the distribution")])
    row = steps.change_status(after_action, Status.DRAFT, by=by, at=at, now=now, reason=reason)
    steps.save(after_action, "status")
    incident = after_action.incident
    say(
        concerned(after_action),
        after_action,
        about=row,
        step="withdrawn",
        words=Words(
            f"Withdrawn: the draft of {incident.reference} is being written again",
            f"The draft of the Learning Review of “{incident.title}” was withdrawn. {reason}\n\nYou will be told when "
            "it is out again.",
            masked="A draft that you were asked to read was withdrawn.",
        ),
        now=now,
        but=by,
    )
    steps.keep(
        "withdrew",
        after_action,
        by=by,
        now=now,
        changes={"status": (Status.IN_REVIEW, Status.DRAFT)},
        reason=reason,
    )
    obligations.reconcile(incident, by=by, now=now)
    return after_action


def _unready(
    after_action: AfterAction, transition: Transition, *, by: Person | None, reason: str, now: datetime
) -> Refused | None:
    """Why the draft cannot go out, None when it can. Names in the root cause are kept as evidence right here."""
    draft = draft_of(after_action, now=now)
    missing = readiness.before_distributing(draft)
    if not readiness.sentences(missing):
        return None
    if draft.names_in_root_cause:
        antipatterns.name_found(after_action, at=now, now=now, refused_for_names=draft.names_in_root_cause)
        steps.keep(
            "was refused for names in the root cause",
            after_action,
            by=by,
            now=now,
            changes={"step": (None, transition.value)},
        )
    return Refused(
        "Not ready yet. " + " ".join(readiness.sentences(missing)),
        [Problem((each.section or SectionKey.SUMMARY).value, each.text) for each in missing if each.blocks],
    )


def _send(after_action: AfterAction, revision: Revision, *, by: Person | None, now: datetime) -> None:
    incident = after_action.incident
    meeting = steps.present_meeting(after_action)
    again = revision.number > 1
    what = "The draft was amended: please read what changed" if again else "Please read the draft"

    def words(zone: object) -> Words:
        before = (
            f" before the meeting on {moment_words(meeting.starts_at, str(zone))}"
            if meeting is not None
            else ""
        )
        return Words(
            f"{'Amended: ' if again else ''}Read the draft of {incident.reference}{before}",
            f"{what}{before}: the Learning Review of “{incident.title}”.\n\nThe meeting is for discussion, challenge "
            "and decisions. Confirm with “I have read this” when you have.",
            masked="A draft waits for you to be read.",
        )

    say(
        [*attending(after_action), incident.mim],
        after_action,
        about=revision,
        step="read",
        words=words,
        url=f"{after_action.get_absolute_url()}read/",
        now=now,
        but=by,
    )
