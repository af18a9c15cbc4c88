"""Vendors: their contracts known before the incident, what each did against its contract, and what is due from them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from afteractions.models import VendorFollowUp
from afteractions.operations.followup.contracts import keep_contract
from afteractions.queries.after_action_board import Circle
from afteractions.queries.vendors import (
    dateless,
    due_from_vendors,
    engagements_of,
    followed_up_by,
    lacking,
    passed,
    told,
    vendor_list,
)
from afteractions.views.followup.contract_forms import ContractForm
from afteractions.views.person_fields import person_words
from afteractions.views.workspace.workspace import instants
from incidents.access import CONTRACTS_ONLY, can_keep_contracts
from incidents.models import Vendor
from incidents.queries.incidents import vendors_known_to
from majorops import clock
from majorops.errors import BadInput, NotAllowed, NotFound
from majorops.people.models import Person
from majorops.web.pagination import paginate
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST, SignedInRequest, signed_in

MOST_DATELESS = 100


@signed_in(GET)
def vendors(request: SignedInRequest) -> HttpResponse:
    """Every vendor with its contract, by name; search and page stand in the address."""
    person = request.user
    search = request.GET.get("search", "").strip()[:200]
    context: dict[str, Any] = {"at": clock.now(), "search": search, "may": can_keep_contracts(person)}
    try:
        turned = paginate(vendor_list(person, search), ("name", "id"), request.GET.get("cursor", ""))
    except BadInput as refused:
        return render(request, "afteractions/vendors.html", {**context, "refused": refused.sentence})
    context |= {
        "rows": [(vendor, lacking(vendor)) for vendor in turned.rows],
        "next": turned.following,
        "previous": turned.preceding,
    }
    return render(request, "afteractions/vendors.html", context)


@signed_in(GET)
def due(request: SignedInRequest) -> HttpResponse:
    """What is due from vendors, the dates that passed first; `?whose=all` for everybody's."""
    person, now = request.user, clock.now()
    everybody = request.GET.get("whose") == "all"
    context: dict[str, Any] = {"at": now, "whose": "all" if everybody else "mine"}
    try:
        turned = paginate(
            due_from_vendors(person, mine=not everybody), ("due_at", "id"), request.GET.get("cursor", "")
        )
    except BadInput as refused:
        return render(request, "afteractions/vendors_due.html", {**context, "refused": refused.sentence})
    context |= {
        "rows": turned.rows,
        "dateless": _dateless(person, mine=not everybody) if not request.GET.get("cursor") else [],
        "passed_count": sum(passed(row, now) for row in turned.rows),
        "next": turned.following,
        "previous": turned.preceding,
    }
    return render(request, "afteractions/vendors_due.html", context)


@signed_in(GET)
def vendor(request: SignedInRequest, vendor_id: int) -> HttpResponse:
    """One vendor: its contract, and each engagement with its response, its RCA and what is open."""
    person = request.user
    one_vendor = _vendor(person, vendor_id)
    context: dict[str, Any] = {
        "at": clock.now(),
        "vendor": one_vendor,
        "lacking": lacking(one_vendor),
        "may": can_keep_contracts(person),
        "reason": CONTRACTS_ONLY,
    }
    try:
        turned = paginate(
            engagements_of(person, one_vendor), ("-incident_id", "-id"), request.GET.get("cursor", "")
        )
    except BadInput as refused:
        return render(request, "afteractions/vendor.html", {**context, "refused": refused.sentence})
    context |= {
        "rows": told(one_vendor, turned.rows, person=person),
        "next": turned.following,
        "previous": turned.preceding,
    }
    return render(request, "afteractions/vendor.html", context)


@signed_in(GET, POST)
def take_in(request: SignedInRequest) -> HttpResponse:
    """A vendor that was not known before, with its contract."""
    return _contract(request, None)


@signed_in(GET, POST)
def contract(request: SignedInRequest, vendor_id: int) -> HttpResponse:
    """What the contract of a vendor says."""
    return _contract(request, _vendor(request.user, vendor_id))


def _dateless(person: Person, *, mine: bool) -> list[VendorFollowUp]:
    follow_ups = dateless(person).select_related("engagement__vendor", "engagement__incident", "after_action")
    if mine:
        follow_ups = follow_ups.filter(followed_up_by(person, Circle.of(person).me))
    return list(follow_ups.select_related("service_manager").defer("rca_file")[:MOST_DATELESS])


def _contract(request: SignedInRequest, vendor: Vendor | None) -> HttpResponse:
    person = request.user
    if not can_keep_contracts(person):
        raise NotAllowed(CONTRACTS_ONLY)
    form = ContractForm(request.POST or None, initial=_initial(vendor))
    attempt = Attempt(form)
    if request.method == "POST" and attempt.is_filled():
        with attempt:
            kept = keep_contract(vendor, **form.contract(), by=person, **instants(clock.now()))
        if not attempt.refused:
            messages.success(request, f"The contract of {kept.name} is kept.")
            return redirect(kept)
    context = {"form": form, "vendor": vendor, "at": clock.now()}
    return render(request, "afteractions/vendor_contract.html", context, status=attempt.status)


def _initial(vendor: Vendor | None) -> dict[str, Any]:
    if vendor is None:
        return {}
    representative = vendor.representative
    return {
        "name": vendor.name,
        "response_sla_minutes": vendor.response_sla_minutes,
        "rca_term_days": vendor.rca_term_days,
        "service_manager": person_words(vendor.service_manager),
        "representative_name": representative.full_name if representative else "",
        "representative_email": representative.address if representative else "",
        "escalation_contact": vendor.escalation_contact,
        "version": vendor.version,
    }


def _vendor(person: Person, key: int) -> Vendor:
    vendor = vendors_known_to(person).filter(pk=key).first()
    if vendor is None:
        raise NotFound("There is no such vendor.")
    return vendor
