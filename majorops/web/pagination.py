"""Pages of a list: `{"next", "previous", "results"}` by a cursor, the same cost however far one pages."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from majorops.errors import BadInput
from majorops.texts import unstorable

USUAL = 50
LARGEST = 200
# What we write holds two columns, the longest a name.
LONGEST_CURSOR = 2_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row that a page begins after, or ends before when it is read `backward`: its two ordering values."""

    values: tuple[str, str]
    backward: bool

    def written(self) -> str:
        data = json.dumps([self.backward, *self.values], separators=(",", ":"))
        return base64.urlsafe_b64encode(data.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Raises BadInput for anything that was not `written`."""
        if len(text) > LONGEST_CURSOR:
            raise _not_a_cursor()
        try:
            data = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
            backward, first, second = data
        except (ValueError, TypeError, RecursionError, binascii.Error):
            raise _not_a_cursor() from None
        if not isinstance(backward, bool) or not isinstance(first, str) or not isinstance(second, str):
            raise _not_a_cursor()
        if unstorable(first + second):
            raise _not_a_cursor()
        return cls((first, second), backward)


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """One page of rows, with the cursors of the pages after and before it; empty where there is none."""

    rows: list[Any]
    following: str
    preceding: str


def paginate(queryset: QuerySet[Any], columns: Sequence[str], cursor: str, size: int = USUAL) -> KeysetPage:
    """The rows of `queryset` after (or before) the cursor; the first page without one. Raises BadInput for no cursor.

    Two `columns`, both rising or both falling, the second one unique, neither ever null.
    """
    at = Cursor.read(cursor) if cursor else None
    backward = at is not None and at.backward
    smaller = columns[0].startswith("-") is not backward
    names = [column.lstrip("-") for column in columns]
    if at is not None:
        queryset = queryset.filter(beyond(names, *_values(queryset.model, names, at), smaller=smaller))
    rows = list(queryset.order_by(*(f"-{name}" if smaller else name for name in names))[: size + 1])
    return _turned(rows, names, at, size)


def paginate_statement(
    read: Callable[..., list[Any]], model: type[Model], columns: Sequence[str], cursor: str, **given: Any
) -> KeysetPage:
    """The same of a prepared query, which is `given` its arguments with the place where the page begins (`first` and
    `second`, None on the first page; `backward`) and reads USUAL rows and one."""
    at = Cursor.read(cursor) if cursor else None
    names = [column.lstrip("-") for column in columns]
    first, second = _values(model, names, at) if at is not None else (None, None)
    rows = read(first=first, second=second, backward=at is not None and at.backward, **given)
    return _turned(rows, names, at, USUAL)


def _turned(rows: list[Any], names: Sequence[str], at: Cursor | None, size: int) -> KeysetPage:
    backward = at is not None and at.backward
    more, rows = len(rows) > size, rows[:size]
    if backward:
        rows.reverse()
    has_next = bool(rows) and (backward or more)
    has_previous = bool(rows) and (more if backward else at is not None)
    return KeysetPage(
        rows,
        _place(rows[-1], names, backward=False) if has_next else "",
        _place(rows[0], names, backward=True) if has_previous else "",
    )


def _place(row: Any, names: Sequence[str], *, backward: bool) -> str:
    first, second = (str(getattr(row, name)) for name in names)
    return Cursor((first, second), backward).written()


class Page(BasePagination):
    """50 rows, up to 200 by `page_size`, in the two columns that the view names in `ordering`."""

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        self.request = request
        columns: Sequence[str] = view.ordering  # type: ignore[union-attr]
        self.turned = paginate(queryset, columns, request.query_params.get("cursor", ""), page_size(request))
        return self.turned.rows

    def take(self, turned: KeysetPage, request: Request) -> list[Any]:
        """The rows of a page that a prepared query read, to be answered as any other."""
        self.request, self.turned = request, turned
        return turned.rows

    def get_paginated_response(self, data: Any) -> Response:
        here = self.request.build_absolute_uri()
        following, preceding = (
            replace_query_param(here, "cursor", cursor) if cursor else None
            for cursor in (self.turned.following, self.turned.preceding)
        )
        return Response({"next": following, "previous": preceding, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "The place to go on from, as in the links next and previous.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": f"Rows a page, {USUAL} unless said otherwise; {LARGEST} are the most given.",
                "schema": {"type": "integer", "minimum": 1, "default": USUAL},
            },
        ]


def page_size(request: Request) -> int:
    """The rows a page; what is over the largest page gives the largest. Raises BadInput for what is no number."""
    data = request.query_params.get("page_size")
    if not data:
        return USUAL
    if not data.isascii() or not data.isdigit() or int(data[:10]) < 1:
        raise BadInput.of("page_size", f"Give a whole number from 1 to {LARGEST}.")
    return min(int(data[:10]), LARGEST)


def _values(model: type[Model], names: Sequence[str], cursor: Cursor) -> tuple[Any, Any]:
    try:
        fields = [model._meta.get_field(name) for name in names]
        first, second = (
            getattr(field, "output_field", field).to_python(value)
            for field, value in zip(fields, cursor.values, strict=True)
        )
    except (ValidationError, ValueError, OverflowError):
        raise _not_a_cursor() from None
    return first, second


def beyond(names: Sequence[str], first: Any, second: Any, *, smaller: bool) -> Q:
    """What comes after a row with these two values, or before it."""
    side = "lt" if smaller else "gt"
    # Said so that the index of the two columns is entered at the row: the first term alone bounds the scan.
    return Q(**{f"{names[0]}__{side}e": first}) & (
        Q(**{f"{names[0]}__{side}": first}) | Q(**{f"{names[1]}__{side}": second})
    )


def _not_a_cursor() -> BadInput:
    return BadInput.of(
        "cursor", "This is no cursor of this list. Take the links next and previous as they are."
    )
