"""The two servers of the embedded default, and the environment in which the application finds them."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .postgres import APPLICATION, OWNER, Postgres
from .processes import Child
from .state import State
from .valkey import Valkey

# The machine is shared with a person's other programs.
POSTGRES_OPTIONS = ("max_connections=60", "shared_buffers=128MB", "log_min_duration_statement=1000")
STOP_SECONDS = 10


@dataclass
class Servers:
    """What DATABASE_URL and REDIS_URL do not name is started here."""

    state: State
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    children: dict[str, Child] = field(default_factory=dict)

    @classmethod
    def of(cls, state: State) -> "Servers":
        servers = cls(state)
        if not os.environ.get("DATABASE_URL"):
            servers.postgres = Postgres(
                state.home / "postgresql",
                state.sockets(),
                state.log("postgresql"),
                options=POSTGRES_OPTIONS,
                account=state.account,
            )
        if not os.environ.get("REDIS_URL"):
            servers.valkey = Valkey(
                state.home / "valkey",
                state.sockets() / "valkey.sock",
                state.log("valkey"),
                account=state.account,
            )
        return servers

    @property
    def embedded(self) -> bool:
        """Whether at least one of them is ours to start."""
        return self.postgres is not None or self.valkey is not None

    def environment(self) -> dict[str, str]:
        """The environment of every process of the application."""
        environment = {**os.environ, "MAJOROPS_HOME": str(self.state.home)}
        environment["DJANGO_SETTINGS_MODULE"] = "majorops.settings"
        environment.setdefault("SECRET_KEY", self.state.secret_key())
        if self.postgres is not None:
            environment["DATABASE_URL"] = self.postgres.url(APPLICATION)
            environment["DATABASE_OWNER_URL"] = self.postgres.url(OWNER)
        if self.valkey is not None:
            environment["REDIS_URL"] = self.valkey.url
        return environment

    def start(self, started: Callable[[], None]) -> None:
        """Start both and wait until they answer; the database and its two roles are there afterwards."""
        if self.valkey is not None:
            child = self._start("valkey", self.valkey.child(), started)
            self.valkey.wait(child)
        if self.postgres is not None:
            self.postgres.prepare()
            child = self._start("postgresql", self.postgres.child(), started)
            self.postgres.wait(child)
            self.postgres.make_database()

    def start_again(self, name: str, started: Callable[[], None]) -> None:
        """A fresh process in the place of one that died; does not wait until it answers."""
        server = self.postgres if name == "postgresql" else self.valkey
        assert server is not None
        self._start(name, server.child(), started)

    def stop(self) -> None:
        """End both: the broker, then the database."""
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.finish(deadline)
        self.children.clear()

    def _start(self, name: str, child: Child, started: Callable[[], None]) -> Child:
        self.children[name] = child
        child.start()
        started()
        return child
