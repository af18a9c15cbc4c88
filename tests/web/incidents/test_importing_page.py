"""Importing on a page: all or nothing, every path named, what was typed kept."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from incidents.models import Incident
from majorops.people.models import Person
from tests.factories.people import a_mim, an_administrator, an_auditor
from tests.web.browsing import browser_of
from tests.web.incidents.reading import words

pytestmark = pytest.mark.django_db
IMPORT = "/incidents/import/"
DATA = Path(__file__).parents[2] / "data"
LINES = (DATA / "incidents.jsonl").read_text().splitlines()[:3]


@pytest.fixture
def administrator() -> Person:
    return an_administrator()


@pytest.fixture
def client(administrator: Person) -> Client:
    return browser_of(administrator)


def test_a_file_of_lines_comes_in_as_history_and_shows_what_came(client: Client) -> None:
    upload = SimpleUploadedFile("incidents.jsonl", "\n".join(LINES).encode())
    answer = client.post(IMPORT, {"upload": upload, "history": "on"})
    assert answer.status_code == 200
    assert Incident.objects.filter(history=True).count() == 3
    text = words(answer.content)
    assert all(json.loads(line)["title"] in text for line in LINES)
    again = client.post(IMPORT, {"pasted": "\n".join(LINES), "history": "on"})
    assert words(again.content).count("Was there already") == 3


def test_a_document_over_many_lines_is_one_document(client: Client) -> None:
    pretty = json.dumps(json.loads(LINES[0]), indent=2)
    assert client.post(IMPORT, {"pasted": pretty, "history": "on"}).status_code == 200
    assert Incident.objects.count() == 1


def test_one_bad_line_and_nothing_comes_in_and_every_path_is_named(client: Client) -> None:
    broken = {**json.loads(LINES[1]), "severity": "huge", "surprise": 1}
    typed = "\n".join([LINES[0], json.dumps(broken)])
    answer = client.post(IMPORT, {"pasted": typed, "history": "on"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Incident.objects.exists()
    assert "<code>severity</code>" in page
    assert "<code>surprise</code>" in page
    assert "Line 2" in words(page)
    assert "&quot;surprise&quot;: 1" in page
    assert "checked" in page


@pytest.mark.parametrize("typed", ["", "not json", "[]", '{"a": NaN}'])
def test_what_is_no_document_is_refused_with_a_sentence(client: Client, typed: str) -> None:
    answer = client.post(IMPORT, {"pasted": typed})
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content


def test_an_id_with_other_content_changes_nothing(client: Client) -> None:
    client.post(IMPORT, {"pasted": LINES[0], "history": "on"})
    other = {**json.loads(LINES[0]), "title": "Another story"}
    answer = client.post(IMPORT, {"pasted": json.dumps(other), "history": "on"})
    assert answer.status_code == 422
    assert "Nothing was changed." in words(answer.content)
    assert not Incident.objects.filter(title="Another story").exists()


def test_only_an_administrator_imports_history() -> None:
    mim = browser_of(a_mim())
    page = mim.get(IMPORT)
    assert b'name="history"' not in page.content
    assert "Only an administrator imports history." in words(page.content)
    mim.post(IMPORT, {"pasted": LINES[0], "history": "on"})
    assert not Incident.objects.filter(history=True).exists()
    assert browser_of(an_auditor()).get(IMPORT).status_code == 403
