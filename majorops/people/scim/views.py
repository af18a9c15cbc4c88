"""SCIM 2.0 (RFC 7644): what a directory asks and writes over HTTP."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404
from pydantic import ValidationError
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from scim2_models import (
    Context,
    Error,
    ListResponse,
    NotImplementedException,
    PatchOp,
    ResourceType,
    ResponseParameters,
    Schema,
    SCIMException,
    SearchRequest,
)

from majorops import clock
from majorops.errors import BadInput, NotFound, RuleViolation, TooMany, VersionConflict
from majorops.people.scim.authentication import DirectoryThrottle, ScimAuthentication
from majorops.people.scim.filters import condition_of
from majorops.people.scim.kinds import Groups, Kind, Users
from majorops.people.scim.resources import CONFIG, DEFAULT_RESULTS, MOST_RESULTS, PROVIDER
from majorops.people.tree import lock_tree
from majorops.web.api.serializers import StrictJSONParser, unstorable_texts

MEDIA_TYPE = "application/scim+json"
NOWHERE = "There is nothing here."


class ScimRenderer(JSONRenderer):
    media_type = MEDIA_TYPE
    charset = None


class JSONParser(StrictJSONParser):
    """An object whose texts can all be kept."""

    def parse(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        value = super().parse(*args, **kwargs)
        if not isinstance(value, dict):
            raise BadInput.of("", "The body must be an object.")
        if problems := list(unstorable_texts(value)):
            raise BadInput(problems)
        return value


# Each operation reads the whole resource: of many the work grows with the square.
MOST_OPERATIONS = 200
# Beyond any number of rows.
LARGEST_INDEX = 2**31


class TooManyOperations(exceptions.APIException):
    status_code = 413


class ScimParser(JSONParser):
    media_type = MEDIA_TYPE


class OneKindOfAnswer(DefaultContentNegotiation):
    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class ScimView(APIView):
    """What all of SCIM has in common: its token, its media type, its errors, one transaction for each request."""

    authentication_classes = [ScimAuthentication]
    permission_classes = [IsAuthenticated]
    throttle_classes = [DirectoryThrottle]
    parser_classes = [ScimParser, JSONParser]
    renderer_classes = [ScimRenderer]
    content_negotiation_class = OneKindOfAnswer
    # Described by its own /Schemas, not among the calls of the API.
    schema = None
    kind: Kind
    now: datetime

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        with PROVIDER, transaction.atomic():
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.now = clock.now()

    def get_exception_handler(self) -> Callable[..., Response | None]:
        return answer_error

    def answer(self, row: Any, context: Context, *, status: int = 200) -> Response:
        """The resource of a row, of which those attributes are shown that were asked for."""
        asked = ResponseParameters.__class_getitem__(self.kind.model).model_validate(
            self.request.query_params.dict()
        )
        resource = self.kind.resource(row)
        dump = resource.model_dump(scim_ctx=context, response_parameters=asked)
        return Response(dump, status=status, headers={"ETag": resource.meta.version})

    @property
    def by_directory(self) -> dict[str, Any]:
        return {"token": self.request.user, "now": self.now}


def answer_error(raised: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every error in the shape of RFC 7644, 3.12; None leaves an unforeseen one to the server's own handling (500)."""
    transaction.set_rollback(True)
    headers: dict[str, str] = {}
    match raised:
        case SCIMException():
            error = raised.to_error()
        case ValidationError():
            error = Error.from_validation_errors(raised)[0]
        case RuleViolation():
            kind = "invalidValue" if isinstance(raised, BadInput) else None
            error = Error(status=raised.http_status, scim_type=kind, detail=raised.sentence)
            if isinstance(raised, TooMany):
                headers["Retry-After"] = str(int(raised.wait) + 1)
        case IntegrityError():
            error = Error(
                status=409, scim_type="uniqueness", detail="Somebody else wrote the same at this moment."
            )
        case Http404():
            error = Error(status=404, detail=NOWHERE)
        case PermissionDenied():
            error = Error(status=403, detail=str(raised))
        case exceptions.APIException():
            error = Error(status=raised.status_code, detail=str(raised.detail))
            if getattr(raised, "auth_header", None):
                headers["WWW-Authenticate"] = raised.auth_header
            if getattr(raised, "wait", None):
                headers["Retry-After"] = str(int(raised.wait) + 1)
        case _:
            return None
    return Response(error.model_dump(), status=error.status, headers=headers)


class Many(ScimView):
    """The resources of one kind: found by a filter, a page at a time, and made."""

    def get(self, request: Request) -> Response:
        search: Any = SearchRequest.__class_getitem__(self.kind.model)
        asked = search.model_validate(request.query_params.dict(), scim_ctx=Context.SEARCH_REQUEST)
        rows = self.kind.rows(asked)
        if asked.filter is not None:
            rows = rows.filter(condition_of(str(asked.filter), self.kind.model))
        first = min(asked.start_index or 1, LARGEST_INDEX) - 1
        count = min(DEFAULT_RESULTS if asked.count is None else asked.count, MOST_RESULTS)
        resources = [self.kind.resource(row, asked) for row in rows[first : first + count]]
        page = ListResponse.__class_getitem__(self.kind.model)(
            total_results=rows.count(),
            start_index=first + 1,
            items_per_page=len(resources),
            resources=resources,
        )
        return Response(page.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=asked))

    def post(self, request: Request) -> Response:
        row = self.kind.create(request.data, **self.by_directory)
        response = self.answer(row, Context.RESOURCE_CREATION_RESPONSE, status=201)
        response["Location"] = self.kind.resource(row).meta.location
        return response


class One(ScimView):
    """One resource, by its id."""

    def get(self, request: Request, key: str) -> Response:
        row = self._found(key)
        response = self.answer(row, Context.RESOURCE_QUERY_RESPONSE)
        if response["ETag"] in tags(request, "If-None-Match"):
            return Response(status=304, headers={"ETag": response["ETag"]})
        return response

    def put(self, request: Request, key: str) -> Response:
        row = self.kind.replace(self._locked(key), request.data, **self.by_directory)
        return self.answer(row, Context.RESOURCE_REPLACEMENT_RESPONSE)

    def patch(self, request: Request, key: str) -> Response:
        row = self._locked(key)
        former = self.kind.resource(row)
        resource = former.model_copy(deep=True)
        operations = PatchOp.__class_getitem__(self.kind.model)
        sent = request.data.get("Operations") if isinstance(request.data, dict) else None
        if isinstance(sent, list) and len(sent) > MOST_OPERATIONS:
            raise TooManyOperations(f"Send at most {MOST_OPERATIONS} operations at once.")
        patch = operations.model_validate(request.data, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
        if patch.patch(resource):
            row = self.kind.change(row, former, resource, **self.by_directory)
        return self.answer(row, Context.RESOURCE_PATCH_RESPONSE)

    def delete(self, request: Request, key: str) -> Response:
        self.kind.remove(self._locked(key), **self.by_directory)
        return Response(status=204)

    def _found(self, key: str, *, locked: bool = False) -> Any:
        row = self.kind.find(key, locked=locked)
        if row is None:
            raise NotFound(f"There is nothing with the id “{key[:80]}”.")
        return row

    def _locked(self, key: str) -> Any:
        """The row, which nobody else changes meanwhile. Raises VersionConflict where another version was read."""
        # Before the row of a person, always: a manager may be among what is to change.
        lock_tree()
        row = self._found(key, locked=True)
        read = tags(self.request, "If-Match")
        if read and "*" not in read and self.kind.resource(row).meta.version not in read:
            raise VersionConflict("Somebody changed this after you read it. Read it again.")
        return row


def tags(request: Request, header: str) -> list[str]:
    """The entity tags of a condition."""
    return [tag.strip() for tag in request.headers.get(header, "").split(",") if tag.strip()]


class ManyUsers(Many):
    kind = Users()


class OneUser(One):
    kind = Users()


class ManyGroups(Many):
    kind = Groups()


class OneGroup(One):
    kind = Groups()


class Config(ScimView):
    """What is supported."""

    def get(self, request: Request) -> Response:
        return Response(CONFIG.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


class ManyDescriptions(ScimView):
    """The schemas, or the kinds of resources, that there are."""

    model: type[Schema] | type[ResourceType] = Schema

    def get(self, request: Request) -> Response:
        if "filter" in request.query_params:
            raise PermissionDenied("What is described here is not filtered.")
        resources = descriptions(self.model)
        page = ListResponse.__class_getitem__(self.model)(
            total_results=len(resources), start_index=1, items_per_page=len(resources), resources=resources
        )
        return Response(page.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


class OneDescription(ScimView):
    model: type[Schema] | type[ResourceType] = Schema

    def get(self, request: Request, key: str) -> Response:
        resource = next((row for row in descriptions(self.model) if row.id == key), None)
        if resource is None:
            raise Http404
        return Response(resource.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE))


def descriptions(model: type[Schema] | type[ResourceType]) -> list[Any]:
    return list(PROVIDER.schemas if model is Schema else PROVIDER.resource_types)


class NotOffered(ScimView):
    """What RFC 7644 leaves to whoever provides: several resources in one request, and oneself."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise NotImplementedException(detail="This is not offered here.")


class Nowhere(ScimView):
    """Addresses that are none."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404
