"""Showing the draft: distribute, amend, withdraw. Each freezes what was shown (domain.md, The After Action)."""

from datetime import datetime

from django.db import transaction

from afteractions.documents.revision import says_the_same
from afteractions.models import AfterAction, Revision
from afteractions.operations import lifecycle
from afteractions.operations.announcements import attending, concerned, notify, reachable
from afteractions.operations.deadlines import obligations
from afteractions.operations.readers.assessing import ask_to_assess
from afteractions.operations.readers.confirmation import ask_to_confirm
from afteractions.operations.review import antipatterns
from afteractions.operations.review.readiness import draft_as_it_stands
from afteractions.operations.review.revisions import freeze
from afteractions.rules.review import readiness
from afteractions.vocabulary import RevisionKind, SectionKey, Status, TransitionKind
from incidents.rules.formatting import moment_words
from majorops.errors import Problem, RuleViolation
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person


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

    Raises RuleViolation with what is missing. A refusal for names in the root cause is kept as evidence of a Blame
    Session, which is why the refusal is raised after its own transaction.
    """
    with transaction.atomic():
        after_action = lifecycle.locked(after_action, version=version)
        lifecycle.check_allowed(TransitionKind.DISTRIBUTE, after_action, by=by, reason=reason)
        refused = _refuse_if_unready(after_action, TransitionKind.DISTRIBUTE, by=by, reason=reason, now=now)
        if refused is None:
            return _distribute(after_action, reason=reason, by=by, at=at, now=now)
    raise refused


def _distribute(
    after_action: AfterAction, *, reason: str, by: Person | None, at: datetime, now: datetime
) -> Revision:
    last = after_action.transitions.last()
    lifecycle.check_instant(
        at,
        now=now,
        after=[
            (after_action.incident.closed_at, "the close of the incident"),
            (last.at if last else None, "the last change of status"),
        ],
    )
    lifecycle.change_status(after_action, Status.IN_REVIEW, by=by, at=at, now=now, reason=reason)
    after_action.distributed_at = at
    after_action.first_distributed_at = after_action.first_distributed_at or at
    lifecycle.save(after_action, "status", "distributed_at", "first_distributed_at")
    revision = freeze(after_action, kind=RevisionKind.DRAFT, reason=reason, by=by, at=at, now=now)
    _send(after_action, revision, by=by, now=now)
    ask_to_confirm(after_action, by=by, now=now)
    ask_to_assess(after_action, by=by, now=now)
    lifecycle.audit(
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
    differ. Raises RuleViolation like `distribute`, and when nothing changed since the last revision."""
    with transaction.atomic():
        after_action = lifecycle.locked(after_action, version=version)
        lifecycle.check_allowed(TransitionKind.AMEND, after_action, by=by, reason=reason)
        refused = _refuse_if_unready(after_action, TransitionKind.AMEND, by=by, reason=reason, now=now)
        if refused is None:
            return _amend(after_action, reason=reason, by=by, at=at, now=now)
    raise refused


def _amend(
    after_action: AfterAction, *, reason: str, by: Person | None, at: datetime, now: datetime
) -> Revision:
    lifecycle.check_instant(at, now=now, after=[(after_action.distributed_at, "the distribution")])
    last = after_action.revisions.latest("number")
    revision = freeze(after_action, kind=RevisionKind.AMENDED, reason=reason, by=by, at=at, now=now)
    if says_the_same(last.content, revision.content):
        raise RuleViolation(
            f"Nothing changed since revision {last.number}: its readers have the draft as it stands. It is not "
            "sent again."
        )
    lifecycle.save(after_action)
    _send(after_action, revision, by=by, now=now)
    ask_to_confirm(after_action, by=by, now=now)
    ask_to_assess(after_action, by=by, now=now)
    lifecycle.audit(
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
    after_action = lifecycle.locked(after_action, version=version)
    lifecycle.check_allowed(TransitionKind.WITHDRAW, after_action, by=by, reason=reason)
    lifecycle.check_instant(at, now=now, after=[(after_action.distributed_at, "the distribution")])
    row = lifecycle.change_status(after_action, Status.DRAFT, by=by, at=at, now=now, reason=reason)
    lifecycle.save(after_action, "status")
    incident = after_action.incident
    notify(
        concerned(after_action),
        after_action,
        about=row,
        step="withdrawn",
        words=NoticeWords(
            f"Withdrawn: the draft of {incident.reference} is being written again",
            f"The draft of the Learning Review of “{incident.title}” was withdrawn. {reason}\n\nYou will be told when "
            "it is out again.",
            masked="A draft that you were asked to read was withdrawn.",
        ),
        now=now,
        except_for=by,
    )
    lifecycle.audit(
        "withdrew",
        after_action,
        by=by,
        now=now,
        changes={"status": (Status.IN_REVIEW, Status.DRAFT)},
        reason=reason,
    )
    obligations.reconcile(incident, by=by, now=now)
    return after_action


def _refuse_if_unready(
    after_action: AfterAction, transition: TransitionKind, *, by: Person | None, reason: str, now: datetime
) -> RuleViolation | None:
    """Why the draft cannot go out, None when it can. Names in the root cause are kept as evidence right here."""
    draft = draft_as_it_stands(after_action, now=now)
    missing = readiness.before_distributing(draft)
    if not readiness.sentences(missing):
        return None
    if draft.names_in_root_cause:
        antipatterns.name_found(after_action, at=now, now=now, refused_for_names=draft.names_in_root_cause)
        lifecycle.audit(
            "was refused for names in the root cause",
            after_action,
            by=by,
            now=now,
            changes={"step": (None, transition.value)},
        )
    return RuleViolation(
        "Not ready yet. " + " ".join(readiness.sentences(missing)),
        [Problem((row.section or SectionKey.SUMMARY).value, row.text) for row in missing if row.blocks],
    )


def _send(after_action: AfterAction, revision: Revision, *, by: Person | None, now: datetime) -> None:
    incident = after_action.incident
    meeting = lifecycle.present_meeting(after_action)
    again = revision.number > 1
    what = "The draft was amended: please read what changed" if again else "Please read the draft"

    def words(zone: object) -> NoticeWords:
        before = (
            f" before the meeting on {moment_words(meeting.starts_at, str(zone))}"
            if meeting is not None
            else ""
        )
        return NoticeWords(
            f"{'Amended: ' if again else ''}Read the draft of {incident.reference}{before}",
            f"{what}{before}: the Learning Review of “{incident.title}”.\n\nThe meeting is for discussion, challenge "
            "and decisions. Confirm with “I have read this” when you have.",
            masked="A draft is waiting for you to read.",
        )

    notify(
        [*attending(after_action), incident.mim],
        after_action,
        about=revision,
        step="read",
        words=words,
        url=f"{after_action.get_absolute_url()}read/",
        now=now,
        except_for=by,
    )
    if revision.kind == RevisionKind.DRAFT:
        _tell_owner_and_liaison(after_action, revision, by=by, now=now)


def _tell_owner_and_liaison(
    after_action: AfterAction, revision: Revision, *, by: Person | None, now: datetime
) -> None:
    """Every transition is announced to the people concerned: whoever does not attend is not asked to read."""
    readers = {
        person.account_id or person.pk
        for person in reachable([*attending(after_action), after_action.incident.mim])
    }
    others = [
        person
        for person in reachable([after_action.owner, after_action.internal_liaison])
        if (person.account_id or person.pk) not in readers
    ]
    incident = after_action.incident
    notify(
        others,
        after_action,
        about=revision,
        step="distributed",
        words=NoticeWords(
            f"In Review: the draft of {incident.reference} is out",
            f"The draft of the Learning Review of “{incident.title}” went to those who attend the meeting. A status "
            "note to the stakeholders is prepared.",
            masked="A draft went out to those who are asked to read it.",
        ),
        now=now,
        except_for=by,
    )
