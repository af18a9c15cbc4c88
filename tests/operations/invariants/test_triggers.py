"""What must never happen, PostgreSQL refuses: each trigger of the schema is met with raw SQL that it guards against, as
the application's own role. The list comes from the database, so that a new one without a case fails."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import psycopg
import pytest
from django.db import DatabaseError, transaction

from tests.faults.seen import Seen
from tests.operations.invariants import kept_rows, people_guards, record_guards, review_guards
from tests.operations.invariants.broken_rows import HELD, KEPT, LATER, SETTLED, SOON
from tests.operations.invariants.raw_rows import insert_one, refused, rows, run, taken_back

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Trigger:
    table: str
    name: str


def triggers() -> list[Trigger]:
    found = rows(
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    return [Trigger(*each) for each in found]  # type: ignore[arg-type]


TRIGGERS: Mapping[str, Callable[[str], None]] = {
    "append_only_rows": kept_rows.kept_as_written,
    "append_only_table": kept_rows.never_emptied,
    "never_deleted_rows": kept_rows.never_deleted,
    "never_deleted_table": kept_rows.never_emptied,
    "guard_entry": record_guards.guards_the_entries_of_a_closed_record,
    "guard_event": record_guards.guards_the_words_of_an_event,
    "guard_role": record_guards.guards_who_held_a_role,
    "guard_service_name": record_guards.guards_the_name_that_a_closed_record_uses,
    "guard_vendor_name": record_guards.guards_the_name_that_a_closed_record_uses,
    "guard_mtm_of_action": record_guards.guards_the_meeting_of_an_action,
    "kept_columns": kept_rows.keeps_columns,
    "kept_once_settled": kept_rows.keeps_what_was_settled,
    "guard_incident": record_guards.guards_what_a_closed_incident_says,
    "guard_close": record_guards.guards_when_a_close_was_entered,
    "guard_decided": record_guards.guards_what_was_decided_of_a_closed_incident,
    "guard_access": record_guards.guards_who_may_know,
    "guard_cadence": record_guards.guards_the_cadence_of_a_closed_incident,
    "guard_after_action": review_guards.guards_the_after_action,
    "guard_instants": review_guards.guards_the_instants_of_a_review,
    "guard_section": review_guards.guards_the_sections_of_a_published_review,
    "guard_change": review_guards.guards_the_changes_that_were_agreed,
    "guard_attendance": review_guards.guards_who_was_there,
    "guard_unsent": review_guards.guards_what_is_to_be_told,
    "guard_requirement": review_guards.guards_a_requirement_that_rises,
    "guard_waiver": review_guards.guards_against_waiving_what_is_mandatory,
    "guard_manager": people_guards.guards_the_manager_tree,
    "guard_administrators": people_guards.guards_the_last_administrator,
    "forget_external_membership": people_guards.forgets_where_a_group_came_from,
    "guard_group_renamed": people_guards.guards_the_groups_that_permissions_come_from,
    "guard_group_removed": people_guards.guards_the_groups_that_permissions_come_from,
}


def test_every_trigger_refuses_what_it_guards_against(seen: Seen) -> None:
    """Raw SQL that does what a trigger guards against."""
    found = triggers()
    assert len(found) > 70
    assert {each.name for each in found} == set(TRIGGERS)
    for each in found:
        TRIGGERS[each.name](each.table)
    seen.held, seen.done = "each refused", f"{len(found)} triggers"


MESSAGE, LINK = SETTLED["afteractions_externalmessage"], SETTLED["afteractions_guestlink"]
# A trigger that keeps columns names them itself: what must be among them, whatever it says.
STAYS: tuple[tuple[str, Mapping[str, str], str], ...] = (
    ("afteractions_guestlink", LINK, "revoked_at = NULL"),
    ("afteractions_guestlink", LINK, "expires_at = expires_at + interval '1 year'"),
    ("afteractions_externalmessage", MESSAGE, "text = 'All is well'"),
    ("afteractions_externalmessage", MESSAGE, "channel = 'Post'"),
    ("afteractions_externalmessage", MESSAGE, "approved_by_id = 7"),
    ("afteractions_externalmessage", MESSAGE, "status = 'planned', settled_at = NULL"),
    ("afteractions_meeting", HELD, f"starts_at = {LATER}, ends_at = {LATER} + interval '1 hour'"),
    ("afteractions_meeting", HELD, f"held_from = {SOON}"),
    ("afteractions_meeting", HELD, "agreed = false"),
    ("afteractions_change", {}, "after_action_id = after_action_id + 1"),
    ("incidents_incident", {}, "history = true"),
    ("incidents_incidentaccess", {}, "person_id = person_id + 1"),
    ("incidents_incidentaccess", {}, "why = 'holds a role'"),
)


def test_what_was_sent_revoked_held_or_given_stays() -> None:
    for table, settled, change in STAYS:
        with taken_back():
            key = insert_one(table, **settled)
            with refused("stays as it was written"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")


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


def test_what_migrations_ran_is_the_owners_to_write() -> None:
    for statement in ("DELETE FROM django_migrations", "UPDATE django_migrations SET app = 'other'"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            run(statement)
