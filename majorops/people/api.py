"""The people who can be named in calls: those with an account."""

from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from majorops.people.models import Person
from majorops.searching import holding
from majorops.web.api.outputs import Output
from majorops.web.api.viewsets import ApiViewSet


class PersonRow(Output):
    person = serializers.CharField(source="*", help_text="How calls name this person.")
    name = serializers.CharField(source="full_name")
    job_title = serializers.CharField()
    team = serializers.CharField(source="team.name", allow_null=True)
    manager = serializers.CharField(allow_null=True)
    time_zone = serializers.CharField()


class People(ApiViewSet):
    queryset = Person.objects.none()
    ordering = ("full_name", "id")

    @extend_schema(
        parameters=[OpenApiParameter("search", str, description="Part of a name or an address.")],
        responses=PersonRow(many=True),
    )
    def list(self, request: Request) -> Response:
        """The people with an account, by name"""
        people = Person.objects.accounts().select_related("team", "manager")
        if words := request.query_params.get("search", ""):
            people = holding(people, "full_name", words, Q(email__icontains=words))
        return self.paginated(PersonRow, people)
