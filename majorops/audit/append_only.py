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


KEEP = """
CREATE OR REPLACE FUNCTION majorops_keep_columns() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept text;
    holds boolean := true;
BEGIN
    -- The first argument is the column that settles the row once it has a value; empty: it is settled from the start.
    IF TG_ARGV[0] <> '' THEN
        EXECUTE format('SELECT ($1).%I IS NOT NULL', TG_ARGV[0]) INTO holds USING OLD;
    END IF;
    IF NOT holds THEN
        RETURN NEW;
    END IF;
    FOREACH kept IN ARRAY TG_ARGV[1:] LOOP
        EXECUTE format('SELECT ($1).%1$I IS NOT DISTINCT FROM ($2).%1$I', kept) INTO holds USING OLD, NEW;
        IF NOT holds THEN
            RAISE EXCEPTION 'UPDATE of % is refused: its % stays as it was written', TG_TABLE_NAME, kept
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
"""


def columns_kept(table: str, columns: Sequence[str], *, since: str = "") -> migrations.RunSQL:
    """The migration step after which these columns of a row never change: from the start, or `since` another column of
    it has a value. Asked only by an UPDATE that names one of them."""
    name = "kept_once_settled" if since else "kept_columns"
    arguments = ", ".join(f"'{row}'" for row in (since, *columns))
    return migrations.RunSQL(
        f"{KEEP} CREATE TRIGGER {name} BEFORE UPDATE OF {', '.join(columns)} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION majorops_keep_columns({arguments});",
        f"DROP TRIGGER {name} ON {table};",
    )
