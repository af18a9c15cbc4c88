"""Whether the product is well, for machines and for administrators."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from afteractions.operations.enforcement import sweep
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.audit.sealing import seal_new_entries
from majorops.notices.models import Heartbeat
from majorops.notices.outbox import NoticeWords, tell
from tests.factories.incidents import a_closed_incident
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db


GAUGES = {
    "majorops_notices_waiting",
    "majorops_notices_set_aside",
    "majorops_pdfs_waiting",
    "majorops_audit_unsealed",
    "majorops_obligations_open",
    "majorops_obligations_overdue",
}


def metrics() -> dict[str, float]:
    lines = Client().get("/metrics").content.decode().splitlines()
    return {
        name: float(value) for name, value in (line.split() for line in lines if not line.startswith("#"))
    }


def health() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/healthz")
    return answer.status_code, answer.json()


def all_live(*, ago: timedelta = timedelta(), but: str = "") -> None:
    for name in {"web", "worker", "beat", "keeper", "sweep"} - {but}:
        Heartbeat.keep(name, now=clock.now() - ago, note="")


def test_health_says_of_each_process_when_it_last_lived() -> None:
    all_live(ago=timedelta(seconds=20))
    status, said = health()
    assert (status, said["status"], said["database"], said["broker"]) == (200, "ok", True, True)
    assert set(said["processes"]) == {"web", "worker", "beat", "keeper"}
    assert all(20 <= age < 25 for age in [*said["processes"].values(), said["last_sweep_age"]])
    assert (said["sweeping"], said["away"], said["application_role"]) == (True, [], True)
    assert 20 <= metrics()['majorops_process_age_seconds{process="worker"}'] < 25


@pytest.mark.parametrize(
    ("process", "status"), [("worker", "degraded"), ("beat", "degraded"), ("keeper", "ok")]
)
def test_a_process_that_never_lived_degrades_and_the_keeper_may_be_left_out(
    process: str, status: str
) -> None:
    all_live(but=process)
    code, said = health()
    assert (code, said["status"], said["processes"][process]) == (200, status, None)


def test_a_process_that_lives_no_more_and_a_broker_that_is_away_degrade_and_do_not_end_the_service() -> None:
    all_live()
    Heartbeat.keep("keeper", now=clock.now() - timedelta(seconds=31), note="")
    assert health()[1]["away"] == ["keeper"]
    all_live()
    with override_settings(REDIS_URL="redis://127.0.0.1:1/0"):
        code, said = health()
    assert (code, said["status"], said["broker"]) == (200, "degraded", False)


def test_health_is_down_once_nothing_swept_for_five_minutes_of_running() -> None:
    all_live()
    sweep.sweep(now=clock.now() - timedelta(minutes=6))
    # It was only just started: whoever sweeps is yet to come.
    with time_machine.travel(clock.STARTED_AT + timedelta(minutes=4), tick=False):
        all_live(but="sweep")
        assert health()[0] == 200
    with time_machine.travel(clock.STARTED_AT + timedelta(minutes=6), tick=False):
        all_live(but="sweep")
        code, said = health()
        assert (code, said["status"], said["sweeping"], said["away"]) == (503, "down", False, [])
        sweep.sweep(now=clock.now() - timedelta(seconds=40))
        assert health()[1]["status"] == "ok"


def test_the_metrics_are_those_of_the_contract_and_name_no_incident() -> None:
    incident = a_closed_incident(a_mim(), "critical", clock.now() - timedelta(days=9))
    client = Client()
    assert client.get(incident.get_absolute_url()).status_code == 302
    client.generic("PROPFIND", "/nowhere/")
    found = metrics()
    assert found.keys() >= GAUGES
    assert found["majorops_obligations_open"] >= found["majorops_obligations_overdue"] > 0
    assert found["majorops_audit_unsealed"] == AuditEntry.objects.count() > 0
    assert found['majorops_http_requests_total{method="GET",status="302",view="incidents:detail"}'] > 0
    assert found['majorops_http_requests_total{method="other",status="404",view="none"}'] > 0
    assert found['majorops_http_request_duration_seconds_count{view="incidents:detail"}'] > 0
    assert not [name for name in found if incident.reference in name]
    seal_new_entries(at=clock.now())
    assert metrics()["majorops_audit_unsealed"] == 0


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
    found = metrics()
    assert 3600 <= found["majorops_oldest_waiting_notice_age_seconds"] < 3660
    assert found["majorops_notices_waiting"] > 0


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
