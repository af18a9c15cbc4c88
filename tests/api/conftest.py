import pytest

from tests.api.caller import Caller
from tests.factories.people import a_mim, a_person, an_administrator, an_auditor


@pytest.fixture
def mim(db: None) -> Caller:
    return Caller(a_mim())


@pytest.fixture
def administrator(db: None) -> Caller:
    return Caller(an_administrator())


@pytest.fixture
def responder(db: None) -> Caller:
    """Somebody with an account and no group."""
    return Caller(a_person("Ravi Sundaram"))


@pytest.fixture
def auditor(db: None) -> Caller:
    return Caller(an_auditor())


@pytest.fixture
def reference(mim: Caller) -> str:
    """A running High incident, declared by the MIM."""
    return mim.made("incidents/", {"title": "Checkout answers with errors", "severity": "high"})["reference"]
