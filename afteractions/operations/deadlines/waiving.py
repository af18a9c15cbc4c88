"""Waiving a deadline: it is owed no more, by whose word and why (domain.md, Deadlines)."""

from datetime import datetime

from django.db import transaction

from afteractions.access import is_above
from afteractions.models import Obligation
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.deadlines import obligations
from afteractions.rules.deadlines.waiving import waiver_refusal
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.vocabulary import RequirementLevel
from majorops.audit import trail
from majorops.errors import RuleViolation
from majorops.notices.outbox import NoticeWords, withdraw
from majorops.people.models import Person
from majorops.texts import typed_text

LONGEST_REASON = 5000


@transaction.atomic
def waive(obligation: Obligation, *, reason: str, by: Person, at: datetime, now: datetime) -> Obligation:
    """Ends an open obligation as waived. Whoever owes it is told, and what was to be said of it is not sent.

    Raises NotAllowed for whoever does not stand above them, RuleViolation for what is mandatory, over, or has a way out
    of its own, BadInput without a reason.
    """
    if obligation.after_action is None:
        raise RuleViolation("The incident is still running: there is nothing of an After Action to waive.")
    after_action = lifecycle.locked(obligation.after_action)
    incident = after_action.incident
    row = (
        Obligation.objects.select_for_update(of=("self",)).select_related("responsible").get(pk=obligation.pk)
    )
    lifecycle.raise_refusal(
        waiver_refusal(
            ObligationKind(row.kind),
            ObligationState(row.state),
            RequirementLevel(incident.requirement_level) if incident.requirement_level else None,
            reason=reason,
            is_above=is_above(by, row.responsible or incident.mim),
        )
    )
    reason = typed_text(reason, "reason", most=LONGEST_REASON)
    lifecycle.check_instant(at, now=now, after=[(row.created_at, "the deadline was set")])
    row.state = ObligationState.WAIVED
    row.ended_at, row.ended_by, row.ended_reason = at, by, reason
    row.next_step, row.next_step_at = "", None
    row.save(update_fields=["state", "ended_at", "ended_by", "ended_reason", "next_step", "next_step_at"])
    withdraw("obligation", [row.pk], now=now)
    trail.record(
        "waived",
        row,
        by=by,
        at=now,
        scope=incident.reference,
        changes={"state": (ObligationState.OPEN, ObligationState.WAIVED)},
        reason=reason,
    )
    what = str(row)
    notify(
        [row.responsible or incident.mim],
        after_action,
        about=row,
        step="waived",
        words=NoticeWords(
            f"Waived: {what[0].lower()}{what[1:]}, {incident.reference}",
            f"{by} waived this deadline of the After Action of “{incident.title}”. {reason}\n\nNothing more is "
            "asked of you here.",
            masked="A deadline of yours was waived.",
        ),
        url=f"{after_action.get_absolute_url()}deadlines/",
        now=now,
        except_for=by,
    )
    obligations.reconcile(incident, by=by, now=now)
    return row
