"""Deadlines, whatever they belong to: what is overdue or due soon, and the nudge."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.api import outputs, serializers
from afteractions.models import Obligation
from afteractions.operations.deadlines.nudging import nudge
from afteractions.queries.overdue.filters import Due, Filters, Tree
from afteractions.queries.overdue.rows import ORDER, deadlines, with_row_details
from afteractions.vocabulary import ObligationKind
from incidents.vocabulary import Severity
from majorops.errors import NotFound
from majorops.web.api.viewsets import ApiViewSet, write_action

FILTERS = [
    OpenApiParameter(
        "whose",
        str,
        enum=["tree", "all"],
        description="`tree`: of the people below you, as is usual for managers.",
    ),
    OpenApiParameter(
        "due", str, enum=["overdue", "soon"], description="`soon`: what falls due within 7 days."
    ),
    OpenApiParameter("age", str, enum=Due.keys(), description="By how much it passed, or how near it is."),
    OpenApiParameter("branch", int, description="The key of one of your direct reports: that one and below."),
    OpenApiParameter("team", int, description="The key of a team; 0 for none."),
    OpenApiParameter("owner", str, description="An e-mail address, or the name of a group."),
    OpenApiParameter("kind", str, enum=ObligationKind.keys()),
    OpenApiParameter("severity", str, enum=Severity.keys()),
]


class Obligations(ApiViewSet):
    """The deadlines that are open."""

    queryset = Obligation.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ORDER

    @extend_schema(parameters=FILTERS, responses=outputs.OverdueObligation(many=True))
    def list(self, request: Request) -> Response:
        """What is overdue, or falls due within 7 days, the oldest first"""
        tree = Tree.of(self.person)
        filters = Filters.read(request.query_params.dict(), manages=bool(tree.below))
        queryset = with_row_details(deadlines(**filters.asked(self.person, tree, at=self.now)))
        return self.paginated(outputs.OverdueObligation, queryset)

    @write_action(serializers.Nudging, outputs.OverdueObligation, matches=False)
    @action(detail=True, methods=["post"])
    def nudge(self, request: Request, pk: str) -> Response:
        """Ask whoever must meet it to see to it, with a word if you like; once in 24 hours"""
        data = self.validated(serializers.Nudging)
        row = self.found(pk)
        nudge(row, word=data.get("word") or "", **self.moment(data.get("at")))
        return Response(outputs.OverdueObligation.of(self.found(pk)))

    def found(self, pk: str) -> Any:
        row = with_row_details(Obligation.objects.visible_to(self.person)).filter(pk=int(pk)).first()
        if row is None:
            raise NotFound("There is no such deadline that you may see.")
        return row
