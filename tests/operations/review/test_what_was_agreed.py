"""What the meeting agreed stays: as action items, as the text that is published, as a deadline that was met."""

from datetime import timedelta

import pytest

from afteractions.models import AfterAction, Change, Obligation
from afteractions.operations.followup.actions import cancel_action
from afteractions.operations.review.distribution import distribute
from afteractions.operations.review.document import Review
from afteractions.operations.review.publication import amend_published, publish
from afteractions.operations.review.readiness import draft_as_it_stands
from afteractions.queries.after_actions import action_list
from afteractions.rules.review.readiness import before_distributing
from afteractions.vocabulary import ActionStatus, ObligationKind, ObligationState, SectionKey, Status
from majorops.errors import BadInput, RuleViolation
from tests.factories.afteractions import (
    DISTRIBUTED,
    HOUR,
    MEETING_END,
    PUBLISHED,
    READ,
    a_change,
    a_distributed_review,
    a_meeting,
    a_published_review,
    a_reviewed_review,
    fresh,
    hold_meeting,
    read_by_all,
    write,
)
from tests.factories.people import an_administrator

pytestmark = pytest.mark.django_db
LATER = PUBLISHED + timedelta(days=1)


def rows(after_action: AfterAction) -> list[dict[str, object]]:
    return Review(after_action, at=LATER).changes()


def on_the_list(after_action: AfterAction) -> list[str]:
    return [change.reference for change in action_list(after_action.incident.mim, at=LATER)]


@pytest.mark.parametrize(
    "edited",
    [
        {"kind": "continue"},
        {"kind": "continue", "owner": None, "due_on": None},
        {"kind": "stop"},
        {"change": "Look at the permissions now and then"},
        {"gap": "Somebody forgot it"},
    ],
    ids=lambda edited: "+".join(edited),
)
def test_what_was_published_as_an_action_item_says_what_was_published(edited: dict[str, object]) -> None:
    after_action = a_published_review()
    [row] = rows(after_action)
    with pytest.raises(RuleViolation, match=r"Cancel the action item, with a reason|hand on the action item"):
        write(after_action, "changes", [{**row, **edited}], at=LATER)
    assert rows(after_action) == [row]
    assert on_the_list(after_action) == [row["id"]]
    assert Obligation.objects.open().filter(kind=ObligationKind.ACTION_ITEM).count() == 1


@pytest.mark.parametrize("kept", [[], [{"kind": "continue"}]], ids=["taken out", "continued"])
def test_what_the_meeting_agreed_leaves_the_list_by_a_decision_alone(kept: list[dict[str, object]]) -> None:
    after_action = a_reviewed_review()
    [row] = rows(after_action)
    with pytest.raises(RuleViolation, match="Cancel the action item, with a reason"):
        write(after_action, "changes", [{**row, **each} for each in kept], at=MEETING_END)
    assert on_the_list(after_action) == [row["id"]]
    change = Change.objects.get()
    mim = after_action.incident.mim
    cancel_action(change, reason="The vendor does it now.", by=mim, at=MEETING_END, now=MEETING_END)
    publish(fresh(after_action), by=mim, at=PUBLISHED, now=PUBLISHED)
    assert Change.objects.get().status == ActionStatus.CANCELLED


def test_a_change_that_continues_may_be_worded_anew_after_the_publication() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    continues = {"kind": "continue", "gap": "", "change": "Drill the failover", "owner": None, "due_on": None}
    write(after_action, "changes", [continues], at=READ)
    hold_meeting(after_action)
    publish(fresh(after_action), by=after_action.incident.mim, at=PUBLISHED, now=PUBLISHED)
    [row] = rows(fresh(after_action))
    write(fresh(after_action), "changes", [{**row, "change": "Drill each failover"}], at=LATER)
    assert Change.objects.get(removed_at=None).change == "Drill each failover"


def test_a_second_distribution_does_not_undo_the_deadline_that_the_first_one_met() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    hold_meeting(after_action, agreed=False, external_messages=None)
    a_meeting(fresh(after_action), starts_at=MEETING_END + timedelta(days=4), at=MEETING_END + HOUR)
    at = MEETING_END + 2 * HOUR
    distribute(fresh(after_action), by=after_action.incident.mim, at=at, now=at)
    first, second = Obligation.objects.filter(kind=ObligationKind.DISTRIBUTE).order_by("subject_key")
    assert (first.subject_key, first.state, first.met_at) == ("meeting:1", ObligationState.MET, DISTRIBUTED)
    assert (second.subject_key, second.state, second.met_at) == ("meeting:2", ObligationState.MET, at)


def test_what_is_cancelled_needs_neither_owner_nor_date_to_be_published() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    mim = after_action.incident.mim
    [row] = rows(after_action)
    write(after_action, "changes", [row, a_change(None, due_on=None, change="Buy a second site")], at=READ)
    hold_meeting(after_action)
    with pytest.raises(RuleViolation, match="Change 2 lacks an owner and a date"):
        publish(fresh(after_action), by=mim, at=PUBLISHED, now=PUBLISHED)
    unowned = Change.objects.get(owner=None)
    cancel_action(unowned, reason="It costs too much.", by=mim, at=MEETING_END, now=MEETING_END)
    publish(fresh(after_action), by=mim, at=PUBLISHED, now=PUBLISHED)
    assert fresh(after_action).published_at == PUBLISHED


def test_a_due_date_that_has_passed_is_said_before_and_refused_at_the_publication() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    mim = after_action.incident.mim
    [row] = rows(after_action)
    Change.objects.update(due_on="2020-01-01")
    said = before_distributing(draft_as_it_stands(after_action, now=READ))
    [passed] = [each for each in said if "has passed" in each.text]
    assert (passed.section, passed.blocks) == (SectionKey.CHANGES, False)
    assert passed.text.startswith("Change 1 was due on Wed 1 Jan 2020")
    hold_meeting(after_action)
    with pytest.raises(RuleViolation, match=r"Change 1 was due on .*2020.*still be met"):
        publish(fresh(after_action), by=mim, at=PUBLISHED, now=PUBLISHED)
    write(after_action, "changes", [{**row, "due_on": PUBLISHED.date().isoformat()}], at=PUBLISHED)
    publish(fresh(after_action), reason="The date had passed.", by=mim, at=PUBLISHED, now=PUBLISHED)


def test_an_erratum_comes_although_an_item_is_overdue() -> None:
    after_action = a_published_review()
    at = PUBLISHED + timedelta(days=60)
    write(after_action, "went_well", [{"text": "The runbook held.", "kind": "tool"}], at=at)
    amend_published(after_action, reason="It held.", by=after_action.incident.mim, at=at, now=at)


@pytest.mark.parametrize("there", [[False, False], [False, True]], ids=["nobody", "not the MIM"])
def test_nothing_is_agreed_without_anybody_who_chairs(there: list[bool]) -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    lead = after_action.attendees.exclude(person=after_action.incident.mim).get().person
    people = [after_action.incident.mim, lead]
    attendance = [{"person": each, "present": here} for each, here in zip(people, there, strict=True)]
    with pytest.raises(BadInput) as wrong:
        hold_meeting(after_action, attendance=attendance)
    [problem] = wrong.value.problems
    assert problem.path == "attendance"
    assert ("Nobody was present" if not any(there) else "chairs the meeting") in problem.message
    assert fresh(after_action).status == Status.IN_REVIEW


def test_whoever_chairs_in_the_place_of_the_mim_agrees_by_being_there() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    deputy = an_administrator()
    hold_meeting(after_action, by=deputy, attendance=[{"person": deputy, "present": True}])
    assert fresh(after_action).status == Status.REVIEWED


def test_a_meeting_to_which_nobody_came_goes_back_to_draft() -> None:
    after_action = a_distributed_review()
    absent = [{"person": after_action.incident.mim, "present": False}]
    hold_meeting(after_action, agreed=False, external_messages=None, attendance=absent)
    assert fresh(after_action).status == Status.DRAFT
