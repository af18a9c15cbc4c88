"""What the meetings of an After Action decided: who was there, the decisions, and how the content was agreed."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import prefetch_related_objects

from afteractions.models import AfterAction, Meeting
from afteractions.vocabulary import Status
from majorops.formatting.instants import written
from majorops.people.models import Person


def decided(
    after_action: AfterAction,
    named: Callable[[Person | None], str | None],
    meetings: Sequence[Meeting] | None = None,
) -> dict[str, Any]:
    """`attendance`, `decisions` and `agreement` of every meeting that was held, in order, as the revision document
    holds them; the decisions of one that is still going on are among them. In five statements at most, four where
    its `meetings` are at hand; a meeting that was not held has no attendance to ask for."""
    if meetings is None:
        meetings = list(after_action.meetings.order_by("round"))
    held = [meeting for meeting in meetings if meeting.held_until is not None]
    prefetch_related_objects(held, "attendance__person")
    is_out = after_action.status != Status.DRAFT
    begun = [meeting for meeting in meetings if is_out or meeting.held_from is not None]
    prefetch_related_objects(begun, "decisions__by")
    return {
        "attendance": [
            {
                "round": meeting.round,
                "person": named(row.person),
                "present": row.present,
                "had_read": row.had_read,
            }
            for meeting in held
            for row in sorted(meeting.attendance.all(), key=lambda item: (not item.present, item.pk))
        ],
        "decisions": [
            {
                "round": meeting.round,
                "text": decision.text,
                "at": written(decision.at),
                "by": named(decision.by),
            }
            for meeting in begun
            for decision in meeting.decisions.all()
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
