"""How strong a change is by its words, and when to look whether it works (domain.md, Learned means proved)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.rules.learning import (
    effect_refusal,
    look_again,
    moved_look,
    proposed_strength,
    strength_of,
)
from afteractions.vocabulary import ActionStatus, ChangeKind, EffectOutcome, Strength

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
TEXTS = st.sampled_from(["Automate it", "Alert on it", "Train them", "Rotate the keys"]) | st.text()
STRENGTHS = st.sampled_from(Strength.keys())


@pytest.mark.parametrize(
    ("change", "strength"),
    [
        ("Remove the shared account", "stronger"),
        ("Make it impossible to deploy an unsigned image", "stronger"),
        ("Automate the check of the permissions", "stronger"),
        ("A redundant link to the second site", "stronger"),
        ("Alert on the age of the backup", "intermediate"),
        ("Update runbook step 4", "intermediate"),
        ("Rate-limit the retries", "stronger"),
        ("A second person approves each change of the firewall", "intermediate"),
        ("Rotate the certificates each quarter", "intermediate"),
        ("Train the on-call on the automated failover", "weaker"),
        ("Be careful with the console", "weaker"),
        ("Remind everybody of the checklist", "weaker"),
    ],
)
def test_what_a_change_does_first_says_how_strong_it_is(change: str, strength: str) -> None:
    assert proposed_strength(change) == strength


@given(TEXTS, STRENGTHS, TEXTS)
def test_what_somebody_corrected_stays_and_what_was_proposed_follows_the_words(
    before: str, stored: str, text: str
) -> None:
    kept = strength_of(ChangeKind.START, text, None, before=(before, stored))
    assert kept == (proposed_strength(text) if stored == proposed_strength(before) else stored)
    assert strength_of(ChangeKind.STOP, text, "", before=(before, stored)) == proposed_strength(text)
    assert strength_of(ChangeKind.CONTINUE, text, stored, before=(before, stored)) == ""


@given(TEXTS, STRENGTHS, STRENGTHS)
def test_another_strength_than_the_one_there_is_a_correction(text: str, stored: str, said: str) -> None:
    kept = strength_of(ChangeKind.START, text, said, before=(text, stored))
    assert kept == said
    assert strength_of(ChangeKind.START, text, said) == said


def test_what_nobody_corrected_is_proposed_whatever_stood_there() -> None:
    """domain.md, Learned means proved: the strength is proposed from the words, corrected by a person."""
    assert strength_of(ChangeKind.START, "Automate it", None) == Strength.STRONGER
    # What went on had none.
    assert strength_of(ChangeKind.START, "Automate it", None, before=("Automate it", "")) == Strength.STRONGER
    # A form sends back what it showed: that corrects nothing.
    assert (
        strength_of(ChangeKind.START, "Train them", "stronger", before=("Automate it", "stronger"))
        == "weaker"
    )


def test_a_day_that_somebody_chose_stays_without_a_due_date_and_none_is_proposed_anew() -> None:
    due_on, chosen = date(2026, 3, 1), date(2026, 3, 15)
    assert moved_look(chosen, due_on, None) == chosen
    assert moved_look(chosen, due_on, chosen) == chosen
    assert moved_look(chosen, due_on, chosen + timedelta(days=1)) == chosen + timedelta(days=31)
    assert moved_look(None, due_on, chosen) == chosen + timedelta(days=30)


@given(DAYS, st.integers(0, 90), DAYS)
def test_the_day_to_look_again_follows_the_due_date_unless_somebody_chose_one(
    due_on: date, later: int, new_due_on: date
) -> None:
    chosen = due_on + timedelta(days=later)
    moved = moved_look(chosen, due_on, new_due_on)
    assert moved is not None
    assert moved >= new_due_on
    is_kept = chosen != look_again(due_on) and chosen >= new_due_on
    assert moved == (chosen if is_kept else new_due_on + timedelta(days=30))


@given(DAYS)
def test_without_a_due_date_there_is_no_day_to_look_again(due_on: date) -> None:
    assert look_again(None) is None
    assert moved_look(None, None, due_on) == look_again(due_on)
    assert moved_look(look_again(due_on), due_on, None) is None


@given(
    st.sampled_from(EffectOutcome),
    st.sampled_from(ActionStatus),
    st.none() | st.sampled_from(EffectOutcome),
)
def test_only_what_was_made_works_and_nothing_is_said_twice(
    outcome: EffectOutcome, status: ActionStatus, last: EffectOutcome | None
) -> None:
    refusal = effect_refusal(outcome, status=status, is_of_mtm=False, is_agreed=True, last=last)
    is_unmade = outcome is EffectOutcome.EFFECTIVE and status is not ActionStatus.DONE
    assert bool(refusal) == (status is ActionStatus.CANCELLED or is_unmade or outcome is last)
    for of_mtm, agreed in ((True, True), (False, False)):
        assert effect_refusal(outcome, status=status, is_of_mtm=of_mtm, is_agreed=agreed, last=None)
