"""The first administrator, and those whom somebody at the machine makes one (domain.md, People)."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.http import int_to_base36

from majorops.audit import trail
from majorops.errors import BadInput, RuleViolation
from majorops.people.groups import GroupName
from majorops.people.models import Person


@transaction.atomic
def make_administrator(email: str, *, by: Person | None, now: datetime, name: str = "") -> Person:
    """The person with this address as an administrator; who is not there yet is added, without a password.

    Raises BadInput (email) for what is no address, RuleViolation for an account that is disabled.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadInput.of("email", f"“{email}” is not an e-mail address.") from error
    person = Person.objects.select_for_update(of=("self",)).filter(email=address).first()
    if person is None:
        person = Person.objects.create_user(address, full_name=name or address.partition("@")[0])
        trail.record("added", person, by=by, at=now, changes={"email": (None, address)})
    if not person.is_active:
        raise RuleViolation(f"The account of {person} is disabled. Enable it first.")
    before = sorted(person.groups.values_list("name", flat=True))
    if GroupName.ADMINISTRATOR.value not in before:
        person.groups.add(Group.objects.get_or_create(name=GroupName.ADMINISTRATOR.value)[0])
        after = sorted([*before, GroupName.ADMINISTRATOR.value])
        trail.record("changed the groups of", person, by=by, at=now, changes={"groups": (before, after)})
    return person


def is_administered() -> bool:
    """Whether somebody can sign in who administers."""
    return Person.objects.in_group(GroupName.ADMINISTRATOR).exists()


def link_to_password(person: Person, *, by: Person | None, now: datetime) -> str:
    """The address that sets a password, once, within PASSWORD_RESET_TIMEOUT seconds. Audited."""
    trail.record("made a link to set the password of", person, by=by, at=now)
    key = f"{int_to_base36(person.pk)}-{default_token_generator.make_token(person)}"
    return f"{settings.SITE_URL}/accounts/password/reset/key/{key}/"
