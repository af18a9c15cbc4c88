"""Whether the product is well, for machines and for administrators."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afteractions.operations.enforcement import sweep
from majorops import clock
from majorops.notices.models import Heartbeat
from majorops.notices.outbox import NoticeWords, tell
from tests.factories.people import a_person, an_administrator

pytestmark = pytest.mark.django_db


def metrics() -> dict[str, float]:
    lines = Client().get("/metrics").content.decode().splitlines()
    return {
        name: float(value) for name, value in (line.split() for line in lines if not line.startswith("#"))
    }


def test_the_age_of_the_last_sweep_is_a_metric_and_part_of_the_health() -> None:
    assert "majorops_sweep_age_seconds" not in metrics()
    assert Client().get("/healthz").json()["sweeping"] is False
    sweep.sweep(now=clock.now() - timedelta(seconds=40))
    assert 40 <= metrics()["majorops_sweep_age_seconds"] < 60
    assert Client().get("/healthz").json()["sweeping"] is True


def test_the_longest_waiting_notice_is_a_metric() -> None:
    assert metrics()["majorops_oldest_waiting_notice_age_seconds"] == 0
    person = a_person()
    tell(
        [person],
        about=person,
        step="one",
        words=NoticeWords("Wanted", "Now."),
        url="/",
        now=clock.now() - timedelta(hours=1),
    )
    assert 3600 <= metrics()["majorops_oldest_waiting_notice_age_seconds"] < 3660


def test_nobody_is_looked_up_for_a_machine_that_asks_how_it_does(client: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/healthz").status_code == 200
    assert not [each for each in asked if "people_person" in each["sql"] or "session" in each["sql"]]


@pytest.mark.parametrize(("age", "shown"), [(timedelta(seconds=60), False), (timedelta(minutes=3), True)])
def test_administrators_see_on_every_page_that_sweeping_stalled(age: timedelta, shown: bool) -> None:
    administrator = an_administrator()
    said = "No deadline was checked since"
    pages: dict[str, Any] = {}
    for person in (administrator, a_person()):
        client = Client()
        client.force_login(person)
        Heartbeat.objects.update_or_create(name="sweep", defaults={"beat_at": clock.now() - age})
        pages[person.full_name] = said in client.get("/inbox/").content.decode()
    assert list(pages.values()) == [shown, False]
