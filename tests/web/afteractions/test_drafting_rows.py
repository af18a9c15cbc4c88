"""Writing rows of the draft through the browser: each saved by itself, beside others who write."""

import re
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afteractions.models import AfterAction, Change, Section
from majorops.people.models import Person
from tests.factories.afteractions import an_after_action
from tests.factories.people import a_person
from tests.web.afteractions.pages import HTMX, at, part, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def after_action(mim: Person) -> AfterAction:
    return an_after_action(mim)


def content(after_action: AfterAction, key: str) -> Any:
    return Section.objects.get(after_action=after_action, key=key).content


def send_row(
    client: Client, after_action: AfterAction, key: str, number: int, **fields: object
) -> HttpResponse:
    """One row as the page sends it."""
    group = fields.pop("group", key)
    more = {name: fields.pop(name) for name in ("before",) if name in fields}
    data = {f"{group}-{number}-{name}": value for name, value in fields.items()} | more
    return client.post(at(after_action, f"draft/{key}/rows/"), data, headers=HTMX)


def identity(answer: HttpResponse, group: str, number: int) -> dict[str, str]:
    """The id and version that a row has since it was saved."""
    return {
        name: re.findall(rf'id="{group}-{number}-{name}" value="(\w[\w-]*)"', answer.content.decode())[0]
        for name in ("id", "version")
    }


def test_a_row_is_saved_by_itself_and_meets_only_who_saved_the_same_row(
    client: Client, after_action: AfterAction
) -> None:
    lead = browser_of(Person.objects.get(full_name="Tomas Lindqvist"))
    bridge, alert = (
        send_row(client, after_action, "went_well", number, text=text, kind="action")
        for number, text in enumerate(("The bridge was staffed", "The alert came"))
    )
    first, second = identity(bridge, "went_well", 0), identity(alert, "went_well", 1)
    # A row whose text is missing is refused at its field, and holds up no other.
    wrong = send_row(client, after_action, "went_well", 1, text="", kind="action", **second)
    assert wrong.status_code == 422
    assert re.search(r'id="went_well-1-text-note"[^>]*>This must not be empty', wrong.content.decode())
    moved = send_row(
        lead,
        after_action,
        "went_well",
        7,
        text="The alert came early",
        kind="action",
        before=first["id"],
        **second,
    )
    assert moved.status_code == 200
    kept = send_row(
        client, after_action, "went_well", 0, text="The bridge was staffed by five", kind="action", **first
    )
    assert kept.status_code == 200
    texts = [row["text"] for row in content(after_action, "went_well")]
    assert texts == ["The alert came early", "The bridge was staffed by five"]
    met = send_row(client, after_action, "went_well", 1, text="The alert was loud", kind="tool", **second)
    assert (met.status_code, met["HX-Retarget"]) == (412, "#went_well-row-1")
    assert all(
        part in words(met)
        for part in ("Tomas Lindqvist saved theirs", "The alert came early", "The alert was loud")
    )
    said = {"section": "went_well", "row": second["id"], "text": "How early?", "back": "draft"}
    assert client.post(at(after_action, "comments/"), said).status_code == 302
    assert "On “The alert came early”" in words(part(client.get(at(after_action, "draft/")), "went_well"))
    joined = send_row(
        client, after_action, "went_well", 1, text="Loud", kind="tool", **identity(met, "went_well", 1)
    )
    assert joined.status_code == 200
    assert (
        send_row(
            lead, after_action, "went_well", 7, remove="yes", **identity(joined, "went_well", 1)
        ).status_code
        == 200
    )
    gone = send_row(
        client,
        after_action,
        "went_well",
        1,
        text="Very loud",
        kind="tool",
        **identity(joined, "went_well", 1),
    )
    assert "Somebody else removed this row" in words(gone)
    assert "Very loud" in words(gone)
    assert "On “a row that was removed”" in words(part(client.get(at(after_action, "draft/")), "went_well"))
    assert [row["text"] for row in content(after_action, "went_well")] == ["The bridge was staffed by five"]


def test_an_unknown_owner_in_a_row_is_kept_as_typed_with_a_way_to_add_them(
    client: Client, after_action: AfterAction
) -> None:
    saved = send_row(
        client, after_action, "changes", 3, kind="start", change="Add a disk", owner="Nobody Atall"
    )
    assert saved.status_code == 200
    assert "No single match for “Nobody Atall”: pick someone or add them. Add them" in words(saved)
    assert Change.objects.get().owner_words == "Nobody Atall"
    assert Change.objects.get().reference == identity(saved, "changes", 3)["id"]
    way = send_row(client, after_action, "expected", 0, group="ways", text="An alert", kind="detected_sooner")
    assert way.status_code == 200
    assert content(after_action, "expected")["ways"][0]["id"] == identity(way, "ways", 0)["id"]


def test_what_others_saved_and_where_they_are_comes_by_a_poll_of_few_statements(
    client: Client, after_action: AfterAction
) -> None:
    lead = browser_of(Person.objects.get(full_name="Tomas Lindqvist"))
    url = at(after_action, "draft/live/")
    seen = {"seen": "summary.1,expected.1,root_cause.1,went_well.1,changes.1"}
    lead.get(url, {**seen, "at": "went_well:r1:text"})
    here = client.get(url, seen).content.decode()
    assert 'data-at="went_well:r1:text">Tomas Lindqvist<' in here
    known = {**seen, "here": re.findall(r'data-here="(\w+)"', here)[0]}
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url, known).status_code == 204
    # Two besides the session and its person.
    assert len(asked) <= 4, [each["sql"] for each in asked]
    send_row(lead, after_action, "went_well", 0, text="The bridge was staffed", kind="action")
    changed = client.get(url, known).content.decode()
    assert re.findall(r'data-section="(\w+)" data-version="(\d)"', changed) == [("went_well", "2")]
    assert "The bridge was staffed" in changed
    assert browser_of(a_person("Rhea Castellan")).get(url, seen).status_code == 403
