"""The list of incidents, a page at a time and as CSV."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from incidents.access import can_declare
from incidents.models import Incident
from incidents.operations.facts import duration_of
from incidents.queries.incidents import FILTERS, incident_list, turn_incidents
from incidents.vocabulary import IncidentStatus, RequirementLevel, Severity
from majorops import clock
from majorops.errors import BadInput
from majorops.formatting.durations import duration_words
from majorops.web.pagination import KeysetPage
from majorops.web.signed_in import GET, signed_in
from majorops.web.spreadsheet import spreadsheet

MOST_EXPORTED = 20_000
COLUMNS = (
    "Reference", "Title", "Severity", "Status", "MIM", "Began (UTC)", "Opened (UTC)", "Closed (UTC)", "Duration",
    "Requirement", "Reason",
)  # fmt: skip


@signed_in(GET)
@vary_on_headers("HX-Request")
def incidents(request: HttpRequest) -> HttpResponse:
    """Filters and page stand in the address; an unknown filter says what is known."""
    filters = {name: request.GET.get(name, "").strip() for name in FILTERS}
    now, turned, refused = clock.now(), KeysetPage([], "", ""), ""
    try:
        if request.GET.get("format") == "csv":
            return _csv(incident_list(request.user, filters), now)
        turned = turn_incidents(request.user, filters, request.GET.get("cursor", ""))
    except BadInput as problem:
        refused = problem.sentence
    context = {
        "at": now,
        "filters": filters,
        "is_filtered": any(filters.values()),
        "refused": refused,
        "rows": [(incident, duration_of(incident, now).seconds) for incident in turned.rows],
        "next": turned.following,
        "previous": turned.preceding,
        "severities": Severity.choices(),
        "statuses": IncidentStatus.choices(),
        "levels": dict(RequirementLevel.choices()),
        "may_declare": can_declare(request.user),
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    return render(request, "incidents/partials/rows.html" if is_part else "incidents/list.html", context)


def _csv(queryset: QuerySet[Incident], now: datetime) -> StreamingHttpResponse:
    rows = (_cells(incident, now) for incident in queryset[:MOST_EXPORTED].iterator(chunk_size=1000))
    return spreadsheet("incidents.csv", COLUMNS, rows)


def _cells(incident: Incident, now: datetime) -> list[Any]:
    levels = dict(RequirementLevel.choices())
    return [
        incident.reference,
        incident.title,
        incident.severity_label,
        IncidentStatus(incident.status).label,
        incident.mim or "",
        *(_utc(at) for at in (incident.began_at, incident.opened_at, incident.closed_at)),
        duration_words(duration_of(incident, now).seconds),
        levels.get(incident.requirement_level, ""),
        incident.requirement_reason,
    ]


def _utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at else ""
