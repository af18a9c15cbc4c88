"""Invitations: mail with an iCalendar part (RFC 5545, 5546). One UID for a meeting, a sequence that rises with every
move, instants in UTC so that every calendar shows its own time."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import Calendar as Schedule
from icalendar import Event, vCalAddress, vText

from afteractions.models import Attendee, Meeting
from afteractions.operations.announcements import notify
from afteractions.operations.guest_links import give_links
from afteractions.vocabulary import AttendeeRequirement, InvitationResponse, Status
from incidents.rules.formatting import moment_words
from majorops.formatting.directions import isolated
from majorops.notices.outbox import Calendar, NoticeWords
from majorops.people.models import Person

PARTICIPATION = {
    InvitationResponse.NONE: "NEEDS-ACTION",
    InvitationResponse.ACCEPTED: "ACCEPTED",
    InvitationResponse.TENTATIVE: "TENTATIVE",
    InvitationResponse.DECLINED: "DECLINED",
}
QUESTION = "What did we learn, and what do we change?"


def invite(
    meeting: Meeting, *, only: Sequence[Attendee] | None = None, by: Person | None = None, now: datetime
) -> None:
    """Invites everybody included, or `only` some, to the meeting as it stands at its present sequence. Whoever has no
    account gets a link to the draft."""
    everybody = _included(meeting)
    people = [attendee.person for attendee in (everybody if only is None else only)]
    give_links(meeting.after_action, people, until=meeting.ends_at, by=by, now=now)
    calendar = Calendar(request(meeting, everybody, now=now), "REQUEST")
    moved = meeting.sequence > 0 and only is None
    for attendee in everybody if only is None else only:
        notify(
            [attendee.person],
            meeting.after_action,
            about=meeting,
            step=f"invite:{meeting.sequence}",
            words=partial(_invitation, meeting, attendee, moved=moved),
            now=now,
            calendar=calendar,
            muteable=False,
        )


def uninvite(meeting: Meeting, attendees: Iterable[Attendee], *, now: datetime) -> None:
    """Tells those no longer included, by a CANCEL that takes the meeting out of their calendars."""
    for attendee in attendees:
        notify(
            [attendee.person],
            meeting.after_action,
            about=meeting,
            step=f"cancel:{meeting.sequence}",
            words=lambda zone: NoticeWords(
                f"Not needed: After Action {meeting.after_action.incident.reference} on {_when(meeting, zone)}",
                "The MIM has taken you off the list of attendees: the meeting is a structured review, not a group "
                "debrief. The Learning Review will be in the library once it is published.",
                masked="A meeting that you were invited to does not need you any more.",
            ),
            now=now,
            calendar=Calendar(cancellation(meeting, [attendee], now=now), "CANCEL"),
            muteable=False,
        )


def cancel_meeting(meeting: Meeting, *, reason: str, now: datetime) -> None:
    """Takes the whole meeting out of everybody's calendar, at the next sequence."""
    meeting.sequence += 1
    meeting.save(update_fields=["sequence"])
    everybody = _included(meeting)
    calendar = Calendar(cancellation(meeting, everybody, now=now), "CANCEL")
    notify(
        [attendee.person for attendee in everybody],
        meeting.after_action,
        about=meeting,
        step=f"cancel:{meeting.sequence}",
        words=lambda zone: NoticeWords(
            f"Cancelled: After Action {meeting.after_action.incident.reference} on {_when(meeting, zone)}",
            f"The meeting will not be held. {reason}",
            masked="A meeting that you were invited to will not be held.",
        ),
        now=now,
        calendar=calendar,
        muteable=False,
    )


def say_it_starts_early(meeting: Meeting, *, now: datetime) -> None:
    """Moves the entry in everybody's calendar to now, where the meeting will be over before the time it was called
    for: who is free can still come, and nobody comes in vain. Its deadlines stay those of the time it was called for.
    """
    _, until = times(meeting)
    if until > meeting.starts_at:
        return
    _say_early(
        meeting,
        "Now",
        "The After Action has started earlier than planned, and will be over by then. Join if you can.",
        now=now,
    )


def say_it_was_held_early(meeting: Meeting, *, now: datetime) -> None:
    """Moves the entry to when it was held, unless its start did so already."""
    assert meeting.held_until is not None
    if meeting.held_until > meeting.starts_at:
        return
    outcome = "agreed" if meeting.agreed else "not agreed"
    _say_early(
        meeting,
        "Held already",
        f"The After Action was held earlier than planned. Its content was {outcome}. You need not come then.",
        now=now,
    )


def _say_early(meeting: Meeting, word: str, text: str, *, now: datetime) -> None:
    meeting.sequence += 1
    meeting.save(update_fields=["sequence"])
    incident = meeting.after_action.incident
    everybody = _included(meeting)
    notify(
        [attendee.person for attendee in everybody],
        meeting.after_action,
        about=meeting,
        step=f"early:{meeting.sequence}",
        words=lambda zone: NoticeWords(
            f"{word}: After Action {incident.reference}, planned for {_when(meeting, zone)}",
            f"“{incident.title}”, planned for {_when(meeting, zone)}. {text}",
            masked=f"A meeting that you were invited to on {_when(meeting, zone)} takes place earlier.",
        ),
        now=now,
        calendar=Calendar(request(meeting, everybody, now=now), "REQUEST"),
        muteable=False,
    )


def times(meeting: Meeting) -> tuple[datetime, datetime]:
    """When it takes place, as calendars show it: as it was called for, unless it was over before that."""
    if meeting.held_from is None:
        return meeting.starts_at, meeting.ends_at
    until = meeting.held_until or meeting.held_from + (meeting.ends_at - meeting.starts_at)
    return (meeting.held_from, until) if until <= meeting.starts_at else (meeting.starts_at, meeting.ends_at)


def request(meeting: Meeting, attendees: Iterable[Attendee], *, now: datetime) -> str:
    """The VCALENDAR that invites (METHOD:REQUEST)."""
    return _calendar(meeting, attendees, method="REQUEST", status="CONFIRMED", now=now)


def cancellation(meeting: Meeting, attendees: Iterable[Attendee], *, now: datetime) -> str:
    """The VCALENDAR that takes the meeting back (METHOD:CANCEL)."""
    return _calendar(meeting, attendees, method="CANCEL", status="CANCELLED", now=now)


def _calendar(
    meeting: Meeting, attendees: Iterable[Attendee], *, method: str, status: str, now: datetime
) -> str:
    after_action = meeting.after_action
    incident = after_action.incident
    event = Event()
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    starts_at, ends_at = times(meeting)
    event.add("dtstart", starts_at.astimezone(UTC))
    event.add("dtend", ends_at.astimezone(UTC))
    event.add("summary", f"After Action {incident.reference}: {isolated(incident.title)}")
    event.add("description", f"{QUESTION}\n{settings.SITE_URL}{after_action.get_absolute_url()}")
    event.add("status", status)
    event.add("class", "PRIVATE" if incident.restricted else "PUBLIC")
    if meeting.location:
        event.add("location", isolated(meeting.location))
    event.add("organizer", _organiser(meeting))
    chair = incident.mim
    attendees = [row for row in attendees if row.person.address]
    for attendee in attendees:
        event.add("attendee", _address(attendee, chair=chair), encode=False)
    if chair is not None and chair.address and not any(_is(row, chair) for row in attendees):
        event.add("attendee", _chair(chair), encode=False)
    calendar = Schedule()
    calendar.add("prodid", "-//MajorOps//After Actions//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    return str(calendar.to_ical(), "utf-8")


def organiser_address() -> str:
    """The organisation's address: what a meeting that is scheduled now has as its ORGANIZER for good."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _organiser(meeting: Meeting) -> vCalAddress:
    """The organisation, under the address that the first invitation had: a calendar takes an update from nobody else
    (RFC 5546). The MIM is the chair, and may change."""
    name, configured = parseaddr(settings.DEFAULT_FROM_EMAIL)
    address, mim = meeting.organizer or configured, meeting.after_action.incident.mim
    if not meeting.organizer and mim is not None and mim.address:
        # Scheduled before the organisation was the organiser: its first invitation named the MIM.
        name, address = mim.full_name, mim.address
    organiser = vCalAddress(f"mailto:{address}")
    organiser.params["cn"] = vText(name)
    return organiser


def _address(attendee: Attendee, *, chair: Person | None) -> vCalAddress:
    required = attendee.requirement == AttendeeRequirement.REQUIRED
    address = vCalAddress(f"mailto:{attendee.person.address}")
    address.params["cn"] = vText(attendee.person.full_name)
    role = (
        "CHAIR"
        if chair is not None and _is(attendee, chair)
        else "REQ-PARTICIPANT"
        if required
        else "OPT-PARTICIPANT"
    )
    address.params["role"] = vText(role)
    address.params["partstat"] = vText(PARTICIPATION[InvitationResponse(attendee.response)])
    address.params["rsvp"] = vText("TRUE")
    return address


def _is(attendee: Attendee, person: Person) -> bool:
    return attendee.person_id in (person.pk, person.account_id)


def _chair(mim: Person) -> vCalAddress:
    """A MIM who is not on the list of attendees chairs all the same."""
    address = vCalAddress(f"mailto:{mim.address}")
    address.params["cn"] = vText(mim.full_name)
    address.params["role"] = vText("CHAIR")
    return address


def _invitation(meeting: Meeting, attendee: Attendee, zone: ZoneInfo, *, moved: bool) -> NoticeWords:
    incident = meeting.after_action.incident
    about, when = f"{incident.reference} “{incident.title}”", _when(meeting, zone)
    paragraphs = [
        f"The After Action of {about} was moved to {when}."
        if moved
        else f"You are invited to the After Action of {about}: {when}.",
        f"Where: {meeting.location}" if meeting.location else "",
        f"Why you: {attendee.reason}" if attendee.reason else "",
        f"Please bring: {attendee.bring}" if attendee.bring else "",
        (
            "The draft of the Learning Review is out: read it before you come."
            if meeting.after_action.status == Status.IN_REVIEW
            else "Read the draft of the Learning Review before you come: it goes out 48 hours ahead."
        )
        + " The meeting is for discussion, challenge and decisions, not for reading.",
    ]
    word = "Moved" if moved else "Invitation"
    return NoticeWords(
        f"{word}: After Action {incident.reference} on {when}",
        "\n\n".join(part for part in paragraphs if part),
        masked=f"You are invited to a meeting on {when}. Ask the organiser what it is about.",
    )


def _when(meeting: Meeting, zone: ZoneInfo) -> str:
    return moment_words(meeting.starts_at, zone.key)


def _included(meeting: Meeting) -> list[Attendee]:
    return list(
        meeting.after_action.attendees.filter(included=True).select_related("person__account").order_by("id")
    )
