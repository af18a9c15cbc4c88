"""How much is overdue, by whom, what and since when; how it went these weeks. Each count is made in SQL, in one
statement, over what the list is made of."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from afteractions.models import AfterAction, AntiPatternOccurrence, Change, Obligation
from afteractions.queries.overdue.filters import EDGES, LATE, SOON, WEEK, Due, Filters, Tree
from afteractions.queries.overdue.rows import narrowed
from afteractions.vocabulary import ActionStatus, AntiPattern, ChangeKind, ObligationKind
from incidents.models import Incident
from incidents.vocabulary import Severity
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.prepared import among, prepared

# The oldest so many are counted: what a page says must not take longer the more is overdue.
COUNTED = 10_000
WEEKS = 8
REVIEW_AFTER = timedelta(days=30)
REVIEWS_LOOKED_AT = 200
NAMED_WITHIN = timedelta(days=90)

# What is alike in all that a filter asks for is one row, so that thousands of deadlines are few rows here.
SUMMARY = """
    WITH due AS MATERIALIZED ({due}),
    counted AS (
        SELECT due.responsible_id AS owner, due.responsible_group AS of_group, due.kind, incident.severity,
               width_bucket(due.due_at, %s::timestamptz[]) AS age,
               CASE WHEN due.due_at < %s THEN width_bucket(due.due_at, %s::timestamptz[]) ELSE -1 END AS week,
               count(*) AS number
        FROM due JOIN incidents_incident incident ON incident.id = due.incident_id GROUP BY 1, 2, 3, 4, 5, 6)
    SELECT owner, of_group, kind, severity, age, week, number, COALESCE(person.team_id, 0), person.email,
           person.full_name, team.name
    FROM counted LEFT JOIN people_person person ON person.id = counted.owner
                 LEFT JOIN people_team team ON team.id = person.team_id
"""


class Alike(NamedTuple):
    """How many deadlines are with the same one, of the same kind and severity, as late, and since the same week: the
    last of the WEEKS before which they fell due, or -1 for what is not overdue."""

    owner: int | None
    of_group: str
    kind: str
    severity: str
    age: int
    week: int
    number: int
    team: int
    email: str | None
    name: str | None
    team_name: str | None

    @property
    def whom(self) -> str:
        """The person, the group, or nobody."""
        if self.owner is None and GroupName.knows(self.of_group):
            return GroupName(self.of_group).label
        return self.name or "Nobody"


FACETS: dict[str, Callable[[Alike], Any]] = {
    "team": attrgetter("team"),
    "owner": attrgetter("owner", "of_group"),
    "kind": attrgetter("kind"),
    "severity": attrgetter("severity"),
    "age": attrgetter("age"),
}


@dataclass(frozen=True, slots=True)
class FacetLine:
    """One line of a count: its words, how many, and the value that its filter takes."""

    label: str
    count: int
    value: str = ""


@dataclass(frozen=True, slots=True)
class Occurred(FacetLine):
    """The same with where each was named: the address and the title of the After Action."""

    places: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Counts:
    """How much there is of what the filters ask for (`all`), overdue or soon, and by each of them. `is_all`: whether
    everything was counted, not the oldest COUNTED alone."""

    all: int = 0
    late: int = 0
    soon: int = 0
    is_all: bool = True
    teams: list[FacetLine] = field(default_factory=list)
    owners: list[FacetLine] = field(default_factory=list)
    kinds: list[FacetLine] = field(default_factory=list)
    severities: list[FacetLine] = field(default_factory=list)
    ages: list[FacetLine] = field(default_factory=list)
    branches: list[FacetLine] = field(default_factory=list)
    weeks: tuple[int, ...] = ()
    """Of what is overdue now, how much was already at the end of each of the WEEKS before, oldest first, and now."""


def counts_of(person: Person, tree: Tree, filters: Filters, *, at: datetime) -> Counts:
    """What the filters ask for, counted. One statement."""
    edges = [at + edge for edge in EDGES]
    due, data = _due.sql(person=person, until=edges[-1], whose=list(tree.below) if filters.tree else None)
    with connection.cursor() as cursor:
        cursor.execute(SUMMARY.format(due=due), [*data, edges[:-1], at, weeks_until(at)])
        return _counted([Alike(*row) for row in cursor.fetchall()], tree, filters)


@prepared
def _due(*, person: Person, until: datetime, whose: Sequence[int] | None) -> QuerySet[Any, Any]:
    known = Obligation.objects.open().exclude(incident__in=Incident.objects.hidden_from(person))
    obligations = narrowed(known.filter(due_at__lt=until), whose=whose)
    return obligations.order_by("due_at", "id").values(
        "due_at", "kind", "incident_id", "responsible_id", "responsible_group"
    )[:COUNTED]


def _chosen(filters: Filters) -> tuple[Due, ...]:
    return (Due(filters.age),) if filters.age else SOON if filters.soon else LATE


def _conditions(filters: Filters, tree: Tree) -> dict[str, Callable[[Alike], bool]]:
    """Each filter that is set, as a question to a row."""
    narrowing = filters.narrowing()
    ages = {place for place, due in enumerate(Due) if due in _chosen(filters)}
    conditions: dict[str, Callable[[Alike], bool]] = {"age": lambda row: row.age in ages}
    if narrowing["group"] is not None:
        conditions["owner"] = lambda row: row.owner is None and row.of_group == narrowing["group"]
    elif narrowing["owner"] is not None:
        conditions["owner"] = lambda row: row.owner == narrowing["owner"]
    elif narrowing["email"] is not None:
        conditions["owner"] = lambda row: row.email == narrowing["email"]
    if filters.team is not None:
        conditions["team"] = lambda row: row.team == filters.team
    if filters.kind:
        conditions["kind"] = lambda row: row.kind == filters.kind
    if filters.severity:
        conditions["severity"] = lambda row: row.severity == filters.severity
    if filters.branch is not None:
        branch = set(tree.branch(filters.branch))
        conditions["branch"] = lambda row: row.owner in branch
    return conditions


def _counted(rows: list[Alike], tree: Tree, filters: Filters) -> Counts:
    """A filter's own counts are of the rows that meet all others, so that its list can be changed as well as
    narrowed: what misses one filter counts for that one alone, what misses two nowhere."""
    conditions = _conditions(filters, tree).items()
    by: dict[str, Counter[Any]] = {name: Counter() for name in (*FACETS, "branch", "week")}
    branch_of = dict(zip(tree.below, tree.branches, strict=True))
    for row in rows:
        missed = [name for name, is_met in conditions if not is_met(row)]
        if len(missed) > 1:
            continue
        only = missed[0] if missed else None
        for name, value in FACETS.items():
            if only is None or only == name:
                by[name][value(row)] += row.number
        if row.owner in branch_of and only in (None, "branch"):
            by["branch"][branch_of[row.owner]] += row.number
        if row.week >= 0 and only in (None, "age"):
            by["week"][row.week] += row.number
    whom = {FACETS["owner"](row): row for row in rows}
    teams = {row.team: row.team_name or "No team" for row in rows}
    ages = {due: by["age"][place] for place, due in enumerate(Due)}
    text = SOON if filters.soon else tuple(reversed(LATE))
    return Counts(
        all=sum(ages[item] for item in _chosen(filters)),
        late=sum(ages[item] for item in LATE),
        soon=sum(ages[item] for item in SOON),
        is_all=sum(row.number for row in rows) < COUNTED,
        teams=_sorted(FacetLine(teams[key], number, str(key)) for key, number in by["team"].items()),
        owners=_sorted(
            FacetLine(whom[key].whom, number, key[1] if key[0] is None else str(key[0]))
            for key, number in by["owner"].items()
        ),
        kinds=_sorted(
            FacetLine(ObligationKind(key).label, number, key) for key, number in by["kind"].items()
        ),
        severities=[
            FacetLine(severity.label, by["severity"][severity.value], severity.value)
            for severity in Severity
            if by["severity"][severity.value]
        ],
        ages=[FacetLine(item.label, ages[item], item.value) for item in text],
        branches=_sorted(
            FacetLine(tree.reports.get(key, ""), number, str(key)) for key, number in by["branch"].items()
        ),
        weeks=tuple(sum(by["week"][item] for item in range(place + 1)) for place in range(WEEKS + 1)),
    )


def _sorted(parts: Iterable[FacetLine]) -> list[FacetLine]:
    """The largest first."""
    return sorted(parts, key=lambda part: (-part.count, part.label, part.value))


def weeks_until(at: datetime) -> list[datetime]:
    """The ends of the WEEKS weeks before `at`, oldest first."""
    return [at - back * WEEK for back in range(WEEKS, 0, -1)]


# How many were overdue at the end of each week: what is still, and what was met or ended since.
ENDED = """
    WITH late AS ({late})
    SELECT width_bucket(due_at, %s::timestamptz[]), width_bucket(over_at, %s::timestamptz[]), count(*)
    FROM late WHERE over_at > due_at GROUP BY 1, 2
"""


def trend(
    person: Person, tree: Tree, filters: Filters, counts: Counts, *, at: datetime
) -> list[tuple[datetime, int]]:
    """How much was overdue at the end of each of the WEEKS weeks before, and now, by the same filters. One
    statement."""
    weeks = weeks_until(at)
    query = filters.asked(person, tree, at=at)
    late, data = _ended_late.sql(
        person=person,
        after=weeks[0],
        **{name: query[name] for name in query if name not in ("person", "since", "until")},
    )
    numbers = list(counts.weeks)
    with connection.cursor() as cursor:
        cursor.execute(ENDED.format(late=late), [*data, weeks, weeks])
        for due, over, number in cursor.fetchall():
            # Overdue at the end of a week: due before it, over after it.
            for place in range(due, over):
                numbers[place] += number
    return list(zip([*weeks, at], numbers, strict=True))


@prepared
def _ended_late(*, person: Person, after: datetime, **filters: Any) -> QuerySet[Any, Any]:
    obligations = Obligation.objects.visible_to(person).filter(ended_at__gt=F("due_at"), ended_at__gte=after)
    return (
        narrowed(obligations, **filters).order_by().values("due_at", over_at=Coalesce("met_at", "ended_at"))
    )


@dataclass(frozen=True, slots=True)
class Completion:
    """How many of the action items of reviews published 30 days ago or more are resolved."""

    items: int
    resolved: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.resolved / self.items) if self.items else None


def completion(person: Person, tree: Tree, filters: Filters, *, at: datetime) -> Completion:
    """Of the latest REVIEWS_LOOKED_AT such reviews, for the same people as the list. One statement."""
    query = filters.asked(person, tree, at=at)
    numbers = dict(
        _completion(
            person=person,
            until=at - REVIEW_AFTER,
            **{name: query[name] for name in ("whose", "team", "teamless", "owner", "email")},
        )
    )
    return Completion(sum(numbers.values()), numbers.get(True, 0))


@prepared
def _completion(
    *,
    person: Person,
    until: datetime,
    whose: Sequence[int] | None,
    team: int | None,
    teamless: bool,
    owner: int | None,
    email: str | None,
) -> QuerySet[Any, tuple[bool, int]]:
    reviews = AfterAction.objects.visible_to(person).filter(published_at__lte=until)
    latest = reviews.order_by("-published_at", "-id").values("pk")[:REVIEWS_LOOKED_AT]
    items = Change.objects.filter(after_action__in=latest, removed_at__isnull=True).exclude(
        kind=ChangeKind.CONTINUE
    )
    if whose is not None:
        items = items.filter(among("owner_id", whose))
    if team is not None:
        items = items.filter(owner__team=team)
    if teamless:
        items = items.filter(owner__team__isnull=True)
    if owner is not None:
        items = items.filter(owner=owner)
    if email is not None:
        items = items.filter(owner__email=email)
    done = When(status__in=[ActionStatus.DONE, ActionStatus.CANCELLED], then=Value(True))
    return items.order_by().values_list(Case(done, default=Value(False))).annotate(number=Count("pk"))


def anti_patterns(person: Person, tree: Tree, filters: Filters, *, at: datetime) -> list[Occurred]:
    """Those named in the After Actions of the same people within NAMED_WITHIN, by kind, the latest first. One
    statement."""
    whose = filters.asked(person, tree, at=at)["whose"]
    named = _anti_patterns(person=person, after=at - NAMED_WITHIN, whose=whose)
    places: dict[str, list[tuple[str, str]]] = {}
    for kind, reference, title in named:
        places.setdefault(kind, []).append((f"/after-actions/{reference}/", title))
    parts = [
        Occurred(AntiPattern(kind).label, len(place), kind, tuple(place)) for kind, place in places.items()
    ]
    return sorted(parts, key=lambda part: (-part.count, part.value))


@prepared
def _anti_patterns(
    *, person: Person, after: datetime, whose: Sequence[int] | None
) -> QuerySet[Any, tuple[str, str, str]]:
    anti_pattern_occurrences = AntiPatternOccurrence.objects.filter(
        after_action__in=AfterAction.objects.visible_to(person), named_at__gte=after
    )
    if whose is not None:
        anti_pattern_occurrences = anti_pattern_occurrences.filter(
            Q(among("after_action__owner_id", whose)) | Q(among("after_action__incident__mim_id", whose))
        )
    data = ("kind", "after_action__reference", "after_action__incident__title")
    return anti_pattern_occurrences.order_by("-named_at", "-pk").values_list(*data)[:COUNTED]
