"""What keeps coming back: repeats, gaps of the record by kind, and anti-patterns over time."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from afteractions.models import AfterAction, AntiPatternOccurrence
from afteractions.queries.insights.filters import InsightFilters, hidden, rows, share
from afteractions.queries.insights.times import narrowing
from afteractions.vocabulary import AntiPattern
from incidents.models import Incident
from incidents.rules.gaps.expectations import GapKind
from majorops.people.models import Person

REPEATED = """
SELECT width_bucket(f.at, %s::timestamptz[]), count(*), count(*) FILTER (WHERE f.is_repeat)
FROM incidents_incidentfigures f {joins}
WHERE f.at >= %s AND f.at < %s AND f.incident_id NOT IN ({hidden}) {narrowed} GROUP BY 1 ORDER BY 1
"""
GAPS = """
SELECT kind, count(DISTINCT f.incident_id), count(*)
FROM incidents_incidentfigures f {joins} CROSS JOIN LATERAL unnest(f.gaps) AS kind
WHERE f.at >= %s AND f.at < %s AND f.incident_id NOT IN ({hidden}) {narrowed} GROUP BY 1
"""
NAMED = """
SELECT o.kind, width_bucket(o.named_at, %s::timestamptz[]), count(*)
FROM afteractions_antipatternoccurrence o JOIN afteractions_afteraction a ON a.id = o.after_action_id {joins}
WHERE o.named_at >= %s AND o.named_at < %s AND a.incident_id NOT IN ({hidden}) {narrowed} GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Closed incidents of a month, and how many of them repeat an earlier one."""

    month: date
    incidents: int
    repeats: int

    @property
    def share(self) -> int | None:
        return share(self.repeats, self.incidents)


@dataclass(frozen=True, slots=True)
class GapCount:
    """How many closed incidents have a gap of this kind, and how many gaps those are."""

    kind: GapKind
    incidents: int
    gaps: int
    of: int

    @property
    def share(self) -> int | None:
        return share(self.incidents, self.of)


@dataclass(slots=True)
class PatternTally:
    """How often an anti-pattern occurred, by the month in which it was named."""

    kind: AntiPattern
    months: dict[date, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def all(self) -> int:
        return sum(self.months.values())


def repeats(person: Person, filters: InsightFilters) -> list[Repeats]:
    """Each month of the period. One statement."""
    unseen, values = hidden(person)
    joins, narrowed, more = narrowing(filters)
    sql = REPEATED.format(hidden=unseen, joins=joins, narrowed=narrowed)
    parameters = [list(filters.edges[:-1]), filters.since, filters.until, *values, *more]
    counted = {bucket: (incidents, repeated) for bucket, incidents, repeated in rows(sql, parameters)}
    return [
        Repeats(month, *counted.get(place, (0, 0))) for place, month in enumerate(filters.months, start=1)
    ]


def gaps(person: Person, filters: InsightFilters, closed: int) -> list[GapCount]:
    """The kinds of gap that there are, the commonest first, among `closed` incidents. One statement."""
    unseen, values = hidden(person)
    joins, narrowed, more = narrowing(filters)
    sql = GAPS.format(hidden=unseen, joins=joins, narrowed=narrowed)
    known = set(GapKind.keys())
    counts = [
        GapCount(GapKind(kind), incidents, count, closed)
        for kind, incidents, count in rows(sql, [filters.since, filters.until, *values, *more])
        # A kind that a later version of the rules dropped has no words any more.
        if kind in known
    ]
    return sorted(counts, key=lambda gap_count: (-gap_count.incidents, -gap_count.gaps, gap_count.kind.label))


def anti_patterns(person: Person, filters: InsightFilters) -> list[PatternTally]:
    """All five, by month. One statement."""
    unseen, values = hidden(person)
    joins, narrowed, more = "", "", list[object]()
    if filters.team is not None or filters.severity:
        joins = (
            "JOIN incidents_incident i ON i.id = a.incident_id LEFT JOIN people_person p ON p.id = i.mim_id"
        )
    if filters.team is not None:
        narrowed, more = " AND p.team_id = %s", [filters.team]
    if filters.severity:
        narrowed, more = f"{narrowed} AND i.severity = %s", [*more, filters.severity]
    tallies = {kind: PatternTally(kind) for kind in AntiPattern}
    sql = NAMED.format(hidden=unseen, joins=joins, narrowed=narrowed)
    parameters = [list(filters.edges[:-1]), filters.since, filters.until, *values, *more]
    for kind, bucket, count in rows(sql, parameters):
        tallies[AntiPattern(kind)].months[filters.months[bucket - 1]] = count
    return list(tallies.values())


def anti_patterns_behind(
    person: Person, filters: InsightFilters, *, kind: AntiPattern | None = None
) -> QuerySet[AntiPatternOccurrence]:
    """The occurrences that a number counts, to be turned by (`-named_at`, `-id`), with `reads_draft`: whether the
    person may read the draft, of which the evidence speaks."""
    readable = AfterAction.objects.with_readable_draft(person).filter(pk=OuterRef("after_action"))
    anti_pattern_occurrences = AntiPatternOccurrence.objects.annotate(reads_draft=Exists(readable)).filter(
        named_at__gte=filters.since,
        named_at__lt=filters.until,
        after_action__incident__in=Incident.objects.visible_to(person),
    )
    if kind:
        anti_pattern_occurrences = anti_pattern_occurrences.filter(kind=kind)
    if filters.team is not None:
        anti_pattern_occurrences = anti_pattern_occurrences.filter(
            after_action__incident__mim__team=filters.team
        )
    if filters.severity:
        anti_pattern_occurrences = anti_pattern_occurrences.filter(
            after_action__incident__severity=filters.severity
        )
    return anti_pattern_occurrences
