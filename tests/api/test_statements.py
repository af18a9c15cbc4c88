"""How many statements a call takes: few, and the same at 5 rows and at 50."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.models import TimelineEvent
from tests.api.caller import Caller

pytestmark = pytest.mark.django_db


def statements(caller: Caller, path: str) -> int:
    caller.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert caller.get(path).status_code == 200
    return len(captured)


def test_a_detail_takes_the_same_few_statements_at_5_and_50_events(mim: Caller, reference: str) -> None:
    def log(number: int) -> None:
        for n in range(number):
            at = (timezone.now() - timedelta(seconds=n)).isoformat()
            body = {"kind": "action", "text": f"Step {n}", "at": at, "by": mim.person.email}
            mim.made(f"incidents/{reference}/events/", body)

    path = f"incidents/{reference}/"
    log(5)
    at_5 = statements(mim, path)
    log(45)
    assert TimelineEvent.objects.count() == 50
    assert statements(mim, path) == at_5 <= 16


def test_a_list_takes_the_same_few_statements_at_5_and_50_rows(mim: Caller) -> None:
    def declare(number: int) -> None:
        for n in range(number):
            made = mim.made("incidents/", {"title": f"Number {n}", "severity": "critical"})
            if n % 2:
                mim.made(f"incidents/{made['reference']}/close/")

    declare(5)
    at_5 = statements(mim, "incidents/")
    declare(45)
    assert len(mim.get("incidents/").json()["results"]) == 50
    assert statements(mim, "incidents/") == at_5 <= 12


def test_an_export_takes_the_same_few_statements_at_5_and_50_events(mim: Caller, reference: str) -> None:
    path = f"incidents/{reference}/"
    counts = []
    for number in (5, 45):
        for n in range(number):
            mim.made(f"{path}events/", {"kind": "action", "text": f"Step {n}"})
        counts.append(statements(mim, f"{path}export/"))
    assert counts[0] == counts[1] <= 24
