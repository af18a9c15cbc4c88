"""The viewsets of the API: one class for every kind of object, and write actions that may be sent again.

A write action is a method of an `ApiViewSet` under `@write_action(...)`; it may be sent with an Idempotency-Key, and
then happens once.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.viewsets import GenericViewSet

from majorops import clock
from majorops.errors import BadInput, Problem, RuleViolation
from majorops.people.models import Person
from majorops.web.api.outputs import Output, ShownOnce
from majorops.web.api.serializers import StrictSerializer, validated
from majorops.web.models import KeptAnswer
from majorops.web.pagination import Page

KEY = "Idempotency-Key"
LONGEST_KEY = 200
LONGEST_CALL = 400
KEPT_HEADERS = ("ETag", "Location")
KEPT_FOR = timedelta(days=7)

IDEMPOTENCY_KEY = OpenApiParameter(
    KEY,
    str,
    OpenApiParameter.HEADER,
    description="Any text of up to 200 characters. The same call with the same key happens once and is answered "
    "alike; with another body it is refused (422).",
)


def if_match(*, required: bool) -> OpenApiParameter:
    return OpenApiParameter(
        "If-Match",
        str,
        OpenApiParameter.HEADER,
        required=required,
        description="The ETag that you read: refused (412) when the object was changed since.",
    )


class KeyReused(RuleViolation):
    """The Idempotency-Key was sent before with something else. API: 422."""

    http_status = 422


class ApiViewSet(GenericViewSet[Any]):
    """The calls of one kind of object. `now` is the instant at which the call came in, read once from the clock."""

    lookup_value_regex = "[^/]+"
    pagination_class = Page
    ordering: tuple[str, str]
    now: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.now = clock.now()

    @property
    def person(self) -> Person:
        """Who calls."""
        caller: Person = self.request.user
        return caller

    def validated(self, body: type[StrictSerializer], *, scope: str = "", many: bool = False) -> Any:
        """The checked body (majorops.web.api.serializers.validated)."""
        return validated(body, self.request, scope=scope, many=many)

    def paginated(self, output: type[Output], item: Any) -> Response:
        """A page of the rows."""
        return self.get_paginated_response(output.all(self.paginate_queryset(item)))

    def moment(self, at: datetime | None = None) -> dict[str, Any]:
        """Who does it, when it happened and when it was entered, as every operation takes them."""
        return {"by": self.person, "at": at or self.now, "now": self.now}


def write_action(
    body: type[StrictSerializer] | serializers.ListSerializer[Any] | Mapping[str, Any] | None,
    answer: Any,
    *,
    status: int = 200,
    matches: bool = True,
    overwrites: bool = False,
    **described: Any,
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """A call that changes something: described with its body and its answer, and done once for an Idempotency-Key.

    `body` is JSON, or named by its media type. `answer` is a serializer for the status, or a mapping of status to
    serializer. `matches`: If-Match is honoured.
    `overwrites`: it must be there (428).
    """
    responses = answer if isinstance(answer, dict) else {status: answer}
    shown_once = frozenset(name for response in responses.values() for name in _shown_once(response))
    matching = [if_match(required=overwrites)] if matches else []
    parameters = [IDEMPOTENCY_KEY, *matching, *described.pop("parameters", [])]

    def decorate(handler: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(handler)
        def call(view: ApiViewSet, request: Request, *args: Any, **kwargs: Any) -> Response:
            return idempotent(request, lambda: handler(view, request, *args, **kwargs), shown_once)

        describe = extend_schema(request=body, responses=responses, parameters=parameters, **described)
        described_call: Callable[..., Response] = describe(call)
        return described_call

    return decorate


def _shown_once(answer: Any) -> list[str]:
    """The fields of an answer that open something."""
    fields = getattr(answer, "_declared_fields", {})
    return [name for name, field in fields.items() if isinstance(field, ShownOnce)]


def idempotent(
    request: Request, act: Callable[[], Response], shown_once: frozenset[str] = frozenset()
) -> Response:
    """Does `act`, or answers as it was answered when the caller sent the same key with the same call before, but with
    null for what is `shown_once`.

    The answer is kept in the transaction that makes the change; a refusal keeps no answer and may be tried again.
    Raises KeyReused (422) when the key came with another body or query.
    """
    key = request.headers.get(KEY)
    if key is None:
        return act()
    if not 0 < len(key) <= LONGEST_KEY or not key.isprintable():
        raise BadInput.of(KEY, f"Give a text of 1 to {LONGEST_KEY} printable characters.")
    call = f"{request.method} {request.path}"[:LONGEST_CALL]
    sent = json.dumps([request.META.get("QUERY_STRING", ""), request.data], sort_keys=True, default=_digest)
    fingerprint = hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # The same key twice at once: the second call waits, and finds the answer of the first.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{request.user.pk} {call} {key}"]
            )
        kept = KeptAnswer.objects.filter(person=request.user, key=key, call=call).first()
        if kept is not None:
            if kept.request_sha256 != fingerprint:
                sentence = "This key was sent before with another body. Take a fresh key for another call."
                raise KeyReused(sentence, [Problem(KEY, sentence)])
            return Response(json.loads(kept.body), status=kept.status, headers=kept.headers)
        try:
            answer = act()
        except RuleViolation as refused:
            # Raised below: an operation may keep why it refused (a Blame Session), and this transaction must not
            # take that back.
            refusal = refused
        else:
            KeptAnswer.objects.create(
                person=request.user,
                key=key,
                call=call,
                request_sha256=fingerprint,
                status=answer.status_code,
                headers={name: answer[name] for name in KEPT_HEADERS if name in answer},
                body=json.dumps(
                    {**answer.data, **dict.fromkeys(shown_once)} if shown_once else answer.data,
                    cls=JSONEncoder,
                ),
                made_at=clock.now(),
            )
            return answer
    raise refusal


def _digest(sent: Any) -> str:
    """What stands for a file in the fingerprint of a call. Raises TypeError for anything else."""
    if not isinstance(sent, UploadedFile):
        raise TypeError(f"{type(sent).__name__} is no part of a body.")
    digest = hashlib.sha256()
    for chunk in sent.chunks():
        digest.update(chunk)
    sent.seek(0)
    return digest.hexdigest()


def forget_kept_answers(now: datetime) -> int:
    """Deletes the answers that nobody asks for again. Returns how many."""
    return KeptAnswer.objects.filter(made_at__lt=now - KEPT_FOR).delete()[0]
