"""Vendors as their Service Managers read them: contracts, what each did against its contract, and what is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from afteractions.models import Obligation, VendorFollowUp, VendorItem
from afteractions.vocabulary import HELD_TO, ObligationKind, ObligationState
from incidents.models import Incident, Vendor, VendorEngagement
from incidents.queries.incidents import vendors_known_to
from incidents.rules.response.vendor_terms import Response, missing_terms, response_against
from majorops.people.groups import GroupName
from majorops.people.models import Person
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
    found = vendors_known_to(person).annotate(awaited=_count(awaited, "pk"), owed=_count(owed, "items"))
    return holding(found, "name", search) if search else found


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
    standing = VendorEngagement.objects.filter(vendor=vendor, corrections__isnull=True, incident__in=visible)
    return standing.select_related("incident", "incident__after_action")


def told(vendor: Vendor, engagements: Iterable[VendorEngagement]) -> list[Engaged]:
    """Each engagement with its response, its follow-up and its RCA's deadline. Four statements, however many."""
    engagements = list(engagements)
    incidents = {engagement.incident_id for engagement in engagements}
    entries = VendorEngagement.objects.filter(vendor=vendor, incident__in=incidents)
    before = dict(entries.values_list("pk", "corrects"))
    follow_ups = {
        one.engagement_id: one
        for one in VendorFollowUp.objects.filter(engagement__in=before)
        .select_related("service_manager")
        .prefetch_related("items")
        .defer("rca_file")
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
                vendor.response_sla_minutes
                if engagement.response_sla_minutes is None
                else engagement.response_sla_minutes,
            ),
            follow_ups.get(first(engagement.pk)),
            deadlines.get(f"vendor:{first(engagement.pk)}"),
        )
        for engagement in engagements
    ]


def due_from_vendors(person: Person, *, mine: bool) -> QuerySet[Obligation]:
    """What vendors still owe on incidents that `person` may see, the earliest date first: turned by (`due_at`, `id`).

    `mine`: what this Service Manager follows up, and what nobody is named for."""
    found = Obligation.objects.filter(
        kind__in=DUE,
        state=ObligationState.OPEN,
        incident__in=Incident.objects.visible_to(person),
    ).select_related("incident", "after_action", "responsible")
    if mine:
        own = Q(responsible=person) | Q(responsible__account=person)
        if person.is_in(GroupName.SERVICE_MANAGER):
            own |= Q(responsible__isnull=True, responsible_group=GroupName.SERVICE_MANAGER.value)
        found = found.filter(own)
    return found


def passed(due: Obligation, at: datetime) -> bool:
    """Whether its date has passed."""
    return due.due_at <= at
