"""Vendors as their Service Managers read them: contracts, what each did against its contract, and what is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Concat

from afteractions.models import Obligation, VendorFollowUp, VendorItem
from afteractions.vocabulary import HELD_TO, Decision, ObligationKind, ObligationState
from incidents.models import Incident, Vendor, VendorEngagement
from incidents.queries.incidents import vendors_known_to
from incidents.rules.response.vendor_terms import Response, missing_terms, response_against, stated_sla
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.prepared import among
from majorops.searching import holding

DUE = (ObligationKind.VENDOR_RCA, ObligationKind.VENDOR_ITEM)


@dataclass(frozen=True, slots=True)
class Engaged:
    """One engagement with what came of it; `rca` is the deadline that holds, None where no RCA is due."""

    engagement: VendorEngagement
    response: Response
    follow_up: VendorFollowUp | None
    rca: Obligation | None

    @property
    def lacks_date(self) -> bool:
        """Whether an RCA may be owed and nobody said by when."""
        follow_up, related = self.follow_up, self.engagement.root_cause_related
        if follow_up is None or follow_up.rca_received_at is not None or self.rca is not None:
            return False
        return (
            related if follow_up.root_cause_related is None else follow_up.root_cause_related
        ) is not False

    @property
    def open_items(self) -> list[VendorItem]:
        items = self.follow_up.items.all() if self.follow_up is not None else ()
        return [item for item in items if item.closed_at is None]


def vendor_list(person: Person, search: str = "") -> QuerySet[Vendor]:
    """The vendors by name, each with how many RCAs (`awaited`) and items (`owed`) of incidents that `person` may see
    are still to come, to be turned by (`name`, `id`)."""
    visible = Incident.objects.visible_to(person)
    follow_ups = VendorFollowUp.objects.filter(
        engagement__vendor=OuterRef("pk"), engagement__incident__in=visible
    ).order_by()
    awaited = follow_ups.filter(rca_received_at__isnull=True).exclude(root_cause_related=False)
    owed = follow_ups.filter(items__closed_at__isnull=True, items__isnull=False)
    vendors = vendors_known_to(person).annotate(awaited=_count(awaited, "pk"), owed=_count(owed, "items"))
    return holding(vendors, "name", search) if search else vendors


def _count(rows: QuerySet[Any], field: str) -> Coalesce:
    """How many of `rows` there are for one vendor."""
    counted = rows.values("engagement__vendor").annotate(number=Count(field)).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def lacking(vendor: Vendor) -> tuple[str, ...]:
    """What its contract should say before the next incident, in words."""
    return missing_terms(
        response_sla_minutes=vendor.response_sla_minutes,
        rca_term_days=vendor.rca_term_days,
        service_manager=vendor.service_manager_id,
        escalation_contact=vendor.escalation_contact,
    )


def engagements_of(person: Person, vendor: Vendor) -> QuerySet[VendorEngagement]:
    """The engagements of a vendor as they stand, on incidents that `person` may see; turned by (`-incident_id`,
    `-id`)."""
    visible = Incident.objects.visible_to(person)
    vendor_engagements = VendorEngagement.objects.filter(
        vendor=vendor, corrections__isnull=True, incident__in=visible
    )
    return vendor_engagements.select_related("incident", "incident__after_action")


def told(vendor: Vendor, engagements: Iterable[VendorEngagement], *, person: Person) -> list[Engaged]:
    """Each engagement with its response, its follow-up as `person` reads it, and its RCA's deadline. Four statements,
    however many."""
    engagements = list(engagements)
    incidents = {engagement.incident_id for engagement in engagements}
    entries = VendorEngagement.objects.filter(vendor=vendor, incident__in=incidents)
    before = dict(entries.values_list("pk", "corrects"))
    follow_ups = {
        one.engagement_id: one
        for one in VendorFollowUp.objects.filter(engagement__in=before)
        .select_related("service_manager")
        .with_items_for(person)
    }
    deadlines = {
        one.subject_key: one
        for one in Obligation.objects.filter(
            incident__in=incidents, kind=ObligationKind.VENDOR_RCA, state__in=HELD_TO
        ).order_by("id")
    }

    def first(key: int) -> int:
        corrected = before.get(key)
        return first(corrected) if corrected else key

    return [
        Engaged(
            engagement,
            response_against(
                engagement.engaged_at,
                engagement.responded_at,
                stated_sla(engagement.response_sla_minutes, vendor.response_sla_minutes),
            ),
            follow_ups.get(first(engagement.pk)),
            deadlines.get(f"vendor:{first(engagement.pk)}"),
        )
        for engagement in engagements
    ]


def due_from_vendors(person: Person, *, mine: bool) -> QuerySet[Obligation]:
    """What vendors still owe on incidents that `person` may see, the earliest date first: turned by (`due_at`, `id`).

    `mine`: what this Service Manager follows up, and what nobody is named for."""
    obligations = Obligation.objects.filter(
        kind__in=DUE,
        state=ObligationState.OPEN,
        incident__in=Incident.objects.visible_to(person),
    ).select_related("incident", "after_action", "responsible")
    if mine:
        own = Q(responsible=person) | Q(responsible__account=person)
        if person.is_in(GroupName.SERVICE_MANAGER):
            own |= Q(responsible__isnull=True, responsible_group=GroupName.SERVICE_MANAGER.value)
        obligations = obligations.filter(own)
    return obligations


def dateless(person: Person) -> QuerySet[VendorFollowUp]:
    """The follow-ups of RCAs that may be owed and have no date, so no deadline, on incidents that `person` may see; of
    the past, and where no After Action is held, none is asked for."""
    held_to = Obligation.objects.filter(
        incident=OuterRef("engagement__incident"),
        kind=ObligationKind.VENDOR_RCA,
        subject_key=Concat(Value("vendor:"), Cast(OuterRef("engagement"), CharField())),
    ).exclude(state__in=[ObligationState.SUPERSEDED, ObligationState.MISSED])
    # What was settled in the record stands in the last correction of the engagement.
    not_theirs = VendorEngagement.objects.filter(
        incident=OuterRef("engagement__incident"),
        vendor=OuterRef("engagement__vendor"),
        corrections__isnull=True,
        root_cause_related=False,
    )
    begun = Q(after_action__history=False) | Q(after_action__started_at__isnull=False)
    return (
        VendorFollowUp.objects.filter(
            begun, rca_received_at__isnull=True, engagement__incident__in=Incident.objects.visible_to(person)
        )
        .exclude(root_cause_related=False)
        .exclude(after_action__decision=Decision.SKIP)
        .exclude(Q(root_cause_related__isnull=True) & Exists(not_theirs))
        .filter(~Exists(held_to))
        .order_by("id")
    )


def followed_up_by(person: Person, me: Sequence[int]) -> Q:
    """Which follow-ups are this person's: those of `me`, and for a Service Manager those that nobody is named for."""
    own = Q(among("service_manager_id", me))
    if person.is_in(GroupName.SERVICE_MANAGER):
        own |= Q(service_manager__isnull=True)
    return own


def passed(due: Obligation, at: datetime) -> bool:
    """Whether its date has passed."""
    return due.due_at <= at
