"""What these tests share: somebody's browser, and what is read of a page."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from afteractions.models import AfterAction, ExternalMessage, Section
from majorops import clock

MESSAGE_DUE = datetime(2026, 3, 12, 9, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


def at(after_action: AfterAction, page: str = "") -> str:
    """The address of a page of the workspace."""
    return f"{after_action.get_absolute_url()}{page}"


def message_page(message: ExternalMessage, step: str = "") -> str:
    """The address of an External Message, or of what is done with it."""
    return at(message.after_action, f"messages/{message.pk}/{step}")


def words(answer: HttpResponse | bytes | str) -> str:
    """What is read of a page, its fields' texts among it."""
    html = (
        answer
        if isinstance(answer, str)
        else (answer if isinstance(answer, bytes) else answer.content).decode()
    )
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def part(answer: HttpResponse, key: str) -> str:
    """The HTML of one section of the draft, what stands beside it included; empty where the page has none."""
    found = re.search(
        rf'<section class="draft-section[^"]*" id="{key}".*?(?=<section class="draft-section|\Z)',
        answer.content.decode(),
        re.DOTALL,
    )
    return found[0] if found else ""


def statements(client: Client, path: str) -> int:
    """How many SQL statements the page takes with nothing kept from before, session and person among them."""
    client.get(path)
    caches["process"].clear()
    with CaptureQueriesContext(connection) as taken:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return len(taken)


def version(after_action: AfterAction, key: str) -> int:
    """The version of a section that a form opened now would carry."""
    return Section.objects.get(after_action=after_action, key=key).version


def local(instant: datetime) -> str:
    """An instant as a field for day and time sends it; the people of these tests live in UTC."""
    return f"{instant:%Y-%m-%dT%H:%M}"


def next_weekday(days: int = 4, hour: int = 10) -> datetime:
    """A working hour some days ahead, on a day that is no weekend."""
    day = (clock.now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def rows(name: str, *said: dict[str, Any]) -> dict[str, Any]:
    """Rows of a form under the names of their fields."""
    return {
        f"{name}-{number}-{field}": value for number, row in enumerate(said) for field, value in row.items()
    }
