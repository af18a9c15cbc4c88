"""The groups of a directory: kept as they come, and where their name says so they give groups of ours."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from scim2_models import UniquenessException

from majorops.audit import trail
from majorops.errors import BadInput
from majorops.people.external_groups import follow_groups
from majorops.people.groups import GroupName
from majorops.people.models import ExternalSource, Person
from majorops.people.scim.models import (
    LONGEST_NAME,
    ScimGroup,
    ScimToken,
    number_of,
    number_of_group,
    short,
    visible_accounts,
)
from majorops.people.scim.resources import Account, Group, Member, complete, location_of
from majorops.texts import typed_name

EVERYBODY = Prefetch("members", visible_accounts().only("pk").order_by("pk"))


def groups(*, with_members: bool = True) -> QuerySet[ScimGroup]:
    """The groups in the order of their making, their members read along unless nobody asks for them."""
    rows = ScimGroup.objects.order_by("created_at", "id")
    return rows.prefetch_related(EVERYBODY) if with_members else rows


def find_group(key: str, *, locked: bool = False) -> ScimGroup | None:
    """The group with this id; `locked`, nobody else changes it until the transaction ends."""
    try:
        rows = groups().filter(pk=number_of_group(key))
    except ValueError:
        return None
    return (rows.select_for_update() if locked else rows).first()


def group_resource(row: ScimGroup, *, with_members: bool = True) -> Group:
    """A group as its directory reads it."""
    members = [_member(person) for person in row.members.all()] if with_members else []
    resource = Group(
        id=row.key,
        external_id=row.external_id or None,
        display_name=row.display_name,
        members=members or None,
    )
    complete(resource, created=row.created_at, changed=row.changed_at)
    return resource


def groups_given_by(display_name: str) -> frozenset[GroupName]:
    """The groups of ours that a group of this name gives: the one of that name, and those of OIDC_GROUP_MAP."""
    named = frozenset(name for name in GroupName if name.value.lower() == display_name.lower())
    return named | settings.OIDC_GROUP_MAP.get(display_name, frozenset())


@transaction.atomic
def save_group(row: ScimGroup | None, resource: Group, *, token: ScimToken, now: datetime) -> ScimGroup:
    """Makes a group, or changes the locked `row`, into what `resource` says.

    Raises BadInput for a name that cannot be kept and a member who is not there, UniquenessException for a name that
    another group has, RuleViolation when the last administrator would leave the group.
    """
    is_new = row is None
    row = row or ScimGroup(created_at=now)
    former = (row.display_name, row.external_id)
    gave = groups_given_by(row.display_name)
    row.display_name = typed_name(
        resource.display_name or "", "displayName", most=LONGEST_NAME, empty="A group needs a name."
    )
    row.external_id = short(resource.external_id, "externalId")
    if ScimGroup.objects.filter(display_name__iexact=row.display_name).exclude(pk=row.pk).exists():
        raise UniquenessException(detail=f"There is a group called {row.display_name} already.")
    if is_new:
        row.changed_at = now
        row.save()
    before = {} if is_new else {person.pk: person for person in row.members.all()}
    after = _members_of(resource)
    came = [person for key, person in after.items() if key not in before]
    left = [person for key, person in before.items() if key not in after]
    row.members.add(*came)
    row.members.remove(*left)
    fields = zip(("displayName", "externalId"), former, (row.display_name, row.external_id), strict=True)
    changes: dict[str, tuple[Any, Any]] = {name: (old, new) for name, old, new in fields if old != new}
    changes |= {"members_added": (None, _names(came))} if came else {}
    changes |= {"members_removed": (_names(left), None)} if left else {}
    if is_new or changes:
        row.changed_at = now
        row.save()
        verb = "added" if is_new else "changed"
        trail.record(verb, row, by=None, at=now, changes=changes, reason=f"SCIM: {token}")
    gives = groups_given_by(row.display_name)
    if gave != gives:
        follow_roles({**before, **after}.values(), now=now)
    elif gives:
        follow_roles([*came, *left], now=now)
    return row


@transaction.atomic
def remove_group(row: ScimGroup, *, token: ScimToken, now: datetime) -> None:
    """Removes the locked group, and from its members what it gave. Raises RuleViolation for the last administrator."""
    members = list(row.members.all())
    changes = {"displayName": (row.display_name, None), "members": (_names(members), None)}
    trail.record("removed", row, by=None, at=now, changes=changes, reason=f"SCIM: {token}")
    gave = groups_given_by(row.display_name)
    row.delete()
    if gave:
        follow_roles(members, now=now)


def follow_roles(people: Iterable[Person], *, now: datetime) -> None:
    """Gives each of them the groups of ours that the groups of the directory say, and takes away what they say no
    more."""
    for person in people:
        names: Collection[GroupName] = {
            name for group in person.scim_groups.all() for name in groups_given_by(group.display_name)
        }
        follow_groups(person, names, source=ExternalSource.SCIM, by=None, now=now)


def _member(person: Person) -> Member:
    return Member(value=str(person.pk), ref=location_of(Account, person.pk), type="User")


def _members_of(resource: Group) -> dict[int, Person]:
    keys = {member.value or str(member.ref or "").rpartition("/")[2] for member in resource.members or []}
    try:
        people = visible_accounts().in_bulk({number_of(key) for key in keys})
    except ValueError as none:
        raise BadInput.of("members", f"There is no user with the id “{str(none)[:80]}”.") from none
    if unknown := keys - {str(key) for key in people}:
        raise BadInput.of("members", f"There is no user with the id “{min(unknown)[:80]}”.")
    return people


def _names(people: Iterable[Person]) -> list[str]:
    return sorted(person.identifier for person in people)
