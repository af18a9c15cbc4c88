"""What Django answers where no view did: a page, and to callers of the API its own shape, never HTML."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from majorops.errors import Problem, RuleViolation

API = "/api/"
BAD_REQUEST = "This request cannot be read: its address, its host or its size is not one that is taken."
NOTHING_HERE = "There is nothing here, or nothing that you may know of."
FORBIDDEN = "You may see this, but not do this."
FAILED = (
    "Something went wrong on the server, and nothing was changed. It is in the server's log; try again later."
)


def _error(status: int, sentence: str, problems: Iterable[Problem] = ()) -> JsonResponse:
    errors = [{"path": problem.path, "message": problem.message} for problem in problems]
    return JsonResponse({"detail": sentence, "errors": errors}, status=status)


def refused_call(request: HttpRequest, refusal: RuleViolation) -> HttpResponse:
    """The API's answer to a call that is refused before its view is reached."""
    return _error(refusal.http_status, refusal.sentence, refusal.problems)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API):
        return _error(400, BAD_REQUEST)
    return defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API):
        return _error(403, FORBIDDEN)
    return defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API):
        return _error(404, NOTHING_HERE)
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API):
        return _error(500, FAILED)
    return defaults.server_error(request)
