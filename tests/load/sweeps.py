"""The sweep among a thousand and among a million deadlines, with much due, and by two workers at once: the lines that
script/bench prints."""

import os
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import django
import psycopg

from tests.services import services

FEW, MANY = 1_000, 1_000_000
DUE = 10_000
ROUNDS = 30

# Deadlines of one incident; `next_step_at` as far from now as said.
OBLIGATIONS = """
    INSERT INTO afteractions_obligation (kind, incident_id, subject_key, subject_label, due_at, responsible_id,
        responsible_group, state, created_at, ended_reason, next_step, next_step_at, computed_under, failures,
        last_error)
    SELECT 'status_note', %(incident)s, %(name)s || n, '', now() + %(ahead)s, %(mim)s, '', 'open',
        now() - interval '3 hours', '', 'breach', now() + %(ahead)s, 0, 0, ''
    FROM generate_series(1, %(count)s) n
"""


def add(owner: psycopg.Connection, incident: int, mim: int, name: str, count: int, ahead: timedelta) -> None:
    said = {"incident": incident, "mim": mim, "name": name, "count": count, "ahead": ahead}
    owner.execute(OBLIGATIONS, said)
    owner.commit()
    with psycopg.connect(owner.info.dsn, autocommit=True) as alone:
        alone.execute("VACUUM ANALYZE afteractions_obligation")


def median_of_a_sweep() -> float:
    """Milliseconds of a sweep with nothing due."""
    from afteractions.operations.enforcement import sweep

    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        assert sweep.sweep(now=datetime.now(UTC)) == 0
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def rate_of_a_sweep(count: int) -> float:
    """Obligations a second into the outbox, `count` of them being due."""
    from afteractions.operations.enforcement import sweep

    began = time.perf_counter()
    done = 0
    while done < count:
        done += sweep.sweep(now=datetime.now(UTC))
    return count / (time.perf_counter() - began)


def plan() -> str:
    from afteractions.operations.enforcement import sweep

    return sweep.due_for_a_step(now=datetime.now(UTC))[:500].explain()


def by_two_workers() -> tuple[float, int]:
    """Seconds that two processes take together, and the rows they wrote twice."""
    from afteractions.models import Escalation

    before = Escalation.objects.count()
    command = [sys.executable, "-m", "tests.load.sweeper"]
    environment = {**os.environ, "PYTHONPATH": "."}
    workers = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(2)]
    seconds = max(float(worker.communicate()[0]) for worker in workers)
    return seconds, Escalation.objects.count() - before - 2 * DUE


def main() -> None:
    services.start()
    environment = {**os.environ, "MAJOROPS_AS_OWNER": "1"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=environment, check=True)
    os.environ["MAJOROPS_LOG_LEVEL"] = "ERROR"
    django.setup()
    from tests.factories.incidents import a_closed_incident
    from tests.factories.people import a_mim, a_person

    mim = a_mim(manager=a_person("Greta Holm"))
    incident = a_closed_incident(mim, severity="low")
    later = timedelta(days=300)
    try:
        with services.postgres.connect() as owner:
            add(owner, incident.pk, mim.pk, "few:", FEW, later)
            among_few = median_of_a_sweep()
            add(owner, incident.pk, mim.pk, "many:", MANY, later)
            among_many = median_of_a_sweep()
            index = "obligation_due_for_a_step" in plan() and "Seq Scan" not in plan()
            add(owner, incident.pk, mim.pk, "some due:", DUE // 10, timedelta(minutes=-1))
            slow = rate_of_a_sweep(DUE // 10)
            add(owner, incident.pk, mim.pk, "much due:", DUE, timedelta(minutes=-1))
            fast = rate_of_a_sweep(DUE)
            add(owner, incident.pk, mim.pk, "due for two:", DUE, timedelta(minutes=-1))
            seconds, doubled = by_two_workers()
    finally:
        services.stop()
    print(
        f"A sweep with nothing due among {MANY:,}: {among_many:.2f} ms, {among_many / among_few:.2f} times that among "
        f"{FEW:,} (goal 2); {'one index scan' if index else 'NOT by the index'}."
    )
    print(
        f"A sweep with {DUE:,} due: {fast:,.0f} a second (goal 1,000); with {DUE // 10:,} due {slow:,.0f}. "
        f"Two workers: {DUE / seconds:,.0f} a second, {doubled} rows twice."
    )


if __name__ == "__main__":
    main()
