"""The forms of a Major Technical Meeting that is run from its page: one for each thing that is said at it."""

from typing import Any, ClassVar

from django import forms

from incidents.views.entry_forms import LONG, EntryForm, paragraph
from incidents.views.fields import LaterField, MomentField, PersonField
from incidents.vocabulary import MtmReview
from majorops.web.form_fields import DayField


class NoteForm(EntryForm):
    point = forms.SlugField(widget=forms.HiddenInput())
    note = paragraph("Note", required=False, rows=2)
    read = forms.CharField(required=False, widget=forms.HiddenInput())


class AttendeeForm(EntryForm):
    person = PersonField(label="Who else is here", help_text="A name, or an e-mail address.")


class AgreedActionForm(EntryForm):
    """An action is somebody's, by a day: what lacks either is done by nobody."""

    paths: ClassVar[dict[str, str]] = {"actions[0].title": "title"}
    title = forms.CharField(label="Action", max_length=LONG)
    owner = PersonField(help_text="")
    due_on = DayField(label="Due", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ReviewedActionForm(EntryForm):
    action = forms.IntegerField(widget=forms.HiddenInput())
    outcome = forms.ChoiceField(
        label="What became of it", choices=MtmReview.choices(), widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="In a word", required=False, max_length=2000, help_text="Dropped takes one: why."
    )


class NothingAskedForm(EntryForm):
    """One button says it all."""


class AheadForm(EntryForm):
    next_at = LaterField(label="Next meeting")
    cadence_minutes = forms.IntegerField(
        label="Status updates every … minutes", required=False, min_value=1, max_value=1440
    )
    stood_down = forms.BooleanField(label="No further meeting is needed", required=False)


class EndForm(EntryForm):
    paths: ClassVar[dict[str, str]] = {"ended_at": "at"}
    at = MomentField(label="Ended")


class SummaryForm(EntryForm):
    text = paragraph(
        "Summary",
        rows=12,
        help_text="Written from the notes. Edit it; once published it stays as it was sent.",
    )

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.fields["text"].widget.attrs["class"] = "summary-text"
