"""Delivery to a real SMTP server: sent once, put off, set aside, masked or withheld."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from majorops.notices import outbox
from majorops.notices.delivery import sending
from majorops.notices.models import Notice
from majorops.notices.outbox import Calendar, NoticeWords, tell
from majorops.people.models import Person
from tests.factories.incidents import an_incident
from tests.factories.people import a_contact, a_mim, a_person
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
INVITATION = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def say(person: Person, *, step: str = "breach", **more: Any) -> None:
    words = NoticeWords(
        "Schedule it by Tue 3 Mar 14:00 CET", "First.\n\nSecond <b>.", masked="Overdue\n\nAsk Mira."
    )
    tell([person], about=person, step=step, words=words, url="/after-actions/AA-1/", now=NOW, **more)


def test_a_notice_is_in_the_inbox_at_once_and_mailed_once(sink: Sink) -> None:
    person = a_person("Ada Moreau")
    say(person, thread="AA-1")
    assert Notice.objects.inbox_of(person).unread().count() == 1
    assert sending.deliver(now=NOW) == 1
    assert sending.deliver(now=NOW + timedelta(hours=2)) == 0
    [mail] = sink.mails
    notice = Notice.objects.get(channel="mail")
    assert (mail["Subject"], mail["To"]) == ("Schedule it by Tue 3 Mar 14:00 CET", person.email)
    assert mail["Message-ID"] == notice.message_id
    assert mail["References"] == mail["In-Reply-To"] == "<thread.AA-1@majorops.example>"
    assert "after-actions.majorops.example" in mail["List-Id"]
    text = mail.get_body(("plain",)).get_content()
    assert "Second <b>." in text
    assert text.count("http://127.0.0.1:8000/after-actions/AA-1/") == 1
    html = mail.get_body(("html",)).get_content()
    assert "Second &lt;b&gt;." in html
    assert 'href="http://127.0.0.1:8000/after-actions/AA-1/"' in html


def test_the_same_thing_is_said_once_and_a_moved_deadline_anew(sink: Sink) -> None:
    person = a_person()
    for due_at in (NOW, NOW, NOW + timedelta(days=1)):
        say(person, due_at=due_at)
    assert Notice.objects.filter(channel="mail").count() == 2


def test_an_invitation_carries_its_calendar_part(sink: Sink) -> None:
    say(a_person(), calendar=Calendar(INVITATION, "REQUEST"))
    sending.deliver(now=NOW)
    [part] = [part for part in sink.mails[0].walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    assert part.get_content().split() == INVITATION.split()


def test_times_are_said_in_the_zone_of_each_reader() -> None:
    readers = [a_person(time_zone="Asia/Tokyo"), a_person(time_zone="America/Lima")]
    tell(
        readers,
        about=readers[0],
        step="zone",
        words=lambda zone: NoticeWords(f"At {NOW.astimezone(zone):%H:%M}", "Text"),
        url="/",
        now=NOW,
    )
    assert {*Notice.objects.filter(channel="inbox").values_list("subject", flat=True)} == {
        "At 21:00",
        "At 07:00",
    }


def test_a_contact_with_an_address_is_written_to_and_has_no_inbox(sink: Sink) -> None:
    contact = a_contact("INC-1", email="desk@vendor.example")
    say(contact)
    sending.deliver(now=NOW)
    assert sink.mails[0]["To"] == "desk@vendor.example"
    assert not Notice.objects.filter(channel="inbox").exists()


def test_a_contact_linked_to_an_account_is_told_at_the_account() -> None:
    account = a_person()
    contact = a_contact("INC-1")
    contact.account = account
    say(contact)
    assert set(Notice.objects.values_list("recipient", flat=True)) == {account.pk}


def test_a_refused_mail_is_tried_again_later_and_set_aside_after_eight_tries(sink: Sink) -> None:
    say(a_person())
    sink.refusal = "451 Later, please"
    at, waits = NOW, []
    for _ in range(8):
        assert sending.deliver(now=at) == 0
        notice = Notice.objects.get(channel="mail")
        waits.append(notice.next_try_at - at)
        at = notice.next_try_at + timedelta(seconds=1)
    assert max(waits) <= timedelta(hours=1, seconds=1)
    assert waits[0] < waits[1] < waits[2]
    assert notice.set_aside_at is not None
    assert "Later, please" in notice.last_error
    sink.refusal = ""
    assert sending.deliver(now=at + timedelta(days=1)) == 0
    assert sending.take_up_again(now=at) == 1
    assert sending.deliver(now=at) == 1


def test_a_mail_server_that_was_down_gets_everything_when_it_is_up(sink: Sink, settings: Any) -> None:
    for step in range(60):
        say(a_person(), step=str(step))
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    at = NOW
    for _ in range(4):
        assert sending.deliver(now=at) == 0
        at += timedelta(minutes=6)
    settings.EMAIL_PORT = port
    sent = sum(sending.deliver(now=at + timedelta(minutes=minutes)) for minutes in (0, 30, 61))
    assert sent == 60
    assert len(set(sink.ids)) == len(sink.ids) == 60


def test_a_leased_mail_is_not_taken_by_another_until_the_lease_runs_out(sink: Sink) -> None:
    say(a_person())
    assert len(sending.claim("one", now=NOW)) == 1
    assert sending.claim("two", now=NOW + sending.LEASE / 2) == []
    assert len(sending.claim("two", now=NOW + sending.LEASE)) == 1


def test_somebody_who_may_no_longer_see_the_incident_gets_the_masked_words(sink: Sink) -> None:
    incident = an_incident(a_mim(), restricted=True)
    say(a_person(), scope=incident.reference)
    sending.deliver(now=NOW)
    [mail] = sink.mails
    assert mail["Subject"] == "Overdue"
    assert "Ask Mira." in mail.get_body(("plain",)).get_content()
    assert incident.reference not in mail.as_string()
    assert "/after-actions/" not in mail.as_string()


def test_without_masked_words_nothing_is_sent_to_somebody_outside(sink: Sink) -> None:
    incident = an_incident(a_mim(), restricted=True)
    person = a_person()
    tell(
        [person],
        about=person,
        step="invited",
        words=NoticeWords("Secret", "Secret"),
        url="/",
        now=NOW,
        scope=incident.reference,
    )
    assert sending.deliver(now=NOW) == 0
    assert sink.mails == []
    assert Notice.objects.get(channel="mail").withheld


def test_nothing_is_sent_to_an_account_disabled_meanwhile(sink: Sink) -> None:
    person = a_person()
    say(person)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert sending.deliver(now=NOW) == 0
    assert sink.mails == []


def test_what_was_withdrawn_before_it_was_sent_stays_unsent(sink: Sink) -> None:
    person = a_person()
    say(person)
    outbox.withdraw("person", [person.pk], now=NOW)
    assert sending.deliver(now=NOW) == 0
    assert sink.mails == []
