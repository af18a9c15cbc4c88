"""The product behind a real socket, for Chromium. Rows stay for a module and go with it."""

import os
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.browser.worlds import Worlds

# Playwright's own loop runs in the thread of the tests; they look into the database between two clicks.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[LiveServer]:
    """The web server, in threads of this process: a clock that a test moves is its clock too. Static files are those
    of an installation: few and compressed."""
    call_command("collectstatic", interactive=False, verbosity=0)
    started = LiveServer("127.0.0.1", start=False)
    # They come from where they come from in production, not from a handler in front of it.
    started.thread.static_handler = lambda application: application
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="session")
def base_url(server: LiveServer) -> str:
    return str(server.url)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, object], base_url: str) -> dict[str, object]:
    """English dates in the browser's own controls, and no motion to wait for."""
    return {
        **browser_context_args,
        "base_url": base_url,
        "locale": "en-GB",
        "timezone_id": "UTC",
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="module")
def rows(server: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database is open to the module's tests and the server, and empty again after the last of them."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(scope="session")
def worlds(server: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[Worlds]:
    """The demonstration, loaded once for all modules of this process."""
    worlds = Worlds()
    yield worlds
    worlds.drop()


@pytest.fixture(scope="module")
def demonstration(worlds: Worlds, django_db_blocker: DjangoDbBlocker) -> Iterator[Worlds]:
    """A copy of the demonstration stands behind the server, for this module alone."""
    with django_db_blocker.unblock():
        worlds.fill()
        worlds.enter("")
        yield worlds
        worlds.leave()
