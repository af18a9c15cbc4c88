"""People as an administrator keeps them: found, added, changed, and what they sign in by ended."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRefresh

from afteractions.views.administration.people_forms import DisableForm, KnownPersonForm, NewPersonForm
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotFound
from majorops.people.authentication import limits, sessions
from majorops.people.authentication.second_factor import has_second_factor, take_second_factor_away
from majorops.people.forms import time_zones
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team
from majorops.people.operations.accounts import PersonChanges, change_person, create_person
from majorops.people.operations.addresses import change_address
from majorops.people.operations.invitations import invite
from majorops.people.operations.leaving import StillOwns, disable, enable, what_belongs_to
from majorops.people.operations.organisation import organisation_zone
from majorops.people.operations.own_account import revoke_token
from majorops.searching import holding
from majorops.web.htmx import is_partial_request
from majorops.web.pagination import paginate
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST, for_administrators

ACTIVE = {"yes": True, "no": False}


@for_administrators(GET)
def directory(request: HttpRequest) -> HttpResponse:
    """The accounts, by name, 50 a page; filters stand in the address."""
    filters = {name: request.GET.get(name, "").strip() for name in ("search", "team", "group", "active")}
    context: dict[str, Any] = {
        "filters": filters,
        "is_filtered": any(filters.values()),
        "teams": Team.objects.order_by("name"),
        "groups": GroupName.choices(),
    }
    people = Person.objects.filter(email__isnull=False).select_related("team", "manager")
    people = people.prefetch_related("groups")
    if filters["search"]:
        people = holding(people, "full_name", filters["search"], Q(email__icontains=filters["search"]))
    if filters["team"]:
        people = people.filter(team__name=filters["team"])
    if filters["group"]:
        people = people.filter(groups__name=filters["group"])
    if filters["active"] in ACTIVE:
        people = people.filter(is_active=ACTIVE[filters["active"]])
    try:
        page = paginate(people, ("full_name", "id"), request.GET.get("cursor", ""))
        context |= {"rows": page.rows, "next": page.following, "previous": page.preceding}
    except BadInput as refused:
        context["refused"] = refused.sentence
    return render(request, "afteractions/administration/people.html", context)


@for_administrators(GET, POST)
def new_person(request: HttpRequest) -> HttpResponse:
    """GET asks, POST adds, with an invitation where one is wanted."""
    posted = request.POST if request.method == "POST" else None
    attempt = Attempt(NewPersonForm(posted, initial={"time_zone": organisation_zone()}))
    if posted is not None and attempt.is_filled():
        with attempt:
            person = create_person(**attempt.form.cleaned_data, by=request.user, now=clock.now())
            invited = " An invitation is on its way." if attempt.form.cleaned_data["invited"] else ""
            messages.success(request, f"{person} is added.{invited}")
            return redirect("afteractions:person", person.pk)
    context = {"form": attempt.form, "zones": time_zones()}
    return render(request, "afteractions/administration/new_person.html", context, status=attempt.status)


@for_administrators(GET, POST)
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One account; POST changes it, all fields at once."""
    account = _account(person_id)
    posted = request.POST if request.method == "POST" else None
    attempt = Attempt(KnownPersonForm(posted, initial=KnownPersonForm.words_of(account)))
    if posted is not None and attempt.is_filled():
        data, now = attempt.form.cleaned_data, clock.now()
        changes = PersonChanges(
            name=data["name"],
            manager=data["manager"],
            team=data["team"],
            time_zone=data["time_zone"],
            groups=data["groups"],
        )
        with attempt, transaction.atomic():
            change_person(account, changes, version=data["version"] or None, by=request.user, now=now)
            change_address(account, data["email"], keep=sessions.current(request), by=request.user, now=now)
            messages.success(request, "Saved.")
            return redirect("afteractions:person", account.pk)
    now = clock.now()
    tokens = account.api_tokens.usable().exclude(expires_at__lte=now).select_related("person")
    context = {
        "account": account,
        "form": attempt.form,
        "zones": time_zones(),
        "sessions": sessions.sessions_of(account, now=now),
        "tokens": tokens.order_by("-created_at", "-id"),
        "second_factor": has_second_factor(account),
        "external_groups": account.external_memberships.select_related("group").order_by("group__name"),
        "has_password": account.has_usable_password(),
        "invited_at": _invited_at(account),
    }
    return render(request, "afteractions/administration/person.html", context, status=attempt.status)


@for_administrators(GET, POST)
def disable_person(request: HttpRequest, person_id: int) -> HttpResponse:
    """GET asks what becomes of what is theirs, as a page or in a dialog; POST disables."""
    account = _account(person_id)
    attempt = Attempt(DisableForm(request.POST if request.method == "POST" else None))
    if request.method == "POST" and attempt.is_filled():
        with attempt:
            try:
                count = disable(account, **attempt.form.cleaned_data, by=request.user, now=clock.now())
            except StillOwns as owns:
                raise BadInput.of(
                    "hand_over_to", "Say who takes over, or leave it for the groups to see to."
                ) from owns
            things = f" {count} thing{'s' if count > 1 else ''} handed over." if count else ""
            messages.success(request, f"{account} cannot sign in any more.{things}")
            if is_partial_request(request):
                return HttpResponseClientRefresh()
            return redirect("afteractions:person", account.pk)
    context = {
        "account": account,
        "form": attempt.form,
        "belongings": what_belongs_to(account, viewer=request.user),
    }
    return render(request, "afteractions/administration/disable.html", context, status=attempt.status)


@for_administrators(POST)
def enable_person(request: HttpRequest, person_id: int) -> HttpResponse:
    account = enable(_account(person_id), by=request.user, now=clock.now())
    messages.success(request, f"{account} can sign in again.")
    return redirect("afteractions:person", account.pk)


@for_administrators(POST)
def invite_person(request: HttpRequest, person_id: int) -> HttpResponse:
    account = _account(person_id)
    invite(account, by=request.user, now=clock.now())
    messages.success(
        request, f"An invitation to {account.email} is on its way. It opens once, within 24 hours."
    )
    return redirect("afteractions:person", account.pk)


@for_administrators(POST)
def remove_second_factor(request: HttpRequest, person_id: int) -> HttpResponse:
    """For somebody who lost it: they sign in by the password alone, and are told so."""
    account = _account(person_id)
    taken = take_second_factor_away(account, by=request.user, now=clock.now())
    messages.success(request, f"{account} {'signs in without it' if taken else 'had none'}.")
    return redirect("afteractions:person", account.pk)


@for_administrators(POST)
def forget_tries(request: HttpRequest, person_id: int) -> HttpResponse:
    """For somebody who tried too often, or at whom was guessed."""
    account = _account(person_id)
    limits.forget_tries(account, by=request.user, now=clock.now())
    messages.success(request, f"{account} can try to sign in again at once.")
    return redirect("afteractions:person", account.pk)


@for_administrators(POST)
def end_session(request: HttpRequest, person_id: int, session_id: int) -> HttpResponse:
    account = _account(person_id)
    ended = sessions.end_session(account, session_id, by=request.user, now=clock.now())
    messages.success(request, f"{ended.device} is signed out.")
    return redirect("afteractions:person", account.pk)


@for_administrators(POST)
def end_token(request: HttpRequest, person_id: int, token_id: int) -> HttpResponse:
    account = _account(person_id)
    token = revoke_token(account, token_id, by=request.user, now=clock.now())
    messages.success(request, f"“{token.name}” is revoked.")
    return redirect("afteractions:person", account.pk)


def _invited_at(account: Person) -> datetime | None:
    """When somebody was invited last."""
    kind = account._meta.label_lower
    invited = AuditEntry.objects.filter(verb="invited", subject_type=kind, subject_id=str(account.pk))
    return invited.order_by("-pk").values_list("at", flat=True).first()


def _account(person_id: int) -> Person:
    accounts = Person.objects.filter(email__isnull=False).select_related("team", "manager")
    account = accounts.filter(pk=person_id).first()
    if account is None:
        raise NotFound("There is no such person.")
    return account
