"""The earlier incidents that one may repeat: loaded into its page after the page, and a page of its own."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from incidents.access import get_incident
from incidents.operations.similar import propose
from incidents.views.context import rights_of
from majorops.web.signed_in import GET, signed_in


@signed_in(GET)
def look_alikes(request: HttpRequest, reference: str) -> HttpResponse:
    """Each with its evidence, to be confirmed or dismissed by whoever commands the incident."""
    incident = get_incident(request.user, reference)
    context = {
        "incident": incident,
        "proposals": propose(incident, reader=request.user),
        "rights": rights_of(request.user, incident),
    }
    return render(request, "incidents/look_alikes.html", context)
