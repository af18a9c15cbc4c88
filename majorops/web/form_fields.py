"""Form fields that the whole product shares."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from majorops.formatting.instants import YEARS


class DayField(forms.DateField):
    """A calendar day, in a year that deadlines can be counted from."""

    def to_python(self, value: Any) -> date | None:
        read = super().to_python(value)
        if read is not None and read.year not in YEARS:
            raise ValidationError(f"The year must be between {YEARS[0]} and {YEARS[-1]}.")
        return read
