"""The servers that tests run against: real PostgreSQL and Valkey from the wheels, gone with the run."""

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from majorops.embedded.account import give, server_account
from majorops.embedded.postgres import APPLICATION, OWNER, Postgres
from majorops.embedded.processes import Child
from majorops.embedded.valkey import Valkey

# Tests do not need their rows after a power cut.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "log_lock_waits=on",
)


@dataclass
class Services:
    """Servers of one test run; `start` is called by the first test that needs them."""

    folder: Path
    postgres: Postgres
    valkey: Valkey
    children: list[Child] = field(default_factory=list)

    @classmethod
    def lay_out(cls) -> "Services":
        """Choose the addresses. Nothing is started: tests of pure rules never need it."""
        # Not in TMPDIR: a socket's path has 107 bytes.
        folder = Path(tempfile.mkdtemp(prefix="majorops-tests-", dir="/tmp"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        sockets = folder / "run"
        sockets.mkdir(mode=0o700)
        give(sockets, server_account())
        postgres = Postgres(
            folder / "postgresql", sockets, folder / "postgresql.log", superuser=OWNER, options=FAST
        )
        valkey = Valkey(folder / "valkey", sockets / "valkey.sock", folder / "valkey.log", fsync="no")
        return cls(folder, postgres, valkey)

    def environment(self) -> dict[str, str]:
        """What the application reads from its environment to find these servers."""
        return {
            "MAJOROPS_HOME": str(self.folder),
            "DATABASE_URL": self.postgres.url(APPLICATION),
            "DATABASE_OWNER_URL": self.postgres.url(OWNER),
            "REDIS_URL": self.valkey.url,
            "SECRET_KEY": "a-key-for-tests-that-signs-nothing-of-anybody",
            "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
            "MAJOROPS_LOG_LEVEL": "WARNING",
        }

    def start(self) -> None:
        """Both servers, answering; the database with its two roles, still empty."""
        if self.children:
            return
        atexit.register(self.stop)
        self.postgres.prepare()
        for server in (self.valkey, self.postgres):
            child = server.child()
            child.start()
            self.children.append(child)
            server.wait(child)
        self.postgres.make_database()

    def stop(self) -> None:
        for child in self.children:
            child.stop(seconds=5)
        self.children.clear()


services = Services.lay_out()
os.environ.update(services.environment())
# Settings of the person's own shell must not decide about tests.
for name in (
    "EMAIL_URL",
    "MAJOROPS_URL",
    "MAJOROPS_DEMO",
    "MAJOROPS_HOLIDAYS",
    "MAJOROPS_TIME_ZONE",
    "MAJOROPS_AS_OWNER",
):
    os.environ.pop(name, None)
os.environ["DJANGO_SETTINGS_MODULE"] = "majorops.settings"
