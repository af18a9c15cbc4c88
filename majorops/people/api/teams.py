"""Teams: everybody reads them, administrators keep them."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from majorops.errors import NotFound
from majorops.people.access import check_can_administer
from majorops.people.api.me import number
from majorops.people.models import Team
from majorops.people.operations.teams import (
    TeamChanges,
    change_team,
    create_team,
    remove_team,
    version_of,
)
from majorops.searching import holding
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.outputs import Output, a_text
from majorops.web.api.serializers import PersonField, StrictSerializer, TextField
from majorops.web.api.viewsets import ApiViewSet, write_action

SEARCH = OpenApiParameter("search", str, description="A part of the name.")


class TeamBody(StrictSerializer):
    name = TextField(required=False, max_length=200)
    lead = PersonField(required=False, allow_null=True)


class NewTeam(TeamBody):
    name = TextField(max_length=200)


class TeamRow(Output):
    id = serializers.IntegerField()
    name = a_text()
    lead = serializers.CharField(allow_null=True, help_text="The address of a person.")


class Teams(ApiViewSet):
    queryset = Team.objects.none()
    ordering = ("name", "id")

    @extend_schema(parameters=[SEARCH], responses=TeamRow(many=True))
    def list(self, request: Request) -> Response:
        """The teams, by name"""
        teams = Team.objects.select_related("lead")
        if words := request.query_params.get("search", ""):
            teams = holding(teams, "name", words)
        return self.paginated(TeamRow, teams)

    @extend_schema(responses=TeamRow)
    def retrieve(self, request: Request, pk: str) -> Response:
        """One team"""
        return self.answer(self.team(pk))

    @write_action(NewTeam, TeamRow, status=201, matches=False)
    def create(self, request: Request) -> Response:
        """Make a team: administrators"""
        check_can_administer(self.person)
        data = self.validated(NewTeam)
        team = create_team(name=data["name"], lead=data.get("lead"), by=self.person, now=self.now)
        return self.answer(team, status=201)

    @write_action(TeamBody, TeamRow)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change a team: administrators"""
        check_can_administer(self.person)
        team = self.team(pk)
        changes: TeamChanges = {**self.validated(TeamBody)}
        version = matched_version(request, tag(team), version_of(team))
        return self.answer(change_team(team, changes, version=version, by=self.person, now=self.now))

    @write_action(None, {204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove a team that nobody and nothing belongs to: administrators"""
        check_can_administer(self.person)
        team = self.team(pk)
        version = matched_version(request, tag(team), version_of(team))
        remove_team(team, version=version, by=self.person, now=self.now)
        return Response(status=204)

    def team(self, pk: str) -> Team:
        team = Team.objects.select_related("lead").filter(pk=number(pk)).first()
        if team is None:
            raise NotFound("There is no such team.")
        return team

    def answer(self, team: Team, status: int = 200) -> Response:
        return Response(TeamRow.of(team), status=status, headers={"ETag": tag(team)})


def tag(team: Team) -> str:
    """The entity tag of a team as it is."""
    return etag("team", team.pk, version_of(team))
