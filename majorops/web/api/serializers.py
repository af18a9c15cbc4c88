"""The bodies of calls: strict JSON, unknown keys refused by name, types taken as they are and nothing converted.

A call describes its body as a `StrictSerializer` and takes the `validated` data. Shape is all that is checked here;
operations know the rules.
"""

import difflib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import IO, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from majorops.errors import BadInput, Problem, RuleViolation
from majorops.formatting.instants import read_day, read_instant
from majorops.people.directory import find_person
from majorops.people.models import Person
from majorops.people.outsiders import AS_IN, LONGEST_TYPED, Outsider, find_or_parse
from majorops.strict_json import read_json
from majorops.texts import too_long, unstorable
from majorops.words import Word

LARGEST_BODY = 10 * 1024 * 1024
# So much of a body that is too large is read and thrown away: who is still sending would not hear the answer.
DRAINED = 10 * LARGEST_BODY
LARGEST_NUMBER = 2**53 - 1
LONGEST_KEY = 300
MOST_PEOPLE = 200
MOST_HINTS = 20


class TooLarge(RuleViolation):
    """API: 413."""

    http_status = 413


class StrictJSONParser(BaseParser):
    """JSON in UTF-8 of at most 10 MB; raises TooLarge, or BadInput at the path "" for what is not JSON."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        value, problems = read_json(read_body(stream))
        if problems:
            raise BadInput(problems)
        return value


class CsvParser(BaseParser):
    """CSV of at most 10 MB, as the `file` that a form would send; raises TooLarge."""

    media_type = "text/csv"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        return {"file": SimpleUploadedFile("body.csv", read_body(stream), "text/csv")}


def read_body(stream: IO[bytes]) -> bytes:
    """The whole body. Raises TooLarge for one of more than LARGEST_BODY."""
    body = stream.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        drained = len(body)
        while drained < DRAINED and (more := stream.read(1024 * 1024)):
            drained += len(more)
        raise TooLarge(f"The body is larger than {LARGEST_BODY // 1024**2} MB. Nothing of it was taken in.")
    return body


def without_underscores(declared: dict[str, Any]) -> dict[str, Any]:
    """The fields by their keys: one that is a word of Python is declared with a `_` behind it."""
    return {name.rstrip("_"): field for name, field in declared.items()}


class StrictSerializer(serializers.Serializer[Any]):
    """An object whose keys are these fields and no others."""

    default_error_messages = {"invalid": "This must be an object."}

    def get_fields(self) -> dict[str, Any]:
        return without_underscores(super().get_fields())

    def to_internal_value(self, data: Any) -> Any:
        wrong: dict[str, Any] = {}
        if isinstance(data, Mapping):
            for key in data:
                if key not in self.fields:
                    text = str(key)[:LONGEST_KEY]
                    # Whoever sends a thousand unknown keys mistyped none of them.
                    close = (
                        difflib.get_close_matches(text, list(self.fields), n=1)
                        if len(wrong) < MOST_HINTS
                        else []
                    )
                    hint = f" Did you mean {close[0]}?" if close else ""
                    wrong[text] = [f"This key is not known here.{hint}"]
        try:
            value = super().to_internal_value(data)
        except ValidationError as refused:
            raise ValidationError({**wrong, **refused.detail}) from None
        if wrong:
            raise ValidationError(wrong)
        return value


def validated(body: type[StrictSerializer], request: Request, *, scope: str = "", many: bool = False) -> Any:
    """The checked values of a request's body; `scope` is the reference of the record whose contacts may be named.

    Keys that were left out are left out. Raises BadInput or the framework's ValidationError, each with paths.
    """
    given = request.data
    if problems := list(unstorable_texts(given)):
        raise BadInput(problems)
    most = {"many": True, "max_length": MOST_PEOPLE} if many else {}
    checked = body(data=given, context={"scope": scope}, **most)
    checked.is_valid(raise_exception=True)
    return checked.validated_data


@contextmanager
def renaming(paths: Mapping[str, str]) -> Iterator[None]:
    """Says the caller's own keys where an operation names its arguments otherwise: `renaming({"at": "opened_at"})`."""
    try:
        yield
    except BadInput as refused:
        problems = [
            Problem(paths.get(problem.path, problem.path), problem.message) for problem in refused.problems
        ]
        raise BadInput(problems, refused.sentence) from None


def unstorable_texts(value: Any, path: str = "") -> Iterator[Problem]:
    """The texts, keys included, that hold characters which no database keeps."""
    if isinstance(value, str):
        if problem := unstorable(value):
            yield Problem(path, problem)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if wrong := list(unstorable_texts(key, path)):
                yield from wrong
            else:
                yield from unstorable_texts(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from unstorable_texts(inner, f"{path}[{index}]")


class TextField(serializers.CharField):
    """A text as it is given: numbers are none, and blanks around it stay for the operation to judge."""

    default_error_messages = {"invalid": "This must be text."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"trim_whitespace": False, "allow_blank": True, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and (problem := too_long(data, self.max_length)):
            raise ValidationError(problem)
        return super().to_internal_value(data)


class YesNoField(serializers.BooleanField):
    default_error_messages = {"invalid": "This must be true or false."}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class CountField(serializers.IntegerField):
    """A whole number from 0 on."""

    default_error_messages = {"invalid": "This must be a whole number."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST_NUMBER, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class WordField(serializers.ChoiceField):
    """One of a vocabulary's words, by its key."""

    def __init__(self, vocabulary: type[Word], **kwargs: Any) -> None:
        super().__init__(choices=vocabulary.keys(), **kwargs)
        self.error_messages["invalid_choice"] = f"This must be one of: {', '.join(vocabulary.keys())}."

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


@extend_schema_field(
    {"type": "string", "format": "date-time", "description": "ISO 8601 with an offset; answered in UTC."}
)
class InstantField(serializers.Field[datetime, Any, str, Any]):
    def to_internal_value(self, data: Any) -> datetime:
        try:
            return read_instant(data)
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None


@extend_schema_field({"type": "string", "format": "date"})
class DayField(serializers.Field[date, Any, str, Any]):
    def to_internal_value(self, data: Any) -> date:
        try:
            return read_day(data)
        except ValueError as wrong:
            raise ValidationError(str(wrong)) from None


@extend_schema_field(
    {
        "type": "string",
        "description": "An e-mail address, or contact:KEY for somebody without an account whom this incident names.",
    }
)
class PersonField(serializers.Field[Person, Any, str, Any]):
    """The person whom the API's name means, contacts being those of the record in the context's `scope`."""

    def to_internal_value(self, data: Any) -> Person:
        if not isinstance(data, str):
            raise ValidationError("This must be the e-mail address of a person, or contact:KEY.")
        if problem := too_long(data, LONGEST_TYPED):
            raise ValidationError(problem)
        try:
            return find_person(data, scope=self.context.get("scope", ""))
        except BadInput as unknown:
            raise ValidationError([problem.message for problem in unknown.problems]) from None


@extend_schema_field(
    {
        "type": "string",
        "description": "An e-mail address, contact:KEY for somebody without an account whom this incident names, or "
        "“Name <address>” for somebody from outside.",
    }
)
class AnybodyField(serializers.Field[Any, Any, str, Any]):
    """The person whom the API's name means, or somebody from outside by name and address."""

    def to_internal_value(self, data: Any) -> Person | Outsider:
        if not isinstance(data, str):
            raise ValidationError(
                f"This must be a person: an address, contact:KEY, or name and address, {AS_IN}."
            )
        if problem := too_long(data, LONGEST_TYPED):
            raise ValidationError(problem)
        try:
            return find_or_parse(data, scope=self.context.get("scope", ""))
        except BadInput as unknown:
            raise ValidationError([problem.message for problem in unknown.problems]) from None


class AtField(InstantField):
    """The optional `at` of every verb: when it happened, now unless said otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "required": False,
                "allow_null": True,
                "help_text": "When it happened; now unless said otherwise. Not in the future, and not before what "
                "it follows.",
                **kwargs,
            }
        )
