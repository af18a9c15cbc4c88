"""`Authorization: Bearer TOKEN` for the API."""

from django.db.models import QuerySet
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from majorops.people.models import ApiToken, Person
from majorops.prepared import prepared


class BearerAuthentication(BaseAuthentication):
    """The person of a usable token; raises AuthenticationFailed (401) for any other."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        found = _usable(digest=ApiToken.digest_of(token.strip()))
        if not found:
            raise AuthenticationFailed("This token is unknown, revoked or belongs to a disabled account.")
        return found[0].person, found[0]

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


@prepared
def _usable(*, digest: str) -> QuerySet[ApiToken]:
    return ApiToken.objects.usable().filter(digest=digest).select_related("person")
