"""What people leave behind, and handing it over in one step."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.api import output_schemas, serializers
from afteractions.operations.deadlines import reminders
from afteractions.operations.followup.leavers import can_hand_over_for, hand_over_all
from afteractions.queries.after_action_board import Circle
from afteractions.queries.leavers import LeftBehind, those_who_left
from majorops.errors import NotAllowed, NotFound
from majorops.formatting.instants import written
from majorops.people.models import Person
from majorops.prepared import among
from majorops.web.api.viewsets import ApiViewSet, write_action

EMAIL = OpenApiParameter("email", str, OpenApiParameter.PATH, description="The address of the person.")


class LeavingCalls(ApiViewSet):
    """For whoever stands above somebody, and for administrators."""

    queryset = Person.objects.none()
    lookup_field = "email"
    ordering = ("full_name", "id")

    @extend_schema(responses=output_schemas.Leaver(many=True))
    def list(self, request: Request) -> Response:
        """Those who cannot sign in any more and have something open: below you, or for administrators everybody"""
        found = those_who_left()
        if not self.person.is_administrator:
            found = found.filter(among("pk", Circle.of(self.person).left))
        rows = self.paginate_queryset(found)
        return self.get_paginated_response(
            [{"person": each.identifier, "name": each.full_name} for each in rows]
        )

    @extend_schema(parameters=[EMAIL], responses=output_schemas.LeftBehindShown)
    def retrieve(self, request: Request, email: str) -> Response:
        """All that is open and of one person, as you may see it"""
        return self.answer(self.leaver())

    @write_action(serializers.HandingOver, output_schemas.LeftBehindShown, matches=False, parameters=[EMAIL])
    @action(detail=True, methods=["post"], url_path="hand-over")
    def hand_over(self, request: Request, email: str) -> Response:
        """Hand all of it over to one person, with a note

        Chairs with their command, drafts, action items, vendors and services; the deadlines follow. What belongs to
        restricted incidents that you or the other may not see stays where it is.
        """
        leaver = self.leaver()
        said = self.read(serializers.HandingOver)
        hand_over_all(leaver, to=said["to"], note=said.get("note") or "", **self.moment(said.get("at")))
        return self.answer(leaver)

    def leaver(self) -> Person:
        email = self.kwargs["email"].lower().replace("\x00", "")
        found = Person.objects.select_related("manager").filter(email=email).first()
        if found is None:
            raise NotFound("There is no such person.")
        if not can_hand_over_for(self.person, found):
            raise NotAllowed(f"Whoever stands above {found}, or an administrator, sees what is left behind.")
        return found

    def answer(self, leaver: Person) -> Response:
        behind = LeftBehind(leaver, self.person)
        told: dict[str, Any] = {
            "person": leaver.identifier,
            "name": leaver.full_name,
            "is_active": leaver.is_active,
            "chairs": [incident.reference for incident in behind.chairs],
            "drafts": [review.reference for review in behind.drafts],
            "liaisons": [review.reference for review in behind.liaisons],
            "action_items": [change.reference for change in behind.items],
            "vendors": sorted(
                {each.engagement.vendor.name for each in behind.follow_ups}
                | {each.name for each in behind.vendors}
            ),
            "services": [service.name for service in behind.services],
            "deadlines": [
                {"what": reminders.what(row), "due_at": written(row.due_at)} for row in behind.deadlines
            ],
            "hidden": behind.hidden,
        }
        return Response(told)
