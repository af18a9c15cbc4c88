"""Who is told what of an After Action. What belongs to the past tells nobody until its process is started."""

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models

from afteractions.models import AfterAction
from afteractions.operations.guest_links import places_of_guests
from majorops.notices.outbox import Calendar, NoticeWords, account_of, tell
from majorops.people.models import Person


def notify(
    recipients: Iterable[Person | None],
    after_action: AfterAction,
    *,
    about: models.Model,
    step: str,
    words: NoticeWords | Callable[[ZoneInfo], NoticeWords],
    now: datetime,
    url: str = "",
    calendar: Calendar | None = None,
    muteable: bool = True,
    except_for: Person | None = None,
) -> None:
    """Says `words` to each recipient once; not to `except_for`, who did what is announced."""
    if is_silent(after_action):
        return
    people = [person for person in recipients if person is not None and person != except_for]
    # Whoever cannot sign in is led to the draft by a link of their own.
    theirs = places_of_guests(after_action, people, now=now)
    places: dict[str, list[Person]] = {}
    for person in people:
        place = theirs.get(person.pk) or url or after_action.get_absolute_url()
        places.setdefault(place, []).append(person)
    for place, readers in places.items():
        tell(
            readers,
            about=about,
            step=step,
            words=words,
            url=place,
            now=now,
            scope=after_action.incident.reference,
            thread=after_action.reference,
            calendar=calendar,
            muteable=muteable,
        )


def is_silent(after_action: AfterAction) -> bool:
    """Whether nobody is told of it: it belongs to the past, and its process was not started."""
    return after_action.history and after_action.started_at is None


def reachable(people: Iterable[Person | None]) -> list[Person]:
    """Those whom a notice reaches, each once: an account that is active, or a contact with an address."""
    accounts = {row.pk: row for row in (account_of(person) for person in people if person is not None)}
    return [account for account in accounts.values() if account.is_active and account.address]


def attending(after_action: AfterAction) -> list[Person]:
    """Those who are included as attendees."""
    included = after_action.attendees.filter(included=True).select_related("person__account")
    return [attendee.person for attendee in included]


def concerned(after_action: AfterAction) -> list[Person | None]:
    """Those whom every transition is announced to: attendees, MIM, owner and Internal Liaison."""
    return [
        *attending(after_action),
        after_action.incident.mim,
        after_action.owner,
        after_action.internal_liaison,
    ]
