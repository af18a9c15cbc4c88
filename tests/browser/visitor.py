"""A person at a browser, and what the browser complained of meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Response, expect

from majorops.people.models import Person
from tests.factories.people import PASSWORD

PATIENCE_MILLISECONDS = 20_000
NewContext = Callable[..., BrowserContext]
# Answers that a page asked for and shows: refused input and drafts that somebody else saved meanwhile.
EXPECTED = (409, 412, 422)
# htmx calls it an error when a request gives way to the next one, or to the page that its answer was for.
GAVE_WAY = ("htmx:afterRequest", "htmx:sendAbort")

# Says of a page whether its scripts are there yet: without them a link leads to a page in the place of a dialog, which
# nobody is quick enough to press, but a test.
COMING = """new MutationObserver((_, observer) => {
  if (!document.documentElement || document.readyState !== "loading") return;
  observer.disconnect();
  document.documentElement.toggleAttribute("data-coming", true);
  addEventListener("DOMContentLoaded", () => document.documentElement.removeAttribute("data-coming"));
}).observe(document, {childList: true})"""

expect.set_options(timeout=PATIENCE_MILLISECONDS)


@dataclass
class Visitor:
    """One page of one browser context. `complaints` are console errors, breaches of the policy, and failures."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE_MILLISECONDS)
        self.page.add_init_script(COMING)
        # Whatever is done waits until this is not to be seen any more.
        self.page.add_locator_handler(self.page.locator("html[data-coming]"), lambda: None)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("dialog", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused input is also told to the console by Chromium; `_answered` knows which ones are meant.
        if message.type != "error" or message.text.startswith(GAVE_WAY):
            return
        if "Failed to load resource" not in message.text:
            self.complaints.append(f"console: {message.text}")

    def _asked(self, dialog: Dialog) -> None:
        # Leaving a page with unsaved text asks; nothing else may open a dialog of the browser.
        if dialog.type != "beforeunload":
            self.complaints.append(f"dialog: {dialog.message}")
        dialog.accept()

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in EXPECTED:
            self.complaints.append(f"{response.status}: {response.url}")


def visit(new_context: NewContext, person: Person | None = None, **options: Any) -> Visitor:
    """A browser of its own, signed in as `person` by a session made on the server."""
    return Visitor(browser_for(new_context, person, **options).new_page())


def browser_for(new_context: NewContext, person: Person | None = None, **options: Any) -> BrowserContext:
    """The same without a page: several may be opened in it."""
    context = new_context(**options)
    if person is not None:
        client = Client()
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "domain": "127.0.0.1", "path": "/"}])
    return context


def sign_in(new_context: NewContext, person: Person, password: str = PASSWORD, **options: Any) -> Visitor:
    """A browser of its own, signed in as a person does it: by the form."""
    visitor = Visitor(new_context(**options).new_page())
    page = visitor.page
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(str(person.email))
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", level=1, name="What needs you").wait_for()
    return visitor
