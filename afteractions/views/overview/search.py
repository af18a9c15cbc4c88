"""Search over everything: as it is typed, and as a page of its own with a kind and pages in the address."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from afteractions.queries import search as searching
from afteractions.queries.search import Kind
from majorops import clock
from majorops.errors import BadInput
from majorops.searching import LONGEST, is_enough
from majorops.web.pagination import paginate
from majorops.web.signed_in import GET, signed_in


@signed_in(GET)
def search(request: HttpRequest) -> HttpResponse:
    """The first of each kind; with `kind`, all of that kind, 50 a page."""
    data = request.GET.get("q", "").strip()[:LONGEST]
    kind = request.GET.get("kind", "").strip()
    context: dict[str, Any] = {
        "at": clock.now(), "q": data, "kind": kind, "kinds": Kind.choices(), "is_enough": is_enough(data),
    }  # fmt: skip
    try:
        if kind and not Kind.knows(kind):
            raise BadInput.of("kind", f"Choose one of: {', '.join(item.label for item in Kind)}.")
        if not kind:
            context["groups"] = searching.search(request.user, data)
        elif is_enough(data):
            matches, order = searching.search_one(request.user, data, Kind(kind))
            turned = paginate(matches, order, request.GET.get("cursor", ""))
            hits = [searching.hit_in(row, data) for row in turned.rows]
            context |= {
                "groups": [searching.HitGroup(Kind(kind), hits, False)] if hits else [],
                "next": turned.following,
                "previous": turned.preceding,
            }
    except BadInput as refused:
        context["refused"] = refused.sentence
    return render(request, "search.html", context)


@signed_in(GET)
def suggestions(request: HttpRequest) -> HttpResponse:
    """What is found while it is typed, as the options of a list."""
    data = request.GET.get("q", "").strip()[:LONGEST]
    groups = searching.search(request.user, data)
    context = {"q": data, "groups": groups, "is_enough": is_enough(data)}
    return render(request, "partials/search_suggestions.html", context)
