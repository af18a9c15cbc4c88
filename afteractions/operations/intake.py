"""How an After Action comes to be: from the close of an incident, from a request, or out of the past.

Answers every change of a record by what it means for the After Action, then by its deadlines.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model

from afteractions.access import can_chair, can_own, parts_of
from afteractions.models import AfterAction, Obligation
from afteractions.models import Transition as TransitionRow
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.current_policy import hold_current_policy
from afteractions.operations.deadlines.escalation_chain import EscalationChain
from afteractions.operations.deadlines.obligations import LAPSE, reconcile
from afteractions.operations.evidence.close_out import ask_responders
from afteractions.operations.facts import acting, is_history
from afteractions.operations.followup.effects import follow_repeat
from afteractions.operations.followup.mtm_actions import agreed_without_item, follow_mtms
from afteractions.operations.followup.vendors import follow_up_all, follow_up_of
from afteractions.operations.meeting.attendees import propose_attendees
from afteractions.operations.meeting.invitations import cancel_meeting, invite
from afteractions.operations.review.initial_draft import prefill
from afteractions.rules import lifecycle as lifecycle_rules
from afteractions.rules.deadlines.deadlines import LAPSE_AFTER_BUSINESS_DAYS, Responsible
from afteractions.vocabulary import Decision, ObligationState, ResponsibleGroup, Status, TransitionKind
from incidents.models import (
    CommandAssignment,
    Handover,
    Incident,
    Milestone,
    Mtm,
    RecoveryTrack,
    Reopening,
    RepeatDecision,
    StatusUpdate,
    TimelineEvent,
    VendorEngagement,
)
from incidents.operations.response.cadence import keep_cadence
from incidents.vocabulary import MilestoneKind, RequirementLevel
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person

# An import of what closed longer ago than this starts its clocks at the import.
CLOCK_FROM_CLOSE_WITHIN = timedelta(hours=24)


# They tell what happened and are asked by no rule of requirement, command or deadline (tests/operations/enforcement).
TELLING = (TimelineEvent, StatusUpdate)
# From these on it runs, and follows the policy of its day (an import says no entry).
BEGINNING = (Incident, Reopening)


def on_record_changed(
    sender: type[Incident],
    *,
    incident: Incident,
    entry: Model | None,
    by: Person | None,
    at: datetime,
    now: datetime,
    **_: Any,
) -> None:
    """Receiver of `record_changed`: creates the After Action at the close, follows what the record says later, and
    reconciles every deadline. An `entry` that only tells what happened changes none of them."""
    if isinstance(entry, TELLING):
        return
    if not incident.is_closed and (entry is None or isinstance(entry, BEGINNING)):
        keep_cadence(incident, hold_current_policy().policy.updates)
    there = AfterAction.objects.select_for_update().filter(incident=incident).order_by()
    after_action = next(iter(there), None)
    is_new = after_action is None
    if after_action is not None:
        after_action.incident = incident
        _follow(after_action, by=by, now=now)
        if isinstance(entry, VendorEngagement):
            follow_up_of(entry, now=now)
    elif incident.is_closed and incident.requirement_level != RequirementLevel.NOT_REQUIRED:
        after_action = _create(incident, clock_from=_clock(incident, now), by=by, now=now)
    if (entry is None or isinstance(entry, Mtm)) and (
        after_action is not None or agreed_without_item(incident).exists()
    ):
        after_action = after_action or _open_for_mtms(incident, by=by, now=now)
        follow_mtms(after_action, by=by, now=now, tells=entry is not None and not incident.history)
    if after_action is not None and not is_new and _names_people(entry) and _asks_for(by, after_action):
        propose_attendees(after_action, by=by, now=now)
    if after_action is not None and _closes(entry):
        if not is_new:
            propose_attendees(after_action, now=now)
        ask_responders(after_action, now=now)
    if isinstance(entry, RepeatDecision) or (entry is None and incident.repeat_of_id is not None):
        follow_repeat(incident, by=by, now=now)
    reconcile(incident, by=by, now=now)


def _names_people(entry: Model | None) -> bool:
    """Whether the change may name somebody who has to attend."""
    return isinstance(entry, VendorEngagement | RecoveryTrack | CommandAssignment)


def _asks_for(by: Person | None, after_action: AfterAction) -> bool:
    """Whether those whom a record names later are invited at once: by whoever decides on attendees, while a meeting is
    ahead. Whom anybody else records stands as an empty seat until the MIM looks at the record again."""
    return (
        after_action.incident.is_closed
        and not is_history(after_action)
        and after_action.decision != Decision.SKIP
        and after_action.status in (Status.DRAFT, Status.IN_REVIEW)
        and by is not None
        and (can_chair(by, after_action) or can_own(by, after_action))
    )


def _closes(entry: Model | None) -> bool:
    """Whether the change was the close, or a whole record that came in closed."""
    return entry is None or (isinstance(entry, Milestone) and entry.kind == MilestoneKind.CLOSED)


@transaction.atomic
def decide(
    after_action: AfterAction,
    *,
    decision: str,
    reason: str = "",
    by: Person | None,
    at: datetime,
    now: datetime,
    version: int | None = None,
) -> AfterAction:
    """The MIM decides to hold or to skip. Taking back a skip starts the clocks now.

    Raises RuleViolation for a mandatory one, BadInput when the reason is missing. domain.md, When an After Action is
    required.
    """
    after_action = lifecycle.locked(after_action, version=version)
    if decision not in set(Decision.keys()):
        raise BadInput.of("decision", "Decide to hold or to skip.")
    reason = reason.strip()
    lifecycle.raise_refusal(
        lifecycle_rules.decision_refusal(
            Decision(decision),
            lifecycle.lifecycle_facts(after_action, reason=reason),
            parts_of(by, after_action),
        )
    )
    lifecycle.check_instant(at, now=now, after=[(after_action.clock_from, "the start of its clock")])
    if decision == Decision.HOLD and (
        after_action.decision == Decision.SKIP or after_action.clock_from is None
    ):
        after_action.clock_from = now
    _decide(after_action, Decision(decision), by=by, at=at, now=now, reason=reason)
    if after_action.requested_by is not None:
        _answer(after_action, by=by, now=now)
    reconcile(after_action.incident, by=by, now=now)
    return after_action


@transaction.atomic
def start(
    after_action: AfterAction,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
    version: int | None = None,
) -> AfterAction:
    """Begins the process of an After Action of the past: from now on its deadlines are enforced, counted from now."""
    after_action = lifecycle.locked(after_action, version=version)
    lifecycle.check_allowed(TransitionKind.START, after_action, by=by)
    lifecycle.check_instant(at, now=now)
    before = after_action.clock_from
    after_action.started_at = after_action.clock_from = now
    lifecycle.save(after_action, "started_at", "clock_from")
    lifecycle.audit("started", after_action, by=by, now=now, changes={"clock_from": (before, now)})
    reconcile(after_action.incident, by=by, now=now)
    return after_action


@transaction.atomic
def request(incident: Incident, *, reason: str, by: Person, at: datetime, now: datetime) -> AfterAction:
    """Somebody asks for an After Action that is not required; the MIM accepts or declines it.

    Also after one was skipped. Raises RuleViolation while the incident runs and when there is one already.
    """
    incident = Incident.objects.select_for_update(of=("self",)).select_related("mim").get(pk=incident.pk)
    if not by.is_active or by.only_reads:
        raise NotAllowed("Auditors read all and change nothing: ask somebody who worked on the incident.")
    if not reason.strip():
        raise BadInput.of("reason", "Say what an After Action would show: the MIM decides by it.")
    lifecycle.check_instant(at, now=now, after=[(incident.closed_at, "the close of the incident")])
    if not incident.is_closed:
        raise RuleViolation(
            "This incident is still running: whether an After Action is held is decided at its close."
        )
    after_action = AfterAction.objects.select_for_update().filter(incident=incident).first()
    if after_action is None:
        after_action = _create(incident, clock_from=None, by=by, now=now)
    elif after_action.decision != Decision.SKIP:
        raise RuleViolation(f"There is one already: {after_action.reference}.")
    after_action.incident = incident
    after_action.requested_by, after_action.request_reason = by, reason.strip()
    _forget_decision(after_action)
    lifecycle.save(
        after_action,
        "requested_by", "request_reason", "decision", "decided_at", "decided_by", "decision_reason", "lapsed",
    )  # fmt: skip
    lifecycle.audit("requested", after_action, by=by, now=now, reason=reason.strip())
    notify(
        chairs(incident, now=now),
        after_action,
        about=after_action,
        step=f"requested:{after_action.version}",
        words=NoticeWords(
            f"Accept or decline an After Action of {incident.reference}",
            f"{by.full_name} asks for an After Action of {incident.reference} “{incident.title}”, which requires none: "
            f"“{reason.strip()}”\n\nAccept it by deciding to hold it, or decline it with a reason.",
        ),
        now=now,
        except_for=by,
    )
    reconcile(incident, by=by, now=now)
    return after_action


@transaction.atomic
def lapse(obligation: Obligation, *, now: datetime) -> bool:
    """The system skips an optional After Action that nobody decided on in time, and says so. False when it no longer
    lapses: somebody was quicker."""
    Incident.objects.select_for_update(of=("self",)).get(pk=obligation.incident_id)
    after_action = (
        AfterAction.objects.select_for_update(of=("self",))
        .select_related("incident__mim", "owner")
        .get(incident=obligation.incident_id)
    )
    still = Obligation.objects.filter(
        pk=obligation.pk, state=ObligationState.OPEN, next_step=LAPSE, next_step_at__lte=now
    )
    if not still.exists():
        return False
    reason = f"Nobody decided within {LAPSE_AFTER_BUSINESS_DAYS} business days."
    after_action.lapsed = True
    _decide(after_action, Decision.SKIP, by=None, at=now, now=now, reason=reason)
    incident = after_action.incident
    notify(
        chairs(incident, now=now),
        after_action,
        about=after_action,
        step="lapsed",
        words=NoticeWords(
            f"The optional After Action of {incident.reference} is skipped",
            f"{reason} The optional After Action of {incident.reference} “{incident.title}” has lapsed to skip.\n\n"
            "Decide to hold it if it should take place after all; its clocks then start at that decision.",
        ),
        now=now,
    )
    reconcile(incident, by=None, now=now)
    return True


def chairs(incident: Incident, *, now: datetime) -> list[Person]:
    """Who is told what the MIM must know: the MIM, else the MIM group, else the administrators."""
    mim = acting(incident.mim)
    ladder = EscalationChain.above([int(mim)] if mim else [], now=now)
    return ladder.told(Responsible(person=mim) if mim else Responsible(group=ResponsibleGroup.MIM))


def _clock(incident: Incident, now: datetime) -> datetime | None:
    """Where the clocks start: the close, or now when it closed long ago or became required only later."""
    if incident.closed_at is None or incident.history:
        return incident.closed_at
    closes = (
        incident.recorded_at == now
        or incident.milestones.filter(kind=MilestoneKind.CLOSED, logged_at=now).exists()
    )
    return incident.closed_at if closes and now - incident.closed_at <= CLOCK_FROM_CLOSE_WITHIN else now


def _create(
    incident: Incident, *, clock_from: datetime | None, by: Person | None, now: datetime
) -> AfterAction:
    after_action = AfterAction(
        incident=incident,
        created_at=now,
        clock_from=clock_from,
        history=incident.history,
        owner=incident.mim,
    )
    if incident.requirement_level == RequirementLevel.MANDATORY:
        _hold_because_mandatory(after_action, now)
    after_action.save()
    # A draft from the close on, however late that was entered: what followed it may be entered late as well.
    began_at = incident.closed_at or now
    TransitionRow.objects.create(after_action=after_action, to_status=Status.DRAFT, at=began_at, by=None)
    trail.record("created", after_action, by=by, at=now, scope=incident.reference)
    prefill(after_action, now=now)
    propose_attendees(after_action, now=now)
    follow_up_all(after_action)
    return after_action


def _open_for_mtms(incident: Incident, *, by: Person | None, now: datetime) -> AfterAction:
    """The After Action that holds what an MTM agreed: while the incident runs it has no deadlines of its own, and where
    none is required at the close it is skipped."""
    after_action = _create(incident, clock_from=None, by=by, now=now)
    _follow(after_action, by=by, now=now)
    return after_action


def _follow(after_action: AfterAction, *, by: Person | None, now: datetime) -> None:
    """What a later change of the record means for the After Action that is there."""
    incident = after_action.incident
    level = incident.requirement_level
    before = {field: getattr(after_action, field) for field in FOLLOWED}
    _follow_command(after_action)
    if not incident.is_closed:
        after_action.clock_from = None
        if after_action.decided_by is None and after_action.decision == Decision.SKIP:
            _forget_decision(after_action)
    elif is_history(after_action):
        after_action.clock_from = incident.closed_at
    else:
        wanted = level != RequirementLevel.NOT_REQUIRED or after_action.decision == Decision.HOLD
        if after_action.clock_from is None:
            after_action.clock_from = _clock(incident, now) if wanted else None
        elif _was_raised(incident, now):
            after_action.clock_from = now
            if after_action.decision == Decision.SKIP:
                _forget_decision(after_action)
    if incident.is_closed and level == RequirementLevel.MANDATORY and after_action.decision != Decision.HOLD:
        _hold_because_mandatory(after_action, now)
    if (
        incident.is_closed
        and level == RequirementLevel.NOT_REQUIRED
        and not after_action.decision
        and after_action.requested_by_id is None
    ):
        after_action.decision, after_action.decided_at = Decision.SKIP, now
        after_action.decision_reason = incident.requirement_reason
    changes = {
        field: (old, getattr(after_action, field))
        for field, old in before.items()
        if getattr(after_action, field) != old
    }
    if changes:
        lifecycle.save(after_action, *FOLLOWED)
        lifecycle.audit("followed the record", after_action, by=by, now=now, changes=changes)
        _keep_calendars(after_action, before["decision"], now=now)


FOLLOWED = ("clock_from", "owner", "decision", "decided_at", "decided_by", "decision_reason", "lapsed")


def _follow_command(after_action: AfterAction) -> None:
    """The draft goes with the command, unless another owner was named since."""
    incident = after_action.incident
    if after_action.owner_id == incident.mim_id or after_action.published_at is not None:
        return
    handover = Handover.objects.filter(incident=incident).last()
    confirmed_at = after_action.owner_confirmed_at
    if confirmed_at is None or (
        handover is not None
        and handover.from_person_id == after_action.owner_id
        and confirmed_at < handover.at
    ):
        after_action.owner = incident.mim


def _was_raised(incident: Incident, now: datetime) -> bool:
    """Whether this very change decided the requirement upward."""
    if incident.requirement_decided_at != now:
        return False
    ranks = list(RequirementLevel)
    last = [
        RequirementLevel(decision.level) for decision in incident.requirement_decisions.order_by("-id")[:2]
    ]
    return len(last) == 2 and ranks.index(last[0]) < ranks.index(last[1])


def _hold_because_mandatory(after_action: AfterAction, now: datetime) -> None:
    after_action.decision, after_action.decided_at, after_action.decided_by = Decision.HOLD, now, None
    after_action.decision_reason, after_action.lapsed = after_action.incident.requirement_reason, False


def _forget_decision(after_action: AfterAction) -> None:
    after_action.decision, after_action.decided_at, after_action.decided_by = "", None, None
    after_action.decision_reason, after_action.lapsed = "", False


def _decide(
    after_action: AfterAction,
    decision: Decision,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
    reason: str,
) -> None:
    before = after_action.decision
    after_action.decision, after_action.decided_at, after_action.decided_by = decision, at, by
    after_action.decision_reason = reason
    after_action.lapsed = after_action.lapsed and decision == Decision.SKIP
    lifecycle.save(
        after_action, "clock_from", "decision", "decided_at", "decided_by", "decision_reason", "lapsed"
    )
    lifecycle.audit(
        "decided",
        after_action,
        by=by,
        now=now,
        changes={"decision": (before or None, decision)},
        reason=reason,
    )
    _keep_calendars(after_action, before, now=now)


def _keep_calendars(after_action: AfterAction, before: str, *, now: datetime) -> None:
    """A meeting that will not be held leaves everybody's calendar; taken up again, it comes back, if still ahead."""
    was_held, is_held = before == Decision.HOLD, after_action.decision == Decision.HOLD
    meeting = lifecycle.present_meeting(after_action) if was_held != is_held else None
    if meeting is None or meeting.held_until is not None:
        return
    meeting.after_action = after_action
    if was_held:
        why = f"The After Action is skipped. {after_action.decision_reason}".strip()
        cancel_meeting(meeting, reason=why, now=now)
    elif meeting.starts_at > now:
        meeting.sequence += 1
        meeting.save(update_fields=["sequence"])
        invite(meeting, now=now)


def _answer(after_action: AfterAction, *, by: Person | None, now: datetime) -> None:
    """Tells whoever asked for it."""
    incident = after_action.incident
    accepted = after_action.decision == Decision.HOLD
    verb = "accepted" if accepted else "declined"
    because = f": “{after_action.decision_reason}”" if after_action.decision_reason else "."
    notify(
        [after_action.requested_by],
        after_action,
        about=after_action,
        step=f"{verb}:{after_action.version}",
        words=NoticeWords(
            f"Your request for an After Action of {incident.reference} is {verb}",
            f"The After Action that you asked for, of {incident.reference} “{incident.title}”, is {verb}{because}",
        ),
        now=now,
        except_for=by,
    )
