"""Days by which something is to be done, as they are typed. Pure: no Django, no clock."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

DAY_HAS_PASSED = "This day has passed: choose today or a day to come."


def has_passed(due_on: date | None, *, now: datetime, time_zone: str) -> bool:
    """Whether the day is over in the zone of whoever asks for it: nobody can keep a date that has passed."""
    return due_on is not None and due_on < now.astimezone(ZoneInfo(time_zone)).date()
