"""How a page shows that a rule said no: beside what was typed, so that nothing has to be typed again."""

from types import TracebackType
from typing import Any, Self

from django import forms

from majorops.errors import NotAllowed, RuleViolation

# In the place of Django's "Ensure this value ..."; a field may have words of its own.
LIMITS = {
    "min_value": "Give a number from %(limit_value)s on.",
    "max_value": "Give a number up to %(limit_value)s.",
    "max_length": "Write at most %(limit_value)d characters: these are %(show_value)d.",
}


class RefusableForm(forms.Form):
    """A form that shows what an operation refuses: each problem at the field that it is about, the rest above all."""

    def full_clean(self) -> None:
        for field in self.fields.values():
            field.error_messages = {**LIMITS, **field.error_messages}
        super().full_clean()

    def refuse(self, refused: RuleViolation) -> None:
        for problem in refused.problems:
            self.refuse_at(problem.path, problem.message)
        if not refused.problems:
            self.add_error(None, refused.sentence)

    def refuse_at(self, path: str, message: str) -> None:
        name = self.field_of(path)
        self.add_error(name if name in self.fields else None, message)

    def field_of(self, path: str) -> str:
        """The field that shows a problem at this path of the operation."""
        return path


def status_of(refused: RuleViolation) -> int:
    """How a page answers that shows the refusal beside what was typed."""
    return 422 if refused.http_status == 400 else refused.http_status


class Attempt:
    """One try at what a form asks for; `status` is how the page answers that shows the form again.

    `with attempt: ...` shows on the form what a rule refuses. What somebody may not do at all is no matter of a form:
    NotAllowed goes on.
    """

    def __init__(self, form: Any = None) -> None:
        self.form = form
        self.refused: RuleViolation | None = None
        self.status = 200

    def is_filled(self) -> bool:
        """Whether the form says what is needed."""
        filled = bool(self.form.is_valid())
        self.status = 200 if filled else 422
        return filled

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(raised, RuleViolation) or isinstance(raised, NotAllowed):
            return False
        self.refused, self.status = raised, status_of(raised)
        if self.form is not None:
            self.form.refuse(raised)
        return True
