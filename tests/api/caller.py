"""Calling the API as somebody, over HTTP."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from majorops.people.models import Person
from tests.factories.people import a_token

ROOT = "/api/v1/"


class Caller:
    """The calls of one person with a bearer token."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.client = Client(headers={"Authorization": f"Bearer {a_token(person)}"})

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(ROOT + path, query)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """POST of `body` as JSON; headers by their names with underscores."""
        sent = b"" if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(ROOT + path, sent, content_type="application/json", headers=named)

    def patch(self, path: str, body: Any, *, match: str | None = None) -> HttpResponse:
        """PATCH of `body` as JSON; `match` is the entity tag that must still hold."""
        headers = {"If-Match": match} if match else {}
        return self.client.patch(
            ROOT + path, json.dumps(body), content_type="application/json", headers=headers
        )

    def made(self, path: str, body: Any = None, **headers: str) -> Any:
        """The answer to a POST that must succeed."""
        answer = self.post(path, body, **headers)
        assert answer.status_code in (200, 201), answer.content.decode()
        return answer.json()


def paths(answer: HttpResponse) -> list[str]:
    """The places that an error names."""
    return [problem["path"] for problem in answer.json()["errors"]]
