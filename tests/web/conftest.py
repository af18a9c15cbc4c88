"""Whom most tests of pages begin with."""

import pytest
from django.test import Client

from majorops.people.models import Person
from tests.factories.people import a_mim
from tests.web.browsing import browser_of


@pytest.fixture
def mim() -> Person:
    return a_mim()


@pytest.fixture
def client(mim: Person) -> Client:
    return browser_of(mim)
