"""Days, zones and terms in words, the same on pages, in reasons, mail and PDF. Pure: no Django, no clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from majorops.formatting.durations import duration_words

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAY_MINUTES = 1440
# Terms of an hour and a half and below are spoken of in minutes, as contracts do.
SPOKEN_IN_MINUTES = 90


def zone_label(local: datetime) -> str:
    """The zone that an aware local instant is in, as people write it: `CET`, or `UTC−03:00` where it has no letters."""
    name = local.tzname() or "UTC"
    # A page names the incident's zone beside the reader's: one clock has one name on it.
    if name == "GMT":
        return "UTC"
    if name[0] not in "+-":
        return name
    sign = "\N{MINUS SIGN}" if name[0] == "-" else "+"
    return f"UTC{sign}{name[1:3]}:{name[3:5] or '00'}"


def occurs_twice(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of the zone show this time of day twice, because they are put back."""
    local = instant.astimezone(zone)
    return local.replace(fold=0).utcoffset() > local.replace(fold=1).utcoffset()  # type: ignore[operator]


def clock_words(instant: datetime, zone: ZoneInfo) -> str:
    """The time of day in the zone: `14:05`, `14:05:09`, and `02:30 CEST` where the clocks show it twice."""
    local = instant.astimezone(zone)
    words = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{words} {zone_label(local)}" if occurs_twice(instant, zone) else words


def day_words(value: date) -> str:
    """A calendar day with its year, for what is read in any year: `Tue 1 Dec 2026`."""
    return f"{WEEKDAYS[value.weekday()]} {value.day} {MONTHS[value.month - 1]} {value.year}"


def typed_in(zone: ZoneInfo, hint: str = "") -> str:
    """The hint of a field in which a time is typed: after its own `hint` the zone that it is read in."""
    return f"{hint} Time in {zone.key}.".strip()


def minutes_words(minutes: int) -> str:
    """A term of whole minutes: `30 min`, `60 min`, `4 h`, `1 day`, `2 days`."""
    if minutes and minutes % DAY_MINUTES == 0:
        days = minutes // DAY_MINUTES
        return f"{days} day{'' if days == 1 else 's'}"
    return f"{minutes} min" if minutes <= SPOKEN_IN_MINUTES else duration_words(minutes * 60)
