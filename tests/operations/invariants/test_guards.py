"""What must never happen, tried with raw SQL as the application's role: PostgreSQL refuses."""

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from afteractions.models import AfterAction
from tests.factories.afteractions import (
    PUBLISHED,
    a_distributed_review,
    a_published_review,
    a_reviewed_review,
    an_after_action,
    hold_meeting,
    read_by_all,
    write,
)

pytestmark = pytest.mark.django_db

KEPT = (
    "transition",
    "meetingmove",
    "attendance",
    "sectiontext",
    "revision",
    "reading",
    "antipatternoccurrence",
    "antipatternevidence",
    "actionextension",
    "itemdisposition",
    "escalation",
)


def refused(statement: str, *values: object) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_mandatory_after_action_cannot_be_skipped() -> None:
    after_action = an_after_action()
    refused(
        "UPDATE afteractions_afteraction SET decision = 'skip', decided_at = now() WHERE id = %s",
        after_action.pk,
    )


def test_a_skipped_one_cannot_become_mandatory_behind_its_back() -> None:
    after_action = an_after_action(severity="high")
    AfterAction.objects.filter(pk=after_action.pk).update(decision="skip", decided_at=PUBLISHED)
    refused(
        "UPDATE incidents_incident SET requirement_level = 'mandatory' WHERE id = %s;"
        "SET CONSTRAINTS ALL IMMEDIATE",
        after_action.incident_id,
    )


def test_closed_is_final_and_a_review_is_published_once() -> None:
    after_action = a_published_review()
    refused("UPDATE afteractions_afteraction SET status = 'reviewed' WHERE id = %s", after_action.pk)
    refused("UPDATE afteractions_afteraction SET published_at = now() WHERE id = %s", after_action.pk)


def test_it_does_not_close_while_a_message_is_planned() -> None:
    message = {"text": "What happened", "audience": "Customers", "due_at": PUBLISHED}
    after_action = a_reviewed_review(external_messages=[message])
    refused(
        "UPDATE afteractions_afteraction SET status = 'closed', published_at = now(), closed_at = now() WHERE id = %s",
        after_action.pk,
    )


@pytest.mark.parametrize(
    "column", ["reviewed_at = NULL", "status = 'draft'", "status = 'lost'", "distributed_at = NULL"]
)
def test_the_status_fits_its_instants(column: str) -> None:
    after_action = a_reviewed_review()
    refused(f"UPDATE afteractions_afteraction SET {column} WHERE id = %s", after_action.pk)


def test_what_is_mandatory_is_not_waived() -> None:
    after_action = an_after_action()
    refused(
        "UPDATE afteractions_obligation SET state = 'waived', ended_at = now(), ended_reason = 'x', ended_by_id = %s,"
        " next_step_at = NULL WHERE after_action_id = %s AND kind = 'hold'",
        after_action.incident.mim_id,
        after_action.pk,
    )


def test_what_was_said_and_shown_is_neither_changed_nor_deleted() -> None:
    after_action = a_published_review()
    for table, column in (
        ("transition", "reason = 'x'"),
        ("attendance", "present = false"),
        ("sectiontext", "version = 99"),
        ("revision", "sha256 = 'x'"),
        ("reading", "read_at = now()"),
    ):
        refused(f"UPDATE afteractions_{table} SET {column}")
        refused(f"DELETE FROM afteractions_{table}")
    for table in ("afteraction", "meeting", "change", "obligation"):
        refused(f"DELETE FROM afteractions_{table}")
    assert after_action.revisions.count() == 2


@pytest.mark.parametrize("table", KEPT)
def test_what_is_kept_cannot_be_emptied(table: str) -> None:
    refused(f"TRUNCATE afteractions_{table} CASCADE")


def test_even_the_owner_of_the_schema_changes_no_revision(owner_connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error, match="refused"):
        owner_connection.execute("TRUNCATE afteractions_revision CASCADE")


def test_an_action_is_not_done_without_evidence_nor_cancelled_without_a_reason() -> None:
    after_action = a_reviewed_review()
    for status in ("done", "cancelled"):
        refused(
            "UPDATE afteractions_change SET status = %s, resolved_at = now() WHERE after_action_id = %s",
            status,
            after_action.pk,
        )


def test_a_required_attendee_is_not_removed_without_a_reason() -> None:
    after_action = an_after_action()
    refused("UPDATE afteractions_attendee SET included = false WHERE after_action_id = %s", after_action.pk)


def test_one_meeting_is_ahead_and_a_held_one_says_whether_it_agreed() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    hold_meeting(after_action)
    refused("UPDATE afteractions_meeting SET agreed = NULL WHERE after_action_id = %s", after_action.pk)
    refused("UPDATE afteractions_meeting SET ends_at = starts_at WHERE after_action_id = %s", after_action.pk)


def test_a_section_is_there_once_and_so_is_each_of_its_versions() -> None:
    after_action = an_after_action()
    text = write(after_action, "root_cause", {"failure": "a full disk"}).texts.last()
    text.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        text.save(force_insert=True)
