"""The time at the beginning of what a person types: `14:05`, `yesterday 23:50`, `2026-03-03 14:05`.

Always in the zone of whoever types, in which times are shown too, and always past.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from incidents.rules.formatting import clock_words, moment_words
from majorops.formatting.time_words import day_words

HALF_A_DAY = timedelta(hours=12)

_TIME = re.compile(
    r"(?:(?P<day>today|yesterday|\d{4}-\d{2}-\d{2})[ T]+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"(?P<half>\s?[ap]\.?m\.?)?(?=\s|$)",
    re.IGNORECASE | re.ASCII,
)

_EXACT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})(?=\s|$)",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What stood at the beginning: the instant (None when there was no time) and the text that follows it."""

    at: datetime | None
    rest: str


class NoSuchTime(Exception):
    """The time cannot be meant; `sentence` says why and what to write instead."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence


def spoken_time(text: str, at: datetime, time_zone: str, *, opened_at: datetime | None = None) -> Spoken:
    """Take the time off the beginning of `text`; `at` is now. Raises `NoSuchTime`.

    A bare time of day is the nearest past one: today's, or yesterday's evening typed after midnight. One that is
    still to come today is refused rather than put almost a day back, and so is one of yesterday before the incident
    began (`opened_at`): whoever means that names the day. Of two equal times (clocks put back) the
    later that is past is meant.
    """
    stripped = text.strip()
    if exact := _EXACT.match(stripped):
        return Spoken(_exact(exact.group(0), at, time_zone), stripped[exact.end() :].strip())
    match = _TIME.match(stripped)
    if match is None:
        return Spoken(None, stripped)
    rest = stripped[match.end() :].strip()
    typed = match.group(0)
    if match["half"]:
        raise NoSuchTime(f"{typed}: write times with 24 hours, as in 14:05.")
    try:
        clock = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    except ValueError:
        raise NoSuchTime(f"{typed} is not a time of day. Write it as in 14:05.") from None
    today = at.astimezone(ZoneInfo(time_zone)).date()
    if match["day"] is None:
        return Spoken(_nearest_past(clock, today, at, time_zone, typed, opened_at), rest)
    return Spoken(_on_day(clock, _day(match["day"], today), at, time_zone), rest)


def _exact(typed: str, at: datetime, time_zone: str) -> datetime:
    """An instant with its own offset, as pasted from a log."""
    try:
        instant = datetime.fromisoformat(typed.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise NoSuchTime(f"There is no such time: {typed}. Write it as in 2026-03-03 14:05.") from None
    if instant > at:
        raise NoSuchTime(_to_come(instant, at, time_zone))
    return instant


def _to_come(instant: datetime, at: datetime, time_zone: str) -> str:
    return (
        f"{moment_words(instant, time_zone)} is still to come: it is {moment_words(at, time_zone)} now. "
        "Log what has happened, with the time at which it did."
    )


def _day(typed: str, today: date) -> date:
    if typed.lower() == "today":
        return today
    if typed.lower() == "yesterday":
        return today - timedelta(days=1)
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 2200:
        raise NoSuchTime(f"There is no day {typed}. Write it as in 2026-03-03 14:05.")
    return day


def _nearest_past(
    clock: time, today: date, at: datetime, time_zone: str, typed: str, opened_at: datetime | None
) -> datetime:
    if past := [instant for instant in _instants(today, clock, time_zone) if instant <= at]:
        return max(past)
    yesterday = [
        instant
        for instant in _instants(today - timedelta(days=1), clock, time_zone)
        if at - instant <= HALF_A_DAY and (opened_at is None or instant >= opened_at)
    ]
    if yesterday:
        return max(yesterday)
    if not _instants(today, clock, time_zone):
        raise NoSuchTime(_skipped(clock, today, time_zone))
    raise NoSuchTime(
        f"{typed} is still to come: it is {clock_words(at, time_zone)} now. "
        f"For the day before write: yesterday {typed}."
    )


def _on_day(clock: time, day: date, at: datetime, time_zone: str) -> datetime:
    instants = _instants(day, clock, time_zone)
    if not instants:
        raise NoSuchTime(_skipped(clock, day, time_zone))
    past = [instant for instant in instants if instant <= at]
    if not past:
        raise NoSuchTime(_to_come(instants[0], at, time_zone))
    return max(past)


def _instants(day: date, clock: time, time_zone: str) -> list[datetime]:
    """The instants at which the clocks of the zone show it: none, one, or two where clocks are put back."""
    zone = ZoneInfo(time_zone)
    wall = datetime.combine(day, clock)
    both = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(
        instant for instant in both if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall
    )


def _skipped(clock: time, day: date, time_zone: str) -> str:
    return f"The clocks in {time_zone} skipped {clock:%H:%M} on {day_words(day)}. Write the time that they showed."
