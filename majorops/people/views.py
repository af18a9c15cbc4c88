"""One's own account: name, time zone, ways to sign in, tokens. Everybody sees and changes their own alone."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from majorops import clock
from majorops.people.account import issue_token, revoke_token, save_profile
from majorops.people.forms import ProfileForm, TokenForm, time_zones
from majorops.people.models import Person
from majorops.refusal import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """GET shows, POST changes name and time zone."""
    assert isinstance(request.user, Person)
    person = request.user
    if request.method != "POST":
        return _page(request)
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return _page(request, profile=form, status=422)
    save_profile(person, **form.cleaned_data, by=person, now=clock.now())
    messages.success(request, "Saved.")
    return redirect("people:me")


@login_required
@require_POST
@never_cache
@sensitive_variables("token")
def make_token(request: HttpRequest) -> HttpResponse:
    """Makes a token and shows it this once, on the answer itself: it is kept nowhere."""
    assert isinstance(request.user, Person)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, tokens=form, status=422)
    try:
        token = issue_token(request.user, name=form.cleaned_data["name"], by=request.user, now=clock.now())
    except Refused as refused:
        form.refuse(refused)
        return _page(request, tokens=form, status=422 if refused.http_status == 400 else refused.http_status)
    return _page(request, new_token=token, new_name=form.cleaned_data["name"])


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, as a page or in a dialog; POST revokes."""
    assert isinstance(request.user, Person)
    if request.method == "POST":
        token = revoke_token(request.user, pk, by=request.user, now=clock.now())
        messages.success(request, f"“{token.name}” is revoked: whatever used it is refused from now on.")
        return redirect("people:me")
    usable = request.user.api_tokens.filter(pk=pk, revoked_at__isnull=True).first()
    if usable is None:
        messages.info(request, "There is no such token of yours, or it is revoked already.")
        return redirect("people:me")
    return render(request, "people/revoke.html", {"token": usable})


def _page(request: HttpRequest, *, status: int = 200, **said: Any) -> HttpResponse:
    assert isinstance(request.user, Person)
    person = Person.objects.select_related("team", "manager").get(pk=request.user.pk)
    profile = ProfileForm(initial={"full_name": person.full_name, "time_zone": person.time_zone})
    context = {
        "person": person,
        "groups": sorted(person.group_names),
        "zones": time_zones(),
        "my_tokens": person.api_tokens.usable().order_by("-created_at", "-id"),
        "profile": profile,
        "tokens": TokenForm(),
        **said,
    }
    return render(request, "people/me.html", context, status=status)
