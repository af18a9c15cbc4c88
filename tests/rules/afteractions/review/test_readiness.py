"""What is missing before the draft goes out, before the meeting and before publication."""

from dataclasses import replace
from datetime import date

import pytest

from afteractions.rules.review.readiness import (
    Deviation,
    Draft,
    DraftChange,
    Invited,
    VendorPart,
    before_distributing,
    before_meeting,
    before_publishing,
    open_comments,
    sentences,
)
from afteractions.vocabulary import Certainty, ChangeKind, InvitationResponse, SectionKey, Strength

START = DraftChange(
    ChangeKind.START,
    "Alert on the age of the backup",
    owner="ann",
    due_on=date(2026, 4, 1),
    effect="The alert fires in the drill",
    strength=Strength.INTERMEDIATE,
)
COMPLETE = Draft(
    summary=("Checkout was down", ""),
    expected=(Deviation("The replica takes over", "It was two hours behind"),),
    failure="an expired certificate",
    went_well=("The status page was up in five minutes",),
    changes=(START,),
    confirmed=frozenset({SectionKey.EXPECTED, SectionKey.ROOT_CAUSE}),
)


def sections(missing):
    return [each.section for each in missing if each.blocks]


def test_a_complete_draft_lacks_nothing():
    assert before_distributing(COMPLETE) == []
    assert before_publishing(COMPLETE) == []


@pytest.mark.parametrize(
    ("emptied", "section"),
    [
        ({"summary": ("", " ")}, SectionKey.SUMMARY),
        ({"expected": ()}, SectionKey.EXPECTED),
        ({"expected": (Deviation("The replica takes over", ""),)}, SectionKey.EXPECTED),
        ({"failure": " "}, SectionKey.ROOT_CAUSE),
        ({"went_well": ("",)}, SectionKey.WENT_WELL),
        ({"names_in_root_cause": ("Ingrid",)}, SectionKey.ROOT_CAUSE),
    ],
)
def test_each_section_that_must_be_filled_keeps_the_draft_back(emptied, section):
    assert sections(before_distributing(replace(COMPLETE, **emptied))) == [section]


@pytest.mark.parametrize("failure", ["", "probably the certificate"])
def test_a_cause_may_be_not_yet_known(failure):
    assert before_distributing(replace(COMPLETE, failure=failure, certainty=Certainty.UNKNOWN)) == []


def test_a_provisional_cause_is_still_a_cause():
    assert before_distributing(replace(COMPLETE, certainty=Certainty.PROVISIONAL)) == []
    assert sections(before_distributing(replace(COMPLETE, certainty=Certainty.PROVISIONAL, failure=""))) == [
        SectionKey.ROOT_CAUSE
    ]


def test_changes_without_owner_or_date_go_out_for_review_and_are_not_published():
    loose = replace(START, owner=None, due_on=None)
    draft = replace(COMPLETE, changes=(START, loose))
    assert before_distributing(draft) == []
    assert sentences(before_publishing(draft)) == ("Change 2 lacks an owner and a date.",)


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        ({"owner": None}, ("Change 1 lacks an owner.",)),
        ({"due_on": None}, ("Change 1 lacks a date.",)),
        (
            {"owner": None, "owner_text": "the night shift"},
            ("No single match for “the night shift”, the owner of change 1: pick someone or add them.",),
        ),
        # What was done or cancelled already owes nothing.
        ({"owner": None, "due_on": None, "is_settled": True}, ()),
    ],
)
def test_each_change_that_is_published_has_an_owner_and_a_date(lost, said):
    """domain.md, The After Action: changes, learning statements and action items complete (owner, date)."""
    assert sentences(before_publishing(replace(COMPLETE, changes=(replace(START, **lost),)))) == said


PASSED = "Change 1 was due on Wed 1 Apr 2026, which has passed: give it a date that can still be met."


@pytest.mark.parametrize(
    ("change", "today", "said"),
    [
        (START, date(2026, 4, 1), []),
        (START, date(2026, 4, 2), [PASSED]),
        (START, None, []),
        (replace(START, is_settled=True), date(2026, 4, 2), []),
        (replace(START, kind=ChangeKind.CONTINUE), date(2026, 4, 2), []),
    ],
)
def test_a_date_that_has_passed_is_said_of_the_draft_and_not_published(change, today, said):
    draft = replace(COMPLETE, changes=(change, replace(START, due_on=date(2026, 5, 1))), today=today)
    before, after = before_distributing(draft), before_publishing(draft)
    assert [each.text for each in before] == [each.text for each in after] == said
    assert sentences(before) == ()
    assert sentences(after) == tuple(said)
    assert before_distributing(replace(draft, changes=(replace(change, due_on=None),))) == []


def test_what_merely_looks_like_a_name_warns_and_a_name_blocks():
    """domain.md, No names in root cause."""
    [warned] = before_publishing(replace(COMPLETE, doubtful_in_root_cause=("Hudson", "May")))
    assert not warned.blocks
    assert warned.text.startswith("In the root cause “Hudson”, “May” may be the name of a person")
    [blocked] = before_distributing(replace(COMPLETE, names_in_root_cause=("Ingrid", "Ben")))
    assert blocked.text.startswith("Take “Ingrid”, “Ben” out of the root cause")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, []),
        (1, ["1 comment on the draft is not resolved yet."]),
        (2, ["2 comments on the draft are not resolved yet."]),
    ],
)
def test_open_comments_are_a_note_and_hold_nothing_up(count, said):
    assert [(each.text, each.blocks) for each in open_comments(count)] == [(text, False) for text in said]


def test_what_continues_needs_neither_owner_nor_date():
    going_on = DraftChange(ChangeKind.CONTINUE, "Page the vendor in the first ten minutes")
    assert before_publishing(replace(COMPLETE, changes=(going_on,))) == []


def test_effects_that_are_not_said_and_changes_that_are_all_weaker_are_told_and_hold_nothing_up():
    silent, weaker = replace(START, effect=" "), replace(START, strength=Strength.WEAKER)
    going_on = DraftChange(ChangeKind.CONTINUE, "The weekly drill")
    for changes, said in (
        ((START, silent, going_on), "Change 2 does not say how the effect will be seen."),
        ((silent, START, silent), "Changes 1, 3 do not say how the effect will be seen."),
        ((weaker, going_on), "every change is weaker"),
    ):
        [missing] = before_publishing(replace(COMPLETE, changes=changes))
        assert said in missing.text
        assert not missing.blocks
    for changes in ((weaker, START), (replace(silent, is_settled=True), START)):
        assert before_publishing(replace(COMPLETE, changes=changes)) == []


def test_a_review_without_any_change_is_not_published():
    assert sections(before_publishing(replace(COMPLETE, changes=()))) == [SectionKey.CHANGES]


def test_a_change_must_say_what_changes():
    assert sections(before_publishing(replace(COMPLETE, changes=(replace(START, change=" "),)))) == [
        SectionKey.CHANGES
    ]


def test_a_vendor_in_the_root_cause_needs_a_service_manager_and_a_date():
    vendor = VendorPart("Cloud Co", True, has_service_manager=False, rca_date_known=False)
    assert sections(before_publishing(replace(COMPLETE, vendors=(vendor,)))) == [SectionKey.VENDORS] * 2
    assert before_publishing(replace(COMPLETE, vendors=(replace(vendor, root_cause_related=False),))) == []


def test_a_vendor_whose_part_is_not_settled_and_whose_rca_has_no_date_is_said_and_holds_nothing_up():
    vendor = VendorPart("Cloud Co", None, has_service_manager=False, rca_date_known=False)
    [said] = before_publishing(replace(COMPLETE, vendors=(vendor,)))
    assert (said.section, said.blocks) == (SectionKey.VENDORS, False)
    assert "Whether Cloud Co is part of the root cause is not settled" in said.text
    assert before_publishing(replace(COMPLETE, vendors=(replace(vendor, rca_date_known=True),))) == []


def test_what_the_technical_recovery_lead_has_not_confirmed_is_shown_and_does_not_block():
    missing = before_distributing(replace(COMPLETE, confirmed=frozenset()))
    assert [each.section for each in missing] == [SectionKey.EXPECTED, SectionKey.ROOT_CAUSE]
    assert sentences(missing) == ()


def test_only_a_draft_that_is_not_out_keeps_the_chair_from_starting():
    ann = Invited("Ann Lee", InvitationResponse.ACCEPTED, has_read=True)
    bob = Invited("Bob Ray", InvitationResponse.DECLINED, has_read=False)
    assert sentences(before_meeting(True, (ann, bob))) == ()
    texts = [each.text for each in before_meeting(True, (ann, bob))]
    assert texts == [
        "Bob Ray is required and has declined.",
        "1 of 2 required attendees have not read the draft: Bob Ray.",
    ]
    # What is not out nobody can have read.
    [not_out] = before_meeting(False, (replace(ann, has_read=False),))
    assert not_out.blocks
    # Nobody has to see to it that the owner reads what the owner wrote.
    assert before_meeting(True, (ann, replace(bob, response=ann.response, is_owner=True))) == []
