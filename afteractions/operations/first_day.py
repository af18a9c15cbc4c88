"""An empty installation gets its first administrator, and says whose it is (docs/administration.md)."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from afteractions.operations.enforcement.policy import change_holidays
from majorops.audit import trail
from majorops.errors import BadInput
from majorops.people.models import Person
from majorops.people.operations.administrators import make_administrator
from majorops.people.operations.organisation import describe_organisation
from majorops.people.operations.setup import use_setup_key
from majorops.texts import typed_name


@dataclass(frozen=True)
class FirstAdministrator:
    """Who comes in first."""

    name: str
    email: str
    password: str


@transaction.atomic
def set_up(
    key: str, first: FirstAdministrator, *, organisation: str, time_zone: str, holidays: str, now: datetime
) -> Person:
    """The first administrator, who can sign in, and the organisation with its zone and its public holidays. It happens
    once: raises NotFound for a key that opens nothing, BadInput for what cannot be kept."""
    use_setup_key(key)
    name = typed_name(first.name, "name", empty="Say who you are.")
    person = make_administrator(first.email, by=None, now=now, name=name)
    try:
        validate_password(first.password, person)
    except ValidationError as error:
        raise BadInput.of("password", " ".join(error.messages)) from error
    person.set_password(first.password)
    person.time_zone = time_zone
    person.save(update_fields=["password", "time_zone"])
    trail.record("set the first password of", person, by=person, at=now)
    describe(organisation=organisation, time_zone=time_zone, holidays=holidays, by=person, now=now)
    return person


@transaction.atomic
def describe(*, organisation: str, time_zone: str, holidays: str, by: Person, now: datetime) -> None:
    """The organisation's name, its time zone and whose public holidays it keeps.

    Raises NotAllowed, and BadInput for what is unknown or set by the environment."""
    describe_organisation(name=organisation, time_zone=time_zone, by=by, now=now)
    change_holidays(holidays, by=by, now=now)
