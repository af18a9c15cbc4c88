"""Asking for an After Action where none is required."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from afteractions.models import AfterAction
from afteractions.operations.intake import request as ask_for
from afteractions.views.step_forms import AskForm
from afteractions.views.workspace.workspace import instants
from afteractions.vocabulary import Decision
from incidents.access import get_incident
from incidents.models import Incident
from majorops import clock
from majorops.people.models import Person
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST, signed_in


@signed_in(GET, POST)
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Anybody who sees the incident asks, with what it would show; the MIM accepts or declines."""
    incident = get_incident(request.user, reference)
    form = AskForm(request.POST or None)
    attempt = Attempt(form)
    if request.method == "POST" and attempt.is_filled():
        with attempt:
            made = ask_for(
                incident, reason=form.cleaned_data["reason"], by=request.user, **instants(clock.now())
            )
        if not attempt.refused:
            messages.success(request, "You asked for an After Action: the MIM accepts or declines it.")
            return redirect(made.get_absolute_url())
    context = {
        "incident": incident,
        "form": form,
        "refused": _refused_now(request.user, incident),
        "there": AfterAction.objects.filter(incident=incident).first(),
    }
    return render(request, "afteractions/ask.html", context, status=attempt.status)


def _refused_now(person: Person, incident: Incident) -> str:
    """Why nobody can ask here now, or this person cannot; nothing where one can."""
    if person.only_reads:
        return "Auditors read all and change nothing: ask somebody who worked on the incident."
    if not incident.is_closed:
        return "This incident is still running: whether an After Action is held is decided at its close."
    there = AfterAction.objects.filter(incident=incident).exclude(decision=Decision.SKIP).first()
    return f"There is one already: {there.reference}." if there else ""
