import pytest
from django.conf import settings

from tests.operations.invariants.raw_rows import rows


@pytest.fixture(autouse=True)
def as_the_application(db: None) -> None:
    assert rows("SELECT current_user") == [(settings.APPLICATION_ROLE,)]
