"""What must never happen, PostgreSQL refuses: each CHECK and UNIQUE of the schema is broken with raw SQL as the
application's own role, and says its name. The lists come from the database, so that a new one without a case fails."""

import re
from dataclasses import dataclass

import pytest
from django.apps import apps

from tests.faults.seen import Seen
from tests.operations.invariants.broken_rows import AMONG, CASES, SELF_REFERENCES
from tests.operations.invariants.raw_rows import (
    a_row,
    a_value,
    columns_of,
    insert,
    insert_one,
    is_ours,
    refused,
    rows,
    run,
    taken_back,
)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Constraint:
    """A CHECK or UNIQUE of one of our tables."""

    table: str
    name: str
    kind: str
    definition: str
    columns: tuple[str, ...]


def constraints() -> list[Constraint]:
    found = rows("""
        SELECT c.conrelid::regclass::text, c.conname, c.contype::text, pg_get_constraintdef(c.oid),
               array(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(number, place)
                     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number ORDER BY place)
        FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('c', 'u', 'x')
        UNION ALL
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, 'u', pg_get_indexdef(i.indexrelid),
               array(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY k(number, place)
                     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number ORDER BY place)
        FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
        WHERE t.relnamespace = 'public'::regnamespace AND i.indisunique AND NOT i.indisprimary
          AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('u', 'x'))
        ORDER BY 1, 2""")
    return [Constraint(*each) for each in found if is_ours(str(each[0]))]  # type: ignore[arg-type]


def counted(constraint: Constraint) -> str | None:
    """The column of which a CHECK says only that it counts: 0 or more."""
    found = re.fullmatch(r'CHECK \(\("?(\w+)"? >= 0\)\)', constraint.definition)
    return found[1] if found else None


def test_a_plausible_row_is_taken_in_every_table() -> None:
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    ours = [table for table in tables if is_ours(table)]
    assert len(ours) > 45
    for table in ours:
        with taken_back():
            assert insert_one(table) is not None


def test_every_check_refuses_the_rows_that_break_it(seen: Seen) -> None:
    """Raw SQL that breaks a CHECK."""
    checks = [each for each in constraints() if each.kind == "c"]
    assert len(checks) > 50
    named = {each.name for each in checks if counted(each) is None}
    assert named == set(CASES) | set(SELF_REFERENCES)
    for check in checks:
        if (column := counted(check)) is not None:
            with taken_back(), refused(check.name):
                insert_one(check.table, **{column: "-1"})
        for case in CASES.get(check.name, ()):
            with taken_back(), refused(check.name):
                insert_one(check.table, **case)
        if check.name in SELF_REFERENCES:
            with taken_back():
                key = insert_one(check.table)
                with refused(check.name):
                    run(f"UPDATE {check.table} SET {SELF_REFERENCES[check.name]} WHERE id = {key}")
    seen.held, seen.done = "each refused", f"{len(checks)} CHECKs"


def test_every_unique_refuses_the_second_row(seen: Seen) -> None:
    """Raw SQL that says twice what may be there once."""
    uniques = [each for each in constraints() if each.kind == "u"]
    assert len(uniques) > 40
    assert {each.name for each in constraints() if each.kind == "x"} == set()
    assert set(AMONG) <= {each.name for each in uniques}
    for unique in uniques:
        kinds = {column.name: column for column in columns_of(unique.table)}
        the_same = {name: a_value(kinds[name]) for name in unique.columns} | AMONG.get(unique.name, {})
        # The rows differ in everything else that may be there once only.
        others = {
            name
            for other in constraints()
            if other.kind == "u" and other.table == unique.table and other.name != unique.name
            for name in other.columns
        } - set(the_same)
        with taken_back():
            insert_one(unique.table, **different(unique.table, others), **the_same)
            with refused(unique.name):
                insert_one(unique.table, **different(unique.table, others), **the_same)
    seen.held, seen.done = "each refused", f"{len(uniques)} UNIQUEs"


def different(table: str, names: set[str]) -> dict[str, str]:
    """Fresh values in what may be there once only. What may be empty stays so."""
    return {
        column.name: a_value(column)
        for column in columns_of(table)
        if column.name in names and not column.nullable
    }


def test_what_may_be_said_once_with_nothing_in_it_is_said_once() -> None:
    for table in ("afteractions_escalation", "notices_notice"):
        row = a_row(table)
        with taken_back():
            insert(table, row)
            again = {**row, **({"message_id": "'another'"} if table == "notices_notice" else {})}
            with refused("duplicate key"):
                insert(table, again)
