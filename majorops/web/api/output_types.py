"""Words for describing what calls answer. Answers are built as plain dictionaries; these describe them."""

from typing import Any

from rest_framework import serializers


class Answer(serializers.Serializer[Any]):
    """An object that is answered: each key is always there."""


class ShownOnce(serializers.CharField):
    """What opens something: answered by the call that makes it, and kept in no answer that can be asked for again."""

    def __init__(self, **said: Any) -> None:
        said.setdefault(
            "help_text", "Shown this once; null where the call is repeated with its Idempotency-Key."
        )
        super().__init__(allow_null=True, **said)


def a_text(**said: Any) -> serializers.CharField:
    return serializers.CharField(**said)


def a_person(**said: Any) -> serializers.CharField:
    return serializers.CharField(help_text="An e-mail address, or contact:KEY.", **said)


def maybe_text(**said: Any) -> serializers.CharField:
    return serializers.CharField(allow_null=True, **said)


def maybe_instant(**said: Any) -> serializers.DateTimeField:
    return serializers.DateTimeField(allow_null=True, **said)


def maybe_number(**said: Any) -> serializers.IntegerField:
    return serializers.IntegerField(allow_null=True, **said)


def maybe_yes_no(**said: Any) -> serializers.BooleanField:
    return serializers.BooleanField(allow_null=True, **said)
