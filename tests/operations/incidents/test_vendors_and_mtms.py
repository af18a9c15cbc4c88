"""Vendors engaged and MTMs held while the incident runs."""

from datetime import date

import pytest

from incidents.models import Mtm, Vendor
from incidents.operations.close import close
from incidents.operations.response.mtm import (
    ActionOfMtm,
    decide_against_mtm,
    publish_summary,
    record_mtm,
    update_mtm,
)
from incidents.operations.response.vendors import engage, update_engagement
from majorops.errors import BadInput, NotAllowed, RuleViolation
from tests.factories.incidents import OPENED, an_incident, minutes
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db
NOW = OPENED + minutes(30)


def test_a_vendor_is_engaged_with_the_sla_of_its_contract() -> None:
    Vendor.objects.create(name="Cumulus", response_sla_minutes=15)
    incident = an_incident()
    engagement = engage(incident, vendor="cumulus", by=incident.mim, at=OPENED, now=OPENED)
    assert (engagement.vendor.name, engagement.response_sla_minutes) == ("Cumulus", 15)
    stated = engage(
        incident, vendor="Nimbus", response_sla_minutes=60, by=incident.mim, at=OPENED, now=OPENED
    )
    assert (stated.vendor.name, stated.response_sla_minutes, stated.has_rca) == ("Nimbus", 60, False)


def test_an_engagement_is_told_as_it_goes() -> None:
    incident = an_incident()
    by = incident.mim
    engagement = engage(incident, vendor="Cumulus", by=by, at=OPENED, now=OPENED)
    update_engagement(
        engagement, responded_at=NOW, root_cause_related=True, effect="No storage", by=by, at=NOW, now=NOW
    )
    update_engagement(
        engagement, rca_status="promised", rca_follow_up_on=date(2026, 3, 10), by=by, at=NOW, now=NOW
    )
    engagement.refresh_from_db()
    assert (engagement.responded_at, engagement.root_cause_related, engagement.has_rca) == (NOW, True, True)
    for said in ({}, {"responded_at": OPENED - minutes(1)}, {"responded_at": NOW + minutes(1)}):
        with pytest.raises(BadInput):
            update_engagement(engagement, **said, by=by, at=NOW, now=NOW)


def test_meetings_are_numbered_and_keep_notes_attendance_and_actions() -> None:
    incident = an_incident(severity="critical")
    by, lead = incident.mim, a_person("Rena Holt")
    first = record_mtm(incident, by=by, at=OPENED, now=OPENED)
    update_mtm(
        first,
        ended_at=NOW,
        attendees=[by, lead, lead],
        notes={"recovery_status": "Failing over", "regulatory_exposure": None},
        actions=[ActionOfMtm("Ask the vendor", owner=lead, due_on=date(2026, 3, 4))],
        severity_confirmed="critical",
        next_at=NOW + minutes(60),
        cadence_minutes=30,
        by=by,
        at=NOW,
        now=NOW,
    )
    update_mtm(first, notes={"core_roles": "Settled"}, attendees=[lead], by=by, at=NOW, now=NOW)
    second = record_mtm(incident, by=by, at=NOW, now=NOW, attendees=[by])
    first.refresh_from_db()
    assert (first.number, second.number) == (1, 2)
    assert first.notes == {
        "recovery_status": "Failing over",
        "regulatory_exposure": None,
        "core_roles": "Settled",
    }
    assert [one.person for one in first.attendance.all()] == [by, lead]
    assert [one.title for one in first.actions.all()] == ["Ask the vendor"]
    with pytest.raises(RuleViolation, match="MTM 2 is under way"):
        record_mtm(incident, by=by, at=NOW, now=NOW)


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"notes": {"gossip": "x"}}, "notes.gossip"),
        ({"ended_at": OPENED - minutes(1)}, "ended_at"),
        ({"severity_confirmed": "high"}, "severity_confirmed"),
        ({"next_at": OPENED}, "next_at"),
        ({"next_at": NOW, "stood_down": True}, "next_at"),
        ({"cadence_minutes": -5}, "cadence_minutes"),
        ({"actions": [ActionOfMtm(" ")]}, "actions[0].title"),
        ({"actions": [ActionOfMtm("T", status="lost")]}, "actions[0].status"),
    ],
)
def test_a_meeting_that_cannot_be_names_its_place(said: dict[str, object], path: str) -> None:
    incident = an_incident(severity="critical")
    with pytest.raises(BadInput) as refused:
        record_mtm(incident, by=incident.mim, at=OPENED, now=NOW, **said)
    assert refused.value.problems[0].path == path
    assert not Mtm.objects.exists()


def test_the_summary_is_published_once_after_the_meeting() -> None:
    incident = an_incident(severity="critical")
    by = incident.mim
    mtm = record_mtm(incident, by=by, at=OPENED, now=OPENED)
    with pytest.raises(RuleViolation, match="end of the meeting"):
        publish_summary(mtm, text="Soon", by=by, at=NOW, now=NOW)
    update_mtm(mtm, ended_at=NOW, by=by, at=NOW, now=NOW)
    with pytest.raises(NotAllowed):
        publish_summary(mtm, text="Soon", by=a_person(), at=NOW, now=NOW)
    publish_summary(mtm, text="Soon", by=by, at=NOW, now=NOW)
    with pytest.raises(RuleViolation, match="stays as it was sent"):
        publish_summary(mtm, text="Later", by=by, at=NOW, now=NOW)


def test_a_meeting_whose_summary_is_published_ended_before_it() -> None:
    incident = an_incident(severity="critical")
    by, later = incident.mim, NOW + minutes(20)
    mtm = record_mtm(incident, by=by, at=OPENED, now=NOW, ended_at=NOW - minutes(5))
    publish_summary(mtm, text="Restored by noon", by=by, at=NOW, now=NOW)
    for ended_at in (later, None):
        with pytest.raises(BadInput, match="before its summary was published"):
            update_mtm(mtm, ended_at=ended_at, by=by, at=later, now=later)
    assert update_mtm(mtm, ended_at=NOW, by=by, at=later, now=later).ended_at == NOW


def test_a_decision_against_a_meeting_is_the_mims_and_has_its_reason() -> None:
    incident = an_incident(severity="critical")
    with pytest.raises(NotAllowed):
        decide_against_mtm(incident, reason="No need", by=a_person(), at=NOW, now=NOW)
    with pytest.raises(BadInput):
        decide_against_mtm(incident, reason="", by=incident.mim, at=NOW, now=NOW)
    assert decide_against_mtm(incident, reason="No need", by=incident.mim, at=NOW, now=NOW).logged_at == NOW


def test_a_meeting_corrected_after_the_close_keeps_attendance_and_actions() -> None:
    incident = an_incident(severity="critical")
    by = incident.mim
    mtm = record_mtm(
        incident, by=by, at=OPENED, now=OPENED, attendees=[by], actions=[ActionOfMtm("Ask the vendor")]
    )
    close(incident, by=by, at=NOW, now=NOW)
    later = NOW + minutes(5)
    standing = update_mtm(mtm, ended_at=OPENED + minutes(20), by=by, at=later, now=later)
    assert (standing.corrects, standing.number) == (mtm, 1)
    assert [one.person for one in standing.attendance.all()] == [by]
    assert [one.title for one in standing.actions.all()] == ["Ask the vendor"]
