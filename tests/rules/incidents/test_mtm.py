from dataclasses import replace
from datetime import timedelta

import pytest

from incidents.rules.facts import MtmEntry
from incidents.rules.response.mtm import (
    SUMMARY_WITHIN,
    agenda,
    extended_from,
    has_mtm_or_decision,
    is_extended_critical,
    is_for,
    mtm_prompt,
)
from incidents.rules.response.mtm_summary import ActionSaid, MtmRecord, not_said_yet, summary_text
from incidents.vocabulary import Severity
from tests.rules.incidents.records import clock, record

OPENED = {"opened": "10:00"}


def test_the_mim_is_prompted_at_two_hours_of_a_critical_incident():
    before = mtm_prompt(record(Severity.CRITICAL, OPENED), clock("11:59"))
    then = mtm_prompt(record(Severity.CRITICAL, OPENED), clock("12:00"))

    assert before is not None
    assert (before.due_at, before.is_due) == (clock("12:00"), False)
    assert then is not None
    assert then.is_due


def test_nobody_is_prompted_once_there_is_an_mtm_or_a_decision_or_an_end():
    for facts in (
        record(Severity.HIGH, OPENED),
        record(Severity.CRITICAL, OPENED, mtms=(MtmEntry(1, clock("11:50")),)),
        record(Severity.CRITICAL, OPENED, mtm_declined_at=clock("11:55")),
        record(Severity.CRITICAL, {**OPENED, "recovered": "12:10"}),
        record(Severity.CRITICAL, {**OPENED, "closed": "12:10"}),
        record(Severity.CRITICAL),
    ):
        assert mtm_prompt(facts, clock("13:00")) is None


def test_a_meeting_is_for_critical_incidents_over_two_hours_and_its_summary_is_due_in_15_minutes():
    """domain.md, MTM and Deadlines."""
    assert [severity for severity in Severity if is_for(severity)] == [Severity.CRITICAL]
    assert timedelta(minutes=15) == SUMMARY_WITHIN
    facts = record(Severity.CRITICAL, OPENED)
    assert [is_extended_critical(facts, clock(at)) for at in ("12:00", "12:00:01")] == [False, True]
    assert not is_extended_critical(record(Severity.HIGH, OPENED), clock("13:00"))
    assert not is_extended_critical(record(Severity.CRITICAL), clock("13:00"))
    assert extended_from(facts) == clock("12:00")
    assert extended_from(record(Severity.CRITICAL)) is None


def test_what_was_recorded_after_the_close_is_neither_a_meeting_nor_a_decision():
    closed = record(Severity.CRITICAL, {**OPENED, "closed": "13:00"})
    for live, late in (
        (
            {"mtms": (MtmEntry(1, clock("12:10")),)},
            {"mtms": (MtmEntry(1, clock("12:10"), logged_at=clock("14:00")),)},
        ),
        (
            {"mtm_declined_at": clock("12:10")},
            {"mtm_declined_at": clock("12:10"), "mtm_declined_logged_at": clock("14:00")},
        ),
    ):
        assert has_mtm_or_decision(replace(closed, **live))
        assert not has_mtm_or_decision(replace(closed, **late))
    assert not has_mtm_or_decision(closed)


def test_the_agenda_keeps_the_seeds_order_with_its_owners():
    assert [(point.title, point.owner) for point in agenda(1, True)] == [
        ("Attendance and intro", "MIM"),
        ("Establish core roles", "MIM"),
        ("Recovery status", "Technical Recovery Lead"),
        ("Impact statement", "Customer Success / Service Delivery"),
        ("Business and client impact", "MIM + Recovery Director"),
        ("Regulatory exposure", "Security or Compliance"),
        ("Review open actions from prior MTM", "MIM"),
        ("Confirm severity posture is correct", "MIM + Technical Recovery Lead"),
        ("Set next MTM time and update cadence", "MIM"),
    ]


def test_core_roles_come_at_the_first_mtm_only():
    assert "core_roles" in {point.key for point in agenda(1, False)}
    assert "core_roles" not in {point.key for point in agenda(2, False)}


def test_regulatory_exposure_is_left_out_only_when_it_is_known_not_to_apply():
    assert "regulatory_exposure" not in {point.key for point in agenda(1, False)}
    assert "regulatory_exposure" in {point.key for point in agenda(1, None)}


SAID = MtmRecord(
    "Major Technical Meeting 2",
    notes=(("Recovery status", "One node is back"),),
    actions=(
        ActionSaid("Drain the queue", "Ann Lee", "Tue 3 Mar"),
        ActionSaid("Watch it", due="noon"),
        ActionSaid("Rest"),
    ),
    reviewed=(ActionSaid("Ask the vendor", "Bob Ray", said="done"),),
    attendance=("Ann Lee", "Bob Ray"),
    severity="Critical (P1)",
    next="15:00 CET",
    cadence_minutes=30,
)


@pytest.mark.parametrize(
    ("unsaid", "sentences"),
    [
        ({}, ()),
        ({"attendance": ()}, ("Nobody is noted as present.",)),
        (
            {"left_open": (ActionSaid("Ask them"), ActionSaid("Tell us"))},
            ("Actions of the meetings before are not reviewed: Ask them; Tell us.",),
        ),
        ({"severity": None}, ("The severity is neither confirmed nor changed.",)),
        ({"next": None}, ("No next meeting is set, and the meetings are not stood down.",)),
        ({"cadence_minutes": None}, ("The cadence of the status updates is not set.",)),
        ({"next": None, "cadence_minutes": None, "stood_down": True}, ()),
    ],
)
def test_what_the_agenda_asks_for_and_the_meeting_has_not_settled_is_said(unsaid, sentences):
    """domain.md, MTM: attendance, actions of the prior MTM reviewed, severity confirmed or changed, next MTM's time and
    the update cadence."""
    assert not_said_yet(replace(SAID, **unsaid)) == sentences


def test_the_summary_says_who_was_there_the_notes_and_what_was_agreed():
    """Seed: The MIM publishes a post-MTM summary immediately after."""
    assert summary_text(SAID).split("\n\n") == [
        "Major Technical Meeting 2",
        "Present: Ann Lee, Bob Ray.",
        "Recovery status: One node is back",
        "From the meetings before:\n- Ask the vendor (Bob Ray): done",
        "Actions agreed:\n- Drain the queue (Ann Lee, by Tue 3 Mar)\n- Watch it (by noon)\n- Rest",
        "Severity: Critical (P1), confirmed.",
        "Next meeting: 15:00 CET. Status updates every 30 min.",
    ]
    assert summary_text(MtmRecord("Major Technical Meeting 1")) == "Major Technical Meeting 1"
    stood_down = MtmRecord("Major Technical Meeting 1", next="15:00 CET", stood_down=True)
    assert summary_text(stood_down).endswith("\n\nNo further meeting is needed.")
