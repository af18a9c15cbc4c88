"""Over which channels, and when, a notice goes to its recipient: by their preferences, never past what must be told."""

from collections.abc import Sequence
from copy import copy
from zoneinfo import ZoneInfo

from majorops.notices.delivery.identity import message_id
from majorops.notices.delivery.quiet import next_time, speaks_at
from majorops.notices.models import Notice, Preference
from majorops.notices.vocabulary import Channel, Wanted


def route(notices: Sequence[Notice]) -> list[Notice]:
    """The rows to store for rows that were made for inbox and mail: one statement, however many there are.

    What cannot be muted goes out at once. Invitations do so but for quiet hours: a calendar must not miss them.
    """
    recipients = {notice.recipient_id for notice in notices if notice.channel == Channel.MAIL}
    rows = Preference.objects.filter(person__in=recipients - {None}).select_related("person")
    preferences = {row.person_id: row for row in rows.only(*READ)} if recipients - {None} else {}
    routed: list[Notice] = []
    for notice in notices:
        preference = preferences.get(notice.recipient_id or 0)
        if notice.channel == Channel.MAIL and preference is not None:
            routed += _as_wanted(notice, preference)
        else:
            routed.append(notice)
    return routed


READ = ("mail", "digest_at", "quiet_from", "quiet_until", "chat_url", "person__time_zone")


def _as_wanted(notice: Notice, preference: Preference) -> list[Notice]:
    zone = ZoneInfo(preference.person.time_zone)
    if notice.muteable:
        notice.next_try_at = speaks_at(notice.created_at, zone, preference.quiet_from, preference.quiet_until)
    rows = [_by_chat(notice)] if preference.chat_url else []
    if not notice.muteable or notice.calendar or preference.mail == Wanted.AT_ONCE:
        return [*rows, notice]
    if preference.mail == Wanted.DIGEST:
        notice.collected = True
        notice.next_try_at = next_time(notice.created_at, zone, preference.digest_at)
        return [*rows, notice]
    return rows


def _by_chat(notice: Notice) -> Notice:
    """The same notice for the chat, which has no use for the calendar part."""
    row = copy(notice)
    row.channel, row.calendar, row.calendar_method = Channel.CHAT.value, "", ""
    row.message_id = message_id(
        row.about_type, row.about_id, row.due_at, row.step, row.recipient_id or 0, Channel.CHAT
    )
    return row
