from collections.abc import Iterator

import pytest

from tests.smtp_sink import Sink


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink().running() as keeper:
        yield keeper
