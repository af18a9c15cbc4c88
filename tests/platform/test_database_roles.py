"""The application's database role owns nothing."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction


@pytest.mark.django_db
def test_the_application_logs_in_as_a_role_that_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_user, current_user, usesuper FROM pg_user WHERE usename = session_user"
        )
        assert cursor.fetchone() == ("majorops_app", "majorops_app", False)
        cursor.execute("SELECT count(*) FROM pg_class WHERE relowner = 'majorops_app'::regrole")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["TRUNCATE django_session", "DROP TABLE django_session", "CREATE TABLE mine ()"]
)
def test_the_application_cannot_change_the_schema_or_empty_a_table(statement: str) -> None:
    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
