"""The daily digest tells what needs its reader, as their home page does, whether or not they were told anything."""

from datetime import UTC, datetime, time

import pytest

from majorops.notices.delivery import digests, sending
from majorops.notices.models import Notice
from majorops.notices.preferences import choose
from majorops.notices.vocabulary import Wanted
from tests.factories.afteractions import HOUR, SCHEDULED, an_after_action
from tests.factories.people import a_mim, a_person
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db


def test_the_digest_of_the_day_says_what_home_says(sink: Sink) -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    said = {"quiet_from": None, "quiet_until": None, "chat_url": None, "digest_at": time(8)}
    choose(mim, mail=Wanted.DIGEST, **said, by=mim, now=SCHEDULED)
    Notice.objects.update(sent_at=SCHEDULED)
    morning = datetime(2026, 3, 4, 8, tzinfo=UTC)
    assert digests.collect(now=morning - HOUR) == 0
    assert (digests.collect(now=morning), digests.collect(now=morning)) == (1, 0)
    assert sending.deliver(now=morning) == 1
    [mail] = sink.mails
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"].startswith(f"Schedule the After Action of {after_action.incident.reference}")
    assert "What needs you: Now" in text
    assert f"Schedule the After Action of {after_action.incident.reference} (by Wed 4 Mar 10:40 UTC)" in text
    assert f"/after-actions/{after_action.reference}/" in text
    assert "What needs you: This week" in text
    assert f"Say in two lines what worked and what slowed us in {after_action.incident.reference}" in text
    nobody = a_person("Ines Faro")
    choose(nobody, mail=Wanted.DIGEST, **said, by=nobody, now=SCHEDULED)
    assert digests.collect(now=morning + HOUR) == 0
