"""Who takes part in most stories: the MIM, and the lead of a recovery track."""

import pytest

from majorops.people.models import Person
from tests.factories.people import a_mim, a_person


@pytest.fixture
def mim() -> Person:
    return a_mim()


@pytest.fixture
def lead() -> Person:
    return a_person("Tomas Lindqvist")
