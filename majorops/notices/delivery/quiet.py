"""When somebody is spoken to: their quiet hours, and the hour of their daily digest. Local times, elapsed instants."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def is_quiet(at: datetime, zone: ZoneInfo, begins: time, ends: time) -> bool:
    """Whether `at` lies in the quiet hours, which may pass midnight. The end is no longer quiet; equal times mean
    that there are none."""
    clock = at.astimezone(zone).time()
    if begins <= ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def speaks_at(at: datetime, zone: ZoneInfo, begins: time | None, ends: time | None) -> datetime:
    """The first instant from `at` on that is not quiet: `at` itself, or the end of the quiet hours it lies in."""
    if begins is None or ends is None or not is_quiet(at, zone, begins, ends):
        return at
    return next_time(at, zone, ends)


def next_time(at: datetime, zone: ZoneInfo, clock: time) -> datetime:
    """The first instant after `at` whose local time is `clock`, in UTC. On a day whose clock skips that time, the
    instant that the time would have had; on a day that has it twice, the first."""
    day = at.astimezone(zone).date()
    # A local time comes once in any two days; the third covers a zone that skipped a whole day.
    instants = (
        datetime.combine(day + timedelta(days=ahead), clock, zone).astimezone(UTC) for ahead in range(3)
    )
    return next(instant for instant in instants if instant > at)
