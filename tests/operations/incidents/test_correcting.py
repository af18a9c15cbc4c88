"""After the close: what is added is after the fact, corrects and never overwrites, and decides anew."""

from datetime import datetime, timedelta

import pytest

from incidents.exchange.exporting import export_document
from incidents.exchange.importing import import_document
from incidents.models import Incident
from incidents.operations.close import close, confirm_lowering, lowering_awaits_confirmation, reopen
from incidents.operations.facts import metrics_of
from incidents.operations.log import (
    change_severity,
    enter_phase,
    link_repeat,
    log_event,
    reach_milestone,
    send_status_update,
    state_impact,
)
from incidents.operations.response.command import assign, end_assignment, open_track, update_track
from incidents.operations.response.vendors import engage, update_engagement
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.incidents import OPENED, a_closed_incident, an_event, an_incident, gaps_of, minutes
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db
CLOSED = OPENED + minutes(100)
LATER = CLOSED + timedelta(hours=1)


def kinds_of(incident: Incident, at: datetime = LATER) -> set[str]:
    return {gap.kind.value for gap in gaps_of(Incident.objects.get(pk=incident.pk), at)}


def test_a_late_event_is_kept_with_both_times() -> None:
    incident = a_closed_incident()
    event = log_event(
        incident, kind="action", text="Restarted", by=incident.mim, at=OPENED + minutes(5), now=LATER
    )
    assert (event.at, event.logged_at) == (OPENED + minutes(5), LATER)


def test_what_is_stated_after_the_close_holds_and_fills_no_gap() -> None:
    incident = a_closed_incident()
    mim = incident.mim
    assert {"no_alert_time", "no_customer_count"} <= kinds_of(incident)
    reach_milestone(incident, kind="alert_fired", by=mim, at=OPENED - minutes(9), now=LATER)
    state_impact(incident, field="customers_affected", value=12, by=mim, at=LATER, now=LATER)
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.alert_fired_at, stored.customers_affected) == (OPENED - minutes(9), 12)
    assert {"no_alert_time", "no_customer_count"} <= kinds_of(incident)


def test_a_correction_does_not_undo_what_was_captured_in_time() -> None:
    mim = a_mim()
    incident = a_closed_incident(
        mim, milestones={"alert_fired": OPENED - minutes(20)}, impact={"customers_affected": 5}
    )
    old = incident.milestones.get(kind="alert_fired")
    new = reach_milestone(incident, kind="alert_fired", by=mim, at=OPENED - minutes(30), now=LATER)
    statement = state_impact(incident, field="customers_affected", value=9, by=mim, at=LATER, now=LATER)
    assert new.corrects == old
    assert statement.corrects.value == 5
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.alert_fired_at, stored.customers_affected) == (OPENED - minutes(30), 9)
    assert not {"no_alert_time", "no_customer_count"} & kinds_of(incident)
    old.refresh_from_db()
    assert old.at == OPENED - minutes(20)


def test_late_tracks_vendors_phases_roles_and_updates_fill_no_gap() -> None:
    mim, lead = a_mim(), a_person("Rena Holt")
    incident = an_incident(mim)
    track = open_track(incident, name="Database", by=mim, at=OPENED, now=OPENED)
    vendor = engage(incident, vendor="Cumulus", by=mim, at=OPENED, now=OPENED)
    close(incident, by=mim, at=CLOSED, now=CLOSED)
    before = kinds_of(incident)
    assert {
        "track_without_lead",
        "vendor_response_missing",
        "phase_skipped",
        "no_trl",
        "status_update_late",
    } <= before

    at = OPENED + minutes(5)
    led = update_track(track, lead=lead, lead_assigned_at=at, by=mim, at=at, now=LATER)
    answered = update_engagement(vendor, responded_at=at, by=mim, at=at, now=LATER)
    assert (led.corrects, answered.corrects) == (track, vendor)
    assert (led.lead, answered.responded_at) == (lead, at)
    for phase in ("detected", "investigating", "mitigating", "recovering", "validating", "resolved"):
        enter_phase(incident, phase=phase, by=mim, at=at, now=LATER)
    assign(incident, role="technical_recovery_lead", person=lead, by=mim, at=OPENED, now=LATER, until=CLOSED)
    for number in range(10):
        sent = OPENED + minutes(10 * number)
        send_status_update(incident, audience="public", text="Soon", by=mim, at=sent, now=LATER)
    assert kinds_of(incident) == before
    track.refresh_from_db()
    assert track.lead is None


def test_an_entry_is_corrected_once_and_then_its_correction() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim)
    other = an_incident(mim)
    first = an_event(incident, by=mim, at=LATER)
    second = log_event(incident, kind="action", text="Not so", by=mim, at=LATER, now=LATER, corrects=first)
    with pytest.raises(RuleViolation, match="Correct that entry"):
        log_event(incident, kind="action", text="Or so", by=mim, at=LATER, now=LATER, corrects=first)
    log_event(incident, kind="action", text="But so", by=mim, at=LATER, now=LATER, corrects=second)
    with pytest.raises(RuleViolation, match="same incident"):
        log_event(other, kind="action", text="Elsewhere", by=mim, at=LATER, now=LATER, corrects=first)


def test_a_corrected_time_decides_the_requirement_anew_and_keeps_both_decisions() -> None:
    incident = a_closed_incident(impact={"external": False})
    assert incident.requirement_rule == 5
    reach_milestone(incident, kind="recovered", by=incident.mim, at=OPENED + minutes(121), now=LATER)
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.requirement_level, stored.requirement_rule) == ("mandatory", 3)
    assert stored.requirement_decided_at == LATER
    assert [(one.rule, one.inputs["duration"]) for one in stored.requirement_decisions.all()] == [
        (5, 5400),
        (3, 7260),
    ]
    assert metrics_of(stored, LATER).duration.seconds == 7260


def test_a_correction_that_changes_no_input_decides_nothing() -> None:
    incident = a_closed_incident()
    log_event(incident, kind="action", text="Late", by=incident.mim, at=LATER, now=LATER)
    state_impact(incident, field="business", value="No orders", by=incident.mim, at=LATER, now=LATER)
    assert incident.requirement_decisions.count() == 1


def test_a_mandatory_one_stays_so_until_the_manager_confirms() -> None:
    manager = a_person("Vera Lindqvist")
    mim = a_mim(manager=manager)
    incident = a_closed_incident(mim, "critical", impact={"external": False})
    assert not lowering_awaits_confirmation(incident)
    change_severity(
        incident,
        severity="high",
        never_was=True,
        reason="Two tenants, both tests",
        by=mim,
        at=OPENED,
        now=LATER,
    )
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.highest_severity, stored.requirement_level, stored.requirement_rule) == (
        "high",
        "mandatory",
        2,
    )
    assert "stays so until the MIM's manager confirms" in stored.requirement_reason
    assert lowering_awaits_confirmation(stored)

    with pytest.raises(NotAllowed):
        confirm_lowering(stored, reason="I say so", by=mim, at=LATER, now=LATER)
    with pytest.raises(BadInput):
        confirm_lowering(stored, reason=" ", by=manager, at=LATER, now=LATER)
    confirm_lowering(stored, reason="Checked with both tenants", by=manager, at=LATER, now=LATER)
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.requirement_level, stored.requirement_rule) == ("optional", 5)
    last = stored.requirement_decisions.last()
    assert (last.lowering_confirmed, last.by, last.inputs["severity"]) == (True, manager, "high")
    said = {"requirement_level": ["mandatory", "optional"]}
    assert last_entry("confirmed that it never was mandatory") == (manager, said)
    with pytest.raises(RuleViolation, match="nothing to confirm"):
        confirm_lowering(stored, reason="Again", by=manager, at=LATER, now=LATER)


def test_a_never_was_takes_out_the_gravest_even_if_it_is_dated_before_the_raise() -> None:
    incident = an_incident(severity="high")
    by = {"by": incident.mim}
    raised_at = OPENED + minutes(30)
    change_severity(incident, severity="critical", at=raised_at, now=raised_at, **by)
    corrected = {"severity": "medium", "never_was": True, "reason": "A graph of another region"}
    change_severity(incident, **corrected, at=OPENED + minutes(10), now=OPENED + minutes(40), **by)
    assert incident.highest_severity == "high"
    # And it holds when the next change reads the history anew.
    stored = Incident.objects.get(pk=incident.pk)
    change_severity(stored, severity="low", at=OPENED + minutes(50), now=OPENED + minutes(50), **by)
    assert stored.highest_severity == "high"


def test_reopening_is_no_way_around_the_manager() -> None:
    incident = a_closed_incident(severity="critical", impact={"external": False})
    mim = incident.mim
    reopen(incident, reason="Wrong severity", by=mim, at=LATER, now=LATER)
    change_severity(
        incident, severity="low", never_was=True, reason="A test", by=mim, at=LATER, now=LATER + minutes(1)
    )
    close(incident, by=mim, at=LATER + minutes(2), now=LATER + minutes(2))
    assert incident.requirement_level == "mandatory"
    confirm_lowering(incident, reason="True", by=an_administrator(), at=LATER, now=LATER + minutes(3))
    assert incident.requirement_level == "not_required"


def test_a_repeat_is_mandatory_at_any_severity_and_its_dismissal_waits_for_the_manager() -> None:
    mim = a_mim()
    earlier = a_closed_incident(mim, "low")
    incident = a_closed_incident(mim, "low")
    assert incident.requirement_level == "not_required"
    link_repeat(incident, repeat_of=earlier, is_repeat=True, by=mim, at=LATER, now=LATER)
    assert (incident.requirement_level, incident.requirement_rule) == ("mandatory", 1)
    assert "repeats a prior incident" in incident.requirement_reason
    assert incident.requirement_decisions.last().inputs["repeat_of"] == earlier.reference
    said = {"is_repeat": [False, True], "repeat_of": [None, earlier.reference]}
    assert last_entry("linked a repeat") == (mim, said)
    with pytest.raises(BadInput):
        link_repeat(incident, repeat_of=None, is_repeat=False, by=mim, at=LATER, now=LATER)
    link_repeat(
        incident, repeat_of=None, is_repeat=False, reason="Another cause", by=mim, at=LATER, now=LATER
    )
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.is_repeat, stored.repeat_of, stored.requirement_level) == (False, None, "mandatory")
    assert [one.is_repeat for one in stored.repeat_decisions.all()] == [True, False]


def test_a_repeat_that_is_recorded_here_takes_the_place_of_the_one_named_elsewhere() -> None:
    mim = a_mim()
    earlier = a_closed_incident(mim, "low")
    document = export_document(a_closed_incident(mim, "low")) | {"external_id": "A-2", "repeat_of": "A-1"}
    incident = import_document(document, history=True, by=None, now=LATER).incident
    assert incident.repeat_of_external_id == "A-1"
    link_repeat(incident, repeat_of=None, is_repeat=True, by=mim, at=LATER, now=LATER)
    assert Incident.objects.get(pk=incident.pk).repeat_of_external_id == "A-1"
    link_repeat(incident, repeat_of=earlier, is_repeat=True, by=mim, at=LATER, now=LATER)
    assert Incident.objects.get(pk=incident.pk).repeat_of_external_id is None


def test_the_reason_does_not_tell_of_a_restricted_earlier_incident() -> None:
    mim = a_mim()
    earlier = a_closed_incident(mim, "low", restricted=True)
    incident = a_closed_incident(mim, "low")
    link_repeat(incident, repeat_of=earlier, is_repeat=True, by=mim, at=LATER, now=LATER)
    assert incident.requirement_rule == 1
    assert earlier.reference not in incident.requirement_reason
    assert earlier.reference not in str(incident.requirement_decisions.last().inputs)


def test_incidents_do_not_repeat_in_a_circle() -> None:
    mim = a_mim()
    first, second = a_closed_incident(mim), a_closed_incident(mim)
    link_repeat(second, repeat_of=first, is_repeat=True, by=mim, at=LATER, now=LATER)
    for incident, repeat_of in ((first, second), (first, first)):
        with pytest.raises(BadInput):
            link_repeat(incident, repeat_of=repeat_of, is_repeat=True, by=mim, at=LATER, now=LATER)


def test_the_close_itself_moves_only_by_naming_the_milestone_it_corrects() -> None:
    incident = a_closed_incident()
    mim: Person = incident.mim
    with pytest.raises(RuleViolation, match="closed already"):
        reach_milestone(incident, kind="closed", by=mim, at=CLOSED - minutes(5), now=LATER)
    stated = incident.milestones.get(kind="closed")
    with pytest.raises(NotAllowed):
        reach_milestone(
            incident, kind="closed", by=a_person(), at=CLOSED - minutes(5), now=LATER, corrects=stated
        )
    with pytest.raises(BadInput):
        reach_milestone(incident, kind="opened", by=mim, at=OPENED, now=LATER, corrects=stated)
    reach_milestone(incident, kind="closed", by=mim, at=CLOSED - minutes(5), now=LATER, corrects=stated)
    assert Incident.objects.get(pk=incident.pk).closed_at == CLOSED - minutes(5)


def test_roles_and_ends_after_the_close_are_corrections() -> None:
    incident = a_closed_incident()
    mim = incident.mim
    late = assign(incident, role="scribe", person=a_person("Sol Tamm"), by=mim, at=OPENED, now=LATER)
    ended = end_assignment(late, by=mim, at=CLOSED, now=LATER + minutes(1))
    assert (ended.corrects, ended.until_at) == (late, CLOSED)
    late.refresh_from_db()
    assert late.until_at is None
    was_mim = incident.commandassignments.get(role="mim")
    right = assign(
        incident,
        role="mim",
        person=a_mim("Juno Vale"),
        by=mim,
        at=OPENED,
        until=CLOSED,
        now=LATER,
        corrects=was_mim,
    )
    assert right.corrects == was_mim
    assert incident.mim == mim


def test_reopening_appends_and_closing_anew_counts_the_last_close() -> None:
    incident = a_closed_incident()
    mim = incident.mim
    with pytest.raises(BadInput):
        reopen(incident, reason="", by=mim, at=LATER, now=LATER)
    with pytest.raises(BadInput):
        reopen(incident, reason="Before it closed", by=mim, at=OPENED, now=LATER)
    with pytest.raises(NotAllowed):
        reopen(incident, reason="Not mine", by=a_person(), at=LATER, now=LATER)
    reopen(incident, reason="The errors are back", by=mim, at=LATER, now=LATER)
    stored = Incident.objects.get(pk=incident.pk)
    assert (stored.is_closed, stored.closed_at, stored.requirement_decided_at) == (False, None, None)
    assert stored.reopenings.get().closed_at_before == CLOSED
    assert stored.commandassignments.filter(role="mim", until_at=None).get().person == mim
    with pytest.raises(RuleViolation, match="still running"):
        reopen(stored, reason="Twice", by=mim, at=LATER, now=LATER)

    again = LATER + timedelta(hours=2)
    reach_milestone(stored, kind="recovered", by=mim, at=again, now=again)
    close(stored, by=mim, at=again, now=again)
    assert stored.closed_at == again
    assert stored.milestones.filter(kind="closed").count() == 2
    assert [one.rule for one in stored.requirement_decisions.all()] == [4, 3]
    assert metrics_of(stored, again).duration.seconds == (again - OPENED) // timedelta(seconds=1)


def test_an_incident_closed_anew_is_decided_anew_even_when_nothing_changed() -> None:
    incident = a_closed_incident()
    reopen(incident, reason="By mistake", by=incident.mim, at=LATER, now=LATER)
    close(incident, by=incident.mim, at=LATER, now=LATER + minutes(1))
    assert incident.requirement_decided_at == LATER + minutes(1)
    assert incident.requirement_decisions.count() == 2


def test_what_the_incident_was_closed_over_stays_as_it_was_after_a_reopening() -> None:
    mim = a_mim()
    incident = an_incident(mim)
    track = open_track(incident, name="Database", by=mim, at=OPENED, now=OPENED)
    close(incident, by=mim, at=CLOSED, now=CLOSED)
    reopen(incident, reason="Back", by=mim, at=LATER, now=LATER)
    now = LATER + minutes(5)
    standing = update_track(track, outcome="Failed over", by=mim, at=now, now=now)
    assert standing.corrects == track
    fresh = open_track(incident, name="Cache", by=mim, at=now, now=now)
    assert update_track(fresh, outcome="Filled", by=mim, at=now, now=now).pk == fresh.pk


def test_what_was_captured_in_time_stays_captured_when_its_entry_is_corrected() -> None:
    mim, lead = a_mim(), a_person("Rena Holt")
    incident = an_incident(mim)
    at = OPENED + minutes(5)
    track = open_track(incident, name="Database", lead=lead, by=mim, at=at, now=at)
    phase = enter_phase(incident, phase="detected", by=mim, at=at, now=at)
    role = assign(incident, role="technical_recovery_lead", person=lead, by=mim, at=at, now=at)
    update = send_status_update(incident, audience="public", text="We look", by=mim, at=at, now=at)
    event = an_event(incident, by=mim, at=at)
    close(incident, by=mim, at=at + minutes(20), now=at + minutes(20))
    before = gaps_of(Incident.objects.get(pk=incident.pk), LATER)

    update_track(track, lead=mim, lead_assigned_at=at, outcome="Failed over", by=mim, at=at, now=LATER)
    enter_phase(incident, phase="detected", corrects=phase, by=mim, at=at + minutes(1), now=LATER)
    assign(
        incident,
        role="technical_recovery_lead",
        person=mim,
        corrects=role,
        by=mim,
        at=at,
        until=at + minutes(9),
        now=LATER,
    )
    send_status_update(
        incident, audience="internal", text="We look", corrects=update, by=mim, at=at, now=LATER
    )
    log_event(incident, kind="action", text="Not so", corrects=event, by=mim, at=at, now=LATER)
    assert gaps_of(Incident.objects.get(pk=incident.pk), LATER) == before


def test_an_incident_whose_close_was_not_captured_opens_and_closes_again() -> None:
    incident = an_incident(severity="critical")
    Incident.objects.filter(pk=incident.pk).update(
        ended_without_close=True, requirement_level="mandatory", requirement_rule=2
    )
    reopen(incident, reason="It is still there", by=incident.mim, at=LATER, now=LATER)
    assert incident.status == "open"
    close(incident, by=incident.mim, at=LATER, now=LATER + minutes(1))
    assert (incident.status, incident.closed_at, incident.requirement_rule) == ("closed", LATER, 2)
