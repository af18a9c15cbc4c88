"""Limits of what somebody without an account may send."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse

from majorops.refusal import Refused

View = Callable[..., HttpResponse]


class TooMany(Refused):
    """API and pages: 429."""

    http_status = 429


def limited(rate: str) -> Callable[[View], View]:
    """A view that takes so many posts, as in `30/10m`, from one link and from one network address.

    It raises TooMany for one more; what was typed is still there when one goes back."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
            keys = (token, request.META.get("REMOTE_ADDR", "")) if request.method == "POST" else ()
            for key in keys:
                used = ratelimit.consume(
                    request, app="majorops.web", action="guest", config={"guest": f"{rate}/key"}, key=key
                )
                if used is None:
                    raise TooMany(
                        "That is more than can be taken at once. Wait ten minutes, then send it again."
                    )
            return view(request, token, *args, **kwargs)

        return counted

    return decorate
