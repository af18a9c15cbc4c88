"""The daily digest: what somebody wants to read once a day, in one mail, made when its hour has come.

What it lists is looked at again when it is sent: what no longer holds, or is no longer theirs to see, is left out.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from majorops.notices.identity import message_id
from majorops.notices.models import Notice, Preference
from majorops.notices.visibility import visible_scopes
from majorops.notices.vocabulary import Channel

DIGEST = "digest"
PEOPLE = 500


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a digest tells."""

    subject: str
    text: str
    link: str


def collect(*, now: datetime) -> int:
    """Makes the digests whose hour has come at `now`, one for each person; returns how many. Each is a notice like any
    other from then on: leased, sent, marked, with all that it tells."""
    waiting = Notice.objects.filter(
        collected=True, digest__isnull=True, sent_at__isnull=True, withheld=False, next_try_at__lte=now
    )
    people = waiting.order_by().values_list("recipient", flat=True).distinct()[:PEOPLE]
    return sum(_collect_for(person, now) for person in people)


def _collect_for(person: int, now: datetime) -> bool:
    with transaction.atomic():
        # Two workers would make two mails of one day.
        if not Preference.objects.select_for_update(skip_locked=True).filter(person=person).exists():
            return False
        items = Notice.objects.filter(
            recipient=person,
            collected=True,
            digest__isnull=True,
            sent_at__isnull=True,
            withheld=False,
            next_try_at__lte=now,
        )
        if not items.exists():
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
    found = list(digest.items.filter(withheld=False).order_by("created_at", "id"))
    visible = visible_scopes(digest.recipient, {notice.scope for notice in found})
    items = []
    for notice in found:
        if notice.scope in visible:
            link = f"{settings.SITE_URL}{notice.url}" if notice.url else ""
            items.append(Item(notice.subject, notice.text.partition("\n\n")[0], link))
        elif notice.masked_text:
            subject, _, text = notice.masked_text.partition("\n\n")
            items.append(Item(subject, text, ""))
    return items


def subject_of(items: list[Item]) -> str:
    """The first of them in words, the others as a number."""
    more = len(items) - 1
    return f"{items[0].subject}, and {more} more" if more else items[0].subject
