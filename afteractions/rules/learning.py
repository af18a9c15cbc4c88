"""Learned means proved (domain.md): how strong a change is by its words, when to look whether it works, and what comes
of what was seen then."""

import re
from datetime import date, timedelta

from afteractions.vocabulary import ActionStatus, ChangeKind, EffectOutcome, LearningState, Strength

LOOK_AGAIN_AFTER = timedelta(days=30)
# What an outcome makes of a learning; what no longer applies is as done as it was.
LEARNING_AFTER = {
    EffectOutcome.EFFECTIVE: LearningState.LEARNED.value,
    EffectOutcome.NOT_EFFECTIVE: LearningState.NOT_EFFECTIVE.value,
    EffectOutcome.NO_LONGER_APPLIES: "",
}

# The beginnings of the words of each strength, in the order of the hierarchy.
_WORDS = {
    Strength.STRONGER: """
        automat remov delet eliminat disabl prevent block refus reject forbid enforc impossible redundan replica isolat
        retir decommission standardi[sz] simplif failsafe fail-safe circuit rate.limit self-heal autoscal auto-scal
        interlock guardrail
    """,
    Strength.INTERMEDIATE: """
        alert alarm monitor dashboard checklist runbook playbook procedure second.person four.eyes pair review
        approv sign-off test drill check verif validat measur
    """,
    Strength.WEAKER: """
        train remind careful awareness aware attention educat teach communicat encourag memo workshop brief vigilan
    """,
}
_FIRST = re.compile(
    "|".join(rf"(?P<{strength}>\b(?:{'|'.join(words.split())}))" for strength, words in _WORDS.items()),
    re.IGNORECASE,
)


def proposed_strength(change: str) -> Strength:
    """How strong a change is by what it does first: "Train the on-call on the automated failover" is weaker, whatever
    is automated. Of what says none of the known words nobody can tell: it stands in the middle."""
    said = _FIRST.search(change)
    return Strength(said.lastgroup) if said and said.lastgroup else Strength.INTERMEDIATE


def strength_of(
    kind: ChangeKind, change: str, said: str | None, *, before: tuple[str, str] | None = None
) -> str:
    """The strength to keep of a change: what a person said, else what its words propose; empty of what goes on.

    `said` is None when nothing was said, empty to go back to the proposal. `before` are the words and the strength that
    stood there: what only was proposed follows the new words, what somebody corrected stays.
    """
    if kind is ChangeKind.CONTINUE:
        return ""
    proposed = proposed_strength(change)
    if before is None or not before[1]:
        return said or proposed
    was_proposed = before[1] == proposed_strength(before[0])
    if said is None:
        return proposed if was_proposed else before[1]
    return proposed if not said or (was_proposed and said == before[1]) else said


def look_again(due_on: date | None) -> date | None:
    """When to look whether a change works unless somebody said otherwise; None without a due date."""
    return due_on + LOOK_AGAIN_AFTER if due_on is not None else None


def moved_look(look_on: date | None, due_on: date | None, new_due_on: date | None) -> date | None:
    """When to look again after the due date moved: 30 days after the new one, unless somebody chose a day that still
    comes no earlier than it."""
    if look_on is None or look_on == look_again(due_on) or (new_due_on is not None and look_on < new_due_on):
        return look_again(new_due_on)
    return look_on


def effect_refusal(
    outcome: EffectOutcome,
    *,
    status: ActionStatus,
    is_of_mtm: bool,
    is_agreed: bool,
    last: EffectOutcome | None,
) -> str:
    """Why this cannot be said of the effect of a change; empty when it can. `last` is what was said last and counts."""
    if is_of_mtm:
        return "A Major Technical Meeting agreed on this: it is no change of the review, whose effect is looked at."
    if not is_agreed:
        return "The meeting still has to agree on this change: its effect is looked at afterwards."
    if status is ActionStatus.CANCELLED:
        return "This item was cancelled: what was not made has no effect."
    if outcome is EffectOutcome.EFFECTIVE and status is not ActionStatus.DONE:
        return "This item is not done: complete it, with its evidence, then say that it works."
    if outcome is last:
        return f"“{outcome.label}” was said of this change already."
    return ""
