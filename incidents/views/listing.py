"""The list of incidents, a page at a time and as CSV."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from incidents.access import can_declare
from incidents.models import Incident
from incidents.operations.facts import duration_of
from incidents.queries import incident_list, with_after_action
from incidents.vocabulary import IncidentStatus, RequirementLevel, Severity
from majorops import clock
from majorops.durations import duration_words
from majorops.people.models import Person
from majorops.refusal import BadInput

PAGE = 50
MOST_EXPORTED = 20_000
FILTERS = ("severity", "status", "service", "search")
COLUMNS = (
    "Reference", "Title", "Severity", "Status", "MIM", "Began (UTC)", "Opened (UTC)", "Closed (UTC)", "Duration",
    "Requirement", "Reason",
)  # fmt: skip


@login_required
@require_safe
@vary_on_headers("HX-Request")
def incidents(request: HttpRequest) -> HttpResponse:
    """Filters and page stand in the address; an unknown filter says what is known."""
    assert isinstance(request.user, Person)
    filters = {name: request.GET.get(name, "").strip() for name in FILTERS}
    now, refused = clock.now(), ""
    try:
        found = incident_list(request.user, filters)
    except BadInput as problem:
        found, refused = Incident.objects.none(), problem.sentence
    if request.GET.get("format") == "csv" and not refused:
        return _csv(found, now)
    rows, following, previous = page_of(found, request.GET.get("cursor", ""))
    context = {
        "at": now,
        "filters": filters,
        "is_filtered": any(filters.values()),
        "refused": refused,
        "rows": [(incident, duration_of(incident, now).seconds) for incident in rows],
        "next": following,
        "previous": previous,
        "severities": Severity.choices(),
        "statuses": IncidentStatus.choices(),
        "levels": dict(RequirementLevel.choices()),
        "may_declare": can_declare(request.user),
    }
    is_part = request.htmx and not request.htmx.history_restore_request
    return render(request, "incidents/partials/rows.html" if is_part else "incidents/list.html", context)


def page_of(found: QuerySet[Incident], cursor: str) -> tuple[list[Incident], str, str]:
    """Up to 50 rows after (or before, as in `<...`) the cursor, with the cursors of the pages around them.

    A cursor is the place of a row, not a number of rows to leave out: it costs the same however far one pages.
    """
    backwards, place = cursor.startswith("<"), _place(cursor.lstrip("<"))
    if place is not None:
        at, pk = place
        beyond = (
            Q(listed_at__gt=at) | Q(listed_at=at, pk__gt=pk)
            if backwards
            else Q(listed_at__lt=at) | Q(listed_at=at, pk__lt=pk)
        )
        found = found.filter(beyond)
    backwards = backwards and place is not None
    order = ("listed_at", "pk") if backwards else ("-listed_at", "-pk")
    rows = list(with_after_action(found).order_by(*order)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if backwards:
        rows.reverse()
    if not rows:
        return rows, "", ""
    has_next, has_previous = (True, more) if backwards else (more, place is not None)
    return (
        rows,
        _cursor(rows[-1]) if has_next else "",
        f"<{_cursor(rows[0])}" if has_previous else "",
    )


def _cursor(incident: Incident) -> str:
    return f"{incident.listed_at.timestamp():.6f}-{incident.pk}"


def _place(cursor: str) -> tuple[datetime, int] | None:
    stamp, _, pk = cursor.partition("-")
    try:
        return datetime.fromtimestamp(float(stamp), UTC), int(pk)
    except (ValueError, OverflowError, OSError):
        return None


class _Line:
    """What the csv module writes to: each row comes back as text."""

    def write(self, value: str) -> str:
        return value


def _csv(found: QuerySet[Incident], now: datetime) -> StreamingHttpResponse:
    writer = csv.writer(_Line())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(COLUMNS)
        for incident in found[:MOST_EXPORTED].iterator(chunk_size=1000):
            yield writer.writerow(map(defused, _cells(incident, now)))

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="incidents.csv"'
    return answer


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


def defused(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    shown = str(value)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else shown


def _utc(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at else ""
