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
from incidents.vocabulary import Audience, CommandRole, MilestoneKind, Phase, Severity
from tests.rules.incidents.records import clock, complete_record, record

LATE = clock("15:00")
ON_THE_DAY = "Tue 3 Mar 2026"


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
    "command": tuple(CommandEntry(role, clock("10:10"), LATE) for role in CommandRole),
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


def the_gap(kind, **given):
    """The only gap of its kind in a record that is complete but for `given`."""
    [found] = [gap for gap in gaps(complete_record(**given), clock("20:00")) if gap.kind.value == kind]
    return found


def test_a_gap_says_by_when_it_should_have_been_captured():
    """domain.md, Record gaps: a gap names what was not captured, and when it should have been."""
    [missing] = gaps(without("alert_fired"), clock("20:00"))
    assert missing.due_at == clock("10:05")
    assert missing.text == (
        "When the alert fired was not captured. It should have been by the milestone "
        f"“{MilestoneKind.CONFIRMED.label}”, {ON_THE_DAY} 10:05 CET."
    )
    for facts, words in (
        (record(Severity.HIGH), "It should be captured before the incident closes."),
        (
            record(Severity.HIGH, ended_without_close=True),
            "It should have been captured while the incident ran.",
        ),
    ):
        first = gaps(facts, clock("20:00"))[0]
        assert (first.due_at, first.text.endswith(words)) == (None, True)


@pytest.mark.parametrize("recorded_late", [False, True])
def test_a_role_recorded_after_the_fact_is_a_gap_that_says_so(recorded_late):
    command = [entry for entry in complete_record().command if entry.role is not CommandRole.SCRIBE]
    if recorded_late:
        command.append(CommandEntry(CommandRole.SCRIBE, clock("10:10"), LATE))
    found = the_gap("role_not_assigned", command=tuple(command))
    assert found.text.startswith("Nobody was recorded as Scribe. ")
    assert ("after the fact" in found.text) is recorded_late
    assert (found.subject, found.about, found.due_at) == ("scribe", "Scribe", clock("10:10"))
    assert "role Scribe" in found.proposed_change
    no_mim = the_gap("no_mim", command=tuple(row for row in command if row.role is not CommandRole.MIM))
    assert (no_mim.subject, no_mim.about) == ("", "")


@pytest.mark.parametrize(
    ("missing", "due"), [((), "11:15"), (("recovered",), "11:30"), (("recovered", "closed"), None)]
)
def test_a_phase_that_was_never_left_should_have_been_by_the_validation_else_by_the_close(missing, due):
    facts = complete_record()
    phases = tuple(entry for entry in facts.phases if entry.entered_at <= clock("10:50"))
    milestones = replace(facts.milestones, **dict.fromkeys(missing))
    facts = replace(facts, phases=phases, milestones=milestones, ended_without_close="closed" in missing)
    [found] = [gap for gap in gaps(facts, clock("20:00")) if gap.kind.value == "phase_never_left"]
    assert found.due_at == (due and clock(due))
    assert ("It should have been by" in found.text) == (due is not None)
    assert found.text.startswith("The phase Recovering was entered and never left")


def test_closing_enters_the_last_phase_whenever_it_is_typed_and_running_ones_are_not_left_behind():
    facts = complete_record()
    closed_late = tuple(
        replace(entry, logged_at=LATE) if entry.phase is Phase.CLOSED else entry for entry in facts.phases
    )
    assert kinds(replace(facts, phases=closed_late)) == []
    running = record(Severity.HIGH, {"opened": "10:00"}, phases=(PhaseFact(Phase.DETECTED, clock("10:00")),))
    assert not [key for key in kinds(running, "10:40") if key.startswith("phase_never_left")]
    skipped = [gap for gap in gaps(running, clock("10:40")) if gap.kind.value == "phase_skipped"]
    assert {gap.due_at for gap in skipped} == {clock("10:40")}


def test_a_track_without_a_lead_says_when_one_was_due_and_whose_run_card_to_write():
    tracks = (
        TrackEntry("Sites"),
        TrackEntry("Network", "Edge", clock("10:20")),
        TrackEntry("Cache", None, clock("10:20")),
        TrackEntry("Database", None, clock("10:12")),
    )
    found = gaps(complete_record(tracks=tracks), clock("20:00"))
    assert [gap.subject for gap in found] == ["Database", "Cache", "Network", "Sites"]
    assert [gap.due_at for gap in found] == [clock("10:27"), clock("10:35"), clock("10:35"), None]
    assert found[0].text == (
        f"The recovery track Database had no lead. A lead was due by {ON_THE_DAY} 10:27 CET."
    )
    assert found[3].text == "The recovery track Sites had no lead."
    assert "lead for Edge in" in found[2].proposed_change
    assert "lead for Cache in" in found[1].proposed_change


@pytest.mark.parametrize(
    ("track", "words"),
    [
        (
            TrackEntry("Sites", None, clock("10:12"), True, clock("10:32")),
            "waited 20 min for its lead, longer than",
        ),
        (TrackEntry("Sites", None, None, True, clock("10:32")), "has a lead, and how long the track waited"),
        (
            TrackEntry("Sites", None, clock("10:12"), True, clock("10:14"), lead_logged_at=LATE),
            "had no lead; one was recorded after the fact",
        ),
        (
            TrackEntry("Sites", None, clock("10:12"), True, clock("10:14"), logged_at=LATE),
            "had no lead; one was recorded after the fact",
        ),
    ],
)
def test_a_lead_that_came_late_or_at_no_known_time_is_said(track, words):
    [found] = gaps(complete_record(tracks=(track,)), clock("20:00"))
    assert found.text.startswith(f"The recovery track Sites {words}")
    # A track recorded late whose lead was named in time had its lead.
    in_time = replace(track, lead_assigned_at=clock("10:14"), opened_at=clock("10:12"), logged_at=LATE)
    assert kinds(complete_record(tracks=(replace(in_time, lead_logged_at=clock("10:14")),))) == []


def test_a_vendors_response_was_due_by_its_sla():
    vendors = (
        VendorEntry("Unknown"),
        VendorEntry("Late", clock("10:20"), clock("10:30"), response_logged_at=LATE),
        VendorEntry("Cloud", clock("10:20"), None, 30),
        VendorEntry("Network", None, clock("10:30")),
    )
    found = gaps(complete_record(vendors=vendors), clock("20:00"))
    assert [gap.subject for gap in found] == ["Cloud", "Late", "Network", "Unknown"]
    assert [gap.due_at for gap in found] == [clock("10:50"), clock("10:20"), None, None]
    assert [gap.text for gap in found] == [
        f"When Cloud responded was not captured. It was due by {ON_THE_DAY} 10:50 CET.",
        "When Late responded was not captured. It was recorded after the fact, which fills no gap. "
        f"It was due by {ON_THE_DAY} 10:20 CET.",
        "When Network was engaged was not captured, so its response time is not known.",
        "When Unknown responded was not captured.",
    ]
    # An engagement recorded late whose response was logged in time has its response.
    live = VendorEntry(
        "Cloud", clock("10:20"), clock("10:30"), logged_at=LATE, response_logged_at=clock("10:30")
    )
    assert kinds(complete_record(vendors=(live,))) == []


def test_the_gap_of_an_mtm_says_from_when_one_could_have_been_called():
    facts = record(Severity.CRITICAL, {"opened": "10:00", "recovered": "12:30", "closed": "12:40"})
    [found] = [gap for gap in gaps(facts, clock("20:00")) if gap.kind.value == "no_mtm"]
    assert found.due_at == clock("12:00")
    assert found.text.endswith(f"One could have been called from {ON_THE_DAY} 12:00 CET.")


def test_what_is_only_internal_is_no_public_update_and_one_public_is_enough():
    updates = complete_record().status_updates
    assert Audience.INTERNAL in {update.audience for update in updates}
    assert kinds(complete_record(external=None, customers_affected=500)) == ["external_impact_unknown"]
    late = tuple(
        replace(entry, logged_at=LATE) if entry.audience == Audience.PUBLIC else entry for entry in updates
    )
    assert kinds(complete_record(status_updates=late)) == ["no_public_status_update"]
