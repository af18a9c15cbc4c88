"""Vendors' contracts, kept before the incident: what they promise, who represents them, who follows them up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from afteractions.models import VendorFollowUp
from afteractions.operations.deadlines.obligations import reconcile
from incidents.access import CONTRACTS_ONLY, can_keep_contracts
from incidents.models import Incident, Vendor
from incidents.operations import checks
from incidents.operations.checks import number, optional_text
from incidents.operations.names import of_this_name
from incidents.queries.incidents import HAS_A_CONTRACT
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, VersionConflict
from majorops.people.models import Person
from majorops.people.outsiders import Outsider, add_outsider

MOST_MINUTES = 525_600
MOST_DAYS = 3_650
REPRESENTATIVES = "vendors"


@dataclass(frozen=True, slots=True)
class Representative:
    """Who speaks for the vendor: an account where the address is one's, else a contact."""

    name: str
    email: str = ""


@transaction.atomic
def keep_contract(
    vendor: Vendor | None,
    *,
    name: str,
    response_sla_minutes: int | None = None,
    rca_term_days: int | None = None,
    service_manager: Person | Outsider | None = None,
    representative: Representative | None = None,
    escalation_contact: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Vendor:
    """Writes down what the contract of a vendor says, all of it; a new vendor where `vendor` is None.

    A new term moves the RCA deadlines that nobody agreed a date for, and a new Service Manager takes over what the
    one before still followed up. Raises BadInput for a name that another vendor has.
    """
    if by is not None and not can_keep_contracts(by):
        raise NotAllowed(CONTRACTS_ONLY)
    if vendor is not None:
        vendor = Vendor.objects.select_for_update(of=("self",)).get(pk=vendor.pk)
        if version is not None and version != vendor.version:
            raise VersionConflict(
                "Somebody changed this contract since you opened it.", {"version": vendor.version}
            )
    called = checks.name(name, "name")
    same = of_this_name(Vendor, called).select_for_update(of=("self",)).order_by("pk").first()
    if vendor is None and same is not None and not Vendor.objects.filter(HAS_A_CONTRACT, pk=same.pk).exists():
        # An incident took it in by its name alone: this is its contract.
        vendor = same
        called = vendor.name if vendor.is_recorded else called
    if same is not None and (vendor is None or same.pk != vendor.pk):
        raise BadInput.of("name", f"There is a vendor called {called} already: change its contract instead.")
    if vendor is not None and called != vendor.name and vendor.is_recorded:
        raise BadInput.of(
            "name",
            f"Closed records speak of {vendor.name}: its name stays. Add the other name as a vendor of its own.",
        )
    data: dict[str, Any] = {
        "name": called,
        "response_sla_minutes": number(response_sla_minutes, "response_sla_minutes", most=MOST_MINUTES),
        "rca_term_days": number(rca_term_days, "rca_term_days", most=MOST_DAYS),
        "service_manager": add_outsider(service_manager, scope=REPRESENTATIVES, by=by, now=now)
        if service_manager
        else None,
        "escalation_contact": optional_text(escalation_contact, "escalation_contact", limit=2000) or "",
    }
    is_new = vendor is None
    kept = vendor if vendor is not None else Vendor()
    before = {field: None if is_new else getattr(kept, field) for field in data}
    for field, value in data.items():
        setattr(kept, field, value)
    kept.taken_in = True
    # The same for a new name as for one taken in before: only a restricted incident may have named it.
    kept.version += 1
    kept.save()
    before["representative"] = kept.representative
    data["representative"] = kept.representative = _represented(kept, representative)
    kept.save(update_fields=["representative"])
    trail.record(
        "took in" if is_new else "changed the contract of",
        kept,
        by=by,
        at=now,
        changes={field: (before[field], value) for field, value in data.items() if before[field] != value},
    )
    if not is_new:
        _follow(kept, before, by=by, now=now)
    return kept


def _represented(vendor: Vendor, representative: Representative | None) -> Person | None:
    """The person of these words; somebody new never takes the place of somebody whom reviews name."""
    if representative is None or not representative.name.strip():
        if representative is not None and representative.email.strip():
            raise BadInput.of("representative_name", "Say who has this address.")
        return None
    name = checks.name(representative.name, "representative_name")
    email = representative.email.strip().lower()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise BadInput.of("representative_email", "Write an address as in name@vendor.example.") from None
        account = Person.objects.filter(email=email).first()
        if account is not None:
            return account
    known = vendor.representative
    if known is not None and (known.full_name, known.contact_email) == (name, email):
        return known
    of_vendor = Person.objects.filter(
        contact_scope=REPRESENTATIVES, contact_key__startswith=f"vendor-{vendor.pk}-"
    )
    same = of_vendor.filter(full_name=name, contact_email=email).first()
    if same is not None:
        return same
    person = Person(
        full_name=name,
        contact_key=f"vendor-{vendor.pk}-{of_vendor.count() + 1}",
        contact_scope=REPRESENTATIVES,
        contact_email=email,
        job_title=f"Representative of {vendor.name}"[:200],
    )
    person.set_unusable_password()
    person.save()
    return person


def _follow(vendor: Vendor, before: dict[str, Any], *, by: Person | None, now: datetime) -> None:
    """What is still awaited from the vendor follows its contract."""
    former = before["service_manager"]
    if former == vendor.service_manager and before["rca_term_days"] == vendor.rca_term_days:
        return
    awaited = VendorFollowUp.objects.filter(engagement__vendor=vendor).filter(
        Q(rca_received_at__isnull=True) | Q(items__closed_at__isnull=True, items__isnull=False)
    )
    incidents = Incident.objects.filter(vendorengagements__vendor=vendor).filter(
        Q(closed_at__isnull=True) | Q(after_action__vendor_follow_ups__in=awaited)
    )
    # Each incident is locked before its follow-ups are, and always in the same order.
    for incident in incidents.distinct().order_by("pk"):
        Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
        if former != vendor.service_manager:
            theirs = VendorFollowUp.objects.filter(
                engagement__incident=incident, engagement__vendor=vendor, service_manager=former
            )
            theirs.update(service_manager=vendor.service_manager)
        reconcile(incident, by=by, now=now)
