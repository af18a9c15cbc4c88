"""The forms of what feeds and prepares the review."""

from django import forms

from afteractions.forms.steps import Step


class CloseOutForm(Step):
    """A line each; what is missing is said by the operation."""

    worked = forms.CharField(
        label="What worked",
        required=False,
        help_text="A decision, an action, a tool, a message that helped.",
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
    )
    slowed = forms.CharField(
        label="What slowed us",
        required=False,
        help_text="What we waited for, looked for or did not know.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
