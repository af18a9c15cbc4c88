"""The web process, the same under script/server and in the container; `--bind` there opens it to the outside."""

import gc
import os
import shutil
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger

from majorops.web.server.logs import json_lines


class JsonLog(Logger):  # type: ignore[misc]
    """Gunicorn's own words as lines of JSON too."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in (*self.error_log.handlers, *self.access_log.handlers):
            handler.setFormatter(json_lines())


logger_class = JsonLog
bind = f"127.0.0.1:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_CONCURRENCY") or "2")
threads = 4
preload_app = True
timeout = 60
graceful_timeout = 8
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None
errorlog = "-"
control_socket_disable = True
# Whom a proxy is believed is decided in one place: majorops.web.server.proxy.
forwarded_allow_ips = ""


# Where the workers count requests for each other (majorops.web.health.request_counts); ours where none is named.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_own_folder = ""


def on_starting(server: Any) -> None:
    """Counts begin anew with each start."""
    global _own_folder
    if os.environ.get(FOLDER):
        Path(os.environ[FOLDER]).mkdir(exist_ok=True)
        for counts in Path(os.environ[FOLDER]).glob("*.db"):
            counts.unlink()
    else:
        os.environ[FOLDER] = _own_folder = tempfile.mkdtemp(prefix="majorops-metrics-")


def on_exit(server: Any) -> None:
    if _own_folder:
        shutil.rmtree(_own_folder, ignore_errors=True)


def when_ready(server: Any) -> None:
    """The application is loaded, no worker is there yet. What is loaded stays: no collection need look at it again, and
    the workers share its memory. What a request makes goes with it by itself, cycles are few: looking for them after
    each 700 objects took a tenth of a page."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pre_fork(server: Any, worker: Any) -> None:
    """Each worker has the lowest number that no other has: the files of one that ended are its successor's."""
    taken = {other.number for other in server.WORKERS.values()}
    worker.number = next(number for number in count() if number not in taken)


def post_fork(server: Any, worker: Any) -> None:
    from majorops.web.health.request_counts import count_in_files

    count_in_files(worker.number)


def post_worker_init(worker: Any) -> None:
    """A worker is about to serve."""
    from majorops.web.health import heartbeat

    heartbeat.start("web")
