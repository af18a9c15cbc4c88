"""Vendors' contracts: kept by Service Managers, and what is awaited follows them."""

from datetime import timedelta

import pytest

from afteractions.models import Obligation, VendorFollowUp
from afteractions.operations.followup.contracts import Representative, keep_contract
from afteractions.queries.vendors import due_from_vendors, engagements_of, told
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.models import Vendor
from incidents.operations.response.vendors import engage
from incidents.queries.incidents import vendors_known_to
from majorops.errors import BadInput, NotAllowed, VersionConflict
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import CLOSED, an_after_action
from tests.factories.incidents import OPENED, minutes
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db
NOW = CLOSED + timedelta(hours=1)
WHEN = {"at": NOW, "now": NOW}


@pytest.fixture
def keeper() -> Person:
    return a_person("Vito Arden", groups=[GroupName.SERVICE_MANAGER])


def a_contract(keeper: Person, **said: object) -> Vendor:
    terms = {
        "response_sla_minutes": 15,
        "rca_term_days": 10,
        "service_manager": keeper,
        "escalation_contact": "Duty desk",
    }
    return keep_contract(None, **{"name": "Cumulus", **terms, **said}, by=keeper, **WHEN)


def rca_of(vendor: Vendor) -> Obligation:
    return Obligation.objects.get(
        kind=ObligationKind.VENDOR_RCA, subject_label=vendor.name, state=ObligationState.OPEN
    )


def engaged(vendor: Vendor, **said: object) -> VendorFollowUp:
    """The vendor engaged on a closed incident, its follow-up begun."""
    after_action = an_after_action()
    incident, at = after_action.incident, CLOSED + minutes(5)
    engage(
        incident,
        vendor=vendor.name,
        responded_at=CLOSED + minutes(25),
        by=incident.mim,
        at=at,
        now=NOW,
        **said,
    )
    return VendorFollowUp.objects.get(engagement__incident=incident)


def test_contracts_are_kept_by_service_managers_and_administrators(keeper: Person) -> None:
    with pytest.raises(NotAllowed):
        keep_contract(None, name="Cumulus", by=a_person(), **WHEN)
    vendor = a_contract(keeper, representative=Representative("Vera Quill", "vera@cumulus.example"))
    assert (vendor.representative.full_name, vendor.representative.address) == (
        "Vera Quill",
        "vera@cumulus.example",
    )
    with pytest.raises(BadInput, match="already"):
        a_contract(keeper, name="cumulus")
    with pytest.raises(VersionConflict):
        keep_contract(vendor, name="Cumulus", version=vendor.version - 1, by=keeper, **WHEN)
    with pytest.raises(BadInput, match="Say who has this address"):
        keep_contract(
            vendor, name="Cumulus", representative=Representative("", "x@y.example"), by=keeper, **WHEN
        )


def test_a_vendor_that_an_incident_named_gets_its_contract_under_that_name(keeper: Person) -> None:
    named = engaged(Vendor(name="Nimbus")).engagement.vendor
    assert a_contract(keeper, name="nimbus").pk == named.pk


def test_a_new_term_moves_the_rca_that_nobody_agreed_a_date_for(keeper: Person) -> None:
    vendor = a_contract(keeper)
    engaged(vendor)
    before = rca_of(vendor).due_at
    keep_contract(vendor, name="Cumulus", rca_term_days=5, service_manager=keeper, by=keeper, **WHEN)
    assert before - rca_of(vendor).due_at == timedelta(days=5)
    said = {
        "rca_term_days": [10, 5],
        "response_sla_minutes": [15, None],
        "escalation_contact": ["Duty desk", ""],
    }
    assert last_entry("changed the contract of") == (keeper, said)


def test_a_new_service_manager_takes_over_what_is_awaited(keeper: Person) -> None:
    vendor, successor = a_contract(keeper), a_person("Wanda Iles", groups=[GroupName.SERVICE_MANAGER])
    engaged(vendor)
    assert [row.responsible for row in due_from_vendors(keeper, mine=True)] == [keeper]
    keep_contract(vendor, name="Cumulus", rca_term_days=10, service_manager=successor, by=keeper, **WHEN)
    assert rca_of(vendor).responsible == successor
    assert list(due_from_vendors(keeper, mine=True)) == []
    assert due_from_vendors(keeper, mine=False).count() == 1


def test_each_engagement_is_told_with_its_response_against_the_sla(keeper: Person) -> None:
    vendor = a_contract(keeper)
    engaged(vendor)
    (row,) = told(vendor, engagements_of(keeper, vendor), person=keeper)
    assert (row.response.seconds, row.response.is_within) == (1200, False)
    assert row.rca is not None
    assert row.rca.due_at == CLOSED + minutes(5) + timedelta(days=10)
    assert row.open_items == []


def test_a_vendor_that_only_a_restricted_incident_names_is_not_told_to_others(keeper: Person) -> None:
    after_action = an_after_action(restricted=True, opened_at=OPENED)
    incident = after_action.incident
    engage(incident, vendor="Stratus", by=incident.mim, at=NOW, now=NOW)
    assert [vendor.name for vendor in vendors_known_to(incident.mim)] == ["Stratus"]
    assert list(vendors_known_to(keeper)) == []


def test_a_vendor_keeps_the_name_by_which_a_closed_record_speaks_of_it(keeper: Person) -> None:
    vendor = a_contract(keeper)
    terms = {"response_sla_minutes": 15, "rca_term_days": 10, "service_manager": keeper}
    said = {**terms, "escalation_contact": "", "by": keeper, **WHEN}
    vendor = keep_contract(vendor, name="Cumulus Ltd", **said)
    assert vendor.name == "Cumulus Ltd"
    engaged(vendor)
    with pytest.raises(BadInput, match="Closed records speak of Cumulus Ltd"):
        keep_contract(vendor, name="Nimbus", **said)
    was = vendor.version
    assert (
        keep_contract(vendor, name="Cumulus Ltd", **{**said, "escalation_contact": "Desk"}).version == was + 1
    )


def test_a_vendor_taken_in_with_only_its_name_is_known_from_then_on(keeper: Person) -> None:
    vendor = keep_contract(None, name="Łódź Hosting", by=keeper, **WHEN)
    assert list(vendors_known_to(keeper)) == [vendor]
    incident = an_after_action(restricted=True).incident
    engage(incident, vendor="Stratus", by=incident.mim, at=NOW, now=NOW)
    named = keep_contract(None, name="Stratus", by=keeper, **WHEN)
    assert set(vendors_known_to(keeper)) == {vendor, named}
