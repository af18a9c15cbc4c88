"""What these tests share: a browser of somebody, what a page says, how many statements it took."""

import re
from html import unescape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

HTMX = {"HX-Request": "true"}


def words(html: bytes | str) -> str:
    """What is read of a page."""
    text = html.decode() if isinstance(html, bytes) else html
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def statements(client: Client, path: str) -> int:
    """How many SQL statements the page takes, session and person among them, once the process is warm."""
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as taken:
        answer = client.get(path)
    assert answer.status_code == 200
    return len(taken)
