"""Sends the form of a recipe as a person does it, in Chromium, and looks at what becomes of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error, Locator, Page, Response, ViewportSize, expect

from majorops.embedded.state import CHECKOUT
from tests.browser.controls.recipes import Recipe, Typed
from tests.browser.visitor import Visitor
from tests.browser.worlds import Worlds

DESK = ViewportSize(width=1280, height=720)
PICTURES = CHECKOUT / "tmp" / "controls"
REFUSED = range(400, 500)
# Of what a check saw, so much is shown: the picture has the rest.
MOST_SEEN = 600
# Everything in which one types or chooses.
FIELDS = "input:not([type=hidden]):not([type=submit]), select, textarea"
TYPED = f":is({FIELDS}):not([type=checkbox]):not([type=radio]):not([type=file]):not([readonly])"
# Reads and empties all fields of a form at once, as somebody does who deletes what stands there.
EMPTIES = """form => {
  for (const field of form.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    if (field.readOnly || field.disabled || field.type === "submit") continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = false;
    else if (field.tagName === "SELECT") { if ([...field.options].some(one => one.value === "")) field.value = ""; }
    else field.value = "";
  }
}"""


# Sends the form by its button, and keeps the page.
SENDS = """async (form, selector) => {
  const button = [...form.querySelectorAll(selector)][0];
  const said = new FormData(form, button?.type === "submit" ? button : undefined);
  const asked = new URL(form.getAttribute("action") || "", location.href);
  const htmx = form.hasAttribute("hx-post") ? { "HX-Request": "true" } : {};
  const body = form.enctype === "multipart/form-data" ? said : new URLSearchParams(said);
  return (await fetch(asked, { method: "POST", body, headers: htmx })).status;
}"""
# A field of that name hides what the form itself says.
SENT_TO = """form => [(form.getAttribute("method") || "get").toUpperCase(),
  new URL(form.getAttribute("action") || "", location.href).pathname]"""


class Failed(AssertionError):
    """Says on which page, as whom, with which control, and what was seen."""


# Where nothing that stands open asks again by itself, a console say.
LEAVES = "window.stop(); document.body?.replaceChildren()"


@dataclass
class House:
    """One window of one browser, at which the people of the cast sit down in turn, each with cookies of their own.

    A window for each of them would start the browser anew again and again: that took most of the time.
    """

    browser: Browser
    arguments: Mapping[str, Any]
    worlds: Worlds
    who: str | None = None
    # Whether the page is as the recipe before left it, for whoever sits there.
    stays: bool = False
    cookies: dict[str, list[Any]] = field(default_factory=dict)

    @cached_property
    def visitor(self) -> Visitor:
        return Visitor(self.browser.new_context(**self.arguments).new_page())

    def window(self, who: str) -> Visitor:
        """The window, with somebody of the cast before it; `guest` and `nobody` are signed in nowhere."""
        page, context = self.visitor.page, self.visitor.page.context
        if who != self.who:
            if self.who is not None:
                self.cookies[self.who] = context.cookies()
            context.clear_cookies()
            context.add_cookies(self.cookies.get(who) or self._signed_in(who))
            self.who, self.stays = who, False
        if page.viewport_size != DESK:
            page.set_viewport_size(DESK)
        return self.visitor

    def enter(self, world: str) -> None:
        """A world of that name; in a new one everybody is signed in anew."""
        if self.worlds.current != world:
            self.visitor.page.evaluate(LEAVES)
            self.worlds.enter(world)
            self.cookies.clear()
            self.who, self.stays = None, False

    def close(self) -> None:
        self.visitor.page.context.close()

    def _signed_in(self, who: str) -> list[Any]:
        key = self.worlds.cookies.get(who)
        return [{"name": "sessionid", "value": key, "domain": "127.0.0.1", "path": "/"}] if key else []


def send(house: House, recipe: Recipe) -> None:
    """The whole recipe: opened, sent empty, sent with good values, and looked at."""
    visitor = house.window(recipe.who)
    visitor.complaints.clear()
    try:
        _send(visitor.page, recipe, stays=house.stays)
        assert not visitor.complaints, "the browser complained"
        house.stays = True
    except (AssertionError, Error) as failure:
        house.worlds.spoil()
        raise Failed(_describe(visitor.page, recipe, str(failure)[:MOST_SEEN], visitor.complaints)) from None


def _describe(page: Page, recipe: Recipe, seen: str, complaints: list[str]) -> str:
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture = PICTURES / f"{re.sub(r'[^a-z0-9]+', '-', recipe.name.lower()).strip('-')}.png"
    page.screenshot(path=picture)
    return (
        f"{recipe.does}\n  page: {page.url}\n  as: {recipe.who}\n  control: {recipe.name}\n  seen: {seen}\n"
        f"  complaints: {complaints}\n  picture: {picture}"
    )


def _send(page: Page, recipe: Recipe, *, stays: bool) -> None:
    if recipe.before:
        recipe.before()
    _go_to(page, recipe.at(), stays=stays and not recipe.before)
    form = open_form(page, recipe)
    good = dict(recipe.words)
    count = recipe.kept() if recipe.kept else None
    dialogs = page.locator("dialog[open]").count()
    if recipe.needs is not None:
        if not recipe.untouched:
            form.evaluate(EMPTIES)
        others = {name: value for name, value in good.items() if name != recipe.needs and recipe.needs}
        if others:
            _empty_is_refused(page, form, recipe)
            fill(form, others)
        _is_refused(page, form, recipe)
        _still_there(form, others)
        assert not recipe.kept or recipe.kept() == count, "a refused form changed something"
    fill(form, good)
    assert page.locator("dialog[open]").count() == dialogs, "a dialog opened over what was typed"
    _still_there(form, good)
    if recipe.sends:
        recipe.sends(page)
    else:
        answer = press(page, form, recipe)
        assert answer.status < 400, f"refused with {answer.status}: {_errors(page)}"
    _seen(page, recipe)
    if recipe.kept:
        assert recipe.kept() != count, "nothing changed in the database"


def _go_to(page: Page, path: str, *, stays: bool) -> None:
    """Where the recipe before ended on the same page, one stays there and puts its notices away."""
    here = urlsplit(page.url)
    if stays and path == here._replace(scheme="", netloc="", fragment="").geturl():
        page.evaluate("document.getElementById('notices')?.replaceChildren()")
    else:
        page.goto(path)


def open_form(page: Page, recipe: Recipe) -> Locator:
    """The form, in sight: what opens or unfolds it is pressed first."""
    for opening in recipe.opens:
        if callable(opening):
            opening(page)
        else:
            page.locator(f"{opening} >> visible=true").first.click()
    form = page.locator(f'form[data-at="{recipe.form}"]{recipe.where}').first
    form.wait_for(state="attached")
    for _ in range(3):
        folded = form.locator("xpath=ancestor::details[not(@open)]").first
        if form.is_visible() or not folded.count():
            break
        folded.locator("> summary").click()
    expect(form).to_be_visible()
    return form


def fill(form: Locator, values: Mapping[str, Typed]) -> None:
    """Types and chooses, by the names of the fields."""
    for name, value in values.items():
        fields = form.locator(f':is({FIELDS})[name="{name}"]')
        first = fields.first
        kind, tag = first.evaluate("field => [field.type, field.tagName]")
        if isinstance(value, Path):
            first.set_input_files(value)
        elif kind == "radio":
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox" and isinstance(value, bool):
            first.set_checked(value)
        elif kind == "checkbox":
            form.locator(f'[name="{name}"][value="{value}"]').check()
        elif tag == "SELECT":
            first.select_option(str(value))
        else:
            first.fill(str(value))


def press(page: Page, form: Locator, recipe: Recipe) -> Response:
    """Presses the button, and waits for the answer to what it sends."""
    method, path = form.evaluate(SENT_TO)

    def is_sent(answer: Response) -> bool:
        asked = urlsplit(answer.url)
        return answer.request.method == method and (
            method == "POST" or (asked.path == path and asked.query != "")
        )

    with page.expect_response(is_sent) as answer:
        form.locator(recipe.button).first.click()
    page.wait_for_load_state("load")
    return answer.value


def _empty_is_refused(page: Page, form: Locator, recipe: Recipe) -> None:
    """Sent as it stands: by the browser, but without a page that is drawn of the answer."""
    status = form.evaluate(SENDS, recipe.button)
    assert status in REFUSED or (status == 200 and "/accounts/" in page.url), f"empty: answered with {status}"


def _is_refused(page: Page, form: Locator, recipe: Recipe) -> None:
    """By the browser where the form leaves it to it, and by the server: at the field that is needed."""
    needed = form.locator(f':is({FIELDS})[name="{recipe.needs}"]').first
    if recipe.needs and form.evaluate("form => !form.noValidate && !form.checkValidity()"):
        form.locator(recipe.button).first.click()
        expect(needed).to_be_focused()
        # A blank passes the browser, and says as little.
        needed.fill(" ")
    answer = press(page, form, recipe)
    # allauth shows a form again with its errors as an answer like any other.
    is_refused = answer.status in REFUSED or ("/accounts/" in answer.url and answer.status == 200)
    assert is_refused, f"an empty form was answered with {answer.status}"
    if not recipe.needs:
        expect(page.locator("[role=alert]:visible").first).to_be_visible()
        return
    # The form itself where the field stands in it without a frame of its own.
    around = form.locator(f':is(fieldset, .field, .field-check):has([name="{recipe.needs}"])').or_(form).last
    wrong = around.locator(f'.field-error, [name="{recipe.needs}"][aria-invalid="true"]').first
    expect(wrong, f"no error at {recipe.needs}: {_errors(page)}").to_be_visible()


def _still_there(form: Locator, values: Mapping[str, Typed]) -> None:
    for name, value in values.items():
        first = form.locator(f':is({FIELDS})[name="{name}"]').first
        if isinstance(value, str) and first.get_attribute("type") not in (
            "radio",
            "checkbox",
            "file",
            "password",
        ):
            assert first.input_value() == value, f"what was typed into {name} is lost"


def _errors(page: Page) -> list[str]:
    return page.locator(".field-error:visible, [role=alert]:visible").all_inner_texts()


def _seen(page: Page, recipe: Recipe) -> None:
    if callable(recipe.seen):
        recipe.seen(page)
        return
    text = recipe.seen or next(
        (value for value in recipe.words.values() if isinstance(value, str) and " " in value), None
    )
    if text:
        expect(page.get_by_text(text).and_(page.locator(":visible")).first).to_be_visible()
