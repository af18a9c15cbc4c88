"""Learnings captured against learned: what became of the action items, by the month in which they were published."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from afteractions.models import Change
from afteractions.queries.insights.filters import Asked, hidden, rows, share
from afteractions.vocabulary import ActionStatus, ChangeKind
from incidents.models import Incident
from majorops.people.models import Person
from majorops.words import Word


class Became(Word):
    """What a captured learning is by now (domain.md, The Learning Review)."""

    LEARNED = "learned", "Learned"
    OPEN = "open", "Captured, not learned yet"
    CANCELLED = "cancelled", "Cancelled"


STATUSES = {
    Became.LEARNED: (ActionStatus.DONE,),
    Became.OPEN: (ActionStatus.OPEN, ActionStatus.IN_PROGRESS),
    Became.CANCELLED: (ActionStatus.CANCELLED,),
}
CAPTURED = """
SELECT grouping(bucket), bucket, count(*), count(*) FILTER (WHERE status = 'done'),
    count(*) FILTER (WHERE status = 'cancelled'),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM resolved_at - published_at))
        FILTER (WHERE status = 'done')
FROM (
    SELECT width_bucket(a.published_at, %s::timestamptz[]) AS bucket, c.status, c.resolved_at, a.published_at
    FROM afteractions_afteraction a JOIN afteractions_change c ON c.after_action_id = a.id {joins}
    WHERE a.published_at >= %s AND a.published_at < %s AND c.removed_at IS NULL AND c.kind <> 'continue'
        AND c.mtm_action_id IS NULL AND a.incident_id NOT IN ({hidden}) {narrowed}
) captured GROUP BY GROUPING SETS ((bucket), ())
"""


@dataclass(frozen=True, slots=True)
class Learned:
    """Of a month (the whole period: None) how many learnings were captured, and how many of them are learned or
    cancelled by now; the median time from publication to the evidence in seconds."""

    month: date | None
    captured: int = 0
    learned: int = 0
    cancelled: int = 0
    median: int | None = None

    @property
    def open(self) -> int:
        return self.captured - self.learned - self.cancelled

    @property
    def share(self) -> int | None:
        return share(self.learned, self.captured)


def learnings(person: Person, asked: Asked) -> list[Learned]:
    """The whole period, then each month. One statement."""
    unseen, values = hidden(person)
    joins, narrowed, more = "", "", list[object]()
    if asked.team is not None:
        joins = " LEFT JOIN people_person p ON p.id = c.owner_id"
        narrowed, more = " AND p.team_id = %s", [asked.team]
    if asked.severity:
        joins += " JOIN incidents_incident i ON i.id = a.incident_id"
        narrowed, more = f"{narrowed} AND i.severity = %s", [*more, asked.severity]
    sql = CAPTURED.format(hidden=unseen, joins=joins, narrowed=narrowed)
    found: dict[int, tuple[int, int, int, int | None]] = {}
    said = [list(asked.edges[:-1]), asked.since, asked.until, *values, *more]
    for is_whole, bucket, captured, learned, cancelled, median in rows(sql, said):
        seconds = None if median is None else int(median)
        found[0 if is_whole else bucket] = (captured, learned, cancelled, seconds)
    return [
        Learned(month, *found.get(place, (0, 0, 0, None)))
        for place, month in enumerate([None, *asked.months])
    ]


def learnings_behind(person: Person, asked: Asked, *, became: Became | None = None) -> QuerySet[Change]:
    """The changes that a number counts, to be turned by (`-created_at`, `-id`)."""
    found = Change.objects.filter(
        after_action__published_at__gte=asked.since,
        after_action__published_at__lt=asked.until,
        removed_at__isnull=True,
        mtm_action__isnull=True,
        after_action__incident__in=Incident.objects.visible_to(person),
    ).exclude(kind=ChangeKind.CONTINUE)
    if became:
        found = found.filter(status__in=STATUSES[became])
    if asked.team is not None:
        found = found.filter(owner__team=asked.team)
    if asked.severity:
        found = found.filter(after_action__incident__severity=asked.severity)
    return found
