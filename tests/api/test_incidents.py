"""The calls of the API on incidents, each as its contract says."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.api.caller import Caller, paths
from tests.factories.people import a_mim

pytestmark = pytest.mark.django_db


def ago(minutes: float) -> str:
    return (timezone.now() - timedelta(minutes=minutes)).isoformat()


def z(instant: str) -> str:
    return instant.replace("+00:00", "Z")


def test_a_declared_incident_is_commanded_by_the_caller(mim: Caller) -> None:
    answer = mim.post(
        "incidents/",
        {
            "title": "Payments fail",
            "severity": "critical",
            "time_zone": "Europe/Berlin",
            "services": ["Payments", {"name": "Ledger", "owner": None}],
            "impact": {"external": True, "customers_affected": 120},
            "milestones": {"alert_fired": (fired := ago(30)), "opened": (opened := ago(20))},
            "restricted": True,
        },
    )
    assert answer.status_code == 201
    incident = answer.json()
    assert incident["mim"] == mim.person.email
    assert incident["status"] == "open"
    assert incident["severity"] == incident["highest_severity"] == "critical"
    assert incident["time_zone"] == "Europe/Berlin"
    assert incident["restricted"] is True
    assert incident["history"] is False
    assert incident["external_id"] is None
    assert incident["milestones"]["alert_fired"] == z(fired)
    assert incident["milestones"]["opened"] == z(opened)
    assert incident["milestones"]["closed"] is None
    assert [service["name"] for service in incident["services"]] == ["Payments", "Ledger"]
    assert incident["impact"]["customers_affected"] == 120
    assert incident["requirement"]["level"] == "mandatory"
    assert incident["requirement"]["rule"] == 2
    assert incident["requirement"]["decided_at"] is None
    assert answer["Location"].endswith(f"/api/v1/incidents/{incident['reference']}/")
    assert answer["ETag"].startswith('"')


def test_another_mim_may_be_named_or_none(mim: Caller) -> None:
    other = a_mim("Noor Haddad")
    body: dict[str, Any] = {"title": "Search is slow", "severity": "medium"}
    assert mim.made("incidents/", {**body, "mim": other.email})["mim"] == other.email
    assert mim.made("incidents/", {**body, "mim": None})["mim"] is None
    nobody = mim.post("incidents/", {**body, "mim": "nobody@majorops.example"})
    assert nobody.status_code == 400
    assert paths(nobody) == ["mim"]


def test_the_detail_has_every_key_of_the_contract(mim: Caller, reference: str) -> None:
    answer = mim.get(f"incidents/{reference}/")
    assert answer.status_code == 200
    incident = answer.json()
    assert {
        "reference",
        "external_id",
        "title",
        "severity",
        "highest_severity",
        "status",
        "time_zone",
        "restricted",
        "milestones",
        "metrics",
        "requirement",
        "gaps",
        "after_action",
        "history",
    } <= set(incident)
    assert list(incident["milestones"]) == [
        "impact_started",
        "alert_fired",
        "confirmed",
        "opened",
        "mitigated",
        "recovered",
        "closed",
    ]
    assert set(incident["metrics"]) == {
        "time_to_detect",
        "time_to_declare",
        "time_to_mitigate",
        "time_to_resolve",
        "duration",
    }
    assert set(incident["requirement"]) == {"level", "rule", "reason", "decided_at"}
    assert incident["gaps"]
    assert all({"kind", "text", "section"} <= set(gap) for gap in incident["gaps"])
    assert incident["after_action"] is None
