"""What the database refuses about a closed incident, told by raw SQL as the application's role."""

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection

from incidents.models import Incident
from incidents.operations.close import close, reopen
from incidents.operations.log import (
    change_severity,
    link_repeat,
    send_status_update,
)
from incidents.operations.response.command import hand_over, open_track
from incidents.operations.response.mtm import (
    ActionOfMtm,
    decide_against_mtm,
    publish_summary,
    record_mtm,
    update_mtm,
)
from incidents.operations.response.mtm_meeting import review_action
from incidents.operations.response.vendors import engage
from tests.factories.incidents import OPENED, an_event, an_incident, minutes
from tests.factories.people import a_mim
from tests.operations.incidents.record_tables import ENTRIES, KEPT_AS_WRITTEN, run

CLOSED = OPENED + minutes(100)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def closed(rows_of_the_module: None) -> Incident:
    """A closed incident with a row in every table of the record."""
    mim = a_mim()
    incident = an_incident(mim, "critical", impact={"business": "No orders"})
    an_event(incident, by=mim, at=OPENED)
    send_status_update(incident, audience="internal", text="We look at it", by=mim, at=OPENED, now=OPENED)
    open_track(incident, name="Database", by=mim, at=OPENED, now=OPENED)
    engage(incident, vendor="Cumulus", by=mim, at=OPENED, now=OPENED)
    mtm = record_mtm(
        incident,
        by=mim,
        at=OPENED,
        now=OPENED + minutes(20),
        ended_at=OPENED + minutes(15),
        actions=[ActionOfMtm("Ask the vendor")],
    )
    second = record_mtm(incident, by=mim, at=OPENED + minutes(16), now=OPENED + minutes(20))
    review_action(
        mtm.actions.get(),
        number=2,
        outcome="goes_on",
        by=mim,
        at=OPENED + minutes(17),
        now=OPENED + minutes(20),
    )
    update_mtm(
        second, ended_at=OPENED + minutes(19), by=mim, at=OPENED + minutes(19), now=OPENED + minutes(20)
    )
    publish_summary(mtm, text="Restored soon", by=mim, at=OPENED + minutes(15), now=OPENED + minutes(20))
    decide_against_mtm(
        incident, reason="Nothing new", by=mim, at=OPENED + minutes(30), now=OPENED + minutes(30)
    )
    change_severity(incident, severity="high", by=mim, at=OPENED + minutes(40), now=OPENED + minutes(40))
    at = OPENED + minutes(50)
    link_repeat(incident, repeat_of=None, is_repeat=True, by=mim, at=at, now=at)
    successor = a_mim("Juno Vale")
    hand_over(incident, to=successor, by=mim, at=at, now=at)
    close(incident, by=successor, at=at, now=at)
    reopen(incident, reason="It came back", by=successor, at=at, now=at + minutes(1))
    return close(incident, by=successor, at=CLOSED, now=CLOSED)


@pytest.mark.parametrize("table", ENTRIES)
def test_no_entry_of_a_closed_incident_is_changed(closed: Incident, table: str) -> None:
    with pytest.raises(IntegrityError, match="a correction is a new entry"):
        run(f"UPDATE {table} SET logged_at = now() WHERE incident_id = %s", [closed.pk])


@pytest.mark.parametrize(("table", "instant"), ENTRIES.items())
def test_no_entry_is_slipped_in_as_if_it_had_been_there_before_the_close(
    closed: Incident, table: str, instant: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
            " WHERE table_name = %s AND column_name NOT IN ('id', 'incident_id', 'logged_at', %s)"
            " AND column_name <> 'until_at' AND is_generated = 'NEVER'",
            [table, instant],
        )
        others = cursor.fetchone()[0]
    copy = (
        f"INSERT INTO {table} (incident_id, {others}, logged_at, {instant})"
        f" SELECT incident_id, {others}, %s, %s FROM {table} WHERE incident_id = %s LIMIT 1"
    )
    for logged_at, made_at in ((CLOSED - minutes(1), OPENED), (None, OPENED), (CLOSED, OPENED)):
        with pytest.raises(IntegrityError, match="after the fact or not at all"):
            run(copy, [logged_at, made_at, closed.pk])


@pytest.mark.parametrize("table", ["incidents_incident", "incidents_mtmaction", *ENTRIES, *KEPT_AS_WRITTEN])
def test_nothing_of_the_record_is_deleted_or_emptied(closed: Incident, table: str) -> None:
    with pytest.raises(IntegrityError, match="kept as they were written"):
        run(f"DELETE FROM {table}")
    with pytest.raises(ProgrammingError) as refused:
        run(f"TRUNCATE {table} CASCADE")
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize("table", KEPT_AS_WRITTEN)
def test_what_was_decided_stays_as_it_was_written(closed: Incident, table: str) -> None:
    with pytest.raises(IntegrityError, match="kept as they were written"):
        run(f"UPDATE {table} SET id = id")


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("title = 'Nothing happened'", "its title stays as recorded"),
        ("time_zone = 'Asia/Tokyo'", "its time_zone stays as recorded"),
        ("external_id = 'other'", "its external_id stays as recorded"),
        ("reference = 'INC-OTHER1'", "keeps its reference"),
        ("recorded_at = now()", "keeps its reference"),
        ("opened_at = opened_at + interval '1 hour'", "opened changes by a new milestone"),
        ("closed_at = closed_at - interval '1 hour'", "closed changes by a new milestone"),
        ("mitigated_at = opened_at", "mitigated changes by a new milestone"),
        ("recovered_at = opened_at", "recovered changes by a new milestone"),
        ("external = false", "external changes by a new statement"),
        ("customers_affected = 0", "customers_affected changes by a new statement"),
        ("business = NULL", "business changes by a new statement"),
        ("severity = 'low', highest_severity = 'low'", "an entry of the severity history"),
        ("highest_severity = 'high'", "an entry of the severity history"),
        ("closed_at = NULL", "only by a reopening"),
        ("requirement_level = ''", "its requirement changes by a decision"),
    ],
)
def test_what_a_closed_incident_says_changes_only_by_an_entry(
    closed: Incident, assignment: str, sentence: str
) -> None:
    # The reopening that the fixture holds is of an earlier close, so it opens nothing now.
    with pytest.raises(IntegrityError, match=sentence):
        run(f"UPDATE incidents_incident SET {assignment} WHERE id = %s", [closed.pk])
