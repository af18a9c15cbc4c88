"""One process in the foreground that starts everything, keeps it running, and ends all of it."""

import http.client
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

from .postgres import CannotStart
from .processes import Child, wait_until
from .schema import is_current, is_current_now
from .servers import Servers
from .state import CHECKOUT, State

LONGEST_PAUSE = 30.0
# A child that ran this long was well; its next death is the first again.
WELL_AFTER_SECONDS = 10.0
HEALTHY_SECONDS = 90
STOP_SECONDS = 12
STEP_SECONDS = 600


class Ended(Exception):
    """SIGTERM or Ctrl-C came."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@dataclass
class Restart:
    """When a child that died is started again."""

    deaths: int = 0
    due: float | None = None

    def died(self, lived: float, now: float) -> float:
        """The pause before the next start, twice as long after each death in a row."""
        self.deaths = 1 if lived > WELL_AFTER_SECONDS else self.deaths + 1
        pause: float = min(0.5 * 2.0 ** (self.deaths - 1), LONGEST_PAUSE)
        self.due = now + pause
        return pause


@dataclass
class Supervisor:
    """The life of one `script/server`."""

    state: State
    servers: Servers
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    processes: dict[str, Child] = field(default_factory=dict)
    restarts: dict[str, Restart] = field(default_factory=dict)
    stopping: bool = False
    starting: bool = True

    def run(self) -> None:
        """Until SIGTERM or Ctrl-C. Raises `CannotStart` with a sentence for the person."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._request_end)
        try:
            self.state.end_what_was_left_behind()
            require_free(self.port)
            self.servers.start(self._remember)
            self.environment = {**self.servers.environment(), "PORT": str(self.port), "PYTHONUNBUFFERED": "1"}
            self._migrate()
            sign_ins = ""
            new = not (self.state.home / "demonstration").exists()
            if self._wants_demonstration() and new:
                say("Loading the demonstration data ...")
                sign_ins = self._sign_ins()
            self._start_processes()
            if self._wants_demonstration() and not new:
                sign_ins = self._sign_ins()
            self._greet(sign_ins or self._first_address())
            self.starting = False
            while not self.stopping:
                self._look_after_children()
                time.sleep(0.2)
        except Ended:
            pass
        finally:
            self.starting = False
            self._end_all()

    def _request_end(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True
        # Starting waits at many places; afterwards one loop looks at `stopping`.
        if self.starting:
            self.starting = False
            raise Ended

    def _remember(self) -> None:
        children = [*self.servers.children.values(), *self.processes.values()]
        self.state.remember([child.footprint for child in children if child.footprint], self.port)

    def _child(self, name: str, *command: str) -> Child:
        return Child(name, [sys.executable, *command], self.state.log(name), self.environment, CHECKOUT)

    def _run_to_its_end(self, child: Child) -> bool:
        """Whether a command succeeded. It ends with us when we are ended."""
        self._start(child)
        wait_until(lambda: not child.running(), STEP_SECONDS, interval=0.05)
        succeeded = child.process is not None and child.process.poll() == 0
        child.stop(seconds=1)
        del self.processes[child.name]
        self._remember()
        return succeeded

    def _start(self, child: Child) -> None:
        self.processes[child.name] = child
        child.start()
        self._remember()

    def _migrate(self) -> None:
        if self.servers.postgres is not None and is_current(self.state):
            return
        migrate = self._child("migrate", "manage.py", "migrate", "--no-input")
        if not self._run_to_its_end(migrate):
            raise CannotStart(f"The database could not be migrated:\n{migrate.last_lines()}")
        is_current_now(self.state)

    def _wants_demonstration(self) -> bool:
        # Accounts with known passwords enter somebody's own database only when that is asked for.
        own = self.servers.postgres is None or (self.state.home / "restored").exists()
        usual = "0" if own else "1"
        return (os.environ.get("MAJOROPS_DEMO") or usual) not in ("0", "false", "no")

    def _sign_ins(self) -> str:
        """Who can sign in to the demonstration, which is loaded where it is missing."""
        sign_ins = self._printed_by("demonstration", "load_demonstration", "--sign-ins")
        if sign_ins is None:
            return ""
        (self.state.home / "demonstration").touch()
        return sign_ins

    def _first_address(self) -> str:
        """Where the first administrator comes in, in words; nothing once there is one."""
        address = self._printed_by("setup", "setup_address")
        return f"Nobody administers it yet. Set it up, once, at\n{address}" if address else ""

    def _printed_by(self, name: str, *command: str) -> str | None:
        """What a command prints, which may open something and stands in no log; None where it failed."""
        printed = self.state.home / "run" / name
        printed.unlink(missing_ok=True)
        child = self._child(name, "manage.py", *command)
        child.output = printed
        if not self._run_to_its_end(child):
            say(f"manage.py {command[0]} failed:\n{child.last_lines()}")
            return None
        words = printed.read_text().strip("\n")
        printed.unlink()
        return words

    def _start_processes(self) -> None:
        """The web process, and when it answers the others: a page comes first."""
        web = self._child("web", "-m", "gunicorn", "majorops.wsgi:application")
        # Fixed: what a kill -9 left there is cleared away by the next start.
        web.environment = {
            **web.environment,
            "PROMETHEUS_MULTIPROC_DIR": str(self.state.home / "run" / "metrics"),
        }
        self._start(web)
        wait_until(lambda: answers(self.port) == 200 or not web.running(), HEALTHY_SECONDS, interval=0.1)
        if not web.running():
            raise CannotStart(f"The web process did not start:\n{web.last_lines()}")
        celery = ("-m", "celery", "--app", "majorops.celery:app")
        self._start(self._child("worker", *celery, "worker", "--concurrency", "2", "--loglevel", "INFO"))
        self._start(self._child("beat", *celery, "beat", "--loglevel", "INFO"))
        self._start(self._child("keeper", "manage.py", "keep_deadlines"))
        if answers(self.port) != 200:
            logs = self.state.home / "log"
            say(f"http://127.0.0.1:{self.port}/healthz is not well yet; the logs are in {logs}.")

    def _greet(self, sign_ins: str) -> None:
        lines = ["", f"MajorOps After Actions: http://127.0.0.1:{self.port}/", ""]
        if sign_ins:
            lines += [sign_ins, ""]
        lines.append(f"State and logs: {self.state.home}. Ctrl-C ends everything.")
        print("\n".join(lines), flush=True)

    def _look_after_children(self) -> None:
        now = time.monotonic()
        for name, child in [*self.servers.children.items(), *self.processes.items()]:
            if child.running():
                continue
            restart = self.restarts.setdefault(name, Restart())
            if restart.due is None:
                pause = restart.died(now - child.started_at, now)
                say(f"{name} ended; it starts again in {pause:g} s. Its log: {child.log}")
                child.finish(now)
            elif now >= restart.due:
                restart.due = None
                if name in self.servers.children:
                    self.servers.start_again(name, self._remember)
                else:
                    self._start(child)

    def _end_all(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.processes.values():
            child.ask_to_stop()
        for child in self.processes.values():
            child.finish(deadline)
        self.servers.stop()
        self.state.remember([], None)


def require_free(port: int) -> None:
    """Raise when another program listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} cannot be used ({error.strerror}). Choose another: PORT={port + 1} script/server"
            ) from error


def answers(port: int) -> int | None:
    """The status of /healthz, or None while nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
