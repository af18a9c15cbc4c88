"""A message is marked as sent: what that means, when it went out, and that it was late."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from afteractions.models import ExternalMessage
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import HOUR, a_published_review, an_approval
from tests.factories.people import a_person
from tests.web.afteractions.pages import at, local, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 3, 12, 9, tzinfo=UTC)


@pytest.fixture
def team() -> Client:
    return browser_of(a_person("Nadia Ferrante", groups=[GroupName.COMMUNICATIONS]))


@pytest.fixture
def planned(mim: Person) -> ExternalMessage:
    message = {"audience": "Customers", "text": "We are sorry", "due_at": DUE}
    a_published_review(mim, external_messages=[message])
    return ExternalMessage.objects.get()


def path(message: ExternalMessage, step: str = "") -> str:
    return at(message.after_action, f"messages/{message.pk}/{step}")


def test_a_message_is_marked_as_sent_with_when_and_that_it_was_late(
    mim: Person, team: Client, planned: ExternalMessage
) -> None:
    an_approval(planned, at=DUE - HOUR)
    page = words(team.get(path(planned)))
    assert "MajorOps sends nothing to the outside" in page
    planned.refresh_from_db()
    when = DUE + timedelta(days=1)
    sent = {"status": "sent", "where": "The blog", "sent_at": local(when), "version": planned.version}
    assert team.post(path(planned, "settle/"), sent).status_code == 302
    planned.refresh_from_db()
    assert planned.settled_at == when
    page = words(team.get(path(planned)))
    assert "Late" in page
    assert "1 day after its date" in page or "1 d after its date" in page
    assert "recorded the sending of it" in page
