"""The state folder: everything that survives a restart, and who is using it."""

import fcntl
import json
import os
import re
import secrets
import signal
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .account import Account, give, server_account
from .postgres import CannotStart
from .processes import Footprint, end

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# sun_path holds 107 bytes; the longest name below the folder is ".s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
LOG_BYTES = 10 * 1024 * 1024
# A worker whose broker went with the supervisor waits for it in vain; its tasks are given to the next.
LEFT_BEHIND_SECONDS = 3


@dataclass(frozen=True)
class State:
    """One state folder. Its user alone can enter it."""

    home: Path

    @classmethod
    def open(cls) -> "State":
        """The folder that MAJOROPS_HOME names, by default `var/` in the checkout; made when it is missing."""
        home = Path(os.environ.get("MAJOROPS_HOME") or CHECKOUT / "var").absolute()
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            if home.stat().st_uid == os.geteuid():
                home.chmod(0o700)
            elif os.geteuid() != 0:
                raise CannotStart(f"The state folder {home} belongs to another user.")
            for part in (home / "run", home / "log"):
                part.mkdir(exist_ok=True)
        except OSError as error:
            raise CannotStart(f"The state folder {home} cannot be used: {error.strerror}.") from error
        return cls(home)

    @property
    def account(self) -> Account:
        """The user of the database servers; a cluster that is there keeps the one it has."""
        return server_account(self.home / "postgresql")

    def log(self, name: str) -> Path:
        """The log of a child; one that grew large is put aside first."""
        path = self.home / "log" / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        return path

    def secret_key(self) -> str:
        """The key that sessions are signed with, made once."""
        path = self.home / "secret-key"
        if not path.exists():
            with tempfile.NamedTemporaryFile("w", dir=self.home, delete=False) as fresh:
                fresh.write(secrets.token_urlsafe(50))
            with suppress(FileExistsError):
                os.link(fresh.name, path)
            os.unlink(fresh.name)
        return path.read_text()

    def sockets(self) -> Path:
        """The private folder of the servers' sockets; below /tmp when the state folder's path is too long for one."""
        inside = self.home / "run" / "sockets"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[\w./+-]+", str(inside)):
            inside.mkdir(exist_ok=True, mode=0o700)
            give(inside, self.account)
            return inside
        note = self.home / "run" / "sockets-are-in"
        if note.exists():
            known = Path(note.read_text())
            if known.is_dir() and not known.is_symlink() and _is_private(known, self.account):
                return known
        outside = Path(tempfile.mkdtemp(prefix="majorops-", dir="/tmp"))
        give(outside, self.account)
        note.write_text(str(outside))
        return outside

    @contextmanager
    def alone(self) -> Iterator[IO[str]]:
        """The right to start and end processes on this state. Raises `InUse` while somebody has it."""
        with (self.home / "run" / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InUse from None
            yield lock

    def guests(self) -> IO[str]:
        """A file that is locked by each command that uses servers which another command started."""
        return (self.home / "run" / "guests").open("a+")

    def remember(self, footprints: Iterable[Footprint], port: int | None) -> None:
        """Write down what runs, for the start that follows a kill -9."""
        document = {"port": port, "children": [footprint.as_json() for footprint in footprints]}
        path = self.home / "run" / "running.json"
        half = path.with_suffix(".half")
        half.write_text(json.dumps(document))
        half.replace(path)

    def remembered(self) -> tuple[list[Footprint], int | None]:
        """What `remember` wrote last: the children and the port of the web process."""
        try:
            document = json.loads((self.home / "run" / "running.json").read_text())
            return [Footprint.from_json(child) for child in document["children"]], document["port"]
        except (FileNotFoundError, ValueError, KeyError):
            return [], None

    def end_what_was_left_behind(self) -> None:
        """After a kill -9: end the children of the run before, each known by more than its pid."""
        footprints, _ = self.remembered()
        users = [footprint for footprint in footprints if footprint.name not in ("postgresql", "valkey")]
        end(
            [process for user in users for process in user.left_behind()], signal.SIGTERM, LEFT_BEHIND_SECONDS
        )
        # SIGINT ends PostgreSQL fast and clean, and Valkey clean too.
        servers = [footprint for footprint in footprints if footprint not in users]
        end(
            [process for server in servers for process in server.left_behind()],
            signal.SIGINT,
            LEFT_BEHIND_SECONDS,
        )
        self.remember([], None)


class InUse(Exception):
    """Another command is using the state folder."""


def _is_private(folder: Path, account: Account) -> bool:
    status = folder.lstat()
    return status.st_uid == account.uid and stat.S_IMODE(status.st_mode) == 0o700
