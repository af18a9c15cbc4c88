"""Each deadline met or not, by the month in which it fell due."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from afteractions.models import Obligation
from afteractions.queries.insights.filters import InsightFilters, hidden, rows, share
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.models import Incident
from majorops.people.models import Person
from majorops.words import Word


class Outcome(Word):
    """How a deadline that was due ended. Superseded, waived and those of the past count neither way; what was handed on
    or given another date is one deadline, and ends as it ended with whoever had it last, by the last date."""

    ON_TIME = "on_time", "On time"
    LATE = "late", "Late"
    MISSED = "missed", "Missed"
    OVERDUE = "overdue", "Still overdue"


NOT_MET = (Outcome.LATE, Outcome.MISSED, Outcome.OVERDUE)

# These go on in another row when they are handed on or get another date: what was missed before is no deadline more.
GOES_ON = (ObligationKind.ACTION_ITEM, ObligationKind.EFFECT_CHECK, ObligationKind.VENDOR_ITEM)
# Missed is an RCA only where another date followed, or none is asked for any more: as the vendors' own numbers have it.
NOT_ASKED = (ObligationKind.VENDOR_RCA,)
ONCE = f"""
    AND NOT (state = 'missed' AND (kind IN ({", ".join(f"'{kind.value}'" for kind in NOT_ASKED)})
        OR kind IN ({", ".join(f"'{kind.value}'" for kind in GOES_ON)}) AND EXISTS (
            SELECT FROM afteractions_obligation later WHERE later.incident_id = afteractions_obligation.incident_id
                AND later.kind = afteractions_obligation.kind AND later.id > afteractions_obligation.id
                AND later.subject_key = afteractions_obligation.subject_key AND later.state <> 'superseded')))
"""
# What is open counts once it is overdue; what was met ahead of its month counts in the month that it was due in.
COUNTED = """
SELECT kind, width_bucket(due_at, %s::timestamptz[]), state, count(*)
FROM afteractions_obligation {joins}
WHERE due_at >= %s AND due_at < %s AND (state IN ('met', 'met_late', 'missed') OR (state = 'open' AND due_at < %s))
    AND afteractions_obligation.incident_id NOT IN ({hidden}) {once} {narrowed}
GROUP BY 1, 2, 3
"""
LATENESS = """
SELECT kind, grouping(kind), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM lateness))
FROM (
    SELECT kind, coalesce(met_at, ended_at, %s) - due_at AS lateness FROM afteractions_obligation {joins}
    WHERE due_at >= %s AND due_at < %s AND (state IN ('met_late', 'missed') OR (state = 'open' AND due_at < %s))
        AND afteractions_obligation.incident_id NOT IN ({hidden}) {once} {narrowed}
) late WHERE lateness > interval '0' GROUP BY GROUPING SETS ((kind), ())
"""


@dataclass(slots=True)
class Tally:
    """How many deadlines ended in which way."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    @property
    def all(self) -> int:
        return sum(self.counts.values())

    @property
    def on_time(self) -> int | None:
        """The share met on time, in per cent; None of nothing."""
        return share(self.counts[Outcome.ON_TIME], self.all)


@dataclass(slots=True)
class KindTally:
    """One kind of deadline (all of them: None): its months, their sum, and by how many seconds those not met on time
    were late, in the median."""

    kind: ObligationKind | None
    months: dict[date, Tally] = field(default_factory=lambda: defaultdict(Tally))
    sum: Tally = field(default_factory=Tally)
    median_lateness: int | None = None


OUTCOMES = {
    ObligationState.MET.value: Outcome.ON_TIME,
    ObligationState.MET_LATE.value: Outcome.LATE,
    ObligationState.MISSED.value: Outcome.MISSED,
    ObligationState.OPEN.value: Outcome.OVERDUE,
}


def deadlines(person: Person, filters: InsightFilters) -> list[KindTally]:
    """Each kind of which something was due, all of them first. Two statements."""
    unseen, values = hidden(person)
    joins, narrowed, more = _narrowing(filters)
    parts = {"hidden": unseen, "joins": joins, "narrowed": narrowed, "once": ONCE}
    months = filters.months
    span = (filters.since, filters.until, filters.at)
    tallies: dict[ObligationKind | None, KindTally] = {None: KindTally(None)}
    starts = list(filters.edges[:-1])
    for kind, bucket, state, count in rows(COUNTED.format(**parts), [starts, *span, *values, *more]):
        outcome, month = OUTCOMES[state], months[bucket - 1]
        word = ObligationKind(kind)
        for kept in (tallies.setdefault(word, KindTally(word)), tallies[None]):
            kept.months[month].counts[outcome] += count
            kept.sum.counts[outcome] += count
    for kind, is_sum, median in rows(LATENESS.format(**parts), [filters.at, *span, *values, *more]):
        late = tallies.get(None if is_sum else ObligationKind(kind))
        if late is not None and median is not None:
            late.median_lateness = int(median)
    return [tallies[kind] for kind in (None, *ObligationKind) if kind in tallies]


def _narrowing(filters: InsightFilters) -> tuple[str, str, list[object]]:
    joins, where, values = "", "", list[object]()
    if filters.team is not None:
        joins += " JOIN people_person p ON p.id = responsible_id"
        where, values = f"{where} AND p.team_id = %s", [*values, filters.team]
    if filters.severity:
        joins += " JOIN incidents_incident i ON i.id = afteractions_obligation.incident_id"
        where, values = f"{where} AND i.severity = %s", [*values, filters.severity]
    return joins, where, values


def deadlines_behind(
    person: Person,
    filters: InsightFilters,
    *,
    kind: str = "",
    outcome: Outcome | None = None,
    not_met: bool = False,
) -> QuerySet[Obligation]:
    """The deadlines that a number counts, to be turned by (`-due_at`, `-id`)."""
    obligations = Obligation.objects.filter(
        _ended(filters.at), due_at__gte=filters.since, due_at__lt=filters.until,
        incident__in=Incident.objects.visible_to(person),
    ).exclude(_counted_elsewhere())  # fmt: skip
    if kind:
        obligations = obligations.filter(kind=kind)
    wanted = NOT_MET if not_met else (outcome,) if outcome else tuple(Outcome)
    obligations = obligations.filter(state__in=[state for state, row in OUTCOMES.items() if row in wanted])
    if filters.team is not None:
        obligations = obligations.filter(responsible__team=filters.team)
    if filters.severity:
        obligations = obligations.filter(incident__severity=filters.severity)
    return obligations.annotate(ended=Coalesce(F("met_at"), F("ended_at")))


def _counted_elsewhere() -> Q:
    later = Obligation.objects.filter(
        incident=OuterRef("incident"),
        kind=OuterRef("kind"),
        subject_key=OuterRef("subject_key"),
        pk__gt=OuterRef("pk"),
    ).exclude(state=ObligationState.SUPERSEDED)
    return Q(state=ObligationState.MISSED) & (Q(kind__in=NOT_ASKED) | Q(Exists(later), kind__in=GOES_ON))


def _ended(at: datetime) -> Q:
    closed = [ObligationState.MET, ObligationState.MET_LATE, ObligationState.MISSED]
    return Q(state__in=closed) | Q(state=ObligationState.OPEN, due_at__lt=at)
