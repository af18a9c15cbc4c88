"""`Authorization: Bearer TOKEN` for the API."""

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from majorops.people.models import ApiToken, Person


class BearerAuthentication(BaseAuthentication):
    """The person of a usable token; raises AuthenticationFailed (401) for any other."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = (
            ApiToken.objects.usable()
            .select_related("person")
            .filter(digest=ApiToken.digest_of(token.strip()))
            .first()
        )
        if found is None:
            raise AuthenticationFailed("This token is unknown, revoked or belongs to a disabled account.")
        return found.person, found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
