"""Business days and the instants that deadlines fall on.

Business days are Monday to Friday less the public holidays of one country or region and the organisation's
own closing days (domain.md, Deadlines). Instants are aware; those returned are UTC.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

WORK_BEGINS = time(8)
WORK_ENDS = time(18)
# An hour before the end of work: whoever is warned can still act on it the same day.
LATEST_WARNING = time(17)

_SATURDAY = 5
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_UTC = ZoneInfo("UTC")


class UnknownCalendar(ValueError):
    """No public holidays are known for the code of a country or region."""


@dataclass(frozen=True, slots=True)
class DayEnd:
    """The end of a local day: the instant `at` (UTC) that ends the day `on`."""

    at: datetime
    on: date


@lru_cache(maxsize=4096)
def _public_holidays(code: str, year: int) -> frozenset[date]:
    country, _, region = code.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region or None, years=year))
    except NotImplementedError as error:
        raise UnknownCalendar(f"No public holidays are known for “{code}”.") from error


def after(at: datetime, elapsed: timedelta) -> datetime:
    """The instant (UTC) `elapsed` hours later, earlier when negative.

    Hours are elapsed hours: Python alone would add them on the wall of the zone and slip at a change of the
    clock.
    """
    return at.astimezone(UTC) + elapsed


def local_date(at: datetime, zone: ZoneInfo) -> date:
    """The date on the wall of `zone` at the instant `at`."""
    return at.astimezone(zone).date()


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which the local `day` is over for good.

    Zones that skip midnight, or live through it twice, end the day when its last second has passed.
    """
    midnight = datetime.combine(day + _DAY, time(), zone)
    early, late = sorted(midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if local_date(late - _SECOND, zone) <= day:
        return late
    # The clock is set somewhere between the two readings of this midnight: find that second.
    while early < late:
        middle = early + _SECOND * ((late - early) // _SECOND // 2)
        if local_date(middle, zone) > day:
            late = middle
        else:
            early = middle + _SECOND
    return early


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which the local `day` begins: the end of the day before."""
    return end_of_day(day - _DAY, zone)


def was_lived(day: date, zone: ZoneInfo) -> bool:
    """Whether there was this local `day`: a zone that crosses the date line leaves one out, as Samoa in 2011."""
    return local_date(datetime.combine(day, time(12), zone).astimezone(UTC), zone) == day


@dataclass(frozen=True)
class BusinessCalendar:
    """The business days of an organisation: `code` is a country ("US") or a region of it ("DE-BY").

    A calendar that took the place of another names it: `before` held until `since`. Raises UnknownCalendar for
    a code without known public holidays.
    """

    code: str
    closing_days: frozenset[date] = frozenset()
    since: datetime | None = None
    before: "BusinessCalendar | None" = None

    def __post_init__(self) -> None:
        _public_holidays(self.code, 2000)

    @classmethod
    def of(cls, code: str, closing_days: Iterable[date] = ()) -> "BusinessCalendar":
        """The calendar of a country or region with any collection of closing days."""
        return cls(code, frozenset(closing_days))

    def deadline(self, began: datetime, due: Callable[["BusinessCalendar"], DayEnd]) -> DayEnd:
        """Where a deadline stands whose clock began at `began`, when `due` says where a calendar puts it.

        It moves with each change of the calendar that came while it ran. One that had passed when the calendar
        changed stays where it was, and no change moves one to before itself.
        """
        known: list[BusinessCalendar] = [self]
        while known[-1].before is not None and known[-1].since is not None and known[-1].since > began:
            known.append(known[-1].before)
        answer = due(known.pop())
        for calendar in reversed(known):
            assert calendar.since is not None
            if answer.at <= calendar.since:
                break
            moved = due(calendar)
            if moved.at > calendar.since:
                answer = moved
        return answer

    def is_business_day(self, day: date) -> bool:
        """Whether people are expected at work on `day`."""
        if day.weekday() >= _SATURDAY or day in self.closing_days:
            return False
        return day not in _public_holidays(self.code, day.year)

    def business_day_after(self, day: date, count: int, zone: ZoneInfo = _UTC) -> date:
        """The `count`th business day strictly after `day` that was lived in `zone`; `day` itself for 0."""
        return self._step(day, count, _DAY, zone)

    def business_day_before(self, day: date, count: int, zone: ZoneInfo = _UTC) -> date:
        """The `count`th business day strictly before `day` that was lived in `zone`; `day` itself for 0."""
        return self._step(day, count, -_DAY, zone)

    def _step(self, day: date, count: int, stride: timedelta, zone: ZoneInfo) -> date:
        if count < 0:
            raise ValueError("Business days are counted in one direction at a time.")
        while count:
            day += stride
            count -= self.is_business_day(day) and was_lived(day, zone)
        return day

    def end_of_business_day_after(self, at: datetime, count: int, zone: ZoneInfo) -> DayEnd:
        """The local midnight that ends the `count`th business day after the local date of `at`.

        Seed: Timeline, "held within 5 business days (Critical), 10 business days (High)".
        """
        day = self.business_day_after(local_date(at, zone), count, zone)
        return DayEnd(end_of_day(day, zone), day)

    def add_business_days(self, at: datetime, count: int, zone: ZoneInfo) -> datetime:
        """The instant `count` business days later (earlier when negative) at the same local time.

        A midnight that ends a day belongs to that day: deadlines at the end of a day stay at the end of a
        day.
        """
        local = at.astimezone(zone)
        day = local.date()
        ends_the_day_before = at == start_of_day(day, zone)
        if ends_the_day_before:
            day -= _DAY
        step = self.business_day_after if count >= 0 else self.business_day_before
        day = step(day, abs(count), zone)
        if ends_the_day_before:
            return end_of_day(day, zone)
        return datetime.combine(day, local.time(), zone).astimezone(UTC)

    def is_working_moment(self, at: datetime, zone: ZoneInfo) -> bool:
        """Whether `at` lies in the working hours, 08:00 to 18:00, of a business day in `zone`."""
        local = at.astimezone(zone)
        return WORK_BEGINS <= local.time() < WORK_ENDS and self.is_business_day(local.date())

    def working_moment_before(self, at: datetime, zone: ZoneInfo) -> datetime:
        """`at` itself within working hours, otherwise 17:00 on the latest working day before it.

        domain.md, Deadlines: a warning that would fall on a night or a free day of its owner comes on the
        working day before.
        """
        if self.is_working_moment(at, zone):
            return at
        local = at.astimezone(zone)
        day = local.date()
        if local.time() < WORK_ENDS or not self.is_business_day(day):
            day = self.business_day_before(day, 1, zone)
        return datetime.combine(day, LATEST_WARNING, zone).astimezone(UTC)
