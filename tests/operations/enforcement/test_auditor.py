"""The auditor: what enforcement should have done and did not is found, made good, and said to the administrators."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection

from afteractions.models import AfterAction, Escalation, Obligation
from afteractions.operations import intake
from afteractions.operations.enforcement import auditor, sweep
from incidents.models import Incident
from incidents.operations.response.command import restrict
from incidents.signals import record_changed
from majorops.audit.models import AuditEntry
from majorops.notices.models import Heartbeat, Notice
from majorops.people.models import Person
from tests.factories.incidents import OPENED, a_closed_incident
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db
CLOSED = OPENED + timedelta(minutes=100)  # Tuesday 3 March 2026, 10:40 UTC
SCHEDULE_BY = CLOSED + timedelta(hours=24)


@pytest.fixture
def administrator() -> Person:
    return an_administrator()


@pytest.fixture
def mim() -> Person:
    return a_mim(manager=a_person("Greta Holm", manager=a_person("Wanda Ilves")))


@pytest.fixture
def incident(mim: Person, administrator: Person) -> Incident:
    return a_closed_incident(mim, severity="critical")


def forget(**of: str) -> None:
    """As after a fault: the rows wait for no step any more."""
    assert Obligation.objects.filter(state="open", **of).update(next_step="", next_step_at=None)


@contextmanager
def nobody_follows() -> Iterator[None]:
    """As when the process ended between the record and what follows from it."""
    record_changed.disconnect(dispatch_uid="afteractions.intake")
    try:
        yield
    finally:
        record_changed.connect(intake.on_record_changed, dispatch_uid="afteractions.intake")


def steps_told(person: Person) -> list[str]:
    return list(Notice.objects.inbox_of(person).order_by("id").values_list("step", flat=True))


def test_where_enforcement_did_all_it_should_nothing_is_found(
    incident: Incident, administrator: Person
) -> None:
    for now in (CLOSED, SCHEDULE_BY + timedelta(minutes=20), SCHEDULE_BY + timedelta(days=30)):
        sweep.sweep(now=now)
        assert auditor.audit(now=now + timedelta(minutes=11)) == 0
    assert not any(step.startswith("audit") for step in steps_told(administrator))
    assert Heartbeat.objects.get(name="audit").note == "0 found undone"


@pytest.mark.parametrize("later", [timedelta(minutes=11), timedelta(days=3 * 365)])
def test_a_breach_that_nobody_was_told_is_told_however_long_ago_it_was(
    incident: Incident, mim: Person, administrator: Person, later: timedelta
) -> None:
    forget(kind="schedule")
    now = SCHEDULE_BY + later
    sweep.sweep(now=now)
    assert not Escalation.objects.filter(obligation__kind="schedule").exists()
    assert auditor.audit(now=now) >= 1
    told = Notice.objects.inbox_of(mim).filter(about_type="obligation", due_at=SCHEDULE_BY)
    assert told.filter(step="breach", late=True).exists()
    assert "nobody was told" in AuditEntry.objects.filter(verb="found undone").earliest("id").reason
    assert [step.partition(":")[0] for step in steps_told(administrator)].count("audit") == 1
    assert auditor.audit(now=now + timedelta(minutes=11)) == 0
    assert [step.partition(":")[0] for step in steps_told(administrator)].count("audit") == 1


def test_an_escalation_that_stopped_climbing_goes_on(incident: Incident, mim: Person) -> None:
    sweep.sweep(now=SCHEDULE_BY)
    forget(kind="schedule")
    assert mim.manager is not None
    assert mim.manager.manager is not None
    now = SCHEDULE_BY + timedelta(days=1, minutes=11)
    assert auditor.audit(now=now) == 1
    assert steps_told(mim.manager.manager) == ["escalation:2"]
    assert steps_told(mim.manager).count("escalation:1") == 1
    row = Obligation.objects.get(kind="schedule")
    assert row.next_step_at is not None
    assert row.next_step_at > now


def test_a_deadline_ahead_that_waits_for_nothing_gets_its_warning(incident: Incident, mim: Person) -> None:
    forget(kind="hold")
    now = CLOSED + timedelta(minutes=11)
    assert auditor.audit(now=now) == 1
    row = Obligation.objects.get(kind="hold")
    assert row.next_step.startswith("warning")
    assert row.next_step_at is not None
    sweep.sweep(now=row.next_step_at)
    assert any(step == row.next_step for step in steps_told(mim))


def test_a_step_whose_notices_were_lost_is_told_again(incident: Incident, mim: Person) -> None:
    sweep.sweep(now=SCHEDULE_BY)
    before = set(Notice.objects.filter(about_type="obligation").values_list("recipient", "step", "channel"))
    lost = Notice.objects.filter(about_type="obligation", step__in=["breach", "escalation:1"])
    # What waits to be sent the database lets nobody delete.
    lost.update(sent_at=SCHEDULE_BY)
    lost.delete()
    assert auditor.audit(now=SCHEDULE_BY + timedelta(minutes=11)) == 2
    after = set(Notice.objects.filter(about_type="obligation").values_list("recipient", "step", "channel"))
    assert after == before
    assert auditor.audit(now=SCHEDULE_BY + timedelta(minutes=30)) == 0


def test_a_required_after_action_that_was_never_made_is_made(mim: Person, administrator: Person) -> None:
    with nobody_follows():
        incident = a_closed_incident(mim, severity="critical")
    assert not AfterAction.objects.exists()
    assert auditor.audit(now=CLOSED + timedelta(minutes=11)) == 1
    assert AfterAction.objects.get().incident == incident
    assert Obligation.objects.filter(kind="schedule", state="open").count() == 1


def test_an_after_action_without_any_deadline_gets_them(mim: Person, administrator: Person) -> None:
    with nobody_follows():
        incident = a_closed_incident(mim, severity="critical")
    intake._create(incident, clock_from=CLOSED, by=mim, now=CLOSED)
    assert not Obligation.objects.exists()
    assert auditor.audit(now=CLOSED + timedelta(minutes=11)) == 1
    assert set(Obligation.objects.values_list("kind", flat=True)) >= {"schedule", "hold"}


def test_what_just_came_due_and_what_is_set_aside_is_left_alone(incident: Incident) -> None:
    assert auditor.audit(now=SCHEDULE_BY + timedelta(minutes=9)) == 0
    Obligation.objects.filter(kind="schedule").update(set_aside_at=SCHEDULE_BY)
    assert auditor.audit(now=SCHEDULE_BY + timedelta(minutes=20)) == 0


def test_administrators_outside_do_not_read_of_a_restricted_incident(
    incident: Incident, mim: Person, administrator: Person
) -> None:
    restrict(incident, restricted=True, reason="A person is concerned", by=mim, at=CLOSED, now=CLOSED)
    forget(kind="schedule")
    assert auditor.audit(now=SCHEDULE_BY + timedelta(minutes=11)) == 1
    told = Notice.objects.inbox_of(administrator).get(step__startswith="audit")
    assert incident.reference not in told.text + told.subject + told.url


def test_an_audit_takes_as_many_statements_for_fifty_deadlines_as_for_five(
    mim: Person, administrator: Person
) -> None:
    counts = []
    for incidents in (2, 18):
        for _ in range(incidents):
            a_closed_incident(mim, severity="critical")
        with connection.execute_wrapper(counter := Counter()):
            assert auditor.audit(now=CLOSED + timedelta(minutes=11)) == 0
        counts.append(counter.statements)
    assert counts[0] == counts[1]


class Counter:
    """Counts statements."""

    def __init__(self) -> None:
        self.statements = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.statements += 1
        return execute(sql, params, many, context)
