"""Whether an answer is a whole page, or the part of one that htmx asked for."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


def is_partial_request(request: HttpRequest) -> bool:
    """Whether htmx puts the answer into a page that stands; going back in the history asks for a whole one."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    return bool(htmx) and not htmx.history_restore_request
