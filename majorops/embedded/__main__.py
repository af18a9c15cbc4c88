"""`python -m majorops.embedded serve` and `python -m majorops.embedded manage ARGUMENTS`."""

import fcntl
import os
import signal
import subprocess
import sys
import time

from majorops import configuration

from .postgres import CannotStart
from .schema import is_current, is_current_now
from .servers import Servers
from .state import CHECKOUT, InUse, State
from .supervisor import Supervisor, say

OTHERS_SECONDS = 60


def serve() -> int:
    """script/server: everything, in the foreground."""
    try:
        port = int(os.environ.get("PORT") or "8000")
    except ValueError:
        raise CannotStart(f"PORT is a number, not {os.environ['PORT']!r}.") from None
    state = State.open()
    # The key of the embedded default is made with its state.
    if wrong := configuration.problems({"SECRET_KEY": "made with the state", **os.environ}):
        raise CannotStart(" ".join(wrong))
    deadline = time.monotonic() + OTHERS_SECONDS
    while True:
        try:
            with state.alone():
                Supervisor(state, Servers.of(state), port).run()
                return 0
        except InUse:
            _, running = state.remembered()
            if running is not None:
                raise CannotStart(
                    f"MajorOps runs already on this state folder ({state.home}): http://127.0.0.1:{running}/"
                ) from None
            if time.monotonic() > deadline:
                raise CannotStart(f"A script/manage is using the state folder {state.home}.") from None
            time.sleep(0.2)


def manage(arguments: list[str]) -> int:
    """script/manage: manage.py on the running servers, or on servers that run as long as the command."""
    state = State.open()
    servers = Servers.of(state)
    command = [sys.executable, str(CHECKOUT / "manage.py"), *arguments]
    if not servers.embedded:
        os.execve(command[0], command, servers.environment())
    deadline = time.monotonic() + OTHERS_SECONDS
    while time.monotonic() < deadline:
        try:
            with state.alone():
                return _manage_alone(state, servers, command)
        except InUse:
            _manage_as_guest(state, servers, command)
            time.sleep(0.1)
    raise CannotStart("The running servers do not answer; look into the logs of the state folder.")


def _manage_alone(state: State, servers: Servers, command: list[str]) -> int:
    def remember() -> None:
        state.remember([child.footprint for child in servers.children.values() if child.footprint], None)

    def ended(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGTERM, ended)
    state.end_what_was_left_behind()
    try:
        servers.start(remember)
        environment = servers.environment()
        # A database to be restored is empty until it is.
        if servers.postgres is not None and "restore" not in command[2:3] and not is_current(state):
            migrate = [*command[:2], "migrate", "--no-input", "--verbosity", "0"]
            subprocess.run(migrate, env=environment, stdout=sys.stderr, check=True)
            is_current_now(state)
        # Ctrl-C belongs to the command; we end when it does.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with subprocess.Popen(command, env=environment, preexec_fn=_hear_interrupts) as running:
            try:
                return running.wait()
            except SystemExit:
                running.terminate()
                raise
    finally:
        with state.guests() as guests:
            try:
                fcntl.flock(guests, fcntl.LOCK_EX)
            finally:
                servers.stop()
                state.remember([], None)


def _hear_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _manage_as_guest(state: State, servers: Servers, command: list[str]) -> None:
    """Become manage.py; returns only when the servers do not answer (they are starting, or ending)."""
    with state.guests() as guests:
        fcntl.flock(guests, fcntl.LOCK_SH)
        if not all(server.answers() for server in (servers.postgres, servers.valkey) if server is not None):
            return
        # The lock lives as long as the command that takes our place.
        os.set_inheritable(guests.fileno(), True)
        environment = servers.environment()
        _, port = state.remembered()
        if port is not None:
            environment.setdefault("PORT", str(port))
        os.execve(command[0], command, environment)


def main() -> int:
    os.umask(0o077)
    try:
        match sys.argv[1:]:
            case ["serve"]:
                return serve()
            case ["manage", *arguments]:
                return manage(arguments)
            case _:
                say(__doc__ or "")
                return 2
    except CannotStart as reason:
        say(f"MajorOps cannot start. {reason}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
