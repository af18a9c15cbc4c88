"""What happened to an action item, in the order of time: who had it, who has it now, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from afteractions.models import ActionExtension, ActionProgress, Change, ItemDisposition, ItemProposal
from afteractions.vocabulary import ActionStatus, Disposition, EffectOutcome, ProposalState
from majorops.audit.models import AuditEntry
from majorops.formatting.time_words import day_words
from majorops.people.models import Person
from majorops.prepared import prepared

# What has no row of its own: the audit alone knows of it.
STEPS = (
    *("started", "handed on", "captured at an MTM", "settled at an MTM"),
    *("checked the effect of", "came back", "was learned all the same"),
)


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened: in words, with why or what was said."""

    at: datetime
    by: Person | None
    what: str
    why: str = ""


def history_of(
    change: Change,
    *,
    extensions: Sequence[ActionExtension],
    proposals: Sequence[ItemProposal],
    dispositions: Sequence[ItemDisposition],
    progress: Sequence[ActionProgress],
) -> list[Happened]:
    """From being written down to the end of it, the earliest first. What happened at one instant stays in the order in
    which one leads to the other."""
    history = [Happened(change.created_at, change.created_by, "Written down")]
    history += [_step(step) for step in _steps(item=str(change.pk))]
    history += [Happened(row.at, row.by, "Progress", row.text) for row in progress]
    history += [
        Happened(
            extension.at,
            extension.by,
            f"Extended from {_day(extension.from_due_on)} to {_day(extension.to_due_on)}",
            extension.reason,
        )
        for extension in extensions
    ]
    for proposal in proposals:
        label = Disposition(proposal.disposition).label.lower()
        history.append(
            Happened(proposal.at, proposal.by, f"Proposed for review {proposal.review_round}: {label}")
        )
        if proposal.answered_at is not None:
            answer = ProposalState(proposal.state).label.lower()
            history.append(
                Happened(proposal.answered_at, proposal.answered_by, f"Proposal {answer}", proposal.word)
            )
    history += [
        Happened(
            disposition.at,
            disposition.by,
            f"Review {disposition.review_round}: {Disposition(disposition.disposition).label.lower()}",
            disposition.reason,
        )
        for disposition in dispositions
    ]
    if change.resolved_at is not None:
        history.append(Happened(change.resolved_at, change.resolved_by, ActionStatus(change.status).label))
    return sorted(history, key=lambda event: event.at)


@prepared
def _steps(*, item: str) -> QuerySet[AuditEntry]:
    """The entry of an audit is found by its row; whoever sees the item may know of its steps."""
    return (
        AuditEntry.objects.filter(subject_type="afteractions.change", subject_id=item, verb__in=list(STEPS))
        .select_related("by")
        .order_by("id")
    )


def _step(entry: AuditEntry) -> Happened:
    match entry.verb:
        case "handed on":
            before, after = entry.changes.get("owner", (None, None))
            what = f"Handed on from {before or 'nobody'} to {after}"
        case "started":
            what = "Started"
        case "checked the effect of":
            what = f"Looked at: {EffectOutcome(entry.changes['outcome'][1]).label.lower()}"
        case "came back":
            what = "It came back: a repeat of the incident was confirmed"
        case "was learned all the same":
            what = "The repeat was taken back"
        case "captured at an MTM":
            what = "Captured at a Major Technical Meeting"
        case _:
            what = f"Settled at a Major Technical Meeting: {_status(entry.changes)}"
    return Happened(entry.at, entry.by, what, entry.reason)


def _status(changes: Any) -> str:
    return ActionStatus(changes["status"][1]).label.lower()


def _day(on: date | None) -> str:
    return day_words(on) if on else "no date"
