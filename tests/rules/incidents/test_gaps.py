from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.facts import (
    CommandEntry,
    CommunicationEntry,
    MtmEntry,
    PhaseFact,
    StatusUpdateEntry,
    TimelineEntry,
    TrackEntry,
    VendorEntry,
)
from incidents.rules.gaps.gaps import gaps
from incidents.vocabulary import Audience, CommandRole, Phase, Severity
from tests.rules.incidents.records import clock, complete_record, record

LATE = clock("15:00")


def kinds(facts, at="20:00"):
    return [gap.key for gap in gaps(facts, clock(at)) if gap.kind.value != "status_update_late"]


def without(name):
    facts = complete_record()
    return replace(facts, milestones=replace(facts.milestones, **{name: None}))


def test_a_complete_record_has_no_gap():
    assert gaps(complete_record(), clock("20:00")) == ()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("impact_started", "no_impact_start"),
        ("alert_fired", "no_alert_time"),
        ("confirmed", "no_detection_time"),
        ("opened", "no_declaration"),
        ("mitigated", "no_mitigation"),
        ("recovered", "no_validation"),
    ],
)
def test_a_milestone_that_was_not_captured_is_a_gap(name, kind):
    assert kinds(without(name)) == [kind]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("customers_affected", "no_customer_count"),
        ("external", "external_impact_unknown"),
        ("alert_source", "no_alert_source"),
        ("business", "no_business_impact"),
        ("revenue_exposure", "no_revenue_exposure"),
        ("sla_status", "no_sla_status"),
        ("regulatory_exposure", "regulatory_exposure_unknown"),
    ],
)
def test_a_field_of_alert_info_or_impact_that_was_not_captured_is_a_gap(name, kind):
    assert kinds(complete_record(**{name: None})) == [kind]


def test_blank_text_captures_nothing_and_zero_customers_is_a_count():
    assert kinds(complete_record(business="  ")) == ["no_business_impact"]
    assert kinds(complete_record(customers_affected=0)) == []


def test_no_is_an_answer():
    assert kinds(complete_record(external=False, regulatory_exposure=False)) == []


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (CommandRole.MIM, "no_mim"),
        (CommandRole.TECHNICAL_RECOVERY_LEAD, "no_trl"),
        (CommandRole.SCRIBE, "role_not_assigned:scribe"),
    ],
)
def test_a_role_that_nobody_held_is_a_gap(role, kind):
    command = tuple(entry for entry in complete_record().command if entry.role is not role)

    assert kinds(complete_record(command=command)) == [kind]


def test_a_medium_incident_needs_a_mim_and_no_technical_recovery_lead():
    found = kinds(complete_record(Severity.MEDIUM, command=()))

    assert found == ["no_mim"]


def test_a_phase_that_was_skipped_is_a_gap_with_the_time_it_was_passed_over():
    facts = complete_record()
    phases = tuple(entry for entry in facts.phases if entry.phase is not Phase.INVESTIGATING)
    found = gaps(replace(facts, phases=phases), clock("20:00"))

    assert [gap.key for gap in found] == ["phase_skipped:investigating"]
    assert found[0].due_at == clock("10:30")
    assert "Tue 3 Mar 2026 10:30 CET" in found[0].text


def test_a_phase_that_was_never_left_is_one_gap_and_not_three():
    facts = complete_record()
    phases = tuple(entry for entry in facts.phases if entry.entered_at <= clock("10:50"))

    assert kinds(replace(facts, phases=phases)) == ["phase_never_left:recovering"]


def test_a_relapse_is_no_gap():
    facts = complete_record()
    again = PhaseFact(Phase.MITIGATING, clock("11:05"))

    assert kinds(replace(facts, phases=(*facts.phases, again))) == []


def test_an_incident_without_a_phase_log_has_one_gap_for_it():
    assert kinds(complete_record(phases=())) == ["no_phases"]


@pytest.mark.parametrize(
    ("track", "kind"),
    [
        (TrackEntry("Database", opened_at=clock("10:12")), "track_without_lead:Database"),
        (
            TrackEntry(
                "Database", opened_at=clock("10:12"), has_lead=True, lead_assigned_at=clock("10:27:01")
            ),
            "track_lead_late:Database",
        ),
        (
            TrackEntry("Database", opened_at=clock("10:12"), has_lead=True, lead_assigned_at=clock("10:27")),
            None,
        ),
        (TrackEntry("Database", opened_at=clock("10:12"), has_lead=True), "track_lead_time_missing:Database"),
        (
            TrackEntry(
                "Database",
                opened_at=clock("10:12"),
                has_lead=True,
                lead_assigned_at=clock("10:15"),
                lead_logged_at=LATE,
            ),
            "track_without_lead:Database",
        ),
    ],
)
def test_a_recovery_track_needs_a_lead_within_a_quarter_of_an_hour(track, kind):
    assert kinds(complete_record(tracks=(track,))) == ([] if kind is None else [kind])


def test_a_silence_names_its_times_and_when_an_update_was_due():
    facts = complete_record(
        status_updates=(
            StatusUpdateEntry(clock("10:15"), Audience.PUBLIC),
            StatusUpdateEntry(clock("11:00"), Audience.PUBLIC),
        )
    )
    (gap,) = gaps(facts, clock("20:00"))

    assert gap.kind.value == "status_update_late"
    assert gap.due_at == clock("10:45")
    assert "10:15 CET to 11:00 CET (45 min)" in gap.text


def test_a_whole_incident_without_an_update_is_named_once():
    assert [gap.kind.value for gap in gaps(complete_record(status_updates=()), clock("20:00"))] == [
        "status_update_late"
    ]
    assert kinds(complete_record(Severity.MEDIUM, status_updates=())) == ["no_status_update"]


def test_customers_who_may_be_affected_are_owed_a_public_update():
    internal = tuple(replace(entry, audience=Audience.INTERNAL) for entry in complete_record().status_updates)

    assert kinds(complete_record(status_updates=internal)) == ["no_public_status_update"]
    assert kinds(complete_record(status_updates=internal, external=False, customers_affected=0)) == []


@pytest.mark.parametrize(
    ("vendor", "gap"),
    [
        (VendorEntry("Cloud supplier"), True),
        (VendorEntry("Cloud supplier", clock("10:20")), True),
        (VendorEntry("Cloud supplier", None, clock("10:30")), True),
        (VendorEntry("Cloud supplier", clock("10:20"), clock("10:30")), False),
        (VendorEntry("Cloud supplier", clock("10:20"), clock("10:30"), response_logged_at=LATE), True),
    ],
)
def test_a_vendor_engagement_needs_its_response_time(vendor, gap):
    assert kinds(complete_record(vendors=(vendor,))) == (
        ["vendor_response_missing:Cloud supplier"] if gap else []
    )


def test_a_critical_incident_over_two_hours_needs_an_mtm_or_a_decision_against_one():
    milestones = {"opened": "10:00", "recovered": "12:00:01", "closed": "12:10"}
    mtm = (MtmEntry(1, clock("12:00")),)

    def has_gap(severity=Severity.CRITICAL, at=milestones, **more):
        return "no_mtm" in kinds(record(severity, at, **more))

    assert has_gap()
    assert has_gap(mtm_declined_at=clock("12:00"), mtm_declined_logged_at=clock("14:00"))
    assert not has_gap(mtms=mtm)
    assert not has_gap(mtm_declined_at=clock("12:00"))
    assert not has_gap(Severity.HIGH)
    assert not has_gap(at={**milestones, "recovered": "12:00"})


def test_empty_communications_and_an_empty_timeline_are_gaps():
    assert kinds(complete_record(stakeholder_communications=())) == ["no_stakeholder_communication"]
    assert kinds(complete_record(timeline=())) == ["no_timeline_event"]


def test_a_running_incident_shows_what_would_be_a_gap_if_it_closed_now():
    running = record(
        Severity.HIGH, {"opened": "10:00"}, phases=(PhaseFact(Phase.MITIGATING, clock("10:30")),)
    )
    found = kinds(running, "10:40")

    assert "no_validation" in found
    assert "phase_skipped:recovering" in found
    assert "no_close" not in found


def test_an_incident_that_ended_without_a_close_says_so():
    assert "no_close" in kinds(record(Severity.HIGH, {"opened": "10:00"}, ended_without_close=True))


def test_the_first_findings_come_first_and_in_the_same_order_each_time():
    found = kinds(record(Severity.CRITICAL, {"closed": "12:00"}))

    assert found[:6] == [
        "no_alert_time",
        "no_detection_time",
        "no_customer_count",
        "external_impact_unknown",
        "no_mim",
        "no_trl",
    ]
    assert found.index("no_phases") < found.index("no_mitigation") < found.index("no_impact_start")


def test_a_late_value_is_still_a_gap_and_the_gap_says_why():
    (gap,) = gaps(complete_record(late_fields=frozenset({"alert_fired"})), clock("20:00"))

    assert gap.kind.value == "no_alert_time"
    assert "after the fact" in gap.text
    assert gap.due_at == clock("10:05")


EVERYTHING_LATE = {
    "phases": tuple(PhaseFact(phase, clock("10:30"), LATE) for phase in Phase if phase is not Phase.CLOSED),
    "command": tuple(
        CommandEntry(role, "somebody", from_at=clock("10:10"), logged_at=LATE) for role in CommandRole
    ),
    "tracks": (
        TrackEntry("Database", None, clock("10:12"), True, clock("10:14"), logged_at=LATE),
        TrackEntry("Network", None, clock("10:12"), True, clock("10:14"), lead_logged_at=LATE),
    ),
    "status_updates": tuple(
        StatusUpdateEntry(clock(time), Audience.PUBLIC, LATE) for time in ("10:15", "10:40", "11:05")
    ),
    "stakeholder_communications": (CommunicationEntry(clock("10:25"), LATE),),
    "vendors": (VendorEntry("Cloud supplier", clock("10:20"), clock("10:30"), logged_at=LATE),),
    "mtms": (MtmEntry(1, clock("11:00"), logged_at=LATE),),
    "timeline": (TimelineEntry(clock("10:12"), LATE),),
}
MISSING = {
    **dict.fromkeys(EVERYTHING_LATE, ()),
    "tracks": (TrackEntry("Database", None, clock("10:12")), TrackEntry("Network", None, clock("10:12"))),
    "vendors": (VendorEntry("Cloud supplier", clock("10:20")),),
}


@given(st.sets(st.sampled_from(sorted(EVERYTHING_LATE))), st.sampled_from(Severity))
def test_what_is_recorded_after_the_fact_never_fills_a_gap(areas, severity):
    missing = complete_record(severity, **{area: MISSING[area] for area in areas})
    filled_late = complete_record(severity, **{area: EVERYTHING_LATE[area] for area in areas})

    assert kinds(filled_late) == kinds(missing)
    assert len(gaps(filled_late, clock("20:00"))) == len(gaps(missing, clock("20:00")))
