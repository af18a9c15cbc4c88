"""What is overdue and due soon, with whom, since when, and who was told. Read-only; counted in SQL, up to a bound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, Q, QuerySet

from afteractions.models import AfterAction, Change, Escalation, Obligation
from afteractions.overview import ROW, WEEK, Circle
from afteractions.vocabulary import ActionStatus, ChangeKind, ObligationKind
from incidents.vocabulary import Severity
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.prepared import among, prepared
from majorops.refusal import BadInput

# The oldest so many are counted: what a page says must not take longer the more is overdue.
COUNTED = 1000
DAY = timedelta(days=1)
AGES = (
    (0, "Up to 1 day", DAY),
    (1, "1 to 7 days", 7 * DAY),
    (2, "7 to 30 days", 30 * DAY),
    (3, "Over 30 days", None),
)
REVIEW_AFTER = timedelta(days=30)
REVIEWS_LOOKED_AT = 200

SUMMARY = """
    WITH late AS ({late})
    SELECT grouping(team), grouping(owner), grouping(kind), grouping(age), team, owner, kind, age, count(*),
           max(name)
    FROM (SELECT COALESCE(late.team_id, 0) AS team,
                 COALESCE(late.responsible_id::text, late.responsible_group) AS owner,
                 late.kind, COALESCE(late.full_name, '') AS name,
                 CASE WHEN late.due_at >= %s THEN 0 WHEN late.due_at >= %s THEN 1 WHEN late.due_at >= %s THEN 2
                      ELSE 3 END AS age
          FROM late) counted
    GROUP BY GROUPING SETS ((team), (owner), (kind), (age), ())
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the dashboard is narrowed by. `tree`: only people below the reader."""

    tree: bool = False
    soon: bool = False
    team: int | None = None
    owner: str = ""
    kind: str = ""
    severity: str = ""

    @classmethod
    def read(cls, said: Mapping[str, str], *, manages: bool) -> "Filters":
        """Raises BadInput for unknown words. Managers begin with their own tree."""
        words = {key: value.strip().replace("\x00", "") for key, value in said.items()}
        kind, severity, team = (words.get(name, "") for name in ("kind", "severity", "team"))
        if kind not in ("", *ObligationKind.keys()):
            raise BadInput.of("kind", "This is no kind of deadline. Choose one of the list.")
        if severity not in ("", *Severity.keys()):
            raise BadInput.of("severity", "This is no severity. Choose one of the list.")
        if team and not (team.isdecimal() and len(team) < 10):
            raise BadInput.of("team", "This is no team. Choose one of the list.")
        return cls(
            tree=words.get("whose", "tree" if manages else "all") == "tree",
            soon=words.get("due") == "soon",
            team=int(team) if team else None,
            owner=words.get("owner", ""),
            kind=kind,
            severity=severity,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a count: its words, how many, and the value that its filter takes."""

    label: str
    count: int
    value: str = ""


@dataclass(slots=True)
class Counts:
    """How much is overdue: by team, by owner, by kind, by age."""

    all: int = 0
    teams: list[Part] = field(default_factory=list)
    owners: list[Part] = field(default_factory=list)
    kinds: list[Part] = field(default_factory=list)
    ages: list[Part] = field(default_factory=list)


def overdue(person: Person, circle: Circle, filters: Filters, *, at: datetime) -> QuerySet[Obligation]:
    """The overdue obligations that `person` may see, or those due within a week; to be turned by (`due_at`, `id`)."""
    found = Obligation.objects.open().visible_to(person)
    found = (
        found.filter(due_at__gte=at, due_at__lt=at + WEEK) if filters.soon else found.filter(due_at__lt=at)
    )
    return _narrowed(found, circle, filters)


def rows_of(found: QuerySet[Obligation]) -> QuerySet[Obligation]:
    """The same with what a row shows."""
    return found.select_related("incident", "after_action", "responsible__team").only(
        *ROW, "responsible__email", "responsible__team__name"
    )


def _narrowed(found: QuerySet[Obligation], circle: Circle, filters: Filters) -> QuerySet[Obligation]:
    if filters.tree:
        found = found.filter(among("responsible_id", circle.below))
    if filters.team is not None:
        found = found.filter(responsible__team=filters.team)
    if filters.owner in GroupName.keys():  # noqa: SIM118 - a list of keys, not a mapping
        found = found.filter(responsible__isnull=True, responsible_group=filters.owner)
    elif filters.owner:
        found = found.filter(_is_owner(filters.owner))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.severity:
        found = found.filter(incident__severity=filters.severity)
    return found


def _is_owner(owner: str) -> Q:
    """By the key that the counts link with, or an e-mail address that was typed."""
    if owner.isdecimal() and len(owner) < 19:
        return Q(responsible=int(owner))
    return Q(responsible__email=owner.lower())


def counts_of(
    person: Person, circle: Circle, filters: Filters, *, teams: Mapping[int, str], at: datetime
) -> Counts:
    """The overdue ones counted, the oldest COUNTED of them at most. One statement."""
    found = _narrowed(Obligation.objects.overdue(at=at).visible_to(person), circle, filters)
    late = found.order_by("due_at", "id").values(
        "due_at", "kind", "responsible_id", "responsible_group",
        team_id=F("responsible__team_id"), full_name=F("responsible__full_name"),
    )[:COUNTED]  # fmt: skip
    counts = Counts()
    try:
        sql, said = late.query.sql_with_params()
    except EmptyResultSet:
        return counts
    edges = [at - age for _, _, age in AGES if age is not None]
    ages: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(SUMMARY.format(late=sql), [*said, *edges])
        rows = cursor.fetchall()
    groups = set(GroupName.keys())
    for no_team, no_owner, no_kind, no_age, team, owner, kind, age, count, name in rows:
        if not no_team:
            counts.teams.append(Part(teams.get(team, "No team"), count, str(team) if team else ""))
        elif not no_owner:
            label = GroupName(owner).label if owner in groups else name
            counts.owners.append(Part(label, count, owner))
        elif not no_kind:
            counts.kinds.append(Part(ObligationKind(kind).label, count, kind))
        elif not no_age:
            ages[age] = count
        else:
            counts.all = count
    for parts in (counts.teams, counts.owners, counts.kinds):
        parts.sort(key=lambda part: (-part.count, part.label))
    counts.ages = [Part(label, ages.get(key, 0)) for key, label, _ in AGES]
    return counts


def last_escalations(rows: list[Obligation]) -> dict[int, Escalation]:
    """For each of the rows the highest manager who was told of its present deadline."""
    return {step.obligation_id: step for step in _last_escalations(keys=[row.pk for row in rows])}


@prepared
def _last_escalations(*, keys: Sequence[int]) -> QuerySet[Escalation]:
    return (
        Escalation.objects.filter(among("obligation_id", keys), due_at=F("obligation__due_at"))
        .filter(step__startswith="escalation")
        .select_related("to")
        .only("obligation_id", "step", "at", "to__full_name")
        .order_by("obligation_id", "-id")
        .distinct("obligation_id")
    )


@dataclass(frozen=True, slots=True)
class Completion:
    """How many of the action items of reviews published 30 days ago or more are resolved."""

    items: int
    resolved: int
    reviews_are_all: bool

    @property
    def percent(self) -> int | None:
        return round(100 * self.resolved / self.items) if self.items else None


def completion(person: Person, circle: Circle, filters: Filters, *, at: datetime) -> Completion:
    """Of the latest REVIEWS_LOOKED_AT such reviews, for the same people as the list. Two statements."""
    reviews = _reviews(person=person, until=at - REVIEW_AFTER)
    items = Change.objects.filter(among("after_action_id", reviews), removed_at__isnull=True)
    items = items.exclude(kind=ChangeKind.CONTINUE)
    if filters.tree:
        items = items.filter(among("owner_id", circle.below))
    if filters.team is not None:
        items = items.filter(owner__team=filters.team)
    said: dict[str, Any] = items.aggregate(
        items=Count("pk"),
        resolved=Count("pk", filter=Q(status__in=[ActionStatus.DONE, ActionStatus.CANCELLED])),
    )
    return Completion(said["items"], said["resolved"], len(reviews) < REVIEWS_LOOKED_AT)


@prepared
def _reviews(*, person: Person, until: datetime) -> QuerySet[Any, int]:
    """The keys of the latest reviews published until then."""
    found = AfterAction.objects.visible_to(person).filter(published_at__lte=until)
    return found.order_by("-published_at", "-id").values_list("pk", flat=True)[:REVIEWS_LOOKED_AT]
