"""What a vendor's contract promises, and whether it was kept (Seed: Vendor After Actions)."""

from datetime import timedelta

import pytest

from incidents.rules.response.vendor_terms import (
    Response,
    missing_terms,
    over_the_sla,
    response_against,
    stated_sla,
)
from tests.rules.incidents.records import clock

ENGAGED = clock("10:00")


@pytest.mark.parametrize(
    ("responded", "sla", "seconds", "within", "over"),
    [
        ("10:30", 30, 1800, True, None),
        ("10:30:01", 30, 1801, False, 1),
        ("10:00", 0, 0, True, None),
        ("10:45", None, 2700, None, None),
        (None, 30, None, None, None),
    ],
)
def test_a_response_at_the_very_end_of_the_sla_is_within(responded, sla, seconds, within, over):
    responded_at = responded and clock(responded)
    assert response_against(ENGAGED, responded_at, sla) == Response(seconds, within)
    assert over_the_sla(ENGAGED, responded_at, sla) == (over and timedelta(seconds=over))


def test_without_an_engagement_nothing_is_known_of_the_response():
    assert response_against(None, clock("10:30"), 30) == Response(None, None)
    assert over_the_sla(None, clock("10:30"), 30) is None


def test_what_the_record_states_counts_before_the_contract():
    assert stated_sla(0, 60) == 0
    assert stated_sla(None, 60) == 60


def test_a_contract_says_before_the_incident_what_is_missing_in_it():
    """domain.md, Vendors: a vendor has a contract, known before the incident."""
    complete = {
        "response_sla_minutes": 0,
        "rca_term_days": 0,
        "service_manager": "ann",
        "escalation_contact": "desk@example.org",
    }
    assert missing_terms(**complete) == ()
    for name, empty, words in (
        ("response_sla_minutes", None, "no response SLA"),
        ("rca_term_days", None, "no RCA term"),
        ("service_manager", None, "no Service Manager"),
        ("escalation_contact", "  ", "no escalation contact"),
    ):
        assert missing_terms(**complete | {name: empty}) == (words,)
