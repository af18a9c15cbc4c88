"""Closing: what it writes in one transaction, and how its requirement is decided."""

from datetime import timedelta
from typing import Any

import pytest

from incidents.models import Incident, RequirementDecision
from incidents.operations.close import close
from incidents.operations.log import enter_phase, reach_milestone, run_line
from incidents.operations.response.command import assign, open_track
from incidents.signals import record_changed
from incidents.vocabulary import CommandRole, MilestoneKind, Phase
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.people.models import Person
from tests.factories.incidents import OPENED, a_closed_incident, an_incident, gaps_of, minutes
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db


def test_the_resolution_milestone_closes_and_decides_the_requirement() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, "critical")

    stored = Incident.objects.get(pk=incident.pk)
    closed_at = OPENED + minutes(100)
    assert (stored.status, incident.status, stored.closed_at) == ("closed", "closed", closed_at)
    assert (stored.requirement_level, stored.requirement_rule) == ("mandatory", 2)
    assert (stored.requirement_decided_at, stored.requirement_reason) == (
        closed_at,
        "Critical (P1): mandatory at any duration.",
    )
    assert stored.phaseentrys.last().phase == Phase.CLOSED
    assert stored.milestones.get(kind=MilestoneKind.CLOSED).at == closed_at


def test_the_decision_is_kept_with_its_inputs() -> None:
    incident = a_closed_incident(
        lasting=timedelta(hours=1, minutes=30), impact={"external": False, "customers_affected": 0}
    )
    decision = incident.requirement_decisions.get()
    assert (decision.level, decision.rule) == ("optional", 5)
    assert decision.inputs == {
        "severity": "high",
        "duration": 5400,
        "customer_impact": False,
        "customer_impact_known": True,
        "unusual_factors": None,
        "is_repeat": False,
        "repeat_of": None,
    }


@pytest.mark.parametrize(
    ("severity", "lasting", "impact", "expected"),
    [
        ("high", timedelta(hours=2), {"external": False}, ("optional", 5)),
        ("high", timedelta(hours=2, seconds=1), {"external": False}, ("mandatory", 3)),
        ("high", timedelta(hours=1), {}, ("recommended", 4)),
        ("high", timedelta(hours=1), {"customers_affected": 1}, ("recommended", 4)),
        ("medium", timedelta(hours=9), {"unusual_factors": "Two failures at once"}, ("optional", 6)),
        ("medium", timedelta(hours=9), {}, ("not_required", 7)),
        ("low", timedelta(hours=9), {}, ("not_required", 7)),
    ],
)
def test_the_table_decides_at_close(
    severity: str, lasting: timedelta, impact: dict[str, object], expected: tuple[str, int]
) -> None:
    incident = a_closed_incident(severity=severity, lasting=lasting, impact=impact)
    assert (incident.requirement_level, incident.requirement_rule) == expected


def test_closing_ends_the_roles_and_leaves_the_tracks_as_they_were_captured() -> None:
    mim, lead = a_mim(), a_person("Rena Holt")
    incident = an_incident(mim)
    assign(incident, role="technical_recovery_lead", person=lead, by=mim, at=OPENED, now=OPENED)
    track = open_track(incident, name="Database", lead=lead, by=mim, at=OPENED, now=OPENED)
    later = OPENED + minutes(30)
    close(incident, by=mim, at=later, now=later)
    assert {one.until_at for one in incident.commandassignments.all()} == {later}
    track.refresh_from_db()
    assert track.closed_at is None


def test_a_receiver_that_fails_undoes_the_whole_close() -> None:
    mim = a_mim()
    incident = an_incident(mim)

    def fail(**_: Any) -> None:
        raise RuntimeError("the disk is full")

    record_changed.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            close(incident, by=mim, at=OPENED, now=OPENED)
    finally:
        record_changed.disconnect(fail)
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.status, stored.requirement_level, stored.version) == ("open", "", 1)
    assert not stored.milestones.filter(kind=MilestoneKind.CLOSED).exists()
    assert not stored.phaseentrys.filter(phase=Phase.CLOSED).exists()
    assert not RequirementDecision.objects.exists()
    assert not AuditEntry.objects.filter(verb="closed").exists()
    assert stored.commandassignments.get().until_at is None


def test_it_closes_once() -> None:
    incident = a_closed_incident()
    with pytest.raises(RuleViolation, match="closed already"):
        close(incident, by=incident.mim, at=incident.closed_at, now=incident.closed_at)


def test_the_phase_closed_and_the_line_for_the_milestone_close_too() -> None:
    for shut in (
        lambda incident: enter_phase(
            incident, phase="closed", by=incident.mim, at=OPENED, now=OPENED + minutes(1)
        ),
        lambda incident: reach_milestone(
            incident, kind="closed", by=incident.mim, at=OPENED, now=OPENED + minutes(1)
        ),
        lambda incident: run_line(incident, "/phase closed", by=incident.mim, now=OPENED + minutes(1)),
        lambda incident: run_line(incident, "/milestone closed", by=incident.mim, now=OPENED + minutes(1)),
    ):
        incident = an_incident()
        shut(incident)
        stored = Incident.objects.get(pk=incident.pk)
        assert stored.is_closed
        assert (stored.requirement_level, stored.requirement_rule) == ("mandatory", 3)
        assert stored.phaseentrys.filter(phase="closed").count() == 1


def test_validated_is_not_closed() -> None:
    incident = an_incident()
    reach_milestone(incident, kind="recovered", by=incident.mim, at=OPENED, now=OPENED)
    assert incident.status == Incident.objects.get(pk=incident.pk).status == "validated"


def test_a_close_cannot_lie_in_the_future_or_before_the_declaration() -> None:
    incident = an_incident()
    for at in (OPENED + minutes(2), OPENED - minutes(1)):
        with pytest.raises(BadInput) as refused:
            close(incident, by=incident.mim, at=at, now=OPENED + minutes(1))
        assert refused.value.problems[0].path == "at"


@pytest.mark.parametrize("who", [a_person, a_mim])
def test_only_who_commands_closes(who: Any) -> None:
    incident = an_incident()
    other: Person = who("Otis Lang")
    with pytest.raises(NotAllowed):
        close(incident, by=other, at=OPENED, now=OPENED)
    with pytest.raises(NotAllowed):
        enter_phase(incident, phase="closed", by=other, at=OPENED, now=OPENED)
    close(incident, by=an_administrator(), at=OPENED, now=OPENED)


def test_the_group_closes_what_nobody_commands() -> None:
    incident = an_incident(a_person(), mim=None)
    close(incident, by=a_mim(), at=OPENED, now=OPENED)
    assert incident.is_closed


def test_a_close_on_what_somebody_changed_meanwhile_is_stale() -> None:
    incident = an_incident()
    read = incident.version
    enter_phase(incident, phase="investigating", by=incident.mim, at=OPENED, now=OPENED)
    with pytest.raises(VersionConflict) as refused:
        close(incident, by=incident.mim, at=OPENED, now=OPENED, version=read)
    assert refused.value.current == {"version": read + 1}


def test_closing_leaves_no_phase_that_was_never_left() -> None:
    incident = a_closed_incident()
    assert "phase_never_left" not in {gap.kind for gap in gaps_of(incident, OPENED)}


def test_a_role_that_began_after_the_stated_close_ends_when_it_began() -> None:
    mim, scribe = a_mim(), a_person("Sol Tamm")
    incident = an_incident(mim)
    at = OPENED + minutes(20)
    assign(incident, role=CommandRole.SCRIBE, person=scribe, by=mim, at=at, now=at)
    close(incident, by=mim, at=OPENED + minutes(10), now=at + minutes(5))
    assert incident.commandassignments.get(role=CommandRole.SCRIBE).until_at == at
