"""What stands in the database and is measured: one constant statement, its parts given by those who know the tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, connection
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from majorops import clock
from majorops.web.health.heartbeat import PROCESSES


@dataclass(frozen=True, slots=True)
class Gauge:
    """One number. `sql` is a SELECT of one value; it takes no argument, and NULL leaves the gauge out."""

    name: str
    help: str
    sql: str


def _age(instant: str) -> str:
    return f"SELECT greatest(0, extract(epoch FROM statement_timestamp() - ({instant})))::float8"


UNSENT = "sent_at IS NULL AND set_aside_at IS NULL AND NOT withheld AND NOT collected"
_gauges = [
    Gauge(
        "majorops_sweep_age_seconds",
        "Since deadlines were last looked at.",
        _age("SELECT beat_at FROM notices_heartbeat WHERE name = 'sweep'"),
    ),
    Gauge(
        "majorops_notices_waiting",
        "Notices that are to be sent, those that are tried again among them.",
        f"SELECT count(*) FROM notices_notice WHERE {UNSENT}",
    ),
    Gauge(
        "majorops_oldest_waiting_notice_age_seconds",
        "How long the notice waits that should have been sent first; 0 when none does.",
        "SELECT coalesce(("
        + _age(
            f"SELECT min(next_try_at) FROM notices_notice WHERE {UNSENT} AND next_try_at <= statement_timestamp()"
        )
        + "), 0)",
    ),
    Gauge(
        "majorops_notices_set_aside",
        "Notices that could not be delivered and wait for an administrator.",
        "SELECT count(*) FROM notices_notice WHERE set_aside_at IS NOT NULL",
    ),
    Gauge(
        "majorops_audit_unsealed",
        "Entries of the audit that wait for their seal.",
        # Writers side by side are sealed in any order, but never so far from each other: not all entries are read.
        "SELECT count(*) FROM audit_auditentry entry WHERE entry.id >"
        " (SELECT coalesce(max(entry_id), 0) - 10000 FROM audit_auditseal)"
        " AND NOT EXISTS (SELECT FROM audit_auditseal seal WHERE seal.entry_id = entry.id)",
    ),
]


def register(*gauges: Gauge) -> None:
    """Adds gauges of tables that the platform does not know."""
    _gauges.extend(gauge for gauge in gauges if gauge not in _gauges)


def registered() -> tuple[Gauge, ...]:
    """All of them, those of other rooms too."""
    return tuple(_gauges)


class Gauges(Collector):
    """All gauges, read when they are asked for; none while the database is away."""

    def collect(self) -> Iterator[Metric]:
        try:
            ages, values = _read()
        except DatabaseError:
            return
        processes = GaugeMetricFamily(
            "majorops_process_age_seconds", "Since a process last said that it lives.", labels=["process"]
        )
        for name, age in ages.items():
            processes.add_metric([name], age)
        yield processes
        for gauge, value in zip(_gauges, values, strict=True):
            if value is not None:
                yield GaugeMetricFamily(gauge.name, gauge.help, value=value)


def _read() -> tuple[dict[str, float], list[float | None]]:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, beat_at FROM notices_heartbeat")
        rows: list[tuple[str, datetime]] = cursor.fetchall()
        cursor.execute("SELECT " + ", ".join(f"({gauge.sql})" for gauge in _gauges))
        values = list(cursor.fetchone())
    return {name: max(0.0, (now - at).total_seconds()) for name, at in rows if name in PROCESSES}, values
