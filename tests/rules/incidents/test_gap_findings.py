"""Gaps as findings: one a kind with a count, serious ones first; while the incident runs only what is due
(domain.md, Record gaps)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.rules.facts import PhaseFact
from incidents.rules.gaps.expectations import GapKind
from incidents.rules.gaps.findings import BEARS_ON, due_gaps, gap_findings
from incidents.rules.gaps.gaps import Gap, gaps
from incidents.vocabulary import CommandRole, Phase, Severity
from tests.rules.incidents.records import clock, complete_record, record


def test_five_skipped_phases_are_one_finding() -> None:
    facts = complete_record()
    kept = tuple(entry for entry in facts.phases if entry.phase in (Phase.DETECTED, Phase.CLOSED))
    found = gap_findings(gaps(replace(facts, phases=kept), clock("20:00")))
    assert [(one.kind, one.count, one.serious) for one in found] == [(GapKind.PHASE_SKIPPED, 6, False)]
    assert found[0].label == "6 phases skipped"
    assert found[0].text == (
        "6 phases skipped: Declared; Investigating; Mitigating; Recovering; Validating; Resolved."
    )
    assert found[0].proposed_change.startswith("Log each phase when it is entered")


def test_one_of_a_kind_reads_as_the_gap_itself() -> None:
    facts = complete_record()
    kept = tuple(entry for entry in facts.phases if entry.phase is not Phase.MITIGATING)
    [gap] = gaps(replace(facts, phases=kept), clock("20:00"))
    [found] = gap_findings([gap])
    assert (found.key, found.text, found.proposed_change) == (gap.key, gap.text, gap.proposed_change)
    assert found.label == "Mitigating skipped"


@pytest.mark.parametrize(
    ("kind", "bears_on"),
    [
        ("no_alert_time", "a metric"), ("no_detection_time", "a metric"), ("no_declaration", "a metric"),
        ("no_mitigation", "a metric"), ("no_validation", "a metric"), ("no_impact_start", "a metric"),
        ("no_customer_count", "the requirement"), ("external_impact_unknown", "the requirement"),
        ("no_mim", "a required person"), ("no_trl", "a required person"), ("track_without_lead", "a required person"),
        ("vendor_response_missing", "a vendor's SLA"), ("no_close", "a deadline"), ("status_update_late", "a deadline"),
        ("no_mtm", "a deadline"),
    ],
)  # fmt: skip
def test_what_bears_on_something_is_serious(kind: str, bears_on: str) -> None:
    [found] = gap_findings([Gap(GapKind(kind), "", "It is missing.", "timeline", None, "Capture it.")])
    assert (found.serious, found.bears_on) == (True, bears_on)


def test_the_rest_is_minor() -> None:
    minor = {kind for kind in GapKind if kind not in BEARS_ON}
    assert minor == {
        "no_phases", "phase_skipped", "phase_never_left", "track_lead_late", "track_lead_time_missing",
        "no_alert_source", "no_business_impact", "no_revenue_exposure", "no_sla_status",
        "regulatory_exposure_unknown", "role_not_assigned", "no_status_update", "no_public_status_update",
        "no_stakeholder_communication", "no_timeline_event",
    }  # fmt: skip


def a_gap(kind: GapKind, due_at: str | None = None, about: str = "") -> Gap:
    return Gap(kind, about, "Missing.", "timeline", due_at and clock(due_at), "Capture it.", about)


@pytest.mark.parametrize("kind", list(GapKind))
def test_while_it_runs_a_datum_is_late_a_quarter_of_an_hour_after_its_milestone(kind: GapKind) -> None:
    """domain.md, Record gaps: while an incident runs only what is already due counts; a lead, an update and an MTM name
    the instant themselves."""
    exact = kind in ("track_without_lead", "track_lead_late", "status_update_late", "no_mtm")
    gap = a_gap(kind, "10:00")
    at, after = (clock("10:00"), clock("10:00:01")) if exact else (clock("10:15"), clock("10:15:01"))
    assert due_gaps([gap], at, is_running=True) == ((), (gap,))
    assert due_gaps([gap], after, is_running=True) == ((gap,), ())
    unknown = a_gap(kind)
    assert due_gaps([unknown], after, is_running=True) == ((), (unknown,))


@pytest.mark.parametrize(
    ("found", "label"),
    [
        ([a_gap(GapKind.NO_ALERT_TIME)], "No alert time"),
        ([a_gap(GapKind.TRACK_WITHOUT_LEAD, None, "Database")], "Recovery track without a lead: Database"),
        ([a_gap(GapKind.ROLE_NOT_ASSIGNED, None, "Scribe")], "No Scribe"),
        (
            [a_gap(GapKind.STATUS_UPDATE_LATE, None, "10:00 CET to 11:00 CET")],
            "No status update from 10:00 CET to 11:00 CET",
        ),
        ([a_gap(GapKind.VENDOR_RESPONSE_MISSING)] * 2, "2 vendors without a response time"),
        ([a_gap(GapKind.NO_PHASES)] * 2, "2 no phase log"),
    ],
)
def test_a_finding_is_called_by_a_few_words(found: list[Gap], label: str) -> None:
    assert gap_findings(found)[0].label == label


def test_a_finding_was_due_when_the_first_of_its_gaps_was() -> None:
    kind = GapKind.TRACK_WITHOUT_LEAD
    [found] = gap_findings([a_gap(kind, None, "A"), a_gap(kind, "10:30", "B"), a_gap(kind, "10:15", "C")])
    assert found.due_at == clock("10:15")
    assert gap_findings([a_gap(kind)])[0].due_at is None


@given(st.lists(st.sampled_from(list(GapKind)), max_size=40))
def test_no_gap_is_lost_and_serious_ones_come_first(kinds: list[GapKind]) -> None:
    made = [
        Gap(kind, str(at), "Missing.", "timeline", None, "Capture it.", f"{at}")
        for at, kind in enumerate(kinds)
    ]
    found = gap_findings(made)
    assert len({one.kind for one in found}) == len(found)
    assert sorted(gap.subject for one in found for gap in one.gaps) == sorted(gap.subject for gap in made)
    assert [one.serious for one in found] == sorted((one.serious for one in found), reverse=True)
    assert all(str(one.count) in one.label for one in found if one.count > 1)


def at_the_declaration(at: str) -> tuple[set[str], set[str]]:
    """What counts and what is still to be captured of a Critical incident opened at 10:00, at a time of the day."""
    facts = record(Severity.CRITICAL, {"opened": "10:00"})
    due, to_come = due_gaps(gaps(facts, clock(at)), clock(at), is_running=True)
    return {gap.kind.value for gap in due}, {gap.kind.value for gap in to_come}


def test_at_the_first_second_of_an_incident_nothing_is_due() -> None:
    due, to_come = at_the_declaration("10:00")
    assert due == set()
    assert {"no_customer_count", "no_trl", "no_mitigation", "no_validation"} <= to_come


def test_what_was_to_be_said_at_the_declaration_is_due_a_quarter_of_an_hour_later() -> None:
    assert "no_customer_count" not in at_the_declaration("10:15")[0]
    due, to_come = at_the_declaration("10:15:01")
    assert {"no_customer_count", "no_trl", "no_detection_time"} <= due
    assert {"no_mitigation", "no_validation"} <= to_come


def test_a_silence_counts_as_soon_as_the_update_was_due() -> None:
    assert "status_update_late" not in at_the_declaration("10:30")[0]
    assert "status_update_late" in at_the_declaration("10:31")[0]


def test_a_phase_passed_over_counts_and_those_to_come_do_not() -> None:
    phases = (PhaseFact(Phase.DETECTED, clock("10:00")), PhaseFact(Phase.MITIGATING, clock("10:05")))
    facts = record(Severity.HIGH, {"opened": "10:00"}, phases=phases)
    due, _ = due_gaps(gaps(facts, clock("10:21")), clock("10:21"), is_running=True)
    skipped = [gap.subject for gap in due if gap.kind is GapKind.PHASE_SKIPPED]
    assert skipped == ["declared", "investigating"]


def test_of_a_closed_incident_every_gap_counts() -> None:
    facts = complete_record(command=())
    found = gaps(facts, clock("20:00"))
    assert due_gaps(found, clock("20:00"), is_running=False) == (found, ())
    roles = next(one for one in gap_findings(found) if one.kind is GapKind.ROLE_NOT_ASSIGNED)
    assert roles.label == "4 roles not assigned"
    assert CommandRole.SCRIBE.label in roles.text
