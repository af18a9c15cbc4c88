"""The policy and the closing days over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from afteractions.operations.current_policy import current_policy
from tests.api.caller import ROOT, Caller, paths
from tests.factories.people import a_token, an_administrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(db: None) -> Caller:
    return Caller(an_administrator())


def put(caller: Caller, body: Any, tag: str | None = None) -> Any:
    client = Client(headers={"Authorization": f"Bearer {a_token(caller.person)}"})
    headers = {"If-Match": tag} if tag else {}
    return client.put(f"{ROOT}policy/", body, content_type="application/json", headers=headers)


def test_everybody_reads_the_policy_with_its_defaults(mim: Caller) -> None:
    answer = mim.get("policy/")
    said = answer.json()
    assert answer.headers["ETag"]
    assert (said["version"], said["stride"], said["remind_every"], said["holidays"]) == (0, 1, 0, "US")
    assert said["status_updates"] == {"critical": 30, "high": 60}
    assert said["kinds"]["hold"] == {
        "warnings": ["2 business days", "1 business day"],
        "managers": 3,
        "default_warnings": ["2 business days", "1 business day"],
        "default_managers": 3,
    }


def test_an_administrator_changes_it_with_the_tag_that_was_read(mim: Caller, administrator: Caller) -> None:
    body = {"kinds": {"schedule": {"warnings": ["18 h", "2 h"]}}, "reason": "Too late for the early shift"}
    assert put(administrator, body).status_code == 428
    tag = administrator.get("policy/").headers["ETag"]
    assert put(mim, body, tag).status_code == 403
    answer = put(administrator, body, tag)
    assert answer.status_code == 200, answer.content
    assert answer.json()["kinds"]["schedule"]["warnings"] == ["18 h", "2 h"]
    assert (answer.json()["version"], answer.json()["by"]) == (1, administrator.person.email)
    stale = put(administrator, body, tag)
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 1)


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"stride": 0}, "stride"),
        ({"kinds": {"hold": {"managers": 0}}}, "kinds.hold.managers"),
        ({"kinds": {"hold": {"warnings": ["soon"]}}}, "kinds.hold.warnings"),
        ({"kinds": {"tea": {}}}, "kinds.tea"),
        ({"kinds": []}, "kinds"),
        ({"cadence": 3}, "cadence"),
        ({"status_updates": {"critical": 0}}, "status_updates.critical"),
        ({"status_updates": {"critical": "often"}}, "status_updates.critical"),
        ({"status_updates": {"medium": 60}}, "status_updates.medium"),
        ({"status_updates": 30}, "status_updates"),
    ],
)
def test_what_is_no_policy_is_refused_by_its_field(
    administrator: Caller, body: dict[str, Any], path: str
) -> None:
    tag = administrator.get("policy/").headers["ETag"]
    answer = put(administrator, {**body, "reason": "Trying"}, tag)
    assert (answer.status_code, paths(answer)) == (400, [path])
    assert current_policy().number == 0


def test_a_closing_day_is_added_and_taken_back(mim: Caller, administrator: Caller) -> None:
    day = datetime.now(UTC).date() + timedelta(days=14)
    while not current_policy().calendar.is_business_day(day):
        day += timedelta(days=1)
    body = {"day": day.isoformat(), "name": "Founders’ day"}
    assert mim.post("policy/closing-days/", body).status_code == 403
    made = administrator.made("policy/closing-days/", body)
    assert [(each["day"], each["name"]) for each in made["closing_days"]] == [tuple(body.values())]
    assert made["is_applied"] is True
    assert paths(administrator.post("policy/closing-days/", body)) == ["day"]
    path = f"policy/closing-days/{day.isoformat()}/take-back/"
    assert mim.post(path, {}).status_code == 403
    assert administrator.made(path, {})["closing_days"] == []
    assert administrator.post(path, {}).status_code == 409
    assert administrator.post("policy/closing-days/soon/take-back/", {}).status_code == 404
