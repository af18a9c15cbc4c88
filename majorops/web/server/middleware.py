"""How a page shows a refusal that no view has shown itself."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import reswap, retarget

from majorops import clock
from majorops.errors import NotAllowed, NotFound, RuleViolation
from majorops.formatting.directions import isolated_html, turns
from majorops.people.authentication.sessions import keep_last_use
from majorops.web.server.error_pages import permission_denied

LOGOUT = "/accounts/logout/"
STATED = ("private", "no-store", "public")


class KeptPrivateMiddleware:
    """No answer is kept for somebody else. A page stays with its browser, which asks again before it shows it, so that
    *Back* finds what was typed; calls, lists and files are kept nowhere. Static files never come here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not any(word in response.get("Cache-Control", "") for word in STATED):
            is_page = response.get("Content-Type", "").startswith("text/html")
            response["Cache-Control"] = "private, no-cache" if is_page else "private, no-store"
        if request.path == LOGOUT and request.method == "POST":
            # Whoever sits down next finds no page of the person who left.
            response["Clear-Site-Data"] = '"cache"'
        return response


class LastUseMiddleware:
    """Notes the last use of a session that the request has read: of others it knows nothing, and asks nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and not request.session.is_empty():
            keep_last_use(request, now=clock.now())
        return response


class RefusedMiddleware:
    """Turns a `RuleViolation` that reaches the page into the page that says its sentence; forbidden and absent look
    alike to whoever may not see the object, because `NotFound` is then what is raised."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotFound):
            raise Http404(exception.sentence) from exception
        if isinstance(exception, NotAllowed):
            # Answered here: the framework logs an exception with its sentence, and that may name people.
            return permission_denied(request, PermissionDenied(exception.sentence))
        if isinstance(exception, RuleViolation):
            response = render(request, "refused.html", {"refusal": exception}, status=exception.http_status)
            # An htmx answer must not take the place of the form whose text would be lost with it.
            return (
                retarget(reswap(response, "innerHTML"), "#notices")
                if request.headers.get("HX-Request")
                else response
            )
        return None


class DirectionsMiddleware:
    """Each piece of text on a page turns nothing but itself, whatever directions were typed into it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if (
            not response.streaming
            and response.get("Content-Type", "").startswith("text/html")
            and not response.content.isascii()
        ):
            html = response.content.decode(response.charset)
            if turns(html):
                response.content = isolated_html(html).encode(response.charset)
        return response
