"""Business days, the ends of local days and working hours."""

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.rules.deadlines.calendar import (
    BusinessCalendar,
    UnknownCalendar,
    end_of_day,
    local_date,
    start_of_day,
)

US = BusinessCalendar("US")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
EXAMPLES = Path(__file__).resolve().parents[3] / "data" / "expected_examples.json"
ZONES = sorted(available_timezones() - {"localtime", "Factory"})

EARLIEST = datetime.fromisoformat("1975-01-01")
LATEST = datetime.fromisoformat("2037-01-01")

zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=0))
calendars = st.builds(
    BusinessCalendar,
    st.sampled_from(["US", "DE", "DE-BY", "DE-BE", "US-CA", "GB-ENG", "JP", "BR", "DK"]),
    st.frozensets(st.dates(date(1975, 1, 1), date(2037, 1, 1)), max_size=5),
)


def independent_business_days(calendar: BusinessCalendar, first: date, days: int) -> list[date]:
    """Every business day among `days` days from `first`, counted in the plainest way."""
    country, *region = calendar.code.split("-")
    free = holidays.country_holidays(
        country, subdiv=region[0] if region else None, years=range(first.year, first.year + 3)
    )
    every = [date.fromordinal(first.toordinal() + n) for n in range(days)]
    return [d for d in every if d.isoweekday() <= 5 and d not in free and d not in calendar.closing_days]


def examples() -> list[dict]:
    if not EXAMPLES.exists():
        return []
    records = json.loads(EXAMPLES.read_text())["records"]
    return [record for record in records if record.get("hold_by")]


def test_the_file_of_expected_figures_is_there():
    assert len(examples()) == 13


@pytest.mark.parametrize("record", examples(), ids=lambda record: record["id"])
def test_the_deadline_to_hold_agrees_with_figures_derived_independently(record):
    """`closed` keeps its own offset, which is the local time of the incident."""
    closed_at = datetime.fromisoformat(record["close_at"])
    day = US.business_day_after(closed_at.date(), record["business_days"])
    assert day.isoformat() == record["hold_by"]


@given(calendars, st.dates(date(1980, 1, 1), date(2035, 1, 1)), st.integers(1, 30))
def test_the_nth_business_day_is_the_nth_of_an_independent_list(calendar, day, count):
    assert (
        calendar.business_day_after(day, count)
        == independent_business_days(calendar, day + timedelta(days=1), 120)[count - 1]
    )


@given(calendars, st.dates(date(1980, 1, 1), date(2035, 1, 1)), st.integers(1, 12))
def test_going_back_as_many_business_days_ends_on_or_before_the_start(calendar, day, count):
    later = calendar.business_day_after(day, count)
    back = calendar.business_day_before(later, count)
    assert back <= day
    assert not any(
        calendar.is_business_day(back + timedelta(days=n)) for n in range(1, (day - back).days + 1)
    )


@given(instants, zones)
def test_a_day_ends_between_its_last_second_and_the_first_of_the_next(at, zone):
    day = local_date(at, zone)
    end = end_of_day(day, zone)
    assert local_date(end, zone) > day
    assert local_date(end - timedelta(seconds=1), zone) <= day
    assert at < end


@given(instants, zones)
def test_after_the_end_of_a_day_no_second_of_it_comes_back(at, zone):
    day = local_date(at, zone)
    end = end_of_day(day, zone)
    assert all(local_date(end + timedelta(minutes=15 * n), zone) > day for n in range(100))


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        # Midnight does not exist: the clock went from 00:00 to 01:00.
        ("America/Sao_Paulo", date(2018, 11, 3), "2018-11-04T03:00:00+00:00"),
        ("Africa/Cairo", date(2024, 4, 25), "2024-04-25T22:00:00+00:00"),
        ("Asia/Beirut", date(2024, 3, 30), "2024-03-30T22:00:00+00:00"),
        # Midnight comes twice, on the new day each time.
        ("America/Havana", date(2024, 11, 2), "2024-11-03T04:00:00+00:00"),
        # One minute after midnight the clock went back to 23:01 of the day before.
        ("America/St_Johns", date(2010, 11, 6), "2010-11-07T03:30:00+00:00"),
        # A whole day was left out: the 30th of December 2011.
        ("Pacific/Apia", date(2011, 12, 29), "2011-12-30T10:00:00+00:00"),
        # A day of 23 hours and one of 25.
        ("Europe/Berlin", date(2026, 3, 29), "2026-03-29T22:00:00+00:00"),
        ("Europe/Berlin", date(2026, 10, 25), "2026-10-25T23:00:00+00:00"),
    ],
)
def test_days_end_right_where_clocks_are_set(zone, day, expected):
    assert end_of_day(day, ZoneInfo(zone)) == datetime.fromisoformat(expected)


def test_a_day_begins_where_the_one_before_ended():
    assert start_of_day(date(2026, 3, 30), BERLIN) == end_of_day(date(2026, 3, 29), BERLIN)


def test_the_holding_deadline_respects_the_change_of_the_clock():
    closed = datetime(2026, 3, 25, 12, tzinfo=BERLIN)
    end = BusinessCalendar("DE").end_of_business_day_after(closed, 5, BERLIN)
    assert end.on == date(2026, 4, 1)
    assert end.at == datetime(2026, 3, 31, 22, tzinfo=UTC) + timedelta(days=1)


def test_the_local_date_of_the_close_counts_not_the_date_in_utc():
    late_on_monday = datetime(2026, 3, 3, 3, tzinfo=UTC)
    assert US.end_of_business_day_after(late_on_monday, 1, NEW_YORK).on == date(2026, 3, 3)
    assert US.end_of_business_day_after(late_on_monday, 1, BERLIN).on == date(2026, 3, 4)


def test_a_close_on_a_weekend_starts_counting_on_monday():
    assert US.business_day_after(date(2018, 10, 20), 1) == date(2018, 10, 22)


def test_observed_holidays_are_free_days():
    assert not US.is_business_day(date(2021, 6, 18))
    assert not US.is_business_day(date(2021, 12, 31))
    assert US.is_business_day(date(2021, 6, 17))


def test_a_region_has_holidays_of_its_own():
    epiphany = date(2026, 1, 6)
    assert not BusinessCalendar("DE-BY").is_business_day(epiphany)
    assert BusinessCalendar("DE-BE").is_business_day(epiphany)
    assert BusinessCalendar("DE").is_business_day(epiphany)


def test_own_closing_days_are_free_days():
    bridge = date(2026, 5, 15)
    assert BusinessCalendar("DE").is_business_day(bridge)
    assert not BusinessCalendar.of("DE", [bridge]).is_business_day(bridge)


@pytest.mark.parametrize("code", ["XX", "DE-QQ", ""])
def test_an_unknown_country_or_region_is_refused_at_once(code):
    with pytest.raises(UnknownCalendar):
        BusinessCalendar(code)


def test_one_business_day_later_keeps_the_local_time_over_a_change_of_the_clock():
    friday = datetime(2026, 3, 27, 15, 30, tzinfo=BERLIN)
    assert BusinessCalendar("DE").add_business_days(friday, 1, BERLIN) == datetime(
        2026, 3, 30, 15, 30, tzinfo=BERLIN
    )


def test_the_midnight_that_ends_friday_moves_to_the_one_that_ends_monday():
    ends_friday = datetime(2026, 2, 28, 0, tzinfo=NEW_YORK)
    assert US.add_business_days(ends_friday, 1, NEW_YORK) == datetime(2026, 3, 3, 0, tzinfo=NEW_YORK)
    assert US.add_business_days(ends_friday, -1, NEW_YORK) == datetime(2026, 2, 27, 0, tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2026-03-03 10:00", "2026-03-03 10:00"),
        ("2026-03-03 08:00", "2026-03-03 08:00"),
        ("2026-03-03 17:59", "2026-03-03 17:59"),
        ("2026-03-03 18:00", "2026-03-03 17:00"),
        ("2026-03-03 02:00", "2026-03-02 17:00"),
        ("2026-03-02 07:59", "2026-02-27 17:00"),
        ("2026-03-01 12:00", "2026-02-27 17:00"),
        ("2026-07-03 12:00", "2026-07-02 17:00"),
    ],
)
def test_a_warning_at_night_or_on_a_free_day_comes_on_the_working_day_before(asked, answered):
    moment = datetime.fromisoformat(asked).replace(tzinfo=NEW_YORK)
    assert US.working_moment_before(moment, NEW_YORK) == datetime.fromisoformat(answered).replace(
        tzinfo=NEW_YORK
    )


@given(calendars, instants, zones)
def test_a_working_moment_is_never_later_than_asked_and_within_working_hours(calendar, at, zone):
    moment = calendar.working_moment_before(at, zone)
    local = moment.astimezone(zone)
    assert moment <= at
    assert calendar.is_business_day(local.date())
    # Where the clock jumped over the chosen hour, the hour is read as the one it became.
    assert time(7) <= local.time() <= time(18, 59)
