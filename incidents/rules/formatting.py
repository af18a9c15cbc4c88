"""Instants in words, for the sentences of rules: in the incident's time zone, the zone always named."""

from datetime import datetime
from zoneinfo import ZoneInfo

from majorops.formatting.time_words import day_words, zone_label


def moment_words(instant: datetime, time_zone: str) -> str:
    """`instant` as "Tue 3 Mar 2026 14:05 CET" in the IANA zone `time_zone`."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{day_words(local.date())} {clock_words(instant, time_zone)}"


def clock_words(instant: datetime, time_zone: str) -> str:
    """`instant` as "14:05 CET" in the IANA zone `time_zone`."""
    local = instant.astimezone(ZoneInfo(time_zone))
    return f"{local:%H:%M} {zone_label(local)}"


def span_words(begun_at: datetime, ended_at: datetime, time_zone: str) -> str:
    """Both ends, the date of the second only where it is another: "Tue 3 Mar 2026 14:05 CET to 15:40 CET"."""
    zone = ZoneInfo(time_zone)
    same_day = begun_at.astimezone(zone).date() == ended_at.astimezone(zone).date()
    end = clock_words(ended_at, time_zone) if same_day else moment_words(ended_at, time_zone)
    return f"{moment_words(begun_at, time_zone)} to {end}"
