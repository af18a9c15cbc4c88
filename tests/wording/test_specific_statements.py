"""A learning statement is judged by what it has: an object, a change to it, a measure, an owner, a date (Seed: Learning
Statements, "Specific, named, actionable")."""

import json

import pytest

from afteractions.wording.check import Checked, FindingKind, check
from afteractions.wording.specifics import WEIGHTS
from tests.load.statements import SETS, labelled, left_out, train

VAGUE = [
    "Follow the runbook.",
    "Stakeholders felt that updates were sometimes late.",
    "Everyone should read the change calendar.",
]
SPECIFIC = [
    "Runbook step 4 does not account for an unreachable primary DB. SRE lead updating by 2026-04-15.",
    "Add a retry with jitter to the token refresh by the end of the month.",
    "The database team moves the replica to its own subnet in Q3.",
    "Stop letting the rescheduler act on cordoned nodes: platform lead, by 31 Mar 2026.",
]


def vague(text: str) -> list[str]:
    return [
        each.message for each in check(Checked.LEARNING_STATEMENT, text) if each.kind == FindingKind.VAGUE
    ]


def test_each_set_of_texts_is_told_apart_by_what_the_others_teach():
    measured = {name: (precision, recall) for name, precision, recall in left_out()}
    assert list(measured) == list(SETS)
    assert all(min(each) >= 0.9 for each in measured.values()), measured


def test_the_weights_are_those_of_the_texts():
    trained = train(row for name in SETS for row in labelled(name))
    kept = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert kept.keys() == trained.keys()
    assert all(abs(kept[name] - trained[name]) < 0.01 for name in trained)


@pytest.mark.parametrize("text", VAGUE)
def test_what_says_nothing_specific_is_told_what_is_missing(text):
    [message] = vague(text)
    assert "does not say what changes. Say " in message


@pytest.mark.parametrize("text", SPECIFIC)
def test_what_is_specific_is_left_alone(text):
    assert vague(text) == []


def test_the_message_names_the_missing_parts_alone():
    [message] = vague("Improve the monitoring of `db-01` in 2 places.")
    assert "the step, tool or document" not in message
    assert "what will be done" in message
