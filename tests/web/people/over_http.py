"""Somebody at a real socket: no transaction of a test is around what the server does."""

import re
from typing import Any

import requests
from django.conf import settings
from django.test import Client

from majorops.people.models import Person
from tests.factories.people import PASSWORD

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """Follows links, and sends the forms that it was shown."""

    def __init__(self, server: str) -> None:
        self.server = server
        self.session = requests.Session()

    def get(self, path: str) -> requests.Response:
        """The page, after all redirects."""
        return self.session.get(self._address(path), timeout=30)

    def post(self, path: str, said: dict[str, Any] | None = None, *, form_at: str = "") -> requests.Response:
        """Sends the form of a page, of `form_at` where it stands on another, and follows where it leads."""
        page = self.get(form_at or path)
        assert page.status_code == 200, f"{page.url}: {page.status_code}"
        found = TOKEN.search(page.text)
        assert found, f"{page.url} has no form"
        said = {"csrfmiddlewaretoken": found[1], **(said or {})}
        return self.session.post(self._address(path), said, timeout=30)

    def sign_in(self, person: Person, password: str = PASSWORD) -> requests.Response:
        return self.post("/accounts/login/", {"login": person.email, "password": password})

    def take_session_of(self, person: Person) -> None:
        """A session as single sign-on leaves it: nobody typed a password."""
        client = Client()
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        key = settings.SESSION_COOKIE_NAME
        self.session.cookies.set(key, client.cookies[key].value)

    @property
    def is_signed_in(self) -> bool:
        answer = self.session.get(self._address("/inbox/"), allow_redirects=False, timeout=30)
        assert answer.status_code in (200, 302), answer.status_code
        return answer.status_code == 200

    def _address(self, path: str) -> str:
        return path if path.startswith("http") else f"{self.server}{path}"
