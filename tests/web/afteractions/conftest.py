"""What most tests of the workspace begin with."""

import pytest

from afteractions.models import AfterAction
from majorops import clock
from majorops.people.models import Person
from tests.factories.afteractions import an_after_action
from tests.factories.incidents import minutes


@pytest.fixture
def recent(mim: Person) -> AfterAction:
    """One whose incident closed an hour ago."""
    return an_after_action(mim, opened_at=clock.now() - minutes(160))
