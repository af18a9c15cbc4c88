"""Delivery: what waits is leased, sent, then marked, with no lock and no transaction while it is sent.

A process that dies between sending and marking leaves a lease that runs out; the repeat carries the same Message-ID.
"""

import logging
import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from majorops import clock
from majorops.notices.delivery import chat
from majorops.notices.delivery.composing import compose, compose_digest, link, said
from majorops.notices.delivery.digests import DIGEST, items_of
from majorops.notices.digest_sources import needs_of
from majorops.notices.models import Notice, Preference
from majorops.notices.visibility import visible_scopes
from majorops.notices.vocabulary import Channel

log = logging.getLogger(__name__)

# Says a notice, masked or not; False when there is nothing (any more) to say. Raises when it could not be said.
Way = Callable[[Notice, bool], bool]

BATCH = 50
LEASE = timedelta(seconds=30)
TRIES = 8
# After the first, second ... failed try. Eight tries span almost four hours of a mail server's absence.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 4, 15, 30, 60, 60, 60))
RUN_SECONDS = 25

CLAIM = """
    UPDATE notices_notice SET leased_by = %(worker)s, next_try_at = %(until)s, attempts = attempts + 1
    WHERE id IN (SELECT id FROM notices_notice
                 WHERE sent_at IS NULL AND set_aside_at IS NULL AND NOT withheld AND NOT collected
                   AND next_try_at <= %(now)s
                 ORDER BY next_try_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED)
    RETURNING id
"""


def deliver(*, now: datetime, run_seconds: float = RUN_SECONDS) -> int:
    """Sends what waits at `now`; returns how many were taken. Ends early when the server cannot be reached
    or `run_seconds` have passed: what is left waits for the next call."""
    worker = secrets.token_hex(8)
    started = time.monotonic()
    sent = 0
    while time.monotonic() - started < run_seconds:
        present = now + timedelta(seconds=time.monotonic() - started)
        notices = claim(worker, now=present)
        if not notices:
            break
        chats = [notice for notice in notices if notice.channel == Channel.CHAT]
        mails = [notice for notice in notices if notice.channel == Channel.MAIL]
        for notice in chats:
            present = now + timedelta(seconds=time.monotonic() - started)
            sent += send(notice, _chat, worker=worker, now=present)
        if not mails:
            continue
        server = get_connection()
        try:
            server.open()
        except Exception as error:
            for notice in mails:
                put_off(notice, error, now=present)
            log.warning("The mail server cannot be reached: %s", error)
            break
        try:
            for notice in mails:
                present = now + timedelta(seconds=time.monotonic() - started)
                sent += send(notice, partial(_mail, server, present), worker=worker, now=present)
        finally:
            server.close()
    return sent


def claim(worker: str, *, now: datetime) -> list[Notice]:
    """Leases up to a batch of waiting mails to `worker`, for no one else to send meanwhile."""
    values: dict[str, str | int | datetime] = {
        "worker": worker,
        "until": now + LEASE,
        "now": now,
        "batch": BATCH,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        ids = [row[0] for row in cursor.fetchall()]
    return list(Notice.objects.filter(pk__in=ids).select_related("recipient").order_by("created_at", "id"))


def send(notice: Notice, say: Way, *, worker: str, now: datetime) -> bool:
    """Says one leased notice in a way and marks it. False when it was not: put off, withheld, or leased by another."""
    if notice.attempts > TRIES:
        set_aside(notice, "The process that sent it ended each time.", now=now)
        return False
    held = Notice.objects.filter(pk=notice.pk, leased_by=worker, sent_at__isnull=True, withheld=False)
    if not held.update(next_try_at=now + LEASE):
        return False
    masked = not may_see(notice)
    if (masked and not notice.masked_text) or not can_be_reached(notice):
        _withhold(notice)
        return False
    try:
        was_said = say(notice, masked)
    except Exception as error:
        put_off(notice, error, now=now)
        return False
    if not was_said:
        _withhold(notice)
        return False
    with transaction.atomic():
        at = clock.now()
        Notice.objects.filter(pk=notice.pk).update(sent_at=at, leased_by="", last_error="")
        if notice.about_type == DIGEST:
            notice.items.filter(withheld=False).update(sent_at=at)
    return True


def _mail(server: BaseEmailBackend, now: datetime, notice: Notice, masked: bool) -> bool:
    if notice.about_type == DIGEST:
        assert notice.recipient is not None
        items, groups = items_of(notice), needs_of(notice.recipient, now)
        if not items and not groups:
            return False
        message = compose_digest(notice, items, groups)
    else:
        message = compose(notice, masked=masked)
    message.connection = server
    message.send()
    return True


def _chat(notice: Notice, masked: bool) -> bool:
    preference = Preference.objects.filter(person=notice.recipient_id).exclude(chat_url="").first()
    if preference is None:
        return False
    subject, text = said(notice, masked=masked)
    chat.say(preference.chat_url, subject=subject, text=text, link="" if masked else link(notice))
    return True


def _withhold(notice: Notice) -> None:
    Notice.objects.filter(pk=notice.pk).update(withheld=True, leased_by="")


def may_see(notice: Notice) -> bool:
    """Whether the recipient may see the scope now. A bare address was chosen by whoever wrote to it."""
    return notice.recipient is None or notice.scope in visible_scopes(notice.recipient, [notice.scope])


def can_be_reached(notice: Notice) -> bool:
    return notice.recipient is None or notice.recipient.is_active


def put_off(notice: Notice, error: Exception, *, now: datetime) -> None:
    """Keeps what went wrong and tries again later; after the last try sets the notice aside for an administrator."""
    if notice.attempts >= TRIES:
        set_aside(notice, str(error), now=now)
        return
    wait = BACK_OFF[min(notice.attempts, len(BACK_OFF)) - 1]
    Notice.objects.filter(pk=notice.pk).update(
        next_try_at=now + wait, leased_by="", last_error=str(error)[:1000]
    )


def set_aside(notice: Notice, error: str, *, now: datetime) -> None:
    log.error("Notice %s is set aside after %s tries", notice.pk, notice.attempts)
    Notice.objects.filter(pk=notice.pk).update(set_aside_at=now, leased_by="", last_error=error[:1000])


def take_up_again(*, now: datetime) -> int:
    """An administrator has seen to the cause: all that was set aside is tried again from the beginning."""
    return Notice.objects.filter(set_aside_at__isnull=False).update(
        set_aside_at=None, attempts=0, next_try_at=now
    )
