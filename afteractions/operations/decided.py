"""What the meetings of an After Action decided: who was there, the decisions, and how the content was agreed."""

from collections.abc import Callable
from typing import Any

from afteractions.models import AfterAction
from majorops.instants import written
from majorops.people.models import Person


def decided(after_action: AfterAction, named: Callable[[Person | None], str | None]) -> dict[str, Any]:
    """`attendance`, `decisions` and `agreement` of every meeting that was held, in order, as the revision document
    holds them; the decisions of one that is still going on are among them. In three statements at most."""
    meetings = list(
        after_action.meetings.order_by("round").prefetch_related("attendance__person", "decisions__by")
    )
    held = [meeting for meeting in meetings if meeting.held_until is not None]
    return {
        "attendance": [
            {
                "round": meeting.round,
                "person": named(each.person),
                "present": each.present,
                "had_read": each.had_read,
            }
            for meeting in held
            for each in sorted(meeting.attendance.all(), key=lambda each: (not each.present, each.pk))
        ],
        "decisions": [
            {"round": meeting.round, "text": each.text, "at": written(each.at), "by": named(each.by)}
            for meeting in meetings
            for each in meeting.decisions.all()
        ],
        "agreement": [
            {
                "round": meeting.round,
                "held_from": written(meeting.held_from),
                "held_until": written(meeting.held_until),
                "agreed": meeting.agreed,
                "override_reason": meeting.override_reason,
            }
            for meeting in held
        ],
    }
