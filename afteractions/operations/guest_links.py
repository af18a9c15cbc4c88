"""The links of people without an account: whom they belong to, how long they last, and the path that each leads to."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core import signing

from afteractions.models import AfterAction, GuestLink
from majorops.audit import trail
from majorops.notices.delivery.places import place_of
from majorops.people.models import Person

SALT = "afteractions.guest"
PLACE = "guest-link"
VALID_FOR = timedelta(days=30)
LONGEST_VALID = timedelta(days=90)
# A guest of a meeting reads on for a while: what was agreed, and what is asked of them.
AFTER_THE_MEETING = timedelta(days=14)


def guest_path(token: str) -> str:
    """The path that the link leads to."""
    return f"/guest/{token}/"


def path_of(link: GuestLink) -> str:
    """The path that a link given out earlier leads to."""
    return path_of_key(link.pk)


def path_of_key(key: int) -> str:
    """The same, of the link with this key. Each is signed anew, and opens as long as the row of the link says."""
    return guest_path(signing.dumps(key, salt=SALT))


def is_guest(person: Person) -> bool:
    """Whether this person can be reached and has no way to sign in."""
    return person.is_contact and person.account_id is None and bool(person.address)


def places_of_guests(after_action: AfterAction, people: Iterable[Person], *, now: datetime) -> dict[int, str]:
    """Of each guest among `people` (by key), what a notice keeps of their link, where one opens the draft at `now`: not
    the path, which whoever reads the table could open."""
    guests = [person.pk for person in people if is_guest(person)]
    if not guests:
        return {}
    usable = GuestLink.objects.filter(
        after_action=after_action, person__in=guests, revoked_at__isnull=True, expires_at__gt=now
    )
    return {link.person_id: place_of(PLACE, link.pk) for link in usable.order_by("expires_at")}


def give_links(
    after_action: AfterAction,
    people: Iterable[Person],
    *,
    until: datetime | None = None,
    by: Person | None,
    now: datetime,
) -> None:
    """Gives a link to each guest among `people` who has none: their invitation leads to it. It lasts 30 days, or 14
    days past `until`, at most 90. Somebody whose link was revoked gets no new one unasked."""
    people = [person for person in people if is_guest(person)]
    if not people:
        return
    has_one = set(
        GuestLink.objects.filter(after_action=after_action, person__in=people)
        .exclude(revoked_at__isnull=True, expires_at__lte=now)
        .values_list("person", flat=True)
    )
    expires_at = now + VALID_FOR
    if until is not None:
        expires_at = min(max(expires_at, until + AFTER_THE_MEETING), now + LONGEST_VALID)
    for person in people:
        if person.pk in has_one:
            continue
        link = GuestLink.objects.create(
            after_action=after_action, person=person, created_at=now, created_by=by, expires_at=expires_at
        )
        trail.record("let a guest in", link, by=by, at=now, scope=after_action.incident.reference)
