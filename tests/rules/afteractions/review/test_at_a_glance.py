"""The half page that somebody with one minute reads first (experience.md: what happened, impact, cause, what changes,
whether it will hold; gaps grouped behind the story)."""

from typing import Any

import pytest

from afteractions.rules.review.at_a_glance import at_a_glance
from afteractions.rules.review.root_cause import empty_root_cause


def sections(*changes: dict[str, Any], states: str = "", **said: Any) -> dict[str, Any]:
    return {
        "summary": {"business_impact": "Shops fell back to cash.", "customer_impact": "One in three failed."},
        "record_findings": {"gaps": []},
        "root_cause": empty_root_cause() | {"failure": "The standby lagged", "certainty": "known"},
        "changes": list(changes),
        "learning_statements": [{"state": state} for state in states.split()],
    } | said


def a_change(text: str, strength: str = "", kind: str = "start", **said: Any) -> dict[str, Any]:
    return {"kind": kind, "change": text, "strength": strength, **said}


def test_impact_and_cause_are_those_of_the_review() -> None:
    glance = at_a_glance(sections())
    assert glance.impact == "Shops fell back to cash."
    assert glance.cause == "The incident was caused by the standby lagged."
    nobody_said = {"business_impact": None, "customer_impact": "One in three failed."}
    assert at_a_glance(sections(summary=nobody_said)).impact == "One in three failed."
    assert at_a_glance(sections(summary=dict.fromkeys(nobody_said))).impact == ""


def test_the_strongest_changes_come_first_and_the_rest_is_counted() -> None:
    rows = [
        a_change("Go on", kind="continue"),
        a_change("Train", "weaker"),
        a_change("Nobody said how strong"),
        a_change("Alert", "intermediate"),
        a_change("Remove", "stronger", "stop"),
        a_change("Remind", "weaker"),
        a_change("Review", "intermediate"),
    ]
    glance = at_a_glance(sections(*rows))
    listed = [row["change"] for row in glance.changes]
    assert (listed, glance.more) == (["Remove", "Alert", "Review", "Train", "Remind"], 2)
    assert at_a_glance(sections(*rows[:5])).more == 0


@pytest.mark.parametrize(
    ("changes", "states", "words"),
    [
        ([], "", "Nothing is to be started or stopped."),
        (
            [a_change("Go on", kind="continue", effect="Nobody looks")],
            "",
            "Nothing is to be started or stopped.",
        ),
        (
            [a_change("Alert", "intermediate")],
            "",
            "1 change: 1 intermediate. None says how its effect will be seen.",
        ),
        (
            [a_change("Alert", "intermediate", effect="A drill", look_on="2026-05-30")],
            "",
            "1 change: 1 intermediate. It says how its effect will be seen; the first look is on Sat 30 May 2026.",
        ),
        (
            [
                a_change("Alert", "intermediate", effect="A drill", look_on="2026-05-30"),
                a_change("Train", "weaker", look_on="2026-04-01"),
                a_change("Remove", "stronger", effect="None of them is left"),
            ],
            "captured learned came_back",
            "3 changes: 1 stronger, 1 intermediate, 1 weaker. 2 say how their effect will be seen; the first look is "
            "on Wed 1 Apr 2026. So far: 1 seen to work, 1 came back.",
        ),
        (
            [a_change("Alert", effect="A drill"), a_change("Stop it", kind="stop", effect="It stops")],
            "not_effective not_effective",
            "2 changes. All say how their effect will be seen. So far: 2 seen not to work.",
        ),
    ],
    ids=["none", "only what goes on", "one without effect", "one with all", "three", "of an old revision"],
)
def test_whether_it_will_hold_is_said_in_words(
    changes: list[dict[str, Any]], states: str, words: str
) -> None:
    assert " ".join(at_a_glance(sections(*changes, states=states)).holding.sentences()) == words


def test_the_gaps_are_counted_the_serious_ones_apart() -> None:
    gaps = [{"serious": True}, {"serious": False}, {"text": "Of a revision that did not say how serious"}]
    glance = at_a_glance(sections(record_findings={"gaps": gaps}))
    assert (glance.gaps, glance.serious) == (3, 1)
