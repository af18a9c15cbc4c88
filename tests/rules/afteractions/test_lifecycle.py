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
    (
        TransitionKind.DISTRIBUTE,
        replace(DRAFT, level=RequirementLevel.OPTIONAL, decision=Decision.HOLD),
        OWNER,
    ),
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
    (TransitionKind.AMEND_PUBLISHED, replace(PUBLISHED, reason="the vendor's RCA"), OWNER),
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
        (
            TransitionKind.DISTRIBUTE,
            replace(DRAFT, level=RequirementLevel.OPTIONAL),
            OWNER,
            "Nobody has decided yet whether to hold this After Action: decide to hold it first.",
        ),
        (
            TransitionKind.DISTRIBUTE,
            replace(DRAFT, level=RequirementLevel.OPTIONAL, decision=Decision.SKIP),
            OWNER,
            "It was decided to skip",
        ),
        (TransitionKind.HOLD, SCHEDULED, MIM, "retell"),
        (TransitionKind.HOLD, replace(IN_REVIEW, meeting_scheduled=False), MIM, "schedule it first"),
        (
            TransitionKind.HOLD,
            replace(IN_REVIEW, too_early="The draft went out 3 h ago."),
            MIM,
            "override with a reason",
        ),
        (
            TransitionKind.HOLD,
            replace(IN_REVIEW, too_early="The draft went out 3 h ago.", override_reason="  "),
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
        (TransitionKind.WITHDRAW, replace(IN_REVIEW, reason="  "), OWNER, "reason"),
        (
            TransitionKind.AMEND_PUBLISHED,
            replace(IN_REVIEW, reason="erratum"),
            OWNER,
            "in the status Reviewed or Closed; this After Action is In Review.",
        ),
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


@pytest.mark.parametrize(
    ("transition", "sentence"),
    [
        (TransitionKind.HOLD, "Only the MIM or an administrator may hold the meeting."),
        (
            TransitionKind.PUBLISH,
            "Only the MIM, the owner of the After Action or an administrator may publish the Learning Review.",
        ),
        (
            TransitionKind.CLOSE,
            "Only the MIM, the owner of the After Action, the Communications team or an administrator may close the "
            "After Action.",
        ),
    ],
)
def test_whoever_may_not_take_a_step_reads_who_may(transition, sentence):
    assert refusal(transition, PUBLISHED, NOBODY).sentence == sentence


def test_the_agreement_asks_for_one_thing_after_the_other():
    """domain.md, The After Action: In Review → Reviewed, when the meeting was held and its content agreed, attendance
    recorded, "External Messages" answered."""
    facts = LifecycleFacts(Status.IN_REVIEW, RequirementLevel.MANDATORY)
    for words, done in (
        ("The meeting has not been held", "meeting_held"),
        ("The meeting has not agreed", "agreed"),
        ("Record who was present", "attendance_recorded"),
        ("Nobody was present", "anybody_present"),
        ("The MIM, who chairs the meeting, was not present", "chair_present"),
        ("Answer whether there are External Messages", "messages_answered"),
    ):
        assert words in refusal(TransitionKind.AGREE, facts, MIM).sentence
        facts = replace(facts, **{done: True})
    assert refusal(TransitionKind.AGREE, facts, MIM) is None


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
        declined = level == RequirementLevel.NOT_REQUIRED
        assert found.sentence.startswith("Declining a request" if declined else "Skipping a recommended")


def test_only_the_mim_decides():
    facts = replace(DRAFT, level=RequirementLevel.OPTIONAL)
    assert decision_refusal(Decision.HOLD, facts, OWNER).ground == Ground.FORBIDDEN
    assert decision_refusal(Decision.HOLD, facts, MIM) is None


def test_holding_takes_no_reason_and_is_decided_whatever_became_of_the_draft():
    recommended = replace(DRAFT, level=RequirementLevel.RECOMMENDED)
    assert decision_refusal(Decision.HOLD, recommended, MIM) is None
    out = replace(recommended, status=Status.IN_REVIEW, reason="the same as last week")
    assert decision_refusal(Decision.HOLD, out, MIM) is None
    assert "withdraw it" in decision_refusal(Decision.SKIP, out, MIM).sentence


def test_once_held_it_is_too_late_to_skip():
    facts = replace(HELD, level=RequirementLevel.OPTIONAL, decision=Decision.HOLD)
    assert "too late" in decision_refusal(Decision.SKIP, facts, MIM).sentence
