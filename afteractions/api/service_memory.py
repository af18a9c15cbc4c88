"""Service memory, as a call."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from afteractions.api.followup import outputs
from afteractions.queries.service_memory import memory_of_incident, memory_of_names
from incidents.access import get_incident
from majorops.web.api.viewsets import ApiViewSet

SERVICES = OpenApiParameter("services", str, description="Names of services, with commas between them.")
INCIDENT = OpenApiParameter(
    "incident", str, description="The reference of an incident, in the place of its services."
)


class ServiceMemoryViewSet(ApiViewSet):
    """What earlier incidents of the same services taught."""

    @extend_schema(parameters=[SERVICES, INCIDENT], responses=outputs.ServiceMemoryShown)
    def show(self, request: Request) -> Response:
        """The last learnings of services, their unfinished actions, and the vendors' escalation contacts

        Only what the caller may see is told.
        """
        if reference := request.query_params.get("incident"):
            items = memory_of_incident(self.person, get_incident(self.person, reference))
        else:
            items = memory_of_names(self.person, request.query_params.get("services", "").split(","))
        return Response(outputs.ServiceMemoryShown.of(items))
