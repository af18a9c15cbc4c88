"""An answer given in one's own calendar comes back by mail and is the person's answer (RFC 5546, REPLY)."""

import base64
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from afteractions.models import AfterAction, Attendee, Meeting
from afteractions.operations.meeting.calendar_replies import receive
from afteractions.operations.meeting.scheduling import reschedule
from majorops.embedded.state import CHECKOUT
from majorops.errors import BadInput
from majorops.people.models import Person
from tests.factories.afteractions import HOUR, MEETING, SCHEDULED, a_meeting, an_after_action, fresh
from tests.factories.people import a_person

ANSWERED = SCHEDULED + timedelta(hours=3)


def a_reply(
    meeting: Meeting, address: str, partstat: str = "ACCEPTED", *, sequence: int = 0, at: datetime = ANSWERED
) -> str:
    """What a calendar writes: folded lines, a zone of its own, properties of its maker."""
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "PRODID:-//Calendar Inc//Calendar 70.9054//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            "METHOD:REPLY",
            "BEGIN:VTIMEZONE",
            "TZID:W. Europe Standard Time",
            "BEGIN:STANDARD",
            "DTSTART:16010101T030000",
            "TZOFFSETFROM:+0200",
            "TZOFFSETTO:+0100",
            "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
            "END:STANDARD",
            "END:VTIMEZONE",
            "BEGIN:VEVENT",
            "DTSTART;TZID=W. Europe Standard Time:20260309T150000",
            "DTEND;TZID=W. Europe Standard Time:20260309T160000",
            f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
            "ORGANIZER;CN=After Actions:mailto:after-actions@majorops.example",
            f"UID:{meeting.uid}",
            "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT="
            + partstat
            + ";CN=Tomas\r\n  Lindqvist;"
            f"X-NUM-GUESTS=0:MAILTO:{address.upper()}",
            f"SEQUENCE:{sequence}",
            "STATUS:CONFIRMED",
            "SUMMARY:After Action",
            "X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )


def a_mail(calendar: str, sender: str) -> bytes:
    """The mail around it, as the large calendars send it: a sentence, and the calendar twice."""
    message = EmailMessage()
    message["From"] = f"Tomas Lindqvist <{sender}>"
    message["To"] = "after-actions@majorops.example"
    message["Subject"] = "Accepted: After Action @ Mon Mar 9, 2026 3pm (CET)"
    message["Message-ID"] = "<calendar-1@calendar.example>"
    message.set_content("Tomas Lindqvist has accepted this invitation.")
    message.add_alternative(
        calendar.encode(), maintype="text", subtype="calendar", params={"method": "REPLY"}
    )
    message.add_attachment(calendar.encode(), maintype="application", subtype="ics", filename="invite.ics")
    return message.as_bytes()


@pytest.fixture
def after_action(db: None) -> AfterAction:
    return an_after_action()


@pytest.fixture
def meeting(after_action: AfterAction) -> Meeting:
    return a_meeting(after_action)


@pytest.fixture
def lead(after_action: AfterAction, meeting: Meeting) -> Person:
    return after_action.attendees.get(person__full_name="Tomas Lindqvist").person


def response(person: Person) -> str:
    return Attendee.objects.get(person=person).response


@pytest.mark.parametrize(
    ("partstat", "answer"),
    [
        ("ACCEPTED", "accepted"),
        ("TENTATIVE", "tentative"),
        ("DECLINED", "declined"),
        ("NEEDS-ACTION", "none"),
    ],
)
def test_each_answer_is_taken(meeting: Meeting, lead: Person, partstat: str, answer: str) -> None:
    mail = a_mail(a_reply(meeting, str(lead.email), partstat), str(lead.email))
    assert receive(mail, now=ANSWERED + HOUR).outcome == ("ignored" if answer == "none" else "recorded")
    assert response(lead) == answer


def test_an_answer_for_somebody_else_or_by_somebody_who_is_not_invited_changes_nothing(
    meeting: Meeting, lead: Person
) -> None:
    stranger = a_person("Otto Lang")
    for_other = a_mail(a_reply(meeting, str(lead.email), "DECLINED"), str(stranger.email))
    uninvited = a_mail(a_reply(meeting, str(stranger.email)), str(stranger.email))
    for mail in (for_other, uninvited, b"From: x@example.org\r\n\r\nHello"):
        assert receive(mail, now=ANSWERED).outcome == "ignored"
    assert response(lead) == "none"


def test_an_answer_to_a_time_that_was_moved_since_counts_no_more(
    after_action: AfterAction, meeting: Meeting, lead: Person
) -> None:
    when = {"starts_at": MEETING + HOUR, "ends_at": MEETING + 2 * HOUR, "reason": "The expert is ill."}
    reschedule(fresh(after_action), **when, by=after_action.incident.mim, at=ANSWERED, now=ANSWERED)
    late = a_mail(a_reply(meeting, str(lead.email), sequence=0), str(lead.email))
    assert (
        receive(late, now=ANSWERED + HOUR).why
        == "The meeting was moved since: the new time is to be answered."
    )
    assert response(lead) == "none"
    again = a_mail(a_reply(meeting, str(lead.email), "TENTATIVE", sequence=1), str(lead.email))
    receive(again, now=ANSWERED + HOUR)
    assert response(lead) == "tentative"


def test_a_later_answer_is_not_undone_by_an_earlier_one_that_took_longer(
    meeting: Meeting, lead: Person
) -> None:
    address = str(lead.email)
    second = a_mail(a_reply(meeting, address, "DECLINED", at=ANSWERED + HOUR), address)
    first = a_mail(a_reply(meeting, address, "ACCEPTED", at=ANSWERED), address)
    receive(second, now=ANSWERED + 2 * HOUR)
    receive(first, now=ANSWERED + 3 * HOUR)
    assert response(lead) == "declined"


def test_what_is_no_calendar_or_too_large_is_refused_in_a_sentence(meeting: Meeting, lead: Person) -> None:
    broken = a_reply(meeting, str(lead.email)).replace("SEQUENCE:0", "SEQUENCE:none")
    for mail in (a_mail(broken, str(lead.email)), b"x" * (1024 * 1024 + 1)):
        with pytest.raises(BadInput):
            receive(mail, now=ANSWERED)


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_pipes_the_answer_into_the_command(process_environment: dict[str, str]) -> None:
    after_action = an_after_action()
    meeting = a_meeting(after_action)
    lead = after_action.attendees.get(person__full_name="Tomas Lindqvist").person
    done = subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        cwd=CHECKOUT,
        env=process_environment,
        input=a_mail(a_reply(meeting, str(lead.email)), str(lead.email)),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"recorded: Accepted\n"), done.stderr
    assert response(lead) == "accepted"
    broken = subprocess.run(
        [sys.executable, "manage.py", "receive_mail"],
        cwd=CHECKOUT,
        env=process_environment,
        input=b"Content-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.b64encode(b"no calendar"),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert broken.returncode == 65
