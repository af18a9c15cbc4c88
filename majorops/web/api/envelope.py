"""The API's envelope: errors, throttling, versions. The contract: /api/v1/docs/."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import set_rollback

from majorops.errors import Problem, RuleViolation, TooMany, VersionConflict
from majorops.web.server.error_pages import FORBIDDEN, NOTHING_HERE

V = TypeVar("V", int, str)


class CallerThrottle(UserRateThrottle):
    scope = "caller"
    cache = caches["process"]


class MatchRequired(RuleViolation):
    """The call overwrites a text, and does not say which version of it was read. API: 428."""

    http_status = 428

    def __init__(self) -> None:
        sentence = "Send the ETag that you read as If-Match, so that nobody's text is overwritten."
        super().__init__(sentence, [Problem("If-Match", sentence)])


def error(
    status: int, sentence: str, problems: Iterable[dict[str, str]] = (), headers: dict[str, str] | None = None
) -> Response:
    """The one shape of an error: `{"detail", "errors": [{"path", "message"}]}`."""
    return Response({"detail": sentence, "errors": list(problems)}, status=status, headers=headers)


def answer_error(raised: Exception, context: dict[str, Any]) -> Response | None:
    """Every error of the API in its one shape; None leaves an unforeseen one to the server's own handling (500)."""
    match raised:
        case RuleViolation():
            set_rollback()
            answer = error(
                raised.http_status,
                raised.sentence,
                [{"path": problem.path, "message": problem.message} for problem in raised.problems],
            )
            if isinstance(raised, VersionConflict) and raised.current is not None:
                answer.data["current"] = raised.current
            if isinstance(raised, TooMany):
                answer["Retry-After"] = str(int(raised.wait) + 1)
            return answer
        case Http404():
            set_rollback()
            return error(404, NOTHING_HERE)
        case PermissionDenied():
            set_rollback()
            return error(403, str(raised) or FORBIDDEN)
        case exceptions.ValidationError():
            set_rollback()
            problems = list(problems_of(raised.detail))
            return error(400, "; ".join(_problem_text(problem) for problem in problems), problems)
        case exceptions.APIException():
            set_rollback()
            headers = {}
            if getattr(raised, "auth_header", None):
                headers["WWW-Authenticate"] = raised.auth_header
            if getattr(raised, "wait", None):
                headers["Retry-After"] = str(int(raised.wait) + 1)
            return error(raised.status_code, str(raised.detail), headers=headers)
    return None


def problems_of(detail: Any, path: str = "") -> Iterable[dict[str, str]]:
    """The framework's nested errors as a flat list of path and message, a path as in `timeline[3].at`."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from problems_of(inner, _place(path, key))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            if isinstance(inner, dict | list):
                yield from problems_of(inner, f"{path}[{index}]")
            else:
                yield {"path": path, "message": str(inner)}
    else:
        yield {"path": path, "message": str(detail)}


def _place(path: str, key: str | int) -> str:
    if key == "non_field_errors":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def _problem_text(problem: dict[str, str]) -> str:
    return f"{problem['path']}: {problem['message']}" if problem["path"] else problem["message"]


def etag(kind: str, key: Any, version: Any) -> str:
    """A strong entity tag of one object at one version."""
    digest = hashlib.sha256(
        f"{settings.SPECTACULAR_SETTINGS['VERSION']}:{kind}:{key}:{version}".encode()
    ).hexdigest()
    return f'"{digest[:24]}"'


def matched_version(
    request: Request,
    current: str,
    version: V,
    *,
    required: bool = False,
    content: Callable[[], Any] = lambda: None,
) -> V | None:
    """The version that the caller read, to be handed to the operation, which compares it again under its lock.

    None where the caller sent no If-Match. Raises VersionConflict (412, with what `content` finds there now) when
    If-Match names another version than `current`, the tag of `version`; MatchRequired (428) when it must be there.
    """
    given = request.headers.get("If-Match")
    if given is None:
        if required:
            raise MatchRequired
        return None
    if given.strip() != "*" and current not in [tag.strip() for tag in given.split(",")]:
        raise VersionConflict(
            "Somebody changed this after you read it. Read it again and merge your change.", content()
        )
    return version
