"""A waived deadline: by whom, why, and what follows."""

from datetime import timedelta
from typing import Any

import pytest

from afteractions.models import AfterAction, Obligation
from afteractions.operations import intake
from afteractions.operations.deadlines.waiving import waive
from afteractions.operations.enforcement import sweep
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.operations.log import change_severity, state_impact
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.afteractions import CLOSED
from tests.factories.incidents import a_closed_incident
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db
LATER = CLOSED + timedelta(hours=2)
SAID: dict[str, Any] = {"reason": "Reviewed together with the one of Monday", "at": LATER, "now": LATER}


@pytest.fixture
def boss() -> Person:
    return a_person("Berta Lang")


@pytest.fixture
def mim(boss: Person) -> Person:
    return a_mim(manager=boss)


def to_be_held(mim: Person) -> AfterAction:
    """A recommended After Action that its MIM decided to hold."""
    incident = a_closed_incident(mim, severity="high", impact={"external": True})
    return intake.decide(incident.after_action, decision="hold", by=mim, at=CLOSED, now=CLOSED)


def the(kind: ObligationKind, after_action: AfterAction) -> Obligation:
    return Obligation.objects.filter(after_action=after_action, kind=kind).latest("id")


def test_a_waiver_keeps_by_whom_and_why_and_ends_its_enforcement(mim: Person, boss: Person) -> None:
    owed = the(ObligationKind.SCHEDULE, to_be_held(mim))
    waive(owed, by=boss, **SAID)
    owed.refresh_from_db()
    assert (owed.state, owed.ended_by, owed.ended_reason) == ("waived", boss, SAID["reason"])
    assert (owed.next_step, owed.next_step_at) == ("", None)
    said = AuditEntry.objects.filter(verb="waived").get()
    assert (said.by, said.reason) == (boss, SAID["reason"])
    assert Notice.objects.filter(
        recipient=mim, channel="inbox", subject__startswith="Waived: schedule"
    ).exists()
    before = Notice.objects.filter(about_type="obligation", about_id=owed.pk).count()
    sweep.sweep(now=CLOSED + timedelta(days=3))
    assert Notice.objects.filter(about_type="obligation", about_id=owed.pk).count() == before


def test_it_is_not_owed_again_while_nothing_makes_it_mandatory(mim: Person, boss: Person) -> None:
    after_action = to_be_held(mim)
    waive(the(ObligationKind.SCHEDULE, after_action), by=boss, **SAID)
    state_impact(
        after_action.incident,
        field="customers_affected",
        value=90,
        reason="Counted",
        by=mim,
        at=LATER,
        now=LATER,
    )
    assert the(ObligationKind.SCHEDULE, after_action).state == ObligationState.WAIVED


def test_what_was_waived_is_owed_once_the_after_action_becomes_mandatory(mim: Person, boss: Person) -> None:
    after_action = to_be_held(mim)
    waived = the(ObligationKind.SCHEDULE, after_action)
    waive(waived, by=boss, **SAID)
    raised = LATER + timedelta(hours=1)
    change_severity(
        after_action.incident, severity="critical", reason="Data was lost", by=mim, at=raised, now=raised
    )
    owed = the(ObligationKind.SCHEDULE, after_action)
    assert (owed.state, owed.due_at) == ("open", raised + timedelta(hours=24))
    waived.refresh_from_db()
    assert waived.state == ObligationState.WAIVED


def test_nothing_of_a_mandatory_after_action_is_waived_by_anyone(mim: Person, boss: Person) -> None:
    incident = a_closed_incident(mim, severity="critical")
    owed = the(ObligationKind.HOLD, incident.after_action)
    for by in (boss, an_administrator()):
        with pytest.raises(RuleViolation, match="mandatory"):
            waive(owed, by=by, **SAID)


def test_only_those_above_whoever_owes_it_waive(mim: Person, boss: Person) -> None:
    owed = the(ObligationKind.SCHEDULE, to_be_held(mim))
    for by in (mim, a_mim("Noor Castell"), a_person()):
        with pytest.raises(NotAllowed):
            waive(owed, by=by, **SAID)
    director = a_person("Cosima Falk")
    Person.objects.filter(pk=boss.pk).update(manager=director)
    waive(Obligation.objects.select_related("responsible").get(pk=owed.pk), by=director, **SAID)


def test_a_waiver_takes_a_reason_and_comes_once(mim: Person, boss: Person) -> None:
    owed = the(ObligationKind.SCHEDULE, to_be_held(mim))
    with pytest.raises(BadInput):
        waive(owed, by=boss, **{**SAID, "reason": " "})
    waive(owed, by=boss, **SAID)
    with pytest.raises(RuleViolation, match="it is waived"):
        waive(owed, by=boss, **SAID)
