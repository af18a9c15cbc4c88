"""A recipe says how one form is sent: who does it, where, with what, and what is seen of it afterwards.

`form` is the place in the templates (see marking.py), and `step` what tells forms of one place apart: the last word of
the address that it is sent to, or the value of the button. Fields go by their names, which other words do not change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from afteractions.models import AfterAction
from incidents.models import Incident
from majorops import clock
from majorops.embedded.state import CHECKOUT

# The demonstration's incidents, by how their titles begin, in the stage that each has reached.
LEARNED = "Proxy node out of memory"
OVERDUE = "Cluster left with no nodes"
MESSAGES = "Popular announcement swamps launch service"
IN_MEETING = "Company-wide check for the Log4j flaw"
DISTRIBUTED = "False firewall blocks after ingress upgrade stop"
DRAFT = "Phishing site imitates the package index"
UNDECIDED = "Cluster cannot pull images after a registry passwo"
UNSCHEDULED = "All crate downloads redirected to bad addresses"
RUNNING = "Faulty node image makes nodes flap"
CRITICAL = "Production namespace deleted"

Typed = str | bool | Path
Words = Callable[[], Mapping[str, Typed]]


def incident(title: str) -> Incident:
    """The demonstration's incident whose title begins so."""
    return Incident.objects.get(title__startswith=title)


def after_action(title: str) -> AfterAction:
    return AfterAction.objects.get(incident__title__startswith=title)


def record(title: str, rest: str = "") -> Callable[[], str]:
    """The address of an incident, or of something below it."""
    return lambda: f"/incidents/{incident(title).reference}/{rest}"


def review(title: str, rest: str = "") -> Callable[[], str]:
    """The address of an After Action, or of something below it."""
    return lambda: f"/after-actions/{after_action(title).reference}/{rest}"


def page_at(path: str) -> Callable[[], str]:
    return lambda: path


def sees(selector: str) -> Callable[[Page], None]:
    """That part of the page is in sight."""
    return lambda page: expect(page.locator(selector).first).to_be_visible()


def noticed(words: str = "") -> Callable[[Page], None]:
    """The page says on top what became of it: nothing that went wrong."""

    def look(page: Page) -> None:
        expect(page.locator("#notices .notice").first).to_contain_text(words)
        expect(page.locator("#notices .notice-error")).to_have_count(0)

    return look


def day(ahead: int) -> str:
    """A date so many days from now, as a date field takes it."""
    return f"{clock.now() + timedelta(days=ahead):%Y-%m-%d}"


def working_day(ahead: int) -> str:
    """An afternoon so many days from now or more, on no Saturday or Sunday, as a field for instants takes it."""
    at = clock.now() + timedelta(days=ahead)
    at += timedelta(days=max(0, 7 - at.weekday()) if at.weekday() > 4 else 0)
    return f"{at:%Y-%m-%d}T14:00"


def a_file(name: str, content: bytes) -> Path:
    """A file to attach."""
    path = CHECKOUT / "tmp" / "controls" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@dataclass(frozen=True)
class Recipe:
    """One form, sent empty and with good values by somebody who is offered it."""

    does: str
    who: str
    at: Callable[[], str]
    form: str
    step: str = ""
    # What is pressed before the form is there, as selectors; or more than pressing.
    opens: Sequence[str | Callable[[Page], object]] = ()
    # Tells the form from others of its place on the same page, as a selector.
    where: str = ""
    # The button, where the form has several.
    button: str = "[type=submit], button:not([type])"
    good: Mapping[str, Typed] | Words = field(default_factory=dict)
    # The field at which an empty form is refused, "" for the form as a whole; None where nothing is needed.
    needs: str | None = None
    # Sent as it stands instead of emptied, where emptying it says something too.
    untouched: bool = False
    # What is seen afterwards: a text of the page, or more than that. By default the first text that was typed.
    seen: str | Callable[[Page], None] | None = None
    # Counts what the form is to change, as the database has it.
    kept: Callable[[], object] | None = None
    # Steps of one world are taken in one copy of the demonstration, one after the other: each copy costs half a second.
    world: str = ""
    before: Callable[[], object] | None = None
    # For forms that are not sent by a button.
    sends: Callable[[Page], None] | None = None

    @property
    def name(self) -> str:
        return f"{self.form} {self.step}".strip()

    @property
    def words(self) -> Mapping[str, Typed]:
        return self.good() if callable(self.good) else self.good


def a_form(name: str, does: str, who: str, title: str, rest: str, place: str, **said: Any) -> Recipe:
    """A form of an After Action."""
    return Recipe(does, who, review(title, rest), f"afteractions/workspace/{place}", name, **said)


def in_world(name: str, *groups: Sequence[Recipe]) -> tuple[Recipe, ...]:
    """The recipes of these groups, to be taken in a world of that name."""
    return tuple(replace(recipe, world=name) for group in groups for recipe in group)


def of(model: Any, title: str, **where: Any) -> Callable[[], object]:
    """How many of them an After Action has."""
    return lambda: model.objects.filter(after_action=after_action(title), **where).count()


def fact(title: str, name: str) -> Callable[[], object]:
    """What an After Action says of itself."""
    return lambda: getattr(after_action(title), name)
