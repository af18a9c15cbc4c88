"""Roles, recovery tracks and handing over."""

import pytest

from incidents.models import Incident
from incidents.operations.close import close
from incidents.operations.response.command import (
    add_member,
    assign,
    end_assignment,
    hand_over,
    open_track,
    update_track,
)
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, RuleViolation
from tests.changed_rows import last_entry
from tests.factories.incidents import OPENED, a_closed_incident, an_incident, minutes
from tests.factories.people import a_contact, a_mim, a_person, an_auditor

pytestmark = pytest.mark.django_db
NOW = OPENED + minutes(30)


def test_handing_over_passes_command_in_one_step() -> None:
    first, second = a_mim(), a_mim("Juno Vale")
    incident = an_incident(first)
    handover = hand_over(incident, to=second, note=" Vendor is on the line ", by=first, at=NOW, now=NOW)
    stored = Incident.objects.get(pk=incident.pk)
    assert stored.mim == second
    assert (handover.from_person, handover.to_person, handover.note) == (
        first,
        second,
        "Vendor is on the line",
    )
    assert [(one.person, one.from_at, one.until_at) for one in stored.commandassignments.all()] == [
        (first, OPENED, NOW),
        (second, NOW, None),
    ]
    audited = AuditEntry.objects.get(verb="handed over")
    assert audited.changes == {"mim": [str(first), str(second)]}
    with pytest.raises(NotAllowed):
        hand_over(stored, to=first, by=first, at=NOW, now=NOW)
    with pytest.raises(RuleViolation, match="already"):
        hand_over(stored, to=second, by=second, at=NOW, now=NOW)


def test_after_the_close_the_chair_passes_and_no_role_is_recorded() -> None:
    incident = a_closed_incident()
    successor, later = a_mim("Juno Vale"), OPENED + minutes(200)
    hand_over(incident, to=successor, by=incident.mim, at=later, now=later)
    assert Incident.objects.get(pk=incident.pk).mim == successor
    assert incident.commandassignments.count() == 1


def test_command_goes_only_to_somebody_who_can_act() -> None:
    incident = an_incident()
    for person in (a_contact(incident.reference), a_person(is_active=False), an_auditor()):
        with pytest.raises(BadInput):
            hand_over(incident, to=person, by=incident.mim, at=NOW, now=NOW)
        with pytest.raises(BadInput):
            assign(incident, role="mim", person=person, by=incident.mim, at=NOW, now=NOW)


def test_who_is_assigned_mim_commands_and_relieves_the_one_before() -> None:
    first, second = a_mim(), a_mim("Juno Vale")
    incident = an_incident(first)
    with pytest.raises(NotAllowed):
        assign(incident, role="mim", person=second, by=second, at=NOW, now=NOW)
    assign(incident, role="mim", person=second, by=first, at=NOW, now=NOW)
    assert Incident.objects.get(pk=incident.pk).mim == second
    held = incident.commandassignments.filter(role="mim").values_list("person", "from_at", "until_at")
    assert list(held) == [(first.pk, OPENED, NOW), (second.pk, NOW, None)]


def test_a_role_held_before_is_recorded_without_passing_command() -> None:
    mim = a_mim()
    incident = an_incident(mim)
    assign(incident, role="mim", person=a_mim("Juno Vale"), by=mim, at=OPENED, until=NOW, now=NOW)
    assert Incident.objects.get(pk=incident.pk).mim == mim


def test_a_role_is_held_once_at_a_time_and_ends_after_it_began() -> None:
    incident, lead = an_incident(), a_person("Rena Holt")
    role = "technical_recovery_lead"
    by = incident.mim
    assignment = assign(incident, role=role, person=lead, by=by, at=NOW, now=NOW)
    with pytest.raises(RuleViolation, match="already"):
        assign(incident, role=role, person=lead, by=by, at=NOW, now=NOW)
    with pytest.raises(BadInput):
        end_assignment(assignment, by=by, at=OPENED, now=NOW)
    end_assignment(assignment, by=by, at=NOW, now=NOW)
    assert Incident.objects.get(pk=incident.pk).mim == by
    with pytest.raises(RuleViolation, match="any more"):
        end_assignment(assignment, by=by, at=NOW, now=NOW)
    assert last_entry("ended a role") == (by, {"Technical Recovery Lead": [str(lead), None]})
    assign(incident, role=role, person=lead, by=by, at=NOW, now=NOW)
    for said in ({"role": "jester"}, {"until": OPENED}, {"until": NOW + minutes(1)}):
        with pytest.raises(BadInput):
            assign(incident, **{"role": "sme", "person": lead, "by": by, "at": NOW, "now": NOW, **said})


def test_relieving_the_mim_leaves_the_incident_to_the_group() -> None:
    incident = an_incident()
    with pytest.raises(NotAllowed):
        end_assignment(incident.commandassignments.get(), by=a_person(), at=NOW, now=NOW)
    end_assignment(incident.commandassignments.get(), by=incident.mim, at=NOW, now=NOW)
    assert Incident.objects.get(pk=incident.pk).mim is None


def test_a_track_is_told_as_it_goes_and_audited_field_by_field() -> None:
    incident, lead = an_incident(services=["Payments"]), a_person("Rena Holt")
    by = incident.mim
    track = open_track(incident, name="Database", service="payments", by=by, at=OPENED, now=OPENED)
    assert (track.service.name, track.lead) == ("Payments", None)
    updated = update_track(track, lead=lead, by=by, at=NOW, now=NOW)
    assert updated.pk == track.pk
    assert (updated.lead, updated.lead_assigned_at) == (lead, NOW)
    update_track(track, closed_at=NOW, outcome="Failed over", by=by, at=NOW, now=NOW)
    last = AuditEntry.objects.filter(verb="updated a recovery track").last()
    assert last.changes == {"closed_at": [None, NOW.isoformat()], "outcome": [None, "Failed over"]}
    for said in ({"closed_at": OPENED - minutes(1)}, {"lead": None, "lead_assigned_at": NOW}, {"name": " "}):
        with pytest.raises(BadInput):
            update_track(track, **said, by=by, at=NOW, now=NOW)


def test_who_is_on_a_track_is_captured_while_it_runs() -> None:
    incident, sme = an_incident(), a_person("Sol Tamm")
    track = open_track(incident, name="Database", by=incident.mim, at=OPENED, now=OPENED)
    add_member(track, person=sme, by=incident.mim, at=NOW, now=NOW)
    with pytest.raises(RuleViolation, match="already"):
        add_member(track, person=sme, by=incident.mim, at=NOW, now=NOW)
    assert last_entry("joined a recovery track") == (incident.mim, {"members": [None, str(sme)]})
    closed = a_closed_incident()
    late = open_track(closed, name="Late", by=closed.mim, at=OPENED, now=OPENED + minutes(200))
    with pytest.raises(RuleViolation, match="after the fact"):
        add_member(late, person=sme, by=closed.mim, at=NOW, now=OPENED + minutes(201))


def test_the_members_of_a_track_stay_with_its_correction() -> None:
    incident, sme = an_incident(), a_person("Sol Tamm")
    track = open_track(incident, name="Database", by=incident.mim, at=OPENED, now=OPENED)
    add_member(track, person=sme, by=incident.mim, at=NOW, now=NOW)
    close(incident, by=incident.mim, at=NOW, now=NOW)
    later = NOW + minutes(5)
    standing = update_track(track, outcome="Restored", by=incident.mim, at=NOW, now=later)
    assert standing.corrects == track
    assert [one.person for one in standing.members.all()] == [sme]
