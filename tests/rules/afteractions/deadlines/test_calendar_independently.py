"""Every deadline in days agrees with a second computation that walks through time: DST, leap days, ends of years.

Some 2,000 dates in every run, through all zones in turn; MAJOROPS_GENERATED_DATES=100000 for the long one.
"""

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.rules.deadlines.calendar import BusinessCalendar, DayEnd, after, end_of_day
from tests.rules.afteractions.deadlines import independent_calendar as plain

DATES = int(os.environ.get("MAJOROPS_GENERATED_DATES", "2000"))
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
CODES = ("US", "DE", "DE-BY", "GB-ENG", "JP", "BR", "DK", "AU-NSW", "FR")
FIRST, LAST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2037, 6, 1, tzinfo=UTC)
MINUTES = int((LAST - FIRST) / timedelta(minutes=1))


@dataclass(frozen=True)
class Case:
    at: datetime
    zone: ZoneInfo
    code: str
    closing_days: frozenset[date]

    @property
    def calendar(self) -> BusinessCalendar:
        return BusinessCalendar(self.code, self.closing_days)

    @property
    def is_free(self) -> plain.IsFree:
        return plain.free_days(self.code, self.closing_days)


def set_clocks(zone: str, year: int) -> list[datetime]:
    """The days of a year on which the clocks of a zone are set."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=number) for number in range(366)]
    shown = [day.astimezone(ZoneInfo(zone)).utcoffset() for day in days]
    return [day for day, now, then in zip(days, shown, shown[1:], strict=False) if now != then]


def cases(count: int) -> Iterator[Case]:
    """Dates in all zones in turn: anywhere, about a change of the clock, at a leap day, at the end of a year."""
    chance = random.Random(20_260_303)
    for number in range(count):
        name = ZONES[number % len(ZONES)]
        at = FIRST + timedelta(minutes=chance.randrange(MINUTES))
        kind = chance.randrange(4)
        if kind == 1 and (clocks := set_clocks(name, at.year)):
            at = chance.choice(clocks) + timedelta(minutes=chance.randrange(-12 * 1440, 2 * 1440))
        elif kind == 2:
            at = datetime(chance.randrange(1992, 2037, 4), 2, 26, tzinfo=UTC) + timedelta(
                minutes=chance.randrange(5 * 1440)
            )
        elif kind == 3:
            at = datetime(chance.randrange(1990, 2036), 12, 20, tzinfo=UTC) + timedelta(
                minutes=chance.randrange(14 * 1440)
            )
        if not chance.randrange(10):  # an hour that may be the midnight of a zone
            at = at.replace(minute=0)
        near = (at.date() + timedelta(days=chance.randrange(1, 20)) for _ in range(chance.randrange(4)))
        yield Case(at, ZoneInfo(name), chance.choice(CODES), frozenset(near))


def differences(case: Case) -> list[str]:
    at, zone, calendar, is_free = case.at, case.zone, case.calendar, case.is_free
    found = []
    for count in (5, 10):
        due = calendar.end_of_business_day_after(at, count, zone)
        if (due.at, due.on) != plain.hold_by(at, count, zone, is_free):
            found.append(f"hold within {count}")
    for count in (1, 2):
        if calendar.add_business_days(at, count, zone) != plain.business_days_later(at, count, zone, is_free):
            found.append(f"{count} business days later")
    if calendar.working_moment_before(at, zone) != plain.working_moment_before(at, zone, is_free):
        found.append("working moment")
    if int(after(at.astimezone(zone), timedelta(hours=48)).timestamp()) != int(at.timestamp()) + 48 * 3600:
        found.append("48 h")
    return found


def test_thousands_of_dates_in_all_zones_agree_with_a_computation_that_walks_through_time() -> None:
    wrong = [(case, what) for case in cases(DATES) if (what := differences(case))]
    assert not wrong, f"{len(wrong)} of {DATES} differ, the first: {wrong[:3]}"


@pytest.mark.parametrize(
    "name",
    [
        "America/Havana",
        "America/Sao_Paulo",
        "America/Asuncion",
        "America/St_Johns",
        "Asia/Beirut",
        "Africa/Cairo",
    ],
)
def test_deadlines_end_right_where_midnight_is_left_out_or_comes_twice(name: str) -> None:
    zone, calendar = ZoneInfo(name), BusinessCalendar("BR")
    for year in range(2006, 2012):
        for clocks in set_clocks(name, year):
            for days in range(5, 17):
                at = clocks - timedelta(days=days, hours=-7)
                for count in (5, 10):
                    due = calendar.end_of_business_day_after(at, count, zone)
                    assert (due.at, due.on) == plain.hold_by(at, count, zone, plain.free_days("BR"))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        # Samoa left out Friday the 30th of December 2011: nobody could work on it.
        ("Pacific/Apia", date(2012, 1, 6)),
        ("Pacific/Honolulu", date(2012, 1, 5)),
    ],
)
def test_a_day_that_a_zone_left_out_is_no_business_day(zone: str, expected: date) -> None:
    there = ZoneInfo(zone)
    wednesday = datetime(2011, 12, 28, 20, tzinfo=UTC)
    due = BusinessCalendar("US").end_of_business_day_after(wednesday, 5, there)
    assert due.on == expected
    assert (due.at, due.on) == plain.hold_by(wednesday, 5, there, plain.free_days("US"))


instants = st.integers(0, 6 * 366 * 1440).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
changes = st.lists(st.tuples(st.integers(0, 14 * 24 * 4), st.integers(0, 16), st.booleans()), max_size=5).map(
    sorted
)


@given(instants, st.sampled_from(ZONES).map(ZoneInfo), changes)
def test_a_deadline_moves_with_the_calendar_as_somebody_would_who_looks_each_quarter_of_an_hour(
    began: datetime, zone: ZoneInfo, said: list[tuple[int, int, bool]]
) -> None:
    calendar = BusinessCalendar("US")
    days: frozenset[date] = frozenset()
    known: list[tuple[datetime, frozenset[date]]] = []
    for quarters, day, is_closed in said:
        at = began + timedelta(minutes=15 * quarters + 7)
        which = {began.date() + timedelta(days=day)}
        days = days | which if is_closed else days - which
        known.append((at, days))
        calendar = BusinessCalendar("US", days, since=at, before=calendar)
    found = calendar.deadline(began, lambda each: each.end_of_business_day_after(began, 5, zone))

    due = plain.hold_by(began, 5, zone, plain.free_days("US"))
    now = began
    while now < due[0]:
        while known and known[0][0] <= now:
            changed_at, closed = known.pop(0)
            moved = plain.hold_by(began, 5, zone, plain.free_days("US", closed))
            if changed_at < due[0] and moved[0] > changed_at:
                due = moved
        now += timedelta(minutes=15)
    assert found == DayEnd(*due)


@given(instants, st.sampled_from(ZONES).map(ZoneInfo))
def test_what_is_closed_after_it_passed_moves_nothing(began: datetime, zone: ZoneInfo) -> None:
    first = BusinessCalendar("US")
    due = first.end_of_business_day_after(began, 5, zone)
    later = BusinessCalendar("US", frozenset({due.on}), since=due.at, before=first)
    assert later.deadline(began, lambda each: each.end_of_business_day_after(began, 5, zone)) == due


def test_the_long_run_takes_each_zone_in_turn() -> None:
    seen = {case.zone.key for case in cases(len(ZONES))}
    assert seen == set(ZONES)
    assert end_of_day(date(2024, 2, 29), ZoneInfo("UTC")) == datetime(2024, 3, 1, tzinfo=UTC)
