"""What an administrator says of the policy and the calendar; the operations check it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms

from afteractions.rules.deadlines.policy import (
    DEFAULT,
    LONGEST_CADENCE,
    LONGEST_REMINDER,
    LONGEST_STRIDE,
    MINUTE,
    MOST_MANAGERS,
    SHORTEST_CADENCE,
    BadPolicy,
    Policy,
    read_document,
    warnings_words,
)
from afteractions.vocabulary import ObligationKind
from majorops.web.form_fields import DayField, LongTextField
from majorops.web.refusals import RefusableForm


@dataclass(frozen=True)
class KindRow:
    """One kind of deadline on the page, with its two fields."""

    kind: ObligationKind
    default: str
    default_managers: int
    warnings: forms.BoundField
    managers: forms.BoundField


class PolicyForm(RefusableForm):
    stride = forms.IntegerField(
        label="Business days from one manager to the next",
        min_value=1,
        max_value=LONGEST_STRIDE,
        help_text=f"Default: {DEFAULT.stride}. The first manager hears at the breach, each further one so much later.",
    )
    remind_every = forms.IntegerField(
        label="Business days between reminders after the breach",
        min_value=0,
        max_value=LONGEST_REMINDER,
        help_text="Default: 0, never again. Whoever owes it is reminded for as long as it is not done.",
    )
    reason = LongTextField(
        label="Reason",
        max_length=2000,
        help_text="Why the policy changes. It is kept with your name.",
        rows=2,
        missing="Say why the policy changes.",
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, policy: Policy, number: int) -> None:
        initial: dict[str, Any] = {
            "stride": policy.stride,
            "remind_every": policy.remind_every,
            "version": number,
        }
        for severity, every in policy.updates.items():
            initial[f"updates_{severity.value}"] = every // MINUTE
        for kind in ObligationKind:
            rule = policy.of(kind)
            initial[f"warnings_{kind.value}"] = warnings_words(rule.warnings) if rule.warnings else ""
            initial[f"managers_{kind.value}"] = rule.managers
        super().__init__(data, initial=initial)
        for severity, every in DEFAULT.updates.items():
            self.fields[f"updates_{severity.value}"] = forms.IntegerField(
                label=f"{severity.label}: minutes between status updates",
                min_value=SHORTEST_CADENCE,
                max_value=LONGEST_CADENCE,
                help_text=f"Default: {every // MINUTE}. What is closed keeps what held then.",
            )
        for kind in ObligationKind:
            self.fields[f"warnings_{kind.value}"] = forms.CharField(
                label=f"Warnings: {kind.label}", max_length=200, required=False
            )
            self.fields[f"managers_{kind.value}"] = forms.IntegerField(
                label=f"Managers: {kind.label}", min_value=0, max_value=MOST_MANAGERS
            )

    def rows(self) -> Iterator[KindRow]:
        for kind in ObligationKind:
            rule = DEFAULT.of(kind)
            yield KindRow(
                kind,
                warnings_words(rule.warnings),
                rule.managers,
                self[f"warnings_{kind.value}"],
                self[f"managers_{kind.value}"],
            )

    def updates(self) -> list[forms.BoundField]:
        return [self[f"updates_{severity.value}"] for severity in DEFAULT.updates]

    def clean(self) -> dict[str, Any]:
        """Everything that is wrong is said at once, a missing reason and a warning that is none."""
        try:
            read_document(self.document())
        except BadPolicy as bad:
            for problem in bad.problems:
                self.refuse_at(problem.path, problem.message)
        return self.cleaned_data

    def document(self) -> dict[str, Any]:
        """The policy as it was typed; a field whose shape is wrong already is left out."""
        cleaned = self.cleaned_data
        kinds: dict[str, dict[str, Any]] = {}
        for kind in ObligationKind:
            warnings, managers = cleaned.get(f"warnings_{kind.value}"), cleaned.get(f"managers_{kind.value}")
            kinds[kind.value] = {} if managers is None else {"managers": managers}
            if warnings is not None:
                kinds[kind.value]["warnings"] = [
                    warning for warning in warnings.split(",") if warning.strip()
                ]
        counts = {name: cleaned[name] for name in ("stride", "remind_every") if cleaned.get(name) is not None}
        updates = {
            severity.value: cleaned[name]
            for severity in DEFAULT.updates
            if cleaned.get(name := f"updates_{severity.value}") is not None
        }
        return {**counts, "status_updates": updates, "kinds": kinds}

    def field_of(self, path: str) -> str:
        path = path.replace("status_updates.", "updates_")
        kind, _, what = path.removeprefix("kinds.").partition(".")
        return f"{what}_{kind}" if what else path


class ClosingDayForm(RefusableForm):
    day = DayField(
        label="Day", error_messages={"required": "Choose the day.", "invalid": "Write a day, as 2026-12-24."}
    )
    name = forms.CharField(
        label="Name",
        max_length=120,
        help_text="Such as “Christmas Eve”. It is shown wherever a deadline moves because of it.",
        error_messages={"required": "Say what the day is."},
    )
