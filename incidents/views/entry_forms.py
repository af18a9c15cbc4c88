"""The forms of the console: what can be said of an incident besides the one line."""

from datetime import datetime
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django import forms

from incidents.access import can_give_role, why_not_give_role
from incidents.models import Incident, RecoveryTrack
from incidents.models.entries import Entry
from incidents.rules.response.mtm import agenda
from incidents.views.fields import AnybodyField, LaterField, MomentField, PersonField, YesNoField
from incidents.vocabulary import (
    Audience,
    CommandRole,
    EventKind,
    ImpactField,
    MilestoneKind,
    Phase,
    Severity,
)
from majorops.people.models import Person
from majorops.web.form_fields import FROM_ZERO, DayField
from majorops.web.refusals import RefusableForm

LONG = 20_000


def paragraph(label: str, *, required: bool = True, rows: int = 3, **kwargs: Any) -> forms.CharField:
    """A text of some lines."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONG,
        widget=forms.Textarea(attrs={"rows": rows}),
        **kwargs,
    )


class EntryForm(RefusableForm):
    """A form about one incident. Times are read in `zone`, in which the reader is shown them, up to `now`."""

    # Where an operation names a place of its input differently from the form.
    paths: ClassVar[dict[str, str]] = {}
    # What happened before the close and is entered after it did not happen now.
    needs_its_time: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        *args: Any,
        incident: Incident,
        now: datetime,
        zone: ZoneInfo,
        entry: Any = None,
        by: Person | None = None,
        is_prefilled: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.is_prefilled, self.by = is_prefilled, by
        self.incident, self.entry = incident, entry
        first = next(iter(self.fields.values()), None)
        if first is not None and not self.is_prefilled:
            first.widget.attrs["autofocus"] = True
        for name, field in self.fields.items():
            if isinstance(field, MomentField):
                field.read_in(zone, now, opened_at=incident.opened_at)
                if incident.is_closed:
                    field.ask_for_the_day(incident.opened_at or now, is_needed=name in self.needs_its_time)
            elif isinstance(field, LaterField):
                field.read_in(zone)
            elif isinstance(field, PersonField):
                field.scope = incident.reference

    def field_of(self, path: str) -> str:
        return self.paths.get(path, path)


def happened_at(entry: Entry) -> datetime | None:
    """When what an entry of the log says happened."""
    for name in ("at", "entered_at", "sent_at"):
        if hasattr(entry, name):
            return cast(datetime | None, getattr(entry, name))
    return None


class CorrectionForm(EntryForm):
    """A form that also corrects an entry of the log: then an empty time leaves the entry's as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at = self.fields["at"]
        if self.entry is not None and isinstance(at, MomentField):
            at.leave_at(happened_at(self.entry))


class NothingForm(EntryForm):
    """A step that only asks for a yes."""


class ReasonForm(EntryForm):
    reason = paragraph("Reason")


class EventForm(CorrectionForm):
    needs_its_time = ("at",)
    text = paragraph("What happened", rows=2)
    at = MomentField()
    kind = forms.ChoiceField(choices=EventKind.choices(), initial=EventKind.ACTION)
    evidence_url = forms.CharField(
        label="Evidence", required=False, max_length=1000, help_text="A link to a graph, a ticket, a message."
    )


class PhaseForm(CorrectionForm):
    phase = forms.ChoiceField(choices=[], widget=forms.RadioSelect)
    at = MomentField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        phase = self.fields["phase"]
        assert isinstance(phase, forms.ChoiceField)
        # Closing has a page of its own: it says what follows.
        phase.choices = [
            (one.value, one.label) for one in Phase if one is not Phase.CLOSED or self.incident.is_closed
        ]


class SeverityForm(EntryForm):
    severity = forms.ChoiceField(choices=Severity.choices(), widget=forms.RadioSelect)
    reason = paragraph("Reason", required=False, rows=2)
    at = MomentField()
    never_was = forms.BooleanField(
        label="The highest severity recorded never truly held",
        required=False,
        help_text="Corrects the history, with the reason. Otherwise the highest since opening counts.",
    )


class StatusUpdateForm(CorrectionForm):
    needs_its_time = ("at",)
    audience = forms.ChoiceField(
        choices=Audience.choices(), widget=forms.RadioSelect, initial=Audience.INTERNAL
    )
    text = paragraph("What it says")
    channel = forms.CharField(
        required=False, max_length=200, help_text="Where it went out, as in status-page or #incidents."
    )
    at = MomentField(label="Sent")


class MilestoneForm(EntryForm):
    needs_its_time = ("at",)
    kind = forms.ChoiceField(label="Milestone", choices=[])
    at = MomentField()
    text = paragraph("Note", required=False, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        if self.entry is not None:
            kind.choices = [(self.entry.kind, MilestoneKind(self.entry.kind).label)]
            kind.initial, kind.widget = self.entry.kind, forms.HiddenInput()
            self.fields["at"].required = True
            self.fields["at"].widget.attrs["autofocus"] = True
            return
        kind.choices = [(one.value, one.label) for one in MilestoneKind if one is not MilestoneKind.CLOSED]


class TrackForm(EntryForm):
    name = forms.CharField(max_length=300, help_text="What it restores or works around.")
    service = forms.CharField(required=False, max_length=200)
    lead = PersonField(required=False, help_text="A track without a lead within 15 minutes is a gap.")
    at = MomentField(label="Opened")


class TrackChangeForm(EntryForm):
    lead = PersonField(required=False)
    lead_assigned_at = MomentField(label="Lead assigned", empty="now, when the lead changes")
    first_action_at = MomentField(label="First action", empty="not yet")
    closed_at = MomentField(label="Closed", empty="still open")
    outcome = paragraph("Outcome", required=False, rows=2)
    member = PersonField(label="Add a subject matter expert", required=False)


# None of them is taken by pressing Enter: the first one would hand over command.
NO_ROLE = ("", "Choose a role")


class RoleForm(EntryForm):
    role = forms.ChoiceField(
        choices=[NO_ROLE, *CommandRole.choices()], error_messages={"required": "Choose the role."}
    )
    person = PersonField()
    at = MomentField(label="From")
    until = MomentField(label="Until", empty="still held")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        if self.by is None:
            return
        may_give = [
            (one.value, one.label)
            for one in CommandRole
            if can_give_role(self.by, self.incident, one, self.by)
        ]
        role.choices = [NO_ROLE, *may_give]
        if len(may_give) < len(CommandRole):
            role.help_text = why_not_give_role(self.incident).replace("This role", "A role not listed here")


class MomentForm(EntryForm):
    at = MomentField()


class VendorForm(EntryForm):
    paths: ClassVar[dict[str, str]] = {"name": "vendor", "service": "service_name"}
    vendor = forms.CharField(
        max_length=200, widget=forms.TextInput(attrs={"list": "suggested-vendors", "autocomplete": "off"})
    )
    service_name = forms.CharField(label="Service", required=False, max_length=300)
    at = MomentField(label="Engaged")
    response_sla_minutes = forms.IntegerField(
        label="Response SLA in minutes",
        required=False,
        min_value=0,
        help_text="Empty: as its contract says.",
        error_messages=FROM_ZERO,
    )
    effect = paragraph("Effect on the incident", required=False, rows=2)


class VendorChangeForm(EntryForm):
    paths: ClassVar[dict[str, str]] = {"service": "service_name", "rca.status": "rca_status"}
    responded_at = MomentField(label="Responded", empty="not yet")
    effect = paragraph("Effect on the incident", required=False, rows=2)
    root_cause_related = YesNoField(label="Part of the root cause", widget=forms.RadioSelect)
    rca_status = forms.CharField(
        label="RCA", required=False, max_length=200, help_text="As in requested, promised."
    )
    rca_follow_up_on = DayField(label="Follow up the RCA on", required=False)


class MtmForm(EntryForm):
    """A meeting as it goes: a note for each point of its agenda, its end, and what comes next."""

    ended_at = MomentField(label="Ended", empty="still meeting")
    attendee = AnybodyField(label="Add an attendee", required=False)
    action = forms.CharField(label="Add an action", required=False, max_length=LONG)
    action_owner = PersonField(label="Owner of the action", required=False)
    confirms = forms.BooleanField(label="Severity confirmed as it is", required=False)
    next_at = LaterField(label="Next meeting")
    stood_down = forms.BooleanField(label="No further meeting is needed", required=False)
    cadence_minutes = forms.IntegerField(
        label="Status updates every … minutes", required=False, min_value=1, max_value=1440
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regulatory = self.incident.regulatory_exposure
        points = {
            f"note_{point.key}": paragraph(point.title, required=False, rows=2, help_text=point.owner)
            for point in agenda(self.entry.number, regulatory)
        }
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
        next(iter(points.values())).widget.attrs["autofocus"] = True
        self.fields = {**points, **self.fields}

    def notes(self) -> dict[str, str]:
        """What was typed, point by point, under the keys of the agenda."""
        return {
            name.removeprefix("note_"): self.cleaned_data[name]
            for name in self.changed_data
            if name.startswith("note_")
        }


class ImpactForm(EntryForm):
    """Alert info. Only what was changed is stated: nobody's later word is taken back by an older page."""

    external = YesNoField(label=ImpactField.EXTERNAL.label, widget=forms.RadioSelect)
    customers_affected = forms.IntegerField(
        label=ImpactField.CUSTOMERS_AFFECTED.label, required=False, min_value=0, error_messages=FROM_ZERO
    )
    business = paragraph(ImpactField.BUSINESS.label, required=False, rows=2)
    revenue_exposure = forms.CharField(
        label=ImpactField.REVENUE_EXPOSURE.label, required=False, max_length=LONG
    )
    sla_status = forms.CharField(label=ImpactField.SLA_STATUS.label, required=False, max_length=LONG)
    regulatory_exposure = YesNoField(label=ImpactField.REGULATORY_EXPOSURE.label, widget=forms.RadioSelect)
    alert_source = forms.CharField(label=ImpactField.ALERT_SOURCE.label, required=False, max_length=LONG)
    unusual_factors = paragraph(ImpactField.UNUSUAL_FACTORS.label, required=False, rows=2)
    at = MomentField()
    reason = forms.CharField(required=False, max_length=LONG)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in ImpactField:
            self.fields[field.value].show_hidden_initial = True

    def stated(self) -> dict[ImpactField, Any]:
        """The fields that were changed on this page, None for what is no longer known."""
        return {
            field: None if self.cleaned_data[field.value] == "" else self.cleaned_data[field.value]
            for field in ImpactField
            if field.value in self.changed_data
        }

    def overtaken(self) -> list[ImpactField]:
        """Of these, the fields that somebody else stated since the page was read."""
        return [
            field
            for field in self.stated()
            if self.fields[field.value].has_changed(
                getattr(self.incident, field.value), self.data.get(f"initial-{field.value}", "")
            )
        ]


class ServiceForm(EntryForm):
    paths: ClassVar[dict[str, str]] = {"service": "name"}
    name = forms.CharField(label="Service", max_length=200)


class HandoverForm(EntryForm):
    paths: ClassVar[dict[str, str]] = {"person": "to"}
    to = PersonField(label="Next Major Incident Manager")
    note = paragraph("Note", required=False, help_text="Where it stands, what is next, what to watch.")


class RepeatForm(EntryForm):
    paths: ClassVar[dict[str, str]] = {"is_repeat": "answer"}
    answer = forms.ChoiceField(
        label="Does it repeat an earlier incident?",
        choices=[("repeats", "Yes, with the same root cause"), ("dismissed", "No")],
        widget=forms.RadioSelect,
        initial="repeats",
    )
    reference = forms.CharField(
        label="Earlier incident",
        required=False,
        max_length=40,
        help_text="Its reference, as in INC-K7Q4M. Empty: not recorded here.",
    )
    reason = paragraph("Reason", required=False, rows=2)


class LookAlikeForm(EntryForm):
    reference = forms.CharField(label="Earlier incident", max_length=40, help_text="As in INC-K7Q4M.")
    reason = paragraph("Reason", required=False, rows=2)


class AdmitForm(EntryForm):
    person = PersonField()
    reason = paragraph("Reason", rows=2)


class CloseForm(EntryForm):
    """Unusual factors are asked for where the requirement turns on them: "Medium (P3) with unusual contributing
    factors" (Seed: When an After Action Is Required)."""

    at = MomentField(label="Resolved")
    unusual_factors = paragraph(
        ImpactField.UNUSUAL_FACTORS.label,
        required=False,
        rows=2,
        help_text="Did anything unusual contribute? Then an After Action is optional; else none is required.",
    )
    text = paragraph("Note", required=False, rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.incident.is_repeat or self.incident.highest_severity != Severity.MEDIUM:
            del self.fields["unusual_factors"]


class ReopenForm(EntryForm):
    reason = paragraph("Reason")
    at = MomentField(label="Reopened")


def track_initial(track: RecoveryTrack) -> dict[str, Any]:
    """What the form of a track begins with."""
    return {"lead": track.lead, "outcome": track.outcome or ""}
