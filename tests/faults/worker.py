"""A real Celery worker on the test's own servers, to be killed at will."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

START_SECONDS = 120
COMMAND = (
    *("--app", "majorops.celery:app", "worker", "--concurrency", "2"),
    *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
)


class Worker:
    """`celery worker` with a pool of two, in a session of its own; its log tells when it is ready."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        begins_at = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "celery", *COMMAND],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while b" ready." not in self.log.read_bytes()[begins_at:]:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline, "The worker did not start in time"
            time.sleep(0.1)

    def kill_one_of_the_pool(self, chance: random.Random) -> None:
        """SIGKILL to the process that runs a task, as the kernel does when memory runs out."""
        assert self.process is not None
        pool = psutil.Process(self.process.pid).children()
        if pool:
            chance.choice(pool).kill()

    def kill(self) -> None:
        """SIGKILL to the worker and its pool at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None
