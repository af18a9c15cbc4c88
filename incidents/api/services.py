"""The list of services: everybody reads what they may see of it, administrators keep it."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.access import SERVICES_ONLY, can_keep_services
from incidents.models import Service
from incidents.operations.services import (
    ServiceChanges,
    change_service,
    create_service,
    remove_service,
    version_of,
)
from incidents.queries.incidents import services_known_to
from majorops.errors import NotAllowed, NotFound
from majorops.people.api.people import TeamField
from majorops.searching import holding
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.outputs import Output, a_text
from majorops.web.api.serializers import PersonField, StrictSerializer, TextField
from majorops.web.api.viewsets import ApiViewSet, write_action

SEARCH = OpenApiParameter("search", str, description="A part of the name.")


class ServiceBody(StrictSerializer):
    name = TextField(required=False, max_length=200)
    owner = PersonField(required=False, allow_null=True)
    team = TeamField(required=False, allow_null=True, help_text="The name of a team.")


class NewService(ServiceBody):
    name = TextField(max_length=200)


class ServiceRow(Output):
    id = serializers.IntegerField()
    name = a_text()
    owner = serializers.CharField(allow_null=True, help_text="The address of a person.")
    team = serializers.CharField(source="team.name", allow_null=True)


class Services(ApiViewSet):
    queryset = Service.objects.none()
    lookup_value_regex = "[0-9]{1,18}"
    ordering = ("name", "id")

    @extend_schema(parameters=[SEARCH], responses=ServiceRow(many=True))
    def list(self, request: Request) -> Response:
        """The services that you may know of, by name"""
        services = self.known()
        if words := request.query_params.get("search", ""):
            services = holding(services, "name", words)
        return self.paginated(ServiceRow, services)

    @extend_schema(responses=ServiceRow)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One service"""
        return self.answer(self.service(pk))

    @write_action(NewService, ServiceRow, status=201, matches=False)
    def create(self, request: Request) -> Response:
        """Put a service on the list: administrators"""
        self.check_may_keep()
        data = self.validated(NewService)
        service = create_service(
            name=data["name"], owner=data.get("owner"), team=data.get("team"), by=self.person, now=self.now
        )
        return self.answer(service, status=201)

    @write_action(ServiceBody, ServiceRow)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a service: administrators"""
        self.check_may_keep()
        service = self.service(pk)
        changes: ServiceChanges = {**self.validated(ServiceBody)}
        version = matched_version(request, tag(service), version_of(service))
        return self.answer(change_service(service, changes, version=version, by=self.person, now=self.now))

    @write_action(None, {204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Take a service off the list that no incident speaks of: administrators"""
        self.check_may_keep()
        service = self.service(pk)
        version = matched_version(request, tag(service), version_of(service))
        remove_service(service, version=version, by=self.person, now=self.now)
        return Response(status=204)

    def check_may_keep(self) -> None:
        if not can_keep_services(self.person):
            raise NotAllowed(SERVICES_ONLY)

    def known(self) -> QuerySet[Service]:
        return services_known_to(self.person).select_related("owner", "team")

    def service(self, pk: str) -> Service:
        service = self.known().filter(pk=int(pk)).first()
        if service is None:
            raise NotFound("There is no such service.")
        return service

    def answer(self, service: Service, status: int = 200) -> Response:
        return Response(ServiceRow.of(service), status=status, headers={"ETag": tag(service)})


def tag(service: Service) -> str:
    """The entity tag of a service as it is."""
    return etag("service", service.pk, version_of(service))
