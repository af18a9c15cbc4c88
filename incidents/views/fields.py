"""Fields that read times, people and services as a person types them in a hurry."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import lazy

from incidents.rules.time_parsing import NoSuchTime, spoken_time
from majorops.errors import BadInput
from majorops.formatting.instants import read_wall
from majorops.formatting.time_words import typed_in
from majorops.people.directory import find_person
from majorops.people.models import Person
from majorops.people.outsiders import AS_IN, Outsider, known_outsider, parse_outsider

YES_NO = [("", "Not known yet"), ("yes", "Yes"), ("no", "No")]


class MomentField(forms.CharField):
    """When something happened, as in `14:05`, `now` or `yesterday 23:50`; empty is None: now, or not known.

    `now` and `zone`, that in which the reader is shown times, are set by the form before it reads.
    """

    now: datetime
    zone: ZoneInfo
    opened_at: datetime | None = None

    def __init__(self, *, label: str = "When", empty: str = "now", **kwargs: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            max_length=60,
            error_messages={"required": "Say when it happened, as in yesterday 14:05 or 2026-03-03 14:05."},
            widget=forms.TextInput(
                attrs={"placeholder": f"{empty}, or 14:05", "autocomplete": "off", "class": "moment"}
            ),
            **kwargs,
        )

    def read_in(self, zone: ZoneInfo, now: datetime, *, opened_at: datetime | None = None) -> None:
        """Times typed from now on are of this zone, which the field says, and past; a bare one of yesterday is not
        before the incident opened."""
        self.zone, self.now, self.opened_at = zone, now, opened_at
        self.help_text = typed_in(zone, str(self.help_text))

    def ask_for_the_day(self, example: datetime, *, is_needed: bool) -> None:
        """For what lies days back: a bare time of day would be today's."""
        self.required = is_needed
        moment = f"{example.astimezone(self.zone):%Y-%m-%d %H:%M}"
        self.widget.attrs["placeholder"] = moment if is_needed else f"now, or {moment}"

    def leave_at(self, instant: datetime | None) -> None:
        """Empty leaves the time that there is."""
        if instant is not None:
            self.required = False
            self.widget.attrs["placeholder"] = _typed(instant, self.zone)

    def prepare_value(self, value: Any) -> Any:
        return _typed(value, self.zone) if isinstance(value, datetime) else value

    def clean(self, value: Any) -> datetime | None:
        typed = super().clean(value)
        if not typed:
            return None
        if typed.lower() == "now":
            return self.now
        try:
            spoken = spoken_time(typed, self.now, self.zone.key, opened_at=self.opened_at)
        except NoSuchTime as error:
            raise ValidationError(error.sentence) from error
        if spoken.at is None or spoken.rest:
            raise ValidationError("Write a time as in 14:05, yesterday 23:50 or 2026-03-03 14:05.")
        return spoken.at


def _typed(instant: datetime, zone: ZoneInfo) -> str:
    """As somebody of `zone` would type it, to the second where it has one."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M:%S}".removesuffix(":00")


class LaterField(forms.DateTimeField):
    """An instant still to come, chosen by the browser's own control, in the zone in which the reader is shown times.

    A time that the clocks skip is refused; of two equal ones the first is meant, and shown with its zone.
    """

    zone: ZoneInfo

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            **kwargs,
        )

    def read_in(self, zone: ZoneInfo) -> None:
        """Times typed from now on are of this zone, which the field says."""
        self.zone = zone
        self.help_text = typed_in(zone, str(self.help_text))

    def to_python(self, value: Any) -> datetime | None:
        read = super().to_python(value)
        if read is None:
            return None
        try:
            return read_wall(read.replace(tzinfo=None), self.zone)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value.astimezone(self.zone).replace(tzinfo=None)
        return value


class PersonField(forms.CharField):
    """A person by e-mail address, by name and address, or by full name where only one has it.

    `scope` (the incident's reference) is set by the form. The browser is offered names while one types.
    """

    scope = ""
    takes_outsiders = False

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", "Type a name and choose, or an e-mail address.")
        super().__init__(max_length=320, widget=suggesting("incidents:people", "people"), **kwargs)

    def clean(self, value: Any) -> Person | Outsider | None:
        typed = super().clean(value)
        if not typed:
            return None
        named = list(Person.objects.accounts().filter(full_name__iexact=typed)[:2])
        if len(named) == 1:
            return named[0]
        if named:
            raise ValidationError(f"More than one person is called {typed}. Give the e-mail address.")
        person = self.find(typed)
        if isinstance(person, Outsider) and not self.takes_outsiders:
            raise ValidationError(
                f"Nobody with an account has the address {person.address}. Choose somebody who can sign in."
            )
        return person

    def find(self, typed: str) -> Person | Outsider:
        """Who is named by an address, or by name and address. Raises ValidationError."""
        try:
            outsider = parse_outsider(typed)
            if outsider is not None:
                return known_outsider(outsider, scope=self.scope) or outsider
            return find_person(typed, scope=self.scope)
        except BadInput as error:
            way = f" Somebody from outside: name and address, {AS_IN}." if self.takes_outsiders else ""
            raise ValidationError(f"{error.sentence}{'' if AS_IN in error.sentence else way}") from error

    def prepare_value(self, value: Any) -> Any:
        return value.identifier if isinstance(value, Person) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "").strip()


class AnybodyField(PersonField):
    """A person, or somebody from outside by name and address."""

    takes_outsiders = True


class ServiceNamesField(forms.CharField):
    """Names of services with commas between them; known ones are offered while one types."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=2000, widget=suggesting("incidents:services", "services"), **kwargs)

    def clean(self, value: Any) -> list[str]:
        typed = super().clean(value)
        names: dict[str, str] = {}
        for name in filter(None, map(str.strip, typed.split(","))):
            names.setdefault(name.lower(), name)
        for name in names.values():
            if len(name) > 200:
                raise ValidationError(f"A service's name has at most 200 characters: {name[:40]}…")
        return list(names.values())


class YesNoField(forms.ChoiceField):
    """Yes, no, or not known yet: True, False, None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=YES_NO, required=False, **kwargs)

    def clean(self, value: Any) -> bool | None:
        return {"yes": True, "no": False}.get(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (self.prepare_value(initial) or "") != (data or "")


def suggesting(url_name: str, listed: str) -> forms.TextInput:
    """A text field that asks for suggestions while one types. The form's page holds the `<datalist>`."""
    return forms.TextInput(
        attrs={
            "list": f"suggested-{listed}",
            "autocomplete": "off",
            "hx-get": _address(url_name),
            "hx-trigger": "input changed delay:150ms, focus once",
            "hx-target": f"#suggested-{listed}",
            "hx-swap": "innerHTML",
            "hx-sync": "this:replace",
            "data-quiet": "",
        }
    )


# Looked up when it is drawn: the table of URLs imports the forms.
_address = lazy(reverse, str)
