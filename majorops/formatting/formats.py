"""How instants, days and durations read, the same on pages, in mail and in PDF. Pure: no Django, no clock."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from majorops.formatting.durations import duration_words
from majorops.formatting.time_words import MONTHS, WEEKDAYS, clock_words, zone_label

MINUTE, HOUR, DAY = 60, 3600, 86400
SOON = timedelta(hours=24)


class Tone(StrEnum):
    """How urgent a deadline is; each tone is always shown together with its words."""

    GOOD = "good"
    SOON = "soon"
    OVERDUE = "overdue"
    DONE = "done"


@dataclass(frozen=True)
class Countdown:
    """What is left of a deadline, or by how much it passed, in words."""

    tone: Tone
    words: str


def duration(value: timedelta | float | None) -> str:
    """An elapsed time such as `1 h 42 min`; takes a timedelta or seconds. None is `not captured`.

    A negative one is a finding and reads `−8 min (out of order)` (domain.md, Derived metrics).
    """
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    words = duration_words(None if seconds is None else int(seconds))
    return f"{words} (out of order)" if seconds is not None and seconds < 0 else words


def day(value: date, *, today: date) -> str:
    """A calendar day such as `Tue 3 Mar`, with the year when it is not this one."""
    text = f"{WEEKDAYS[value.weekday()]} {value.day} {MONTHS[value.month - 1]}"
    return text if value.year == today.year else f"{text} {value.year}"


def absolute(instant: datetime, *, zone: ZoneInfo, at: datetime) -> str:
    """An instant in the reader's zone such as `Tue 3 Mar 14:00 CET`, with the year when it is not this one."""
    local = instant.astimezone(zone)
    date_words = day(local.date(), today=at.astimezone(zone).date())
    return f"{date_words} {local.hour:02}:{local.minute:02} {zone_label(local)}"


def clock_time(instant: datetime, *, zone: ZoneInfo) -> str:
    """The time of day in the zone, for logs whose day and zone stand in the heading: `14:05`, or `14:05:09`.

    On the day the clocks go back the two that read alike are told apart: `02:30 CEST`, `02:30 CET`.
    """
    return clock_words(instant, zone)


def relative(instant: datetime, *, zone: ZoneInfo, at: datetime) -> str:
    """How far away an instant is: `in 3 h`, `12 min ago`, `tomorrow`, `in 2 days`.

    From 24 hours on it counts calendar days in the reader's zone, as people do.
    """
    seconds = int((instant - at).total_seconds())
    if abs(seconds) < MINUTE:
        return "now"
    if abs(seconds) < DAY:
        length = abs(seconds)
        text = f"{length // HOUR} h" if length >= HOUR else f"{length // MINUTE} min"
        return f"in {text}" if seconds > 0 else f"{text} ago"
    return relative_day(instant.astimezone(zone).date(), today=at.astimezone(zone).date())


def relative_day(value: date, *, today: date) -> str:
    """How far away a calendar day is: `today`, `tomorrow`, `in 5 days`, `3 months ago`."""
    days = (value - today).days
    if abs(days) <= 1:
        return ("yesterday", "today", "tomorrow")[days + 1]
    length = abs(days)
    if length < 60:
        text = f"{length} days"
    elif length < 730:
        text = f"{length // 30} months"
    else:
        text = f"{length // 365} years"
    return f"in {text}" if days > 0 else f"{text} ago"


def countdown(due: datetime, *, at: datetime, soon: timedelta = SOON) -> Countdown:
    """What is left until an instant, or by how much it passed: `in 3 h 20 min`, `overdue by 2 d 4 h`."""
    left = int((due - at).total_seconds())
    if left < 0:
        return Countdown(Tone.OVERDUE, f"overdue by {duration_words(-left)}")
    if left < MINUTE:
        return Countdown(Tone.SOON, "due now")
    tone = Tone.SOON if left <= soon.total_seconds() else Tone.GOOD
    return Countdown(tone, f"in {duration_words(left)}")


def countdown_day(due_on: date, *, today: date, ends_in: date | None = None) -> Countdown:
    """The same for a deadline that is the end of a local day: `today`, `tomorrow`, `overdue by 2 days`.

    Where that day ends elsewhere, `ends_in` is the day there now: whether it is over is said by it, how many days are
    between by the reader's `today`, so that all days on a page are counted on one calendar.
    """
    days = (due_on - today).days
    if ends_in is not None and ends_in > due_on:
        days = min(days, -1)
    elif ends_in is not None and days < 0:
        days = 0
    if days < 0:
        return Countdown(Tone.OVERDUE, f"overdue by {-days} day{'s' if days < -1 else ''}")
    tone = Tone.SOON if days <= 1 else Tone.GOOD
    return Countdown(tone, f"due {relative_day(today + timedelta(days=days), today=today)}")


def days_overdue(
    due: datetime, *, at: datetime, on: date | None = None, zone: ZoneInfo, reader: ZoneInfo
) -> int:
    """By how many whole days a deadline passed, as its countdown counts them; 0 while it has not.

    For one that is the end of the day `on` in `zone`: whether it is over is said there, how many days are between on
    the calendar of the `reader`. For an instant: elapsed days.
    """
    if on is None:
        return max(0, (at - due) // timedelta(days=1))
    if at.astimezone(zone).date() <= on:
        return 0
    return max(1, (at.astimezone(reader).date() - on).days)


def met(due: datetime, met_at: datetime) -> Countdown:
    """How a deadline ended: `met`, or `met late by 3 h 5 min`."""
    late = int((met_at - due).total_seconds())
    return Countdown(Tone.DONE, "met" if late <= 0 else f"met late by {duration_words(late)}")


def initials(name: str) -> str:
    """Up to two letters that stand for a name beside its full text."""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()
