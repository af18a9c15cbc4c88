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
        usable = ApiToken.objects.usable().select_related("person")
        try:
            found = usable.get(digest=ApiToken.digest_of(token.strip()))
        except ApiToken.DoesNotExist:
            raise AuthenticationFailed(
                "This token is unknown, revoked or belongs to a disabled account."
            ) from None
        return found.person, found

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"
