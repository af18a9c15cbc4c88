"""The organisation as it describes itself, and how its people sign in."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from afteractions.operations.current_policy import current_policy
from afteractions.operations.first_day import describe
from majorops import clock
from majorops.people.authentication.second_factor import people_without_factor
from majorops.people.forms import time_zones
from majorops.people.groups import GroupName
from majorops.people.models import Organisation
from majorops.people.operations.organisation import organisation_zone, require_second_factor
from majorops.web.refusals import Attempt, RefusableForm
from majorops.web.signed_in import GET, POST, for_administrators

ZONES = {"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}


class OrganisationForm(RefusableForm):
    organisation = forms.CharField(
        label="Organisation",
        max_length=200,
        help_text="As your people call it.",
        error_messages={"required": "Say what the organisation is called."},
    )
    time_zone = forms.CharField(
        label="Time zone",
        max_length=64,
        widget=forms.TextInput(attrs=ZONES),
        help_text="Begin with the continent or the city. Incidents and people may have their own.",
        error_messages={"required": "Choose the time zone, as in Europe/Berlin."},
    )
    holidays = forms.CharField(
        label="Public holidays",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="The country, and the region if it has its own: US, DE-BY, GB-SCT. Deadlines skip them.",
        error_messages={"required": "Say whose public holidays count, such as US or DE-BY."},
    )


class SecondFactorForm(RefusableForm):
    groups = forms.MultipleChoiceField(
        label="Groups that need a second factor",
        choices=[(group.value, group.label) for group in GroupName],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="At their next sign-in by password they set one up before anything else.",
    )


def as_described() -> dict[str, str]:
    """What holds now, for the fields of OrganisationForm."""
    return {
        "organisation": Organisation.current().name,
        "time_zone": organisation_zone(),
        "holidays": current_policy().calendar.code,
    }


def fixed() -> dict[str, object]:
    """What the environment sets, for the note beside the fields."""
    return {
        "zones": time_zones(),
        "fixed_zone": settings.ORGANISATION_TIME_ZONE,
        "fixed_holidays": settings.HOLIDAYS if settings.HOLIDAYS_ARE_SET else "",
    }


@for_administrators(GET, POST)
def organisation(request: HttpRequest) -> HttpResponse:
    """GET shows name, zone and public holidays; POST changes them."""
    posted = request.POST if request.method == "POST" else None
    attempt = Attempt(OrganisationForm(posted, initial=as_described()))
    if posted is not None and attempt.is_filled():
        with attempt:
            describe(**attempt.form.cleaned_data, by=request.user, now=clock.now())
            messages.success(request, "Saved.")
            return redirect("afteractions:organisation")
    context = {"form": attempt.form, **fixed()}
    return render(request, "afteractions/administration/organisation.html", context, status=attempt.status)


@for_administrators(GET, POST)
def second_factor(request: HttpRequest) -> HttpResponse:
    """GET shows who needs a second factor and who lacks one; POST changes the groups."""
    groups = Organisation.current().second_factor_groups
    posted = request.POST if request.method == "POST" else None
    attempt = Attempt(SecondFactorForm(posted, initial={"groups": groups}))
    if posted is not None and attempt.is_filled():
        chosen = [GroupName(name) for name in attempt.form.cleaned_data["groups"]]
        require_second_factor(chosen, by=request.user, now=clock.now())
        messages.success(request, "Saved. It holds from each one's next sign-in on.")
        return redirect("afteractions:sign_in")
    context = {
        "form": attempt.form,
        "groups": groups,
        "lacking": people_without_factor(groups).count(),
        "providers": [
            app["name"] for one in settings.SOCIALACCOUNT_PROVIDERS.values() for app in one["APPS"]
        ],
    }
    return render(request, "afteractions/administration/sign_in.html", context, status=attempt.status)
