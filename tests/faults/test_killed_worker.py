"""Nothing is lost and nothing doubled, whatever is killed, emptied or run twice while deadlines fall due.

Real processes, real SIGKILL, real PostgreSQL, Valkey and SMTP.
"""

import json
import random
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.test import Client

from afteractions.models import Escalation, Obligation
from afteractions.operations.current_policy import current_policy
from afteractions.operations.enforcement.policy import change_policy
from afteractions.operations.enforcement.recalculation import computed_earlier
from majorops import clock
from majorops.notices.models import Heartbeat, Notice
from majorops.web.health.heartbeat import EVERY_SECONDS
from majorops.web.health.state import AWAY_AFTER
from tests.factories.incidents import a_closed_incident
from tests.factories.people import a_mim, an_administrator
from tests.faults.deadlines import (
    deadlines_at,
    deadlines_falling_due,
    lost_and_doubled,
    nudge,
    readings_falling_due,
    wait_until_all_is_sent,
)
from tests.faults.processes import Process, a_beat, a_worker
from tests.faults.scale import much
from tests.faults.seen import Seen
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)
DEADLINES = much(500, 3000)
KILLS = much(20, 200)
WHOLE_WORKER_KILLS = much(1, 20)
TOGETHER = much(timedelta(seconds=5), timedelta(minutes=10))
DRAIN_SECONDS = much(120, 600)


@pytest.fixture(scope="module")
def listener() -> Iterator[Sink]:
    with Sink().running() as keeper:
        yield keeper


@pytest.fixture
def sink(listener: Sink) -> Sink:
    listener.mails.clear()
    return listener


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("processes")


@pytest.fixture(scope="module")
def environment(process_environment: dict[str, str], listener: Sink) -> dict[str, str]:
    return {**process_environment, "EMAIL_URL": f"smtp://127.0.0.1:{listener.port}"}


@pytest.fixture(scope="module")
def worker(environment: dict[str, str], folder: Path) -> Iterator[Process]:
    made = a_worker(environment, folder).start()
    yield made
    made.kill()


def mails_wanted() -> set[str]:
    return set(Notice.objects.filter(channel="mail").values_list("message_id", flat=True))


def test_a_worker_killed_at_random_moments_loses_no_notice_and_doubles_no_row(
    worker: Process, sink: Sink, seen: Seen
) -> None:
    """kill -9 of the worker at random moments while deadlines fall due"""
    chance = random.Random()
    told = deadlines_falling_due(DEADLINES, within=timedelta(seconds=KILLS))
    whole = set(chance.sample(range(KILLS), WHOLE_WORKER_KILLS))
    for number in range(KILLS):
        moment = time.monotonic() + chance.uniform(0.2, 1.4)
        while time.monotonic() < moment:
            nudge()
            time.sleep(0.1)
        if number in whole:
            worker.kill()
            worker.start()
        else:
            worker.kill_one_of_the_pool(chance)
    wait_until_all_is_sent(DRAIN_SECONDS)

    lost, doubled = lost_and_doubled(DEADLINES, told)
    repeats = len(sink.ids) - len(set(sink.ids))
    seen.done = f"{KILLS} kills, {DEADLINES} deadlines, {repeats} repeats on the wire"
    seen.assert_nothing_lost(lost=lost + len(mails_wanted() - set(sink.ids)), doubled=doubled)
    assert set(sink.ids) == mails_wanted()
    assert repeats <= KILLS, "More repeats on the wire than kills"


def test_a_worker_killed_while_reminders_to_read_fall_due_reminds_each_reader_once(
    worker: Process, sink: Sink, seen: Seen
) -> None:
    """kill -9 of the worker while reminders to read fall due"""
    chance, count, kills = random.Random(), much(40, 1500), much(3, 100)
    readers = readings_falling_due(count, within=timedelta(seconds=kills * 0.6))
    for _ in range(kills):
        moment = time.monotonic() + chance.uniform(0.2, 1)
        while time.monotonic() < moment:
            nudge()
            time.sleep(0.1)
        worker.kill_one_of_the_pool(chance)
    wait_until_all_is_sent(DRAIN_SECONDS)

    lost, doubled = lost_and_doubled(1, readers)
    above = Escalation.objects.exclude(to__in=readers).count()
    repeats = len(sink.ids) - len(set(sink.ids))
    seen.done = f"{kills} kills, {count} readers, {repeats} repeats on the wire"
    seen.assert_nothing_lost(lost=lost + len(mails_wanted() - set(sink.ids)), doubled=doubled + above)
    assert repeats <= kills, "More repeats on the wire than kills"


def test_an_emptied_broker_loses_nothing(worker: Process, sink: Sink, seen: Seen) -> None:
    """The broker emptied again and again while deadlines are due"""
    count = much(100, 1000)
    told = deadlines_falling_due(count, within=timedelta(seconds=2))
    for _ in range(5):
        nudge()
        time.sleep(0.3)
        with redis.from_url(settings.REDIS_URL) as broker:
            broker.flushall()
    took = wait_until_all_is_sent(DRAIN_SECONDS)
    lost, doubled = lost_and_doubled(count, told)
    seen.done = f"emptied 5 times, {count} due, all sent {took:.0f} s later"
    assert clock.now() - Heartbeat.objects.get(name="worker").beat_at < timedelta(seconds=EVERY_SECONDS + 2)
    seen.assert_nothing_lost(
        lost=lost + len(mails_wanted() - set(sink.ids)), doubled=doubled + len(sink.ids) - len(set(sink.ids))
    )


def test_two_beats_and_two_workers_say_each_thing_once(
    worker: Process, environment: dict[str, str], folder: Path, sink: Sink, seen: Seen
) -> None:
    """Two beats and two workers side by side"""
    count = much(60, 2400)
    told = deadlines_falling_due(count, within=TOGETHER)
    with ExitStack() as stack:
        for process in (
            a_worker(environment, folder, "second"),
            a_beat(environment, folder, "one"),
            a_beat(environment, folder, "two"),
        ):
            stack.callback(process.kill)
            process.start()
        time.sleep(TOGETHER.total_seconds())
        wait_until_all_is_sent(DRAIN_SECONDS, nudging=False)
    lost, doubled = lost_and_doubled(count, told)
    seen.done = f"{TOGETHER.total_seconds():.0f} s, {count} deadlines"
    seen.assert_nothing_lost(
        lost=lost + len(mails_wanted() - set(sink.ids)), doubled=doubled + len(sink.ids) - len(set(sink.ids))
    )


def test_after_three_days_off_each_thing_fires_once_and_is_marked_late(
    worker: Process, sink: Sink, seen: Seen
) -> None:
    """Everything off for three days"""
    count, now = much(100, 1000), clock.now()
    told = deadlines_at([now - timedelta(days=3) * (number + 1) / count for number in range(count)])
    # What fell due in the last minutes is late by minutes, and not yet by enforcement's measure.
    fresh = [now - timedelta(minutes=6), now]
    wait_until_all_is_sent(DRAIN_SECONDS)
    # Told at the due instant itself; a higher rung, business days later, may be climbed just in time.
    at_once = Escalation.objects.filter(step__in=["breach", "escalation:1"])
    unmarked = at_once.filter(late=False).exclude(due_at__range=fresh).count()
    breaches = Escalation.objects.filter(step="breach").count()
    higher = Escalation.objects.filter(step__startswith="escalation").exclude(to__in=told).count()
    seen.done = f"{count} deadlines of three days, {higher} of them climbed higher"
    mails = len(sink.ids) - len(set(sink.ids))
    lost = max(0, count - breaches) + len(mails_wanted() - set(sink.ids)) + unmarked
    seen.assert_nothing_lost(lost=lost, doubled=max(0, breaches - count) + mails)


def test_a_worker_killed_while_a_new_policy_is_applied_leaves_no_deadline_under_the_old_one(
    worker: Process, seen: Seen
) -> None:
    """kill -9 of the worker while a change of the policy is applied to what is open"""
    chance, count, changes = random.Random(), much(40, 600), much(3, 40)
    mim, administrator, now = a_mim(), an_administrator(), clock.now()
    for _ in range(count):
        a_closed_incident(mim, "critical", now - timedelta(hours=2), now=now)
    rows = Obligation.objects.count()
    for number in range(changes):
        said = {"kinds": {"schedule": {"warnings": [f"{20 - number % 2} h"]}}}
        change_policy(said, reason="A drill", by=administrator, now=clock.now())
        nudge()
        time.sleep(chance.uniform(0.02, 0.5))
        worker.kill_one_of_the_pool(chance)
    deadline = time.monotonic() + DRAIN_SECONDS
    while computed_earlier().exists() and time.monotonic() < deadline:
        nudge()
        time.sleep(0.5)
    # Asked without the query that the sweep itself goes by: what was set aside counts as lost too.
    under_another = Obligation.objects.filter(state="open").exclude(computed_under=current_policy().number)
    seen.done = f"{changes} changes with a kill each, {count} incidents, {rows} deadlines open"
    seen.assert_nothing_lost(lost=under_another.count(), doubled=Obligation.objects.count() - rows)


def test_a_killed_worker_shows_in_health_and_metrics(worker: Process) -> None:
    """kill -9 of the worker, and nothing in its place"""
    worker.kill()
    lines = [json.loads(line) for line in worker.log.read_text().splitlines() if line.startswith("{")]
    assert {line["task"] for line in lines if line.get("task_id")} >= {"afteractions.tasks.sweep"}
    # As if it had been a while ago; one that lived would say so again before we look.
    Heartbeat.keep("worker", now=clock.now() - AWAY_AFTER, note="")
    time.sleep(EVERY_SECONDS + 0.5)
    said = Client().get("/healthz").json()
    assert said["status"] == "degraded"
    assert "worker" in said["away"]
    age = said["processes"]["worker"]
    assert AWAY_AFTER.total_seconds() + EVERY_SECONDS < age < 60
    metrics = Client().get("/metrics").text
    shown = re.search(r'majorops_process_age_seconds\{process="worker"\} (\S+)', metrics)
    assert shown is not None
    assert float(shown[1]) >= age - 0.1
