"""Logging while the incident runs."""

from datetime import datetime

import pytest

from incidents.models import Incident, TimelineEvent
from incidents.operations.facts import record_facts
from incidents.operations.log import (
    change_severity,
    enter_phase,
    log_event,
    reach_milestone,
    run_line,
    send_status_update,
    state_impact,
)
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from tests.factories.incidents import OPENED, an_incident, minutes
from tests.factories.people import a_contact, a_person, an_auditor

pytestmark = pytest.mark.django_db
NOW = OPENED + minutes(60)


def test_an_event_keeps_when_it_happened_and_when_it_was_entered() -> None:
    incident = an_incident()
    other = a_person("Rena Holt")
    event = log_event(
        incident,
        kind="decision",
        text=" Fail over ",
        evidence_url="https://graphs.example/d/42",
        event_by=other,
        by=incident.mim,
        at=OPENED,
        now=NOW,
    )
    assert (event.at, event.logged_at, event.by, event.logged_by) == (OPENED, NOW, other, incident.mim)
    assert event.text == "Fail over"
    audited = AuditEntry.objects.get(verb="logged an event")
    assert (audited.scope, audited.at, audited.subject_id) == (incident.reference, NOW, str(event.pk))


def test_every_operation_raises_the_version_and_an_old_one_is_stale() -> None:
    incident = an_incident()
    read = incident.version
    log_event(incident, kind="action", text="One", by=incident.mim, at=NOW, now=NOW, version=read)
    assert incident.version == Incident.objects.get(pk=incident.pk).version == read + 1
    with pytest.raises(VersionConflict):
        log_event(incident, kind="action", text="Two", by=incident.mim, at=NOW, now=NOW, version=read)
    assert TimelineEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"kind": "gossip"}, "kind"),
        ({"text": "   "}, "text"),
        ({"text": "x" * 20_001}, "text"),
        ({"text": "a\x00"}, "text"),
        ({"evidence_url": "javascript:alert(1)"}, "evidence_url"),
        ({"evidence_url": "http://[broken"}, "evidence_url"),
        ({"at": NOW + minutes(1)}, "at"),
    ],
)
def test_an_event_that_cannot_be_names_its_place(said: dict[str, object], path: str) -> None:
    incident = an_incident()
    with pytest.raises(BadInput) as refused:
        log_event(
            incident, **{"kind": "action", "text": "T", "by": incident.mim, "at": NOW, "now": NOW, **said}
        )
    assert [problem.path for problem in refused.value.problems] == [path]


def test_anyone_signed_in_records_except_who_only_reads() -> None:
    incident = an_incident()
    log_event(incident, kind="action", text="Me too", by=a_person(), at=NOW, now=NOW)
    for nobody in (an_auditor(), a_contact(incident.reference), a_person(is_active=False)):
        with pytest.raises(NotAllowed):
            log_event(incident, kind="action", text="Not me", by=nobody, at=NOW, now=NOW)


def reach(incident: Incident, kind: str, at: datetime) -> None:
    reach_milestone(incident, kind=kind, by=incident.mim, at=at, now=NOW)


def test_the_first_mitigation_and_the_last_validation_count() -> None:
    incident = an_incident()
    for kind in ("mitigated", "recovered"):
        for number in (20, 10, 30):
            reach(incident, kind, OPENED + minutes(number))
    stored = Incident.objects.get(pk=incident.pk)
    assert stored.mitigated_at == OPENED + minutes(10)
    assert stored.recovered_at == OPENED + minutes(30)


def test_a_milestone_that_happens_once_is_corrected_by_stating_it_again() -> None:
    incident = an_incident()
    reach(incident, "alert_fired", OPENED - minutes(5))
    reach(incident, "alert_fired", OPENED - minutes(3))
    reach(incident, "alert_fired", OPENED - minutes(4))
    assert Incident.objects.get(pk=incident.pk).alert_fired_at == OPENED - minutes(4)
    assert incident.milestones.filter(kind="alert_fired", corrects=None).count() == 1


def test_a_mitigation_taken_back_by_a_correction_counts_no_more() -> None:
    incident = an_incident()
    reach(incident, "mitigated", OPENED + minutes(5))
    reach(incident, "mitigated", OPENED + minutes(20))
    wrong = incident.milestones.get(at=OPENED + minutes(5))
    reach_milestone(
        incident, kind="mitigated", by=incident.mim, at=OPENED + minutes(30), now=NOW, corrects=wrong
    )
    assert Incident.objects.get(pk=incident.pk).mitigated_at == OPENED + minutes(20)


def test_stakeholder_communications_are_as_many_as_there_were() -> None:
    incident = an_incident()
    for number in (5, 15):
        reach(incident, "stakeholder_communication", OPENED + minutes(number))
    told = [one.at for one in record_facts(incident).stakeholder_communications]
    assert told == [OPENED + minutes(5), OPENED + minutes(15)]


def test_a_phase_can_be_entered_again() -> None:
    incident = an_incident()
    by = a_person("Rena Holt")
    for number, phase in enumerate(("mitigating", "investigating", "mitigating"), 1):
        enter_phase(incident, phase=phase, by=by, at=OPENED + minutes(number), now=NOW)
    assert [(one.phase, one.entered_at, one.by) for one in incident.phaseentrys.all()] == [
        ("declared", OPENED, incident.mim),
        ("mitigating", OPENED + minutes(1), by),
        ("investigating", OPENED + minutes(2), by),
        ("mitigating", OPENED + minutes(3), by),
    ]


def test_the_latest_statement_of_alert_info_holds_and_may_say_that_it_is_not_known() -> None:
    detected = OPENED - minutes(4)
    incident = an_incident(impact={"external": True}, milestones={"confirmed": detected})
    for field, value in (("external", None), ("customers_affected", 3), ("customers_affected", 1200)):
        state_impact(incident, field=field, value=value, by=incident.mim, at=NOW, now=NOW)
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.confirmed_at, stored.customers_affected, stored.external) == (detected, 1200, None)
    assert stored.impactstatements.count() == 4
    with pytest.raises(BadInput):
        state_impact(incident, field="customers_affected", value=10**13, by=incident.mim, at=NOW, now=NOW)


def severities(incident: Incident) -> tuple[str, str]:
    stored = Incident.objects.get(pk=incident.pk)
    assert (incident.severity, incident.highest_severity) == (stored.severity, stored.highest_severity)
    return stored.severity, stored.highest_severity


def test_the_highest_severity_since_opening_is_kept() -> None:
    incident = an_incident(severity="medium")
    for severity, expected in (("critical", "critical"), ("high", "critical"), ("low", "critical")):
        change_severity(incident, severity=severity, by=incident.mim, at=NOW, now=NOW)
        assert severities(incident) == (severity, expected)
    with pytest.raises(RuleViolation, match="already"):
        change_severity(incident, severity="low", by=incident.mim, at=NOW, now=NOW)


def test_a_severity_that_never_was_leaves_those_that_were() -> None:
    incident = an_incident(severity="high")
    mim = incident.mim
    change_severity(incident, severity="critical", by=mim, at=NOW, now=NOW)
    change_severity(incident, severity="medium", never_was=True, reason="One test", by=mim, at=NOW, now=NOW)
    assert severities(incident) == ("medium", "high")


def test_a_severity_that_never_was_can_be_said_of_one_left_behind_long_ago() -> None:
    incident = an_incident(severity="high")
    mim = incident.mim
    change_severity(incident, severity="critical", by=mim, at=NOW, now=NOW)
    change_severity(incident, severity="high", by=mim, at=NOW, now=NOW)
    change_severity(incident, severity="high", never_was=True, reason="One test", by=mim, at=NOW, now=NOW)
    assert severities(incident) == ("high", "high")
    assert [entry.severity for entry in record_facts(incident).severities] == ["high", "high", "high"]


def test_never_was_takes_a_reason_and_a_lower_severity() -> None:
    incident = an_incident(severity="high")
    with pytest.raises(BadInput):
        change_severity(incident, severity="low", never_was=True, by=incident.mim, at=NOW, now=NOW)
    with pytest.raises(RuleViolation, match="highest severity recorded"):
        change_severity(
            incident, severity="critical", never_was=True, reason="Why", by=incident.mim, at=NOW, now=NOW
        )
    with pytest.raises(NotAllowed):
        change_severity(incident, severity="low", by=a_person(), at=NOW, now=NOW)


def test_a_status_update_is_kept_as_it_was_sent() -> None:
    incident = an_incident()
    update = send_status_update(
        incident,
        audience="public",
        channel="status page",
        text="We are on it",
        by=incident.mim,
        at=OPENED,
        now=NOW,
    )
    assert (update.sent_at, update.logged_at, update.audience) == (OPENED, NOW, "public")
    said = {"text": "The pool is full", "by": incident.mim, "at": NOW, "now": NOW}
    send_status_update(incident, audience="internal", channel="bridge", **said)
    assert [(one.audience, one.channel, one.text) for one in incident.statusupdates.all()] == [
        ("public", "status page", "We are on it"),
        ("internal", "bridge", "The pool is full"),
    ]
    with pytest.raises(BadInput):
        send_status_update(incident, audience="friends", text="T", by=incident.mim, at=OPENED, now=NOW)


def test_one_line_and_enter_does_what_it_says() -> None:
    incident = an_incident(time_zone="Europe/Berlin")
    mim, lead = incident.mim, a_person("Rena Holt")
    for line in (
        "10:05 failover started",
        "/phase mitigating 10:10",
        "/milestone mitigated 10:20",
        "/sev 1 all customers",
        "/status public status-page: We are on it",
        "/track Database",
        f"/role trl {lead.email}",
        "/mtm 10:30",
    ):
        run_line(incident, line, by=mim, now=NOW + minutes(60))
    stored = Incident.objects.get(pk=incident.pk)
    assert stored.timelineevents.get().at == OPENED + minutes(5)
    assert stored.phaseentrys.last().phase == "mitigating"
    assert stored.mitigated_at == OPENED + minutes(20)
    assert stored.severity == "critical"
    assert stored.statusupdates.get().channel == "status-page"
    assert stored.recoverytracks.get().name == "Database"
    assert stored.commandassignments.get(role="technical_recovery_lead").person == lead
    assert stored.mtms.get().started_at == OPENED + minutes(30)


@pytest.mark.parametrize("line", ["", "/dance", "/role trl nobody@majorops.example", "/phase waiting"])
def test_a_line_that_is_not_understood_says_the_way_out(line: str) -> None:
    incident = an_incident()
    with pytest.raises(BadInput) as refused:
        run_line(incident, line, by=incident.mim, now=NOW)
    assert refused.value.problems[0].path == "line"
