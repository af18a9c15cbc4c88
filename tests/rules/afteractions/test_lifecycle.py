"""Who may take which step of an After Action, and when."""

from dataclasses import replace

import pytest

from afteractions.rules.lifecycle import (
    STEPS,
    Ground,
    LifecycleFacts,
    Part,
    decision_refusal,
    refusal,
)
from afteractions.vocabulary import Decision, Status, TransitionKind
from incidents.vocabulary import RequirementLevel

MIM = frozenset({Part.MIM})
OWNER = frozenset({Part.OWNER})
COMMUNICATIONS = frozenset({Part.COMMUNICATIONS})
SYSTEM = frozenset({Part.SYSTEM})
ADMINISTRATOR = frozenset({Part.ADMINISTRATOR})
NOBODY: frozenset[Part] = frozenset()

DRAFT = LifecycleFacts(Status.DRAFT, RequirementLevel.MANDATORY)
SCHEDULED = replace(DRAFT, meeting_scheduled=True)
IN_REVIEW = replace(SCHEDULED, status=Status.IN_REVIEW)
THERE = {"attendance_recorded": True, "anybody_present": True, "chair_present": True}
HELD = replace(IN_REVIEW, meeting_held=True, agreed=True, messages_answered=True, **THERE)
REVIEWED = replace(HELD, status=Status.REVIEWED)
PUBLISHED = replace(REVIEWED, published=True)
CLOSED = replace(PUBLISHED, status=Status.CLOSED)

ALLOWED = [
    (TransitionKind.SCHEDULE, DRAFT, MIM),
    (TransitionKind.SCHEDULE, replace(IN_REVIEW, meeting_scheduled=False), MIM),
    (TransitionKind.RESCHEDULE, replace(SCHEDULED, reason="the vendor cannot come"), MIM),
    (TransitionKind.DISTRIBUTE, DRAFT, OWNER),
    (TransitionKind.AMEND, IN_REVIEW, OWNER),
    (TransitionKind.WITHDRAW, replace(IN_REVIEW, reason="wrong cause"), OWNER),
    (TransitionKind.HOLD, IN_REVIEW, MIM),
    (
        TransitionKind.HOLD,
        replace(IN_REVIEW, too_early="Too early.", override_reason="all have read it"),
        MIM,
    ),
    (TransitionKind.DISAGREE, replace(HELD, agreed=False), MIM),
    (TransitionKind.AGREE, HELD, MIM),
    (TransitionKind.PUBLISH, REVIEWED, OWNER),
    (TransitionKind.CLOSE, PUBLISHED, OWNER),
    (TransitionKind.CLOSE, PUBLISHED, COMMUNICATIONS),
    (TransitionKind.CLOSE, PUBLISHED, SYSTEM),
    (TransitionKind.AMEND_PUBLISHED, replace(CLOSED, reason="erratum"), OWNER),
    (TransitionKind.START, replace(DRAFT, history=True), MIM),
]


@pytest.mark.parametrize(("transition", "facts", "by"), ALLOWED)
def test_a_step_whose_conditions_hold_is_not_refused(transition, facts, by):
    assert refusal(transition, facts, by) is None


@pytest.mark.parametrize(("transition", "facts", "by"), ALLOWED)
def test_an_administrator_may_take_every_step_that_the_rules_allow(transition, facts, by):
    assert refusal(transition, facts, ADMINISTRATOR) is None


@pytest.mark.parametrize(("transition", "facts", "by"), ALLOWED)
def test_somebody_who_plays_no_part_may_take_no_step_and_reads_who_can(transition, facts, by):
    found = refusal(transition, facts, NOBODY)
    assert found.ground == Ground.FORBIDDEN
    assert "may" in found.sentence


@pytest.mark.parametrize("transition", TransitionKind)
def test_every_step_has_a_row_in_the_table(transition):
    assert STEPS[transition].by


@pytest.mark.parametrize(
    ("transition", "facts", "by", "words"),
    [
        (
            TransitionKind.DISTRIBUTE,
            replace(DRAFT, missing=("Fill the root cause.",)),
            OWNER,
            "Fill the root cause.",
        ),
        (TransitionKind.DISTRIBUTE, IN_REVIEW, OWNER, "amend it"),
        (TransitionKind.DISTRIBUTE, replace(DRAFT, level=RequirementLevel.OPTIONAL), OWNER, "decide to hold"),
        (TransitionKind.HOLD, SCHEDULED, MIM, "retell"),
        (TransitionKind.HOLD, replace(IN_REVIEW, meeting_scheduled=False), MIM, "schedule it first"),
        (
            TransitionKind.HOLD,
            replace(IN_REVIEW, too_early="The draft went out 3 h ago."),
            MIM,
            "override with a reason",
        ),
        (TransitionKind.HOLD, HELD, MIM, "held already"),
        (TransitionKind.AGREE, replace(HELD, agreed=False), MIM, "has not agreed"),
        (TransitionKind.AGREE, replace(HELD, attendance_recorded=False), MIM, "who was present"),
        (
            TransitionKind.AGREE,
            replace(HELD, anybody_present=False, chair_present=False),
            MIM,
            "Nobody was present",
        ),
        (
            TransitionKind.AGREE,
            replace(HELD, chair_present=False),
            MIM,
            "who chairs the meeting, was not present",
        ),
        (TransitionKind.AGREE, replace(HELD, messages_answered=False), MIM, "External Messages"),
        (TransitionKind.AGREE, replace(HELD, meeting_held=False), MIM, "hold it first"),
        (TransitionKind.DISAGREE, HELD, MIM, "not agreed"),
        (TransitionKind.WITHDRAW, IN_REVIEW, OWNER, "reason"),
        (TransitionKind.WITHDRAW, HELD, OWNER, "held already"),
        (TransitionKind.RESCHEDULE, SCHEDULED, MIM, "reason"),
        (TransitionKind.SCHEDULE, SCHEDULED, MIM, "reschedule it"),
        (TransitionKind.PUBLISH, HELD, OWNER, "record its agreement"),
        (TransitionKind.PUBLISH, PUBLISHED, OWNER, "amend it"),
        (TransitionKind.CLOSE, REVIEWED, OWNER, "publish it first"),
        (TransitionKind.CLOSE, replace(PUBLISHED, messages_outstanding=2), OWNER, "2 External Messages are"),
        (TransitionKind.CLOSE, CLOSED, OWNER, "final"),
        (TransitionKind.SCHEDULE, CLOSED, MIM, "final"),
        (TransitionKind.AMEND_PUBLISHED, CLOSED, OWNER, "reason"),
        (TransitionKind.START, DRAFT, MIM, "runs already"),
        (TransitionKind.SCHEDULE, replace(DRAFT, history=True), MIM, "start its process first"),
    ],
)
def test_a_refusal_says_why_and_the_way_out(transition, facts, by, words):
    assert words in refusal(transition, facts, by).sentence


@pytest.mark.parametrize("transition", TransitionKind)
@pytest.mark.parametrize("status", Status)
def test_a_step_from_another_status_is_refused_with_a_sentence(transition, status):
    if status in STEPS[transition].since:
        return
    found = refusal(transition, replace(PUBLISHED, status=status, reason="why"), ADMINISTRATOR)
    assert found.ground == Ground.RULE
    assert found.sentence.endswith((".", "!"))


@pytest.mark.parametrize("by", [MIM, ADMINISTRATOR, SYSTEM])
def test_a_mandatory_after_action_cannot_be_skipped(by):
    found = decision_refusal(Decision.SKIP, replace(DRAFT, reason="resolved cleanly"), by)
    assert "cannot be skipped" in found.sentence


@pytest.mark.parametrize(
    ("level", "reason", "allowed"),
    [
        (RequirementLevel.RECOMMENDED, "", False),
        (RequirementLevel.RECOMMENDED, "  ", False),
        (RequirementLevel.RECOMMENDED, "the same as last week", True),
        (RequirementLevel.OPTIONAL, "", True),
        (RequirementLevel.NOT_REQUIRED, "", False),
        (RequirementLevel.NOT_REQUIRED, "covered elsewhere", True),
    ],
)
def test_skipping_takes_a_reason_unless_the_after_action_is_optional(level, reason, allowed):
    found = decision_refusal(Decision.SKIP, replace(DRAFT, level=level, reason=reason), MIM)
    assert (found is None) == allowed
    if found:
        assert found.field == "reason"


def test_only_the_mim_decides():
    facts = replace(DRAFT, level=RequirementLevel.OPTIONAL)
    assert decision_refusal(Decision.HOLD, facts, OWNER).ground == Ground.FORBIDDEN
    assert decision_refusal(Decision.HOLD, facts, MIM) is None


def test_once_held_it_is_too_late_to_skip():
    facts = replace(HELD, level=RequirementLevel.OPTIONAL, decision=Decision.HOLD)
    assert "too late" in decision_refusal(Decision.SKIP, facts, MIM).sentence
