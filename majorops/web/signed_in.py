"""Who may open a page, and by which methods: said once above each view."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from majorops.errors import NotAllowed
from majorops.people.models import Person

GET = "GET"
POST = "POST"
View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """The request of somebody who is signed in, for the types alone: what stands behind `signed_in` or in the admin."""

    user: Person


def allow_methods(*methods: str) -> Callable[[View], Any]:
    """A view that these methods reach; whoever may GET may ask for the HEAD."""
    return require_http_methods([*methods, *(["HEAD"] if GET in methods else [])])


def for_administrators(*methods: str) -> Callable[[View], Any]:
    """A view for administrators; raises NotAllowed for others who are signed in."""

    def decorate(view: View) -> Any:
        @wraps(view)
        def checked(request: SignedInRequest, *args: Any, **named: Any) -> HttpResponseBase:
            if not request.user.is_administrator:
                raise NotAllowed("Only an administrator opens this page.")
            return view(request, *args, **named)

        return signed_in(*methods)(checked)

    return decorate


def signed_in(*methods: str) -> Callable[[View], Any]:
    """A view for whoever is signed in; everybody else signs in first."""

    def decorate(view: View) -> Any:
        return login_required(allow_methods(*methods)(view))

    return decorate
