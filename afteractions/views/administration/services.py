"""The list of services as an administrator keeps it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from afteractions.views.administration.people_forms import ServiceForm
from afteractions.views.person_fields import person_words
from incidents.models import Service
from incidents.operations.services import change_service, create_service, remove_service
from incidents.queries.incidents import services_known_to
from majorops import clock
from majorops.errors import BadInput, NotFound
from majorops.people.models import Person
from majorops.searching import holding
from majorops.web.pagination import paginate
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST, for_administrators


@for_administrators(GET, POST)
def services(request: HttpRequest) -> HttpResponse:
    """GET lists them, 50 a page; POST adds one."""
    attempt = Attempt(ServiceForm(request.POST if request.method == "POST" else None))
    if request.method == "POST" and attempt.is_filled():
        with attempt:
            service = create_service(**attempt.form.cleaned_data, by=request.user, now=clock.now())
            messages.success(request, f"{service} is added.")
            return redirect("afteractions:services")
    search = request.GET.get("search", "").strip()
    rows = services_known_to(request.user).select_related("owner", "team")
    if search:
        rows = holding(rows, "name", search)
    context: dict[str, Any] = {"form": attempt.form, "search": search}
    try:
        page = paginate(rows, ("name", "id"), request.GET.get("cursor", ""))
        context |= {"rows": page.rows, "next": page.following, "previous": page.preceding}
    except BadInput as refused:
        context["refused"] = refused.sentence
    return render(request, "afteractions/administration/services.html", context, status=attempt.status)


@for_administrators(GET, POST)
def service(request: HttpRequest, service_id: int) -> HttpResponse:
    """GET shows one, POST changes it."""
    row = _service(request.user, service_id)
    initial = {"name": row.name, "owner": person_words(row.owner), "team": row.team_id}
    attempt = Attempt(ServiceForm(request.POST if request.method == "POST" else None, initial=initial))
    if request.method == "POST" and attempt.is_filled():
        with attempt:
            changes: Any = attempt.form.cleaned_data
            change_service(row, changes, by=request.user, now=clock.now())
            messages.success(request, "Saved.")
            return redirect("afteractions:services")
    context = {"form": attempt.form, "service": row}
    return render(request, "afteractions/administration/service.html", context, status=attempt.status)


@for_administrators(POST)
def delete_service(request: HttpRequest, service_id: int) -> HttpResponse:
    """Takes a service off the list that no incident speaks of."""
    row = _service(request.user, service_id)
    name = row.name
    remove_service(row, by=request.user, now=clock.now())
    messages.success(request, f"{name} is deleted.")
    return redirect("afteractions:services")


def _service(reader: Person, service_id: int) -> Service:
    row = services_known_to(reader).select_related("owner", "team").filter(pk=service_id).first()
    if row is None:
        raise NotFound("There is no such service.")
    return row
