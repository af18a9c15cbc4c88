"""When somebody may be nudged about a deadline (experience.md: one click to act or to nudge)."""

from datetime import UTC, datetime, timedelta

import pytest

from afteractions.rules.deadlines.nudging import nudge_refusal
from afteractions.rules.lifecycle import Ground, Refusal
from afteractions.vocabulary import ObligationState

AT = datetime(2026, 3, 10, 9, tzinfo=UTC)
WEEK, DAY, SECOND = timedelta(days=7), timedelta(days=1), timedelta(seconds=1)


def refused(
    due_at: datetime = AT,
    state: ObligationState = ObligationState.OPEN,
    last_at: datetime | None = None,
    is_allowed: bool = True,
) -> Refusal | None:
    return nudge_refusal(state, due_at, last_at=last_at, at=AT, is_allowed=is_allowed)


@pytest.mark.parametrize("due_at", [AT - 30 * DAY, AT, AT + WEEK])
def test_what_is_overdue_or_falls_due_within_a_week_may_be_nudged_about(due_at: datetime) -> None:
    assert refused(due_at) is None
    assert "more than 7 days" in refused(AT + WEEK + SECOND).sentence


def test_one_nudge_a_day_is_enough() -> None:
    assert refused(last_at=AT - DAY) is None
    assert "24 hours" in refused(last_at=AT - DAY + SECOND).sentence


def test_nobody_is_nudged_by_who_may_not_or_about_what_is_over() -> None:
    assert refused(is_allowed=False).ground is Ground.FORBIDDEN
    assert "belongs to the past" in refused(state=ObligationState.HISTORY).sentence
    assert "it is waived" in refused(state=ObligationState.WAIVED).sentence
