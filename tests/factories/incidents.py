"""Incidents made through the operations, at instants that are passed in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.models import Incident, TimelineEvent
from incidents.operations.close import close
from incidents.operations.declare import declare
from incidents.operations.facts import record_facts
from incidents.operations.log import log_event, reach_milestone
from incidents.rules.gaps.gaps import Gap, gaps
from incidents.vocabulary import EventKind, MilestoneKind
from majorops.people.models import Person
from tests.factories.people import a_mim

# A Tuesday, 09:00 UTC; business days around it are ordinary ones.
OPENED = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def gaps_of(incident: Incident, at: datetime) -> tuple[Gap, ...]:
    """The gaps of the record; while it runs, what would be one if it closed at `at`."""
    return gaps(record_facts(incident), at)


def an_incident(
    by: Person | None = None,
    severity: str = "high",
    opened_at: datetime = OPENED,
    *,
    now: datetime | None = None,
    title: str = "Checkout answers with errors",
    services: Sequence[str] = (),
    impact: Mapping[str, object] | None = None,
    milestones: Mapping[str, datetime] | None = None,
    restricted: bool = False,
    time_zone: str | None = None,
    **said: Any,
) -> Incident:
    """A running incident declared by its MIM at `opened_at`, entered `now` (then, unless said otherwise)."""
    return declare(
        by=by or a_mim(),
        at=opened_at,
        now=now or opened_at,
        title=title,
        severity=severity,
        services=services,
        impact=impact,
        milestones=milestones,
        restricted=restricted,
        time_zone=time_zone,
        **said,
    )


def a_closed_incident(
    by: Person | None = None,
    severity: str = "high",
    opened_at: datetime = OPENED,
    *,
    lasting: timedelta = timedelta(minutes=90),
    closed_at: datetime | None = None,
    now: datetime | None = None,
    **said: Any,
) -> Incident:
    """An incident mitigated halfway, validated after `lasting`, and closed 10 minutes later unless said otherwise.

    Each thing is entered as it happens, or all of it `now`.
    """
    mim = by or a_mim()
    incident = an_incident(mim, severity, opened_at, now=now, **said)
    for kind, at in (
        (MilestoneKind.MITIGATED, opened_at + lasting / 2),
        (MilestoneKind.RECOVERED, opened_at + lasting),
    ):
        reach_milestone(incident, kind=kind, by=mim, at=at, now=now or at)
    at = closed_at or opened_at + lasting + minutes(10)
    return close(incident, by=mim, at=at, now=now or at)


def an_event(
    incident: Incident, text: str = "Failover started", *, by: Person, at: datetime
) -> TimelineEvent:
    """One line of the timeline, logged as it happens."""
    return log_event(incident, kind=EventKind.ACTION, text=text, by=by, at=at, now=at)
