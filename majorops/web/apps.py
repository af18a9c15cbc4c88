from datetime import UTC, datetime
from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from psycopg.abc import Buffer
from psycopg.types.datetime import TimestamptzLoader

from majorops.searching import plan_for_its_words


class InstantLoader(TimestamptzLoader):
    """Reads an instant of a session that is in UTC. A list of 50 incidents holds a thousand of them, and the general
    reader (any zone, any DateStyle, a zone put in afterwards) took a third of the page."""

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(bytes(data).decode())
        except ValueError:
            # What Python's calendar does not have: the general reader says so in the database's words.
            return super().load(data)


def read_instants_quickly(sender: Any, connection: Any, **kwargs: Any) -> None:
    """On each new connection whose session is in UTC."""
    if connection.vendor == "postgresql" and connection.timezone_name == "UTC":
        connection.connection.adapters.register_loader("timestamptz", InstantLoader)


def plan_searches_for_their_words(sender: Any, connection: Any, **kwargs: Any) -> None:
    """On each new connection, once. As the first: whoever wraps statements for a while takes the last away again."""
    if connection.vendor == "postgresql" and plan_for_its_words not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, plan_for_its_words)


class WebConfig(AppConfig):
    name = "majorops.web"
    label = "web"

    def ready(self) -> None:
        from majorops.web import checks  # noqa: F401 (registers them)

        connection_created.connect(read_instants_quickly)
        connection_created.connect(plan_searches_for_their_words)
