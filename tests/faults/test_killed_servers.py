"""The product under its own supervisor, while its processes are killed: what was acknowledged is there."""

import json
import os
import random
import signal
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path

import pytest

from majorops.embedded.processes import wait_until
from tests.faults.scale import much
from tests.faults.seen import Seen
from tests.platform.product import Product

KINDS = ("web", "beat", "postgresql", "valkey")
KILLS_OF_EACH = much(1, 50)
# The supervisor takes what lived shorter for something that cannot start, and waits longer each time.
APART = much(2.0, 11.0)
WRITERS = 3


@pytest.fixture
def product() -> Iterator[Product]:
    with tempfile.TemporaryDirectory(prefix="majorops-", dir="/tmp") as folder:
        product = Product(Path(folder) / "state")
        product.environment["MAJOROPS_DEMO"] = "0"
        product.start()
        yield product
        product.end()


class Api:
    """The API of the product as an administrator's program calls it."""

    def __init__(self, product: Product) -> None:
        self.root = f"http://127.0.0.1:{product.port}/api/v1/"
        made = product.command("script/manage", "create_token", "writer@majorops.example", "--administrator")
        self.token = made.stdout.strip()

    def call(self, path: str, body: object = None, **headers: str) -> object:
        """Raises OSError for an answer that is no success, and for none; HTTPException for one that broke off."""
        sent = None if body is None else json.dumps(body).encode()
        named = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers}
        request = urllib.request.Request(self.root + path, sent, named)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())


class Writer(threading.Thread):
    """Logs one event after another; each again under the same key until it is acknowledged."""

    def __init__(self, api: Api, path: str, name: str, asked_to_end: threading.Event) -> None:
        super().__init__()
        self.api, self.path, self.name, self.asked_to_end = api, path, name, asked_to_end
        self.acknowledged: list[str] = []

    def run(self) -> None:
        while not self.asked_to_end.is_set():
            text = f"{self.name} says {len(self.acknowledged)}"
            while not self.wrote(text):
                time.sleep(0.2)

    def wrote(self, text: str) -> bool:
        with suppress(OSError, ValueError, HTTPException):
            self.api.call(self.path, {"kind": "action", "text": text}, **{"Idempotency-Key": text})
            self.acknowledged.append(text)
            return True
        return False


def test_every_acknowledged_write_is_there_whatever_was_killed(product: Product, seen: Seen) -> None:
    """kill -9 of web, beat, PostgreSQL and Valkey in turn while events are written"""
    api = Api(product)
    incident = api.call("incidents/", {"title": "Checkout fails", "severity": "critical"})
    assert isinstance(incident, dict)
    path = f"incidents/{incident['reference']}/"
    asked_to_end = threading.Event()
    writers = [Writer(api, f"{path}events/", f"Writer {number}", asked_to_end) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    chance = random.Random()
    kills: Counter[str] = Counter()
    while min(kills[kind] for kind in KINDS) < KILLS_OF_EACH:
        round_ends = time.monotonic() + APART
        for kind in KINDS:
            time.sleep(chance.uniform(0.1, APART / len(KINDS)))
            pid = product.children().get(kind)
            if pid is not None:
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
                    kills[kind] += 1
        time.sleep(max(0.0, round_ends - time.monotonic()))
    assert wait_until(lambda: product.status("/healthz") == 200, 120), product.told()
    assert all(writer.is_alive() for writer in writers), "A writer gave up before the last kill"
    before = {writer: len(writer.acknowledged) for writer in writers}
    assert wait_until(lambda: all(len(each.acknowledged) > before[each] for each in writers), 60), (
        "A writer writes no more after the last kill"
    )
    asked_to_end.set()
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive(), "A write was not acknowledged after everything was well again"

    document = api.call(f"{path}export/")
    assert isinstance(document, dict)
    found = Counter(entry["text"] for entry in document["timeline"])
    acknowledged = [text for writer in writers for text in writer.acknowledged]
    assert len(acknowledged) > WRITERS
    seen.done = f"{KILLS_OF_EACH} kills of each, {len(acknowledged)} writes acknowledged"
    seen.assert_nothing_lost(
        lost=sum(text not in found for text in acknowledged),
        doubled=sum(count - 1 for count in found.values()),
    )
