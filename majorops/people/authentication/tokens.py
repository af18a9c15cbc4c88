"""`Authorization: Bearer TOKEN` for the API."""

from django.db.models import QuerySet
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from majorops import clock
from majorops.people.authentication.sessions import KEPT_EVERY
from majorops.people.models import ApiToken, Person, Scope
from majorops.prepared import prepared

READING = frozenset({"GET", "HEAD", "OPTIONS"})
INCIDENTS = "/api/v1/incidents/"
# Posted because it is long, and changes nothing.
CHECKS = frozenset({"/api/v1/wording/"})
MAY = {Scope.READ: "read", Scope.RECORD: "read, and record incidents", Scope.ALL: "do what its person may"}


def is_for(scope: Scope, method: str, path: str) -> bool:
    """Whether a token of this scope may be used for a call."""
    if scope is Scope.ALL or method in READING or path in CHECKS:
        return True
    return scope is Scope.RECORD and path.startswith(INCIDENTS)


class BearerAuthentication(BaseAuthentication):
    """The person of a usable token; raises AuthenticationFailed (401) for any other, and PermissionDenied (403) for a
    call that its scope does not cover."""

    def authenticate(self, request: Request) -> tuple[Person, ApiToken] | None:
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        api_token = _usable(digest=ApiToken.digest_of(token.strip()))
        now = clock.now()
        if not api_token or api_token[0].is_over(now):
            raise AuthenticationFailed(
                "This token is unknown, revoked, over, or belongs to a disabled account."
            )
        if not is_for(Scope(api_token[0].scope), request.method or "GET", request.path):
            raise PermissionDenied(
                f"This token is not for that: it may {MAY[Scope(api_token[0].scope)]} alone."
            )
        if api_token[0].last_used_at is None or now - api_token[0].last_used_at > KEPT_EVERY:
            ApiToken.objects.filter(pk=api_token[0].pk).update(last_used_at=now)
        return api_token[0].person, api_token[0]

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


@prepared
def _usable(*, digest: str) -> QuerySet[ApiToken]:
    return ApiToken.objects.usable().filter(digest=digest).select_related("person")
