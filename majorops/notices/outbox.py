"""Telling somebody: what is said is written in the transaction that gives cause for it, and delivered afterwards."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import models

from majorops.bulk import store_new
from majorops.notices.delivery.identity import message_id
from majorops.notices.delivery.routing import route
from majorops.notices.models import Notice
from majorops.notices.vocabulary import Channel
from majorops.people.models import Person
from majorops.people.operations.organisation import organisation_zone

LONGEST_SUBJECT = 300


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """What is said to one reader: the subject says what is wanted by when, the text is paragraphs parted by blank
    lines. `masked` is said instead to someone who may not see the scope when it is sent."""

    subject: str
    text: str
    masked: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """An iCalendar part that goes with the mail: the whole VCALENDAR and its METHOD (REQUEST, CANCEL)."""

    text: str
    method: str


def tell(
    recipients: Iterable[Person],
    *,
    about: models.Model,
    step: str,
    words: NoticeWords | Callable[[ZoneInfo], NoticeWords],
    url: str,
    now: datetime,
    due_at: datetime | None = None,
    scope: str = "",
    thread: str = "",
    calendar: Calendar | None = None,
    muteable: bool = True,
    late: bool = False,
) -> None:
    """Says `words` once to each recipient: in the inbox and by mail to an account, by mail alone to a contact with an
    address. What was said already (same object, due instant, step, recipient) is not said again.

    `words` given as a function is asked with the zone of each reader. `url` is a path. `scope` is the reference of
    the incident whose visibility is checked again at sending; `thread` groups mails in the reader's program.
    """
    notices: list[Notice] = []
    for person in {recipient.pk: recipient for recipient in map(account_of, recipients)}.values():
        data = words(zone_of(person)) if callable(words) else words
        notices += notices_for(
            person,
            about_type=about._meta.model_name or "",
            about_id=about.pk,
            step=step,
            words=data,
            url=url,
            now=now,
            due_at=due_at,
            scope=scope,
            thread=thread or scope,
            calendar=calendar,
            muteable=muteable,
            late=late,
        )
    write(notices)


def tell_address(
    address: str,
    *,
    about: models.Model,
    step: str,
    words: NoticeWords,
    url: str,
    now: datetime,
    due_at: datetime | None = None,
    muteable: bool = True,
) -> None:
    """Says `words` once by mail to an address that is nobody's account, or no longer."""
    kind = about._meta.model_name or ""
    known_by = int(hashlib.sha256(address.encode()).hexdigest()[:12], 16)
    row = Notice(
        about_type=kind,
        about_id=about.pk,
        due_at=due_at,
        step=step,
        address=address,
        channel=Channel.MAIL.value,
        subject=words.subject[:LONGEST_SUBJECT],
        text=words.text,
        url=url,
        muteable=muteable,
        message_id=message_id(kind, about.pk, due_at, step, known_by, Channel.MAIL),
        created_at=now,
        next_try_at=now,
    )
    write([row])


def account_of(person: Person) -> Person:
    """The account a contact was linked to later, else the person."""
    return person.account or person


def zone_of(person: Person) -> ZoneInfo:
    """The zone in which times are said to this person."""
    return ZoneInfo(person.time_zone or organisation_zone())


def notices_for(
    person: Person,
    *,
    about_type: str,
    about_id: int,
    step: str,
    words: NoticeWords,
    url: str,
    now: datetime,
    due_at: datetime | None,
    scope: str,
    thread: str,
    calendar: Calendar | None = None,
    muteable: bool = True,
    late: bool = False,
) -> list[Notice]:
    """The rows for one recipient, not yet stored: none for somebody who cannot be reached."""
    channels = [Channel.INBOX] if person.email and person.is_active else []
    if person.address and person.is_active:
        channels.append(Channel.MAIL)
    return [
        Notice(
            about_type=about_type,
            about_id=about_id,
            due_at=due_at,
            step=step,
            recipient_id=person.pk,
            address="" if person.email else person.address,
            channel=channel.value,
            subject=words.subject[:LONGEST_SUBJECT],
            text=words.text,
            masked_text=words.masked,
            url=url,
            thread=thread,
            scope=scope,
            calendar=calendar.text if calendar else "",
            calendar_method=calendar.method if calendar else "",
            muteable=muteable,
            late=late,
            message_id=message_id(about_type, about_id, due_at, step, person.pk, channel),
            created_at=now,
            next_try_at=now,
            # The inbox is read from this very row: it is delivered by being written.
            sent_at=now if channel is Channel.INBOX else None,
        )
        for channel in channels
    ]


def write(notices: Sequence[Notice]) -> None:
    """Stores rows in bulk over the channels that their recipients want, leaving those that are there already as they
    are."""
    store_new(route(notices))


def withdraw(about_type: str, about_ids: Iterable[int], *, now: datetime) -> None:
    """Takes back what was not sent yet about objects of which it no longer holds; what stands in an inbox is new no
    more."""
    about = Notice.objects.filter(about_type=about_type, about_id__in=list(about_ids))
    about.filter(sent_at__isnull=True, set_aside_at__isnull=True).update(withheld=True)
    about.filter(channel=Channel.INBOX).unread().update(read_at=now)


def settled(about: Iterable[models.Model], *, step: str, now: datetime, person: Person | None = None) -> None:
    """What these objects asked for is done (`step`: how its name begins): it is new no more in the inbox of `person`,
    or of everybody. It can still be read there."""
    rows = list(about)
    if not rows:
        return
    notices = Notice.objects.filter(
        about_type=rows[0]._meta.model_name,
        about_id__in=[row.pk for row in rows],
        step__startswith=step,
        channel=Channel.INBOX,
    )
    if person is not None:
        notices = notices.filter(recipient=account_of(person))
    notices.unread().update(read_at=now)
