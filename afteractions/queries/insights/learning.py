"""Learnings captured against learned: what they are by now, by the month of their publication and by their strength."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from afteractions.models import Change
from afteractions.queries.insights.filters import InsightFilters, hidden, rows, share
from afteractions.vocabulary import ActionStatus, ChangeKind, LearningState, Strength
from incidents.models import Incident
from majorops.people.models import Person
from majorops.words import Word


class Became(Word):
    """What a captured learning is by now (domain.md, Learned means proved)."""

    LEARNED = "learned", "Learned"
    DONE = "done", "Done, not looked at yet"
    OPEN = "open", "Captured, not done yet"
    NOT_EFFECTIVE = "not_effective", "Not effective"
    CAME_BACK = "came_back", "It came back"
    CANCELLED = "cancelled", "Cancelled"


# What was seen counts; without that, whether it was made.
_BECAME = {
    **{
        became: Q(learning=became.value)
        for became in (Became.LEARNED, Became.NOT_EFFECTIVE, Became.CAME_BACK)
    },
    Became.DONE: Q(learning="", status=ActionStatus.DONE),
    Became.OPEN: Q(learning="", status__in=[ActionStatus.OPEN, ActionStatus.IN_PROGRESS]),
    Became.CANCELLED: Q(learning="", status=ActionStatus.CANCELLED),
}
CAPTURED = """
SELECT grouping(bucket, strength), bucket, strength, count(*),
    count(*) FILTER (WHERE learning = 'learned'), count(*) FILTER (WHERE learning = '' AND status = 'done'),
    count(*) FILTER (WHERE learning = 'not_effective'), count(*) FILTER (WHERE learning = 'came_back'),
    count(*) FILTER (WHERE learning = '' AND status = 'cancelled'),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - published_at))
        FILTER (WHERE status = 'done')
FROM (
    SELECT width_bucket(a.published_at, %s::timestamptz[]) AS bucket, c.status, c.learning, c.strength, c.resolved_at,
        a.published_at
    FROM afteractions_afteraction a JOIN afteractions_change c ON c.after_action_id = a.id {joins}
    WHERE a.published_at >= %s AND a.published_at < %s AND c.removed_at IS NULL AND c.kind <> 'continue'
        AND c.mtm_action_id IS NULL AND a.incident_id NOT IN ({hidden}) {narrowed}
) captured GROUP BY GROUPING SETS ((bucket), (strength), ())
"""
# What grouping() says of each of these sets.
_OF_MONTHS, _OF_STRENGTHS, _OF_ALL = 1, 2, 3


def became_of(change: Change) -> Became:
    """What a captured learning is by now."""
    if change.state_of_learning is LearningState.CAPTURED:
        return Became.CANCELLED if change.status == ActionStatus.CANCELLED else Became.OPEN
    return Became(change.state_of_learning.value)


@dataclass(frozen=True, slots=True)
class Learned:
    """How many learnings were captured, and what they are by now; the median time from publication to the evidence in
    seconds."""

    captured: int = 0
    learned: int = 0
    done: int = 0
    not_effective: int = 0
    came_back: int = 0
    cancelled: int = 0
    median: int | None = None
    month: date | None = None
    strength: Strength | None = None

    @property
    def open(self) -> int:
        return self.captured - (
            self.learned + self.done + self.not_effective + self.came_back + self.cancelled
        )

    @property
    def share(self) -> int | None:
        return share(self.learned, self.captured)


@dataclass(frozen=True, slots=True)
class Learnings:
    """The learnings of the whole period, of each of its months, and by how strong their changes are."""

    whole: Learned
    months: list[Learned]
    strengths: list[Learned]


def learnings(person: Person, filters: InsightFilters) -> Learnings:
    """What was captured in the months of its publication. One statement."""
    unseen, values = hidden(person)
    joins, narrowed, more = "", "", list[object]()
    if filters.team is not None:
        joins = " LEFT JOIN people_person p ON p.id = c.owner_id"
        narrowed, more = " AND p.team_id = %s", [filters.team]
    if filters.severity:
        joins += " JOIN incidents_incident i ON i.id = a.incident_id"
        narrowed, more = f"{narrowed} AND i.severity = %s", [*more, filters.severity]
    sql = CAPTURED.format(hidden=unseen, joins=joins, narrowed=narrowed)
    said = [list(filters.edges[:-1]), filters.since, filters.until, *values, *more]
    found: dict[tuple[int, object], Learned] = {}
    for of, bucket, strength, *counts, median in rows(sql, said):
        key = {_OF_MONTHS: bucket, _OF_STRENGTHS: strength, _OF_ALL: None}[of]
        captured, learned, done, not_effective, came_back, cancelled = counts
        seconds = None if median is None else int(median)
        found[of, key] = Learned(captured, learned, done, not_effective, came_back, cancelled, seconds)

    def counted(of: int, key: object, **named: Any) -> Learned:
        return replace(found.get((of, key), Learned()), **named)

    return Learnings(
        counted(_OF_ALL, None),
        [counted(_OF_MONTHS, place, month=month) for place, month in enumerate(filters.months, start=1)],
        [counted(_OF_STRENGTHS, strength.value, strength=strength) for strength in Strength],
    )


def learnings_behind(
    person: Person, filters: InsightFilters, *, became: Became | None = None, strength: Strength | None = None
) -> QuerySet[Change]:
    """The changes that a number counts, to be turned by (`-created_at`, `-id`)."""
    changes = Change.objects.filter(
        after_action__published_at__gte=filters.since,
        after_action__published_at__lt=filters.until,
        removed_at__isnull=True,
        mtm_action__isnull=True,
        after_action__incident__in=Incident.objects.visible_to(person),
    ).exclude(kind=ChangeKind.CONTINUE)
    if became:
        changes = changes.filter(_BECAME[became])
    if strength:
        changes = changes.filter(strength=strength)
    if filters.team is not None:
        changes = changes.filter(owner__team=filters.team)
    if filters.severity:
        changes = changes.filter(after_action__incident__severity=filters.severity)
    return changes
