"""Instants come out of the database as they went in, and are read as Django reads them."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


def read(written: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [written])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-03-03 14:05:00.123456+01", datetime(2026, 3, 3, 13, 5, 0, 123456, UTC)),
        ("2026-03-03 14:05:00.1Z", datetime(2026, 3, 3, 14, 5, 0, 100_000, UTC)),
        ("0001-01-01 00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
        ("9999-12-31 23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_utc(written: str, instant: datetime) -> None:
    found = read(written)
    assert found == instant
    assert found.tzinfo is UTC


def test_an_instant_that_no_calendar_of_ours_has_is_refused_in_words() -> None:
    with pytest.raises(DataError, match="too large"):
        read("infinity")


def test_lists_of_instants_and_empty_ones_are_read_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT ARRAY['2026-03-03 14:05Z'::timestamptz], NULL::timestamptz")
        assert cursor.fetchone() == ([datetime(2026, 3, 3, 14, 5, tzinfo=UTC)], None)
