"""The numbers of insights through the API: what the pages show, for what the caller may see."""

import pytest

from tests.api.caller import Caller

pytestmark = pytest.mark.django_db


def test_the_numbers_of_the_pages_are_answered(mim: Caller) -> None:
    made = mim.made("incidents/", {"title": "Everything is down", "severity": "critical"})
    mim.made(f"incidents/{made['reference']}/close/")
    said = mim.get("insights/?months=3&severity=critical").json()
    assert [each["metric"] for each in said["times"]] == [
        "time_to_detect", "time_to_declare", "time_to_mitigate", "time_to_resolve",
    ]  # fmt: skip
    assert said["times"][0]["incidents"] == 1
    assert {"kind": "no_alert_time", "incidents": 1, "gaps": 1, "share": 100} in said["gaps"]
    assert len(said["repeats"]) == 3
    assert len(said["learnings"]) == 4
    assert mim.get("insights/?severity=high").json()["gaps"] == []


def test_what_is_restricted_is_in_no_number(mim: Caller, responder: Caller) -> None:
    made = mim.made("incidents/", {"title": "Quiet", "severity": "critical", "restricted": True})
    mim.made(f"incidents/{made['reference']}/close/")
    assert mim.get("insights/").json()["times"][0]["incidents"] == 1
    assert responder.get("insights/").json()["times"][0]["incidents"] == 0
    assert responder.get("insights/").json()["gaps"] == []


def test_an_unknown_filter_is_refused_by_its_name(mim: Caller) -> None:
    answer = mim.get("insights/?months=0")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] == "months"
