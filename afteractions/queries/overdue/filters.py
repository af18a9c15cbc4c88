"""What the dashboard is narrowed by, as its address says it, and the people of the reader."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from afteractions.vocabulary import ObligationKind
from incidents.vocabulary import Severity
from majorops.errors import BadInput
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.words import Word

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
NOBODY = 0
"""The team of those who are in none, and of groups."""

TREE = """
    WITH RECURSIVE below(id, branch) AS (
        SELECT id, id FROM people_person WHERE manager_id = %(person)s
        UNION SELECT report.id, below.branch FROM people_person report JOIN below ON report.manager_id = below.id),
    everybody AS (
        SELECT id, branch FROM below
        UNION SELECT contact.id, branch FROM people_person contact JOIN below ON contact.account_id = below.id)
    SELECT ARRAY(SELECT id FROM people_person WHERE id = %(person)s OR account_id = %(person)s),
           (SELECT array_agg(id ORDER BY id, branch) FROM everybody WHERE id <> %(person)s),
           (SELECT array_agg(branch ORDER BY id, branch) FROM everybody WHERE id <> %(person)s),
           (SELECT jsonb_object_agg(id, full_name) FROM people_person WHERE manager_id = %(person)s)
"""


class Due(Word):
    """By how much a deadline passed, or how near it is; the first four are overdue."""

    OVER_30 = "over_30", "Over 30 days"
    UP_TO_30 = "up_to_30", "7 to 30 days"
    UP_TO_7 = "up_to_7", "1 to 7 days"
    UP_TO_1 = "up_to_1", "Up to 1 day"
    IN_1 = "in_1", "Within 1 day"
    IN_3 = "in_3", "1 to 3 days"
    IN_7 = "in_7", "3 to 7 days"


# Where one ends and the next begins, from now.
EDGES = (-30 * DAY, -7 * DAY, -DAY, 0 * DAY, DAY, 3 * DAY, WEEK)
LATE = tuple(Due)[:4]
SOON = tuple(Due)[4:]


@dataclass(frozen=True, slots=True)
class Tree:
    """The rows of people that somebody answers for: `me` (the account and its contacts), everybody `below` in the
    manager tree with their contacts, for each of these the direct report in whose branch they stand, and the names of
    those reports."""

    me: tuple[int, ...]
    below: tuple[int, ...]
    branches: tuple[int, ...]
    reports: dict[int, str]

    @classmethod
    def of(cls, person: Person) -> "Tree":
        """One statement."""
        with connection.cursor() as cursor:
            cursor.execute(TREE, {"person": person.pk})
            me, below, branches, reports = cursor.fetchone()
        named = json.loads(reports) if isinstance(reports, str) else reports or {}
        return cls(
            tuple(me),
            tuple(below or ()),
            tuple(branches or ()),
            {int(key): name for key, name in named.items()},
        )

    def branch(self, head: int) -> list[int]:
        """One direct report and everybody below."""
        return [key for key, branch in zip(self.below, self.branches, strict=True) if branch == head]


@dataclass(frozen=True, slots=True)
class Filters:
    """`tree`: only people below the reader; `branch`: below one of the direct reports; `soon`: what falls due within 7
    days in the place of what is overdue; `due`: how much of it."""

    tree: bool = False
    soon: bool = False
    branch: int | None = None
    team: int | None = None
    owner: str = ""
    kind: str = ""
    severity: str = ""
    age: str = ""

    @classmethod
    def read(cls, data: Mapping[str, str], *, manages: bool) -> "Filters":
        """Raises BadInput for unknown words. Managers begin with their own tree."""
        words = {key: value.strip() for key, value in data.items()}
        soon = words.get("due") == "soon"
        return cls(
            tree=words.get("whose", "tree" if manages else "all") == "tree",
            soon=soon,
            branch=_number("branch", words, "This is no direct report. Choose one of the list."),
            team=_number("team", words, "This is no team. Choose one of the list."),
            owner=words.get("owner", ""),
            kind=_word("kind", words, ObligationKind.keys(), "This is no kind of deadline. Choose one of the list."),
            severity=_word("severity", words, Severity.keys(), "This is no severity. Choose one of the list."),
            age=_word("age", words, list(SOON if soon else LATE), "This is no age. Choose one of the list."),
        )  # fmt: skip

    @property
    def is_set(self) -> bool:
        """Whether anything beyond whose and when is chosen."""
        return any((self.branch, self.team is not None, self.owner, self.kind, self.severity, self.age))

    def written(self, *, manages: bool) -> str:
        """As they stand behind the ? of the address; without what goes without saying."""
        data: dict[str, Any] = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name not in ("tree", "soon")
        }
        if manages and not self.tree:
            data = {"whose": "all", **data}
        if self.soon:
            data = {"due": "soon", **data}
        return urlencode({key: value for key, value in data.items() if value not in ("", None)})

    def asked(self, person: Person, tree: Tree, *, at: datetime) -> dict[str, Any]:
        """The arguments of the queries."""
        first, last = self._between()
        keys: list[int] | None = list(tree.below) if self.tree else None
        if self.branch is not None:
            keys = tree.branch(self.branch)
        return {
            "person": person,
            "since": None if first is None else at + first,
            "until": at + last,
            "whose": keys,
            **self.narrowing(),
        }

    def narrowing(self) -> dict[str, Any]:
        """What is asked of a row beside when it is due and in whose tree."""
        group = self.owner if GroupName.knows(self.owner) else None
        key = int(self.owner) if self.owner.isdecimal() and len(self.owner) < 19 else None
        return {
            "teamless": self.team == NOBODY,
            "team": self.team or None,
            "group": group,
            "owner": key,
            "email": self.owner.lower() if self.owner and group is None and key is None else None,
            "kind": self.kind or None,
            "severity": self.severity or None,
        }

    def _between(self) -> tuple[timedelta | None, timedelta]:
        if self.age:
            place = Due.keys().index(self.age)
            return (EDGES[place - 1] if place else None), EDGES[place]
        return (EDGES[3], EDGES[6]) if self.soon else (None, EDGES[3])


def _word(name: str, words: Mapping[str, str], known: list[str], message: str) -> str:
    word = words.get(name, "")
    if word and word not in known:
        raise BadInput.of(name, message)
    return word


def _number(name: str, words: Mapping[str, str], message: str) -> int | None:
    typed = words.get(name, "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        raise BadInput.of(name, message)
    return int(typed)
