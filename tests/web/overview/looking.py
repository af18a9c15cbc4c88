"""What these tests share: a browser of somebody at an instant, what a page says, many After Actions at little cost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from html import unescape
from itertools import count
from typing import Any

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afteractions.models import AfterAction, Change, Obligation, Revision, Section
from afteractions.vocabulary import ObligationKind, Status
from incidents.models import Incident, IncidentAccess
from majorops.people.models import Person
from tests.web.browsing import browser_of

HTMX = {"HX-Request": "true"}
_number = count(1)


def words(answer: Any) -> str:
    """What is read of an answer."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def main_of(answer: Any) -> str:
    """The words of the page without its navigation."""
    return words(answer).partition("Sign out")[2]


@contextmanager
def the_time(at: datetime) -> Iterator[None]:
    """The clock stands at `at`."""
    with time_machine.travel(at, tick=False):
        yield


def look(person: Person, path: str, at: datetime, **said: Any) -> Any:
    """The answer to a signed-in GET at an instant."""
    with the_time(at):
        return browser_of(person).get(path, **said)


def statements(person: Person, path: str, at: datetime) -> int:
    """How many SQL statements the page takes, session and person among them, once the process is warm."""
    with the_time(at):
        client = browser_of(person)
        client.get(path)
        with CaptureQueriesContext(connection) as taken:
            answer = client.get(path)
        assert answer.status_code == 200
    return len(taken)


def many_overdue(
    number: int,
    mim: Person,
    *,
    due_at: datetime,
    owner: Person | None = None,
    status: Status = Status.DRAFT,
    restricted: bool = False,
    title: str = "Disk full",
    **item: object,
) -> list[AfterAction]:
    """After Actions with a meeting to schedule, and one open action item each: rows as reconciling makes them. `item`
    says otherwise of the action items."""
    owner = owner or mim
    closed = due_at - timedelta(days=1)
    found = []
    for _ in range(number):
        incident = Incident.objects.create(
            title=f"{title} {next(_number):04}", severity="high", highest_severity="high", time_zone="UTC", mim=mim,
            opened_at=closed - timedelta(hours=3), recovered_at=closed, closed_at=closed, recorded_at=closed,
            requirement_level="mandatory", requirement_rule=3, requirement_decided_at=closed, restricted=restricted,
        )  # fmt: skip
        if restricted:
            IncidentAccess.objects.create(incident=incident, person=mim, why="mim", since=closed)
        past = {}
        if status != Status.DRAFT:
            past = {"distributed_at": closed, "first_distributed_at": closed}
        if status in (Status.REVIEWED, Status.CLOSED):
            past |= {"reviewed_at": closed, "published_at": closed, "external_messages_answered_at": closed}
        if status == Status.CLOSED:
            past |= {"closed_at": closed}
        after_action = AfterAction.objects.create(
            incident=incident, created_at=closed, clock_from=closed, owner=mim, status=status, decision="hold",
            decided_at=closed, next_due_at=due_at, **past,
        )  # fmt: skip
        change = Change.objects.create(**{
            "after_action": after_action, "kind": "start", "change": "Watch the disks", "gap": "Nobody watched them",
            "owner": owner, "due_on": due_at.date(), "created_at": closed, **item,
        })  # fmt: skip
        common = {
            "incident": incident, "after_action": after_action, "due_at": due_at, "responsible": owner,
            "created_at": closed,
        }  # fmt: skip
        Obligation.objects.create(kind=ObligationKind.SCHEDULE, subject_key="meeting:1", **common)
        Obligation.objects.create(
            kind=ObligationKind.ACTION_ITEM, subject_key=f"action:{change.reference}", change=change,
            subject_label=change.change, due_on=due_at.date(), **common,
        )  # fmt: skip
        if status == Status.CLOSED:
            cause = {"failure": "a full disk on the database host"}
            Section.objects.create(
                after_action=after_action, key="root_cause", content=cause, updated_at=closed
            )
            Revision.objects.create(
                after_action=after_action, number=1, kind="published", sha256="", created_at=closed,
                content={"sections": {"root_cause": cause}},
            )  # fmt: skip
        found.append(after_action)
    return found
