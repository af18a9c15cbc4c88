"""The sentences of a review: a change with its verb, the learning statement, the root cause; a vendor's response."""

from datetime import UTC, date, datetime, timedelta

import pytest

from afteractions.rules.followup.vendor_response import response_verdict
from afteractions.rules.review.root_cause import cause_sentences, root_cause_of, texts_of
from afteractions.rules.review.statement_text import change_sentence, learning_statement
from afteractions.vocabulary import ChangeKind

AT = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "text", "sentence"),
    [
        (
            "stop",
            "letting the rescheduler act on cordoned nodes",
            "Stop letting the rescheduler act on cordoned nodes",
        ),
        ("stop", "Letting it act.", "Stop letting it act"),
        ("start", "Bring the standby up first", "Start: Bring the standby up first"),
        ("start", "String checks at the gateway", "Start: String checks at the gateway"),
        ("continue", "deciding without the vendor", "Continue deciding without the vendor"),
        ("stop", "Stop paging the whole team", "Stop paging the whole team"),
        ("start", "starting early", "Start starting early"),
        ("stop", " ", ""),
    ],
)
def test_a_change_says_its_verb_once(kind: str, text: str, sentence: str) -> None:
    assert change_sentence(ChangeKind(kind), text) == sentence


def test_a_learning_statement_says_gap_verb_owner_and_date() -> None:
    assert (
        learning_statement(
            ChangeKind.STOP,
            "Cordoned nodes are rescheduled.",
            "letting the rescheduler act on cordoned nodes",
            "SRE lead",
            date(2026, 3, 31),
        )
        == "Cordoned nodes are rescheduled. Stop letting the rescheduler act on cordoned nodes. SRE lead, by 31 Mar "
        "2026."
    )
    assert learning_statement(ChangeKind.START, " ", "A drill", "", None) == "Start: A drill."


@pytest.mark.parametrize(
    ("certainty", "failure", "sentences"),
    [
        (
            "known",
            "a full disk.",
            [
                "The incident was caused by a full disk. Contributing factors include no alert; no owner.",
                "What should have happened and did not: the alert fires at 80 %.",
            ],
        ),
        (
            "provisional",
            "a full disk",
            [
                "The incident was caused by a full disk. Contributing factors include no alert; no owner. This is "
                "provisional.",
                "What should have happened and did not: the alert fires at 80 %.",
            ],
        ),
        (
            "unknown",
            "",
            [
                "The root cause is not yet known. Contributing factors include no alert; no owner.",
                "What should have happened and did not: the alert fires at 80 %.",
            ],
        ),
    ],
)
def test_the_root_cause_is_a_sentence_that_says_how_certain_it_is(
    certainty: str, failure: str, sentences: list[str]
) -> None:
    cause = {
        "failure": failure,
        "contributing_factors": ["no alert.", "no owner"],
        "should_have_happened": ["the alert fires at 80 %"],
        "certainty": certainty,
    }
    assert cause_sentences(cause) == sentences


@pytest.mark.parametrize(
    ("minutes", "sla", "words"),
    [
        (95, 60, "1 h 35 min, 35 min over the SLA of 60 min"),
        (60, 60, "1 h, within the SLA of 60 min"),
        (42, None, "42 min, the stated SLA is not captured"),
        (None, 60, "response not captured, the SLA of 60 min"),
        (-5, 60, "−5 min (out of order), the SLA of 60 min"),
        (0, 60, "0 s, within the SLA of 60 min"),
        (61, 60, "1 h 1 min, 1 min over the SLA of 60 min"),
        (119, 119, "1 h 59 min, within the SLA of 119 min"),
        (120, 120, "2 h, within the SLA of 2 h"),
        (None, 1440, "response not captured, the SLA of 1 d"),
    ],
)
def test_a_response_is_judged_against_the_stated_sla_in_words(
    minutes: int | None, sla: int | None, words: str
) -> None:
    responded_at = AT + timedelta(minutes=minutes) if minutes is not None else None
    assert response_verdict(AT, responded_at, sla) == words
    without = (
        "not captured, the stated SLA is not captured"
        if sla is None
        else "response not captured, the SLA of "
    )
    assert response_verdict(None, responded_at, sla).startswith(without)


@pytest.mark.parametrize(
    ("certainty", "failure", "sentence"),
    [
        (
            "unknown",
            " A full disk ",
            "The root cause is not yet known. The incident may have been caused by a full disk.",
        ),
        ("known", "", "The root cause is not yet known."),
        ("provisional", " ", "The root cause is not yet known."),
        ("provisional", "a full disk", "The incident was caused by a full disk. This is provisional."),
    ],
)
def test_a_cause_that_is_not_known_is_not_claimed(certainty: str, failure: str, sentence: str) -> None:
    """domain.md, The After Action: the cause may be marked provisional or not yet known."""
    assert cause_sentences(root_cause_of({"failure": failure, "certainty": certainty})) == [sentence]


def test_what_stands_within_the_sentence_loses_the_capital_of_a_beginning_and_a_name_keeps_it() -> None:
    cause = {
        "failure": "The rescheduler, which acted on cordoned nodes",
        "contributing_factors": [
            "The switch was thrown by hand",
            "No probe",
            "Kubernetes 1.29",
            "DNS",
            "A-records",
        ],
        "should_have_happened": ["The alert fires"],
        "certainty": "known",
    }
    assert cause_sentences(cause) == [
        "The incident was caused by the rescheduler, which acted on cordoned nodes. Contributing factors include the "
        "switch was thrown by hand; no probe; Kubernetes 1.29; DNS; A-records.",
        "What should have happened and did not: the alert fires.",
    ]


def test_a_root_cause_written_before_a_field_was_there_is_read_with_it_empty() -> None:
    assert root_cause_of({"failure": "A", "certainty": "known"}) == {
        "failure": "A",
        "contributing_factors": [],
        "should_have_happened": [],
        "certainty": "known",
    }
    assert texts_of(root_cause_of({"failure": "", "should_have_happened": ["b", ""]})) == ["b"]
