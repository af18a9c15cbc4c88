"""The pages of vendors: contracts kept, history against them, what is due with the passed dates first."""

from datetime import date, timedelta

import pytest

from afteractions.operations.followup.contracts import keep_contract
from afteractions.operations.followup.vendors import add_item
from incidents.models import Vendor
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import CLOSED
from tests.factories.people import a_mim, a_person
from tests.operations.followup.test_contracts import NOW, a_contract, engaged
from tests.web.browsing import browser_of
from tests.web.overview.looking import look, main_of, statements, the_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> Person:
    return a_person("Vito Arden", groups=[GroupName.SERVICE_MANAGER])


def test_a_service_manager_takes_a_vendor_in_and_changes_its_contract(keeper: Person) -> None:
    client = browser_of(keeper)
    refused = client.post("/vendors/new/", {"name": "", "rca_term_days": "ten"})
    assert (refused.status_code, 'value="ten"' in refused.content.decode()) == (422, True)
    said = {"name": "Cumulus", "rca_term_days": "10", "service_manager": "Vito Arden"}
    place = client.post("/vendors/new/", said)["Location"]
    page = main_of(client.get(place))
    assert "RCA within 10 days of the engagement" in page
    assert "no response SLA, no escalation contact" in page
    stale = {**said, "response_sla_minutes": "15", "version": "7"}
    assert client.post(f"{place}contract/", stale).status_code == 412
    assert client.post(f"{place}contract/", {**stale, "version": "2"})["Location"] == place
    assert Vendor.objects.get().response_sla_minutes == 15
    assert browser_of(a_person()).get(f"{place}contract/").status_code == 403


def test_home_leads_a_service_manager_to_what_is_due_passed_dates_first(keeper: Person) -> None:
    follow_up = engaged(a_contract(keeper))
    add_item(follow_up, text="Logs of the gateway", due_on=date(2026, 3, 5), by=keeper, at=NOW, now=NOW)
    later = NOW + timedelta(days=5)
    assert 'href="/vendors/due/"' in look(keeper, "/", later).content.decode()
    assert "/vendors/due/" not in main_of(look(a_person(), "/", later))
    page = main_of(look(keeper, "/vendors/due/", later))
    assert "1 date passed." in page
    assert page.index("Logs of the gateway") < page.index("RCA of Cumulus")
    assert "Nothing is due from vendors" in main_of(look(a_mim(), "/vendors/due/", later))
    assert "Vito Arden" in main_of(look(a_mim(), "/vendors/due/?whose=all", later))


def test_the_history_of_a_vendor_stands_against_its_contract(keeper: Person) -> None:
    vendor = a_contract(keeper)
    engaged(vendor)
    page = main_of(look(keeper, f"/vendors/{vendor.pk}/", NOW))
    assert "20 min Over the SLA" in page
    assert "Checkout answers with errors" in page
    assert "1 RCA" in main_of(look(keeper, "/vendors/", NOW))
    dateless = a_contract(keeper, name="Nimbus", rca_term_days=None)
    engaged(dateless)
    assert "No RCA date" in main_of(look(keeper, f"/vendors/{dateless.pk}/", NOW))
    assert "No vendor is called like that" in main_of(look(keeper, "/vendors/?search=zzz", NOW))
    assert look(keeper, "/vendors/999999/", NOW).status_code == 404


def test_engaging_a_vendor_shows_what_its_contract_promises(keeper: Person) -> None:
    a_contract(keeper)
    reader = browser_of(a_mim())
    page = main_of(reader.get("/incidents/vendor-terms/", {"vendor": "cumulus"}))
    assert "RCA within 10 days of the engagement" in page
    assert "Duty desk" in page
    unknown = main_of(reader.get("/incidents/vendor-terms/", {"vendor": "Nimbus"}))
    assert "Nimbus is not known yet" in unknown


def test_the_pages_of_vendors_take_the_same_few_statements_however_many(keeper: Person) -> None:
    vendor = a_contract(keeper)
    engaged(vendor)
    paths = ("/vendors/", "/vendors/due/", f"/vendors/{vendor.pk}/")
    few = [statements(keeper, path, NOW) for path in paths]
    with the_time(CLOSED):
        for number in range(3):
            keep_contract(None, name=f"V{number}", rca_term_days=3, by=keeper, at=NOW, now=NOW)
            engaged(vendor)
    assert [statements(keeper, path, NOW) for path in paths] == few
    assert max(few) <= 12


def test_a_service_manager_from_outside_is_typed_in_and_stays_when_the_form_is_sent_again(
    keeper: Person,
) -> None:
    client = browser_of(keeper)
    said = {"name": "Cumulus", "service_manager": "Duty desk <Desk@cumulus.example>"}
    place = client.post("/vendors/new/", said)["Location"]
    desk = Vendor.objects.get().service_manager
    assert desk is not None
    assert (desk.full_name, desk.address) == ("Duty desk", "desk@cumulus.example")
    page = client.get(f"{place}contract/").content.decode()
    assert 'value="Duty desk &lt;desk@cumulus.example&gt;"' in page
    assert "contact:" not in page
    again = {**said, "service_manager": "Duty desk <desk@cumulus.example>", "version": "2"}
    assert client.post(f"{place}contract/", again).status_code == 302
    assert Vendor.objects.get().service_manager == desk
