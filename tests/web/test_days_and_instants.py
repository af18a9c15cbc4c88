"""Each day and each instant that a form or a call takes, as the forms and serializers themselves name it:
kept as it was meant, or refused in a sentence at its field."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.urls import get_resolver
from hypothesis import example, given
from hypothesis import strategies as st
from rest_framework import serializers
from rest_framework.exceptions import ValidationError as Refused

from afteractions.operations.review.sections import Check
from afteractions.views.step_forms import LocalInstant
from incidents.views.fields import LaterField
from majorops.formatting.instants import YEARS
from majorops.web.api.serializers import DayField as DayOfCall
from majorops.web.api.serializers import InstantField, StrictSerializer
from majorops.web.form_fields import DayField

# The forms and serializers of a page are there once its address is known.
assert get_resolver().url_patterns
OURS = ("afteractions.", "incidents.", "majorops.")


def below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        if each.__module__.startswith(OURS):
            yield each
        yield from below(each)


def fields_of_forms() -> Iterator[Any]:
    for form in set(below(forms.BaseForm)):
        for name, field in form.base_fields.items():
            if isinstance(field, (forms.DateField, forms.DateTimeField)):
                yield pytest.param(field, id=f"{form.__name__}.{name}")


def fields_of_calls() -> Iterator[Any]:
    for call in set(below(StrictSerializer)):
        for name, field in call._declared_fields.items():
            if isinstance(field, (DayOfCall, InstantField, serializers.DateField, serializers.DateTimeField)):
                yield pytest.param(field, id=f"{call.__name__}.{name}")


HOSTILE = (
    *(
        "9999-12-31",
        "0001-01-01",
        "1969-12-31",
        "2200-01-01",
        "2026-02-30",
        "2026-1-1",
        "20260331",
        "2026-W14-2",
    ),
    *("9999-12-31T23:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2027-03-14T02:30"),
    *("2026-03-31\x00", "\x00", "٢٠٢٦-٠٣-٣١", "2" * 3000, "[" * 3000),
)


@pytest.mark.parametrize("field", sorted(fields_of_forms(), key=lambda each: str(each.id)))
def test_a_form_keeps_a_day_as_it_is_meant_or_says_what_is_wrong(field: forms.Field) -> None:
    assert isinstance(field, (DayField, LaterField, LocalInstant)), (
        "a field that takes years that nobody means"
    )
    # Digits of another script and days without their nought mean what they say.
    meant = {"2026-1-1", "٢٠٢٦-٠٣-٣١"}
    for typed in {*HOSTILE, "03/04/2026"} - meant if isinstance(field, DayField) else ():
        with pytest.raises(ValidationError):
            field.clean(typed)


@pytest.mark.parametrize("field", sorted(fields_of_calls(), key=lambda each: str(each.id)))
def test_a_call_keeps_a_day_or_an_instant_as_it_is_meant_or_says_what_is_wrong(
    field: serializers.Field,
) -> None:
    for sent in (*HOSTILE, 20260331, 1.5, True, [], {}):
        with pytest.raises(Refused):
            field.run_validation(sent)
    meant = "2026-03-31" if isinstance(field, DayOfCall) else "2026-03-31T14:00:00+02:00"
    assert field.run_validation(meant).isoformat() == meant


@given(st.dates() | st.text(max_size=40))
@example("20260331")
def test_a_section_of_the_review_keeps_a_day_as_it_is_meant_or_says_what_is_wrong(sent: date | str) -> None:
    check = Check({})
    typed = sent.isoformat() if isinstance(sent, date) else sent
    read = check.day(typed, "due_on")
    if read is None:
        assert typed == "" or [each.path for each in check.problems] == ["due_on"]
    else:
        assert read.isoformat() == typed
        assert read.year in YEARS
