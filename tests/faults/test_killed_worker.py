"""Nothing is lost and nothing doubled, whatever is killed while deadlines fall due.

Real processes, real SIGKILL, real PostgreSQL, Valkey and SMTP.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
from django.conf import settings

from afteractions.models import Escalation, Obligation
from majorops import clock
from majorops.celery import app as beat
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.incidents import a_closed_incident
from tests.factories.people import a_mim, a_person
from tests.faults.worker import Worker
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)
DEADLINES = 500
KILLS = 20
WHOLE_WORKER_KILLS = 2
FALLING_DUE = timedelta(seconds=20)
DRAIN_SECONDS = 90


@pytest.fixture(scope="module")
def listener() -> Iterator[Sink]:
    with Sink().running() as keeper:
        yield keeper


@pytest.fixture
def sink(listener: Sink) -> Sink:
    listener.mails.clear()
    return listener


@pytest.fixture(scope="module")
def worker(
    process_environment: dict[str, str], listener: Sink, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    environment = {**process_environment, "EMAIL_URL": f"smtp://127.0.0.1:{listener.port}"}
    made = Worker(environment, tmp_path_factory.mktemp("worker") / "worker.log")
    made.start()
    yield made
    made.kill()


def deadlines_falling_due(count: int, *, within: timedelta) -> list[Person]:
    """`count` open obligations of one MIM, due at even distances from now on. The MIM and the manager above."""
    boss = a_person("Greta Holm")
    mim = a_mim(manager=boss)
    now = clock.now()
    incident = a_closed_incident(mim, severity="low", opened_at=now - timedelta(hours=3), now=now)
    instants = [now + within * number / count for number in range(count)]
    Obligation.objects.bulk_create(
        Obligation(
            kind="status_note",
            incident=incident,
            subject_key=f"transition:{number}",
            due_at=due_at,
            responsible=mim,
            created_at=now - timedelta(hours=3),
            next_step="breach",
            next_step_at=due_at,
        )
        for number, due_at in enumerate(instants)
    )
    return [mim, boss]


def nudge() -> None:
    """What beat does."""
    for entry in ("sweep", "deliver"):
        beat.send_task(settings.CELERY_BEAT_SCHEDULE[entry]["task"], expires=30)


def is_all_said_and_sent() -> bool:
    now = clock.now()
    due = Obligation.objects.filter(state="open", next_step="breach").exists()
    return not due and not Notice.objects.waiting(now + timedelta(hours=2)).exists()


def wait_until_all_is_sent() -> None:
    deadline = time.monotonic() + DRAIN_SECONDS
    while not is_all_said_and_sent():
        assert time.monotonic() < deadline, f"{Notice.objects.waiting(clock.now()).count()} still wait"
        nudge()
        time.sleep(1)


def test_a_worker_killed_twenty_times_loses_no_notice_and_doubles_no_row(worker: Worker, sink: Sink) -> None:
    chance = random.Random()
    mim, boss = deadlines_falling_due(DEADLINES, within=FALLING_DUE)
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
    wait_until_all_is_sent()

    said = Counter(Escalation.objects.values_list("obligation", "step", "to"))
    assert len(said) == sum(said.values()) == 2 * DEADLINES
    assert Counter(to for _, _, to in said) == {mim.pk: DEADLINES, boss.pk: DEADLINES}
    rows = Counter(Notice.objects.values_list("about_id", "step", "recipient", "channel"))
    assert len(rows) == sum(rows.values()) == 4 * DEADLINES
    wanted = set(Notice.objects.filter(channel="mail").values_list("message_id", flat=True))
    assert set(sink.ids) == wanted
    assert len(sink.ids) - len(wanted) <= KILLS, "More repeats on the wire than kills"


def test_an_emptied_broker_loses_nothing(worker: Worker, sink: Sink) -> None:
    deadlines_falling_due(100, within=timedelta(seconds=2))
    for _ in range(5):
        nudge()
        time.sleep(0.3)
        empty_the_broker()
    wait_until_all_is_sent()
    assert len(set(sink.ids)) == len(sink.ids) == 200


def empty_the_broker() -> None:
    with redis.from_url(settings.REDIS_URL) as broker:
        broker.flushall()
