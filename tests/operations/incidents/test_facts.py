"""From rows to what the rules are told: all of it, in a constant number of statements."""

from copy import copy
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from incidents.operations.facts import metrics_of, record_facts
from incidents.operations.log import (
    change_severity,
    enter_phase,
    log_event,
    reach_milestone,
    send_status_update,
    state_impact,
)
from incidents.operations.response.command import assign, open_track
from incidents.operations.response.mtm import decide_against_mtm, record_mtm
from incidents.operations.response.vendors import engage
from incidents.queries.incidents import incident_list, incident_page
from incidents.rules.requirement import forecast
from majorops.errors import BadInput
from tests.factories.incidents import OPENED, a_closed_incident, an_incident, gaps_of, minutes
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.django_db


PARTS = (
    "timelineevents",
    "phaseentrys",
    "milestones",
    "impactstatements",
    "statusupdates",
    "commandassignments",
    "recoverytracks",
    "vendorengagements",
    "mtms",
    "mtm_decisions",
    "severity_changes",
)


def an_incident_with(number: int) -> Incident:
    """Every part of the record once through its operation, then `number` times as it came out of that."""
    mim = a_mim()
    incident = an_incident(mim, "critical")
    when: dict[str, Any] = {"by": mim, "at": OPENED + minutes(1), "now": OPENED + minutes(1)}
    log_event(incident, kind="action", text="Step", **when)
    enter_phase(incident, phase="mitigating", **when)
    reach_milestone(incident, kind="stakeholder_communication", **when)
    state_impact(incident, field="customers_affected", value=50, **when)
    send_status_update(incident, audience="public", text="We are on it", **when)
    assign(incident, role="sme", person=a_person("Sol Tamm"), **when)
    open_track(incident, name="Database", lead=mim, service="Payments", **when)
    engage(incident, vendor="Cumulus", **when)
    record_mtm(incident, **when)
    decide_against_mtm(incident, reason="Not again", **when)
    change_severity(incident, severity="high", **when)
    for part in PARTS:
        entry = getattr(incident, part).order_by("id").last()
        copies = [copy(entry) for _ in range(number - 1)]
        for place, one in enumerate(copies, 2):
            one.pk = None
            if part == "mtms":
                one.number = place
        type(entry).objects.bulk_create(copies)
    return incident


def statements(run: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        run()
    return len(captured)


def test_the_facts_cost_the_same_at_5_entries_and_at_50() -> None:
    few, many = (Incident.objects.get(pk=an_incident_with(number).pk) for number in (5, 50))
    at = OPENED + minutes(60)
    assert statements(lambda: gaps_of(few, at)) == statements(lambda: gaps_of(many, at)) == 1
    facts = record_facts(many)
    assert len(facts.timeline) == len(facts.tracks) == len(facts.vendors) == len(facts.mtms) == 50
    assert len(facts.status_updates) == len(facts.stakeholder_communications) == 50
    assert (len(facts.command), len(facts.phases), len(facts.severities)) == (51, 51, 51)
    assert facts.customers_affected == 50
    assert facts.mtm_declined_at == OPENED + minutes(1)


def test_a_page_read_already_gives_the_facts_without_another_statement() -> None:
    incident = incident_page(Incident.objects.get(pk=an_incident_with(5).pk))
    assert statements(lambda: gaps_of(incident, OPENED + minutes(60))) == 0


def test_metrics_and_forecast_need_no_statement() -> None:
    incident = Incident.objects.get(pk=a_closed_incident().pk)
    assert statements(lambda: metrics_of(incident, OPENED)) == 0
    assert metrics_of(incident, OPENED).as_seconds() == {
        "time_to_detect": None,
        "time_to_declare": None,
        "time_to_mitigate": 45 * 60,
        "time_to_resolve": 90 * 60,
        "duration": 90 * 60,
    }


def test_a_running_incident_tells_what_its_requirement_would_be() -> None:
    incident = an_incident(impact={"external": False})
    seen = forecast(record_facts(incident), OPENED + minutes(106))
    assert (seen.now.level, seen.then and seen.then.level) == ("optional", "mandatory")
    assert seen.changes_in(OPENED + minutes(106)) == 14 * 60 + 1


def test_a_list_costs_the_same_at_5_incidents_and_at_50() -> None:
    mim, reader = a_mim(), a_person()
    counts = []
    for number in (5, 45):
        for place in range(number):
            an_incident(mim, title=f"Incident {place}", services=["Payments"], restricted=place % 5 == 0)
        counts.append(statements(lambda: [one.mim for one in incident_list(reader)]))
    # The second reading knows the groups of the reader already.
    assert counts == [2, 1]
    assert incident_list(reader).count() == 40


def test_a_list_is_narrowed_by_severity_status_service_and_words() -> None:
    mim = a_mim()
    wanted = an_incident(mim, "critical", title="Ledger balances are wrong", services=["Ledger"])
    an_incident(mim, "high", title="Search is slow", services=["Search"])
    shut = a_closed_incident(mim, "high", title="Queue is full", services=["Queue"])

    def found(**filters: str) -> list[Incident]:
        return list(incident_list(mim, filters))

    assert found(severity="critical") == [wanted]
    assert found(status="closed") == [shut]
    assert found(service="ledger") == [wanted]
    assert found(search="balance ledger") == [wanted]
    assert found(search=wanted.reference.lower()) == [wanted]
    assert len(found(search="")) == 3
    assert found(search="ab & | !") == []
    for filters in ({"severity": "grave"}, {"status": "lost"}):
        with pytest.raises(BadInput):
            found(**filters)


def test_an_entry_without_the_time_of_its_logging_counts_by_its_own() -> None:
    incident = a_closed_incident()
    incident.timelineevents.create(at=incident.closed_at + minutes(1), kind="action", text="From elsewhere")
    assert "no_timeline_event" in {gap.kind.value for gap in gaps_of(incident, OPENED)}
