"""What people say of themselves."""

import zoneinfo

from django import forms

from majorops.people.models import Scope, check_time_zone
from majorops.web.form_fields import DayField
from majorops.web.refusals import RefusableForm


class ProfileForm(RefusableForm):
    time_zone = forms.CharField(
        label="Time zone",
        max_length=64,
        validators=[check_time_zone],
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}),
        help_text="Begin with the continent or the city. All times and the ends of your days are shown in it.",
    )


class AwayForm(RefusableForm):
    from_on = DayField(label="First day", widget=forms.DateInput(attrs={"type": "date"}))
    until_on = DayField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}))
    substitute = forms.EmailField(
        label="Who stands in",
        widget=forms.EmailInput(attrs={"list": "people", "autocomplete": "off"}),
        help_text="Their e-mail address. They are told of your deadlines beside you; your rights stay yours.",
    )


class TokenForm(RefusableForm):
    name = forms.CharField(
        label="What for",
        max_length=200,
        help_text="The program or script that will use it, so that you know it when you revoke it.",
        error_messages={"required": "Say what the token is for."},
    )
    scope = forms.ChoiceField(label="What it may do", choices=Scope.choices(), initial=Scope.READ)
    expires_on = DayField(
        label="Good until",
        required=False,
        help_text="The end of this day in your time zone. Empty: a year from now.",
    )

    def clean_scope(self) -> Scope:
        return Scope(self.cleaned_data["scope"])


def time_zones() -> list[str]:
    """The zones that are offered: places, as people know them."""
    return sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")
    )
