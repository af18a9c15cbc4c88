"""`Authorization: Bearer TOKEN` of a directory: the one way in, whatever cookies come along."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from majorops import clock
from majorops.people.authentication.sessions import KEPT_EVERY
from majorops.people.scim.models import ScimToken
from majorops.web.api.envelope import CallerThrottle


class ScimAuthentication(BaseAuthentication):
    """The token that is sent; raises AuthenticationFailed (401) for none that can be used."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        digest = ScimToken.digest_of(token.strip())
        scim_token = ScimToken.objects.usable().filter(digest=digest).first()
        if scim_token is None:
            raise AuthenticationFailed("This token is unknown or revoked.")
        now = clock.now()
        if scim_token.last_used_at is None or now - scim_token.last_used_at > KEPT_EVERY:
            ScimToken.objects.filter(pk=scim_token.pk).update(last_used_at=now)
        return scim_token, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class DirectoryThrottle(CallerThrottle):
    """As many requests as the API takes, counted by token and apart from those of people."""

    scope = "scim"
