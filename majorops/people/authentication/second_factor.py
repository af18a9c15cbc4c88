"""Who is asked for a second factor and has none sets it up before anything else (domain.md, People)."""

from collections.abc import Callable, Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from majorops import clock
from majorops.people.authentication.ways_in import tell_of_change
from majorops.people.models import Organisation, Person

OWED = "second_factor_owed"
# Where the library keeps how a session was signed in.
METHODS = "account_authentication_methods"
WAYS_IN, API = "/accounts/", "/api/"
# Asked by machines, and by whoever holds a link: neither reads a session.
WITHOUT_SESSION = ("/healthz", "/readyz", "/metrics", "/favicon.ico", "/guest/", "/scim/")
JUST_NOW = 300
SENTENCE = "Your group signs in with a second factor. Set one up first: an app on your phone shows its codes."


def note_what_is_owed(request: HttpRequest, person: Person) -> None:
    """Called when somebody signs in, and when a factor was taken away: whether this session is to set one up. Whoever
    comes by single sign-on has the factors of the provider."""
    methods = {row.get("method") for row in request.session.get(METHODS, [])}
    wanted = set() if "socialaccount" in methods else set(Organisation.current().second_factor_groups)
    if wanted & person.group_names and not has_second_factor(person):
        request.session[OWED] = True
    else:
        request.session.pop(OWED, None)


def owes_and_just_came(request: HttpRequest) -> bool:
    """Whether the session is to set one up, and was signed in minutes ago."""
    latest = max((row.get("at", 0) for row in request.session.get(METHODS, [])), default=0)
    return bool(request.session.get(OWED)) and clock.now().timestamp() - latest < JUST_NOW


def has_second_factor(person: Person) -> bool:
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


@transaction.atomic
def take_second_factor_away(person: Person, *, by: Person, now: datetime) -> bool:
    """For somebody who lost it: they sign in by the password alone, and are told so. Returns whether they had one."""
    taken = bool(Authenticator.objects.filter(user=person).delete()[0])
    if taken:
        what = "The second factor was taken away by an administrator"
        tell_of_change(person, what, verb="took away the second factor of", by=by, now=now)
    return taken


def people_without_factor(groups: Iterable[str]) -> QuerySet[Person]:
    """Those of these groups who can sign in and have no second factor."""
    members = Person.objects.accounts().filter(groups__name__in=list(groups)).distinct()
    return members.exclude(authenticator__type=Authenticator.Type.TOTP)


class SecondFactorMiddleware:
    """Leads a session that owes a second factor to the page that sets it up, whatever it asks for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_free = request.path.startswith((WAYS_IN, *WITHOUT_SESSION))
        if is_free or settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.session.get(OWED):
            return self.get_response(request)
        if not request.user.is_authenticated or has_second_factor(request.user):
            del request.session[OWED]
            return self.get_response(request)
        if request.path.startswith(API):
            return JsonResponse({"detail": SENTENCE, "errors": []}, status=403)
        messages.warning(request, SENTENCE)
        return redirect("mfa_activate_totp")
