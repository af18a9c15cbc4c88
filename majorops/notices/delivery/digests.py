"""The daily digest: what somebody was told and what needs them, once a day in one mail, made when its hour has come.

What it lists is looked at again when it is sent: what no longer holds, or is no longer theirs to see, is left out.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from majorops.notices.delivery.identity import message_id
from majorops.notices.delivery.places import path_to
from majorops.notices.delivery.quiet import next_time
from majorops.notices.digest_sources import DigestGroup, needs_of
from majorops.notices.models import Notice, Preference
from majorops.notices.visibility import visible_scopes
from majorops.notices.vocabulary import Channel, Wanted

DIGEST = "digest"
PEOPLE = 500
# The hour of the digest comes again no sooner, whatever clocks are put forward.
SHORTEST_DAY = timedelta(hours=22)


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a digest tells."""

    subject: str
    text: str
    link: str


def collect(*, now: datetime) -> int:
    """Makes the digests whose hour has come at `now`, one for each person; returns how many. Each is a notice like any
    other from then on: leased, sent, marked, with all that it tells."""
    waiting = _waiting(now).order_by().values_list("recipient", flat=True).distinct()[:PEOPLE]
    people = dict.fromkeys([*waiting, *_whose_hour_has_come(now)])
    return sum(_collect_for(person, now) for person in people)


def _waiting(now: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(
        collected=True, digest__isnull=True, sent_at__isnull=True, withheld=False, next_try_at__lte=now
    )


def _whose_hour_has_come(now: datetime) -> list[int]:
    """Those who want a digest and were not looked at since their hour of the day: something may need them of which no
    notice speaks."""
    wanted = Preference.objects.filter(mail=Wanted.DIGEST, person__is_active=True).select_related("person")
    unseen = wanted.exclude(looked_at__gt=now - SHORTEST_DAY).only(
        "digest_at", "looked_at", "changed_at", "person__time_zone"
    )
    return [
        preference.person_id
        for preference in unseen.order_by("person")[:PEOPLE]
        if next_time(
            preference.looked_at or preference.changed_at,
            ZoneInfo(preference.person.time_zone),
            preference.digest_at,
        )
        <= now
    ]


def _collect_for(person: int, now: datetime) -> bool:
    with transaction.atomic():
        # Two workers would make two mails of one day.
        held = Preference.objects.select_for_update(skip_locked=True, of=("self",)).select_related("person")
        preference = held.filter(person=person).first()
        if preference is None:
            return False
        preference.looked_at = now
        preference.save(update_fields=["looked_at"])
        items = _waiting(now).filter(recipient=person)
        if not items.exists() and not needs_of(preference.person, now):
            return False
        digest = Notice.objects.create(
            about_type=DIGEST,
            about_id=person,
            due_at=now,
            step=DIGEST,
            recipient_id=person,
            channel=Channel.MAIL,
            subject="",
            text="",
            muteable=False,
            message_id=message_id(DIGEST, person, now, DIGEST, person, Channel.MAIL),
            created_at=now,
            next_try_at=now,
        )
        items.update(digest=digest)
        return True


def items_of(digest: Notice) -> list[Item]:
    """What the recipient may read of what was collected, in the order in which it was said."""
    assert digest.recipient is not None
    digest_items = list(digest.items.filter(withheld=False).order_by("created_at", "id"))
    visible = visible_scopes(digest.recipient, {notice.scope for notice in digest_items})
    items = []
    for notice in digest_items:
        if notice.scope in visible:
            path = path_to(notice.url)
            link = f"{settings.SITE_URL}{path}" if path else ""
            items.append(Item(notice.subject, notice.text.partition("\n\n")[0], link))
        elif notice.masked_text:
            subject, _, text = notice.masked_text.partition("\n\n")
            items.append(Item(subject, text, ""))
    return items


def subject_of(items: list[Item], groups: list[DigestGroup]) -> str:
    """The first of what was said in words, the others as a number; else how much needs the reader."""
    if items:
        more = len(items) - 1
        return f"{items[0].subject}, and {more} more" if more else items[0].subject
    count = sum(len(group.things) for group in groups)
    first = groups[0].things[0].what
    return f"{first}, and {count - 1} more" if count > 1 else first
