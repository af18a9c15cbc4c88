"""The policy and the calendar that hold now, with what the calendar was before: one statement."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import QuerySet, Subquery
from django.db.models.functions import JSONObject

from afteractions.models import PolicyVersion
from afteractions.rules.deadlines.calendar import BusinessCalendar
from afteractions.rules.deadlines.policy import DEFAULT, Policy, kept_policy
from afteractions.vocabulary import PolicyChange
from majorops.prepared import prepared

POLICY_LOCK = 7_303_031


@dataclass(frozen=True, slots=True)
class CalendarChange:
    """The calendar from version `number` on; `what` is the clause that says why."""

    number: int
    what: str
    calendar: BusinessCalendar


@dataclass(frozen=True, slots=True)
class CurrentPolicy:
    """Version `number` of the policy, which holds since `at`; None for what the product was delivered with."""

    number: int
    at: datetime | None
    policy: Policy
    changes: tuple[CalendarChange, ...]

    @property
    def calendar(self) -> BusinessCalendar:
        return self.changes[-1].calendar

    def calendar_of(self, number: int) -> BusinessCalendar:
        """The calendar as version `number` knew it."""
        return [change.calendar for change in self.changes if change.number <= number or not change.number][
            -1
        ]

    def calendar_changes_since(self, number: int) -> tuple[str, ...]:
        """Why the calendar is another than that of version `number`; nothing when it is not."""
        return tuple(change.what for change in self.changes if change.number > number)


def change_alone() -> None:
    """Until the transaction ends, nobody else changes the policy or holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [POLICY_LOCK])


def hold_current_policy() -> CurrentPolicy:
    """What is in force, and stays so until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [POLICY_LOCK])
    return current_policy()


def current_policy() -> CurrentPolicy:
    """What everything is computed under from now on."""
    newest = next(iter(_newest()), None)
    if newest is None:
        first = CalendarChange(0, "", BusinessCalendar.of(settings.HOLIDAYS))
        return CurrentPolicy(0, None, DEFAULT, (first,))
    return CurrentPolicy(
        newest.number,
        newest.at if newest.number else None,
        kept_policy(newest.rules),
        tuple(_calendars(newest.delivered_with or settings.HOLIDAYS, newest.calendar_changes)),
    )


@prepared
def _newest() -> QuerySet[Any]:
    policy_versions = PolicyVersion.objects.filter(kind__in=[PolicyChange.CLOSING_DAY, PolicyChange.HOLIDAYS])
    return PolicyVersion.objects.annotate(
        calendar_changes=ArraySubquery(
            policy_versions.order_by("number").values(
                json=JSONObject(
                    number="number",
                    at="at",
                    what="what",
                    holidays="holidays",
                    day="closing_day__day",
                    is_closed="closing_day__is_closed",
                )
            )
        ),
        delivered_with=Subquery(PolicyVersion.objects.filter(number=0).values("holidays")[:1]),
    ).order_by("-number")[:1]


def _calendars(code: str, description: list[dict[str, Any]]) -> list[CalendarChange]:
    days: set[date] = set()
    calendars = [CalendarChange(0, "", BusinessCalendar.of(code))]
    for row in description:
        if row["day"] is not None:
            day = date.fromisoformat(row["day"])
            days = days | {day} if row["is_closed"] else days - {day}
        calendar = BusinessCalendar(
            row["holidays"],
            frozenset(days),
            since=datetime.fromisoformat(row["at"]),
            before=calendars[-1].calendar,
        )
        calendars.append(CalendarChange(row["number"], row["what"], calendar))
    return calendars
