"""Service memory: what earlier incidents of the same services taught, what of it is unfinished, and whom to call at the
vendors that were engaged (domain.md, The incident record)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from afteractions.models import Change
from afteractions.rules.review.statement_text import learning_statement
from afteractions.vocabulary import ChangeKind, LearningState
from incidents.models import Incident, IncidentService, Service, Vendor
from incidents.queries.incidents import services_known_to
from majorops.people.models import Person

MOST_SERVICES = 20
MOST_LEARNINGS = 6
MOST_UNFINISHED = 10
MOST_VENDORS = 10


@dataclass(frozen=True)
class Learning:
    """A learning statement of a published review, and how far it is."""

    change: Change
    text: str
    state: LearningState


@dataclass(frozen=True)
class ServiceMemory:
    """What one reader may know of these services from earlier incidents; `services` are those known by name."""

    services: list[Service] = field(default_factory=list)
    learnings: list[Learning] = field(default_factory=list)
    unfinished: list[Change] = field(default_factory=list)
    vendors: list[Vendor] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.learnings or self.unfinished or self.vendors)


def memory_of_names(person: Person, names: Iterable[str]) -> ServiceMemory:
    """The memory of the services of these names, as they are typed while an incident is declared."""
    wanted = {name.strip().lower() for name in names if name.strip()}
    if not wanted:
        return ServiceMemory()
    known = services_known_to(person).alias(lower=Lower("name"))
    known = known.filter(lower__in=sorted(wanted)[:MOST_SERVICES])
    return _memory(person, list(known), besides=None)


def memory_of_incident(person: Person, incident: Incident) -> ServiceMemory:
    """The memory of the services of an incident that `person` sees, and of the vendors that it engaged already."""
    return _memory(person, list(incident.services.all()[:MOST_SERVICES]), besides=incident)


def _memory(person: Person, services: list[Service], *, besides: Incident | None) -> ServiceMemory:
    earlier = Incident.objects.visible_to(person).filter(
        pk__in=IncidentService.objects.filter(service__in=services).values("incident")
    )
    if besides is not None:
        earlier = earlier.exclude(pk=besides.pk)
    changes = (
        Change.objects.filter(after_action__incident__in=earlier, removed_at__isnull=True)
        .select_related("owner", "after_action__incident")
        .defer(*(f"after_action__incident__{name}" for name in ("search", "summary", "imported_review")))
    )
    taught = changes.filter(after_action__published_at__isnull=False, mtm_action__isnull=True)
    unfinished = changes.filter(
        Q(after_action__reviewed_at__isnull=False) | Q(mtm_action__isnull=False), resolved_at__isnull=True
    )
    return ServiceMemory(
        services,
        [_learning(row) for row in taught.order_by("-after_action__published_at", "id")[:MOST_LEARNINGS]],
        list(unfinished.exclude(kind=ChangeKind.CONTINUE).order_by("due_on", "id")[:MOST_UNFINISHED]),
        list(_vendors(earlier, besides)[:MOST_VENDORS]),
    )


def _learning(change: Change) -> Learning:
    owner = str(change.owner) if change.owner else change.owner_words
    text = learning_statement(ChangeKind(change.kind), change.gap, change.change, owner, change.due_on)
    return Learning(change, text, change.state_of_learning)


def _vendors(earlier: QuerySet[Incident], besides: Incident | None) -> QuerySet[Vendor, Any]:
    """Those engaged on such an incident: a contract is known before the next one."""
    engaged = Q(engagements__incident__in=earlier)
    if besides is not None:
        engaged |= Q(engagements__incident=besides)
    named = Vendor.objects.filter(engaged).values("pk")
    return Vendor.objects.filter(pk__in=named).select_related("representative", "service_manager")
