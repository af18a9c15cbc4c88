"""Who may have an account is for the organisation to say: nobody registers themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest

from majorops import clock
from majorops.people.authentication import limits


class NoSignUp(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts a try, in the place of the library's own limits; raises its error for one too many."""
        login = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
        self._login_failed_rl_usage = limits.count_try(login, request, now=clock.now())
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        # A password that was just set by a link counts for who has the link.
        limits.count_anew(str(credentials.get("email") or "").strip().lower(), now=clock.now())


class NoSocialSignUp(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False
