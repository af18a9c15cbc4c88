"""Declaring an incident, and the names offered while one types."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html_join

from incidents.access import DECLARERS_ONLY, can_declare
from incidents.models import Incident
from incidents.operations.declare import declare
from incidents.operations.log import log_event
from incidents.queries.incidents import services_known_to, vendors_known_to
from incidents.views.context import reader_zone
from incidents.views.declaring_forms import DeclareForm
from incidents.vocabulary import EventKind, ImpactField
from majorops import clock
from majorops.errors import NotAllowed, RuleViolation
from majorops.people.models import Person
from majorops.searching import holding
from majorops.web.signed_in import GET, POST, signed_in

OFFERED = 12
PRESSED_TWICE = timedelta(seconds=60)


@signed_in(GET, POST)
def declaring(request: HttpRequest) -> HttpResponse:
    """Six fields, then the console."""
    if not can_declare(request.user):
        raise NotAllowed(DECLARERS_ONLY)
    now, zone = clock.now(), reader_zone(request.user)
    form = DeclareForm(request.POST or None, now=now, zone=zone)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return redirect(_declare(form.cleaned_data, by=request.user, now=now))
            except NotAllowed:
                raise
            except RuleViolation as refusal:
                form.add_error(None, refusal.sentence)
        status = 422
    return render(request, "incidents/declare.html", {"form": form, "at": now}, status=status)


@transaction.atomic
def _declare(data: dict[str, Any], *, by: Person, now: datetime) -> Incident:
    """The incident declared. Pressing the button twice declares it once: the second finds what the first made."""
    Person.objects.select_for_update(of=("self",)).get(pk=by.pk)
    again = Incident.objects.filter(recorded_by=by, title=data["title"], recorded_at__gte=now - PRESSED_TWICE)
    if declared := again.first():
        return declared
    incident = declare(
        by=by,
        at=data["opened"] or now,
        now=now,
        title=data["title"],
        severity=data["severity"],
        services=data["services"],
        impact={ImpactField.EXTERNAL: data["external"]},
    )
    if data["known"]:
        log_event(incident, kind=EventKind.DETECTION, text=data["known"], by=by, at=now, now=now)
    return incident


@signed_in(GET)
def people(request: HttpRequest) -> HttpResponse:
    """Accounts whose name or address holds what was typed, as options of a list."""
    rows = Person.objects.accounts()
    for word in _typed(request).split()[:4]:
        rows = holding(rows, "full_name", word, Q(email__icontains=word))
    return _options((person.email, person.full_name) for person in rows.order_by("full_name", "pk")[:OFFERED])


@signed_in(GET)
def services(request: HttpRequest) -> HttpResponse:
    """Known services that go on from what was typed after the last comma."""
    before, comma, typed = _typed(request).rpartition(",")
    services_offered = holding(services_known_to(request.user), "name", typed.strip())[:OFFERED]
    return _options((f"{before}{comma} {service.name}".strip(), service.name) for service in services_offered)


@signed_in(GET)
def vendor_terms(request: HttpRequest) -> HttpResponse:
    """What the contract of the vendor of this name promises and whom to call there, with the names known for what
    was typed."""
    typed = _typed(request).strip()
    vendors = vendors_known_to(request.user)
    context = {
        "typed": typed[:200],
        "vendor": vendors.filter(name__iexact=typed).first() if typed else None,
        "known": holding(vendors, "name", typed).order_by("name")[:OFFERED],
        "at": clock.now(),
    }
    return render(request, "incidents/vendor_terms.html", context)


def _typed(request: HttpRequest) -> str:
    """The one field that asks, whatever the form calls it."""
    return next(iter(request.GET.values()), "")[:2000]


def _options(pairs: Any) -> HttpResponse:
    return HttpResponse(format_html_join("", '<option value="{}">{}</option>', pairs))
