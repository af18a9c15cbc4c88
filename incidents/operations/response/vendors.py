"""Engaging vendors while the incident runs."""

from datetime import date, datetime
from types import EllipsisType

from django.db import transaction

from incidents.models import Incident, VendorEngagement
from incidents.operations import checks
from incidents.operations.changing import Said, amend, begin, finish, logged
from incidents.operations.checks import happened, number, optional_text
from incidents.operations.names import vendor_named
from majorops.errors import BadInput
from majorops.people.models import Person

MOST_MINUTES = 525_600


@transaction.atomic
def engage(
    incident: Incident,
    *,
    vendor: str,
    by: Person | None,
    at: datetime,
    now: datetime,
    service_name: str | None = None,
    responded_at: datetime | None = None,
    response_sla_minutes: int | None = None,
    effect: str | None = None,
    root_cause_related: bool | None = None,
    rca_status: str | None = None,
    rca_follow_up_on: date | None = None,
    version: int | None = None,
) -> VendorEngagement:
    """Records that the vendor was engaged at `at`. The response SLA is its contract's unless stated otherwise.

    A vendor not known yet is taken in by its name, without a contract.
    """
    begin(incident, by=by, version=version)
    happened(at, now)
    happened(responded_at, now, "responded_at", after=at, what="the engagement")
    known = vendor_named(checks.name(vendor, "name"))
    stated = number(response_sla_minutes, "response_sla_minutes", most=MOST_MINUTES)
    status = optional_text(rca_status, "rca.status", limit=200)
    engagement = VendorEngagement.objects.create(
        incident=incident,
        vendor=known,
        service_name=optional_text(service_name, "service", limit=300),
        engaged_at=at,
        responded_at=responded_at,
        response_sla_minutes=known.response_sla_minutes if stated is None else stated,
        effect=optional_text(effect, "effect"),
        root_cause_related=root_cause_related,
        rca_status=status,
        rca_follow_up_on=rca_follow_up_on,
        has_rca=status is not None or rca_follow_up_on is not None,
        logged_at=logged(incident, now),
        logged_by=by,
    )
    finish(
        incident,
        "engaged a vendor",
        engagement,
        by=by,
        at=at,
        now=now,
        changes={"vendor": (None, known), "responded_at": (None, responded_at)},
    )
    return engagement


@transaction.atomic
def update_engagement(
    engagement: VendorEngagement,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
    service_name: Said[str | None] = ...,
    responded_at: Said[datetime | None] = ...,
    effect: Said[str | None] = ...,
    root_cause_related: Said[bool | None] = ...,
    rca_status: Said[str | None] = ...,
    rca_follow_up_on: Said[date | None] = ...,
) -> VendorEngagement:
    """Says more of an engagement; returns the entry that stands, a correction once the incident was closed."""
    incident = engagement.incident
    begin(incident, by=by)
    happened(at, now)
    engagement.refresh_from_db()
    data: dict[str, object] = {}
    if not isinstance(responded_at, EllipsisType):
        happened(responded_at, now, "responded_at", after=engagement.engaged_at, what="the engagement")
        data["responded_at"] = responded_at
    if not isinstance(service_name, EllipsisType):
        data["service_name"] = optional_text(service_name, "service", limit=300)
    if not isinstance(effect, EllipsisType):
        data["effect"] = optional_text(effect, "effect")
    if not isinstance(root_cause_related, EllipsisType):
        data["root_cause_related"] = root_cause_related
    if not isinstance(rca_status, EllipsisType):
        data["rca_status"] = optional_text(rca_status, "rca.status", limit=200)
    if not isinstance(rca_follow_up_on, EllipsisType):
        data["rca_follow_up_on"] = rca_follow_up_on
    if not data:
        raise BadInput.of("vendor", "Say what changes: the response, the effect, or the RCA.")
    if "rca_status" in data or "rca_follow_up_on" in data:
        data["has_rca"] = True
    before = {field: getattr(engagement, field) for field in data}
    amended = amend(incident, engagement, by=by, now=now, **data)
    finish(
        incident,
        "updated a vendor's engagement",
        amended,
        by=by,
        at=at,
        now=now,
        changes={field: (before[field], value) for field, value in data.items() if before[field] != value},
    )
    return amended
