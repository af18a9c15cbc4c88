"""Whatever fails, callers of the API get JSON in its one shape, and readers of pages a page."""

import json

import pytest
from django.test import Client

from tests.api.test_envelope import is_an_error


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.urls("tests.api.broken_urls")
def test_an_unforeseen_error_of_the_api_is_json_and_that_of_a_page_a_page(client: Client) -> None:
    answer = client.get("/api/v1/broken/")
    assert (answer.status_code, answer["Content-Type"]) == (500, "application/json")
    assert is_an_error(answer)
    page = client.get("/broken/")
    assert (page.status_code, page["Content-Type"].partition(";")[0]) == (500, "text/html")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [("/api/", {}, 404), ("/api/v9/incidents/", {}, 404), ("/api/v1/incidents/", {"host": "no host"}, 400)],
)
def test_what_no_call_answers_is_json_too(
    client: Client, path: str, headers: dict[str, str], status: int
) -> None:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status
    assert is_an_error(answer)
    assert json.loads(answer.content)
