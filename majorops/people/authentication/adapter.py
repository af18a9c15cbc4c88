"""Who may have an account is for the organisation to say: nobody registers themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from django.http import HttpRequest
from django.shortcuts import render

from majorops import clock
from majorops.errors import NotAllowed
from majorops.people.authentication import limits
from majorops.people.authentication.second_factor import owes_and_just_came
from majorops.people.authentication.single_sign_on import account_of, check_active, follow_claims


class NoSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever owes a second factor and has just signed in sets it up without the password once more."""
        if app == "allauth.mfa" and owes_and_just_came(self.request):
            return False
        return bool(super().is_reauthentication_required(app=app))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts a try, in the place of the library's own limits; raises its error for one too many."""
        login = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
        self._login_failed_rl_usage = limits.count_try(login, request, now=clock.now())
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")


class SingleSignOn(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Finds the account of whoever comes from the provider, links it the first time, and follows what it says."""
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        claims, now = sociallogin.account.extra_data, clock.now()
        try:
            if sociallogin.is_existing:
                check_active(sociallogin.user)
            else:
                person = account_of(claims, provider=sociallogin.provider.name, now=now)
                sociallogin.connect(request, person)
            follow_claims(sociallogin.user, claims, now=now)
        except NotAllowed as refused:
            page = render(request, "people/not_signed_in.html", {"sentence": refused.sentence}, status=403)
            raise ImmediateHttpResponse(page) from refused
