"""What every step of an After Action shares: the lock, the question to the rules, the transition that is kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from afteractions.access import parts_of
from afteractions.models import AfterAction, Meeting, StatusNote
from afteractions.models import Transition as TransitionRow
from afteractions.operations.facts import Facts, after_action_facts, business_calendar
from afteractions.rules import lifecycle
from afteractions.rules.deadlines import deadlines
from afteractions.rules.lifecycle import Ground, LifecycleFacts, Refusal
from afteractions.vocabulary import (
    Decision,
    MessageStatus,
    ObligationKind,
    RevisionKind,
    Status,
    TransitionKind,
)
from incidents.models import Incident
from incidents.rules.formatting import moment_words
from incidents.vocabulary import RequirementLevel
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.people.models import Person
from majorops.prepared import prepared

DRAFTS = (RevisionKind.DRAFT, RevisionKind.AMENDED)
STATUS_MEANS = {
    Status.DRAFT: "the investigation is still ongoing",
    Status.IN_REVIEW: "the investigation is completed and ready to be reviewed in the meeting",
    Status.REVIEWED: "the meeting is over and the content has been reviewed and agreed upon",
    Status.CLOSED: "no further actions are needed on it; outstanding action items are tracked to their end",
}
"""Seed: Status Descriptions."""


@prepared
def _locked_incident(*, incident: int) -> QuerySet[Incident]:
    return Incident.objects.select_for_update(of=("self",)).select_related("mim").filter(pk=incident)


@prepared
def _locked_after_action(*, after_action: int) -> QuerySet[AfterAction]:
    after_actions = AfterAction.objects.select_for_update(of=("self",)).select_related(
        "owner", "internal_liaison"
    )
    return after_actions.filter(pk=after_action)


def locked(after_action: AfterAction, *, version: int | None = None) -> AfterAction:
    """The row as it stands now, locked after its incident. Raises VersionConflict when `version` is not its version."""
    [incident] = _locked_incident(incident=after_action.incident_id)
    [fresh] = _locked_after_action(after_action=after_action.pk)
    fresh.incident = incident
    if version is not None and version != fresh.version:
        raise VersionConflict(
            "Somebody changed this After Action since you opened it. Look at it as it stands now, then try again.",
            {"version": fresh.version, "status": fresh.status},
        )
    return fresh


def check_instant(
    at: datetime, *, now: datetime, after: Iterable[tuple[datetime | None, str]] = (), field: str = "at"
) -> None:
    """Raises BadInput when `at` lies in the future or before one of `after` (instant, what happened then)."""
    if at > now:
        raise BadInput.of(field, "This lies in the future: enter it once it has happened.")
    for instant, what in after:
        if instant is not None and at < instant:
            when = moment_words(instant, "UTC")
            raise BadInput.of(field, f"This lies before {what} ({when}): check the time.")


def check_allowed(
    transition: TransitionKind, after_action: AfterAction, *, by: Person | None, **brought: Any
) -> None:
    """Asks the rules whether `by` may take this step now; `brought` is what the step itself brings.

    Raises NotAllowed, RuleViolation or BadInput with the rule's sentence.
    """
    raise_refusal(
        lifecycle.refusal(transition, lifecycle_facts(after_action, **brought), parts_of(by, after_action))
    )


def raise_refusal(refusal: Refusal | None) -> None:
    """Raises the error that fits the ground of a refusal; nothing for None."""
    if refusal is None:
        return
    if refusal.ground == Ground.FORBIDDEN:
        raise NotAllowed(refusal.sentence)
    if refusal.ground == Ground.INPUT:
        raise BadInput.of(refusal.field or "", refusal.sentence)
    raise RuleViolation(refusal.sentence)


def present_meeting(after_action: AfterAction) -> Meeting | None:
    """The meeting of the present round: the last one, unless it was held without agreement."""
    last = after_action.meetings.order_by("-round").first()
    return None if last is not None and last.agreed is False else last


def draft_out_since(after_action: AfterAction, *, by: datetime | None = None) -> datetime | None:
    """Since when the draft that stands (at the instant `by`, or now) has been out: the first distribution, or the last
    amendment of the root cause or the changes, which starts the 48 h again. None while it is not out."""
    if after_action.status != Status.IN_REVIEW:
        return None
    changed = after_action.revisions.filter(substantial=True, kind__in=DRAFTS)
    if by is not None:
        changed = changed.filter(created_at__lte=by)
    last = changed.aggregate(at=Max("created_at"))["at"]
    return max((row for row in (after_action.first_distributed_at, last) if row is not None), default=None)


def hold_by(after_action: AfterAction) -> datetime | None:
    """The deadline to hold the meeting of the present round; None when there is none."""
    deadlines_to_hold = _deadlines_to_hold(after_action_facts(after_action.incident))
    return deadlines_to_hold[-1] if deadlines_to_hold else None


def first_hold_by(facts: Facts) -> datetime | None:
    """The deadline to hold the first meeting, which no reschedule moves; None when there is none."""
    deadlines_to_hold = _deadlines_to_hold(facts)
    return deadlines_to_hold[0] if deadlines_to_hold else None


def _deadlines_to_hold(facts: Facts) -> list[datetime]:
    expected = deadlines.expected_obligations(facts.record, facts.after_action, business_calendar())
    return [row.due_at for row in expected if row.kind is ObligationKind.HOLD]


def lifecycle_facts(after_action: AfterAction, **brought: Any) -> LifecycleFacts:
    """Where the After Action stands, for the rules of its status."""
    meeting = present_meeting(after_action)
    facts: dict[str, Any] = {
        "status": Status(after_action.status),
        "level": RequirementLevel(after_action.incident.requirement_level or RequirementLevel.NOT_REQUIRED),
        "decision": Decision(after_action.decision) if after_action.decision else None,
        "history": after_action.history and after_action.started_at is None,
        "running": not after_action.incident.is_closed,
        "meeting_scheduled": meeting is not None,
        "meeting_held": meeting is not None and meeting.held_until is not None,
        "messages_outstanding": after_action.external_messages.filter(status=MessageStatus.PLANNED).count(),
        "published": after_action.published_at is not None,
    }
    return LifecycleFacts(**{**facts, **brought})


def change_status(
    after_action: AfterAction, to: Status, *, by: Person | None, at: datetime, now: datetime, reason: str = ""
) -> TransitionRow:
    """Keeps the transition with its prepared status note, and sets the status; the caller saves the row."""
    before = after_action.status
    after_action.status = to
    row = TransitionRow.objects.create(
        after_action=after_action, from_status=before, to_status=to, at=at, by=by, reason=reason
    )
    StatusNote.objects.create(
        transition=row, after_action=after_action, text=status_note_text(after_action, row), prepared_at=now
    )
    return row


def status_note_text(after_action: AfterAction, row: TransitionRow) -> str:
    """What the system prepares for the stakeholders, with the instant by which it is told from the notes of other
    transitions; whoever sends it may edit it."""
    incident = after_action.incident
    status, since = Status(row.to_status), moment_words(row.at, incident.time_zone)
    sentences = [
        f"Since {since} the After Action of {incident.reference} “{incident.title}” is {status.label}: "
        f"{STATUS_MEANS[status]}."
    ]
    if row.reason:
        sentences.append(f"Reason: {row.reason.rstrip('.')}.")
    return " ".join(sentences)


def save(after_action: AfterAction, *fields: str) -> None:
    """Saves `fields` under the next version."""
    after_action.version += 1
    after_action.save(update_fields=["version", *fields])


def audit(
    verb: str,
    after_action: AfterAction,
    *,
    by: Person | None,
    now: datetime,
    changes: dict[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> None:
    """The audit row of a change to the After Action."""
    trail.record(
        verb,
        after_action,
        by=by,
        at=now,
        scope=after_action.incident.reference,
        changes=changes,
        reason=reason,
    )
