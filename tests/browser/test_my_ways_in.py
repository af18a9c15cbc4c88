"""One's own tokens and sessions, by clicking: made with an end, seen, and ended from another browser."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from majorops import clock
from tests.browser.visitor import NewContext, sign_in
from tests.factories.people import a_person

pytestmark = pytest.mark.usefixtures("rows")


def test_somebody_makes_a_token_with_an_end_and_signs_out_elsewhere(new_context: NewContext) -> None:
    person = a_person("Ada Moreau")
    desk = sign_in(new_context, person, viewport={"width": 1440, "height": 900})
    phone = sign_in(new_context, person, viewport={"width": 360, "height": 760})
    page = desk.page
    page.goto("/me/")
    page.get_by_label("What for").fill("Nightly export")
    page.get_by_label("What it may do").select_option(label="Read")
    end = clock.now().date() + timedelta(days=30)
    page.get_by_label("Good until").fill(end.isoformat())
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_role("heading", name="The token “Nightly export”")).to_be_visible()
    tokens = page.get_by_role("region", name="API tokens")
    expect(tokens).to_contain_text(re.compile(rf"Read; until {end.day} \w+ {end.year}; never used"))
    sessions = page.get_by_role("region", name="Where you are signed in")
    expect(sessions.get_by_role("listitem")).to_have_count(2)
    expect(sessions).to_contain_text("This one")
    sessions.get_by_role("button", name=re.compile("^Sign out Chrome")).click()
    expect(page.get_by_text("is signed out.")).to_be_visible()
    expect(sessions.get_by_role("listitem")).to_have_count(1)
    phone.page.goto("/inbox/")
    expect(phone.page.get_by_label("Password")).to_be_visible()
    assert desk.complaints == []
    page.set_viewport_size({"width": 360, "height": 760})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
