"""The forms of an External Message: its text, the answer to it, and where it went out."""

from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from afteractions.views.step_forms import LocalInstant, StepForm
from majorops.web.form_fields import LongTextField


class PrepareForm(StepForm):
    """What a message says, to whom, how and by when."""

    def __init__(self, data: Any = None, *, zone: ZoneInfo, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["audience"] = forms.CharField(label="To whom", max_length=200)
        self.fields["channel"] = forms.CharField(
            label="How it goes out",
            help_text="Mail, status page, letter, press.",
            required=False,
            max_length=200,
        )
        self.fields["text"] = forms.CharField(
            label="What it says",
            help_text="Markdown. What stands in [brackets] has to be filled in before it can be approved.",
            max_length=20_000,
            widget=forms.Textarea(attrs={"rows": 14}),
        )
        self.fields["due_at"] = LocalInstant(zone=zone, label="By when")
        self.fields["reason"] = forms.CharField(
            label="Why the date moves",
            help_text="Needed only when you change the date.",
            required=False,
            max_length=5000,
        )


class AnswerForm(StepForm):
    """What is to be changed before it goes out."""

    reason = LongTextField(
        label="What is to be changed", help_text="Needed only when you return it.", max_length=5000
    )


class SettleForm(StepForm):
    """Where and when it went out, or why it does not."""

    def __init__(self, data: Any = None, *, zone: ZoneInfo, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["sent_at"] = LocalInstant(
            zone=zone, label="When it went out", help_text="Empty: now.", required=False
        )
        self.order_fields(["where", "sent_at", "reason"])

    where = forms.CharField(
        label="Where it went out",
        help_text="The address of the page, or the list that it was mailed to.",
        required=False,
        max_length=500,
    )
    reason = forms.CharField(label="Reason, if it is withdrawn", required=False, max_length=5000)
