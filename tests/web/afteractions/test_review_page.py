"""The page of the 30-day review: every open item in one form, each outcome told, what was typed kept."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from afteractions.models import AfterAction, Change
from afteractions.operations.followup.proposals import propose
from majorops.people.models import Person
from tests.factories.afteractions import PUBLISHED, a_change, a_reviewed_review, fresh, publish, write
from tests.factories.people import a_person
from tests.web.browsing import browser_of
from tests.web.overview.looking import words

pytestmark = pytest.mark.django_db
AT = PUBLISHED + timedelta(days=31)


@pytest.fixture(autouse=True)
def a_month_later() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def owner() -> Person:
    return a_person("Ingrid Falk")


@pytest.fixture
def review(mim: Person, owner: Person) -> AfterAction:
    """Published, with three open items of one owner."""
    after_action = a_reviewed_review(mim, action_owner=owner)
    known = after_action.changes.get()
    more = [a_change(owner, change=f"Drill the failover, part {number}") for number in (2, 3)]
    write(after_action, "changes", [{**a_change(owner), "id": known.reference}, *more], at=PUBLISHED)
    publish(fresh(after_action), reason="Three parts.", by=mim, at=PUBLISHED, now=PUBLISHED)
    return fresh(after_action)


def items(review: AfterAction) -> list[Change]:
    return list(review.changes.filter(removed_at=None).order_by("position"))


def proposed(item: Change, **said: Any) -> None:
    propose(item, **said, by=item.owner, at=AT - timedelta(days=1), now=AT - timedelta(days=1))


def page_of(review: AfterAction) -> str:
    return f"{review.get_absolute_url()}actions-review/"


def send(review: AfterAction, mim: Person, said: dict[str, str], **more: Any) -> Any:
    return browser_of(mim).post(page_of(review), said, **more)


def test_several_items_are_settled_by_one_submit(review: AfterAction, mim: Person) -> None:
    first, second, _ = items(review)
    said = {
        f"{first.reference}-choice": "done",
        f"{first.reference}-evidence": "Run 812",
        f"{second.reference}-choice": "cancelled",
        f"{second.reference}-reason": "The site is gone.",
    }
    page = words(send(review, mim, said, follow=True))
    assert f"At this review: {first.reference} done, {second.reference} cancelled." in page
    assert [item.status for item in items(review)] == ["done", "cancelled", "open"]


def test_what_is_refused_stays_as_typed_and_the_others_are_settled(review: AfterAction, mim: Person) -> None:
    first, second, third = items(review)
    said = {
        f"{first.reference}-choice": "done",
        f"{first.reference}-evidence": "Run 812",
        f"{second.reference}-choice": "extended",
        f"{second.reference}-reason": "Waits for the new site.",
        f"{third.reference}-evidence": "Half a sentence, not chosen yet",
    }
    answer = send(review, mim, said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f"{first.reference} done" in page
    assert "1 item not settled" in page
    assert "Say until when it is extended." in page
    assert "Waits for the new site." in page
    assert "Half a sentence, not chosen yet" in page
    assert [item.status for item in items(review)] == ["done", "open", "open"]


def test_what_is_proposed_is_accepted_at_once(review: AfterAction, mim: Person) -> None:
    first, second, _ = items(review)
    proposed(first, disposition="done", evidence="Run 812")
    proposed(second, disposition="cancelled", reason="The site is gone.")
    assert "Ingrid Falk proposes: done" in words(browser_of(mim).get(page_of(review)))
    send(review, mim, {"all": "accept"})
    assert [item.status for item in items(review)] == ["done", "cancelled", "open"]


def test_a_proposal_is_declined_with_a_word(review: AfterAction, mim: Person, owner: Person) -> None:
    first, *_ = items(review)
    proposed(first, disposition="done", evidence="Run 812")
    answer = send(review, mim, {f"{first.reference}-choice": "decline"})
    assert "Say why it is declined" in words(answer)
    send(review, mim, {f"{first.reference}-choice": "decline", f"{first.reference}-word": "The run was red."})
    page = words(browser_of(owner).get(first.get_absolute_url()))
    assert "Proposal declined" in page
    assert "The run was red." in page


def test_an_item_changed_meanwhile_is_told_and_not_settled(review: AfterAction, mim: Person) -> None:
    first, *_ = items(review)
    said = {
        f"{first.reference}-choice": "done",
        f"{first.reference}-evidence": "Run 812",
        f"{first.reference}-version": str(first.version + 3),
    }
    answer = send(review, mim, said)
    assert answer.status_code == 412
    assert "Somebody changed this action item" in words(answer)
    # The next try is made against the item as it stands now.
    assert f'name="{first.reference}-version" value="{first.version}"' in answer.content.decode()


def test_nothing_chosen_is_said(review: AfterAction, mim: Person) -> None:
    assert "Nothing was chosen" in words(send(review, mim, {}, follow=True))


def test_the_owner_proposes_from_the_page_of_the_item(review: AfterAction, owner: Person) -> None:
    first, *_ = items(review)
    client: Client = browser_of(owner)
    assert "Propose to the MIM…" in words(client.get(first.get_absolute_url()))
    path = f"{first.get_absolute_url()}propose/"
    refused = client.post(path, {"disposition": "done", "evidence": ""})
    assert refused.status_code == 422
    client.post(path, {"disposition": "extended", "due_on": "2026-05-29", "reason": "The site is not ready."})
    page = words(client.get(first.get_absolute_url()))
    assert "Proposed for review 1: extended" in page
    assert "Waits for the MIM" in page
    assert browser_of(a_person()).post(path, {"disposition": "done"}).status_code == 403


def test_what_was_proposed_anew_since_is_not_accepted_unseen(review: AfterAction, mim: Person) -> None:
    first, *_ = items(review)
    proposed(first, disposition="done", evidence="Run 812")
    seen = first.proposals.get().pk
    proposed(first, disposition="cancelled", reason="The site is gone.")
    answer = send(review, mim, {"all": "accept", f"{first.reference}-proposal": str(seen)})
    assert "proposed something else since you opened this page" in words(answer)
    assert items(review)[0].status == "open"
