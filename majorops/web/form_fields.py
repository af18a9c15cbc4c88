"""Form fields that the whole product shares."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from majorops.formatting.instants import YEARS

# The error messages of a count that may be left out.
FROM_ZERO = {"min_value": "Give a whole number from 0 on, or nothing while it is not known."}


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A calendar day, in a year that deadlines can be counted from; 03/04/2026 is not one: it means two."""

    widget = DayInput
    input_formats = ["%Y-%m-%d"]
    default_error_messages = {"invalid": "Write a date as 2026-03-31."}

    def to_python(self, value: Any) -> date | None:
        read = super().to_python(value)
        if read is not None and read.year not in YEARS:
            raise ValidationError(f"The year must be between {YEARS[0]} and {YEARS[-1]}.")
        return read


class LongTextField(forms.CharField):
    """A text of several lines. `missing` says what to do where nothing was typed, and with it the text is required."""

    def __init__(self, *, rows: int = 3, max_length: int = 20_000, missing: str = "", **options: Any) -> None:
        super().__init__(
            required=bool(missing),
            max_length=max_length,
            widget=forms.Textarea(attrs={"rows": rows}),
            error_messages={"required": missing} if missing else None,
            **options,
        )
