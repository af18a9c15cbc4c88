"""Dates, durations and countdowns read the same everywhere (experience.md, Manners)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from majorops.formatting import formats
from majorops.formatting.formats import Tone
from majorops.formatting.time_words import minutes_words
from majorops.words import spelled_out

BERLIN = ZoneInfo("Europe/Berlin")
AT = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "not captured"),
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (6120, "1 h 42 min"),
        (7199, "1 h 59 min"),
        (7200, "2 h"),
        (187380, "2 d 4 h"),
        (-480, "−8 min (out of order)"),
    ],
)
def test_a_duration_reads_in_its_largest_units(seconds: int | None, words: str) -> None:
    assert formats.duration(seconds) == words


def test_a_duration_may_be_a_timedelta() -> None:
    assert formats.duration(timedelta(hours=1, minutes=42)) == "1 h 42 min"


def test_an_instant_is_shown_in_the_readers_zone_with_its_name() -> None:
    instant = datetime(2026, 3, 3, 13, 0, tzinfo=UTC)
    assert formats.absolute(instant, zone=BERLIN, at=AT) == "Tue 3 Mar 14:00 CET"
    assert formats.absolute(instant, zone=ZoneInfo("UTC"), at=AT) == "Tue 3 Mar 13:00 UTC"


def test_an_instant_of_another_year_carries_the_year() -> None:
    assert (
        formats.absolute(datetime(2025, 7, 1, tzinfo=UTC), zone=BERLIN, at=AT) == "Tue 1 Jul 2025 02:00 CEST"
    )


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("America/Sao_Paulo", "UTC−03:00"),
        ("Asia/Kathmandu", "UTC+05:45"),
        ("America/New_York", "EST"),
        ("Europe/London", "UTC"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_has_one_name_and_without_letters_its_offset(zone: str, label: str) -> None:
    assert formats.zone_label(AT.astimezone(ZoneInfo(zone))) == label


@pytest.mark.parametrize(
    ("delta", "words"),
    [
        (timedelta(seconds=30), "now"),
        (timedelta(minutes=12), "in 12 min"),
        (timedelta(minutes=-12), "12 min ago"),
        (timedelta(hours=3, minutes=40), "in 3 h"),
        (timedelta(hours=-23), "23 h ago"),
        (timedelta(days=1), "tomorrow"),
        (timedelta(hours=50), "in 2 days"),
        (timedelta(days=-1), "yesterday"),
        (timedelta(days=-90), "3 months ago"),
        (timedelta(days=800), "in 2 years"),
    ],
)
def test_how_far_away_an_instant_is(delta: timedelta, words: str) -> None:
    assert formats.relative(AT + delta, zone=BERLIN, at=AT) == words


@pytest.mark.parametrize(
    ("delta", "tone", "words"),
    [
        (timedelta(days=3, hours=2), Tone.GOOD, "in 3 d 2 h"),
        (timedelta(hours=24, minutes=1), Tone.GOOD, "in 1 d"),
        (timedelta(hours=24), Tone.SOON, "in 1 d"),
        (timedelta(hours=3, minutes=20), Tone.SOON, "in 3 h 20 min"),
        (timedelta(0), Tone.SOON, "due now"),
        (timedelta(seconds=-1), Tone.OVERDUE, "overdue by 1 s"),
        (-timedelta(days=2, hours=4, minutes=9), Tone.OVERDUE, "overdue by 2 d 4 h"),
    ],
)
def test_a_countdown_says_its_urgency_in_words(delta: timedelta, tone: Tone, words: str) -> None:
    assert formats.countdown(AT + delta, at=AT) == formats.Countdown(tone, words)


@pytest.mark.parametrize(
    ("day", "tone", "words"),
    [
        (date(2026, 3, 1), Tone.SOON, "due today"),
        (date(2026, 3, 2), Tone.SOON, "due tomorrow"),
        (date(2026, 3, 8), Tone.GOOD, "due in 7 days"),
        (date(2026, 2, 28), Tone.OVERDUE, "overdue by 1 day"),
        (date(2026, 2, 20), Tone.OVERDUE, "overdue by 9 days"),
    ],
)
def test_a_day_is_overdue_only_when_it_has_ended(day: date, tone: Tone, words: str) -> None:
    assert formats.countdown_day(day, today=date(2026, 3, 1)) == formats.Countdown(tone, words)


@pytest.mark.parametrize(
    ("today", "there", "words"),
    [
        (date(2026, 3, 3), date(2026, 3, 4), "overdue by 2 days"),
        (date(2026, 3, 1), date(2026, 3, 2), "overdue by 1 day"),
        (date(2026, 3, 2), date(2026, 3, 1), "due today"),
        (date(2026, 2, 27), date(2026, 2, 28), "due in 2 days"),
    ],
)
def test_days_are_counted_on_the_readers_calendar_and_the_owners_says_whether_it_is_over(
    today: date, there: date, words: str
) -> None:
    assert formats.countdown_day(date(2026, 3, 1), today=today, ends_in=there).words == words


def test_a_met_deadline_says_by_how_much_it_was_late() -> None:
    assert formats.met(AT, AT).words == "met"
    assert formats.met(AT, AT + timedelta(hours=3, minutes=5)).words == "met late by 3 h 5 min"


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada Example", "AE"), ("Ines van der Berg", "IB"), ("ops", "O"), ("", "")]
)
def test_initials_stand_for_a_name(name: str, letters: str) -> None:
    assert formats.initials(name) == letters


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_every_duration_reads_back_as_no_more_than_it_was(seconds: int) -> None:
    text = formats.duration(seconds)
    words = text.removeprefix("−").removesuffix(" (out of order)").split()
    factor = {"d": 86400, "h": 3600, "min": 60, "s": 1}
    total = sum(int(amount) * factor[unit] for amount, unit in zip(words[::2], words[1::2], strict=True))
    assert 0 <= abs(seconds) - total < (3600 if "d" in words else 60)
    assert text.startswith("−") == (seconds < 0)


def test_a_log_shows_seconds_only_where_there_are_some() -> None:
    assert formats.clock_time(AT, zone=BERLIN) == "12:00"
    assert formats.clock_time(AT + timedelta(seconds=9), zone=BERLIN) == "12:00:09"


def test_the_two_times_that_read_alike_when_the_clocks_go_back_are_told_apart() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert formats.clock_time(first, zone=berlin) == "02:30 CEST"
    assert formats.clock_time(first + timedelta(hours=1), zone=berlin) == "02:30 CET"
    assert formats.clock_time(first + timedelta(hours=2), zone=berlin) == "03:30"
    forward = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert formats.clock_time(forward, zone=berlin) == "03:30"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 min"), (30, "30 min"), (60, "60 min"), (90, "90 min"), (95, "1 h 35 min"), (240, "4 h"),
        (1440, "1 day"), (2880, "2 days"), (1500, "1 d 1 h"),
    ],
)  # fmt: skip
def test_a_term_of_minutes_is_spoken_as_contracts_do(minutes: int, words: str) -> None:
    assert minutes_words(minutes) == words


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("mtm", "MTM"), ("rca_follow_up_on", "RCA follow up on"), ("closed_at", "Closed at"),
        ("Technical Recovery Lead", "Technical Recovery Lead"), ("", ""),
    ],
)  # fmt: skip
def test_a_stored_key_is_spelled_out(key: str, words: str) -> None:
    assert spelled_out(key) == words


def test_days_overdue_are_those_of_the_countdown() -> None:
    tokyo, due_on = ZoneInfo("Asia/Tokyo"), date(2026, 3, 2)
    due = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    for at, days in (
        (datetime(2026, 3, 2, 14, 0, tzinfo=UTC), 0),
        (datetime(2026, 3, 2, 16, 0, tzinfo=UTC), 1),
        (datetime(2026, 3, 4, 16, 0, tzinfo=UTC), 3),
    ):
        assert formats.days_overdue(due, at=at, on=due_on, zone=tokyo, reader=tokyo) == days
        today = at.astimezone(tokyo).date()
        assert days == 0 or f"overdue by {days} day" in formats.countdown_day(due_on, today=today).words
    assert formats.days_overdue(due, at=due + timedelta(hours=47), zone=tokyo, reader=tokyo) == 1
    # Over in Tokyo, on its last day still where it is read: one day, as on the page.
    at, honolulu = datetime(2026, 3, 2, 16, 0, tzinfo=UTC), ZoneInfo("Pacific/Honolulu")
    assert formats.days_overdue(due, at=at, on=due_on, zone=tokyo, reader=honolulu) == 1
