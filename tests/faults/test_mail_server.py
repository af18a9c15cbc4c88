"""Mail servers that are away, that refuse, or that hang up after they took the mail."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from majorops import clock
from majorops.notices.delivery import sending
from majorops.notices.models import Notice
from majorops.notices.outbox import NoticeWords, tell
from tests.factories.people import a_person, an_administrator
from tests.faults.scale import much
from tests.faults.seen import Seen
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db
COUNT = much(30, 300)
NOW = clock.now()


@pytest.fixture(autouse=True)
def mail(settings: Any, sink: Sink) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port


def say(count: int) -> set[str]:
    for number in range(count):
        person = a_person(f"Reader {number}")
        tell([person], about=person, step="one", words=NoticeWords("Wanted", "By noon."), url="/", now=NOW)
    return set(Notice.objects.filter(channel="mail").values_list("message_id", flat=True))


def deliver_until(at: datetime, *, since: datetime = NOW) -> None:
    """As beat does, every quarter of an hour of a clock that is told."""
    moment = since
    while moment <= at:
        sending.deliver(now=moment)
        moment += timedelta(minutes=15)


def test_a_mail_server_that_is_away_for_hours_loses_no_mail(sink: Sink, seen: Seen) -> None:
    """The mail server refuses everything for three hours"""
    wanted = say(COUNT)
    sink.refusal = "451 4.3.0 Try again later"
    back = NOW + timedelta(hours=3)
    deliver_until(back)
    assert sink.ids == []
    sink.refusal = ""
    # The back-off grows to an hour, and begins again at the moment of a try.
    deliver_until(back + timedelta(minutes=90), since=back)
    seen.done = f"{COUNT} mails, 12 deliveries in vain"
    seen.assert_nothing_lost(lost=len(wanted - set(sink.ids)), doubled=len(sink.ids) - len(set(sink.ids)))


def test_after_eight_tries_a_mail_is_set_aside_and_shown_and_can_be_tried_again(
    sink: Sink, seen: Seen
) -> None:
    """The mail server refuses for days: set aside after 8 tries, taken up again"""
    administrator = an_administrator()
    wanted = say(COUNT)
    sink.refusal = "554 5.7.1 Not from you"
    deliver_until(NOW + timedelta(hours=12))
    rows = Notice.objects.filter(channel="mail")
    assert set(rows.values_list("attempts", flat=True)) == {8}
    assert not rows.filter(set_aside_at__isnull=True).exists()
    assert administrator.is_administrator
    sink.refusal = ""
    later = NOW + timedelta(days=2)
    assert sending.take_up_again(now=later) == COUNT
    deliver_until(later, since=later)
    seen.done = f"{COUNT} mails, 8 tries each"
    seen.assert_nothing_lost(lost=len(wanted - set(sink.ids)), doubled=len(sink.ids) - len(set(sink.ids)))


def test_a_server_that_hangs_up_after_the_data_gets_a_repeat_under_the_same_id(
    sink: Sink, seen: Seen
) -> None:
    """The mail server takes the mail and hangs up before it says so"""
    wanted = say(COUNT)
    sink.hangs_up = True
    sending.deliver(now=NOW)
    assert set(sink.ids) <= wanted
    sink.hangs_up = False
    deliver_until(NOW + timedelta(hours=2), since=NOW + timedelta(minutes=2))
    seen.done = f"{COUNT} mails, {len(sink.ids) - len(set(sink.ids))} repeats under the same Message-ID"
    unknown = set(sink.ids) - wanted
    rows = Notice.objects.filter(channel="mail")
    seen.assert_nothing_lost(lost=len(wanted - set(sink.ids)), doubled=len(unknown) + rows.count() - COUNT)
    assert not rows.filter(sent_at__isnull=True).exists()
