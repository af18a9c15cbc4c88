"""How a page shows a refusal that no view has shown itself."""

import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django_htmx.http import reswap, retarget
from structlog.contextvars import bound_contextvars

from majorops import clock
from majorops.audit import roads
from majorops.errors import BadInput, NotAllowed, NotFound, Problem, RuleViolation
from majorops.formatting.directions import isolated_html, turns
from majorops.people.authentication.sessions import keep_last_use
from majorops.texts import unstorable
from majorops.web.health.request_counts import count
from majorops.web.server.error_pages import is_call, permission_denied, refused_call
from majorops.web.server.logs import request_id_of

LOGOUT = "/accounts/logout/"
LONGEST_NAME = 300
STATED = ("private", "no-store", "public")


class NamedMiddleware:
    """Gives each request a name, or takes the proxy's (X-Request-ID): it stands on each line of the log, on the answer
    and on the page of an error, so that one is found by the other."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request_id_of(request.META.get("HTTP_X_REQUEST_ID", ""))
        with bound_contextvars(request_id=name):
            response = self.get_response(request)
        response["X-Request-ID"] = name
        return response


class CountedMiddleware:
    """Counts each request and how long it took, by the name of its URL (majorops.web.health.request_counts). Stands
    first: what the others do is part of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        if request.resolver_match is not None:
            view = request.resolver_match.view_name
        else:
            view = "static" if request.path.startswith(settings.STATIC_URL) else "none"
        count(view, request.method, response.status_code, time.perf_counter() - began)
        return response


class RoadMiddleware:
    """What a request changes came in by its address, says the audit."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with roads.on(roads.of_address(request.path)):
            return self.get_response(request)


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


class CompressedPagesMiddleware(GZipMiddleware):
    """Pages and their parts are compressed, with Django's padding against guesses from their length. Files that are
    downloaded come as they are, and so does whatever carries an ETag, which compressing would weaken."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith("text/html") and "ETag" not in response
        return super().process_response(request, response) if is_page else response


class LastUseMiddleware:
    """Notes the last use of a session that the request has read: of others it knows nothing, and asks nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.session.accessed and not request.session.is_empty():
            keep_last_use(request, now=clock.now())
        return response


class StorableTextMiddleware:
    """Refuses an address, a query and a form with a character that PostgreSQL does not keep, by the name of the field:
    nothing behind this looks for one. The body of a call of the API is checked as it is read (`validated`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[str, ...], named: dict[str, object]
    ) -> HttpResponse | None:
        for name, value in _texts(request, named):
            if problem := unstorable(f"{name}{value}"):
                path = name[:LONGEST_NAME] if name.isprintable() else ""
                refusal = BadInput([Problem(path, problem)], f"{path}: {problem}" if path else problem)
                answer = refused_call if is_call(request) else refused_page
                return answer(request, refusal)
        return None


def _texts(request: HttpRequest, named: dict[str, object]) -> Iterator[tuple[str, object]]:
    yield from named.items()
    # The API reads its bodies itself.
    for sent in (request.GET,) if is_call(request) else (request.GET, request.POST):
        for name, values in sent.lists():
            for value in values:
                yield name, value


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
            return refused_page(request, exception)
        return None


def refused_page(request: HttpRequest, refusal: RuleViolation) -> HttpResponse:
    """The page that says the sentence of a refusal."""
    response = render(request, "refused.html", {"refusal": refusal}, status=refusal.http_status)
    # An htmx answer must not take the place of the form whose text would be lost with it.
    return (
        retarget(reswap(response, "innerHTML"), "#notices") if request.headers.get("HX-Request") else response
    )


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
