"""Real processes of the product on the test's own servers, to be killed at will."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

START_SECONDS = 120
CELERY = ("-m", "celery", "--app", "majorops.celery:app")
WORKER = (
    *CELERY,
    "worker",
    "--concurrency",
    "2",
    "--loglevel",
    "INFO",
    "--without-gossip",
    "--without-mingle",
)


class Process:
    """One process in a session of its own; its log tells by `ready` when it is up."""

    def __init__(self, command: tuple[str, ...], ready: str, environment: dict[str, str], log: Path) -> None:
        self.command = command
        self.ready = ready.encode()
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Process":
        begins_at = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.command],
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while self.ready not in self.log.read_bytes()[begins_at:]:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline, f"{self.command} did not start in time"
            time.sleep(0.1)
        return self

    def kill_one_of_the_pool(self, chance: random.Random) -> None:
        """SIGKILL to the process that runs a task, as the kernel does when memory runs out."""
        assert self.process is not None
        pool = psutil.Process(self.process.pid).children()
        if pool:
            chance.choice(pool).kill()

    def kill(self) -> None:
        """SIGKILL to it and all that it started, at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


def a_worker(environment: dict[str, str], folder: Path, name: str = "worker") -> Process:
    command = (*WORKER, "--hostname", f"{name}@tests")
    return Process(command, " ready.", environment, folder / f"{name}.log")


def a_beat(environment: dict[str, str], folder: Path, name: str = "beat") -> Process:
    schedule = folder / f"{name}-schedule"
    command = (*CELERY, "beat", "--loglevel", "INFO", "--schedule", str(schedule), "--pidfile", "")
    return Process(command, "beat: Starting", environment, folder / f"{name}.log")
