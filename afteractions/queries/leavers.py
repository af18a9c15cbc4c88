"""What somebody who left, or is about to, leaves behind: all that is open and theirs. Read-only, in a constant number
of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from afteractions.models import AfterAction, Change, Obligation, VendorFollowUp
from afteractions.queries.after_actions import actions_visible_to
from afteractions.vocabulary import ChangeKind, Decision, Status
from incidents.models import Incident, Service, Vendor
from majorops.people.models import Person
from majorops.prepared import among, prepared

MOST_SHOWN = 50
MOST_PEOPLE = 50


def is_theirs(field: str, person: Any) -> Q:
    """Whether a field names the person, or a contact that is them."""
    return Q(**{field: person}) | Q(**{f"{field}__account": person})


def chairs_of(person: Any) -> QuerySet[Incident]:
    """The incidents that `person` commands, or whose After Action is still to be brought to its end."""
    going_on = AfterAction.objects.followed().filter(incident=OuterRef("pk")).exclude(status=Status.CLOSED)
    owed = Obligation.objects.open().filter(incident=OuterRef("pk"), responsible__isnull=False)
    owed = owed.filter(is_theirs("incident__mim", person))
    return Incident.objects.filter(
        is_theirs("mim", person), Q(closed_at__isnull=True, history=False) | Exists(going_on) | Exists(owed)
    )


def reviews_of(person: Any, field: str) -> QuerySet[AfterAction]:
    """The After Actions going on whose `field` (owner, internal_liaison) is `person`."""
    return AfterAction.objects.followed().exclude(status=Status.CLOSED).filter(is_theirs(field, person))


def items_of(person: Any) -> QuerySet[Change]:
    """The action items that `person` has not resolved, those of drafts among them."""
    changes = Change.objects.filter(
        is_theirs("owner", person), removed_at__isnull=True, resolved_at__isnull=True
    )
    changes = changes.exclude(kind=ChangeKind.CONTINUE).filter(
        ~Q(after_action__decision=Decision.SKIP) | Q(mtm_action__isnull=False)
    )
    return changes.filter(Q(after_action__history=False) | Q(after_action__started_at__isnull=False))


def follow_ups_of(person: Any) -> QuerySet[VendorFollowUp]:
    """The vendors' RCAs and open items that `person` follows up."""
    return VendorFollowUp.objects.filter(
        is_theirs("service_manager", person),
        Q(rca_received_at__isnull=True) | Q(items__closed_at__isnull=True, items__isnull=False),
    ).distinct()


def deadlines_of(person: Any) -> QuerySet[Obligation]:
    return Obligation.objects.open().filter(responsible=person)


def those_who_left() -> QuerySet[Person]:
    """The people who cannot sign in any more and have something open that is theirs."""
    me = OuterRef("pk")
    return Person.objects.filter(
        Q(email__isnull=False, is_active=False),
        Exists(deadlines_of(me))
        | Exists(chairs_of(me))
        | Exists(reviews_of(me, "owner"))
        | Exists(reviews_of(me, "internal_liaison"))
        | Exists(items_of(me))
        | Exists(follow_ups_of(me))
        | Exists(Vendor.objects.filter(service_manager=me))
        | Exists(Service.objects.filter(owner=me)),
    )


@dataclass(frozen=True)
class LeftBehind:
    """What is open and of `person`, as `viewer` may see it; `hidden` counts what belongs to incidents that the viewer
    may not know of, `items_of_drafts` the action items of drafts that they may not read."""

    person: Person
    viewer: Person

    @cached_property
    def chairs(self) -> list[Incident]:
        return list(self._seen(chairs_of(self.person), "pk").order_by("id")[:MOST_SHOWN])

    @cached_property
    def drafts(self) -> list[AfterAction]:
        reviews = self._seen(reviews_of(self.person, "owner"), "incident").select_related("incident")
        return list(reviews.order_by("id")[:MOST_SHOWN])

    @cached_property
    def liaisons(self) -> list[AfterAction]:
        reviews = self._seen(reviews_of(self.person, "internal_liaison"), "incident").select_related(
            "incident"
        )
        return list(reviews.order_by("id")[:MOST_SHOWN])

    @cached_property
    def items(self) -> list[Change]:
        changes = self._items.filter(pk__in=self._visible_items)
        return list(changes.select_related("after_action__incident").order_by("due_on", "id")[:MOST_SHOWN])

    @cached_property
    def items_of_drafts(self) -> int:
        return self._items.exclude(pk__in=self._visible_items).count()

    @cached_property
    def follow_ups(self) -> list[VendorFollowUp]:
        follow_ups = self._seen(follow_ups_of(self.person), "after_action__incident").defer("rca_file")
        follow_ups = follow_ups.select_related("engagement__vendor", "after_action__incident")
        return list(follow_ups.order_by("id")[:MOST_SHOWN])

    @cached_property
    def vendors(self) -> list[Vendor]:
        return list(Vendor.objects.filter(service_manager=self.person)[:MOST_SHOWN])

    @cached_property
    def services(self) -> list[Service]:
        return list(Service.objects.filter(owner=self.person)[:MOST_SHOWN])

    @cached_property
    def deadlines(self) -> list[Obligation]:
        obligations = self._seen(deadlines_of(self.person), "incident")
        obligations = obligations.select_related("incident", "after_action", "responsible")
        return list(obligations.order_by("due_at", "id")[:MOST_SHOWN])

    @cached_property
    def hidden(self) -> int:
        """Incidents with something of theirs that the viewer may not know of: how many, and no more."""
        return incidents_of(self.person).exclude(pk__in=Incident.objects.visible_to(self.viewer)).count()

    @property
    def is_nothing(self) -> bool:
        parts: tuple[Sequence[Model], ...] = (
            self.chairs, self.drafts, self.liaisons, self.items, self.follow_ups, self.vendors, self.services,
            self.deadlines,
        )  # fmt: skip
        return not any(parts) and not self.items_of_drafts and not self.hidden

    @property
    def _items(self) -> QuerySet[Change]:
        return self._seen(items_of(self.person), "after_action__incident")

    @property
    def _visible_items(self) -> QuerySet[Change]:
        return actions_visible_to(self.viewer).order_by()

    def _seen(self, queryset: QuerySet[Any], field: str) -> QuerySet[Any]:
        return queryset.filter(**{f"{field}__in": Incident.objects.visible_to(self.viewer)})


def incidents_of(person: Person) -> QuerySet[Incident]:
    """Every incident with something open of `person`."""
    return Incident.objects.filter(
        Q(pk__in=chairs_of(person).values("pk"))
        | Q(pk__in=reviews_of(person, "owner").values("incident"))
        | Q(pk__in=reviews_of(person, "internal_liaison").values("incident"))
        | Q(pk__in=items_of(person).values("after_action__incident"))
        | Q(pk__in=follow_ups_of(person).values("after_action__incident"))
        | Q(pk__in=deadlines_of(person).values("incident"))
    )


@prepared
def names_of_those_who_left(*, below: Sequence[int]) -> QuerySet[Person]:
    """Those of them who have something open, in the order of their names."""
    leavers = those_who_left().filter(among("pk", below)).order_by("full_name", "id")
    return leavers.only("full_name", "email")[:MOST_PEOPLE]
