"""What the API gives. An output is one definition that is both described and given.

Each field reads the attribute of its own name, of its `source`, or what the method `get_NAME` returns. What was handed
to `of` besides the row is in the `context` of the method.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any

from django.db.models import Manager
from rest_framework import serializers

from majorops.formatting.instants import written
from majorops.people.models import Person
from majorops.web.api.serializers import without_underscores

Reader = Callable[["Output", Any], Any]


class Output(serializers.Serializer[Any]):
    """An object that is given: each key is always there."""

    @classmethod
    def of(cls, row: Any, **context: Any) -> dict[str, Any]:
        return cls(context=context).to_representation(row)

    @classmethod
    def all(cls, rows: Iterable[Any], **context: Any) -> list[dict[str, Any]]:
        output = cls(context=context)
        return [output.to_representation(row) for row in rows]

    def to_representation(self, row: Any) -> dict[str, Any]:
        return {name: read(self, row) for name, read in _readers(type(self))}

    def get_fields(self) -> dict[str, Any]:
        return without_underscores(super().get_fields())


@cache
def _readers(output: type[Output]) -> tuple[tuple[str, Reader], ...]:
    return tuple((name, _reader(output, name, field)) for name, field in output().get_fields().items())


def _reader(output: type[Output], name: str, field: serializers.Field[Any, Any, Any, Any]) -> Reader:
    own = f"get_{name}"
    # The framework has a `get_value` of its own.
    has_own = hasattr(output, own) and not hasattr(serializers.ListSerializer, own)
    read = getattr(output, own) if has_own else _attribute((field.source or name).split("."))
    inner = getattr(field, "child", field)
    kind = type(inner)
    if not isinstance(inner, Output):
        return lambda view, row: plain(read(view, row))
    if inner is field:
        return lambda view, row: _nested(kind, read(view, row), view.context)
    if isinstance(field, serializers.DictField):
        return lambda view, row: _nested_values(kind, read(view, row), view.context)
    return lambda view, row: kind.all(_rows(read(view, row)), **view.context)


def _attribute(path: list[str]) -> Reader:
    *ways, last = path

    def read(_: Output, row: Any) -> Any:
        for way in ways:
            # What a one-to-one relation leads to may not be there.
            row = getattr(row, way, None)
        if row is None or last == "*":
            return row
        return row.get(last) if isinstance(row, Mapping) else getattr(row, last)

    return read


def _nested(output: type[Output], value: Any, context: dict[str, Any]) -> Any:
    return None if value is None else output.of(value, **context)


def _nested_values(output: type[Output], values: Any, context: dict[str, Any]) -> Any:
    return None if values is None else {key: output.of(value, **context) for key, value in values.items()}


def _rows(value: Any) -> Iterable[Any]:
    return value.all() if isinstance(value, Manager) else value


def plain(value: Any) -> Any:
    """The value as JSON says it: instants in UTC, days in ISO 8601, words by their key, persons by their identifier."""
    match value:
        case datetime():
            return written(value)
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case Person():
            return value.identifier
    return value


class ShownOnce(serializers.CharField):
    """What opens something: answered by the call that makes it, and kept in no answer that can be asked for again."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text", "Shown this once; null where the call is repeated with its Idempotency-Key."
        )
        super().__init__(allow_null=True, **kwargs)


def a_text(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(**kwargs)


def a_person(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(help_text="An e-mail address, or contact:KEY.", **kwargs)


def maybe_text(**kwargs: Any) -> serializers.CharField:
    return serializers.CharField(allow_null=True, **kwargs)


def maybe_instant(**kwargs: Any) -> serializers.DateTimeField:
    return serializers.DateTimeField(allow_null=True, **kwargs)


def maybe_number(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(allow_null=True, **kwargs)


def maybe_yes_no(**kwargs: Any) -> serializers.BooleanField:
    return serializers.BooleanField(allow_null=True, **kwargs)
