"""What insights are asked for: the months, the team, the severity; as the address says it and as SQL is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection

from incidents.models import Incident
from incidents.vocabulary import Severity
from majorops.errors import BadInput
from majorops.formatting.formats import MONTHS
from majorops.people.models import Person
from majorops.people.operations.organisation import organisation_zone

USUAL = 6
PERIODS = (3, 6, 12, 24)
MOST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class InsightFilters:
    """Whole months of the organisation's time zone, the present one included: `edges` are their beginnings and the end
    of the last. `month` narrows a list to one of them. `at` is now."""

    at: datetime
    edges: tuple[datetime, ...]
    month: date | None = None
    team: int | None = None
    severity: str = ""

    @classmethod
    def read(cls, data: Mapping[str, str], *, at: datetime) -> "InsightFilters":
        """Of `months` (how many; 6 unless said), `month` (as 2026-05), `team` and `severity`. Raises BadInput."""
        words = {key: str(value).strip() for key, value in data.items()}
        months, team, severity = (words.get(name, "") for name in ("months", "team", "severity"))
        if months and not (months.isdecimal() and len(months) < 4 and 1 <= int(months) <= MOST_MONTHS):
            raise BadInput.of("months", f"Give a whole number of months from 1 to {MOST_MONTHS}.")
        if severity not in ("", *Severity.keys()):
            raise BadInput.of("severity", "This is no severity. Choose one of the list.")
        if team and not (team.isdecimal() and len(team) < 10):
            raise BadInput.of("team", "This is no team. Choose one of the list.")
        return cls(
            at=at,
            edges=edges(at, int(months) if months else USUAL),
            month=_month(words.get("month", "")),
            team=int(team) if team else None,
            severity=severity,
        )

    @property
    def months(self) -> list[date]:
        """The first day of each month, the oldest first."""
        zone = ZoneInfo(organisation_zone())
        return [edge.astimezone(zone).date() for edge in self.edges[:-1]]

    @property
    def since(self) -> datetime:
        return self.edges[0] if self.month is None else _begins(self.month)

    @property
    def until(self) -> datetime:
        return self.edges[-1] if self.month is None else _begins(following(self.month))

    def query(self, **more: Any) -> str:
        """The same question as the query of an address, with more asked."""
        data = {
            "months": len(self.edges) - 1 if len(self.edges) - 1 != USUAL else "",
            "team": self.team or "",
            "severity": self.severity,
            **{name: f"{value:%Y-%m}" if isinstance(value, date) else value for name, value in more.items()},
        }
        kept = {name: value for name, value in data.items() if value not in ("", None)}
        return f"?{urlencode(kept)}" if kept else "?"


def edges(at: datetime, months: int) -> tuple[datetime, ...]:
    """The beginnings of the last `months` months, the present one included, and the end of it."""
    first = at.astimezone(ZoneInfo(organisation_zone())).date().replace(day=1)
    edges = [following(first)]
    for _ in range(months):
        edges.append(first)
        first = date(first.year - 1, 12, 1) if first.month == 1 else first.replace(month=first.month - 1)
    return tuple(_begins(day) for day in reversed(edges))


def following(month: date) -> date:
    return date(month.year + 1, 1, 1) if month.month == 12 else month.replace(month=month.month + 1)


def month_words(month: date) -> str:
    """As in “May 2026”."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def _begins(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(organisation_zone()))


def _month(text: str) -> date | None:
    if not text:
        return None
    try:
        year, month = map(int, text.split("-"))
        first = date(year, month, 1)
    except (ValueError, OverflowError):
        raise BadInput.of("month", "Write the month as in 2026-05.") from None
    # The calendar ends: before its first month lies no instant of another zone, after its last one no month.
    if not MINYEAR < year < MAXYEAR:
        raise BadInput.of("month", "Choose a month of the years in which there are incidents.")
    return first


def hidden(person: Person) -> tuple[str, tuple[Any, ...]]:
    """SQL for the keys of the incidents that `person` may not know of, with its values: what is counted leaves them
    out. The rule is that of `visible_to`."""
    try:
        return Incident.objects.hidden_from(person).values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "SELECT 0 WHERE false", ()


def rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def share(part: int, whole: int) -> int | None:
    """Per cent; None of nothing. Only all of it is 100, only none of it is 0."""
    if not whole:
        return None
    return min(99, max(1, round(100 * part / whole))) if 0 < part < whole else 100 * (part > 0)
