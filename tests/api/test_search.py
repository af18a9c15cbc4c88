"""Search over everything through the API."""

import pytest

from tests.api.caller import Caller
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db


def test_what_holds_the_words_is_answered_with_its_kind_and_its_page(mim: Caller, reference: str) -> None:
    mim.made(f"incidents/{reference}/events/", {"kind": "action", "text": "Looked at the checkout"})
    said = mim.get("search/?q=checkout").json()
    assert [(each["kind"], each["url"]) for each in said["results"]] == [
        ("incidents", f"/incidents/{reference}/"),
        ("timeline", f"/incidents/{reference}/"),
    ]
    one = mim.get("search/?q=checkout&kind=timeline").json()
    assert [each["found"] for each in one["results"]] == ["Looked at the checkout"]


@pytest.mark.parametrize("words", ["kill -9", "kill+-9", "-9", "kill", "exit code -11"])
def test_a_number_behind_a_dash_is_found_as_it_is_typed(mim: Caller, reference: str, words: str) -> None:
    texts = ["Ran kill -9 on the writer", "It ended with exit code -11"]
    for text in texts:
        mim.made(f"incidents/{reference}/events/", {"kind": "action", "text": text})
    found = mim.client.get("/api/v1/search/", {"q": words.replace("+", " "), "kind": "timeline"}).json()[
        "results"
    ]
    assert [each["found"] for each in found] == [texts[1] if "exit" in words else texts[0]]
    page = browser_of(mim.person).get("/search/", {"q": words.replace("+", " ")}).content.decode()
    assert "<mark>" in page


def test_pages_of_one_kind_are_turned_by_their_links(mim: Caller, reference: str) -> None:
    for number in range(3):
        mim.made(f"incidents/{reference}/events/", {"kind": "action", "text": f"Checkout step {number}"})
    first = mim.get("search/?q=checkout&kind=timeline&page_size=2").json()
    second = mim.get(first["next"].partition("/api/v1/")[2]).json()
    assert [each["found"] for each in (*first["results"], *second["results"])] == [
        "Checkout step 2", "Checkout step 1", "Checkout step 0",
    ]  # fmt: skip


def test_what_is_restricted_is_not_found_by_others(mim: Caller, responder: Caller) -> None:
    made = mim.made("incidents/", {"title": "A quiet breach", "severity": "critical", "restricted": True})
    for words in ("breach", made["reference"]):
        assert responder.get(f"search/?q={words}").json()["results"] == []
        assert responder.get(f"search/?q={words}&kind=incidents").json()["results"] == []
        assert len(mim.get(f"search/?q={words}").json()["results"]) == 1


@pytest.mark.parametrize("query", ["", "q=x", "q=%26%7C", "q=checkout&kind=weather", f"q={'x' * 201}"])
def test_what_cannot_be_searched_for_is_refused_by_its_name(mim: Caller, query: str) -> None:
    answer = mim.get(f"search/?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["path"] in ("q", "kind")
