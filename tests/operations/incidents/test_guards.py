"""What the database itself refuses, told by raw SQL as the application's role."""

import threading
from datetime import datetime, timedelta

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from incidents.models import Incident, Mtm, TimelineEvent
from incidents.operations.close import close
from incidents.operations.log import (
    log_event,
    state_impact,
)
from incidents.operations.response.command import open_track
from incidents.operations.response.mtm import (
    record_mtm,
)
from incidents.operations.response.vendors import engage
from tests.factories.incidents import OPENED, a_closed_incident, an_event, an_incident, minutes
from tests.factories.people import a_mim
from tests.operations.incidents.record_tables import EARLIER, ENTRIES, KEPT_AS_WRITTEN, run
from tests.services import services

CLOSED = OPENED + minutes(100)


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["incidents_incident", *ENTRIES, *KEPT_AS_WRITTEN])
def test_not_even_the_owner_empties_a_table(owner_connection: psycopg.Connection, table: str) -> None:
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        owner_connection.execute(f"TRUNCATE {table} CASCADE".encode())


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
    incident = an_incident(severity="critical")
    record_mtm(incident, by=incident.mim, at=OPENED, now=OPENED)
    with pytest.raises(IntegrityError, match="mtm_number_is_used_once"), transaction.atomic():
        Mtm.objects.create(incident=incident, number=1, started_at=OPENED, logged_at=OPENED)
