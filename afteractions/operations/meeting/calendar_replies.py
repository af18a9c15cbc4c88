"""Answers given in one's own calendar: a REPLY (RFC 5546) that a calendar mails to the ORGANIZER, the organisation.

The mail counts for the person whose address both the mail and the reply carry. An answer to a time that was moved since
counts no more, and a later answer is never undone by an earlier one that took longer.
"""

import email
import email.policy
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

from django.db import transaction
from django.db.models import Q
from icalendar import Calendar, Component

from afteractions.models import Attendee, Meeting
from afteractions.operations import lifecycle
from afteractions.operations.meeting.attendees import respond
from afteractions.vocabulary import InvitationResponse
from majorops.errors import BadInput, RuleViolation
from majorops.texts import unstorable
from majorops.words import Word

LARGEST_MESSAGE = 1024 * 1024
ANSWERS = {
    "ACCEPTED": InvitationResponse.ACCEPTED,
    "TENTATIVE": InvitationResponse.TENTATIVE,
    "DECLINED": InvitationResponse.DECLINED,
}
CALENDAR_TYPES = ("text/calendar", "application/ics")


class ReplyOutcome(Word):
    RECORDED = "recorded", "Recorded"
    IGNORED = "ignored", "Ignored"


@dataclass(frozen=True, slots=True)
class Reply:
    """One VEVENT of a REPLY: who answers what to which meeting, and the `sequence` that the answer is to."""

    uid: str
    address: str
    response: InvitationResponse
    sequence: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Read:
    """What came of one message, with the reason in words: nothing in it names anybody."""

    outcome: ReplyOutcome
    why: str


def receive(raw: bytes, *, now: datetime) -> Read:
    """Reads a mail as a mail server hands it over. Mail without a REPLY, or with one that does not count, is ignored.

    Raises BadInput for what is too large, and for a calendar part that cannot be read.
    """
    if len(raw) > LARGEST_MESSAGE:
        raise BadInput.of("message", f"The message is larger than {LARGEST_MESSAGE // 1024} kB.")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    sender = parseaddr(str(message.get("From", "")))[1].lower()
    replies = [reply for text in _calendars(message) for reply in parse_reply(text)]
    if not replies:
        return Read(ReplyOutcome.IGNORED, "It holds no answer to an invitation.")
    reply = replies[0]
    if reply.address != sender:
        return Read(ReplyOutcome.IGNORED, "It answers for another address than the one it comes from.")
    return _record(reply, now=now)


def _calendars(message: EmailMessage) -> list[str]:
    texts = []
    for part in message.walk():
        if part.get_content_type() in CALENDAR_TYPES and not part.is_multipart():
            content = part.get_payload(decode=True)
            if isinstance(content, bytes):
                texts.append(content.decode(errors="replace"))
    return texts


def parse_reply(text: str) -> list[Reply]:
    """The answers of a VCALENDAR with METHOD:REPLY; none for any other. Raises BadInput for what is no calendar."""
    if problem := unstorable(text):
        raise BadInput.of("message", problem)
    try:
        calendar = Calendar.from_ical(text)
        if str(calendar.get("METHOD", "")).upper() != "REPLY":
            return []
        return [reply for event in calendar.walk("VEVENT") if (reply := _reply(event)) is not None]
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as wrong:
        raise BadInput.of("message", "Its calendar part cannot be read.") from wrong


def _reply(event: Component) -> Reply | None:
    attendees = event.get("ATTENDEE")
    if attendees is None or isinstance(attendees, list):
        # A REPLY is one person's (RFC 5546, 3.2.3).
        return None
    response = ANSWERS.get(str(attendees.params.get("PARTSTAT", "")).upper())
    if response is None:
        return None
    stamp: Any = event.decoded("DTSTAMP", None)
    at = stamp if isinstance(stamp, datetime) and stamp.tzinfo is not None else None
    return Reply(
        uid=str(event.get("UID", "")),
        address=str(attendees).lower().removeprefix("mailto:").strip(),
        response=response,
        sequence=int(event.get("SEQUENCE", 0)),
        at=at.astimezone(UTC) if at else None,
    )


@transaction.atomic
def _record(reply: Reply, *, now: datetime) -> Read:
    """Records one answer as the person's own, at the instant that the calendar says."""
    meeting = Meeting.objects.filter(uid=reply.uid).select_related("after_action").first()
    if meeting is None:
        return Read(ReplyOutcome.IGNORED, "No meeting has this UID.")
    after_action = lifecycle.locked(meeting.after_action)
    meeting.refresh_from_db()
    attendee = (
        Attendee.objects.filter(
            Q(person__email=reply.address)
            | Q(person__email__isnull=True, person__contact_email__iexact=reply.address),
            after_action=after_action,
            included=True,
        )
        .select_related("person__account")
        .first()
    )
    if attendee is None:
        return Read(ReplyOutcome.IGNORED, "Nobody of this address is invited.")
    if meeting.held_until is not None:
        return Read(ReplyOutcome.IGNORED, "The meeting was held already.")
    if reply.sequence < meeting.time_sequence:
        return Read(ReplyOutcome.IGNORED, "The meeting was moved since: the new time is to be answered.")
    at = min(reply.at or now, now)
    if attendee.responded_at is not None and at < attendee.responded_at:
        return Read(ReplyOutcome.IGNORED, "A later answer is here already.")
    attendee.after_action = after_action
    try:
        respond(attendee, reply.response, by=attendee.person, at=at, now=now)
    except RuleViolation as refused:
        return Read(ReplyOutcome.IGNORED, refused.sentence)
    return Read(ReplyOutcome.RECORDED, reply.response.label)
