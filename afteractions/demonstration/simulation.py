"""The past weeks, played forward: stories act at their instants, and enforcement sweeps in between as it would have."""

import heapq
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from afteractions.operations.enforcement.sweep import sweep

Story = Iterator[datetime]
BETWEEN_SWEEPS = timedelta(hours=12)


def play(stories: list[Story], *, now: datetime) -> None:
    """Runs each story up to the instant that it yields next, all of them in the order of time, until `now`.

    A story that yields an instant after `now` ends there.
    """
    turn = count()
    waiting = [(when, next(turn), story) for story in stories if (when := next(story, None)) is not None]
    heapq.heapify(waiting)
    swept = waiting[0][0] if waiting else now
    while waiting and waiting[0][0] <= now:
        when, _, story = heapq.heappop(waiting)
        while swept + BETWEEN_SWEEPS < when:
            swept += BETWEEN_SWEEPS
            sweep(now=swept)
        following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (max(following, when), next(turn), story))
    while swept + BETWEEN_SWEEPS < now:
        swept += BETWEEN_SWEEPS
        sweep(now=swept)
    sweep(now=now)
