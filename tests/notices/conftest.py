"""Where the mails of these tests arrive."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.smtp_sink import Sink


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    sink = Sink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    with sink.running():
        yield sink
