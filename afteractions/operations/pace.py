"""How fast one person may add to a review: what is written faster is written by a machine."""

from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet

from majorops.errors import TooMany
from majorops.people.models import Person

WITHIN = timedelta(hours=1)
# A guest is known by a link alone. Whoever signs in reads whole reviews, and may have a comment a minute.
MOST_OF_A_GUEST = 20
MOST_OF_AN_ACCOUNT = 60


def check_pace(rows: QuerySet[Any], *, by: Person, now: datetime) -> None:
    """Raises TooMany when `by` has added too many of `rows`, which are theirs and have an instant `at`, within the last
    hour: 20 of a guest, 60 of an account."""
    most = MOST_OF_A_GUEST if by.is_contact else MOST_OF_AN_ACCOUNT
    latest = rows.filter(at__gt=now - WITHIN).order_by("-at").values_list("at", flat=True)
    for full_since in latest[most - 1 : most]:
        raise TooMany(
            "That is a lot within an hour: wait a little, then go on. Nothing of it was lost here.",
            wait=(full_since + WITHIN - now).total_seconds(),
        )


def check_tries(what: str, *, by: Person, now: datetime) -> None:
    """Counts one more try of `by`, whatever becomes of it and whenever they say that it was. Raises TooMany beyond what
    somebody may add within an hour, counted by the hours of the clock and shared by all web processes."""
    most = MOST_OF_A_GUEST if by.is_contact else MOST_OF_AN_ACCOUNT
    seconds = int(WITHIN.total_seconds())
    hour, passed = divmod(int(now.timestamp()), seconds)
    key = f"tries:{what}:{by.pk}:{hour}"
    tries = (cache.get(key) or 0) + 1
    if tries > most:
        raise TooMany("That is a lot within an hour: wait a little, then go on.", wait=seconds - passed)
    cache.set(key, tries, seconds)
