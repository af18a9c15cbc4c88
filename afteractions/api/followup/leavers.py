"""What people leave behind, and handing it over in one step."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.api import serializers
from afteractions.api.followup import outputs
from afteractions.operations.followup.leavers import can_hand_over_for, hand_over_all
from afteractions.queries.after_action_board import Circle
from afteractions.queries.leavers import LeftBehind, those_who_left
from majorops.errors import NotAllowed, NotFound
from majorops.people.models import Person
from majorops.prepared import among
from majorops.web.api.viewsets import ApiViewSet, write_action

EMAIL = OpenApiParameter("email", str, OpenApiParameter.PATH, description="The address of the person.")


class LeaverViewSet(ApiViewSet):
    """For whoever stands above somebody, and for administrators."""

    queryset = Person.objects.none()
    lookup_field = "email"
    ordering = ("full_name", "id")

    @extend_schema(responses=outputs.Leaver(many=True))
    def list(self, request: Request) -> Response:
        """Those who cannot sign in any more and have something open: below you, or for administrators everybody"""
        queryset = those_who_left()
        if not self.person.is_administrator:
            queryset = queryset.filter(among("pk", Circle.of(self.person).left))
        return self.paginated(outputs.Leaver, queryset)

    @extend_schema(parameters=[EMAIL], responses=outputs.LeftBehindShown)
    def retrieve(self, request: Request, email: str) -> Response:
        """All that is open and of one person, as you may see it"""
        return self.answer(self.leaver())

    @write_action(serializers.HandingOver, outputs.LeftBehindShown, matches=False, parameters=[EMAIL])
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, email: str) -> Response:
        """Hand all of it over to one person, with a note

        Chairs with their command, drafts, action items, vendors and services; the deadlines follow. What belongs to
        restricted incidents that you or the other may not see stays where it is. Of somebody who can still sign in the
        note is needed, as the reason that they are told, and command of incidents that run stays theirs.
        """
        leaver = self.leaver()
        data = self.validated(serializers.HandingOver)
        hand_over_all(leaver, to=data["to"], note=data.get("note") or "", **self.moment(data.get("at")))
        return self.answer(leaver)

    def leaver(self) -> Person:
        email = self.kwargs["email"].lower()
        person = Person.objects.select_related("manager").filter(email=email).first()
        if person is None:
            raise NotFound("There is no such person.")
        if not can_hand_over_for(self.person, person):
            raise NotAllowed(f"Whoever stands above {person}, or an administrator, sees what is left behind.")
        return person

    def answer(self, leaver: Person) -> Response:
        return Response(outputs.LeftBehindShown.of(LeftBehind(leaver, self.person)))
