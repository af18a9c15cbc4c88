"""Declaring an incident in six fields, and taking in a document."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from incidents.views.fields import MomentField, ServiceNamesField, YesNoField
from incidents.vocabulary import Severity
from majorops.web.form_fields import LongTextField
from majorops.web.refusals import RefusableForm

LARGEST_IMPORT = 10 * 1024 * 1024


class DeclareForm(RefusableForm):
    title = forms.CharField(
        max_length=300,
        help_text="What a customer or a colleague notices, as in “Checkout answers with errors”.",
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )
    severity = forms.ChoiceField(
        choices=Severity.choices(),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the severity: it can be changed later."},
    )
    services = ServiceNamesField(
        label="Services affected",
        required=False,
        help_text="With commas between them. A new name is added.",
    )
    opened = MomentField(label="When opened")
    external = YesNoField(
        label="Customer impact",
        widget=forms.RadioSelect,
        help_text="Not known counts as impact until someone settles it.",
    )
    known = LongTextField(
        label="What is known", help_text="The first line of the timeline. Everything else can be said later."
    )

    def __init__(self, *args: Any, now: datetime, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opened = self.fields["opened"]
        assert isinstance(opened, MomentField)
        opened.read_in(zone, now)


class ImportForm(RefusableForm):
    upload = forms.FileField(
        label="File",
        required=False,
        help_text="One JSON document, or JSON Lines with one document a line. At most 10 MB.",
    )
    pasted = forms.CharField(
        label="Or paste it here",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "mono"}),
    )
    history = forms.BooleanField(
        required=False,
        label="As history",
        help_text="Shows the deadlines that held then; tells nobody and escalates nothing.",
    )

    def __init__(self, *args: Any, may_import_history: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_import_history:
            del self.fields["history"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        upload, pasted = given.get("upload"), given.get("pasted") or ""
        if not upload and not pasted.strip() and not self.errors:
            raise forms.ValidationError("Choose a file or paste a document.")
        if (upload and upload.size > LARGEST_IMPORT) or len(pasted.encode()) > LARGEST_IMPORT:
            raise forms.ValidationError("At most 10 MB at once. Split the file and import its parts.")
        given["body"] = upload.read() if upload else pasted.encode()
        return given
