"""Declaring: what is captured in one step."""

import pytest

from incidents.models import Incident, IncidentAccess
from incidents.operations.declare import affect_service, declare
from incidents.vocabulary import CommandRole, Phase
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed
from tests.factories.incidents import OPENED, an_incident, gaps_of, minutes
from tests.factories.people import a_contact, a_mim, a_person, an_auditor

pytestmark = pytest.mark.django_db


def test_declaring_opens_the_record_and_puts_the_caller_in_command() -> None:
    mim = a_mim()
    incident = an_incident(mim, "critical", impact={"external": True, "customers_affected": 1200})

    incident = Incident.objects.get(pk=incident.pk)
    assert (incident.status, incident.severity, incident.highest_severity) == ("open", "critical", "critical")
    assert (incident.opened_at, incident.mim, incident.recorded_by) == (OPENED, mim, mim)
    assert (incident.external, incident.customers_affected) == (True, 1200)
    assert [(one.role, one.person, one.from_at) for one in incident.commandassignments.all()] == [
        (CommandRole.MIM, mim, OPENED)
    ]
    assert [(one.kind, one.at) for one in incident.milestones.all()] == [("opened", OPENED)]
    assert {one.field: one.value for one in incident.impactstatements.all()} == {
        "external": True,
        "customers_affected": 1200,
    }
    assert [one.severity for one in incident.severity_changes.all()] == ["critical"]


def test_a_known_confirmation_enters_detected_before_declared() -> None:
    incident = an_incident(milestones={"confirmed": OPENED - minutes(6), "alert_fired": OPENED - minutes(9)})
    assert [(one.phase, one.entered_at) for one in incident.phaseentrys.all()] == [
        (Phase.DETECTED, OPENED - minutes(6)),
        (Phase.DECLARED, OPENED),
    ]
    assert "no_alert_time" not in {gap.kind for gap in gaps_of(incident, OPENED)}


def test_the_declaration_stated_among_the_milestones_is_the_one_that_counts() -> None:
    earlier = OPENED - minutes(30)
    incident = an_incident(milestones={"opened": earlier})
    assert incident.opened_at == earlier
    assert incident.commandassignments.get().from_at == earlier


def test_nobody_in_command_leaves_the_incident_to_the_group() -> None:
    incident = an_incident(a_person(), mim=None)
    assert incident.mim is None
    assert not incident.commandassignments.exists()


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"severity": "grave"}, "severity"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"impact": {"customers_affected": -1}}, "impact.customers_affected"),
        ({"impact": {"customers_affected": True}}, "impact.customers_affected"),
        ({"impact": {"external": "yes"}}, "impact.external"),
        ({"impact": {"weather": "rain"}}, "impact"),
        ({"milestones": {"opened": OPENED + minutes(1)}}, "milestones.opened"),
        ({"milestones": {"closed": OPENED}}, "milestones.closed"),
        ({"services": [""]}, "services"),
    ],
)
def test_input_that_cannot_be_names_its_place_and_leaves_nothing(said: dict[str, object], path: str) -> None:
    mim = a_mim()
    with pytest.raises(BadInput) as refused:
        declare(**{"by": mim, "at": OPENED, "now": OPENED, "title": "T", "severity": "low", **said})
    assert [problem.path for problem in refused.value.problems] == [path]
    assert not Incident.objects.exists()


def test_whoever_only_reads_declares_nothing() -> None:
    with pytest.raises(NotAllowed):
        an_incident(an_auditor())


def test_a_contact_cannot_be_put_in_command() -> None:
    with pytest.raises(BadInput):
        an_incident(a_mim(), mim=a_contact("INC-ELSE"))


def test_services_are_found_whatever_their_case_and_taken_in_when_new() -> None:
    mim, owner = a_mim(), a_person("Nils Arden")
    first = an_incident(mim, services=["Payments"])
    service = first.affected_services.get().service
    service.owner = owner
    service.save()
    second = an_incident(mim, services=["PAYMENTS", "Ledger"])
    assert [one.service.name for one in second.affected_services.all()] == ["Payments", "Ledger"]
    assert second.affected_services.first().owner == owner
    assert IncidentAccess.objects.filter(incident=second, person=owner).exists()
    affect_service(second, name="Search", by=mim, at=OPENED, now=OPENED)
    assert second.services.count() == 3


def test_declaring_is_audited_under_the_incident() -> None:
    mim = a_mim()
    incident = an_incident(mim)
    entry = AuditEntry.objects.get(scope=incident.reference)
    assert (entry.verb, entry.by, entry.at) == ("declared", mim, OPENED)
    assert entry.changes["severity"] == [None, "high"]
