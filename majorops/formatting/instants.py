"""Instants and days as documents and the API write them: ISO 8601, with an offset, answered in UTC."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

YEARS = range(1970, 2200)

_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE | re.ASCII
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_instant(value: object) -> datetime:
    """The instant that a text says, in a year that deadlines can be counted from.

    Raises ValueError with a sentence for the person: no offset is guessed.
    """
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("This must be an instant in ISO 8601, as in 2026-03-03T14:05:00+01:00.")
    try:
        read = datetime.fromisoformat(value.upper().replace(",", "."))
    except ValueError:
        raise ValueError("There is no such date or time of day.") from None
    if read.tzinfo is None:
        raise ValueError("This instant needs its offset from UTC, as in 2026-03-03T14:05:00+01:00 or Z.")
    if read.year not in YEARS:
        raise ValueError(f"The year must be between {YEARS[0]} and {YEARS[-1]}.")
    return read


def read_day(value: object) -> date:
    """The day that a text says, as in 2026-03-03. Raises ValueError with a sentence for the person."""
    try:
        read = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        read = None
    if read is None or read.year not in YEARS:
        raise ValueError("This must be a date, as in 2026-03-03.")
    return read


def read_wall(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of the zone show this time; of two, when they are put back, the first.

    Raises ValueError with a sentence for the person where they never show it, and for years that nobody means.
    """
    if wall.year not in YEARS:
        raise ValueError(f"The year must be between {YEARS[0]} and {YEARS[-1]}.")
    local = wall.replace(tzinfo=zone, fold=0)
    text = local.astimezone(UTC).astimezone(zone)
    if text.replace(tzinfo=None) != wall:
        raise ValueError(
            f"The clocks in {zone.key} skip {wall:%H:%M} on {wall.date().isoformat()}: the first time after it is "
            f"{text:%H:%M}. Choose a time that they show."
        )
    return local


def written(at: datetime | None) -> str | None:
    """The instant in UTC, as in 2026-03-03T13:05:00Z; None stays None."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
