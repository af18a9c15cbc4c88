"""Child processes: started in sessions of their own, ended in bounded time, and found again after a kill -9."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from .account import Account, before_exec, current_account

# psutil derives start times from the boot time, which moves a little when the clock is set.
START_TIME_TOLERANCE = 2.0
ENDING_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True)
class Footprint:
    """What identifies a process beyond its reusable pid: when it started and the command it was started with."""

    name: str
    pid: int
    started: float
    command: tuple[str, ...]

    @classmethod
    def of(cls, name: str, pid: int, command: Iterable[str]) -> "Footprint":
        return cls(name, pid, psutil.Process(pid).create_time(), tuple(command))

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Footprint":
        return cls(document["name"], document["pid"], document["started"], tuple(document["command"]))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def matches(self, process: psutil.Process) -> bool:
        """Whether this is the process that left the footprint, and no stranger who got its pid."""
        try:
            return (
                process.pid == self.pid
                and abs(process.create_time() - self.started) < START_TIME_TOLERANCE
                and _same_command(process, self.command)
            )
        except psutil.Error:
            return False

    def left_behind(self) -> list[psutil.Process]:
        """The process, and the members of its session that outlived it (a worker's pool, say)."""
        processes = []
        for process in psutil.process_iter():
            try:
                if self.matches(process) or (
                    os.getsid(process.pid) == self.pid
                    and process.pid != self.pid
                    and process.create_time() >= self.started - START_TIME_TOLERANCE
                    and _same_command(process, self.command)
                ):
                    processes.append(process)
            except (psutil.Error, OSError):
                continue
        return processes


def _same_command(process: psutil.Process, command: tuple[str, ...]) -> bool:
    return tuple(process.cmdline()) == command


def end(processes: list[psutil.Process], polite: signal.Signals, seconds: float) -> None:
    """End processes: asked first, killed after `seconds`. Returns when all are gone."""
    for process in processes:
        _signal(process, polite)
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=5)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        return


@dataclass
class Child:
    """One process that we start and end."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    account: Account = field(default_factory=current_account)
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    footprint: Footprint | None = None
    started_at: float = 0.0
    output: Path | None = None

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches the supervisor alone, who ends children in order.

        Standard output goes to `output` where one is set, else to the log. A signal handler that raises cannot
        come between the start and our knowing of it.
        """
        before = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
        try:
            with self.log.open("ab") as log, (self.output or self.log).open("ab") as output:
                self.process = subprocess.Popen(
                    self.command,
                    cwd=self.folder,
                    env=dict(self.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=log,
                    start_new_session=True,
                    preexec_fn=before_exec(self.account, self.stop_signal),
                )
            self.started_at = time.monotonic()
            # Until it is waited for, its pid cannot belong to another process.
            self.footprint = Footprint.of(self.name, self.process.pid, self.command)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, seconds: float) -> None:
        """End it and what it started; at most about `seconds`, then it is killed."""
        self.ask_to_stop()
        self.finish(time.monotonic() + seconds)

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def finish(self, deadline: float) -> None:
        """Wait for its end until `deadline` (of the monotonic clock), then kill it and what it left behind."""
        if self.process is None or self.footprint is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        end(self.footprint.left_behind(), signal.SIGKILL, 5)
        self.process = self.footprint = None

    def last_lines(self, count: int = 12) -> str:
        """The end of its log, for a message about its failure."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


def wait_until(condition: Callable[[], bool], seconds: float, interval: float = 0.03) -> bool:
    """Whether the condition came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(interval)
    return True
