"""An action item from its start to its end, by clicking, with what its page says of the way."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import NewContext, sign_in
from tests.factories.afteractions import a_published_review
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.usefixtures("rows")


def step(page: Page, button: str) -> None:
    page.locator(".page-head").get_by_role("link", name=button).click()


def test_an_item_is_started_reported_on_and_handed_on_and_its_history_says_so(
    new_context: NewContext,
) -> None:
    mim, owner = a_mim("Mara Lindqvist"), a_person("Oskar Wrenfield")
    a_person("Noor Vance")
    change = a_published_review(mim, action_owner=owner).changes.get()
    visitor = sign_in(new_context, owner)
    page = visitor.page
    page.goto(change.get_absolute_url())
    page.get_by_role("button", name="Start").click()
    step(page, "Report progress")
    dialog = page.locator("#dialog")
    dialog.get_by_role("button", name="Report", exact=True).click()
    expect(dialog.get_by_text("Say how far it is").first).to_be_visible()
    dialog.get_by_label("Progress").fill("Two of four sites")
    dialog.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_text("the owner of the review is told").first).to_be_in_viewport(ratio=1)
    step(page, "Propose to the MIM")
    expect(dialog.get_by_text("A proposal changes nothing yet")).to_be_visible()
    dialog.get_by_role("link", name="Cancel").click()
    # The list offers one person for it: that one is meant.
    step(page, "Hand on")
    dialog.get_by_label("New owner").fill("Noor")
    dialog.get_by_label("Reason").fill("I am away from May")
    dialog.get_by_role("button", name="Hand on").click()
    history = page.locator("section", has=page.get_by_role("heading", name="History"))
    expect(
        history.get_by_text("Handed on from Oskar Wrenfield to Noor Vance: I am away from May")
    ).to_be_visible()
    assert [
        row.partition(":")[0].partition("\n")[0].strip()
        for row in history.locator("li > span:first-child").all_inner_texts()
    ] == ["Written down", "Started", "Progress", "Handed on from Oskar Wrenfield to Noor Vance"]

    chair = sign_in(new_context, mim)
    chair.page.goto("/inbox/")
    chair.page.get_by_role("link", name=f"Progress on {change.reference}").click()
    expect(chair.page.get_by_text("Progress: Two of four sites")).to_be_visible()
    assert [visitor.complaints, chair.complaints] == [[], []]


def test_what_just_happened_is_in_sight_wherever_the_page_was_scrolled_to(new_context: NewContext) -> None:
    mim = a_mim("Mara Lindqvist")
    change = a_published_review(mim).changes.get()
    visitor = sign_in(new_context, mim, viewport={"width": 900, "height": 360})
    page = visitor.page
    page.goto(change.get_absolute_url())
    step(page, "Done")
    dialog = page.locator("#dialog")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    dialog.get_by_label("Evidence").fill("https://ci.example/42")
    dialog.get_by_role("button", name="Done").click()
    expect(page.locator("#notices .notice").first).to_be_in_viewport(ratio=0.99)
    assert visitor.complaints == []


def test_the_owner_of_a_review_hears_at_once_that_an_item_is_given_up(new_context: NewContext) -> None:
    mim, owner = a_mim("Mara Lindqvist"), a_person("Oskar Wrenfield")
    change = a_published_review(mim, action_owner=owner).changes.get()
    visitor = sign_in(new_context, owner)
    visitor.page.goto(change.get_absolute_url())
    step(visitor.page, "Cancel")
    dialog = visitor.page.locator("#dialog")
    dialog.get_by_label("Reason").fill("The system is gone")
    dialog.get_by_role("button", name="Cancel the item").click()
    expect(visitor.page.get_by_text("the MIM and the owner of the review are told").first).to_be_visible()
    chair = sign_in(new_context, mim)
    chair.page.goto("/inbox/")
    expect(chair.page.get_by_role("link", name="Cancelled: ").first).to_be_visible()
