"""What the database itself refuses, told by raw SQL as the application's role."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from incidents.models import Incident, Mtm, TimelineEvent
from incidents.operations.close import close, reopen
from incidents.operations.log import (
    change_severity,
    link_repeat,
    log_event,
    send_status_update,
    state_impact,
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
from tests.factories.incidents import OPENED, a_closed_incident, an_event, an_incident, minutes
from tests.factories.people import a_mim
from tests.services import services

CLOSED = OPENED + minutes(100)
ENTRIES = {
    "incidents_milestone": "at",
    "incidents_impactstatement": "at",
    "incidents_phaseentry": "entered_at",
    "incidents_timelineevent": "at",
    "incidents_statusupdate": "sent_at",
    "incidents_commandassignment": "from_at",
    "incidents_recoverytrack": "opened_at",
    "incidents_vendorengagement": "engaged_at",
    "incidents_mtm": "started_at",
}
KEPT_AS_WRITTEN = (
    "incidents_severitychange",
    "incidents_requirementdecision",
    "incidents_reopening",
    "incidents_handover",
    "incidents_repeatdecision",
    "incidents_mtmdecision",
    "incidents_mtmsummary",
    "incidents_mtmactionreview",
)

# What an event said before it is corrected in place, so that nothing but its empty text speaks against the change.
EARLIER = (
    "earlier = earlier || jsonb_build_array(jsonb_build_object("
    "'kind', kind, 'text', text, 'evidence_url', evidence_url, 'at', at, 'until', logged_at))"
)


@pytest.fixture
def closed(db: None) -> Incident:
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


def run(statement: str, values: Sequence[object] = ()) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


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


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["incidents_incident", *ENTRIES, *KEPT_AS_WRITTEN])
def test_not_even_the_owner_empties_a_table(owner_connection: psycopg.Connection, table: str) -> None:
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        owner_connection.execute(f"TRUNCATE {table} CASCADE".encode())


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


@pytest.mark.django_db
def test_an_incident_does_not_repeat_itself() -> None:
    incident = an_incident()
    with pytest.raises(IntegrityError, match="incident_does_not_repeat_itself"):
        run("UPDATE incidents_incident SET is_repeat = true, repeat_of_id = id WHERE id = %s", [incident.pk])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "assignment", "name"),
    [
        ("incidents_commandassignment", "until_at = from_at - interval '1 s'", "assignment_ends_after"),
        ("incidents_recoverytrack", "closed_at = opened_at - interval '1 s'", "track_closes_after"),
        ("incidents_vendorengagement", "responded_at = engaged_at - interval '1 s'", "vendor_responds_after"),
        ("incidents_mtm", "ended_at = started_at - interval '1 s'", "mtm_ends_after"),
        ("incidents_timelineevent", f"text = '', {EARLIER}", "event_says_something"),
        ("incidents_incident", "severity = 'grave'", "incident_severity_is_known"),
        ("incidents_incident", "title = ''", "incident_has_a_title"),
    ],
)
def test_an_entry_cannot_end_before_it_begins_or_say_nothing(table: str, assignment: str, name: str) -> None:
    mim = a_mim()
    incident = an_incident(mim, "critical")
    an_event(incident, by=mim, at=OPENED)
    open_track(incident, name="Database", by=mim, at=OPENED, now=OPENED)
    engage(incident, vendor="Cumulus", by=mim, at=OPENED, now=OPENED)
    record_mtm(incident, by=mim, at=OPENED, now=OPENED)
    with pytest.raises(IntegrityError, match=name):
        run(f"UPDATE {table} SET {assignment}")


@pytest.mark.django_db
def test_an_incident_closes_only_with_a_requirement() -> None:
    incident = an_incident()
    with pytest.raises(IntegrityError, match="closed_incident_has_a_requirement"):
        run("UPDATE incidents_incident SET closed_at = now() WHERE id = %s", [incident.pk])


def insert_event(incident: Incident, logged_at: datetime, told: list[str]) -> None:
    """On a connection of its own, as the application's role; `told` gets what came of it."""
    with psycopg.connect(services.postgres.url("majorops_app")) as other:
        try:
            other.execute(
                "INSERT INTO incidents_timelineevent (incident_id, at, kind, text, logged_at)"
                " VALUES (%s, %s, 'action', 'Slipped in', %s)",
                [incident.pk, logged_at, logged_at],
            )
            told.append("inserted")
        except psycopg.errors.IntegrityConstraintViolation as refused:
            told.append(str(refused))


@pytest.mark.django_db(transaction=True)
def test_an_entry_waits_for_the_close_that_is_being_written_and_is_then_refused() -> None:
    incident = an_incident()
    told: list[str] = []
    slips = threading.Thread(target=insert_event, args=(incident, OPENED, told))
    with transaction.atomic():
        close(incident, by=incident.mim, at=OPENED + minutes(5), now=OPENED + minutes(5))
        slips.start()
        slips.join(timeout=1)
        assert slips.is_alive(), "it did not wait for the close"
    slips.join(timeout=10)
    assert "after the fact or not at all" in told[0]
    assert not TimelineEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_close_waits_for_the_entry_that_is_being_written() -> None:
    incident = an_incident()
    order: list[str] = []

    def shut() -> None:
        close(incident, by=None, at=OPENED + minutes(5), now=OPENED + minutes(5))
        order.append("closed")
        connection.close()

    closes = threading.Thread(target=shut)
    with psycopg.connect(services.postgres.url("majorops_app")) as other:
        other.execute(
            "INSERT INTO incidents_timelineevent (incident_id, at, kind, text, logged_at)"
            " VALUES (%s, %s, 'action', 'Just in time', %s)",
            [incident.pk, OPENED, OPENED],
        )
        closes.start()
        closes.join(timeout=1)
        assert closes.is_alive(), "it did not wait for the entry"
        order.append("inserted")
    closes.join(timeout=10)
    assert order == ["inserted", "closed"]
    assert Incident.objects.get(pk=incident.pk).timelineevents.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_people_close_at_once_and_one_does() -> None:
    incident = an_incident()
    outcomes: list[str] = []

    def shut() -> None:
        mine = Incident.objects.get(pk=incident.pk)
        try:
            close(mine, by=None, at=OPENED + minutes(5), now=OPENED + minutes(5))
            outcomes.append("closed")
        except Exception as refused:
            outcomes.append(type(refused).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=shut) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["RuleViolation"] * 19 + ["closed"]
    assert incident.milestones.filter(kind="closed").count() == 1


@pytest.mark.django_db
def test_an_entry_made_as_the_close_is_read_by_a_slower_clock_is_still_after_the_fact() -> None:
    incident = a_closed_incident()
    event = log_event(
        incident,
        kind="action",
        text="Caches filled",
        by=incident.mim,
        at=CLOSED - timedelta(seconds=1),
        now=CLOSED - timedelta(milliseconds=40),
    )
    assert event.logged_at > incident.closed_at


@pytest.mark.django_db
def test_when_a_close_was_entered_is_what_its_milestone_says_and_stays() -> None:
    moved = "UPDATE incidents_incident SET close_logged_at = now() + interval '1 day' WHERE id = %s"
    incident = a_closed_incident()
    with pytest.raises(IntegrityError, match="stays as it was"):
        run(moved, [incident.pk])
    with pytest.raises(IntegrityError, match="by its resolution milestone"):
        run(moved, [an_incident(incident.mim).pk])


@pytest.mark.django_db
def test_a_statement_after_the_close_lets_the_incident_say_it() -> None:
    incident = a_closed_incident()
    state_impact(
        incident,
        field="customers_affected",
        value=3,
        by=incident.mim,
        at=CLOSED + minutes(1),
        now=CLOSED + minutes(1),
    )
    assert Incident.objects.get(pk=incident.pk).customers_affected == 3


@pytest.mark.django_db
def test_two_meetings_do_not_share_a_number() -> None:
    incident = an_incident()
    record_mtm(incident, by=incident.mim, at=OPENED, now=OPENED)
    with pytest.raises(IntegrityError, match="mtm_number_is_used_once"), transaction.atomic():
        Mtm.objects.create(incident=incident, number=1, started_at=OPENED, logged_at=OPENED)
