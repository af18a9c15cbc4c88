"""How many requests there were and how long they took, counted by all web processes together.

Each worker of gunicorn counts in files of its own, in the folder of PROMETHEUS_MULTIPROC_DIR (gunicorn.conf.py);
whichever is asked adds them up. A process on its own counts in its memory.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, values
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

_memory = CollectorRegistry()
_requests = Counter(
    "majorops_http_requests",
    "Requests, by the name of their URL.",
    ["view", "method", "status"],
    registry=_memory,
)
_duration = Histogram(
    "majorops_http_request_duration_seconds",
    "Until the answer begins, by the name of the URL.",
    ["view"],
    registry=_memory,
    buckets=SECONDS,
)


def count(view: str, method: str | None, status: int, seconds: float) -> None:
    """One request. `view` is the name of a URL: an address would tell of incidents, and never end."""
    _requests.labels(view, method if method in METHODS else "other", str(status)).inc()
    _duration.labels(view).observe(seconds)


def count_in_files(number: int) -> None:
    """From now on for others to add up, as the worker of this number: no two that run have the same."""
    values.ValueClass = values.MultiProcessValue(lambda: number)  # type: ignore[misc]


def counted() -> CollectorRegistry:
    """All counts so far."""
    if not os.environ.get(FOLDER):
        return _memory
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return registry
