import pytest

from tests.api.caller import Caller
from tests.api.way import ago
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


@pytest.fixture
def lead(db: None) -> Caller:
    return Caller(a_person("Tomas Lindqvist"))


@pytest.fixture
def aa(mim: Caller, lead: Caller) -> str:
    """The reference of the After Action of a Critical incident that closed six days ago."""
    declared = {
        "title": "Checkout answers with errors",
        "severity": "critical",
        "impact": {"external": True, "customers_affected": 900, "business": "Orders were lost."},
        "milestones": {"opened": ago(days=6, hours=2)},
        "at": ago(days=6, hours=2),
    }
    reference = mim.made("incidents/", declared)["reference"]
    mim.made(
        f"incidents/{reference}/command/",
        {"role": "technical_recovery_lead", "person": lead.person.email, "from": ago(days=6, hours=2)},
    )
    mim.made(f"incidents/{reference}/milestones/", {"kind": "mitigated", "at": ago(days=6, hours=1)})
    mim.made(f"incidents/{reference}/milestones/", {"kind": "recovered", "at": ago(days=6, minutes=30)})
    closed = mim.made(f"incidents/{reference}/close/", {"at": ago(days=6)})
    assert closed["requirement"]["level"] == "mandatory"
    return str(closed["after_action"])
