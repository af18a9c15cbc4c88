"""What the draft and its owner are offered: a change for a row of what was supposed to happen, or for a line of the
bridge close-out; and the list of what to look into (domain.md, The Learning Review; The After Action)."""

import pytest

from afteractions.rules.review.close_out import change_for
from afteractions.rules.review.proposed_changes import ProposedChange, proposed_changes
from afteractions.rules.review.reading_list import Source, SourceFacts, sources


@pytest.mark.parametrize(
    ("expected", "actual", "proposed"),
    [
        (
            "The replica takes over.",
            "It was behind",
            ProposedChange("The replica takes over.", "The replica takes over. It was behind."),
        ),
        ("", "It was behind", ProposedChange("It was behind", "It was behind.")),
        ("The replica takes over", "", ProposedChange("The replica takes over", "The replica takes over.")),
        ("", "", None),
    ],
)
def test_a_deviation_that_says_something_can_become_a_change(
    expected: str, actual: str, proposed: ProposedChange | None
) -> None:
    section = {"deviations": [{"expected": expected, "actual": actual}], "ways": []}
    assert list(proposed_changes(section)) == ([proposed] if proposed else [])


def test_a_way_to_detect_sooner_or_respond_better_can_become_a_change() -> None:
    ways = [
        {"kind": "detected_sooner", "text": "An alert on the age"},
        {"kind": "responded_better", "text": "A run card"},
    ]
    assert list(proposed_changes({"deviations": [], "ways": ways})) == [
        ProposedChange("An alert on the age", "Detected sooner: An alert on the age"),
        ProposedChange("A run card", "Responded better: A run card"),
    ]


def test_what_slowed_us_asks_for_its_removal() -> None:
    assert change_for("Nobody had the key.") == "Remove what slowed us: Nobody had the key"


def test_the_owner_looks_into_what_the_record_holds_and_what_somebody_added() -> None:
    """Seed, aar-guide: "looking into the incident process itself including reviewing notes and reports"."""
    assert sources(SourceFacts()) == []
    facts = SourceFacts(
        mtms=((1, "/mtm/1"),),
        status_updates=2,
        record_place="/record",
        close_out_answers=1,
        close_out_place="/close-out",
        vendor_rcas=((4, "Cloud Co", "/rca/4"),),
        repeated=("INC-1", "Disk full", "/review/1"),
        evidence=(("E-1", "graph.png", "/e/1"),),
        added=(("note:1", "The shift book", "/book"),),
    )
    assert sources(facts) == [
        Source("mtm:1", "Notes of Major Technical Meeting 1", "/mtm/1"),
        Source("updates", "2 status updates", "/record"),
        Source("close_out", "What 1 responder said at the close", "/close-out"),
        Source("rca:4", "RCA of Cloud Co", "/rca/4"),
        Source("review:INC-1", "Learning Review of INC-1 “Disk full”, which this one repeats", "/review/1"),
        Source("evidence:E-1", "Evidence: graph.png", "/e/1"),
        Source("note:1", "The shift book", "/book"),
    ]
