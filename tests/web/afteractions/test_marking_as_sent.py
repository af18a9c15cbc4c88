"""A message is marked as sent: what that means, when it went out, and that it was late."""

from datetime import timedelta

import pytest
from django.test import Client

from afteractions.models import ExternalMessage
from majorops.people.models import Person
from tests.factories.afteractions import HOUR, an_approval
from tests.web.afteractions.pages import MESSAGE_DUE, local, message_page, words

pytestmark = pytest.mark.django_db


def test_a_message_is_marked_as_sent_with_when_and_that_it_was_late(
    mim: Person, team: Client, planned: ExternalMessage
) -> None:
    an_approval(planned, at=MESSAGE_DUE - HOUR)
    page = words(team.get(message_page(planned)))
    assert "MajorOps sends nothing to the outside" in page
    assert "It is kept that you, Nadia Ferrante, sent it, where and when." in page
    assert "I have sent it" in page
    planned.refresh_from_db()
    when = MESSAGE_DUE + timedelta(days=1)
    sent = {"status": "sent", "where": "The blog", "sent_at": local(when), "version": planned.version}
    assert team.post(message_page(planned, "settle/"), sent).status_code == 302
    planned.refresh_from_db()
    assert planned.settled_at == when
    page = words(team.get(message_page(planned)))
    assert "Late" in page
    assert "1 day after its date" in page or "1 d after its date" in page
    assert "Sent Fri 13 Mar 09:00 UTC" in page
    assert "by Nadia Ferrante" in page
    assert "recorded the sending of it" in page
