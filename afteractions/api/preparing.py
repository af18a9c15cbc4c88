"""What feeds and prepares the review, as calls: the bridge close-out."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.access import get_after_action
from afteractions.api import answers, bodies, shown
from afteractions.models import AfterAction
from afteractions.operations.close_out import close_out, standing_answers
from majorops.web.calls import Calls, verb


class PreparingCalls(Calls):
    """The calls on what people bring before the meeting."""

    queryset = AfterAction.objects.none()
    lookup_field = "reference"

    def found(self) -> AfterAction:
        """The After Action of the address. Raises Absent for one that is not there or not to be known."""
        return get_after_action(self.person, self.kwargs["reference"])

    @extend_schema(responses=answers.CloseOutShown(many=True))
    @action(detail=True, methods=["get"], url_path="close-out", pagination_class=None)
    def close_outs(self, request: Request, reference: str) -> Response:
        """What each responder said at the close: what worked, and what slowed us"""
        return Response([shown.close_out(each) for each in standing_answers(self.found())])

    @verb(bodies.ClosingOut, answers.CloseOutShown, status=201, matches=False)
    @close_outs.mapping.post
    def close_out(self, request: Request, reference: str) -> Response:
        """Say what worked and what slowed us, as a responder, until the draft is distributed

        Saying it again takes the place of what the caller said before.
        """
        after_action = self.found()
        said = self.read(bodies.ClosingOut)
        answer = close_out(
            after_action,
            worked=said.get("worked") or "",
            slowed=said.get("slowed") or "",
            **self.moment(said.get("at")),
        )
        return Response(shown.close_out(answer), status=201)
