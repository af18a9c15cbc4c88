"""How people want to be told: at once, once a day, not at night, by chat; and what none of it holds back."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from incidents.operations.response.command import restrict
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput
from majorops.notices.delivery import digests, sending
from majorops.notices.models import Notice, Preference
from majorops.notices.outbox import Calendar, NoticeWords, tell, withdraw
from majorops.notices.preferences import choose
from majorops.notices.vocabulary import Wanted
from majorops.people.models import Person
from tests.chat_sink import ChatSink
from tests.factories.incidents import an_incident
from tests.factories.people import a_mim, a_person
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 3, 3, 21, 0, tzinfo=UTC)  # 22:00 in Berlin
MORNING = datetime(2026, 3, 4, 7, 0, tzinfo=UTC)  # 08:00 in Berlin


@pytest.fixture
def chat(settings: Any) -> Iterator[ChatSink]:
    settings.CHAT_HOSTS = {"127.0.0.1"}
    with ChatSink().running() as sink:
        yield sink


@pytest.fixture
def person() -> Person:
    return a_person("Zoë O'Brien-Łukasz", time_zone="Europe/Berlin")


def prefers(person: Person, **chosen: Any) -> Preference:
    said = {
        "mail": Wanted.AT_ONCE,
        "digest_at": time(8),
        "quiet_from": None,
        "quiet_until": None,
        "chat_url": None,
    }
    return choose(person, **{**said, **chosen}, by=person, now=EVENING)


def say(person: Person, step: str, *, now: datetime = EVENING, scope: str = "", **more: Any) -> None:
    words = NoticeWords(f"Wanted at {step}", f"First of {step}.\n\nThe rest of it.", more.pop("masked", ""))
    tell([person], about=person, step=step, words=words, url="/library/", now=now, scope=scope, **more)


def test_without_a_preference_mail_comes_at_once(person: Person, sink: Sink) -> None:
    say(person, "warning")
    assert sending.deliver(now=EVENING) == 1
    assert [mail["Subject"] for mail in sink.mails] == ["Wanted at warning"]


def test_the_digest_tells_a_day_in_one_mail_at_its_hour(person: Person, sink: Sink) -> None:
    prefers(person, mail=Wanted.DIGEST)
    say(person, "one")
    say(person, "two", now=EVENING + timedelta(hours=1))
    before = MORNING - timedelta(seconds=1)
    assert (digests.collect(now=before), sending.deliver(now=before)) == (0, 0)
    assert (digests.collect(now=MORNING), digests.collect(now=MORNING)) == (1, 0)
    assert sending.deliver(now=MORNING) == 1
    (mail,) = sink.mails
    assert mail["Subject"] == "Wanted at one, and 1 more"
    text = mail.get_body(("plain",)).get_content()
    assert text.index("First of one.") < text.index("First of two.")
    assert "/library/" in text
    assert "The rest of it" not in text
    # All of it counts as sent, and the next day has nothing to tell.
    assert not Notice.objects.filter(sent_at__isnull=True).exists()
    assert digests.collect(now=MORNING + timedelta(days=1)) == 0


def test_what_came_after_the_digest_waits_for_the_next_day(person: Person, sink: Sink) -> None:
    prefers(person, mail=Wanted.DIGEST)
    say(person, "one")
    digests.collect(now=MORNING)
    say(person, "two", now=MORNING + timedelta(minutes=1))
    assert digests.collect(now=MORNING + timedelta(hours=1)) == 0
    assert digests.collect(now=MORNING + timedelta(days=1)) == 1


def test_a_digest_leaves_out_what_no_longer_holds_and_what_may_no_longer_be_seen(
    person: Person, sink: Sink
) -> None:
    prefers(person, mail=Wanted.DIGEST)
    mim = a_mim()
    incident = an_incident(mim)
    say(person, "gone", scope=incident.reference)
    say(person, "masked", scope=incident.reference, masked="A deadline is overdue\n\nAsk Mira.")
    say(person, "plain")
    restrict(incident, restricted=True, reason="A person is concerned", by=mim, at=EVENING, now=EVENING)
    digests.collect(now=MORNING)
    sending.deliver(now=MORNING)
    (mail,) = sink.mails
    text = mail.get_body(("plain",)).get_content()
    assert "gone" not in text
    assert "First of masked" not in text
    assert "A deadline is overdue" in text
    assert "First of plain." in text
    say(person, "withdrawn", now=MORNING)
    withdraw("person", [person.pk], now=MORNING)
    assert digests.collect(now=MORNING + timedelta(days=1)) == 0


def test_escalations_and_invitations_pass_the_digest_and_escalations_the_night(
    person: Person, sink: Sink
) -> None:
    prefers(person, mail=Wanted.NOTHING, quiet_from=time(20), quiet_until=time(7))
    say(person, "muted")
    say(person, "escalation", muteable=False)
    say(person, "invitation", calendar=Calendar("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "REQUEST"))
    assert sending.deliver(now=EVENING) == 1
    assert sending.deliver(now=MORNING) == 1
    assert [mail["Subject"] for mail in sink.mails] == ["Wanted at escalation", "Wanted at invitation"]
    assert [notice.step for notice in Notice.objects.inbox_of(person)] == [
        "invitation",
        "escalation",
        "muted",
    ]


def test_at_night_mail_waits_for_the_morning(person: Person, sink: Sink) -> None:
    prefers(person, quiet_from=time(20), quiet_until=time(7))
    say(person, "warning")
    ends = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
    assert sending.deliver(now=ends - timedelta(seconds=1)) == 0
    assert sending.deliver(now=ends) == 1


def test_a_chat_gets_the_same_beside_the_mail_and_once(
    person: Person, sink: Sink, chat: ChatSink, settings: Any
) -> None:
    prefers(person, chat_url=chat.address)
    say(person, "warning")
    say(person, "warning")
    assert sending.deliver(now=EVENING) == 2
    assert len(sink.mails) == 1
    (text,) = chat.texts
    assert "Wanted at warning" in text
    assert "First of warning." in text
    assert f"{settings.SITE_URL}/library/" in text


@pytest.mark.parametrize("status", [500, 302])
def test_a_chat_that_refuses_or_sends_elsewhere_is_tried_again_and_holds_up_no_mail(
    person: Person, sink: Sink, chat: ChatSink, status: int
) -> None:
    prefers(person, chat_url=chat.address)
    chat.status = status
    say(person, "warning")
    assert sending.deliver(now=EVENING) == 1
    assert (len(sink.mails), chat.texts) == (1, [])
    chat.status = 200
    assert sending.deliver(now=EVENING + timedelta(minutes=2)) == 1
    assert len(chat.texts) == 1


@pytest.mark.parametrize(
    "address",
    [
        "mmost://127.0.0.1:8065/abcdefghijklmnop",
        "json://169.254.169.254/latest",
        "workflow://evil.example:443/WorkflowID/Signature/",
        "file:///etc/passwd",
        "mailto://user:pw@majorops.example",
        "no address",
        "slack://",
    ],
)
def test_an_address_that_leads_elsewhere_than_to_a_chat_is_refused(person: Person, address: str) -> None:
    with pytest.raises(BadInput) as refused:
        prefers(person, chat_url=address)
    assert [problem.path for problem in refused.value.problems] == ["chat_url"]
    assert not Preference.objects.exists()


def test_a_known_service_is_taken_and_its_key_kept_from_the_audit(person: Person) -> None:
    key = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    prefers(person, chat_url=f"slack://{key}")
    entry = AuditEntry.objects.get(verb="chose how to be told")
    assert entry.changes["chat_url"] == ["", "Slack"]
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in str(entry.changes)


def test_half_of_the_quiet_hours_is_refused_here_and_by_the_database(person: Person) -> None:
    with pytest.raises(BadInput, match="both, or neither"):
        prefers(person, quiet_from=time(20))
    with pytest.raises(IntegrityError, match="quiet_hours_have"), transaction.atomic():
        Preference.objects.create(person=person, quiet_from=time(20), changed_at=EVENING)
