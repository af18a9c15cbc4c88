"""The forms of the steps: what is typed, checked for its shape alone; the operations ask the rules."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from afteractions.operations.followup.vendors import NO_PLAN
from afteractions.operations.meeting.meeting import NOT_AGREED
from afteractions.views.person_fields import anybody, chosen_person
from afteractions.vocabulary import AntiPattern, ChangeKind
from majorops.errors import BadInput
from majorops.formatting.instants import read_instant, read_wall
from majorops.formatting.time_words import typed_in
from majorops.people.models import Person
from majorops.people.outsiders import AS_IN, Outsider
from majorops.web.form_fields import DayField, LongTextField
from majorops.web.refusals import RefusableForm

NOBODY_TOLD = "Name at least one stakeholder whom mail reaches: an account, or a name and address."
LENGTHS = [(30, "30 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (120, "2 h")]
GUEST_DAYS = [(7, "7 days"), (14, "14 days"), (30, "30 days"), (60, "60 days"), (90, "90 days")]


class LocalInstant(forms.Field):
    """A day and a time as the reader's clock shows them, or with an offset of their own, made an instant in UTC."""

    SHAPES = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S")

    def __init__(self, *, zone: ZoneInfo, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(
            widget=widget, **{**options, "help_text": typed_in(zone, options.get("help_text", ""))}
        )
        self.zone = zone

    def prepare_value(self, value: Any) -> Any:
        aware = isinstance(value, datetime) and value.tzinfo is not None
        return value.astimezone(self.zone).replace(tzinfo=None) if aware else value

    def to_python(self, value: Any) -> datetime | None:
        if value in (None, ""):
            return None
        typed = str(value).strip()
        try:
            return parse_offset(typed) or self._parsed(typed).astimezone(UTC)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def _parsed(self, typed: str) -> datetime:
        for shape in self.SHAPES:
            with suppress(ValueError):
                wall = datetime.strptime(typed, shape).replace(tzinfo=self.zone)
                break
        else:
            raise ValueError("Write a day and a time, as 2026-03-31 14:00.")
        return read_wall(wall.replace(tzinfo=None), self.zone)


def parse_offset(typed: str) -> datetime | None:
    """An instant that names its offset, as the offered times do; None for what the reader's clock must settle.

    Raises ValueError for years that nobody means."""
    try:
        instant = datetime.fromisoformat(typed.strip())
    except ValueError:
        return None
    if instant.tzinfo is None:
        return None
    return read_instant(instant.isoformat()).astimezone(UTC)


class PersonField(forms.CharField):
    """Somebody by name or address, from the list of known people."""

    def __init__(self, *, scope: str, **options: Any) -> None:
        attributes = {"list": "known-people", "data-person": "", "autocomplete": "off"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **options)
        self.scope = scope

    def find(self, words: str) -> Person | Outsider | None:
        """Who is named. Raises BadInput."""
        return chosen_person(words, scope=self.scope, path="person")

    def clean(self, value: Any) -> Any:
        words = super().clean(value)
        try:
            return self.find(words)
        except BadInput as wrong:
            raise forms.ValidationError(wrong.sentence) from None


class AnybodyField(PersonField):
    """Somebody from the list of known people, or from outside by name and address."""

    def find(self, words: str) -> Person | Outsider | None:
        return anybody(words, scope=self.scope, path="person")


class PeopleField(forms.CharField):
    """Several people, one a line."""

    def __init__(self, *, scope: str, required: bool = False, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), required=required, **options)
        self.scope = scope

    def find(self, words: str) -> Person | Outsider | None:
        """Who is named on one line. Raises BadInput."""
        return chosen_person(words, scope=self.scope, path="person")

    def clean(self, value: Any) -> Any:
        people: list[Person | Outsider] = []
        problems = []
        for line in str(super().clean(value)).splitlines():
            try:
                person = self.find(line)
            except BadInput as wrong:
                problems.append(wrong.sentence)
                continue
            if person is not None and person not in people:
                people.append(person)
        if problems:
            raise forms.ValidationError(problems)
        return people


class AnybodiesField(PeopleField):
    """Several people, one a line, those from outside by name and address."""

    def find(self, words: str) -> Person | Outsider | None:
        return anybody(words, scope=self.scope, path="person")


class StepForm(RefusableForm):
    """A form that also shows what an operation refused, beside the field it speaks of."""

    use_required_attribute = False

    def field_of(self, path: str) -> str:
        return path.partition("[")[0].rpartition(".")[2]


class StepReasonForm(StepForm):
    """A step that may have a reason, or needs one: `needed` says why where it is left empty."""

    reason = LongTextField(label="Reason", max_length=5000)

    def __init__(self, data: Any = None, *, needed: str = "", **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["reason"].required = bool(needed)
        self.fields["reason"].error_messages["required"] = needed


class HandOverForm(StepForm):
    """Who takes over what somebody leaves behind."""

    to = PersonField(
        scope="", label="To whom", help_text="Somebody who can sign in: their name or their address."
    )
    note = LongTextField(label="Note", help_text="What the one who takes over should know.", max_length=5000)

    def __init__(self, data: Any = None, *, of_somebody_here: bool = False, **options: Any) -> None:
        super().__init__(data, **options)
        if of_somebody_here:
            self.fields["note"].label = "Reason"
            self.fields["note"].help_text = "Both read it: whose it was, and who takes it over."


class AskForm(StepForm):
    """Asking for an After Action that is not required."""

    reason = LongTextField(
        label="What would it show?",
        help_text="What the incident could teach that nobody has written down yet.",
        max_length=5000,
        rows=4,
        missing="Say what an After Action would show: the MIM decides by it.",
    )


class ScheduleForm(StepForm):
    """A time of one's own for the meeting, and who owns the draft."""

    def __init__(self, data: Any = None, *, zone: ZoneInfo, scope: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["starts_at"] = LocalInstant(zone=zone, label="Starts")
        self.fields["length"] = forms.TypedChoiceField(
            label="Length", choices=LENGTHS, coerce=int, initial=60
        )
        self.fields["location"] = forms.CharField(
            label="Place", required=False, max_length=500, help_text="A room or the address of a call."
        )
        self.fields["owner"] = PersonField(
            scope=scope,
            label="Owner of the draft",
            required=False,
            help_text="The MIM unless somebody else is named.",
        )
        self.fields["internal_liaison"] = PersonField(
            scope=scope,
            label="Internal Liaison",
            required=False,
            help_text="Tells the stakeholders with the owner.",
        )
        self.fields["reason"] = LongTextField(label="Reason", max_length=5000, rows=2)

    def span(self) -> tuple[datetime, datetime]:
        starts_at = self.cleaned_data["starts_at"]
        return starts_at, starts_at + timedelta(minutes=self.cleaned_data["length"])


class NamingForm(StepForm):
    """The people of the After Action beside its attendees."""

    def __init__(self, data: Any = None, *, scope: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["owner"] = PersonField(
            scope=scope, label="Owner", required=False, help_text="Distributes and publishes."
        )
        self.fields["internal_liaison"] = PersonField(scope=scope, label="Internal Liaison", required=False)
        self.fields["editors"] = PeopleField(
            scope=scope,
            label="Can edit",
            help_text="One a line. The MIM and the Technical Recovery Lead always may.",
        )
        self.fields["stakeholders"] = AnybodiesField(
            scope=scope,
            label="Stakeholders",
            help_text="One a line. They receive the status notes and the published review. Somebody from outside, or "
            f"a distribution list: name and address, {AS_IN}.",
        )


class StatusNoteForm(StepForm):
    """The note as it goes out, and who gets it beside the stakeholders there are: somebody must."""

    def __init__(
        self, data: Any = None, *, scope: str, has_stakeholders: bool = True, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.fields["text"] = forms.CharField(
            label="The note",
            help_text="Prepared from the record: edit it as you wish.",
            error_messages={"required": "Write what the stakeholders are told."},
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.fields["to"] = AnybodiesField(
            scope=scope,
            required=not has_stakeholders,
            label="Add stakeholders",
            error_messages={"required": NOBODY_TOLD},
            help_text=f"One a line. Somebody from outside, or a list: name and address, {AS_IN}.",
        )


class AddAttendeeForm(StepForm):
    """Somebody whom the record does not propose; `seats` are the required ones that nobody has."""

    def __init__(self, data: Any = None, *, scope: str, seats: Iterable[str] = (), **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["person"] = AnybodyField(
            scope=scope,
            label="Name or e-mail address",
            help_text=f"Somebody from outside: name and address, {AS_IN}.",
        )
        self.fields["fills"] = forms.ChoiceField(
            label="Takes the seat",
            choices=[("", "None of those that are empty"), *((seat, seat) for seat in seats)],
            required=False,
        )
        self.fields["required"] = forms.BooleanField(label="Required", required=False)
        self.fields["why"] = forms.CharField(label="Why", required=False, max_length=1000)
        self.fields["bring"] = forms.CharField(label="What to bring", required=False, max_length=2000)
        self.fields["bring_by"] = DayField(label="By", required=False)

    def field_of(self, path: str) -> str:
        return path.removeprefix("[0].")


class DecideForm(StepForm):
    reason = forms.CharField(
        label="Reason",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Skipping a recommended one, and declining a request, need one.",
    )


class DecisionForm(StepForm):
    text = forms.CharField(label="Decision", max_length=20_000, widget=forms.Textarea(attrs={"rows": 1}))


class ActionForm(StepForm):
    """An action item captured as it is made."""

    def __init__(self, data: Any = None, *, scope: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["kind"] = forms.ChoiceField(
            label="We", choices=ChangeKind.choices(), initial=ChangeKind.START.value
        )
        self.fields["change"] = forms.CharField(label="What changes", max_length=20_000)
        self.fields["gap"] = forms.CharField(
            label="The gap that it closes", required=False, max_length=20_000
        )
        self.fields["owner"] = PersonField(scope=scope, label="Owner", required=False)
        self.fields["due_on"] = DayField(label="Due date", required=False)

    def field_of(self, path: str) -> str:
        return path.removeprefix("changes[0].")


class AntiPatternForm(StepForm):
    kind = forms.ChoiceField(label="Anti-pattern", choices=AntiPattern.choices())
    evidence = forms.CharField(
        label="What happened", max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )


class MessageForm(StepForm):
    """One External Message that is to be sent after the meeting: for whom and by when. Communications writes it."""

    def __init__(self, data: Any = None, *, zone: ZoneInfo, **options: Any) -> None:
        super().__init__(data, **options)
        # Empty rows are none: what a row lacks is said once something stands in it.
        self.fields["audience"] = forms.CharField(label="For whom", required=False, max_length=200)
        self.fields["due_at"] = LocalInstant(zone=zone, label="By when", required=False)
        self.fields["text"] = LongTextField(
            label="What it should say", help_text="Communications prepares the text.", rows=2
        )

    @property
    def is_filled(self) -> bool:
        return any(self.cleaned_data.get(name) for name in ("audience", "text", "due_at"))


class HoldForm(StepForm):
    """How the meeting ended. `publishes`: the button pressed says the agreement and that there are no messages;
    `messages_typed`: something stands in the rows of the messages, whatever the answer says."""

    AGREED = [
        ("yes", "The content is agreed"),
        ("no", "It is not agreed: back to Draft, a second meeting follows"),
    ]
    MESSAGES = [("none", "None"), ("list", "These, by these dates")]

    def __init__(
        self,
        data: Any = None,
        *,
        zone: ZoneInfo,
        publishes: bool = False,
        messages_typed: bool = False,
        too_early: str = "",
        **options: Any,
    ) -> None:
        super().__init__(data, **options)
        self.publishes, self.messages_typed = publishes, messages_typed
        self.fields["started_at"] = LocalInstant(zone=zone, label="Started")
        self.fields["ended_at"] = LocalInstant(
            zone=zone, label="Ended", required=False, help_text="Left empty: now."
        )
        self.fields["agreed"] = forms.ChoiceField(
            label="Agreement",
            choices=self.AGREED,
            widget=forms.RadioSelect,
            required=not publishes,
            error_messages={"required": "Say whether the content was agreed."},
        )
        self.fields["messages"] = forms.ChoiceField(
            label="External Messages",
            choices=self.MESSAGES,
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields["override_reason"] = forms.CharField(
            label="Reason to override",
            required=bool(too_early),
            error_messages={
                "required": f"{too_early} Say why it was held all the same: the Retell is recorded."
            },
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        planned = data.get("messages") == "list" or self.messages_typed
        if self.publishes:
            contradicted = {"agreed": data.get("agreed") == "no", "messages": planned}
            for name, is_contradicted in contradicted.items():
                if is_contradicted:
                    self.add_error(
                        name, "Agree, publish and close is for an agreed content without messages."
                    )
            data["agreed"], data["messages"] = "yes", "none"
        elif data.get("agreed") == "no":
            if planned:
                self.add_error("messages", NOT_AGREED)
        elif not data.get("messages"):
            self.add_error("messages", "Say whether External Messages follow: none, or these by these dates.")
        elif data["messages"] == "none" and planned:
            self.add_error(
                "messages",
                "Messages are typed below: choose “These, by these dates”, or empty their fields.",
            )
        return data


class RcaForm(StepForm):
    """Who follows a vendor up, and by which day the RCA is due."""

    RELATED = [("", "Not settled yet"), ("yes", "Yes"), ("no", "No")]

    def __init__(self, data: Any = None, *, scope: str, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["service_manager"] = AnybodyField(
            scope=scope,
            label="Service Manager",
            required=False,
            help_text=f"Somebody from outside: name and address, {AS_IN}.",
        )
        self.fields["due_on"] = DayField(label="RCA due", required=False)
        self.fields["committed"] = forms.BooleanField(
            label="The vendor committed to this day", required=False
        )
        self.fields["root_cause_related"] = forms.ChoiceField(
            label="Part of the root cause", choices=self.RELATED, required=False
        )

        self.fields["reason"] = forms.CharField(
            label="Why another day",
            help_text="Asked for when the day before has passed.",
            required=False,
            max_length=5000,
        )

    def clean_root_cause_related(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["root_cause_related"])


class VendorItemForm(StepForm):
    text = forms.CharField(label="What the vendor owes", max_length=5000)
    due_on = DayField(
        label="By",
        help_text="The vendor's committed date, or our own follow-up.",
        error_messages={"required": NO_PLAN},
    )
    committed = forms.BooleanField(label="The vendor committed to it", required=False)


class MoveItemForm(StepForm):
    """Another date for what a vendor owes."""

    due_on = DayField(label="New date", error_messages={"required": NO_PLAN})
    committed = forms.BooleanField(label="The vendor committed to it", required=False)
    note = forms.CharField(
        label="Note",
        help_text="What the vendor said. Asked for when the date before has passed.",
        required=False,
        max_length=5000,
    )


def iso(day: date | None) -> str:
    return day.isoformat() if day else ""
