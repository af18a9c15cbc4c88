"""What makes a table append-only: triggers that refuse UPDATE, DELETE and TRUNCATE, whoever asks."""

from collections.abc import Sequence

from django.db import migrations

REFUSE = """
CREATE OR REPLACE FUNCTION majorops_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: its rows are kept as they were written', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def append_only(tables: Sequence[str]) -> migrations.RunSQL:
    """The migration step after which rows of `tables` can only be added."""
    forward, backward = [REFUSE], []
    for table in tables:
        forward.append(
            f"CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION majorops_refuse_change();"
            f"CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION majorops_refuse_change();"
        )
        backward.append(
            f"DROP TRIGGER append_only_rows ON {table}; DROP TRIGGER append_only_table ON {table};"
        )
    return migrations.RunSQL("\n".join(forward), "\n".join(backward))


def never_deleted(tables: Sequence[str]) -> migrations.RunSQL:
    """The migration step after which rows of `tables` can be added and changed, never removed."""
    forward, backward = [REFUSE], []
    for table in tables:
        forward.append(
            f"CREATE TRIGGER never_deleted_rows BEFORE DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION majorops_refuse_change();"
            f"CREATE TRIGGER never_deleted_table BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION majorops_refuse_change();"
        )
        backward.append(
            f"DROP TRIGGER never_deleted_rows ON {table}; DROP TRIGGER never_deleted_table ON {table};"
        )
    return migrations.RunSQL("\n".join(forward), "\n".join(backward))
