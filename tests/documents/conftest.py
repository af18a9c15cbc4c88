import pytest

from tests.api.caller import Caller
from tests.documents.road import Road
from tests.factories.documents import ACCOUNT
from tests.factories.people import a_person, an_administrator
from tests.web.browsing import browser_of


@pytest.fixture
def road(db: None) -> Road:
    """The road of an administrator, in an organisation where one other person has an account."""
    administrator = an_administrator()
    a_person(email=ACCOUNT)
    return Road(Caller(administrator), browser_of(administrator))
