"""Deadlines computed a second time, another way: by walking through UTC and looking at the clock on the wall.

Nothing here asks the product. Slow and plain on purpose.
"""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)

IsFree = Callable[[date], bool]


@cache
def public(code: str) -> Any:
    country, *region = code.split("-")
    return holidays.country_holidays(country, subdiv=region[0] if region else None)


def free_days(code: str, closing_days: Collection[date] = ()) -> IsFree:
    known = public(code)
    return lambda day: day.isoweekday() in (6, 7) or day in closing_days or day in known


def wall(at: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows."""
    return at.astimezone(zone).replace(tzinfo=None)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant after which no wall shows `day`, or one before it, any more: the last such second is looked for."""
    # Between the first zone to end it and the last.
    at = datetime.combine(day, time(), UTC) + timedelta(hours=9)
    last = at
    while at < datetime.combine(day, time(), UTC) + timedelta(hours=38):
        if wall(at, zone).date() <= day:
            last = at
        at += QUARTER
    if wall(last + QUARTER - SECOND, zone).date() > day:
        for _ in range(15 * 60):
            if wall(last + SECOND, zone).date() > day:
                break
            last += SECOND
        return last + SECOND
    return last + QUARTER


def business_day_after(day: date, count: int, start: datetime, zone: ZoneInfo, is_free: IsFree) -> date:
    """The days as they come by on the wall, hour by hour, from `start` on."""
    at, seen = start, day
    while count:
        at += HOUR
        today = wall(at, zone).date()
        if today > seen:
            seen = today
            count -= not is_free(today)
    return seen


def hold_by(closed_at: datetime, count: int, zone: ZoneInfo, is_free: IsFree) -> tuple[datetime, date]:
    day = business_day_after(wall(closed_at, zone).date(), count, closed_at, zone, is_free)
    return end_of(day, zone), day


def business_days_later(at: datetime, count: int, zone: ZoneInfo, is_free: IsFree) -> datetime:
    """The same time on the wall, `count` business days on. A midnight belongs to the day that it ends."""
    yesterday = wall(at - SECOND, zone).date()
    if yesterday < wall(at, zone).date() and at == end_of(yesterday, zone):
        return end_of(business_day_after(yesterday, count, at - SECOND, zone, is_free), zone)
    wanted = wall(at, zone).time()
    day = business_day_after(wall(at, zone).date(), count, at, zone, is_free)
    moment = datetime.combine(day, wanted, UTC) - timedelta(hours=16)
    before = moment
    for _ in range(4 * 34):
        shown = wall(moment, zone)
        if shown == datetime.combine(day, wanted):
            return moment
        if shown < datetime.combine(day, wanted):
            before = moment
        moment += QUARTER
    # The clock was set over it: as if it had not been set yet.
    return before + (datetime.combine(day, wanted) - wall(before, zone))


def working_moment_before(at: datetime, zone: ZoneInfo, is_free: IsFree) -> datetime:
    """The moment itself within working hours, else 17:00 on the last day with some before it."""

    def works(moment: datetime) -> bool:
        shown = wall(moment, zone)
        return 8 <= shown.hour < 18 and not is_free(shown.date())

    if works(at):
        return at
    moment = at
    while not works(moment):
        moment -= QUARTER
    day = wall(moment, zone).date()
    while wall(moment, zone).hour >= 17:
        moment -= QUARTER
    while wall(moment, zone) < datetime.combine(day, time(17)):
        moment += timedelta(minutes=1) if wall(moment, zone).minute % 15 else QUARTER
    return moment - timedelta(seconds=wall(moment, zone).second)
