"""The forms of what feeds and prepares the review."""

from collections.abc import Iterable
from typing import Any

from django import forms

from afteractions.models import Attendee
from afteractions.operations.evidence.files import check_size
from afteractions.views.step_forms import StepForm
from majorops.web.form_fields import DayField, LongTextField


class CloseOutForm(StepForm):
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


class EvidenceForm(StepForm):
    """A file, or the address of a page that shows it."""

    file = forms.FileField(label="File", required=False, error_messages={"empty": "The file is empty."})
    url = forms.CharField(
        label="Or a link",
        required=False,
        max_length=1000,
        help_text="A dashboard, a graph, a ticket: its whole address.",
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    note = LongTextField(
        label="What it shows",
        max_length=2000,
        help_text="A link needs it: not everybody can open it.",
        rows=2,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("file") and not data.get("url") and "file" not in self.errors:
            self.add_error("file", "Choose a file, or give a link.")
        elif data.get("file") and data.get("url"):
            self.add_error("url", "Bring the file or the link, one after the other.")
        return data

    def brought(self) -> dict[str, Any]:
        """What was brought, as the operation takes it. Raises BadInput for a file that is too large, unread."""
        upload = self.cleaned_data["file"]
        cleaned = {"url": self.cleaned_data["url"], "note": self.cleaned_data["note"]}
        if upload is None:
            return {**cleaned, "name": "", "content": b""}
        check_size(upload.size)
        return {**cleaned, "name": upload.name, "content": upload.read()}


class AskEvidenceForm(StepForm):
    """Whom to ask, of those who attend. Nothing to bring takes back what was asked."""

    bring = LongTextField(
        label="What to bring",
        max_length=2000,
        help_text="As in “The error log of the gateway from 9 to 11”. Left empty, what was asked before is taken back.",
        rows=2,
    )
    bring_by = DayField(label="By", required=False)

    def __init__(self, data: Any = None, *, people: Iterable[Attendee]) -> None:
        super().__init__(data)
        choices = [(attendee.pk, str(attendee.person)) for attendee in people]
        self.fields["attendee"] = forms.TypedChoiceField(label="Who", choices=choices, coerce=int)
        self.order_fields(["attendee", "bring", "bring_by"])


class SourceForm(StepForm):
    text = forms.CharField(label="Also look into", max_length=300)
    url = forms.CharField(label="Link", max_length=2000, required=False)
