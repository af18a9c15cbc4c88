"""What an administrator types about people, teams and services; the operations check it."""

from typing import Any

from django import forms

from afteractions.views.person_fields import person_words
from afteractions.views.step_forms import PersonField
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team
from majorops.people.operations.accounts import version_of
from majorops.web.refusals import RefusableForm

ZONES = {"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}
NO_ADDRESS = "Give the address: its person signs in with it."
NO_NAME = "Write the name: others read it wherever something is this person’s."


class TeamField(forms.ModelChoiceField):
    def __init__(self) -> None:
        super().__init__(Team.objects.order_by("name"), label="Team", required=False, empty_label="None")


class PersonForm(RefusableForm):
    """An account, new or known."""

    name = forms.CharField(label="Name", max_length=200, error_messages={"required": NO_NAME})
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": NO_ADDRESS},
    )
    manager = PersonField(
        scope="",
        label="Manager",
        required=False,
        help_text="Who hears of what is overdue. Part of the name, or the address.",
    )
    team = TeamField()
    time_zone = forms.CharField(
        label="Time zone",
        max_length=64,
        widget=forms.TextInput(attrs=ZONES),
        error_messages={"required": "Choose the time zone, as in Europe/Berlin."},
    )
    groups = forms.MultipleChoiceField(
        label="Groups",
        choices=[(group.value, group.label) for group in GroupName],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Permissions come from them. Everybody can read, record and own action items without.",
    )

    def clean_groups(self) -> list[GroupName]:
        return [GroupName(name) for name in self.cleaned_data["groups"]]

    @staticmethod
    def words_of(person: Person) -> dict[str, Any]:
        """The fields as they hold for somebody."""
        return {
            "name": person.full_name,
            "email": person.email,
            "manager": person_words(person.manager),
            "team": person.team_id,
            "time_zone": person.time_zone,
            "version": version_of(person),
            "groups": [name for name in person.group_names if GroupName.knows(name)],
        }


class KnownPersonForm(PersonForm):
    version = forms.CharField(required=False, widget=forms.HiddenInput)


class NewPersonForm(PersonForm):
    invited = forms.BooleanField(
        label="Mail an invitation with a link to set a password", required=False, initial=True
    )


class DisableForm(RefusableForm):
    """What becomes of what somebody owns."""

    hand_over_to = PersonField(
        scope="", label="Hand over to", required=False, help_text="Part of the name, or the address."
    )
    leave = forms.BooleanField(label="Leave it to the groups", required=False)


class FileForm(RefusableForm):
    file = forms.FileField(
        label="CSV file",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )


class TeamForm(RefusableForm):
    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Name the team."})
    lead = PersonField(scope="", label="Lead", required=False, help_text="Part of the name, or the address.")


class ServiceForm(RefusableForm):
    name = forms.CharField(label="Name", max_length=200, error_messages={"required": "Name the service."})
    owner = PersonField(
        scope="",
        label="Owner",
        required=False,
        help_text="Invited to what concerns it. Part of the name, or the address.",
    )
    team = TeamField()
