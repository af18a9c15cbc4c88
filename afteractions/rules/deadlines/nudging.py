"""When somebody may be nudged about a deadline. domain.md, Deadlines; experience.md: a manager sees what is overdue and
who needs help, "one click to act or to nudge".

Settled here: a nudge is for what is overdue or falls due within a week, by whoever stands above the one who must meet
it or answers for the After Action, never by that one; once in 24 hours for one deadline, whoever gives it.
"""

from datetime import datetime, timedelta

from afteractions.rules.lifecycle import Ground, Refusal
from afteractions.vocabulary import ObligationState

NUDGE_EVERY = timedelta(hours=24)
NUDGED_AHEAD = timedelta(days=7)
WHO = (
    "A manager above whoever owes it, the MIM, the owner of the After Action or an administrator may nudge; "
    "nobody nudges themself."
)


def nudge_refusal(
    state: ObligationState, due_at: datetime, *, last_at: datetime | None, at: datetime, is_allowed: bool
) -> Refusal | None:
    """Why nobody is nudged about this deadline at `at`, None when somebody is. `last_at`: the nudge before."""
    if not is_allowed:
        return Refusal(WHO, Ground.FORBIDDEN)
    if state is ObligationState.HISTORY:
        return Refusal("This After Action belongs to the past: nobody owes its deadlines.")
    if state is not ObligationState.OPEN:
        return Refusal(f"This deadline is not open any more: it is {state.label.lower()}.")
    if due_at - at > NUDGED_AHEAD:
        return Refusal("This falls due in more than 7 days: there is nothing to remind anybody of yet.")
    if last_at is not None and at - last_at < NUDGE_EVERY:
        return Refusal("Nudged within the last 24 hours already: one nudge a day is enough.")
    return None
