"""The first page of an empty installation, for whoever has its key; to everybody else there is no such page."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from afteractions.operations.first_day import FirstAdministrator, set_up
from afteractions.views.administration.sign_in import OrganisationForm, as_described, fixed
from majorops import clock
from majorops.errors import NotFound
from majorops.notices.delivery.trial import try_mail
from majorops.people.operations.setup import is_setup_key
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST, allow_methods

BACKEND = "django.contrib.auth.backends.ModelBackend"
NEW_PASSWORD = {"autocomplete": "new-password"}


class SetupForm(OrganisationForm):
    name = forms.CharField(
        label="Your name",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Say who you are."},
    )
    email = forms.EmailField(
        label="Your e-mail address",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
        help_text="You sign in with it. A test mail goes there.",
        error_messages={"required": "Give the address that you sign in with."},
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs=NEW_PASSWORD),
        help_text="At least 12 characters.",
        error_messages={"required": "Choose a password."},
    )
    again = forms.CharField(
        label="Password again",
        strip=False,
        widget=forms.PasswordInput(attrs=NEW_PASSWORD),
        error_messages={"required": "Type the password again."},
    )

    def clean_again(self) -> str:
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("password", again):
            raise forms.ValidationError("The two passwords differ.")
        return again


@never_cache
@sensitive_post_parameters("password", "again")
@allow_methods(GET, POST)
def setup(request: HttpRequest) -> HttpResponse:
    """GET asks; POST makes the first administrator, signs them in, and tries the mail."""
    key = request.GET.get("key", "")
    if not is_setup_key(key):
        raise NotFound("There is no such page.")
    attempt = Attempt(SetupForm(request.POST if request.method == "POST" else None, initial=as_described()))
    if request.method == "POST" and attempt.is_filled():
        data: dict[str, Any] = attempt.form.cleaned_data
        first = FirstAdministrator(data["name"], data["email"], data["password"])
        about = {name: data[name] for name in ("organisation", "time_zone", "holidays")}
        now = clock.now()
        with attempt:
            person = set_up(key, first, **about, now=now)
            login(request, person, BACKEND)
            trial = try_mail(person, now=now)
            tell = messages.success if trial.worked else messages.warning
            tell(request, trial.sentence)
            return redirect("afteractions:administration")
    context = {"form": attempt.form, **fixed()}
    response = render(request, "afteractions/administration/setup.html", context, status=attempt.status)
    # The address holds the key: no other page learns it.
    response["Referrer-Policy"] = "same-origin"
    return response
