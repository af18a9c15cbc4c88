"""What was agreed, by clicking: an item that was published, and the one step that shows what nobody was sent."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from afteractions.models import Change
from afteractions.vocabulary import Status
from majorops import clock
from tests.browser.visitor import NewContext, visit
from tests.factories.afteractions import (
    COMPLETE,
    READ,
    a_distributed_review,
    a_published_review,
    fresh,
    write,
)
from tests.factories.people import a_mim

pytestmark = pytest.mark.usefixtures("rows")


def test_a_published_item_does_not_become_a_continue(new_context: NewContext) -> None:
    mim = a_mim("Mara Lindqvist")
    after_action = a_published_review(mim)
    page = visit(new_context, mim).page
    page.goto(f"{after_action.get_absolute_url()}draft/changes/")
    page.locator("[name=changes-0-kind]").first.select_option("continue")
    expect(page.get_by_text("Cancel the action item, with a reason").first).to_be_visible()
    assert Change.objects.get(after_action=after_action).kind == "start"
    page.goto("/actions/")
    expect(page.get_by_text("Check the permissions of the standby").first).to_be_visible()


def test_the_one_step_shows_what_nobody_was_sent_and_publishes_what_was_confirmed(
    new_context: NewContext,
) -> None:
    mim = a_mim("Mara Okonjo")
    after_action = a_distributed_review(mim)
    due = (clock.now() + timedelta(days=30)).date()
    Change.objects.filter(after_action=after_action).update(due_on=due)
    rewritten = {**COMPLETE["root_cause"], "failure": "a default that nobody had looked at"}
    write(after_action, "root_cause", rewritten, at=READ)
    page = visit(new_context, mim).page
    page.goto(f"{after_action.get_absolute_url()}meeting/")
    page.get_by_role("button", name="Start the meeting").click()
    finish = page.get_by_role("button", name=re.compile("publish and close"))
    finish.click()
    expect(page.get_by_text("Nobody was present").or_(page.locator("#since-sent")).first).to_be_visible()
    page.get_by_label("Mara Okonjo").first.check()
    if finish.is_visible():
        finish.click()
    expect(page.locator("#since-sent")).to_contain_text("nobody had looked at")
    page.get_by_role("button", name="Publish and close").click()
    expect(page.get_by_text("Agreed, published and closed")).to_be_visible()
    assert fresh(after_action).status == Status.CLOSED
    page.goto(f"{after_action.get_absolute_url()}meeting/")
    expect(page.locator(".meeting-held .attendance")).to_contain_text("Mara Okonjo present")
