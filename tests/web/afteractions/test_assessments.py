"""The assessment of a deviation is asked of the expert who is named for it, and is theirs once they said it."""

import pytest

from afteractions.models import AfterAction
from afteractions.operations.review.distribution import distribute
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.afteractions import SCHEDULED, a_drafted_review, fresh, write
from tests.factories.people import a_person
from tests.web.browsing import browser_of
from tests.web.incidents.reading import words

pytestmark = pytest.mark.django_db
TAKES_OVER = {"expected": "The standby takes over.", "actual": "It did not.", "kind": "procedure"}
NOTED = {**TAKES_OVER, "assessment": "It was never tried."}


@pytest.fixture
def expert() -> Person:
    return a_person("Rena Holt")


@pytest.fixture
def after_action(expert: Person) -> AfterAction:
    drafted = a_drafted_review()
    write(drafted, "expected", [{**NOTED, "assessed_by": expert.identifier}, TAKES_OVER])
    return fresh(drafted)


def said_of(after_action: AfterAction) -> list[tuple[str, bool]]:
    rows = fresh(after_action).sections.get(key="expected").content["deviations"]
    return [(row["assessment"], "assessed_at" in row) for row in rows]


def test_the_expert_is_asked_at_home_and_says_it_until_it_is_written_anew(
    after_action: AfterAction, expert: Person
) -> None:
    browser, reference = browser_of(expert), after_action.incident.reference
    asks = f"Assess what deviated in {reference}"
    assert asks in words(browser.get("/").content)
    page = f"{after_action.get_absolute_url()}assessments/"
    shown = browser.get(page)
    [row] = shown.context["rows"]
    assert "This was noted for you" in words(shown.content)

    said = {"place": row["form"]["place"].value(), "expected": TAKES_OVER["expected"], "assessment": ""}
    assert browser.post(page, said).status_code == 422
    assert browser.post(page, {**said, "assessment": "A drill would have shown it."}).status_code == 302
    assert said_of(after_action) == [("A drill would have shown it.", True), ("", False)]
    assert asks not in words(browser.get("/").content)
    assert browser.post(page, {**said, "expected": "Another", "assessment": "No"}).status_code == 412

    mine = {**TAKES_OVER, "assessed_by": expert.identifier, "assessment": "A drill would have shown it."}
    write(after_action, "expected", [TAKES_OVER, mine])
    assert said_of(after_action) == [("", False), ("A drill would have shown it.", True)]
    write(after_action, "expected", [{**mine, "assessment": "It was fine."}])
    assert said_of(after_action) == [("It was fine.", False)]
    assert asks in words(browser.get("/").content)


def test_nobody_else_says_it_and_sees_nothing_of_the_draft(after_action: AfterAction) -> None:
    stranger = browser_of(a_person("Sol Tamm"))
    page = f"{after_action.get_absolute_url()}assessments/"
    assert TAKES_OVER["expected"] not in stranger.get(page).content.decode()
    said = {"place": "0", "expected": TAKES_OVER["expected"], "assessment": "It was fine."}
    assert stranger.post(page, said).status_code == 403
    assert said_of(after_action)[0] == ("It was never tried.", False)


def test_what_is_still_open_is_mailed_when_the_draft_goes_out_once(
    after_action: AfterAction, expert: Person
) -> None:
    distribute(after_action, by=after_action.incident.mim, at=SCHEDULED, now=SCHEDULED)
    told = Notice.objects.filter(recipient=expert, step__startswith="assess:")
    assert {each.subject for each in told} == {f"Assess a deviation of {after_action.incident.reference}"}
    readable = words(browser_of(expert).get(f"{after_action.get_absolute_url()}read/").content)
    assert "Rena Holt, not yet confirmed" in readable
