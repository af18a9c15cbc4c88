"""Measures the product against the floor and prints the table. It fails nothing: the tests hold the counts.

script/bench            at 2,000 and at 20,000 incidents
script/bench 500 1000   at other sizes
"""

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from socket import create_server
from urllib.parse import urlencode

import django

from tests.load.starting import seconds_to_first_page
from tests.services import services

WARM_UP = 8
ROUNDS = 40
# Seconds before each row: the API answers a caller at most 100 times a second, and a row asks some 50 times.
PAUSE = 1


@dataclass
class Measured:
    """One row of the table: the ratio to the floor at each size, median and 95th percentile, and the statements."""

    name: str
    goal: float
    medians: list[float] = field(default_factory=list)
    tails: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)
    statements: str = ""


class Client:
    """One keep-alive connection, signed in by a session or by a token."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = headers

    def get(self, path: str, **headers: str) -> http.client.HTTPResponse:
        return self.send("GET", path, None, headers)

    def send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> http.client.HTTPResponse:
        self.connection.request(method, path, body, {**self.headers, **headers})
        response = self.connection.getresponse()
        self.content = response.read()
        return response


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def measure(row: Measured, call: Callable[[], http.client.HTTPResponse], floor: Callable[[], object]) -> None:
    """The call and the floor in turn, so that a machine that slows down slows both."""

    def answered() -> None:
        answer = call()
        if answer.status not in (200, 201, 204):
            raise SystemExit(f"{row.name}: {answer.status} {answer.reason}")

    time.sleep(PAUSE)
    for _ in range(WARM_UP):
        answered(), floor()
    pairs = [(timed(floor), timed(answered)) for _ in range(ROUNDS)]
    base = statistics.median(low for low, _ in pairs)
    times = sorted(high for _, high in pairs)
    row.medians.append(statistics.median(times) / base)
    row.tails.append(times[int(len(times) * 0.95)] / base)
    row.milliseconds.append(statistics.median(times))


def rows() -> dict[str, Measured]:
    return {
        key: Measured(name, goal)
        for key, name, goal in (
            ("api_list", "API list of 50 incidents", 5),
            ("api_detail", "API detail with its timeline", 5),
            ("list", "Incidents, page of 50", 10),
            ("home", "Home", 10),
            ("board", "After Actions, board", 10),
            ("actions", "Actions, page of 50", 10),
            ("overdue", "Overdue dashboard", 10),
            ("library", "Library, page of 50", 10),
            ("incident", "Incident with timeline", 12),
            ("workspace", "After Action workspace", 12),
            ("search", "Incidents, search of 3 words", 15),
            ("everything", "Search over everything, 3 words", 15),
            ("seldom", "The same, words seldom together", 15),
            ("typing", "The same while typing", 15),
            ("insights", "Insights: deadlines", 25),
            ("insights_times", "Insights: times", 25),
            ("insights_findings", "Insights: findings", 25),
            ("insights_learning", "Insights: learning", 25),
            ("alike", "Earlier look-alikes (200 ms)", 60),
            ("event", "Logging one event", 8),
            ("section", "Saving one section", 8),
        )
    }


def take(size: int, table: dict[str, Measured], port: int) -> None:
    """One column of the table: every row at this size."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from afteractions.models import AfterAction
    from incidents.models import Incident
    from majorops.people.models import ApiToken

    draft = (
        AfterAction.objects.filter(status="draft", incident__restricted=False)
        .select_related("incident__mim")
        .order_by("id")[0]
    )
    mim = draft.incident.mim
    assert mim is not None
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(mim.pk), mim.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session.create()
    token = ApiToken.issue(mim, name="bench", at=datetime.now(UTC))
    page = Client(
        port, {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}", "Host": "127.0.0.1"}
    )
    api = Client(
        port, {"Authorization": f"Bearer {token}", "Host": "127.0.0.1", "Content-Type": "application/json"}
    )

    def floor() -> object:
        return page.get(f"/floor?{mim.pk}")

    closed = draft.incident
    running = Incident.objects.get(reference="INC-L1")
    paths = {
        "list": "/incidents/",
        "home": "/",
        "board": "/after-actions/",
        "actions": "/actions/?whose=all",
        "overdue": "/overdue/?whose=all",
        "library": "/library/",
        "incident": closed.get_absolute_url(),
        "workspace": f"{draft.get_absolute_url()}draft/",
        "alike": f"{closed.get_absolute_url()}look-alikes/",
        "search": "/incidents/?" + urlencode({"search": "payments ledger failure"}),
        "everything": "/search/?" + urlencode({"q": "payments ledger failure"}),
        "seldom": "/search/?" + urlencode({"q": "payments ledger"}),
        "typing": "/search/suggestions/?" + urlencode({"q": "payments ledger failure"}),
        "insights": "/insights/",
        "insights_times": "/insights/times/",
        "insights_findings": "/insights/findings/",
        "insights_learning": "/insights/learning/",
    }
    for key, path in paths.items():
        measure(table[key], lambda path=path: page.get(path), floor)
        table[key].statements = page.get(path, **{"X-Count": "1"}).headers["X-Statements"]
    for key, path in {
        "api_list": "/api/v1/incidents/",
        "api_detail": f"/api/v1/incidents/{closed.reference}/",
    }.items():
        measure(table[key], lambda path=path: api.get(path), floor)
        table[key].statements = api.get(path, **{"X-Count": "1"}).headers["X-Statements"]
    event = {"kind": "action", "text": "The ledger was compared with the queue"}

    def log() -> http.client.HTTPResponse:
        body = json.dumps({**event, "at": datetime.now(UTC).isoformat()}).encode()
        return api.send("POST", f"/api/v1/incidents/{running.reference}/events/", body, {})

    measure(table["event"], log, floor)
    table["event"].statements = api.send(
        "POST",
        f"/api/v1/incidents/{running.reference}/events/",
        json.dumps({**event, "at": datetime.now(UTC).isoformat()}).encode(),
        {"X-Count": "1"},
    ).headers["X-Statements"]
    section = f"/api/v1/after-actions/{draft.reference}/sections/went_well/"
    saves = iter(range(10**6))

    def save(**headers: str) -> http.client.HTTPResponse:
        content = [{"text": f"The bridge was staffed within {next(saves)} minutes.", "kind": "action"}]
        tag = save.tag
        answer = api.send(
            "PUT", section, json.dumps({"content": content}).encode(), {"If-Match": tag, **headers}
        )
        save.tag = answer.headers["ETag"]
        return answer

    save.tag = api.get(section).headers["ETag"]
    measure(table["section"], save, floor)
    table["section"].statements = save(**{"X-Count": "1"}).headers["X-Statements"]


def imports() -> float:
    """Seconds for 1,000 incident records of 30 events in one process."""
    from incidents.exchange.importing import import_document

    def document(number: int) -> dict[str, object]:
        at = "2026-03-03T{:02d}:{:02d}:00Z".format
        return {
            "format": "majorops.incident/1",
            "external_id": f"bench-{number}",
            "title": f"Imported incident {number}",
            "severity": "critical",
            "milestones": {
                "opened": at(8, 0),
                "mitigated": at(9, 0),
                "recovered": at(9, 30),
                "closed": at(9, 40),
            },
            "timeline": [
                {"at": at(8, n), "kind": "action", "by": None, "text": f"Step {n}"} for n in range(30)
            ],
        }

    now = datetime.now(UTC)
    return (
        timed(lambda: [import_document(document(n), history=True, by=None, now=now) for n in range(1000)])
        / 1000
    )


def serve() -> tuple[subprocess.Popen[bytes], int]:
    with create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "tests.load.floor:application",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    command += [
        "--workers",
        "1",
        "--worker-class",
        "gthread",
        "--threads",
        "1",
        "--keep-alive",
        "75",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": "."})
    for _ in range(200):
        try:
            Client(port, {"Host": "127.0.0.1"}).get("/readyz")
            return process, port
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start.")


def show(table: dict[str, Measured], sizes: list[int], floor_ms: float, import_seconds: float) -> None:
    heads = [f"{size:,}" for size in sizes]
    print(
        f"\nRatios to the floor, {floor_ms:.2f} ms: one primary-key SELECT in the same process.\n"
        "Median (95th percentile).\n"
    )
    print(
        f"{'':32}" + "".join(f"{head:>18}" for head in heads) + f"{'growth':>9}{'goal':>7}{'SQL':>6}{'ms':>8}"
    )
    for row in table.values():
        cells = "".join(f"{f'{m:.1f} ({t:.1f})':>18}" for m, t in zip(row.medians, row.tails, strict=True))
        growth = row.medians[-1] / row.medians[0]
        kept = "" if row.medians[-1] <= row.goal else "  over"
        print(
            f"{row.name:32}{cells}{growth:>9.2f}{row.goal:>7g}{row.statements:>6}{row.milliseconds[-1]:>8.1f}{kept}"
        )
    print(f"\n1,000 records of 30 events imported in {import_seconds:.1f} s (goal 60 s).")


def show_paper() -> None:
    """The line of the PDF, made in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": ".", "DJANGO_SETTINGS_MODULE": "majorops.settings"}
    made = subprocess.run(
        [sys.executable, "-m", "tests.load.paper"], env=environment, stdout=subprocess.PIPE, check=True
    )
    said = json.loads(made.stdout)
    print(
        f"A review of {said['pages']} pages as PDF in {said['seconds']:.2f} s, "
        f"{said['seconds'] / said['plain']:.2f} times WeasyPrint alone (goal 1.5), "
        f"{said['megabytes']} MB at the most (goal 250 MB)."
    )


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [2_000, 20_000]
    services.start()
    os.environ["MAJOROPS_AS_OWNER"] = "1"
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True)
    del os.environ["MAJOROPS_AS_OWNER"]
    os.environ["MAJOROPS_LOG_LEVEL"] = "ERROR"
    django.setup()
    from tests.load import fill

    process, port = serve()
    table, last = rows(), 0
    try:
        with services.postgres.connect() as owner:
            fill.people(owner)
        for size in sizes:
            print(f"Filling up to {size:,} incidents ...", file=sys.stderr)
            with services.postgres.connect() as owner:
                fill.incidents(owner, last + 1, size)
            last = size
            take(size, table, port)
        client = Client(port, {"Host": "127.0.0.1"})
        from majorops.people.models import Person

        key = Person.objects.filter(email="person500@load.example").values_list("pk", flat=True)[0]
        floor_ms = statistics.median(timed(lambda: client.get(f"/floor?{key}")) for _ in range(200))
        show(table, sizes, floor_ms, imports())
    finally:
        process.terminate()
        process.wait(timeout=20)
        services.stop()
    show_paper()
    # The sweep among a million deadlines, in a database of its own.
    subprocess.run(
        [sys.executable, "-m", "tests.load.sweeps"], env={**os.environ, "PYTHONPATH": "."}, check=True
    )
    print(f"script/server where it ran before: a page in {seconds_to_first_page():.1f} s (goal 10 s).")


if __name__ == "__main__":
    main()
