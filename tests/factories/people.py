"""Fictitious people, their groups and their managers."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from itertools import count
from typing import Any

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group

from majorops.people.groups import GroupName
from majorops.people.models import ApiToken, Person, Team

PASSWORD = "after-the-fact-nothing"
_number = count(1)


def a_person(
    full_name: str = "Ada Moreau",
    *,
    groups: Iterable[GroupName] = (),
    manager: Person | None = None,
    email: str = "",
    team: Team | None = None,
    time_zone: str = "UTC",
    **fields: Any,
) -> Person:
    """Somebody who can sign in with PASSWORD; each call makes another person, whatever the name."""
    local = full_name.lower().replace(" ", ".").encode("ascii", "ignore").decode() or "person"
    person = Person.objects.create_user(
        email or f"{local}.{next(_number)}@majorops.example",
        full_name=full_name,
        manager=manager,
        team=team,
        time_zone=time_zone,
        **fields,
    )
    person.password = _hashed_once()
    person.save(update_fields=["password"])
    for name in groups:
        person.groups.add(Group.objects.get_or_create(name=name.value)[0])
    return person


@cache
def _hashed_once() -> str:
    # A password's hash is meant to be slow: half a second for each person of each test. Of the product's own kind,
    # whatever quicker one the first test that asks has chosen for itself.
    return PBKDF2PasswordHasher().encode(PASSWORD, "salt-of-everybody")


def a_mim(full_name: str = "Mira Okafor", *, manager: Person | None = None) -> Person:
    """A Major Incident Manager."""
    return a_person(full_name, groups=[GroupName.MIM], manager=manager)


def an_administrator(full_name: str = "Anselm Weir") -> Person:
    return a_person(full_name, groups=[GroupName.ADMINISTRATOR])


def an_auditor(full_name: str = "Odile Brandt") -> Person:
    """Somebody who reads all and changes nothing."""
    return a_person(full_name, groups=[GroupName.AUDITOR])


def a_contact(scope: str, key: str = "noc", full_name: str = "Night desk", email: str = "") -> Person:
    """Somebody without an account, known to the record with the reference `scope` alone."""
    contact = Person(contact_key=key, contact_scope=scope, full_name=full_name, contact_email=email)
    contact.set_unusable_password()
    contact.save()
    return contact


def a_token(person: Person) -> str:
    """A bearer token of this person."""
    return ApiToken.issue(person, name="test", at=datetime(2026, 1, 1, tzinfo=UTC))
