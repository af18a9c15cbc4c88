"""How much is overdue, by whom, what and since when; how it went these weeks. Each count is made in SQL, in one
statement, over what the list is made of."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from afteractions.models import AfterAction, AntiPatternOccurrence, Change, Obligation
from afteractions.overdue.filters import EDGES, LATE, SOON, WEEK, Due, Filters, Tree
from afteractions.overdue.listed import deadlines, narrowed
from afteractions.vocabulary import ActionStatus, AntiPattern, ChangeKind, ObligationKind
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

# Each row says in `miss` which filters it does not meet: a filter's own counts are of the rows that meet all others, so
# that its list can be changed as well as narrowed. Two misses count nowhere.
SUMMARY = """
    WITH due AS ({due}),
    weighed AS (
        SELECT responsible_id AS owner, responsible_group AS of_group, COALESCE(team_id, 0) AS team, kind, severity,
               width_bucket(due_at, %s::timestamptz[]) AS age,
               CASE WHEN due_at < %s THEN width_bucket(due_at, %s::timestamptz[]) ELSE -1 END AS week,
               (CASE WHEN {owner} THEN 0 ELSE 1 END) + (CASE WHEN {team} THEN 0 ELSE 2 END)
                 + (CASE WHEN {kind} THEN 0 ELSE 4 END) + (CASE WHEN {severity} THEN 0 ELSE 8 END)
                 + (CASE WHEN width_bucket(due_at, %s::timestamptz[]) = ANY(%s) THEN 0 ELSE 16 END)
                 + (CASE WHEN {branch} THEN 0 ELSE 32 END) AS miss
        FROM due),
    counted AS (
        SELECT grouping(team) AS no_team, grouping(owner) AS no_owner, grouping(kind) AS no_kind,
               grouping(severity) AS no_severity, grouping(age) AS no_age, grouping(week) AS no_week,
               team, owner, of_group, kind, severity, age, week, miss, count(*) AS number
        FROM weighed WHERE miss & (miss - 1) = 0
        GROUP BY GROUPING SETS ((team, miss), (owner, of_group, miss), (kind, miss), (severity, miss), (age, miss),
                                (week, miss), ())),
    named AS (SELECT counted.*, person.full_name, people_team.name AS team_name
        FROM counted LEFT JOIN people_person person ON person.id = counted.owner
                     LEFT JOIN people_team ON people_team.id = counted.team)
    SELECT no_team, no_owner, no_kind, no_severity, no_age, no_week, team, owner, of_group, kind, severity, age, week,
           miss, number, full_name, team_name, (SELECT count(*) FROM due) FROM named
"""
OWNER, TEAM, KIND, SEVERITY, AGE, BRANCH = (1 << place for place in range(6))


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a count: its words, how many, and the value that its filter takes."""

    label: str
    count: int
    value: str = ""


@dataclass(slots=True)
class Counts:
    """How much there is of what the filters ask for (`all`), overdue or soon, and by each of them. `is_all`: whether
    everything was counted, not the oldest COUNTED alone."""

    all: int = 0
    late: int = 0
    soon: int = 0
    is_all: bool = True
    teams: list[Part] = field(default_factory=list)
    owners: list[Part] = field(default_factory=list)
    kinds: list[Part] = field(default_factory=list)
    severities: list[Part] = field(default_factory=list)
    ages: list[Part] = field(default_factory=list)
    branches: list[Part] = field(default_factory=list)
    weeks: tuple[int, ...] = ()
    """Of what is overdue now, how much was already at the end of each of the WEEKS before, oldest first, and now."""


def counts_of(person: Person, tree: Tree, filters: Filters, *, at: datetime) -> Counts:
    """What the filters ask for, counted. One statement."""
    due, said = _due.sql(
        person=person, until=at + EDGES[-1], whose=list(tree.below) if filters.tree else None
    )
    edges = [at + edge for edge in EDGES]
    wanted = [place for place, each in enumerate(Due) if each in _chosen(filters)]
    conditions, values = _conditions(filters, tree)
    with connection.cursor() as cursor:
        cursor.execute(
            SUMMARY.format(due=due, **conditions),
            [
                *said, edges[:-1], at, weeks_until(at), *values["owner"], *values["team"], *values["kind"],
                *values["severity"], edges[:-1], wanted, *values["branch"],
            ],
        )  # fmt: skip
        rows = cursor.fetchall()
    return _told(rows, tree, filters)


@prepared
def _due(*, person: Person, until: datetime, whose: Sequence[int] | None) -> QuerySet[Any, Any]:
    found = deadlines(person=person, since=None, until=until, whose=whose)
    return found.order_by("due_at", "id").values(
        "due_at", "kind", "responsible_id", "responsible_group",
        team_id=F("responsible__team_id"), severity=F("incident__severity"),
    )[:COUNTED]  # fmt: skip


def _chosen(filters: Filters) -> tuple[Due, ...]:
    return (Due(filters.age),) if filters.age else SOON if filters.soon else LATE


def _conditions(filters: Filters, tree: Tree) -> tuple[dict[str, str], dict[str, list[Any]]]:
    """Each filter as a condition on a row, with its values."""
    asked = filters.narrowing()
    conditions = dict.fromkeys(("owner", "team", "kind", "severity", "branch"), "true")
    values: dict[str, list[Any]] = {name: [] for name in conditions}

    def ask(name: str, condition: str, *said: Any) -> None:
        conditions[name], values[name] = condition, list(said)

    if asked["group"] is not None:
        ask("owner", "responsible_id IS NULL AND responsible_group = %s", asked["group"])
    elif asked["owner"] is not None:
        ask("owner", "responsible_id = %s", asked["owner"])
    elif asked["email"] is not None:
        ask("owner", "responsible_id = (SELECT id FROM people_person WHERE email = %s)", asked["email"])
    if filters.team is not None:
        ask("team", "COALESCE(team_id, 0) = %s", filters.team)
    if filters.kind:
        ask("kind", "kind = %s", filters.kind)
    if filters.severity:
        ask("severity", "severity = %s", filters.severity)
    if filters.branch is not None:
        ask("branch", "responsible_id = ANY(%s)", tree.branch(filters.branch))
    return conditions, values


def _told(rows: list[Any], tree: Tree, filters: Filters) -> Counts:
    counts = Counts()
    ages: Counter[int] = Counter()
    weeks: Counter[int] = Counter()
    branches: Counter[int] = Counter()
    branch_of = dict(zip(tree.below, tree.branches, strict=True))
    groups = set(GroupName.keys())
    for (no_team, no_owner, no_kind, no_severity, no_age, no_week, team, owner, of_group, kind, severity, age, week,
         miss, number, name, team_name, scanned) in rows:  # fmt: skip
        if miss is None:
            counts.is_all = scanned < COUNTED
        elif not no_team and miss in (0, TEAM):
            counts.teams.append(Part(team_name or "No team", number, str(team)))
        elif not no_owner:
            if miss in (0, BRANCH) and owner in branch_of:
                branches[branch_of[owner]] += number
            if miss in (0, OWNER):
                label = (
                    GroupName(of_group).label if owner is None and of_group in groups else name or "Nobody"
                )
                counts.owners.append(Part(label, number, str(owner) if owner is not None else of_group))
        elif not no_kind and miss in (0, KIND):
            counts.kinds.append(Part(ObligationKind(kind).label, number, kind))
        elif not no_severity and miss in (0, SEVERITY):
            counts.severities.append(Part(Severity(severity).label, number, severity))
        elif not no_age and miss in (0, AGE):
            ages[age] += number
        elif not no_week and week >= 0 and miss in (0, AGE):
            weeks[week] += number
    counts.teams, counts.owners, counts.kinds = map(_added, (counts.teams, counts.owners, counts.kinds))
    counts.severities = sorted(
        _added(counts.severities), key=lambda part: [each.value for each in Severity].index(part.value)
    )
    counts.branches = _added(
        [Part(tree.reports.get(key, ""), number, str(key)) for key, number in branches.items()]
    )
    by_age = {each: ages[place] for place, each in enumerate(Due)}
    counts.late, counts.soon = sum(by_age[each] for each in LATE), sum(by_age[each] for each in SOON)
    counts.all = sum(by_age[each] for each in _chosen(filters))
    counts.ages = [
        Part(each.label, by_age[each], each.value)
        for each in (SOON if filters.soon else tuple(reversed(LATE)))
    ]
    counts.weeks = tuple(sum(weeks[each] for each in range(place + 1)) for place in range(WEEKS + 1))
    return counts


def _added(parts: list[Part]) -> list[Part]:
    """One line for each value, the largest first."""
    numbers: Counter[tuple[str, str]] = Counter()
    for part in parts:
        numbers[part.value, part.label] += part.count
    found = [Part(label, number, value) for (value, label), number in numbers.items()]
    return sorted(found, key=lambda part: (-part.count, part.label, part.value))


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
    asked = filters.asked(person, tree, at=at)
    late, said = _ended_late.sql(
        person=person,
        after=weeks[0],
        **{name: asked[name] for name in asked if name not in ("person", "since", "until")},
    )
    numbers = list(counts.weeks)
    with connection.cursor() as cursor:
        cursor.execute(ENDED.format(late=late), [*said, weeks, weeks])
        for due, over, number in cursor.fetchall():
            # Overdue at the end of a week: due before it, over after it.
            for place in range(due, over):
                numbers[place] += number
    return list(zip([*weeks, at], numbers, strict=True))


@prepared
def _ended_late(*, person: Person, after: datetime, **asked: Any) -> QuerySet[Any, Any]:
    found = Obligation.objects.visible_to(person).filter(ended_at__gt=F("due_at"), ended_at__gte=after)
    return narrowed(found, **asked).order_by().values("due_at", over_at=Coalesce("met_at", "ended_at"))


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
    asked = filters.asked(person, tree, at=at)
    numbers = dict(
        _completion(
            person=person,
            until=at - REVIEW_AFTER,
            **{name: asked[name] for name in ("whose", "team", "teamless", "owner", "email")},
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


def anti_patterns(person: Person, tree: Tree, filters: Filters, *, at: datetime) -> list[Part]:
    """Those named in the After Actions of the same people within NAMED_WITHIN, by kind. One statement."""
    whose = filters.asked(person, tree, at=at)["whose"]
    found = _anti_patterns(person=person, after=at - NAMED_WITHIN, whose=whose)
    return [Part(AntiPattern(kind).label, number, kind) for kind, number in found]


@prepared
def _anti_patterns(
    *, person: Person, after: datetime, whose: Sequence[int] | None
) -> QuerySet[Any, tuple[str, int]]:
    found = AntiPatternOccurrence.objects.filter(
        after_action__in=AfterAction.objects.visible_to(person), named_at__gte=after
    )
    if whose is not None:
        found = found.filter(
            Q(among("after_action__owner_id", whose)) | Q(among("after_action__incident__mim_id", whose))
        )
    return found.order_by().values_list("kind").annotate(number=Count("pk")).order_by("-number", "kind")
