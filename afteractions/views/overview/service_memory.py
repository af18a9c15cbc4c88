"""Service memory: a part of the page that declares an incident and of the console, and a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from afteractions.queries.service_memory import ServiceMemory, memory_of_incident, memory_of_names
from incidents.access import get_incident
from incidents.models import Incident
from majorops import clock
from majorops.web.signed_in import GET, signed_in

LONGEST_TYPED = 2000


@signed_in(GET)
def service_memory(request: HttpRequest) -> HttpResponse:
    """Of the services named in `?services=`, with commas between them; nothing at all while none is known."""
    typed = request.GET.get("services", "")[:LONGEST_TYPED]
    return _shown(request, memory_of_names(request.user, typed.split(",")))


@signed_in(GET)
def incident_memory(request: HttpRequest, reference: str) -> HttpResponse:
    """Of the services of a running incident."""
    incident = get_incident(request.user, reference)
    return _shown(request, memory_of_incident(request.user, incident), incident)


def _shown(
    request: HttpRequest, service_memory: ServiceMemory, incident: Incident | None = None
) -> HttpResponse:
    context = {"memory": service_memory, "incident": incident, "at": clock.now()}
    return render(request, "afteractions/service_memory.html", context)
