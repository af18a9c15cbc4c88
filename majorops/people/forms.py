"""What people say of themselves."""

import zoneinfo

from django import forms

from majorops.people.models import check_time_zone
from majorops.refusal import Refused


class ProfileForm(forms.Form):
    full_name = forms.CharField(label="Name", max_length=200, help_text="As others read it.")
    time_zone = forms.CharField(
        label="Time zone",
        max_length=64,
        validators=[check_time_zone],
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}),
        help_text="Begin with the continent or the city. All times and the ends of your days are shown in it.",
    )


class TokenForm(forms.Form):
    name = forms.CharField(
        label="What for",
        max_length=200,
        help_text="The program or script that will use it, so that you know it when you revoke it.",
        error_messages={"required": "Say what the token is for."},
    )

    def refuse(self, refused: Refused) -> None:
        for problem in refused.problems:
            self.add_error(problem.path if problem.path in self.fields else None, problem.message)
        if not refused.problems:
            self.add_error(None, refused.sentence)


def time_zones() -> list[str]:
    """The zones that are offered: places, as people know them."""
    return sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")
    )
