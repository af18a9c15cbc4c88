"""What the owner of an open item proposes for the 30-day review, and the MIM's no (domain.md, 30-day review)."""

from datetime import date, datetime

from django.db import transaction

from afteractions.access import can_propose, can_review_actions
from afteractions.models import Change, ItemProposal
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.followup.actions import (
    UNTIL_WHEN,
    WHY_LONGER,
    WHY_NOT,
    answer_proposal,
    check_later,
    check_open,
    evidence_of_done,
    fresh_item,
    open_review,
    waiting_proposal,
)
from afteractions.rules.deadlines.dispositions import EVIDENCE_OF
from afteractions.vocabulary import Disposition, ProposalState
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person
from majorops.texts import typed_text


@transaction.atomic
def propose(
    change: Change,
    *,
    disposition: str,
    evidence: str = "",
    due_on: date | None = None,
    reason: str = "",
    version: int | None = None,
    by: Person,
    at: datetime,
    now: datetime,
) -> ItemProposal:
    """Proposes how an open item is settled at its 30-day review, in the place of an earlier proposal. The MIM is told.

    Asks for what the disposition itself would: evidence, a later date and a reason, or a reason.
    """
    change = fresh_item(change, version=version)
    if not can_propose(by, change):
        raise NotAllowed("The owner of the item proposes; the MIM accepts.")
    lifecycle.check_instant(at, now=now, after=[(change.created_at, "the item was written down")])
    check_open(change)
    review = open_review(change.after_action)
    if review is None:
        raise RuleViolation("The items are reviewed 30 days after the publication, which is still to come.")
    match disposition:
        case Disposition.DONE:
            evidence, reason, due_on = evidence_of_done(evidence), "", None
        case Disposition.EXTENDED:
            if due_on is None:
                raise BadInput.of("due_on", UNTIL_WHEN)
            evidence, reason = "", typed_text(reason, "reason", empty=WHY_LONGER)
            check_later(change, due_on, now=now)
        case Disposition.CANCELLED:
            evidence, reason, due_on = "", typed_text(reason, "reason", empty=WHY_NOT), None
        case _:
            raise BadInput.of("disposition", f"Choose one of: {', '.join(Disposition.keys())}.")
    if (before := waiting_proposal(change)) is not None:
        answer_proposal(before, ProposalState.REPLACED, by=by, now=now)
    made = ItemProposal.objects.create(
        change=change,
        review_round=review.number,
        disposition=disposition,
        at=at,
        by=by,
        reason=reason,
        evidence=evidence,
        due_on=due_on,
    )
    _keep(made, now)
    return made


@transaction.atomic
def decline(
    change: Change, *, word: str, version: int | None = None, by: Person, at: datetime, now: datetime
) -> ItemProposal:
    """Declines the pending proposal, with a word to its owner; the item still waits for its disposition."""
    change = fresh_item(change, version=version)
    if not can_review_actions(by, change.after_action):
        raise NotAllowed("The MIM answers what the owners propose.")
    waiting = waiting_proposal(change)
    if waiting is None:
        raise RuleViolation("No proposal is pending for this item.")
    lifecycle.check_instant(at, now=now, after=[(waiting.at, "it was proposed")])
    waiting.change = change
    word = typed_text(word, "word", empty="Say why it is declined: the owner reads it.")
    answer_proposal(waiting, ProposalState.DECLINED, word=word, by=by, now=now)
    return waiting


def _keep(made: ItemProposal, now: datetime) -> None:
    change, disposition = made.change, Disposition(made.disposition)
    after_action = change.after_action
    trail.record(
        "proposed a disposition of",
        change,
        by=made.by,
        at=now,
        scope=after_action.incident.reference,
        changes={"disposition": (None, disposition), "due_on": (change.due_on, made.due_on)},
        reason=made.evidence or made.reason,
    )
    notify(
        [after_action.incident.mim],
        after_action,
        about=made,
        step="proposed",
        words=NoticeWords(
            f"Proposed for {change.reference}: {disposition.label.lower()}. Accept it, change it or decline it",
            f"{made.by} proposes “{disposition.label.lower()}” for the action item “{change.sentence}”, with "
            f"{EVIDENCE_OF[disposition]}: {made.evidence or made.reason}\n\nIt waits for you at the review of the "
            f"action items of {after_action.incident.reference}.",
            masked="Somebody proposed how an action item is settled.",
        ),
        url=f"{after_action.get_absolute_url()}actions-review/",
        now=now,
        except_for=made.by,
    )
