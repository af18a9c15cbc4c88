"""What is overdue and due soon: for managers their own tree first, for everybody what they may see."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from afteractions import overdue as overdue_queries
from afteractions.operations import reminders
from afteractions.overdue import COUNTED, Filters
from afteractions.overview import BUTTON, Circle, zone_of
from afteractions.vocabulary import ObligationKind
from incidents.vocabulary import Severity
from majorops import clock
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team
from majorops.refusal import BadInput
from majorops.web.pages import turn
from majorops.web.parts import wants_part


@login_required
@require_safe
@vary_on_headers("HX-Request")
def overdue(request: HttpRequest) -> HttpResponse:
    """The list, oldest first, with its counts; filters and page stand in the address."""
    assert isinstance(request.user, Person)
    person, now = request.user, clock.now()
    circle = Circle.of(person)
    teams = dict(Team.objects.values_list("pk", "name"))
    context: dict[str, Any] = {
        "at": now,
        "manages": bool(circle.below),
        "teams": teams,
        "kinds": ObligationKind.choices(),
        "severities": Severity.choices(),
        "counted": COUNTED,
    }
    try:
        filters = Filters.read(request.GET.dict(), manages=bool(circle.below))
        found = overdue_queries.overdue(person, circle, filters, at=now)
        turned = turn(overdue_queries.rows_of(found), ("due_at", "id"), request.GET.get("cursor", ""))
        told = overdue_queries.last_escalations(turned.rows)
        context |= {
            "filters": filters,
            "owner_typed": filters.owner,
            "is_filtered": bool(filters.team or filters.owner or filters.kind or filters.severity),
            "rows": [_row(row, told) for row in turned.rows],
            "next": turned.following,
            "previous": turned.preceding,
            "counts": overdue_queries.counts_of(person, circle, filters, teams=teams, at=now),
            "completion": overdue_queries.completion(person, circle, filters, at=now),
        }
    except BadInput as refused:
        context |= {"refused": refused.sentence, "filters": Filters()}
    is_part = wants_part(request)
    return render(
        request,
        "afteractions/partials/overdue_results.html" if is_part else "afteractions/overdue.html",
        context,
    )


def _row(row: Any, told: dict[int, Any]) -> dict[str, Any]:
    step = told.get(row.pk)
    return {
        "row": row,
        "zone": zone_of(row),
        "what": reminders.what(row),
        "url": reminders.place(row),
        "button": BUTTON[ObligationKind(row.kind)],
        "group": GroupName(row.responsible_group).label if row.responsible_id is None else "",
        "told": step,
        "step": step.step.partition(":")[2] if step is not None else "",
    }
