"""The first administrator, and those whom somebody at the machine makes one (domain.md, People)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from majorops.audit import trail
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.people.operations.accounts import change_person, create_person, known_address
from majorops.people.operations.invitations import password_path
from majorops.people.operations.leaving import enable


@transaction.atomic
def make_administrator(email: str, *, by: Person | None, now: datetime, name: str = "") -> Person:
    """The person with this address as an administrator; who is not there yet is added, without a password.

    One that is disabled can sign in again: whoever is at the machine may be the only one left. Raises BadInput (email)
    for what is no address.
    """
    address = known_address(email)
    person = Person.objects.select_for_update(of=("self",)).filter(email=address).first()
    if person is None:
        called = name or address.partition("@")[0]
        return create_person(email=address, name=called, groups=[GroupName.ADMINISTRATOR], by=by, now=now)
    person = enable(person, by=by, now=now)
    groups = {GroupName(group) for group in person.group_names if GroupName.knows(group)}
    return change_person(person, {"groups": groups | {GroupName.ADMINISTRATOR}}, by=by, now=now)


def is_administered() -> bool:
    """Whether somebody can sign in who administers."""
    return Person.objects.in_group(GroupName.ADMINISTRATOR).exists()


def link_to_password(person: Person, *, by: Person | None, now: datetime) -> str:
    """The address that sets a password, once, within PASSWORD_RESET_TIMEOUT seconds. Audited."""
    trail.record("made a link to set the password of", person, by=by, at=now)
    return f"{settings.SITE_URL}{password_path(person.pk)}"
