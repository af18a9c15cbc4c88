"""The document `majorops.incident/1` for the description of the API, made of what incidents.exchange checks it by."""

from collections.abc import Callable
from functools import cache
from typing import Any

from rest_framework import serializers

from incidents.exchange import document_reading as reading
from incidents.exchange.document_parts import IncidentDocument as Document
from majorops.web.api.serializers import (
    CountField,
    DayField,
    InstantField,
    StrictSerializer,
    TextField,
    WordField,
    YesNoField,
)

LENGTHS: dict[reading.Reader, int] = {reading.email: 254, reading.time_zone: 64, reading.web_address: 1000}


def field_of(read: reading.Reader, **kwargs: Any) -> serializers.Field[Any, Any, Any, Any]:
    """The field that describes what `read` takes."""
    match read:
        case reading.TextRule():
            limit = read.limit if read.one_line else None
            return TextField(**({"max_length": limit} if limit else {}), **kwargs)
        case reading.OneOf():
            return WordField(read.words, **kwargs)
        case reading.WholeNumber():
            return CountField(**kwargs)
        case reading.Constant():
            return serializers.ChoiceField([read.expected], **kwargs)
        case reading.Listing():
            return serializers.ListField(child=field_of(read.entry), **kwargs)
        case reading.Shape():
            return serializer_of(read)(**kwargs)
    if read is reading.person:
        return TextField(max_length=200, **{"help_text": "A key of the list of people.", **kwargs})
    if read in LENGTHS:
        return TextField(max_length=LENGTHS[read], **kwargs)
    if read is reading.day:
        return DayField(**kwargs)
    return YesNoField(**kwargs) if read is reading.yes_no else InstantField(**kwargs)


def described(build: Callable[..., Any], every: reading.Reader | None = None) -> type[StrictSerializer]:
    """The keys of an object of the format, for what calls take as well."""
    return serializer_of(reading.Shape(build, every=every))


@cache
def serializer_of(shape: reading.Shape[Any]) -> type[StrictSerializer]:
    """An object of the format, described."""
    name, doc = shape.build.__name__, shape.build.__doc__ or ""
    described: dict[str, Any] = {}
    for key in shape.keys:
        data: dict[str, Any] = {"help_text": key.description} if key.description else {}
        if not key.required:
            data.update(required=False, allow_null=True)
        described[key.name] = field_of(key.read, **data)
    # A dataclass that says nothing of itself is given its signature.
    if "Document" not in name:
        name = f"Document{name}"
    elif not doc.startswith(f"{name}("):
        described["__doc__"] = doc
    return type(name, (StrictSerializer,), described)


IncidentDocument = serializer_of(reading.Shape(Document))
