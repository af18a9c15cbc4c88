"""Search over everything that the caller may see."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.models import AfterAction
from afteractions.queries.search import Hit, Kind, hit_in, search, search_one
from majorops.errors import BadInput
from majorops.searching import LONGEST, SHORTEST, is_enough
from majorops.searching.marking import plain
from majorops.web.api.outputs import Output, a_text
from majorops.web.api.viewsets import ApiViewSet


class HitShown(Output):
    kind = a_text(help_text=f"One of: {', '.join(Kind.keys())}.")
    title = a_text()
    about = a_text(help_text="What it belongs to.")
    found = a_text(help_text="The words round what was found.")
    url = a_text(help_text="Its page.")

    def get_title(self, hit: Hit) -> str:
        return plain(hit.title)

    def get_found(self, hit: Hit) -> str:
        return plain(hit.found)


class Search(ApiViewSet):
    queryset = AfterAction.objects.none()
    ordering = ("id", "id")

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "q",
                str,
                required=True,
                description=f"Words, or a reference: {SHORTEST} to {LONGEST} characters.",
            ),
            OpenApiParameter(
                "kind",
                str,
                enum=Kind.keys(),
                description="All of one kind, in pages; else the first of each.",
            ),
        ],
        responses=HitShown(many=True),
    )
    def list(self, request: Request) -> Response:
        """What holds all of these words, of everything that you may see, the latest first"""
        data, kind = request.query_params.get("q", "").strip(), request.query_params.get("kind", "")
        if not is_enough(data) or len(data) > LONGEST:
            raise BadInput.of("q", f"Give words of {SHORTEST} to {LONGEST} characters.")
        if not kind:
            hits = [hit for group in search(self.person, data) for hit in group.hits]
            return Response({"next": None, "previous": None, "results": HitShown.all(hits)})
        if not Kind.knows(kind):
            raise BadInput.of("kind", f"“{kind[:80]}” is unknown. Choose one of: {', '.join(Kind.keys())}.")
        queryset, self.ordering = search_one(self.person, data, Kind(kind))
        return self.get_paginated_response(
            HitShown.all(hit_in(row, data) for row in self.paginate_queryset(queryset))
        )
