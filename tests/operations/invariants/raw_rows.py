"""Rows made from the columns alone, with raw SQL: foreign keys are checked at the commit, which never comes."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.operations.invariants.broken_rows import AT, EARLY, KEPT, LOGGED, PLAUSIBLE, SOON

# Tables whose key is another column than id.
KEYS = {
    "notices_heartbeat": "name",
    "notices_preference": "person_id",
    "incidents_incidentfigures": "incident_id",
}
OURS = ("people", "scim", "audit", "notices", "web", "incidents", "afteractions")


@dataclass(frozen=True)
class Column:
    name: str
    kind: str
    length: int | None
    nullable: bool


_number = count(1)


def rows(statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[object, ...]] = cursor.fetchall()
        return found


def run(statement: str) -> object:
    """Runs one statement; the first value it returns, if it returns any."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens inside never happened: no commit, and no foreign key that is looked for."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def refused(sentence: str) -> Iterator[None]:
    """The database refuses what happens inside, and says this."""
    with pytest.raises(IntegrityError, match=re.escape(sentence)), transaction.atomic():
        yield


def is_ours(table: str) -> bool:
    return table.partition("_")[0] in OURS


@cache
def columns_of(table: str) -> tuple[Column, ...]:
    """The columns that a row must or may say; what the database makes by itself is left out."""
    found = rows(
        "SELECT column_name, data_type, character_maximum_length, is_nullable = 'YES' FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' AND is_identity = 'NO'",
        table,
    )
    return tuple(Column(*each) for each in found)  # type: ignore[arg-type]


def a_value(column: Column) -> str:
    """A value of the column's type that no other row has, where the type has enough of them."""
    number = next(_number)
    match column.kind:
        case "character varying" | "text":
            return f"'{f'w{number}'[: column.length]}'"
        case "integer" | "bigint" | "smallint":
            return str(number)
        case "boolean":
            return "false"
        case "timestamp with time zone":
            return AT
        case "date":
            return "date '2026-03-03'"
        case "time without time zone":
            return EARLY
        case "jsonb":
            return "'{}'"
        case "bytea":
            return "''"
        case "ARRAY":
            return "'{}'"
    raise AssertionError(f"no value for {column}")


def a_row(table: str, **said: str) -> dict[str, str]:
    """The columns and values of a plausible row."""
    columns = columns_of(table)
    logged = LOGGED if any(column.name == "logged_at" for column in columns) else {}
    return {
        **{column.name: a_value(column) for column in columns if not column.nullable},
        **PLAUSIBLE.get(table, {}),
        **logged,
        **said,
    }


def insert(table: str, row: Mapping[str, str]) -> object:
    """Its key."""
    names = ", ".join(f'"{name}"' for name in row)
    key = KEYS.get(table, "id")
    return run(f"INSERT INTO {table} ({names}) VALUES ({', '.join(row.values())}) RETURNING {key}")


def insert_one(table: str, **said: str) -> object:
    return insert(table, a_row(table, **said))


@contextmanager
def refused_or_not_allowed() -> Iterator[None]:
    """Refused by a trigger, or for want of the privilege, as on the audit."""
    with pytest.raises(DatabaseError, match=rf"{KEPT}|permission denied"), transaction.atomic():
        yield


def a_closed_incident(**said: str) -> object:
    return insert_one(
        "incidents_incident", closed_at=SOON, opened_at=AT, requirement_level="'mandatory'", **said
    )
