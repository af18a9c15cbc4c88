"""Whether a change works: what was seen on the day to look again, and what came back with a repeat (domain.md, Learned
means proved)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from afteractions.access import can_check_effect
from afteractions.models import AfterAction, Change, EffectCheck
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.deadlines import obligations
from afteractions.operations.followup.actions import fresh_item
from afteractions.rules.learning import LEARNING_AFTER, effect_refusal
from afteractions.vocabulary import ActionStatus, EffectOutcome, LearningState
from incidents.models import Incident
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person
from majorops.texts import typed_text

CHECKERS = "The owner of the After Action, or the MIM, says what was seen."
WHAT_WAS_SEEN = "Say what was seen: an alert in a drill, a figure, a run of the runbook, the next incident."


@transaction.atomic
def check_effect(
    change: Change,
    *,
    outcome: str,
    seen: str,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> EffectCheck:
    """Keeps what was seen of the change's effect. Effective: it is learned; not effective: its owner, the owner of the
    review and the MIM are told that another change is asked for.

    Said again, the last counts. Raises BadInput, NotAllowed, VersionConflict, and RuleViolation for what nobody agreed
    on, what was cancelled, and what works although it was not made.
    """
    change = fresh_item(change, version=version)
    after_action = change.after_action
    if not can_check_effect(by, after_action):
        raise NotAllowed(CHECKERS)
    if not EffectOutcome.knows(outcome):
        raise BadInput.of("outcome", f"Choose one of: {', '.join(EffectOutcome.keys())}.")
    result = EffectOutcome(outcome)
    last = change.effect_checks.last() if change.effect_checked_at is not None else None
    refusal = effect_refusal(
        result,
        status=ActionStatus(change.status),
        is_of_mtm=change.mtm_action_id is not None,
        is_agreed=after_action.reviewed_at is not None,
        last=EffectOutcome(last.outcome) if last is not None else None,
    )
    if refusal:
        raise RuleViolation(refusal)
    lifecycle.check_instant(
        at,
        now=now,
        after=[
            (after_action.reviewed_at, "the agreement"),
            (change.resolved_at, "the item was done"),
            (last.at if last is not None else None, "what was said before"),
        ],
    )
    check = EffectCheck.objects.create(
        change=change, outcome=result, seen=typed_text(seen, "seen", empty=WHAT_WAS_SEEN), at=at, by=by
    )
    before = change.state_of_learning
    change.learning = LEARNING_AFTER[result]
    change.effect_checked_at = change.effect_checked_at or at
    change.version += 1
    change.save(update_fields=["learning", "effect_checked_at", "version"])
    trail.record(
        "checked the effect of",
        change,
        by=by,
        at=now,
        scope=after_action.incident.reference,
        changes={"outcome": (last and last.outcome, result), "learning": (before, change.state_of_learning)},
        reason=check.seen,
    )
    if result is EffectOutcome.NOT_EFFECTIVE:
        _ask_for_another(change, check, by=by, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return check


def _ask_for_another(change: Change, check: EffectCheck, *, by: Person | None, now: datetime) -> None:
    after_action = change.after_action
    notify(
        [after_action.owner, after_action.incident.mim, change.owner],
        after_action,
        about=check,
        step="not effective",
        words=NoticeWords(
            f"Not effective: {change.sentence[:120]}",
            f"{by or 'The system'} looked at {change.reference} of {after_action.incident.reference}, "
            f"“{change.sentence}”, and it does not work. {check.seen}\n\nAnother change of the same review is asked "
            "for that takes it up.",
            masked="A change was made and does not work.",
        ),
        url=change.get_absolute_url(),
        now=now,
        except_for=by,
    )


def follow_repeat(incident: Incident, *, by: Person | None, now: datetime) -> None:
    """What an incident says that it repeats turns the learned changes of that one back: it came back, and whoever owns
    them is asked anew. A link that was taken back lets them be learned as they were. The incident is locked by the
    caller; those that it repeats are locked here."""
    for review, changes in _by_review(_wrongly_back(incident)):
        for change in changes:
            first, last = change.effect_checks.first(), change.effect_checks.last()
            assert first is not None
            assert last is not None
            _turn(
                change,
                "was learned all the same",
                learning=LEARNING_AFTER[EffectOutcome(last.outcome)],
                effect_checked_at=first.at,
                came_back_at=None,
                came_back_with=None,
                by=by,
                now=now,
            )
        obligations.reconcile(review.incident, by=by, now=now)
    learned = Change.objects.filter(
        after_action__incident=incident.repeat_of_id, learning=LearningState.LEARNED, removed_at__isnull=True
    )
    for review, changes in _by_review(learned):
        for change in changes:
            _turn(
                change,
                "came back",
                learning=LearningState.CAME_BACK.value,
                effect_checked_at=None,
                came_back_at=now,
                came_back_with=incident,
                by=by,
                now=now,
            )
            _say_that_it_came_back(change, incident, by=by, now=now)
        obligations.reconcile(review.incident, by=by, now=now)


def _wrongly_back(incident: Incident) -> QuerySet[Change]:
    """What came back with this incident, which repeats another one by now, or none."""
    back = Change.objects.filter(came_back_with=incident, learning=LearningState.CAME_BACK)
    if incident.repeat_of_id is None:
        return back
    return back.exclude(after_action__incident=incident.repeat_of_id)


def _by_review(changes: QuerySet[Change]) -> Iterator[tuple[AfterAction, list[Change]]]:
    """The changes by their review, which is locked before them."""
    for key in sorted(set(changes.order_by().values_list("after_action", flat=True))):
        review = lifecycle.locked(AfterAction.objects.get(pk=key))
        found = list(changes.filter(after_action=key).select_for_update(of=("self",)).select_related("owner"))
        for change in found:
            change.after_action = review
        yield review, found


def _turn(change: Change, verb: str, *, by: Person | None, now: datetime, **said: Any) -> None:
    before = change.state_of_learning
    for name, value in said.items():
        setattr(change, name, value)
    change.version += 1
    change.save(update_fields=[*said, "version"])
    trail.record(
        verb,
        change,
        by=by,
        at=now,
        scope=change.after_action.incident.reference,
        changes={"learning": (before, change.state_of_learning)},
    )


def _say_that_it_came_back(change: Change, repeat: Incident, *, by: Person | None, now: datetime) -> None:
    after_action = change.after_action
    # Of a restricted one others learn nothing.
    which = "another incident" if repeat.restricted else f"{repeat.reference} “{repeat.title}”"
    notify(
        [after_action.owner, after_action.incident.mim, change.owner],
        after_action,
        about=change,
        step=f"came back:{repeat.pk}",
        words=NoticeWords(
            f"It came back: {change.sentence[:120]}",
            f"{change.reference} of {after_action.incident.reference}, “{change.sentence}”, was learned. Then {which} "
            "was confirmed as a repeat. Look again what it is worth, and say what was seen.",
            masked="What was learned came back.",
        ),
        url=change.get_absolute_url(),
        now=now,
        except_for=by,
    )
