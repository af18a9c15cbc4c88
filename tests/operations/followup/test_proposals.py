"""The 30-day review: owners propose, the MIM accepts, settles otherwise or declines; what stays open comes back."""

from datetime import date, timedelta
from typing import Any

import pytest

from afteractions.models import Change, Escalation, ItemProposal, Obligation
from afteractions.operations.enforcement.sweep import sweep
from afteractions.operations.followup.actions import complete_action, settle_item
from afteractions.operations.followup.proposals import decline, propose
from afteractions.vocabulary import ObligationKind, ProposalState
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import MEETING_END, PUBLISHED, a_published_review, a_reviewed_review
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = PUBLISHED + 25 * DAY
DONE = {"disposition": "done", "evidence": "Pipeline run 812"}
EXTENDED = {"disposition": "extended", "due_on": date(2026, 5, 29), "reason": "The site is not ready."}


def an_item(owner: Person | None = None) -> Change:
    item: Change = a_published_review(action_owner=owner or a_person("Ingrid Falk")).changes.get()
    return item


def now(at: Any = LATER) -> dict[str, Any]:
    return {"at": at, "now": at}


def told(person: Person, words: str) -> bool:
    return bool(person.notices.filter(channel="inbox", subject__contains=words).exists())


def test_the_owner_proposes_and_the_mim_is_told() -> None:
    item = an_item()
    made = propose(item, **DONE, by=item.owner, **now())
    assert (made.state, made.review_round, made.evidence) == ("waiting", 1, "Pipeline run 812")
    assert told(item.after_action.incident.mim, f"Proposed for {item.reference}: done")
    said = {"disposition": [None, "done"], "due_on": [item.due_on.isoformat(), None]}
    assert last_entry("proposed a disposition of") == (item.owner, said)
    item.refresh_from_db()
    assert item.status == "open"


def test_a_proposal_asks_for_what_the_disposition_would() -> None:
    item = an_item()
    for said in (
        {"disposition": "done"},
        {"disposition": "extended", "due_on": date(2026, 5, 29)},
        {"disposition": "extended", "reason": "Later"},
        {"disposition": "extended", "due_on": date(2026, 3, 30), "reason": "Sooner"},
        {"disposition": "cancelled"},
        {"disposition": "forgotten"},
    ):
        with pytest.raises(BadInput):
            propose(item, **said, by=item.owner, **now())
    assert not ItemProposal.objects.exists()


def test_only_the_owner_of_the_item_or_of_the_review_proposes() -> None:
    item = an_item()
    with pytest.raises(NotAllowed):
        propose(item, **DONE, by=a_person(), **now())
    unpublished = a_reviewed_review().changes.get()
    with pytest.raises(RuleViolation, match="still to come"):
        propose(unpublished, **DONE, by=unpublished.owner, **now(MEETING_END))


def test_a_later_proposal_takes_the_place_of_the_earlier_one() -> None:
    item = an_item()
    first = propose(item, **DONE, by=item.owner, **now())
    second = propose(item, **EXTENDED, by=item.owner, **now())
    first.refresh_from_db()
    assert (first.state, second.state) == (ProposalState.REPLACED, ProposalState.WAITING)


def test_what_is_settled_as_proposed_is_accepted_and_its_owner_told() -> None:
    item = an_item()
    propose(item, **DONE, by=item.owner, **now())
    settle_item(item, **DONE, word="Well done", by=item.after_action.incident.mim, **now())
    answered = ItemProposal.objects.get()
    assert (answered.state, answered.word) == (ProposalState.ACCEPTED, "Well done")
    mim = item.after_action.incident.mim
    assert last_entry("answered the proposal for") == (mim, {"proposal": ["waiting", "accepted"]})
    assert told(item.owner, f"Accepted: your proposal for {item.reference}")


def test_the_mim_settles_otherwise_than_proposed() -> None:
    item = an_item()
    propose(item, **EXTENDED, by=item.owner, **now())
    other = {**EXTENDED, "due_on": date(2026, 5, 1)}
    settle_item(item, **other, by=item.after_action.incident.mim, **now())
    assert ItemProposal.objects.get().state == ProposalState.CHANGED
    assert told(item.owner, "Settled otherwise")


def test_a_declined_item_waits_on_and_its_owner_reads_why() -> None:
    item = an_item()
    propose(item, **DONE, by=item.owner, **now())
    mim = item.after_action.incident.mim
    with pytest.raises(NotAllowed):
        decline(item, word="No", by=item.owner, **now())
    with pytest.raises(BadInput, match="Say why"):
        decline(item, word=" ", by=mim, **now())
    decline(item, word="The run was red.", by=mim, **now())
    assert told(item.owner, "Declined")
    with pytest.raises(RuleViolation, match="No proposal is pending"):
        decline(item, word="Still no", by=mim, **now())
    propose(item, **DONE, by=item.owner, **now(LATER + DAY))


def test_what_is_done_meanwhile_leaves_no_proposal_waiting() -> None:
    item = an_item()
    propose(item, **EXTENDED, by=item.owner, **now())
    complete_action(item, evidence="Run 813", by=item.owner, **now())
    assert ItemProposal.objects.get().state == ProposalState.REPLACED


def test_what_is_extended_comes_back_at_60_and_90_days_until_it_is_resolved() -> None:
    manager = a_person("Helena Brandauer")
    item = an_item(a_person("Ingrid Falk", manager=manager))
    mim = item.after_action.incident.mim
    for number, due_on in ((1, date(2026, 5, 1)), (2, date(2026, 6, 1))):
        due = PUBLISHED + 30 * number * DAY
        review = Obligation.objects.open().get(kind=ObligationKind.REVIEW_ACTIONS)
        assert (review.subject_key, review.due_at) == (f"review:{number}", due)
        sweep(now=due)
        settle_item(item, disposition="extended", due_on=due_on, reason="Not yet", by=mim, **now(due + DAY))
        # It stays on the dashboard, and each manager hears of it once a review.
        assert Obligation.objects.open().filter(kind=ObligationKind.ACTION_ITEM).exists()
        assert Escalation.objects.filter(step="unresolved", to=manager).count() == number
        assert manager.notices.filter(step="unresolved", channel="inbox").count() == number
    third = Obligation.objects.open().get(kind=ObligationKind.REVIEW_ACTIONS)
    assert (third.subject_key, third.due_at) == ("review:3", PUBLISHED + 90 * DAY)
    settle_item(item, **DONE, by=mim, **now(PUBLISHED + 89 * DAY))
    assert not Obligation.objects.open().filter(kind__in=["review_actions", "action_item"]).exists()
    sweep(now=PUBLISHED + 120 * DAY)
    assert manager.notices.filter(step="unresolved", channel="inbox").count() == 2
