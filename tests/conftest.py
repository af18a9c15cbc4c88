"""Every test runs against real servers, as the application's own database role (README, Two database roles)."""

import gc
import os
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import django
import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import connection, transaction
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from majorops import clock
from majorops.people.groups import GroupName
from tests.services import services

# Chromium reports to its maker and looks for updates; a test machine may have no way out.
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

assert settings.DATABASES  # loads the settings, which is how pytest-django learns that there are some
# Never what script/server collected from older sources; and each client of a test is spared a walk through all files.
settings.STATIC_ROOT = services.folder / "static"
settings.WHITENOISE_AUTOREFRESH = True
django.setup()  # the conftests below name models

# A test process runs for longer than a product may without a sweep before it says that nothing sweeps.
clock.STARTED_AT += timedelta(days=365)

# The server of tests sends an answer in two parts: the second would wait 40 ms for word that the first came.
WSGIRequestHandler.disable_nagle_algorithm = True

# How fast a busy machine draws an example says nothing of what is tested.
hypothesis_settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("busy")


# Files of few long tests. Begun last, one of them would keep a single process busy after all others are done.
LONG_FILES = (
    "tests/faults/",
    "tests/browser/",
    "tests/demonstration/",
    "tests/platform/",
    "tests/pdf/",
    "tests/web/test_access_matrix",
    "tests/operations/test_random_walk",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG_FILES))
    for item in items:
        # The calls of the API are told apart by their names alone, and pytest makes no ids of those.
        if item.name not in item.nodeid and item.parent is not None:
            item._id = item.parent.id.child(item.name)
    twice = [test for test, times in Counter(item.nodeid for item in items).items() if times > 1]
    if twice:
        # Of tests with one id only one is run when they are given to several processes, and nothing says so.
        raise pytest.UsageError(f"These tests share their ids: {', '.join(twice)}")


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: looking through it again and again for garbage takes time
    from the tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> None:
    """Servers, and the schema made by its owner; from then on every connection is the application's."""
    if services.start():
        return
    with django_db_blocker.unblock():
        application = dict(connection.settings_dict)
        connection.settings_dict["USER"] = services.postgres.superuser
        call_command("migrate", verbosity=0)
        connection.close()
        connection.settings_dict.update(application)
        services.keep_schema()


@pytest.fixture(scope="module")
def rows_of_the_module(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """What the module's own fixtures write is there for each of its tests, which take back what they change, and gone
    after the last. None of them may commit: not for a module with a test that needs transactions."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


MOST_DEADLOCKS = 5


@pytest.fixture(scope="session", autouse=True)
def flush_as_owner() -> Iterator[None]:
    """Tables that refuse TRUNCATE to everybody are emptied between transactional tests by the superuser."""

    def flush(operations: object, statements: list[str]) -> None:
        # A worker that a test has started may hold one of the tables while it waits for another.
        for left in reversed(range(MOST_DEADLOCKS)):
            try:
                flushed(statements)
                break
            except psycopg.errors.DeadlockDetected:
                if not left:
                    raise

    def flushed(statements: list[str]) -> None:
        # What the audit of the test before ended with says nothing of the next.
        Path(settings.AUDIT_HEADS).unlink(missing_ok=True)
        with services.postgres.connect() as owner:
            owner.execute("SET session_replication_role = replica")
            with owner.transaction():
                # What a migration put there stays there: the policy as delivered, and the groups.
                owner.execute(
                    "CREATE TEMP TABLE groups ON COMMIT DROP AS SELECT * FROM auth_group WHERE name = ANY(%s)",
                    [GroupName.keys()],
                )
                owner.execute(
                    "CREATE TEMP TABLE delivered ON COMMIT DROP AS"
                    " SELECT * FROM afteractions_policyversion WHERE number = 0"
                )
                for statement in statements:
                    owner.execute(statement.encode())
                owner.execute("INSERT INTO afteractions_policyversion SELECT * FROM delivered")
                owner.execute("INSERT INTO auth_group SELECT * FROM groups")
                owner.execute(
                    "SELECT setval(pg_get_serial_sequence('auth_group', 'id'), max(id)) FROM auth_group"
                )
                owner.execute(
                    "SELECT setval(pg_get_serial_sequence('afteractions_policyversion', 'id'), max(id))"
                    " FROM afteractions_policyversion HAVING max(id) IS NOT NULL"
                )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(connection.ops), "execute_sql_flush", flush)
        yield


@pytest.fixture
def owner_connection(db: None) -> Iterator[psycopg.Connection]:
    """A connection of the superuser beside the test's own, for what the application may not do."""
    with services.postgres.connect() as owner:
        yield owner


@pytest.fixture(scope="session")
def process_environment(django_db_setup: None) -> dict[str, str]:
    """The environment of a process (worker, beat, web) that a test starts by hand on the same servers."""
    return {**os.environ, **services.environment()}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """Chromium from the system's packages; Playwright's own download is not assumed."""
    return {**browser_type_launch_args, "executable_path": "/usr/bin/chromium", "args": list(CHROMIUM)}
