"""What Django answers where no view did: a page, and to callers of the API its own shape, never HTML."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.template import loader
from django.views import defaults
from structlog.contextvars import get_contextvars

from majorops.errors import Problem, RuleViolation

SCIM_ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
API, SCIM = "/api/", "/scim/"
BAD_REQUEST = "This request cannot be read: its address, its host or its size is not one that is taken."
NOTHING_HERE = "There is nothing here, or nothing that you may know of."
FORBIDDEN = "You may see this, but not do this."
FAILED = (
    "Something went wrong on the server, and nothing was changed. Try again later; if it happens again, tell your "
    "administrator: request {name}."
)


def is_call(request: HttpRequest) -> bool:
    """Whether a program asks, which is never answered with a page."""
    return request.path.startswith((API, SCIM))


def _error(
    request: HttpRequest, status: int, sentence: str, problems: Iterable[Problem] = ()
) -> JsonResponse:
    if request.path.startswith(SCIM):
        error = {"schemas": [SCIM_ERROR], "status": str(status), "detail": sentence}
        return JsonResponse(error, status=status, content_type="application/scim+json")
    errors = [{"path": problem.path, "message": problem.message} for problem in problems]
    return JsonResponse({"detail": sentence, "errors": errors}, status=status)


def refused_call(request: HttpRequest, refusal: RuleViolation) -> HttpResponse:
    """The API's answer to a call that is refused before its view is reached."""
    return _error(request, refusal.http_status, refusal.sentence, refusal.problems)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_call(request):
        return _error(request, 400, BAD_REQUEST)
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_call(request):
        return _error(request, 403, FORBIDDEN)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_call(request):
        return _error(request, 404, NOTHING_HERE)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Says by which name the log knows the request (majorops.web.server.middleware.NamedMiddleware)."""
    name = get_contextvars().get("request_id", "")
    if is_call(request):
        return _error(request, 500, FAILED.format(name=name))
    return HttpResponseServerError(loader.get_template("500.html").render({"request_id": name}))
