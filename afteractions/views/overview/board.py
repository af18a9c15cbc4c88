"""The board of After Actions by status, and the list by next deadline. Everybody sees what `visible_to` shows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from afteractions.queries.after_action_board import COUNTED, after_actions_by_deadline, cards_of, columns
from afteractions.vocabulary import Status
from majorops import clock
from majorops.errors import BadInput
from majorops.web.htmx import is_partial_request
from majorops.web.pagination import paginate
from majorops.web.signed_in import GET, signed_in

FILTERS = ("status", "owner", "overdue")


@signed_in(GET)
@vary_on_headers("HX-Request")
def board(request: HttpRequest) -> HttpResponse:
    """The board, or with `?view=list` the list, which keeps its filters in the address."""
    if request.GET.get("view") == "list":
        return _list(request)
    context = {"at": clock.now(), "columns": columns(request.user), "counted": COUNTED}
    return render(request, "afteractions/board.html", context)


def _list(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    filters = {name: request.GET.get(name, "").strip() for name in FILTERS}
    context: dict[str, Any] = {
        "at": now,
        "filters": filters,
        "is_filtered": any(filters.values()),
        "statuses": Status.choices(),
    }
    try:
        if filters["status"] not in ("", *Status.keys()):
            raise BadInput.of("status", f"Choose one of: {', '.join(word.label for word in Status)}.")
        after_actions = after_actions_by_deadline(
            request.user,
            status=filters["status"],
            owner=filters["owner"],
            overdue=bool(filters["overdue"]),
            at=now,
        )
        turned = paginate(after_actions, ("due_order", "id"), request.GET.get("cursor", ""))
        context |= {
            "cards": cards_of(turned.rows),
            "next": turned.following,
            "previous": turned.preceding,
        }
    except BadInput as refused:
        context["refused"] = refused.sentence
    is_part = is_partial_request(request)
    return render(
        request,
        "afteractions/partials/board_rows.html" if is_part else "afteractions/board_list.html",
        context,
    )
