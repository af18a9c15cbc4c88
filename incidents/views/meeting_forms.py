"""The forms of a Major Technical Meeting that is run from its page: one for each thing that is said at it."""

from typing import Any, ClassVar, cast

from django import forms

from incidents.models import Incident
from incidents.views.entry_forms import LONG, EntryForm, paragraph
from incidents.views.fields import AnybodyField, LaterField, MomentField, PersonField
from incidents.views.log_rows import standing
from incidents.vocabulary import CommandRole, MtmReview
from majorops.people.models import Person
from majorops.people.outsiders import AS_IN
from majorops.web.form_fields import DayField


class NoteForm(EntryForm):
    point = forms.SlugField(widget=forms.HiddenInput())
    note = paragraph("Note", required=False, rows=2)
    read = forms.CharField(required=False, widget=forms.HiddenInput())


class AttendeeForm(EntryForm):
    """Who is here: those of the response to tick, and anybody by name or address."""

    present = forms.TypedMultipleChoiceField(
        label="Of the response", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    person = AnybodyField(
        label="Who else is here",
        required=False,
        help_text=f"A name or an e-mail address. Somebody from outside: name and address, {AS_IN}.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.response = of_the_response(self.incident)
        choices = [(key, f"{person}, {part}") for key, (person, part) in self.response.items()]
        cast(forms.TypedMultipleChoiceField, self.fields["present"]).choices = choices

    @property
    def ticked(self) -> set[int]:
        """What was ticked before the form was refused."""
        sent = self.data.getlist("present") if self.is_bound else []
        return {int(key) for key in sent if key.isascii() and key.isdigit()}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("present") and not data.get("person"):
            self.add_error("person", "Tick who is here, or write a name.")
        typed = [data["person"]] if data.get("person") else []
        data["attendees"] = [*(self.response[key][0] for key in data.get("present", [])), *typed]
        return data


def of_the_response(incident: Incident) -> dict[int, tuple[Person, str]]:
    """Those who are in the response now, by their key, each with the part: the MIM, roles held, leads of tracks."""
    people: dict[int, tuple[Person, str]] = {}
    if incident.mim is not None:
        people[incident.mim.pk] = (incident.mim, CommandRole.MIM.label)
    for held in standing(incident.commandassignments.all()):
        if held.until_at is None and held.person is not None:
            people.setdefault(held.person.pk, (held.person, CommandRole(held.role).label))
    for track in standing(incident.recoverytracks.all()):
        if track.lead is not None and track.closed_at is None:
            people.setdefault(track.lead.pk, (track.lead, f"leads {track.name}"))
    return people


class AgreedActionForm(EntryForm):
    """An action is somebody's, by a day: what lacks either is done by nobody."""

    paths: ClassVar[dict[str, str]] = {"actions[0].title": "title", "actions[0].due_on": "due_on"}
    title = forms.CharField(label="Action", max_length=LONG)
    owner = PersonField(help_text="")
    due_on = DayField(label="Due")


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["class"] = "summary-text"
