"""The people with an account: everybody reads them, administrators keep them."""

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from majorops.errors import BadInput, NotFound
from majorops.people.access import check_can_administer
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team
from majorops.people.operations.accounts import (
    PersonChanges,
    change_person,
    create_person,
    version_of,
)
from majorops.people.operations.importing import Outcome, import_people
from majorops.people.operations.invitations import invite
from majorops.people.operations.leaving import disable, enable, what_belongs_to
from majorops.people.operations.teams import teams_named
from majorops.searching import holding
from majorops.web.api.envelope import etag, matched_version
from majorops.web.api.outputs import Output, a_text, maybe_text
from majorops.web.api.serializers import (
    LARGEST_BODY,
    CsvParser,
    PersonField,
    StrictJSONParser,
    StrictSerializer,
    TextField,
    TooLarge,
    WordField,
    YesNoField,
)
from majorops.web.api.viewsets import ApiViewSet, write_action

EMAIL = OpenApiParameter("email", str, OpenApiParameter.PATH, description="The address of the person.")
FILTERS = [
    OpenApiParameter("search", str, description="Part of a name or an address."),
    OpenApiParameter("team", str, description="The name of a team."),
    OpenApiParameter("group", str, enum=GroupName.keys()),
    OpenApiParameter(
        "active", bool, description="Whether they can sign in; all people where it is left out."
    ),
]
PREVIEW = OpenApiParameter("preview", bool, description="true: says what would happen, and changes nothing.")
YES_OR_NO = {"true": True, "false": False}


@extend_schema_field(str)
class TeamField(serializers.Field[Team, Any, str, Any]):
    """A team by its name, whatever its case and blanks."""

    def to_internal_value(self, data: Any) -> Team:
        team = teams_named(data).first() if isinstance(data, str) else None
        if team is None:
            raise serializers.ValidationError(
                f"There is no team called “{str(data)[:80]}”. Make it first (teams/)."
            )
        return team


class PersonBody(StrictSerializer):
    """What can be said of a person; what is left out stays as it is."""

    name = TextField(required=False, max_length=200)
    manager = PersonField(required=False, allow_null=True)
    team = TeamField(required=False, allow_null=True, help_text="The name of a team.")
    time_zone = TextField(required=False, max_length=64, help_text="As in Europe/Berlin.")
    groups = serializers.ListField(
        child=WordField(GroupName), required=False, max_length=len(GroupName), help_text="All of them."
    )


class NewPerson(PersonBody):
    email = TextField(max_length=254)
    name = TextField(max_length=200)
    invite = YesNoField(required=False, help_text="Mails them a link to set a password.")


class Disabling(StrictSerializer):
    hand_over_to = PersonField(required=False, allow_null=True, help_text="Who takes over what is theirs.")
    leave = YesNoField(required=False, help_text="What is theirs is left for the groups to see to.")


class PeopleFile(StrictSerializer):
    file = serializers.FileField(help_text="CSV in UTF-8, of at most 10 MB.")


class PersonRow(Output):
    person = serializers.CharField(source="*", help_text="How calls name this person.")
    email = a_text()
    name = a_text(source="full_name")
    job_title = a_text()
    team = serializers.CharField(source="team.name", allow_null=True)
    manager = serializers.CharField(allow_null=True)
    time_zone = a_text()
    groups = serializers.ListField(child=serializers.ChoiceField(choices=GroupName.keys()))
    active = serializers.BooleanField(source="is_active", help_text="Whether they can sign in.")

    def get_groups(self, person: Person) -> list[str]:
        return sorted(group.name for group in person.groups.all() if GroupName.knows(group.name))


class BelongingRow(Output):
    kind = a_text()
    label = a_text()


class DisabledPerson(PersonRow):
    handed_over = serializers.IntegerField(help_text="How many things somebody else took over.")
    left = BelongingRow(many=True, help_text="What stays theirs until somebody takes it over.")

    def get_handed_over(self, person: Person) -> int:
        return self.context["count"]

    def get_left(self, person: Person) -> Any:
        return self.context["left"]


class ImportedPerson(Output):
    row = serializers.IntegerField(help_text="Counted from 1 below the header.")
    email = a_text()
    outcome = serializers.ChoiceField(choices=Outcome.keys())
    problem = maybe_text(help_text="Why it is refused.")
    note = maybe_text(help_text="What else happens, as a team that is made.")


class ImportedPeople(Output):
    rows = ImportedPerson(many=True)


class People(ApiViewSet):
    queryset = Person.objects.none()
    ordering = ("full_name", "id")

    @extend_schema(parameters=FILTERS, responses=PersonRow(many=True))
    def list(self, request: Request) -> Response:
        """The people with an account, by name"""
        query = request.query_params
        people = _accounts()
        if words := query.get("search", ""):
            people = holding(people, "full_name", words, Q(email__icontains=words))
        if team := query.get("team", ""):
            people = people.filter(team__in=teams_named(team))
        if group := query.get("group", ""):
            if not GroupName.knows(group):
                raise BadInput.of("group", f"This must be one of: {', '.join(GroupName.keys())}.")
            people = people.filter(groups__name=group)
        if active := query.get("active", ""):
            people = people.filter(is_active=yes_or_no(active, "active"))
        return self.paginated(PersonRow, people)

    @write_action(NewPerson, PersonRow, status=201, matches=False)
    def create(self, request: Request) -> Response:
        """Add a person, without a password: administrators

        They sign in by single sign-on, or by the link of an invitation.
        """
        check_can_administer(self.person)
        data = self.validated(NewPerson)
        person = create_person(
            email=data["email"],
            name=data["name"],
            manager=data.get("manager"),
            team=data.get("team"),
            time_zone=data.get("time_zone", ""),
            groups=_groups(data.get("groups", ())),
            invited=data.get("invite", False),
            by=self.person,
            now=self.now,
        )
        return self.answer(person, status=201)

    @extend_schema(parameters=[EMAIL], responses=PersonRow)
    def retrieve(self, request: Request, email: str) -> Response:
        """One person"""
        return self.answer(self.account(email))

    @write_action(PersonBody, PersonRow, parameters=[EMAIL])
    def partial_update(self, request: Request, email: str) -> Response:
        """Change a person: administrators"""
        check_can_administer(self.person)
        person = self.account(email)
        data = self.validated(PersonBody)
        changes: PersonChanges = {**data}
        if "groups" in data:
            changes["groups"] = _groups(data["groups"])
        version = matched_version(request, tag(person), version_of(person))
        return self.answer(change_person(person, changes, version=version, by=self.person, now=self.now))

    @write_action(Disabling, DisabledPerson, parameters=[EMAIL])
    def disable(self, request: Request, email: str) -> Response:
        """Keep a person from signing in, and hand over what is theirs: administrators

        Refused (409) while something is theirs and nothing is said of it: errors name each thing by its kind.
        """
        check_can_administer(self.person)
        person = self.account(email)
        data = self.validated(Disabling)
        with transaction.atomic():
            count = disable(
                person,
                hand_over_to=data.get("hand_over_to"),
                leave=data.get("leave", False),
                version=matched_version(request, tag(person), version_of(person)),
                by=self.person,
                now=self.now,
            )
            left = what_belongs_to(person, viewer=self.person)
        disabled = self.account(email)
        shown = DisabledPerson.of(disabled, count=count, left=left)
        return Response(shown, headers={"ETag": tag(disabled)})

    @write_action(None, PersonRow, parameters=[EMAIL])
    def enable(self, request: Request, email: str) -> Response:
        """Let a person sign in again: administrators"""
        check_can_administer(self.person)
        person = self.account(email)
        version = matched_version(request, tag(person), version_of(person))
        enable(person, version=version, by=self.person, now=self.now)
        return self.answer(self.account(email))

    @write_action(None, PersonRow, matches=False, parameters=[EMAIL])
    def invite(self, request: Request, email: str) -> Response:
        """Mail a person a link to set a password, which opens once, within 24 hours: administrators"""
        person = self.account(email)
        invite(person, by=self.person, now=self.now)
        return self.answer(person)

    def account(self, email: str) -> Person:
        """The account with this address, whatever its case. Raises NotFound."""
        person = _accounts().filter(email=email.strip().lower()).first()
        if person is None:
            raise NotFound("There is no person with this address.")
        return person

    def answer(self, person: Person, status: int = 200) -> Response:
        return Response(PersonRow.of(person), status=status, headers={"ETag": tag(person)})


def tag(person: Person) -> str:
    """The entity tag of an account as it is."""
    return etag("person", person.pk, version_of(person))


class PeopleImport(ApiViewSet):
    queryset = Person.objects.none()
    ordering = ("full_name", "id")
    parser_classes = (CsvParser, MultiPartParser, StrictJSONParser)

    @write_action(
        {"text/csv": OpenApiTypes.BINARY, "multipart/form-data": PeopleFile},
        ImportedPeople,
        matches=False,
        parameters=[PREVIEW],
        operation_id="people_import",
    )
    def create(self, request: Request) -> Response:
        """Add and change people by a CSV file, all or nothing: administrators

        The columns are email, name, manager, team, time_zone and groups (these parted by ;); an empty cell leaves what
        is there. Managers may stand anywhere in the file. A team that is not there yet is made. Refused rows are named
        as rows[N] (400), N counted as `row` is.
        """
        check_can_administer(self.person)
        file = self.validated(PeopleFile)["file"]
        if (file.size or 0) > LARGEST_BODY:
            raise TooLarge("The file is larger than 10 MB. Split it.")
        preview = yes_or_no(request.query_params.get("preview", "false"), "preview")
        rows = import_people(file.read(), preview=preview, by=self.person, now=self.now)
        return Response(ImportedPeople.of({"rows": rows}))


def yes_or_no(text: str, path: str) -> bool:
    """What a query parameter says. Raises BadInput at `path`."""
    if text not in YES_OR_NO:
        raise BadInput.of(path, "This must be true or false.")
    return YES_OR_NO[text]


def _accounts() -> QuerySet[Person]:
    accounts = Person.objects.filter(email__isnull=False)
    return accounts.select_related("team", "manager").prefetch_related("groups")


def _groups(names: Any) -> list[GroupName]:
    return [GroupName(name) for name in dict.fromkeys(names)]
