"""The API as the page for people tells it: groups of calls, and the objects that they take and answer."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http.response import HttpResponseBase
from rest_framework.exceptions import NotAuthenticated
from rest_framework.renderers import JSONRenderer, TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from majorops.web.api.openapi import ANY_CALL, METHODS, REFUSALS, WITH_A_BODY, description
from majorops.words import spelled_out

GROUPS = {
    "incidents": "Incidents",
    "after-actions": "After Actions",
    "action-items": "Action items",
    "wording": "Checks",
    "people": "People",
    "teams": "Teams",
    "services": "Services",
    "me": "Your tokens and sessions",
}
SHARED = frozenset([*ANY_CALL, *WITH_A_BODY, "404", "428"])
_KINDS = {
    ("string", "date-time"): "instant",
    ("string", "date"): "day",
    ("string", "uri"): "web address",
    ("string", ""): "text",
    ("integer", ""): "whole number",
    ("number", ""): "number",
    ("boolean", ""): "true or false",
    ("object", ""): "object",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A few words of a type; `link` leads to the object that they name."""

    words: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One key of an object, one parameter of a call."""

    name: str
    pieces: tuple[Piece, ...]
    is_required: bool
    said: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What is answered with a status."""

    status: str
    said: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Call:
    anchor: str
    method: str
    path: str
    summary: str
    said: str
    parameters: tuple[Field, ...]
    body: tuple[Piece, ...]
    answers: tuple[Content, ...]


@dataclass(frozen=True, slots=True)
class CallGroup:
    anchor: str
    title: str
    calls: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Object:
    anchor: str
    name: str
    said: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    groups: tuple[CallGroup, ...]
    objects: tuple[Object, ...]
    refusals: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def reference() -> Reference:
    """Everything that the page shows, made once in a process."""
    document = description()
    items: dict[str, list[Call]] = {}
    for path, methods in document["paths"].items():
        kind = path.split("/")[3]
        for method in METHODS:
            if method in methods:
                items.setdefault(kind, []).append(_call(path, method, methods[method]))
    kinds = [*(kind for kind in GROUPS if kind in items), *(kind for kind in items if kind not in GROUPS)]
    groups = tuple(
        CallGroup(kind, GROUPS.get(kind, spelled_out(kind.replace("-", " "))), tuple(items[kind]))
        for kind in kinds
    )
    objects = tuple(
        Object(_anchor(name), _spoken(name), schema.get("description", ""), tuple(_fields(schema)))
        for name, schema in sorted(document["components"]["schemas"].items())
        if schema.get("type") == "object"
    )
    return Reference(groups, objects, tuple(REFUSALS.items()))


def _call(path: str, method: str, operation: dict[str, Any]) -> Call:
    parameters = tuple(
        Field(
            given["name"],
            tuple(_pieces(given.get("schema", {}))),
            bool(given.get("required")),
            given.get("description", ""),
            {"path": "in the address", "query": "in the query", "header": "header"}.get(given["in"], ""),
        )
        for given in operation.get("parameters", ())
    )
    items = tuple(
        Content(status, answer.get("description", ""), tuple(_pieces(_schema(answer))))
        for status, answer in operation["responses"].items()
        if status not in SHARED or "$ref" not in answer
    )
    return Call(
        operation["operationId"],
        method.upper(),
        path,
        operation.get("summary", ""),
        operation.get("description", ""),
        parameters,
        tuple(_pieces(_schema(operation.get("requestBody", {})))),
        items,
    )


def _schema(content: dict[str, Any]) -> dict[str, Any]:
    for kind in content.get("content", {}).values():
        schema: dict[str, Any] = kind.get("schema", {})
        return schema
    return {}


def _fields(schema: dict[str, Any]) -> Iterator[Field]:
    required = set(schema.get("required", ()))
    for name, inner in schema.get("properties", {}).items():
        yield Field(name, tuple(_pieces(inner)), name in required, inner.get("description", ""))


def _pieces(schema: dict[str, Any]) -> Iterable[Piece]:
    """A type in words: "list of", an object by its name, the words of a vocabulary."""
    if not schema:
        return
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        named = description()["components"]["schemas"][name]
        # One of several objects has no row of its own below: each of them has.
        yield from _pieces(named) if "oneOf" in named else (Piece(_spoken(name), _anchor(name)),)
    elif choices := schema.get("allOf") or schema.get("oneOf") or schema.get("anyOf"):
        for number, choice in enumerate(choices):
            if number:
                yield Piece("or")
            yield from _pieces(choice)
    elif "enum" in schema:
        yield Piece("one of " + ", ".join(str(word) for word in schema["enum"] if word is not None))
    elif schema.get("type") == "array":
        yield Piece("list of")
        yield from _pieces(schema.get("items", {}))
    elif "results" in schema.get("properties", {}):
        yield Piece("a page (next, previous, results): ")
        yield from _pieces(schema["properties"]["results"])
    else:
        kind, form = schema.get("type", ""), schema.get("format", "")
        yield Piece(_KINDS.get((kind, form)) or _KINDS.get((kind, "")) or "any value")
    if schema.get("nullable"):
        yield Piece("or null")


def _anchor(name: str) -> str:
    return "object-" + name.lower()


def _spoken(name: str) -> str:
    """`StatusUpdateEntry` as "Status update entry"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name.removesuffix("Request"))
    return words[:1] + words[1:].lower() + (" (sent)" if name.endswith("Request") else "")


class Docs(APIView):
    """The page at /api/v1/docs/, for whoever is signed in; as JSON it is the OpenAPI document."""

    schema = None
    renderer_classes = (TemplateHTMLRenderer, JSONRenderer)

    def get(self, request: Request) -> Response:
        if isinstance(request.accepted_renderer, JSONRenderer):
            return Response(description())
        return Response({"reference": reference()}, template_name="api/docs.html")

    def handle_exception(self, exc: Exception) -> HttpResponseBase:
        if isinstance(exc, NotAuthenticated) and "text/html" in self.request.headers.get("Accept", ""):
            return redirect_to_login(self.request.get_full_path())
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return super().handle_exception(exc)
