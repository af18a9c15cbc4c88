"""Status notes that are to be sent: what the stakeholders are told of each transition, by the owner or the liaison."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from afteractions.access import can_send_status_note
from afteractions.queries.after_actions import note_list
from majorops import clock
from majorops.errors import BadInput
from majorops.web.htmx import is_partial_request
from majorops.web.pagination import paginate
from majorops.web.signed_in import GET, signed_in

WHOSE = (("mine", "Mine to send"), ("all", "All"), ("sent", "Sent"))


@signed_in(GET)
@vary_on_headers("HX-Request")
def notes(request: HttpRequest) -> HttpResponse:
    """The notes of one tab, the earliest prepared first; those sent, the latest first."""
    person = request.user
    whose = request.GET.get("whose", "mine")
    context: dict[str, Any] = {
        "at": clock.now(),
        "whose": whose,
        "tabs": [{"label": label, "url": f"?whose={key}", "current": key == whose} for key, label in WHOSE],
    }
    try:
        if whose not in dict(WHOSE):
            raise BadInput.of("whose", "Choose one of: mine, all, sent.")
        status_notes = note_list(person, sent=whose == "sent", mine=whose == "mine")
        order = ("-prepared_at", "-id") if whose == "sent" else ("prepared_at", "id")
        turned = paginate(status_notes, order, request.GET.get("cursor", ""))
        context |= {
            "rows": [(note, can_send_status_note(person, note.after_action)) for note in turned.rows],
            "next": turned.following,
            "previous": turned.preceding,
        }
    except BadInput as refused:
        context["refused"] = refused.sentence
    template = (
        "afteractions/partials/note_rows.html" if is_partial_request(request) else "afteractions/notes.html"
    )
    return render(request, template, context)
