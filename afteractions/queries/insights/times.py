"""How long it took to detect, declare, mitigate and resolve: by the month of the close, and by severity."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from afteractions.queries.insights.filters import InsightFilters, hidden, rows
from incidents.models import Incident, IncidentFigures
from incidents.vocabulary import Severity
from majorops.people.models import Person
from majorops.words import Word


class Measure(Word):
    """The four metrics that a closed incident has (incidents.rules.metrics)."""

    TIME_TO_DETECT = "time_to_detect", "Time to Detect (TTD)"
    TIME_TO_DECLARE = "time_to_declare", "Time to Declare"
    TIME_TO_MITIGATE = "time_to_mitigate", "Time to Mitigate (MTTM)"
    TIME_TO_RESOLVE = "time_to_resolve", "Time to Resolve (MTTR)"

    @property
    def about(self) -> str:
        """Between which milestones it runs."""
        return {
            Measure.TIME_TO_DETECT: "From the alert to the confirmed incident.",
            Measure.TIME_TO_DECLARE: "From the confirmed incident to the declared major incident.",
            Measure.TIME_TO_MITIGATE: "From the declaration to the mitigation.",
            Measure.TIME_TO_RESOLVE: "From the declaration to the validated recovery.",
        }[self]


# What is negative is a finding of its record and no duration: it is counted, and moves no percentile.
ONE = (
    "count({0}), count(*) FILTER (WHERE {0} < 0), "
    "percentile_cont(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY {0}) FILTER (WHERE {0} >= 0)"
)
COUNTED = """
SELECT grouping(bucket), grouping(severity), bucket, severity, count(*), {measures}
FROM (
    SELECT width_bucket(f.at, %s::timestamptz[]) AS bucket, f.severity, {columns}
    FROM incidents_incidentfigures f {joins}
    WHERE f.at >= %s AND f.at < %s AND f.incident_id NOT IN ({hidden}) {narrowed}
) counted GROUP BY GROUPING SETS ((bucket), (severity), ())
"""


@dataclass(frozen=True, slots=True)
class Spread:
    """One measure over some incidents, in seconds: the middle half lies between `low` and `high`. None of nothing."""

    incidents: int
    captured: int
    out_of_order: int
    low: int | None = None
    median: int | None = None
    high: int | None = None
    p90: int | None = None

    @property
    def not_captured(self) -> int:
        return self.incidents - self.captured


@dataclass(frozen=True, slots=True)
class Times:
    """One measure: over the whole period, by month, by severity."""

    measure: Measure
    whole: Spread
    months: dict[date, Spread]
    severities: dict[Severity, Spread]


def times(person: Person, filters: InsightFilters) -> list[Times]:
    """The four measures of the incidents closed in the period. One statement."""
    unseen, values = hidden(person)
    joins, narrowed, more = narrowing(filters)
    sql = COUNTED.format(
        measures=", ".join(ONE.format(measure.value) for measure in Measure),
        columns=", ".join(f"f.{measure.value}" for measure in Measure),
        hidden=unseen, joins=joins, narrowed=narrowed,
    )  # fmt: skip
    months = filters.months
    by_measure = {measure: Times(measure, Spread(0, 0, 0), {}, {}) for measure in Measure}
    for all_months, all_severities, bucket, severity, count, *text in rows(
        sql, [list(filters.edges[:-1]), filters.since, filters.until, *values, *more]
    ):
        for place, measure in enumerate(Measure):
            captured, negative, percentiles = text[3 * place : 3 * place + 3]
            spread = Spread(count, captured, negative, *(int(percentile) for percentile in percentiles or ()))
            one = by_measure[measure]
            if not all_months:
                one.months[months[bucket - 1]] = spread
            elif not all_severities:
                one.severities[Severity(severity)] = spread
            else:
                by_measure[measure] = Times(measure, spread, one.months, one.severities)
    return list(by_measure.values())


def narrowing(filters: InsightFilters) -> tuple[str, str, list[object]]:
    """Joins, conditions and values that narrow the figures `f` to a severity and to the team of the MIM."""
    joins, where, values = "", "", list[object]()
    if filters.team is not None:
        joins = " JOIN incidents_incident i ON i.id = f.incident_id JOIN people_person p ON p.id = i.mim_id"
        where, values = " AND p.team_id = %s", [filters.team]
    if filters.severity:
        where, values = f"{where} AND f.severity = %s", [*values, filters.severity]
    return joins, where, values


def incidents_behind(
    person: Person,
    filters: InsightFilters,
    *,
    measure: Measure | None = None,
    captured: bool | None = None,
    repeats: bool = False,
    gap: str = "",
) -> QuerySet[IncidentFigures]:
    """The closed incidents that a number counts, to be turned by (`-at`, `-incident`): those whose `measure` was
    captured or not, that repeat an earlier one, that have a `gap`."""
    figures = IncidentFigures.objects.filter(
        at__gte=filters.since, at__lt=filters.until, incident__in=Incident.objects.visible_to(person)
    )
    if measure is not None and captured is not None:
        figures = figures.filter(**{f"{measure.value}__isnull": not captured})
    if repeats:
        figures = figures.filter(is_repeat=True)
    if gap:
        figures = figures.filter(gaps__contains=[gap])
    if filters.team is not None:
        figures = figures.filter(incident__mim__team=filters.team)
    if filters.severity:
        figures = figures.filter(severity=filters.severity)
    return figures
