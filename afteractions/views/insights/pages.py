"""Insights: what the past months say, a topic a page; and the list behind each of its numbers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.vary import vary_on_headers

from afteractions.queries.insights.filters import PERIODS, USUAL, InsightFilters, month_words
from afteractions.views.insights.lists import LISTS, InsightList
from afteractions.views.insights.topics import TOPICS
from incidents.vocabulary import Severity
from majorops import clock
from majorops.errors import BadInput
from majorops.people.models import Team
from majorops.web.htmx import is_partial_request
from majorops.web.pagination import paginate
from majorops.web.signed_in import GET, signed_in
from majorops.web.spreadsheet import MOST_ROWS, spreadsheet

FIRST = next(iter(TOPICS))


@signed_in(GET)
@vary_on_headers("HX-Request")
def insights(request: HttpRequest, topic: str = FIRST) -> HttpResponse:
    """One topic; the months, the team and the severity stand in the address."""
    if topic not in TOPICS:
        raise Http404
    now = clock.now()
    label, panels = TOPICS[topic]
    context: dict[str, Any] = {"at": now, "topic": topic, "label": label, "address": address(topic)}
    try:
        filters = InsightFilters.read(request.GET.dict(), at=now)
        context |= {"asked": filters, "panels": panels(request.user, filters)}
    except BadInput as refused:
        context |= {"refused": refused.sentence, "asked": InsightFilters.read({}, at=now)}
    if is_partial_request(request):
        return render(request, "afteractions/partials/insight_panels.html", context)
    chosen_filters = context["asked"]
    chosen = len(chosen_filters.edges) - 1
    context |= {
        "periods": [(row, f"Last {row} months") for row in sorted({*PERIODS, chosen})],
        "period": chosen,
        "usual": USUAL,
        "teams": Team.objects.values_list("pk", "name"),
        "severities": Severity.choices(),
        "tabs": [
            {"label": name, "url": address(key) + chosen_filters.query(), "chosen_filters": key == topic}
            for key, (name, _) in TOPICS.items()
        ],
    }
    return render(request, "afteractions/insights.html", context)


def address(topic: str) -> str:
    return (
        reverse("afteractions:insights")
        if topic == FIRST
        else reverse("afteractions:insights_topic", args=[topic])
    )


@signed_in(GET)
def insights_list(request: HttpRequest, subject: str) -> HttpResponseBase:
    """The rows that a number counts, a page at a time; `?format=csv` gives all of them."""
    if subject not in LISTS:
        raise Http404
    listed: type[InsightList] = LISTS[subject]
    now = clock.now()
    context: dict[str, Any] = {"at": now, "title": listed.title, "topic": TOPICS[listed.topic][0]}
    try:
        filters = InsightFilters.read(request.GET.dict(), at=now)
        behind = listed(request.user, filters, request.GET.dict())
        if request.GET.get("format") == "csv":
            rows_listed = behind.found.order_by(*behind.order)[:MOST_ROWS].iterator(chunk_size=1000)
            lines = ([cell.plain for cell in behind.row(row)] for row in rows_listed)
            return spreadsheet(f"{subject}.csv", behind.columns, lines)
        # A page shows instants in the zone of its reader.
        columns = [column.removesuffix(" (UTC)") for column in behind.columns]
        turned = paginate(behind.found, behind.order, request.GET.get("cursor", ""))
        context |= {
            "columns": columns,
            "rows": [list(zip(columns, behind.row(row), strict=True)) for row in turned.rows],
            "told": behind.told,
            "period": month_words(filters.month)
            if filters.month
            else f"the last {len(filters.edges) - 1} months",
            "back": address(listed.topic) + filters.query(),
            "next": turned.following,
            "previous": turned.preceding,
        }
    except BadInput as refused:
        context |= {"refused": refused.sentence, "back": address(listed.topic)}
    return render(request, "afteractions/insights_list.html", context)
