"""Accounts as administrators keep them: made, and changed."""

import hashlib
import json
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, TypedDict

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from majorops.audit import trail
from majorops.errors import BadInput, VersionConflict
from majorops.people.access import check_can_administer
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team, check_time_zone
from majorops.people.operations.invitations import invite
from majorops.people.operations.organisation import organisation_zone
from majorops.people.tree import check_administrator_stays, check_manager, lock_tree
from majorops.texts import LONGEST_NAME, has_look_alikes, typed_name, typed_text

LONGEST_ADDRESS = 254
LONGEST_ZONE = 64
NO_NAME = "An account needs a name: others read it wherever something is this person's."


class PersonChanges(TypedDict, total=False):
    """What is to change of an account; what is left out stays. `groups` are all groups from now on."""

    name: str
    job_title: str
    manager: Person | None
    team: Team | None
    time_zone: str
    groups: Collection[GroupName]


@transaction.atomic
def create_person(
    *,
    email: str,
    name: str,
    manager: Person | None = None,
    team: Team | None = None,
    time_zone: str = "",
    groups: Collection[GroupName] = (),
    invited: bool = False,
    by: Person | None,
    now: datetime,
) -> Person:
    """Makes an account without a password; `invited` mails its person a link to set one. Without `time_zone` it has
    the organisation's.

    Raises NotAllowed for anybody but an administrator, BadInput at the place of what is wrong: an address that is no
    address, or an account's already whatever its case.
    """
    check_can_administer(by)
    address = known_address(email)
    other = Person.objects.filter(email=address).first()
    if other is not None:
        raise _taken(other)
    person = Person(
        email=address,
        full_name=typed_name(name, "name", empty=NO_NAME),
        manager=_checked_manager(None, manager),
        team=team,
        time_zone=known_zone(time_zone or organisation_zone()),
    )
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        # Somebody else made it at the same moment.
        raise _taken(Person.objects.get(email=address)) from None
    person.groups.set(rows_of(groups))
    fields = {
        "email": person.email,
        "full_name": person.full_name,
        "manager": manager,
        "team": team,
        "time_zone": person.time_zone,
        "groups": sorted(group.value for group in groups) or None,
    }
    changes = {field: (None, value) for field, value in fields.items() if value is not None}
    trail.record("added", person, by=by, at=now, changes=changes)
    if invited:
        invite(person, by=by, now=now)
    return person


@transaction.atomic
def change_person(
    person: Person, changes: PersonChanges, *, version: str | None = None, by: Person | None, now: datetime
) -> Person:
    """Changes what `changes` names of an account. `version` is the `version_of` it that was read.

    Raises NotAllowed for anybody but an administrator, VersionConflict for another version, BadInput for a manager who
    reports to the person and an unknown zone, RuleViolation when the last administrator would leave the group.
    """
    check_can_administer(by)
    if "manager" in changes:
        lock_tree()
    person = locked(person, version=version)
    data: dict[str, Any] = {}
    if "name" in changes:
        data["full_name"] = typed_name(changes["name"], "name", empty=NO_NAME)
    if "job_title" in changes:
        data["job_title"] = typed_text(changes["job_title"], "job_title", most=LONGEST_NAME, one_line=True)
    if "manager" in changes:
        data["manager"] = _checked_manager(person, changes["manager"])
    if "team" in changes:
        data["team"] = changes["team"]
    if "time_zone" in changes:
        data["time_zone"] = known_zone(changes["time_zone"])
    before = {field: getattr(person, field) for field in data}
    differing = {field: (before[field], value) for field, value in data.items() if before[field] != value}
    for field, (_, value) in differing.items():
        setattr(person, field, value)
    if differing:
        person.save(update_fields=list(differing))
        trail.record("changed", person, by=by, at=now, changes=differing)
    if "groups" in changes:
        _change_groups(person, changes["groups"], by=by, now=now)
    return locked(person)


def _change_groups(
    person: Person, groups: Collection[GroupName], *, by: Person | None, now: datetime
) -> None:
    """Leaves the person in these of our groups and in no other; groups that a directory elsewhere brought stay."""
    theirs = list(person.groups.filter(name__in=GroupName.keys()).values_list("name", flat=True))
    wanted = {group.value for group in groups}
    if set(theirs) == wanted:
        return
    if GroupName.ADMINISTRATOR.value not in wanted:
        check_administrator_stays(person)
    person.groups.remove(*rows_of(GroupName(name) for name in theirs if name not in wanted))
    person.groups.add(*rows_of(group for group in groups if group.value not in theirs))
    changes = {"groups": (sorted(theirs), sorted(wanted))}
    trail.record("changed the groups of", person, by=by, at=now, changes=changes)


def locked(person: Person, *, version: str | None = None) -> Person:
    """The account as it is now, which nobody else changes until the transaction ends. Raises VersionConflict when its
    `version_of` is not this `version` any more."""
    accounts = Person.objects.select_for_update(of=("self",)).select_related("manager", "team")
    now_there = accounts.get(pk=person.pk)
    if version is not None and version != version_of(now_there):
        raise VersionConflict("Somebody changed this person after you read it. Read it again.")
    return now_there


def version_of(person: Person) -> str:
    """What differs as soon as something of the account that can be changed does."""
    fields = (
        person.email,
        person.full_name,
        person.job_title,
        person.manager_id,
        person.team_id,
        person.time_zone,
    )
    data = [*fields, person.is_active, sorted(person.group_names)]
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:16]


def rows_of(groups: Iterable[GroupName]) -> list[Group]:
    """The rows of these groups."""
    return list(Group.objects.filter(name__in=[group.value for group in groups]))


def known_address(email: str) -> str:
    """The address as it is kept: in small letters, without blanks around it. Raises BadInput at `email`."""
    if has_look_alikes(email):
        raise BadInput.of("email", f"“{email[:80]}” has a letter that only looks like another. Type it anew.")
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise BadInput.of("email", f"“{address[:80]}” is not an e-mail address.") from None
    if len(address) > LONGEST_ADDRESS:
        raise BadInput.of("email", f"Write an address of at most {LONGEST_ADDRESS} characters.")
    return address


def known_zone(name: str) -> str:
    """The name of an IANA time zone. Raises BadInput at `time_zone`."""
    name = name.strip()
    try:
        check_time_zone(name[:LONGEST_ZONE])
    except ValidationError as unknown:
        raise BadInput.of("time_zone", unknown.messages[0]) from None
    if not name:
        raise BadInput.of("time_zone", "Write a time zone as in Europe/Berlin.")
    return name


def _checked_manager(person: Person | None, manager: Person | None) -> Person | None:
    """Whoever can be the manager. One who cannot sign in is nobody's from now on, and stays where they are."""
    if manager is None or (person is not None and manager.pk == person.manager_id):
        return manager
    if not (manager.is_active and manager.email):
        raise BadInput.of("manager", f"{manager} cannot sign in. Choose somebody who can.")
    if person is not None:
        check_manager(person, manager)
    return manager


def _taken(other: Person) -> BadInput:
    disabled = "" if other.is_active else ", disabled: enable it"
    return BadInput.of("email", f"{other} has this address already, in these or other letters{disabled}.")
