"""Somebody types the longest text that is taken, made to be slow: every page of it costs what plain letters cost."""

from time import thread_time

import pytest
from django.test import Client

from incidents.models import Incident
from majorops.notices.delivery.composing import compose
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.api.caller import Caller
from tests.factories.afteractions import a_distributed_review
from tests.factories.incidents import an_incident
from tests.factories.people import a_person
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db
LONGEST = 20_000
LONGEST_COMMENT = 10_000
# Isolates that only ends of embeddings follow, embeddings that only ends of isolates do, quotations without an end.
TURNING = {
    "isolates": ("\u2066", "\u202c"),
    "embeddings": ("\u202a", "\u2069"),
    "quotations": ("“", "\u202e"),
}


def turning(kind: str, length: int) -> str:
    opening, closing = TURNING[kind]
    return "k" + opening * (length // 2 - 1) + closing * (length // 2 - 1) + "k"


def plain(length: int) -> str:
    return "kettle of " * (length // 10 - 1) + "kettles"


def slowest(browser: Client, path: str) -> float:
    """The processor time of the page, the second time that it is asked for; the better of two."""
    found = []
    for _ in range(3):
        begun = thread_time()
        answer = browser.get(path)
        found.append(thread_time() - begun)
        assert answer.status_code == 200, (path, answer.status_code)
    return min(found[1:])


def typed_by_a_stranger(text: str) -> Incident:
    """Four events by somebody without a part in it."""
    incident = an_incident()
    stranger = Caller(a_person("Sten Ring"))
    for number in range(4):
        said = {"kind": "action", "text": f"{number}{text}"[:LONGEST]}
        stranger.made(f"incidents/{incident.reference}/events/", said)
    return incident


@pytest.mark.parametrize("kind", TURNING)
def test_pages_of_an_incident_show_texts_that_turn_as_fast_as_letters(kind: str) -> None:
    letters, turned = typed_by_a_stranger(plain(LONGEST)), typed_by_a_stranger(turning(kind, LONGEST))
    browser = browser_of(letters.mim)
    for page in ("", "live/"):
        usual = slowest(browser, letters.get_absolute_url() + page)
        assert slowest(browser, turned.get_absolute_url() + page) < 2 * usual + 0.3, page


def commented(text: str) -> tuple[str, Person]:
    """A draft with three comments by somebody who reads it: its page, and its MIM."""
    after_action = a_distributed_review()
    browser = browser_of(after_action.incident.mim)
    place = after_action.get_absolute_url()
    for number in range(3):
        said = {"section": "root_cause", "text": f"{number}{text}"[:LONGEST_COMMENT], "back": "read"}
        assert browser.post(f"{place}comments/", said).status_code == 302
    return f"{place}read/", after_action.incident.mim


@pytest.mark.parametrize("kind", TURNING)
def test_a_page_of_comments_shows_texts_that_turn_as_fast_as_letters(kind: str) -> None:
    path, reader = commented(plain(LONGEST_COMMENT))
    usual = slowest(browser_of(reader), path)
    path, reader = commented(turning(kind, LONGEST_COMMENT))
    assert slowest(browser_of(reader), path) < 2 * usual + 0.3


@pytest.mark.parametrize("kind", TURNING)
def test_a_mail_quotes_a_text_that_turns_as_fast_as_letters(kind: str) -> None:
    mail = Notice(subject="A comment", text=turning(kind, LONGEST), address="ann@example.org")
    begun = thread_time()
    compose(mail, masked=False)
    assert thread_time() - begun < 0.5
