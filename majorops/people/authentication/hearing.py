"""What the library of the sign-in does to somebody's ways in is audited and told, whichever of its pages did it."""

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from majorops import clock
from majorops.audit import trail
from majorops.people.authentication import limits, sessions
from majorops.people.authentication.second_factor import note_what_is_owed
from majorops.people.authentication.ways_in import follow_changed_password, tell_of_change
from majorops.people.models import Person

# Made and taken away by the library together with the second factor itself, of which the person is told.
GOES_ALONG = "recovery_codes"


def connect() -> None:
    """Called once, when the application is ready."""
    for password in (password_changed, password_set):
        password.connect(_password, dispatch_uid="ways in")
    password_reset.connect(_password_by_link, dispatch_uid="ways in")
    authenticator_added.connect(_factor_added, dispatch_uid="ways in")
    authenticator_removed.connect(_factor_removed, dispatch_uid="ways in")
    authenticator_reset.connect(_factor_reset, dispatch_uid="ways in")
    social_account_added.connect(_linked, dispatch_uid="ways in")
    social_account_removed.connect(_unlinked, dispatch_uid="ways in")
    user_logged_in.connect(_signed_in, dispatch_uid="sessions")
    user_logged_out.connect(_signed_out, dispatch_uid="sessions")


def _by(request: Any, person: Person) -> Person:
    """Who does it: whoever is signed in, else the person, who has a link to do it by."""
    user = getattr(request, "user", None)
    return user if isinstance(user, Person) else person


def _password(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    follow_changed_password(user, keep=sessions.current(request), by=_by(request, user), now=clock.now())


def _password_by_link(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    _password(request, user)
    # A password that was just set by a link counts for who has the link.
    limits.count_anew(user.email or "", now=clock.now())


def _factor_added(request: HttpRequest, user: Person, authenticator: Any, **kwargs: Any) -> None:
    data: dict[str, Any] = {
        "verb": "added a second factor of",
        "by": _by(request, user),
        "changes": {"kind": (None, authenticator.type)},
    }
    if authenticator.type == GOES_ALONG:
        trail.record(data.pop("verb"), user, at=clock.now(), **data)
    else:
        tell_of_change(
            user, "A second factor was added, and recovery codes for it were made", now=clock.now(), **data
        )


def _factor_removed(request: HttpRequest, user: Person, authenticator: Any, **kwargs: Any) -> None:
    data: dict[str, Any] = {
        "verb": "took away a second factor of",
        "by": _by(request, user),
        "changes": {"kind": (authenticator.type, None)},
    }
    if authenticator.type == GOES_ALONG:
        trail.record(data.pop("verb"), user, at=clock.now(), **data)
    else:
        tell_of_change(user, "The second factor was taken away", now=clock.now(), **data)
        note_what_is_owed(request, user)


def _factor_reset(request: HttpRequest, user: Person, authenticator: Any, **kwargs: Any) -> None:
    tell_of_change(
        user,
        "The recovery codes of the second factor were made anew",
        verb="made anew the recovery codes of",
        by=_by(request, user),
        now=clock.now(),
    )


def _linked(request: HttpRequest, sociallogin: Any, **kwargs: Any) -> None:
    account = sociallogin.account
    tell_of_change(
        account.user,
        f"Single sign-on ({sociallogin.provider.name}) was linked to your account",
        verb="linked single sign-on to",
        by=_by(request, account.user),
        now=clock.now(),
        changes={"account": (None, f"{account.provider}: {account.uid}")},
    )


def _unlinked(request: HttpRequest, socialaccount: Any, **kwargs: Any) -> None:
    tell_of_change(
        socialaccount.user,
        f"Single sign-on ({socialaccount.get_provider().name}) was taken off your account",
        verb="took single sign-on off",
        by=_by(request, socialaccount.user),
        now=clock.now(),
        changes={"account": (f"{socialaccount.provider}: {socialaccount.uid}", None)},
    )


def _signed_in(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    sessions.begin(user, request, now=clock.now())
    note_what_is_owed(request, user)


def _signed_out(request: HttpRequest, user: Person | None, **kwargs: Any) -> None:
    if user is not None:
        sessions.forget(sessions.current(request), now=clock.now())
