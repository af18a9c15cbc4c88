"""The servers that tests run against: real PostgreSQL and Valkey from the wheels, gone with the run."""

import atexit
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from majorops.embedded.account import give, server_account
from majorops.embedded.postgres import APPLICATION, OWNER, Postgres
from majorops.embedded.processes import Child
from majorops.embedded.schema import schema_digest
from majorops.embedded.state import CHECKOUT
from majorops.embedded.valkey import Valkey

# Tests do not need their rows after a power cut.
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "log_lock_waits=on",
)
# Schemas of other branches wait this long for their next run.
FORGET_SECONDS = 6 * 3600


@dataclass
class Services:
    """Servers of one test run; `start` is called by the first test that needs them."""

    folder: Path
    postgres: Postgres
    valkey: Valkey
    children: dict[str, Child] = field(default_factory=dict)
    # Said once: a migration that is written while we migrate must not pass for one that was applied.
    schema: str = field(default_factory=schema_digest)

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

    def start(self) -> bool:
        """Both servers, answering; the database with its two roles. True when its schema is there already."""
        atexit.register(self.stop)
        known = self._known_schema()
        # Asked once: another process may keep the same schema while our empty cluster is being made.
        found = known.exists()
        if found:
            known.touch()
            copy(known, self.postgres.folder)
        self.postgres.prepare()
        for server in (self.valkey, self.postgres):
            self._start(server)
        self.postgres.make_database()
        return found

    def keep_schema(self) -> None:
        """Put the cluster aside as it is, for later runs with the same migrations."""
        known = self._known_schema()
        known.parent.mkdir(parents=True, exist_ok=True)
        for forgotten in known.parent.iterdir():
            if time.time() - forgotten.stat().st_mtime > FORGET_SECONDS:
                shutil.rmtree(forgotten, ignore_errors=True)
        self.children.pop("postgresql").stop(seconds=10)
        half = known.with_name(f"half-{os.getpid()}")
        copy(self.postgres.folder, half)
        try:
            half.rename(known)
        except OSError:  # another run was first
            shutil.rmtree(half)
        self._start(self.postgres)

    def stop(self) -> None:
        for child in self.children.values():
            child.stop(seconds=5)
        self.children.clear()

    def _start(self, server: Postgres | Valkey) -> None:
        child = server.child()
        self.children[child.name] = child
        child.start()
        server.wait(child)

    def _known_schema(self) -> Path:
        return CHECKOUT / "tmp" / "schemas" / f"{self.schema}-{self.postgres.account.uid}"


def copy(source: Path, target: Path) -> None:
    """A folder with all its owners and modes."""
    subprocess.run(["cp", "-a", str(source), str(target)], check=True)


services = Services.lay_out()
os.environ.update(services.environment())
# Settings of the person's own shell must not decide about tests.
for name in (
    "EMAIL_URL",
    "MAJOROPS_URL",
    "MAJOROPS_CHAT_HOSTS",
    "MAJOROPS_DEMO",
    "MAJOROPS_HOLIDAYS",
    "MAJOROPS_TIME_ZONE",
    "MAJOROPS_BEHIND_PROXY",
    "CSRF_TRUSTED_ORIGINS",
    "WEB_CONCURRENCY",
    "MAJOROPS_AS_OWNER",
):
    os.environ.pop(name, None)
# Its doors are tried too, though they are closed unless somebody opens them.
os.environ["MAJOROPS_DJANGO_ADMIN"] = "1"
os.environ["MAJOROPS_TIME_ZONE"] = "UTC"
os.environ["DJANGO_SETTINGS_MODULE"] = "majorops.settings"
