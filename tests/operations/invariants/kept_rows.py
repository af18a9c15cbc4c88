"""Cases for the triggers that many tables share: rows kept as they were written, and columns kept."""

import re
from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction

from tests.operations.invariants.broken_rows import KEPT, OTHERWISE, SETTLED
from tests.operations.invariants.raw_rows import (
    a_value,
    columns_of,
    insert_one,
    refused,
    refused_or_not_allowed,
    rows,
    run,
    taken_back,
)


def kept_as_written(table: str) -> None:
    with taken_back():
        key = insert_one(table)
        some = next(column.name for column in columns_of(table) if not column.nullable)
        with refused_or_not_allowed():
            run(f'UPDATE {table} SET "{some}" = "{some}" WHERE id = {key}')
        with refused_or_not_allowed():
            run(f"DELETE FROM {table} WHERE id = {key}")


def never_deleted(table: str) -> None:
    with taken_back():
        key = insert_one(table)
        with refused(KEPT):
            run(f"DELETE FROM {table} WHERE id = {key}")


def never_emptied(table: str) -> None:
    """The application has no right to; the test below asks as the owner."""
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(f"TRUNCATE {table} CASCADE")


def kept_columns_of(table: str, trigger: str) -> list[str]:
    """What a trigger of `columns_kept` is told: the column that settles a row, or an empty text, and those kept."""
    found = rows(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass",
        trigger,
        table,
    )
    return re.findall(r"'(\w*)'", str(found[0][0]).partition("EXECUTE FUNCTION")[2])


def keeps_columns(table: str) -> None:
    _, *kept = kept_columns_of(table, "kept_columns")
    keeps(table, kept, insert_one_of=lambda: insert_one(table))


def keeps_what_was_settled(table: str) -> None:
    since, *kept = kept_columns_of(table, "kept_once_settled")
    assert since in SETTLED[table]
    keeps(table, kept, insert_one_of=lambda: insert_one(table, **SETTLED[table]))


def keeps(table: str, kept: list[str], *, insert_one_of: Callable[[], object]) -> None:
    kinds = {column.name: column for column in columns_of(table)}
    for name in kept:
        with taken_back():
            key = insert_one_of()
            value = OTHERWISE.get(kinds[name].kind) or a_value(kinds[name])
            with refused(f"its {name} stays as it was written"):
                run(f'UPDATE {table} SET "{name}" = {value} WHERE id = {key}')
