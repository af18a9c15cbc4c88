"""The rules against figures that were derived independently for real incidents."""

import json
from datetime import UTC, datetime

import pytest

from incidents.rules.gaps.gaps import gaps
from incidents.rules.metrics import metrics
from incidents.rules.requirement import requirement
from incidents.rules.response.mtm import is_extended_critical
from tests.rules.incidents.records import FILES, checked, documents, facts_of

EXPECTED = json.loads((FILES / "expected_examples.json").read_text())["records"]
KNOWN = documents()
NOW = datetime(2026, 11, 1, tzinfo=UTC)
CASES = [
    pytest.param(external_id, expected, id=external_id)
    for expected in EXPECTED
    for external_id in (expected["id"], f"worked-{expected['id']}")
    if external_id in KNOWN
]


def test_every_expected_record_is_there():
    assert {expected["id"] for expected in EXPECTED} <= KNOWN.keys()
    assert len(CASES) == 25


@pytest.mark.parametrize(("external_id", "expected"), CASES)
def test_the_figures_are_those_derived_independently(external_id, expected):
    facts = facts_of(checked(external_id))
    figures = metrics(facts, NOW)

    assert figures.as_seconds() == {
        "time_to_detect": expected["ttd_s"],
        "time_to_declare": expected["time_to_declare_s"],
        "time_to_mitigate": expected["mttm_s"],
        "time_to_resolve": expected["mttr_s"],
        "duration": expected["total_duration_s"],
    }
    short = {
        "time_to_detect": "ttd",
        "time_to_declare": "time_to_declare",
        "time_to_mitigate": "mttm",
        "time_to_resolve": "mttr",
    }
    out_of_order = [short[metric.key] for metric in figures.all() if (metric.seconds or 0) < 0]
    assert sorted(out_of_order) == sorted(
        name for name in short.values() if (expected[name if name.endswith("_s") else f"{name}_s"] or 0) < 0
    )


@pytest.mark.parametrize(("external_id", "expected"), CASES)
def test_the_requirement_is_the_one_derived_independently(external_id, expected):
    answer = requirement(facts_of(checked(external_id)), NOW)

    assert answer.level.value == expected["after_action"]


@pytest.mark.parametrize(("external_id", "expected"), CASES)
def test_an_mtm_is_expected_where_one_was_allowed(external_id, expected):
    assert is_extended_critical(facts_of(checked(external_id)), NOW) == expected["mtm_allowed"]


@pytest.mark.parametrize("external_id", sorted(KNOWN))
def test_gaps_of_real_records_are_named_and_told_apart(external_id):
    found = gaps(facts_of(checked(external_id)), NOW)

    assert found == gaps(facts_of(checked(external_id)), NOW)
    assert all(gap.text.endswith(".") and gap.proposed_change.endswith(".") for gap in found)
    assert {gap.section for gap in found} <= {"summary", "record_findings", "timeline", "vendors"}
    others = [gap.key for gap in found if gap.kind.value != "vendor_response_missing"]
    assert len(set(others)) == len(others)
