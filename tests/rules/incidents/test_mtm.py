from incidents.rules.facts import MtmEntry
from incidents.rules.response.mtm import agenda, mtm_prompt
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
