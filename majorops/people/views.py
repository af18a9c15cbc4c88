"""One's own account: name, time zone, ways to sign in, tokens. Everybody sees and changes their own alone."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables

from majorops import clock
from majorops.errors import RuleViolation
from majorops.people.authentication import sessions
from majorops.people.directory import find_person
from majorops.people.forms import AwayForm, ProfileForm, TokenForm, time_zones
from majorops.people.models import Person
from majorops.people.operations.own_account import (
    issue_token,
    revoke_token,
    save_profile,
    say_away,
    take_absence_back,
)
from majorops.web.refusals import status_of
from majorops.web.signed_in import GET, POST, signed_in


@signed_in(GET, POST)
def me(request: HttpRequest) -> HttpResponse:
    """GET shows, POST changes the time zone."""
    person = request.user
    if request.method != "POST":
        return _page(request)
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, profile=form, status=422)
    save_profile(person, **form.cleaned_data, by=person, now=clock.now())
    messages.success(request, "Saved.")
    return redirect("people:me")


@signed_in(GET)
def address(request: HttpRequest) -> HttpResponse:
    """Says who changes the address by which one signs in."""
    messages.info(request, "Your address is changed by an administrator.")
    return redirect("people:me")


@signed_in(POST)
def away(request: HttpRequest) -> HttpResponse:
    """Says from when to when one is away, and who stands in."""
    form = AwayForm(request.POST)
    if not form.is_valid():
        return _page(request, away=form, status=422)
    try:
        substitute = find_person(form.cleaned_data.pop("substitute"), path="substitute")
        absence = say_away(
            request.user, substitute=substitute, **form.cleaned_data, by=request.user, now=clock.now()
        )
    except RuleViolation as refused:
        form.refuse(refused)
        return _page(request, away=form, status=422)
    messages.success(request, f"{absence.substitute} is told of your deadlines meanwhile.")
    return redirect("people:me")


@signed_in(POST)
def back_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes an absence back."""
    take_absence_back(request.user, pk, by=request.user, now=clock.now())
    messages.success(request, "Taken back: from now on you alone are told.")
    return redirect("people:me")


@signed_in(POST)
@never_cache
@sensitive_variables("token")
def make_token(request: HttpRequest) -> HttpResponse:
    """Makes a token and shows it this once, on the answer itself: it is kept nowhere."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, tokens=form, status=422)
    try:
        token = issue_token(request.user, **form.cleaned_data, by=request.user, now=clock.now())
    except RuleViolation as refused:
        form.refuse(refused)
        return _page(request, tokens=form, status=status_of(refused))
    return _page(request, new_token=token, new_name=form.cleaned_data["name"])


@signed_in(GET, POST)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, as a page or in a dialog; POST revokes."""
    if request.method == "POST":
        token = revoke_token(request.user, pk, by=request.user, now=clock.now())
        messages.success(request, f"“{token.name}” is revoked: whatever used it is refused from now on.")
        return redirect("people:me")
    usable = request.user.api_tokens.filter(pk=pk, revoked_at__isnull=True).first()
    if usable is None:
        messages.info(request, "There is no such token of yours, or it is revoked already.")
        return redirect("people:me")
    return render(request, "people/revoke.html", {"token": usable})


@signed_in(POST)
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs one of my sessions out."""
    ended = sessions.end_session(request.user, pk, by=request.user, now=clock.now())
    messages.success(request, f"{ended.device} is signed out.")
    return redirect("people:me")


@signed_in(POST)
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Signs out everywhere but here."""
    here = sessions.current(request)
    count = sessions.end_others(request.user, keep=here, by=request.user, now=clock.now())
    messages.success(request, f"Signed out elsewhere: {count}." if count else "You are signed in here alone.")
    return redirect("people:me")


def _page(request: HttpRequest, *, status: int = 200, **kwargs: Any) -> HttpResponse:
    person = Person.objects.select_related("team", "manager").get(pk=request.user.pk)
    profile = ProfileForm(initial={"time_zone": person.time_zone})
    context = {
        "person": person,
        "groups": sorted(person.group_names),
        "zones": time_zones(),
        "my_tokens": person.api_tokens.usable()
        .exclude(expires_at__lte=clock.now())
        .select_related("person")
        .order_by("-created_at", "-id"),
        "my_sessions": sessions.sessions_of(person, now=clock.now()),
        "this_session": sessions.current(request),
        "profile": profile,
        "tokens": TokenForm(),
        "sign_on_offered": bool(settings.SOCIALACCOUNT_PROVIDERS),
        "away": AwayForm(),
        "absences": person.absences.filter(
            taken_back_at__isnull=True,
            until_on__gte=clock.now().astimezone(ZoneInfo(person.time_zone)).date(),
        ).select_related("substitute"),
        **kwargs,
    }
    return render(request, "people/me.html", context, status=status)
