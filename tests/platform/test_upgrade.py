"""An installation with data becomes the newest: each migration runs on tables that hold rows."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path

import psycopg
from django.db import connections, migrations
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pytest_django import DjangoDbBlocker

from majorops.embedded.schema import migrations_here
from majorops.searching import query_of
from tests.operations.invariants.broken_rows import AT, EARLY, PLAUSIBLE
from tests.services import services

DATABASE = "upgraded"
# What a row says beyond a value of the right type, so that the migrations to come have something to change.
FILLED = {
    **PLAUSIBLE,
    "socialaccount_socialaccount": {"extra_data": "'{}'"},
    "people_absence": {"substitute_id": "2"},
    "incidents_incident": {
        **PLAUSIBLE["incidents_incident"],
        "closed_at": AT,
        "requirement_level": "'optional'",
        "imported_review": """'{"root_cause": {"failure": "A full disk", "contributing_factors": ["No alert"]}}'""",
    },
    "afteractions_externalmessage": {"status": "'sent'", "settled_at": AT},
    # Searched before words were folded, and after.
    "incidents_timelineevent": {
        **PLAUSIBLE.get("incidents_timelineevent", {}),
        "text": "'db-01.prod in M\u00fcnchen: \u6c7a\u6e08\u969c\u5bb3'",
    },
    "afteractions_section": {
        **PLAUSIBLE.get("afteractions_section", {}),
        "content": """'{"failure": "M\u00fcnchen"}'""",
    },
}
LITERALS = {
    "boolean": "false",
    "timestamp with time zone": AT,
    "date": "date '2026-03-03'",
    "time without time zone": EARLY,
    "jsonb": "'{}'",
    "bytea": "'x'",
    "ARRAY": "'{}'",
    "uuid": "gen_random_uuid()",
    "double precision": "1",
    "inet": "'192.0.2.1'",
}
OURS = ("people", "scim", "audit", "notices", "web", "incidents", "afteractions")
# Older than the rule, and applied in many places: what they change lies in no table that they rewrite, as the upgrade
# below shows.
BEFORE_THE_RULE = {
    ("afteractions", "0003_policy_and_closing_days"),
    ("afteractions", "0008_messages_are_approved"),
}
FUNCTION_BODY = re.compile(r"\$\$.*?\$\$", re.DOTALL)
COMMENT = re.compile(r"--[^\n]*")
CHANGES_ROWS = re.compile(r"^\s*(?:WITH\b.*?\b)?(?:UPDATE|INSERT|DELETE|MERGE)\b", re.IGNORECASE | re.DOTALL)
_number = count(2)


@contextmanager
def a_database(blocker: DjangoDbBlocker) -> Iterator[BaseDatabaseWrapper]:
    """An empty database of the owner's, as Django's only connection."""
    with services.postgres.connect("postgres") as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        owner.execute(f"CREATE DATABASE {DATABASE}")
    before = connections["default"]
    owned = before.copy()
    owned.settings_dict = {**before.settings_dict, "NAME": DATABASE, "USER": services.postgres.superuser}
    with blocker.unblock():
        connections["default"] = owned
        try:
            yield owned
        finally:
            connections["default"] = before
            owned.close()
            with services.postgres.connect("postgres") as owner:
                owner.execute(f"DROP DATABASE {DATABASE}")


def fill_empty_tables(owner: psycopg.Connection) -> None:
    """One row in each table that has none. Every key is 1, so that whatever a row refers to is there in the end."""
    owner.execute("SET session_replication_role = replica")
    tables = owner.execute(
        "SELECT c.relname, array(SELECT a.attname::text FROM pg_constraint k"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]"
        " WHERE k.conrelid = c.oid AND k.contype IN ('p', 'f')),"
        " array(SELECT a.attname::text FROM pg_constraint k"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]"
        " WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid = c.oid)"
        " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        " AND c.relname <> 'django_migrations'"
    ).fetchall()
    for table, keys, own in tables:
        if owner.execute(f"SELECT 1 FROM {table} LIMIT 1".encode()).fetchone():
            continue
        columns = owner.execute(
            "SELECT column_name, data_type, character_maximum_length, is_nullable = 'YES'"
            " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
            " AND is_generated = 'NEVER'",
            [table],
        ).fetchall()
        row = {}
        for name, kind, length, nullable in columns:
            said = FILLED.get(table, {}).get(name)
            if said is not None:
                row[name] = said
            elif name in keys and name not in own:
                row[name] = "'k1'" if kind.startswith("character") else "1"
            elif not nullable:
                number = next(_number)
                word = f"'{f'w{number}'[:length]}'"
                row[name] = LITERALS.get(kind) or (
                    str(number) if kind.endswith("int") or kind == "integer" else word
                )
        names = ", ".join(f'"{name}"' for name in row)
        owner.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(row.values())})".encode())
        owner.execute(
            "SELECT setval(pg_get_serial_sequence(%s, 'id'), 100) WHERE EXISTS (SELECT FROM information_schema.columns"
            " WHERE table_name = %s AND column_name = 'id' AND is_identity = 'YES')",
            [table, table],
        )


def test_each_migration_runs_on_a_database_with_data(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    with a_database(django_db_blocker) as database:
        executor = MigrationExecutor(database)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        executor.recorder.ensure_schema()
        state = ProjectState()
        for migration, _ in plan:
            state = executor.apply_migration(state, migration)
            with services.postgres.connect(DATABASE) as owner:
                fill_empty_tables(owner)
        with database.cursor() as cursor:
            cursor.execute("SELECT root_cause FROM incidents_incident")
            assert cursor.fetchone() == ("A full disk. No alert",)
            cursor.execute("SELECT approved_at = settled_at FROM afteractions_externalmessage")
            assert cursor.fetchone() == (True,)
            # What was written before is kept as what is written now.
            for said in ("munchen", "db-01", "障害"):
                cursor.execute(
                    "SELECT count(*) FROM incidents_timelineevent WHERE search @@ to_tsquery('english', %s)",
                    [query_of(said)],
                )
                assert cursor.fetchone() == (1,), said
            cursor.execute("SELECT count(*) FROM afteractions_section WHERE search @@ 'munchen'")
            assert cursor.fetchone() == (1,)


def changes_rows(operation: Operation) -> bool:
    """Whether it writes rows: any Python, and SQL with such a statement outside of the functions that it defines."""
    if isinstance(operation, migrations.RunSQL):
        said = operation.sql if isinstance(operation.sql, str) else ";".join(map(str, operation.sql))
        said = COMMENT.sub("", FUNCTION_BODY.sub("", said))
        return any(CHANGES_ROWS.match(each) for each in said.split(";"))
    return isinstance(operation, migrations.RunPython)


def mixes_rows_and_schema(operations: list[Operation]) -> bool:
    return len({changes_rows(operation) for operation in operations}) == 2


def test_no_migration_changes_rows_and_the_schema_in_one_transaction() -> None:
    found = {
        key
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if key[0] in OURS and mixes_rows_and_schema(migration.operations)
    }
    assert found == BEFORE_THE_RULE


def test_whether_there_is_something_to_migrate_is_asked_of_each_migration() -> None:
    ours = {
        Path(str(import_module(migration.__module__).__file__))
        for key, migration in MigrationLoader(None).disk_migrations.items()
        if key[0] in OURS
    }
    assert ours <= set(migrations_here())


def test_rows_that_are_changed_beside_an_index_are_seen_and_those_of_a_trigger_are_not() -> None:
    update = migrations.RunSQL("-- Why.\nUPDATE a SET b = 1")
    trigger = migrations.RunSQL("CREATE FUNCTION f() AS $$ BEGIN DELETE FROM a; END $$; CREATE TRIGGER t")
    schema = migrations.RemoveField("person", "team")
    assert mixes_rows_and_schema([schema, update])
    assert mixes_rows_and_schema([migrations.RunPython(lambda apps, editor: None), schema])
    assert not mixes_rows_and_schema([update])
    assert not mixes_rows_and_schema([schema, trigger])
