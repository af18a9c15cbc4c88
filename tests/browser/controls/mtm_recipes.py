"""The recipes of a Major Technical Meeting that is run from its page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

from afteractions.demonstration.people import address
from incidents.models import Mtm, MtmAction, MtmActionReview, MtmAttendance, MtmSummary
from incidents.operations.response.mtm import update_mtm
from incidents.operations.response.mtm_meeting import take_note
from majorops import clock
from tests.browser.controls.recipes import CRITICAL, Recipe, day, incident, record


def the_meeting() -> Mtm:
    """The second, which is under way."""
    meeting: Mtm = incident(CRITICAL).mtms.filter(number=2).latest("pk")
    return meeting


def a_step(name: str, does: str, place: str, **said: Any) -> Recipe:
    return Recipe(does, "mim2", record(CRITICAL, "mtms/2/"), place, name, **said)


def note_of(point: str) -> Callable[[], object]:
    return lambda: the_meeting().notes.get(point)


def is_saved(page: Page) -> None:
    """By itself: nobody presses a button."""
    expect(page.locator('#point-business_impact [data-saved][data-state="saved"]')).to_be_visible()


def somebody_else_writes_too(page: Page) -> None:
    """Both write a note of the same point; the later one is asked to join them."""
    now = clock.now()
    note = page.locator("#point-impact_statement textarea")
    note.wait_for()
    take_note(
        the_meeting(),
        point="impact_statement",
        text="Reads are back",
        by=incident(CRITICAL).mim,
        at=now,
        now=now,
    )
    note.fill("Writes wait still")


def it_ended() -> None:
    """Its summary is due from then on."""
    now = clock.now()
    if the_meeting().ended_at is None:
        update_mtm(the_meeting(), ended_at=now, by=incident(CRITICAL).mim, at=now, now=now)


def review(outcome: str, does: str, **said: Any) -> Recipe:
    return a_step(
        f"review {outcome}",
        does,
        "incidents/mtm/review.html form 1",
        button=f'[value="{outcome}"]',
        kept=lambda: MtmActionReview.objects.filter(outcome=outcome).count(),
        **said,
    )


RECIPES = (
    a_step(
        "attend",
        "notes who else is at the meeting",
        "incidents/mtm/attend.html form 1",
        needs="person",
        good={"person": address("engineer")},
        seen="Priya Narayan-Holt",
        kept=lambda: MtmAttendance.objects.count(),
    ),
    a_step(
        "note",
        "takes a note that is saved by itself",
        "incidents/mtm/point.html form 2",
        where=':has([value="business_impact"])',
        good={"note": "Three customers wait for an answer"},
        sends=is_saved,
        seen=is_saved,
        kept=note_of("business_impact"),
    ),
    a_step(
        "note joined",
        "joins two notes of the same point",
        "incidents/mtm/point.html form 1",
        opens=[somebody_else_writes_too],
        good={"note": "Reads are back, writes wait still"},
        seen=lambda page: expect(page.locator("#note-impact_statement")).to_have_value(
            "Reads are back, writes wait still"
        ),
        kept=note_of("impact_statement"),
    ),
    a_step(
        "action",
        "keeps an action that was agreed",
        "incidents/mtm/action.html form 1",
        needs="title",
        good=lambda: {"title": "Ask for the logs", "owner": address("lead"), "due_on": day(2)},
        seen="Ask for the logs",
        kept=lambda: MtmAction.objects.count(),
    ),
    review("goes_on", "says that an earlier action goes on", seen="Goes on"),
    review(
        "done",
        "says that an earlier action is done",
        good={"text": "They wrote back"},
        seen="They wrote back",
    ),
    review(
        "dropped",
        "drops an earlier action with a word",
        where=" >> nth=1",
        needs="",
        good={"text": "The page moves anyway"},
        seen="The page moves anyway",
    ),
    a_step(
        "confirm",
        "confirms the severity",
        "incidents/mtm/confirm.html form 1",
        seen="Confirmed",
        kept=lambda: the_meeting().severity_confirmed,
    ),
    a_step(
        "ahead",
        "sets the next meeting",
        "incidents/mtm/ahead.html form 1",
        good=lambda: {
            "next_at": f"{clock.now() + timedelta(hours=3):%Y-%m-%dT%H:%M}",
            "cadence_minutes": "45",
        },
        seen="45 min",
        kept=lambda: the_meeting().cadence_minutes,
    ),
    a_step(
        "end",
        "ends the meeting",
        "incidents/mtm/end.html form 1",
        good={"at": "now"},
        seen="Ended",
        kept=lambda: the_meeting().ended_at,
    ),
    a_step(
        "summary",
        "publishes the summary",
        "incidents/mtm/summary.html form 1",
        before=it_ended,
        needs="text",
        good={"text": "Reads are back for everybody; writes follow"},
        kept=lambda: MtmSummary.objects.count(),
    ),
)
