"""Copies of the filled demonstration: what one group of steps changes, the next does not meet."""

from time import monotonic

from django.core.management import call_command
from django.db import connection, connections
from django.test import Client

from afteractions.demonstration.people import CAST, address
from majorops.embedded.postgres import APPLICATION, DATABASE
from majorops.people.models import Person
from tests.services import services

FILLED, COPY = "demonstration", "demonstration_copy"


# What is due soon when it is loaded is late some time after.
FRESH_SECONDS = 600


class Worlds:
    """The demonstration, loaded once, and the copy of it that the server and the test look at."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self.filled_at: float | None = None
        self.current: str | None = None

    def fill(self) -> None:
        """Loads the demonstration into a database of its own, unless one was loaded lately. Everybody of its cast is
        signed in once: their sessions are good in each copy."""
        if self.filled_at is not None and monotonic() - self.filled_at < FRESH_SECONDS:
            return
        self.filled_at = monotonic()
        _copy(DATABASE, FILLED)
        _turn_to(FILLED)
        call_command("load_demonstration")
        for role in CAST:
            client = Client()
            person = Person.objects.get(email=address(role.key))
            if person.is_active:
                client.force_login(person, "django.contrib.auth.backends.ModelBackend")
                self.cookies[role.key] = client.session.session_key or ""
        _turn_to(DATABASE)

    def enter(self, name: str) -> None:
        """Turns to a new copy, and calls it by this name."""
        connection.close()
        _copy(FILLED, COPY)
        _turn_to(COPY)
        self.current = name

    def leave(self) -> None:
        """Back to the database that was at hand before."""
        connection.close()
        _turn_to(DATABASE)
        self.current = None

    def drop(self) -> None:
        """Nothing is left of them."""
        with services.postgres.connect("postgres") as owner:
            for name in (COPY, FILLED):
                owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def spoil(self) -> None:
        """What went wrong may have left anything: the next step gets a new copy."""
        self.current = None


def _copy(source: str, target: str) -> None:
    """Makes one database a copy of another. Whoever is connected to either is cut off: the server connects anew."""
    with services.postgres.connect("postgres") as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [source])
        owner.execute(f"CREATE DATABASE {target} TEMPLATE {source} STRATEGY FILE_COPY")


def _turn_to(database: str) -> None:
    # One dictionary stands behind the connections of all threads of this process, the server's among them.
    connections.settings["default"]["NAME"] = database
    connection.close()
    with services.postgres.connect("postgres") as owner:
        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s AND datname <> %s",
            [APPLICATION, database],
        )
