"""The library: every published Learning Review that the reader may see, to learn from."""

from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.fields.json import KeyTransform
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.vary import vary_on_headers

from afteractions.models import Change, Revision
from afteractions.queries.after_actions import library as published
from afteractions.vocabulary import ActionStatus, ChangeKind, LearningState, RevisionKind
from incidents.queries.incidents import services_known_to
from incidents.vocabulary import Severity
from majorops import clock
from majorops.errors import BadInput
from majorops.web.htmx import is_partial_request
from majorops.web.pagination import paginate
from majorops.web.signed_in import GET, signed_in

ROW = (
    "reference", "published_at", "incident__reference", "incident__title", "incident__severity",
    "incident__restricted",
)  # fmt: skip
FILTERS = ("search", "severity", "service")


@signed_in(GET)
@vary_on_headers("HX-Request")
def library(request: HttpRequest) -> HttpResponse:
    """Filters and page stand in the address."""
    filters = {name: request.GET.get(name, "").strip() for name in FILTERS}
    context: dict[str, Any] = {
        "at": clock.now(),
        "filters": filters,
        "is_filtered": any(filters.values()),
        "severities": Severity.choices(),
    }
    try:
        if filters["severity"] not in ("", *Severity.keys()):
            raise BadInput.of("severity", "This is no severity. Choose one of the list.")
        reviews = published(
            request.user, filters["search"], severity=filters["severity"], service=filters["service"]
        )
        turned = paginate(
            reviews.select_related(None).select_related("incident").only(*ROW).annotate(root_cause=_cause()),
            ("-published_at", "-id"),
            request.GET.get("cursor", ""),
        )
        context |= {
            "rows": _rows(turned.rows),
            "next": turned.following,
            "previous": turned.preceding,
        }
    except BadInput as refused:
        context["refused"] = refused.sentence
    if is_partial_request(request):
        return render(request, "afteractions/partials/library_rows.html", context)
    context["services"] = services_known_to(request.user).values_list("name", flat=True)[:200]
    return render(request, "afteractions/library.html", context)


def _cause() -> Subquery:
    """The root cause as the latest published revision says it."""
    revisions = Revision.objects.filter(
        after_action=OuterRef("pk"), kind__in=[RevisionKind.PUBLISHED, RevisionKind.ERRATUM]
    ).order_by("-number")
    return Subquery(
        revisions.annotate(cause=KeyTransform("root_cause", KeyTransform("sections", "content"))).values(
            "cause"
        )[:1]
    )


def _rows(reviews: list[Any]) -> list[dict[str, Any]]:
    # What we continue needs nothing done: it is no learning that still waits.
    counted = (
        Change.objects.filter(after_action__in=reviews, removed_at__isnull=True, mtm_action__isnull=True)
        .exclude(kind=ChangeKind.CONTINUE)
        .values("after_action")
        .order_by()
        .annotate(
            changes=Count("pk"),
            done=Count("pk", filter=Q(status=ActionStatus.DONE)),
            learned=Count("pk", filter=Q(learning=LearningState.LEARNED)),
        )
    )
    counts: dict[int, Any] = {row["after_action"]: row for row in counted}
    return [
        {
            "after_action": after_action,
            "cause": ((after_action.root_cause or {}).get("failure") or "").strip().rstrip("."),
            **{name: counts.get(after_action.pk, {}).get(name, 0) for name in ("changes", "done", "learned")},
        }
        for after_action in reviews
    ]
