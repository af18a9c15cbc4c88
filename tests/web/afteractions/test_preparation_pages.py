"""The pages of what feeds and prepares the review."""

from datetime import timedelta

import pytest

from afteractions.models import AfterAction, CloseOutAnswer
from majorops import clock
from majorops.people.models import Person
from tests.factories.afteractions import an_after_action
from tests.factories.people import a_mim, a_person
from tests.web.afteractions.pages import at, browser_of, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def mim() -> Person:
    return a_mim()


@pytest.fixture
def lead() -> Person:
    return a_person("Tomas Lindqvist")


@pytest.fixture
def recent(mim: Person, lead: Person) -> AfterAction:
    """One whose incident closed twenty minutes ago."""
    return an_after_action(mim, lead=lead, opened_at=clock.now() - timedelta(hours=2))


def test_a_responder_says_two_lines_and_changes_them(recent: AfterAction, lead: Person) -> None:
    browser, place = browser_of(lead), at(recent, "close-out/")
    assert "What slowed us" in words(browser.get(place))
    refused = browser.post(place, {"worked": "", "slowed": " "})
    assert refused.status_code == 422
    assert "Say at least one of the two." in words(refused)
    browser.post(place, {"worked": "The runbook", "slowed": "Waiting for access"})
    browser.post(place, {"worked": "The runbook", "slowed": "Waiting two hours for access"})
    shown = browser.get(place)
    assert "Waiting two hours for access" in words(shown)
    assert "Waiting for access" not in words(shown)
    assert CloseOutAnswer.objects.count() == 2


def test_who_did_not_respond_reads_what_was_said_with_who_said_it(recent: AfterAction, lead: Person) -> None:
    browser_of(lead).post(at(recent, "close-out/"), {"worked": "The runbook", "slowed": ""})
    other = browser_of(a_person("Otto Lang"))
    shown = words(other.get(at(recent, "close-out/")))
    assert "The runbook" in shown
    assert "Tomas Lindqvist" in shown
    assert "Those who responded say how it went" in shown
    assert other.post(at(recent, "close-out/"), {"worked": "Me too"}).status_code == 403


def test_each_line_waits_beside_its_section_alone_and_is_taken_over_by_a_press(
    recent: AfterAction, mim: Person, lead: Person
) -> None:
    browser_of(lead).post(at(recent, "close-out/"), {"worked": "The runbook", "slowed": "Waiting for access"})
    writer = browser_of(mim)
    beside = {
        key: words(writer.get(at(recent, f"draft/{key}/"))) for key in ("went_well", "changes", "root_cause")
    }
    assert "The runbook" in beside["went_well"]
    assert "Waiting for access" not in beside["went_well"]
    assert "Waiting for access" in beside["changes"]
    assert "Said at the close" not in beside["root_cause"]
    answer = str(CloseOutAnswer.objects.get().pk)
    took = writer.post(at(recent, "draft/close-out/"), {"answer": answer, "line": "slowed"}, follow=True)
    assert "It was added to what we are changing" in words(took)
    assert "It is in the draft" in words(took)
    assert recent.changes.get().gap == "Waiting for access"
