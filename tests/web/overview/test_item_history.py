"""The history of an action item on its page, and the words in which it is learned."""

from datetime import timedelta

import pytest

from afteractions.models import Change
from tests.factories.afteractions import PUBLISHED, a_published_review
from tests.factories.people import a_mim, a_person
from tests.web.browsing import browser_of
from tests.web.overview.looking import look, main_of, the_time

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def take(person, change: Change, step: str, at, said=None) -> None:
    change.refresh_from_db()
    with the_time(at):
        path = f"/actions/{change.reference}/{step}/"
        answer = browser_of(person).post(path, {"version": change.version, **(said or {})})
    assert answer.status_code == 302, answer.content.decode()


def test_the_history_says_who_had_it_who_has_it_now_and_why_in_the_order_of_time() -> None:
    owner, heir = a_person("Oskar Wrenfield"), a_person("Noor Vance")
    change = a_published_review(action_owner=owner).changes.get()
    at = PUBLISHED + DAY
    take(owner, change, "extend", at, {"due_on": "2026-05-29", "reason": "The site is not ready"})
    take(owner, change, "start", at + DAY)
    take(owner, change, "progress", at + 2 * DAY, {"text": "Two of four sites"})
    take(owner, change, "hand-on", at + 3 * DAY, {"owner": heir.email, "reason": "I am away from May"})
    take(heir, change, "complete", at + 4 * DAY, {"evidence": "Drill 812"})
    page = main_of(look(heir, f"/actions/{change.reference}/", at + 5 * DAY))
    history = page[page.index("History") :]
    said = [
        "Written down", "Extended from", "The site is not ready", "Started", "Progress", "Two of four sites",
        "Handed on from Oskar Wrenfield to Noor Vance", "I am away from May", "Done",
    ]  # fmt: skip
    places = [history.find(each) for each in said]
    assert places == sorted(places)
    assert -1 not in places


def test_progress_is_offered_of_what_is_in_progress_and_asks_for_words() -> None:
    owner = a_person("Oskar Wrenfield")
    change = a_published_review(action_owner=owner).changes.get()
    at = PUBLISHED + DAY
    assert "Report progress" not in main_of(look(owner, f"/actions/{change.reference}/", at))
    take(owner, change, "start", at)
    assert "Report progress" in main_of(look(owner, f"/actions/{change.reference}/", at))
    with the_time(at):
        answer = browser_of(owner).post(f"/actions/{change.reference}/progress/", {"text": " "})
    assert answer.status_code == 422
    assert "Say how far it is" in main_of(answer)


def test_what_we_continue_is_no_learning_that_still_waits() -> None:
    mim = a_mim()
    review = a_published_review(mim)
    change = review.changes.get()
    Change.objects.create(
        after_action=review, kind="continue", change="the drills", created_at=PUBLISHED, position=2
    )
    take(mim, change, "complete", PUBLISHED + DAY, {"evidence": "Drill 812"})
    page = main_of(look(mim, "/library/", PUBLISHED + 2 * DAY))
    assert "1 of 1 change done, 0 learned" in page


def test_the_items_of_a_published_review_are_links_and_say_that_their_status_is_frozen() -> None:
    mim = a_mim()
    review = a_published_review(mim)
    change = review.changes.get()
    page = look(mim, f"{review.get_absolute_url()}read/", PUBLISHED + DAY)
    body = page.content.decode()
    items = body[body.index('<section id="action_items">') :]
    items = items[: items.index("</section>")]
    assert f'href="/actions/{change.reference}/"' in items
    assert "when this revision was frozen" in items
