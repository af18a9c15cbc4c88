"""The description of the API: OpenAPI 3 for machines, and what the page for people is made of."""

from functools import lru_cache
from inspect import getdoc
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from majorops.errors import NotFound
from majorops.web.api.envelope import NOTHING_HERE
from majorops.web.api.outputs import Output
from majorops.web.api.serializers import StrictSerializer

# What any call may answer besides its own; 404 where something is named, the rest where a body is sent.
REFUSALS = {
    "400": "The input is wrong: errors name the places.",
    "401": "No sign-in, or a token that is not known.",
    "403": "You may see this, but not do this.",
    "404": "Not there, or not to be known by you.",
    "409": "A rule refuses it: detail says why.",
    "412": "Changed since you read it (If-Match).",
    "413": "The body is larger than 10 MB.",
    "415": "The body is not application/json.",
    "422": "The Idempotency-Key came before with another body.",
    "428": "If-Match is missing.",
    "429": "Too many calls: wait for Retry-After seconds.",
}
ANY_CALL = ("400", "401", "403", "429")
WITH_A_BODY = ("409", "412", "413", "415", "422")
PROBLEM = {
    "type": "object",
    "required": ["path", "message"],
    "properties": {
        "path": {"type": "string", "description": "As in `timeline[3].at`; empty for the whole."},
        "message": {"type": "string"},
    },
}
ERROR = {
    "type": "object",
    "required": ["detail", "errors"],
    "properties": {
        "detail": {"type": "string", "description": "A sentence for the person."},
        "errors": {"type": "array", "items": PROBLEM},
        "current": {"description": "What stands there now (412)."},
    },
}
# What is said of all objects is said of none in particular.
GENERAL = {getdoc(Output), getdoc(StrictSerializer)}
METHODS = ("get", "post", "put", "patch", "delete")


class SummaryFromDocstring(AutoSchema):
    """The first line of a call's docstring is its summary, the rest its description."""

    def get_operation_id(self) -> str:
        kind = self.path.split("/")[3]
        return f"{kind}_{self._action()}".strip("_").replace("-", "_")

    def get_summary(self) -> str:
        return self._docstring()[0]

    def get_description(self) -> str:
        return self._docstring()[1]

    def _action(self) -> str:
        return getattr(self.view, "action", None) or self.method.lower()

    def _docstring(self) -> tuple[str, str]:
        docstring = (getattr(self.view, self._action()).__doc__ or "").strip()
        first, _, rest = docstring.partition("\n\n")
        return " ".join(first.split()).rstrip("."), " ".join(rest.split())


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "majorops.people.authentication.tokens.BearerAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class WordOfVocabulary(OpenApiSerializerFieldExtension):
    target_class = "majorops.web.api.serializers.WordField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        words = list(self.target.choices)
        return {"type": "string", "enum": [*words, None] if self.target.allow_null else words}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Adds what all calls share: how they refuse, and that bodies take no other keys."""
    components = result.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Error"] = ERROR
    for name, schema in schemas.items():
        if name.endswith("Request") and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
        if schema.get("description") in GENERAL:
            del schema["description"]
    components["responses"] = {
        status: {
            "description": refusal,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
        }
        for status, refusal in REFUSALS.items()
    }
    for path, methods in result["paths"].items():
        for method in METHODS:
            if method in methods:
                _add_refusals(path, methods[method], has_body=method != "get")
    return result


def _add_refusals(path: str, operation: dict[str, Any], *, has_body: bool) -> None:
    required = {given["name"] for given in operation.get("parameters", ()) if given.get("required")}
    statuses = [
        *ANY_CALL,
        *(("404",) if "{" in path else ()),
        *(WITH_A_BODY if has_body else ()),
        *(("428",) if "If-Match" in required else ()),
    ]
    for status in statuses:
        operation["responses"].setdefault(status, {"$ref": f"#/components/responses/{status}"})
    operation["responses"] = dict(sorted(operation["responses"].items()))


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The whole OpenAPI document, made once in a process."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


class Schema(APIView):
    """The OpenAPI document, as JSON."""

    schema = None

    def get(self, request: Request) -> Response:
        return Response(description())


class ApiNotFound(APIView):
    """Every address of the API that is no call."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound(NOTHING_HERE)
