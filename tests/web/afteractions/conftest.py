"""What most tests of the workspace begin with."""

import pytest
from django.test import Client

from afteractions.models import AfterAction, ExternalMessage
from majorops import clock
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import a_published_review, an_after_action
from tests.factories.incidents import minutes
from tests.factories.people import a_person
from tests.web.afteractions.pages import MESSAGE_DUE
from tests.web.browsing import browser_of


@pytest.fixture
def recent(mim: Person) -> AfterAction:
    """One whose incident closed an hour ago."""
    return an_after_action(mim, opened_at=clock.now() - minutes(160))


@pytest.fixture
def team() -> Client:
    """Somebody of Communications."""
    return browser_of(a_person("Nadia Ferrante", groups=[GroupName.COMMUNICATIONS]))


@pytest.fixture
def planned(mim: Person) -> ExternalMessage:
    """The one External Message of a published review."""
    message = {"audience": "Customers", "text": "We are sorry", "due_at": MESSAGE_DUE}
    a_published_review(mim, external_messages=[message])
    return ExternalMessage.objects.get()
