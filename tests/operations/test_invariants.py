"""What must never happen, PostgreSQL refuses: each CHECK, UNIQUE and trigger of the schema is broken with raw SQL as
the application's own role, and says its name. The lists come from the database, so that a new one without a case fails.

Rows are made from the columns alone: foreign keys are checked at the commit, which never comes.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from tests.faults.seen import Seen
from tests.operations.broken_rows import (
    AMONG,
    AT,
    CASES,
    CLOSED,
    EARLY,
    ENDED,
    KEPT,
    LATER,
    LOGGED,
    OTHERWISE,
    PLAUSIBLE,
    REVIEWED,
    SELF_REFERENCES,
    SETTLED,
    SOON,
)

# Tables whose key is another column than id.
KEYS = {
    "notices_heartbeat": "name",
    "notices_preference": "person_id",
    "incidents_incidentfigures": "incident_id",
}
OURS = ("people", "audit", "notices", "web", "incidents", "afteractions")


@dataclass(frozen=True)
class Column:
    name: str
    kind: str
    length: int | None
    nullable: bool


@dataclass(frozen=True)
class Constraint:
    """A CHECK or UNIQUE of one of our tables."""

    table: str
    name: str
    kind: str
    definition: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Trigger:
    table: str
    name: str


_number = count(1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def as_the_application(db: None) -> None:
    assert rows("SELECT current_user") == [(settings.APPLICATION_ROLE,)]


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


def triggers() -> list[Trigger]:
    found = rows(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    return [Trigger(*each) for each in found if is_ours(str(each[0]))]  # type: ignore[arg-type]


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


def kept_as_written(table: str) -> None:
    with taken_back():
        key = insert_one(table)
        some = next(column.name for column in columns_of(table) if not column.nullable)
        with refused_or_not_allowed():
            run(f'UPDATE {table} SET "{some}" = "{some}" WHERE id = {key}')
        with refused_or_not_allowed():
            run(f"DELETE FROM {table} WHERE id = {key}")


@contextmanager
def refused_or_not_allowed() -> Iterator[None]:
    """Refused by a trigger, or for want of the privilege, as on the audit."""
    with pytest.raises(DatabaseError, match=rf"{KEPT}|permission denied"), transaction.atomic():
        yield


def never_deleted(table: str) -> None:
    with taken_back():
        key = insert_one(table)
        with refused(KEPT):
            run(f"DELETE FROM {table} WHERE id = {key}")


def never_emptied(table: str) -> None:
    """The application has no right to; the test below asks as the owner."""
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        run(f"TRUNCATE {table} CASCADE")


def a_closed_incident(**said: str) -> object:
    return insert_one(
        "incidents_incident", closed_at=SOON, opened_at=AT, requirement_level="'mandatory'", **said
    )


def guards_the_entries_of_a_closed_record(table: str) -> None:
    with taken_back():
        incident = str(a_closed_incident())
        for made in (AT, SOON):
            with refused("after the fact or not at all"):
                insert_one(table, incident_id=incident, logged_at=made)
        key = insert_one(table, incident_id=incident, logged_at=LATER)
        with refused("is not changed, a correction is a new entry"):
            run(f"UPDATE {table} SET logged_at = {LATER} WHERE id = {key}")
        ended = str(
            insert_one("incidents_incident", ended_without_close="true", requirement_level="'optional'")
        )
        key = insert_one(table, incident_id=ended, logged_at=LATER)
        with refused("is not changed, a correction is a new entry"):
            run(f"UPDATE {table} SET logged_at = {LATER} WHERE id = {key}")


def guards_the_words_of_an_event(table: str) -> None:
    """Corrected in place for ten minutes with what it said before, and not otherwise."""

    def corrected(until: str, *, was: str = "e.text", rest: str = "") -> str:
        words = f"'kind', e.kind, 'text', {was}, 'evidence_url', e.evidence_url, 'at', e.at, 'until', {until}"
        kept = f"jsonb_build_object({words})"
        return (
            f"UPDATE {table} e SET text = 'Corrected', earlier = e.earlier || {kept}{rest} WHERE id = {key}"
        )

    with taken_back():
        incident = insert_one("incidents_incident")
        key = insert_one(table, incident_id=str(incident), logged_at=AT)
        for change in (
            "text = 'Other'",
            f"at = {LATER}",
            "evidence_url = 'https://other.example'",
            "earlier = '[{}]'",
        ):
            with refused("keeps what it said before"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")
        for change in (f"logged_at = {SOON}", "logged_by_id = 1", "by_id = 1", "corrects_id = id"):
            with refused("keeps whose it is and when it was logged"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")
        for until in (
            f"{AT} + interval '10 minutes 1 second'",
            f"{AT} - interval '1 second'",
            "NULL::timestamptz",
        ):
            with refused("corrected in place for ten minutes"):
                run(corrected(until))
        with refused("keeps what it said before"):
            run(corrected(AT, was="'Something else'"))
        with refused("keeps whose it is"):
            run(corrected(AT, rest=", by_id = 1"))
        run(corrected(f"{AT} + interval '10 minutes'"))
        with refused("keeps what it said before"):
            run(f"UPDATE {table} SET text = 'Forgotten', earlier = '[]' WHERE id = {key}")
        with refused("said nothing before"):
            insert_one(table, incident_id=str(incident), earlier="'[{}]'")
        insert_one("incidents_reopening", incident_id=str(incident), at=LATER)
        with refused("closed over this event"):
            run(corrected(f"{AT} + interval '1 minute'"))


STAYS = (
    "title",
    "external_id",
    "source_url",
    "organisation",
    "summary",
    "tags",
    "time_zone",
    "imported_review",
)
STATED = ("business", "alert_source", "revenue_exposure", "sla_status", "unusual_factors")
REACHED = ("impact_started", "alert_fired", "confirmed", "opened", "mitigated", "recovered")


def guards_what_a_closed_incident_says(table: str) -> None:
    changes = {
        **{f"{name} = '\"other\"'": "stays as recorded" for name in STAYS},
        **{f"{name} = 'other'": "changes by a new statement" for name in STATED},
        **{f"{name} = true": "changes by a new statement" for name in ("external", "regulatory_exposure")},
        "customers_affected = 7": "changes by a new statement",
        **{f"{name}_at = {LATER}": "changes by a new milestone" for name in REACHED},
        f"closed_at = {LATER}": "changes by a new milestone",
        "closed_at = NULL": "only by a reopening",
        "severity = 'low'": "an entry of the severity history",
        "highest_severity = 'critical'": "an entry of the severity history",
        "reference = 'INC-OTHER'": "keeps its reference",
        f"recorded_at = {LATER}": "keeps its reference",
        "document_sha256 = 'other'": "stays as recorded",
    }
    with taken_back():
        key = a_closed_incident()
        for change, sentence in changes.items():
            with refused(sentence):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")


def guards_the_cadence_of_a_closed_incident(table: str) -> None:
    with taken_back():
        key = a_closed_incident()
        for change in ("critical_update_minutes = 15", "high_update_minutes = 15"):
            with refused("how often a status update was due stays as it was"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")


def guards_the_after_action(table: str) -> None:
    with taken_back():
        incident = str(a_closed_incident())
        with refused("A mandatory After Action cannot be skipped"):
            insert_one(table, incident_id=incident, decision="'skip'", decided_at=AT)
        key = insert_one(table, incident_id=incident, **CLOSED)
        with refused("Closed is final"):
            run(f"UPDATE {table} SET status = 'reviewed', closed_at = NULL WHERE id = {key}")
        with refused("A review is published once"):
            run(f"UPDATE {table} SET published_at = {LATER} WHERE id = {key}")
        waits = insert_one(table, **REVIEWED)
        insert_one("afteractions_externalmessage", after_action_id=str(waits))
        with refused("neither sent nor withdrawn"):
            run(
                f"UPDATE {table} SET status = 'closed', published_at = {AT}, closed_at = {AT} WHERE id = {waits}"
            )


def guards_a_requirement_that_rises(table: str) -> None:
    with taken_back():
        incident = insert_one(table, requirement_level="'optional'")
        insert_one("afteractions_afteraction", incident_id=str(incident), decision="'skip'", decided_at=AT)
        with refused("must be taken up before its incident becomes mandatory"):
            run(f"UPDATE {table} SET requirement_level = 'mandatory' WHERE id = {incident}")
            run("SET CONSTRAINTS guard_requirement IMMEDIATE")


def guards_against_waiving_what_is_mandatory(table: str) -> None:
    with taken_back():
        incident = str(a_closed_incident())
        waived = {**ENDED, "state": "'waived'", "ended_by_id": "1", "ended_reason": "'agreed'"}
        for kind in ("decide", "schedule", "distribute", "hold", "publish"):
            with refused("What is mandatory cannot be waived"):
                insert_one(table, incident_id=incident, kind=f"'{kind}'", **waived)


def guards_who_held_a_role(table: str) -> None:
    with taken_back():
        incident = str(a_closed_incident())
        at_once = {"incident_id": incident, "logged_at": LATER, "needs_confirmation": "false"}
        for role in ("technical_recovery_lead", "recovery_director", "scribe"):
            with refused("waits for its confirmation"):
                insert_one(table, **at_once, role=f"'{role}'")
        with refused("waits for its confirmation"):
            insert_one(table, needs_confirmation="false", corrects_id="1")
        runs = str(insert_one("incidents_incident"))
        key = insert_one(table, incident_id=runs)
        for change in ("needs_confirmation = false", "role = 'mim'", "person_id = person_id + 1"):
            with refused("only changes until when it was held"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")


def guards_the_name_that_a_closed_record_uses(table: str) -> None:
    of = {"incidents_service": "incidents_incidentservice", "incidents_vendor": "incidents_vendorengagement"}
    key_of = {"incidents_service": "service_id", "incidents_vendor": "vendor_id"}
    with taken_back():
        named = insert_one(table)
        run(f"UPDATE {table} SET name = 'Another' WHERE id = {named}")
        closed = str(a_closed_incident())
        logged = {"logged_at": LATER} if table == "incidents_vendor" else {}
        insert_one(of[table], incident_id=closed, **{key_of[table]: str(named)}, **logged)
        with refused("its name stays as it was written"):
            run(f"UPDATE {table} SET name = 'Yet another' WHERE id = {named}")


def guards_the_meeting_of_an_action(table: str) -> None:
    with taken_back():
        meeting, other = str(insert_one("incidents_mtm")), str(insert_one("incidents_mtm", number="7"))
        action = insert_one(table, mtm_id=meeting)
        with refused("it moves only to what corrects its meeting"):
            run(f"UPDATE {table} SET mtm_id = {other} WHERE id = {action}")
        correcting = insert_one("incidents_mtm", corrects_id=meeting)
        run(f"UPDATE {table} SET mtm_id = {correcting} WHERE id = {action}")


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


def guards_the_manager_tree(table: str) -> None:
    with taken_back():
        above = insert_one(table)
        middle = insert_one(table, manager_id=str(above))
        below = insert_one(table, manager_id=str(middle))
        for one in (middle, below):
            with refused("The manager tree has no cycle"):
                run(f"UPDATE {table} SET manager_id = {one} WHERE id = {above}")


def test_what_migrations_ran_is_the_owners_to_write() -> None:
    for statement in ("DELETE FROM django_migrations", "UPDATE django_migrations SET app = 'other'"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            run(statement)


TRIGGERS: Mapping[str, Callable[[str], None]] = {
    "append_only_rows": kept_as_written,
    "append_only_table": never_emptied,
    "never_deleted_rows": never_deleted,
    "never_deleted_table": never_emptied,
    "guard_entry": guards_the_entries_of_a_closed_record,
    "guard_event": guards_the_words_of_an_event,
    "guard_role": guards_who_held_a_role,
    "guard_service_name": guards_the_name_that_a_closed_record_uses,
    "guard_vendor_name": guards_the_name_that_a_closed_record_uses,
    "guard_mtm_of_action": guards_the_meeting_of_an_action,
    "kept_columns": keeps_columns,
    "kept_once_settled": keeps_what_was_settled,
    "guard_incident": guards_what_a_closed_incident_says,
    "guard_cadence": guards_the_cadence_of_a_closed_incident,
    "guard_after_action": guards_the_after_action,
    "guard_requirement": guards_a_requirement_that_rises,
    "guard_waiver": guards_against_waiving_what_is_mandatory,
    "guard_manager": guards_the_manager_tree,
}


def test_every_trigger_refuses_what_it_guards_against(seen: Seen) -> None:
    """Raw SQL that does what a trigger guards against."""
    found = triggers()
    assert len(found) > 70
    assert {each.name for each in found} == set(TRIGGERS)
    for each in found:
        TRIGGERS[each.name](each.table)
    seen.held, seen.done = "each refused", f"{len(found)} triggers"


def test_not_even_the_owner_of_the_schema_changes_or_empties_what_is_kept(
    owner_connection: psycopg.Connection,
) -> None:
    owner_connection.execute("SET lock_timeout = '10s'")
    for each in triggers():
        if each.name in ("append_only_table", "never_deleted_table"):
            with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match=KEPT):
                owner_connection.execute(f"TRUNCATE {each.table} CASCADE".encode())
            owner_connection.rollback()
            owner_connection.execute("SET lock_timeout = '10s'")


def test_the_application_owns_nothing_and_cannot_lay_a_trigger_aside() -> None:
    for statement in (
        "ALTER TABLE afteractions_revision DISABLE TRIGGER ALL",
        "DROP TRIGGER append_only_rows ON afteractions_revision",
        "ALTER TABLE incidents_incident DROP CONSTRAINT incident_has_a_title",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
    ):
        with pytest.raises(DatabaseError, match=r"must be owner|permission denied"), transaction.atomic():
            run(statement)
