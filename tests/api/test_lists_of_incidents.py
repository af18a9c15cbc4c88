"""The list of incidents by the API: filters, refusals and pages."""

from typing import Any

import pytest

from tests.api.caller import Caller, paths
from tests.api.way import ago

pytestmark = pytest.mark.django_db


def test_incidents_are_listed_by_severity_status_service_and_words(mim: Caller) -> None:
    first = mim.made("incidents/", {"title": "Invoices late", "severity": "low", "services": ["Billing"]})
    second = mim.made("incidents/", {"title": "Login refuses everybody", "severity": "critical"})
    mim.made(f"incidents/{second['reference']}/close/", {})

    def found(**query: Any) -> list[str]:
        return [incident["reference"] for incident in mim.get("incidents/", **query).json()["results"]]

    assert found() == [second["reference"], first["reference"]]
    assert found(severity="low") == [first["reference"]]
    assert found(status="closed") == [second["reference"]]
    assert found(status="open") == [first["reference"]]
    assert found(service="billing") == [first["reference"]]
    assert found(service="nothing of that name") == []
    assert found(search="invoice") == [first["reference"]]
    assert found(search=second["reference"].lower()) == [second["reference"]]
    assert found(severity="low", status="closed") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("severity", "P1"),
        ("status", "running"),
        ("page_size", "0"),
        ("page_size", "many"),
        ("cursor", "x"),
        ("cursor", "bnVsbA"),
    ],
)
def test_a_filter_that_means_nothing_is_refused_by_name(mim: Caller, name: str, value: str) -> None:
    answer = mim.get("incidents/", **{name: value})
    assert answer.status_code == 400
    assert paths(answer) == [name]


def test_a_list_is_paged_both_ways_without_losing_or_repeating_a_row(mim: Caller) -> None:
    opened = ago(minutes=5)
    made = [
        mim.made("incidents/", {"title": f"Number {n}", "severity": "low", "milestones": {"opened": opened}})[
            "reference"
        ]
        for n in range(7)
    ]
    pages = [mim.get("incidents/", page_size=3).json()]
    assert pages[0]["previous"] is None
    while pages[-1]["next"]:
        pages.append(mim.client.get(pages[-1]["next"]).json())
    seen = [[row["reference"] for row in page["results"]] for page in pages]
    assert [len(page) for page in seen] == [3, 3, 1]
    assert [one for page in seen for one in page] == made[::-1]
    back = mim.client.get(pages[2]["previous"]).json()
    assert [row["reference"] for row in back["results"]] == seen[1]
    assert [row["reference"] for row in mim.client.get(back["previous"]).json()["results"]] == seen[0]
    assert [row["reference"] for row in mim.client.get(back["next"]).json()["results"]] == seen[2]
