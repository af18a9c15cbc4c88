"""The meeting and its guests: decisions as they are made, links for people without an account."""

from datetime import timedelta

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.api import outputs, serializers
from afteractions.api.rows import RowsViewSet
from afteractions.models import MeetingDecision
from afteractions.operations import lifecycle
from afteractions.operations.guest_links import VALID_FOR, guest_path
from afteractions.operations.meeting.meeting import capture_decision
from afteractions.operations.readers.guests import create_guest_link, revoke_guest_link
from majorops.errors import NotFound, RuleViolation
from majorops.web.api.viewsets import write_action

LINK = OpenApiParameter("link_id", int, OpenApiParameter.PATH, description="The `id` of one of the links.")


class MeetingViewSet(RowsViewSet):
    """The calls on what happens in the meeting, and on who may look in from outside."""

    @extend_schema(responses=outputs.DecisionShown(many=True))
    @action(detail=True, methods=["get"], ordering=("at", "id"))
    def decisions(self, request: Request, reference: str) -> Response:
        """What was decided in its meetings, in order"""
        meeting_decisions = MeetingDecision.objects.filter(meeting__after_action=self.found()).select_related(
            "by", "meeting"
        )
        return self.paginated(outputs.DecisionShown, meeting_decisions)

    @write_action(serializers.Capturing, outputs.DecisionShown, status=201, matches=False)
    @decisions.mapping.post
    def capture(self, request: Request, reference: str) -> Response:
        """Capture a decision of the meeting, as its chair"""
        after_action = self.found()
        data = self.validated(serializers.Capturing)
        meeting = lifecycle.present_meeting(after_action)
        if meeting is None:
            raise RuleViolation("No meeting is scheduled: schedule it first.")
        meeting.after_action = after_action
        made = capture_decision(meeting, text=data["text"], **self.moment(data.get("at")))
        return Response(outputs.DecisionShown.of(made), status=201)

    @extend_schema(responses=outputs.GuestLinkShown(many=True))
    @action(detail=True, methods=["get"], url_path="guest-links", ordering=("created_at", "id"))
    def guest_links(self, request: Request, reference: str) -> Response:
        """Who was given a link to the draft, and until when; the links themselves are not kept"""
        return self.paginated(outputs.GuestLinkShown, self.found().guest_links.select_related("person"))

    @write_action(serializers.LettingIn, outputs.GuestLinkGiven, status=201, matches=False)
    @guest_links.mapping.post
    def let_in(self, request: Request, reference: str) -> Response:
        """Give an attendee without an account a link to the draft

        Answered with the link this once: it is not kept and cannot be read again.
        """
        after_action = self.found()
        data = self.validated(serializers.LettingIn, scope=after_action.incident.reference)
        days = data.get("days")
        link, token = create_guest_link(
            after_action,
            data["person"],
            valid_for=VALID_FOR if days is None else timedelta(days=days),
            **self.moment(data.get("at")),
        )
        url = request.build_absolute_uri(guest_path(token))
        return Response(outputs.GuestLinkGiven.of(link, url=url), status=201)

    @write_action(serializers.When, outputs.GuestLinkShown, matches=False, parameters=[LINK])
    @action(detail=True, methods=["post"], url_path=r"guest-links/(?P<link_id>[0-9]{1,18})/revoke")
    def revoke(self, request: Request, reference: str, link_id: str) -> Response:
        """Take a link back: it opens nothing any more"""
        after_action = self.found()
        link = after_action.guest_links.select_related("person").filter(pk=int(link_id)).first()
        if link is None:
            raise NotFound("There is no such link of this After Action.")
        link.after_action = after_action
        data = self.validated(serializers.When)
        return Response(outputs.GuestLinkShown.of(revoke_guest_link(link, **self.moment(data.get("at")))))
