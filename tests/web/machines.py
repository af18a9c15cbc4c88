"""Browsers that sign in, each on a machine of its own."""

import os
from itertools import count
from typing import Any

from django.http import HttpResponse
from django.test import Client

from majorops.people.models import Person
from tests.factories.people import PASSWORD

LOGIN = "/accounts/login/"
_machines = count(1)


def a_browser(**said: Any) -> Client:
    """A browser on a machine of its own, so that one test's tries do not count for another's."""
    number = next(_machines)
    return Client(**{"REMOTE_ADDR": f"198.51.{os.getpid() % 250}.{number}", **said})


def sign_in(browser: Client, person: Person | str, password: str = PASSWORD, query: str = "") -> HttpResponse:
    login = person if isinstance(person, str) else person.email
    return browser.post(f"{LOGIN}{query}", {"login": login, "password": password})


def is_signed_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200
