"""Quiet hours and the hour of the digest, in every zone and over every change of the clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from majorops.notices.delivery.quiet import is_quiet, next_time, speaks_at

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"]
).map(ZoneInfo)
INSTANTS = st.integers(0, 18 * 365 * 24 * 60).map(
    lambda minute: datetime(2011, 12, 1, tzinfo=UTC) + timedelta(minutes=minute)
)
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@given(INSTANTS, ZONES, CLOCKS, CLOCKS)
@example(datetime(2026, 3, 28, 23, 0, tzinfo=UTC), ZoneInfo("Europe/Berlin"), time(22), time(2, 30))
@example(datetime(2011, 12, 30, 9, 0, tzinfo=UTC), ZoneInfo("Pacific/Apia"), time(22), time(7))
def test_whoever_is_spoken_to_is_awake_soon_and_was_not_kept_waiting_longer(
    at: datetime, zone: ZoneInfo, begins: time, ends: time
) -> None:
    told = speaks_at(at, zone, begins, ends)
    assert at <= told <= at + timedelta(hours=25)
    if not is_quiet(at, zone, begins, ends):
        assert told == at
    # It was quiet all the way, but for what the clock skips or repeats: an hour, in one zone once a whole day.
    waited = range(int((told - at).total_seconds() // 60))
    awake = sum(not is_quiet(at + timedelta(minutes=minute), zone, begins, ends) for minute in waited)
    assert awake <= (24 * 60 if zone.key == "Pacific/Apia" else 60)


@given(INSTANTS, ZONES, CLOCKS)
def test_the_next_time_lies_ahead_and_shows_that_time(at: datetime, zone: ZoneInfo, clock: time) -> None:
    found = next_time(at, zone, clock)
    assert at < found <= at + timedelta(hours=49)
    shown = found.astimezone(zone)
    shifted = shown.utcoffset() != (found - timedelta(hours=3)).astimezone(zone).utcoffset()
    assert shown.time() == clock or shifted


def test_equal_times_and_no_times_are_never_quiet() -> None:
    at = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
    assert not is_quiet(at, ZoneInfo("UTC"), time(3), time(3))
    assert speaks_at(at, ZoneInfo("UTC"), None, None) == at
