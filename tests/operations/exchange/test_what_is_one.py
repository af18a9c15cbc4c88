"""What an import takes for one thing, what it refuses, and that single entries do the same."""

import importlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from incidents.exchange.importing import import_document
from incidents.models import Incident, IncidentService, MtmAttendance, Service, Vendor
from incidents.operations.names import service_named, vendor_named
from incidents.operations.response.vendors import engage
from majorops.errors import BadInput
from tests.api.caller import Caller
from tests.factories.incidents import an_incident
from tests.factories.people import a_person, an_administrator

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AT = "2026-11-20T10:00:00Z"
AHEAD = (NOW + timedelta(minutes=6)).isoformat()
LEAST = {"format": "majorops.incident/1", "external_id": "one", "title": "Payments down", "severity": "high"}
KIM = [{"key": "kim", "name": "Kim"}]


def taken(**said: Any) -> Incident:
    return import_document({**LEAST, **said}, history=True, by=None, now=NOW).incident


def refused_at(**said: Any) -> list[str]:
    with pytest.raises(BadInput) as refused:
        taken(**said)
    assert not Incident.objects.exists()
    return [problem.path for problem in refused.value.problems]


def test_two_keys_of_one_account_attend_a_meeting_once() -> None:
    account = a_person("Kim Ito", email="kim@example.org")
    people = [
        {"key": "kim", "name": "Kim", "email": "kim@example.org"},
        {"key": "kim (phone)", "name": "Kim", "email": "Kim@Example.org"},
    ]
    incident = taken(people=people, mtms=[{"number": 1, "attendees": ["kim", "kim (phone)"]}])
    attended = MtmAttendance.objects.filter(mtm__incident=incident)
    assert [one.person for one in attended] == [account]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("timeline[0].at", {"timeline": [{"at": AHEAD, "kind": "action", "text": "x"}]}),
        (
            "timeline[0].logged_at",
            {"timeline": [{"at": AT, "logged_at": AHEAD, "kind": "action", "text": "x"}]},
        ),
        ("phases[0].entered_at", {"phases": [{"phase": "declared", "entered_at": AHEAD}]}),
        ("command[0].from", {"people": KIM, "command": [{"role": "mim", "person": "kim", "from": AHEAD}]}),
        ("command[0].until", {"people": KIM, "command": [{"role": "mim", "person": "kim", "until": AHEAD}]}),
        ("tracks[0].opened_at", {"tracks": [{"name": "x", "opened_at": AHEAD}]}),
        ("tracks[0].lead_assigned_at", {"tracks": [{"name": "x", "lead_assigned_at": AHEAD}]}),
        ("tracks[0].closed_at", {"tracks": [{"name": "x", "closed_at": AHEAD}]}),
        ("stakeholder_communications[0].at", {"stakeholder_communications": [{"at": AHEAD, "text": "x"}]}),
        ("status_updates[0].at", {"status_updates": [{"at": AHEAD, "audience": "public", "text": "x"}]}),
        ("vendors[0].engaged_at", {"vendors": [{"name": "x", "engaged_at": AHEAD}]}),
        ("vendors[0].responded_at", {"vendors": [{"name": "x", "responded_at": AHEAD}]}),
        ("mtms[0].started_at", {"mtms": [{"number": 1, "started_at": AHEAD}]}),
        ("mtms[0].ended_at", {"mtms": [{"number": 1, "ended_at": AHEAD}]}),
        ("milestones.closed", {"milestones": {"closed": AHEAD}}),
    ],
)
def test_what_lies_in_the_future_has_not_happened(path: str, said: dict[str, Any]) -> None:
    assert refused_at(**said) == [path]


def test_what_is_planned_may_lie_in_the_future() -> None:
    actions = [{"title": "Call them", "due_on": "2027-02-01"}]
    taken(mtms=[{"number": 1, "started_at": AT, "next_at": AHEAD, "actions": actions}])


def test_services_and_vendors_that_differ_by_case_or_blanks_are_one() -> None:
    owner = {"people": KIM}
    first = taken(services=[{"name": "Card payments"}], vendors=[{"name": "Northwind Networks"}])
    second = taken(
        external_id="two",
        **owner,
        services=[{"name": "card  payments "}, {"name": "CARD PAYMENTS", "owner": "kim"}],
        vendors=[{"name": " NORTHWIND networks"}, {"name": "Northwind  Networks"}],
    )
    mim = an_administrator()
    third = an_incident(mim, services=["CARD payments", "card\tpayments"], opened_at=NOW)
    engage(third, vendor="northwind  networks", by=mim, at=NOW, now=NOW)
    assert [service.name for service in Service.objects.all()] == ["Card payments"]
    assert [vendor.name for vendor in Vendor.objects.all()] == ["Northwind Networks"]
    affected = IncidentService.objects.filter(incident__in=[first, second, third]).order_by("incident_id")
    assert [str(one.owner or "") for one in affected] == ["", "Kim", ""]


def test_a_service_without_a_name_is_not_captured_and_one_with_an_owner_is_refused() -> None:
    assert refused_at(people=KIM, services=[{"name": " ", "owner": "kim"}]) == ["services[0].name"]
    incident = taken(services=[{"name": ""}])
    assert not incident.affected_services.exists()
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "one,two@example.org",
        "one;two@example.org",
        "Kim <kim@example.org>",
        "kim@example",
        "kim@-example.org",
        "kim@example..org",
        ".kim@example.org",
        "kim.@example.org",
        "kim@10.0.0.1",
        "kim@example.org\u202e",
        "k" * 65 + "@example.org",
        "(kim)@example.org",
        "kim@exam_ple.org",
    ],
)
def test_an_address_that_no_mail_reaches_is_refused(address: str) -> None:
    assert refused_at(people=[{"key": "kim", "name": "Kim", "email": address}]) == ["people[0].email"]


@pytest.mark.parametrize(
    "address",
    [
        "o'neil+aar@example.org",
        "kim.ito@mail.example.co.uk",
        "a@b.io",
        "kim@b\u00fccher.example",
        "K_1@EXAMPLE.ORG",
    ],
)
def test_an_address_that_mail_reaches_is_taken(address: str) -> None:
    incident = taken(people=[{"key": "kim", "name": "Kim", "email": address}])
    assert incident.pk


def test_a_call_of_the_api_refuses_each_of_them_with_its_path() -> None:
    caller = Caller(an_administrator())
    body = {**LEAST, "people": [{"key": "kim", "name": "Kim", "email": "one,two@example.org"}]}
    answer = caller.post("incidents/import/?history=true", body)
    assert answer.status_code == 400
    assert [problem["path"] for problem in answer.json()["errors"]] == ["people[0].email"]


def test_doubles_of_before_stay_with_their_records_and_the_first_is_found_by_its_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    migration = importlib.import_module("incidents.migrations.0025_doubles_are_named")
    with connection.cursor() as cursor:
        for table in ("incidents_service", "incidents_vendor"):
            # A database that is older than the rule: without its index.
            cursor.execute(f"CREATE TEMP TABLE {table} (LIKE {table} INCLUDING DEFAULTS INCLUDING IDENTITY)")
    for model in (Service, Vendor):
        for name in ("Card payments", "Search", "CARD  payments", " card Payments"):
            model.objects.create(name=name)
    migration.name_doubles(apps, None)
    for model, named in ((Service, service_named), (Vendor, vendor_named)):
        doubles = list(model.objects.filter(is_double=True).order_by("pk").values_list("name", flat=True))
        assert doubles == ["CARD  payments", " card Payments"]
        assert named("card payments").name == "Card payments"
        assert f"rows of {model.__name__}" in caplog.text
    assert "“CARD  payments” beside “Card payments”" in caplog.text
