"""Contracts of vendors by the API, and the RCA that is attached by a call."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from afteractions.models import VendorFollowUp
from afteractions.operations.followup.vendors import add_item
from majorops import clock
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.api.caller import Caller
from tests.factories.people import a_person
from tests.operations.followup.test_contracts import a_contract, engaged
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def keeper() -> Person:
    return a_person("Vito Arden", groups=[GroupName.SERVICE_MANAGER])


def test_what_only_a_restricted_incident_names_is_told_by_no_answer_and_no_list(
    mim: Caller, administrator: Caller, keeper: Person
) -> None:
    hidden = {"title": "Breach", "severity": "low", "restricted": True, "services": ["Vault of keys"]}
    reference = mim.made("incidents/", hidden)["reference"]
    mim.made(f"incidents/{reference}/vendors/", {"name": "Nimbus"})
    administrator.person.save()
    staff = browser_of(administrator.person)
    for listed, name in (("service", "Vault of keys"), ("vendor", "Nimbus")):
        page = staff.get(f"/django-admin/incidents/{listed}/")
        assert (page.status_code, name in page.content.decode()) == (200, False)
    named, new = (Caller(keeper).post("contracts/", {"name": name}) for name in ("Nimbus", "Stratus"))
    told = [{**answer.json(), "id": 0, "name": ""} for answer in (named, new)]
    assert (named.status_code, told[0]) == (new.status_code, told[1])
    assert (
        "Nimbus" in browser_of(administrator.person).get("/django-admin/incidents/vendor/").content.decode()
    )


def test_a_contract_is_taken_in_read_and_changed(mim: Caller, keeper: Person) -> None:
    caller = Caller(keeper)
    assert mim.post("contracts/", {"name": "Cumulus"}).status_code == 403
    said = {"name": "Cumulus", "rca_term_days": 10, "service_manager": keeper.email}
    made = caller.made("contracts/", said)
    assert (made["rca_term_days"], made["lacking"]) == (10, ["no response SLA", "no escalation contact"])
    path = f"contracts/{made['id']}/"
    read = mim.get(path)
    assert (read.json()["service_manager"], read.status_code) == (keeper.email, 200)
    changed = caller.client.put(
        f"/api/v1/{path}", {**said, "rca_term_days": 5}, content_type="application/json"
    )
    assert changed.json()["rca_term_days"] == 5
    stale = caller.client.put(
        f"/api/v1/{path}", said, content_type="application/json", headers={"If-Match": read["ETag"]}
    )
    assert stale.status_code == 412
    assert [one["name"] for one in mim.get("contracts/?search=cum").json()["results"]] == ["Cumulus"]
    assert mim.get("contracts/999999/").status_code == 404


def attach(caller: Caller, follow_up: VendorFollowUp, content: bytes, **headers: str) -> object:
    file = SimpleUploadedFile("rca.pdf", content, content_type="application/pdf")
    return caller.client.post(f"/api/v1/vendors/{follow_up.pk}/rca/", {"file": file}, headers=headers)


def test_an_rca_is_attached_by_a_call_as_by_the_page(mim: Caller, keeper: Person) -> None:
    follow_up, caller = engaged(a_contract(keeper)), Caller(keeper)
    assert attach(mim, follow_up, PDF).status_code == 403
    assert attach(caller, follow_up, b"MZ program").status_code == 400
    assert attach(caller, follow_up, PDF + b" " * 25 * 1024 * 1024).status_code == 413
    first = attach(caller, follow_up, PDF, **{"Idempotency-Key": "once"})
    assert (first.status_code, first.json()["rca_name"]) == (201, "rca.pdf")
    assert len(first.json()["rca_sha256"]) == 64
    assert attach(caller, follow_up, PDF, **{"Idempotency-Key": "once"}).json() == first.json()
    assert attach(caller, follow_up, PDF).status_code == 409


def test_an_open_item_is_closed_by_a_call(keeper: Person) -> None:
    follow_up, caller, now = engaged(a_contract(keeper)), Caller(keeper), clock.now()
    item = add_item(follow_up, text="Logs", due_on=date(2099, 1, 5), by=keeper, at=now, now=now)
    path = f"vendors/{follow_up.pk}/items/{item.pk}/close/"
    assert caller.post(path, {}).status_code == 400
    assert caller.made(path, {"outcome": "They came by mail"})["items"][0]["outcome"] == "They came by mail"
    assert caller.post(f"vendors/{follow_up.pk}/items/999999/close/", {"outcome": "x"}).status_code == 404
