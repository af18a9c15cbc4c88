"""Accounts as a directory sees and keeps them: each of its writes becomes the operations that an administrator has."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, F, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Greatest
from scim2_models import UniquenessException

from majorops.audit import trail
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput
from majorops.people.models import Person, Team, known_zones
from majorops.people.operations.accounts import (
    PersonChanges,
    change_person,
    create_person,
    known_address,
)
from majorops.people.operations.addresses import change_address
from majorops.people.operations.leaving import disable, enable
from majorops.people.operations.teams import create_team, teams_named
from majorops.people.scim.groups import follow_roles
from majorops.people.scim.models import ScimToken, ScimUser, number_of, short, visible_accounts
from majorops.people.scim.resources import (
    Account,
    Email,
    EnterpriseUser,
    Group,
    GroupOfUser,
    Manager,
    complete,
    location_of,
)

# Whatever changes somebody is audited, whichever road it took.
LAST_CHANGE = AuditEntry.objects.filter(
    subject_type=Person._meta.label_lower, subject_id=Cast(OuterRef("pk"), TextField())
).order_by("-id")
WORK = "work"
EMAIL_TYPE = KeyTextTransform("type", KeyTransform("0", KeyTransform("emails", "scim__document")))
ENTERPRISE = ("manager", "department")
# What a directory writes of an account, beside the names that it gives it.
WRITTEN = ("name", "displayName", "title", "timezone", "active", "emails", *ENTERPRISE)


def users() -> QuerySet[Any]:
    """The visible accounts in the order of their making, with what their resources are made of."""
    return (
        visible_accounts()
        .annotate(
            email_type=Coalesce(EMAIL_TYPE, Value(WORK), output_field=TextField()),
            changed_at=Greatest(
                F("joined_at"), Subquery(LAST_CHANGE.values("at")[:1]), output_field=DateTimeField()
            ),
            user_name=Coalesce(F("scim__user_name"), F("email"), output_field=TextField()),
        )
        .select_related("scim", "team")
        .prefetch_related("scim_groups")
        .order_by("pk")
    )


def user_resource(person: Any) -> Account:
    """An account as a directory reads it: what the directory wrote, except where it was changed here."""
    scim = _scim_of(person)
    document = scim.document if scim else {}
    email = (document.get("emails") or [{}])[0]
    resource = Account(
        id=str(person.pk),
        external_id=(scim.external_id if scim else "") or None,
        user_name=scim.user_name if scim else person.email,
        name=document.get("name"),
        display_name=person.full_name if document.get("displayName", True) else None,
        title=person.job_title or None,
        timezone=document.get("timezone", person.time_zone),
        active=person.is_active if document.get("active", True) is not None else None,
        emails=[Email(value=person.email, type=email.get("type", WORK), primary=email.get("primary", True))],
        groups=[
            GroupOfUser(value=group.key, ref=location_of(Group, group.key), display=group.display_name)
            for group in person.scim_groups.all()
        ]
        or None,
    )
    department = _department(person.team, document.get("department"))
    manager = person.manager_id and Manager(
        value=str(person.manager_id), ref=location_of(Account, person.manager_id)
    )
    if department or manager:
        resource[EnterpriseUser] = EnterpriseUser(department=department, manager=manager or None)
    complete(resource, created=person.joined_at, changed=person.changed_at)
    return resource


@transaction.atomic
def create_user(resource: Account, given: Iterable[str], *, token: ScimToken, now: datetime) -> Person:
    """Makes an account, or takes one up again that a directory took out. `given` names the attributes that were sent.

    Raises UniquenessException for a userName or an address that another account has, BadInput for what cannot be kept.
    """
    address = _address(None, resource)
    person = Person.objects.select_for_update(of=("self",)).filter(email=address).first()
    if person is not None and visible_accounts().filter(pk=person.pk).exists():
        raise _taken(address)
    if person is None:
        name = _full_name(_attributes(resource)) or address.partition("@")[0]
        person = create_person(email=address, name=name, by=None, now=now)
    return _save(person, None, resource, set(given), token=token, now=now)


@transaction.atomic
def change_user(
    person: Person,
    former: Account,
    resource: Account,
    given: Iterable[str],
    *,
    token: ScimToken,
    now: datetime,
) -> Person:
    """Makes the locked account, which was read as `former`, what `resource` says.

    Raises as `create_user` does, and RuleViolation for the last administrator.
    """
    return _save(person, former, resource, set(given), token=token, now=now)


@transaction.atomic
def remove_user(person: Person, *, token: ScimToken, now: datetime) -> None:
    """Disables the locked account, which the directory sees no more. Nobody is erased. Raises RuleViolation for the
    last administrator."""
    if person.is_active:
        disable(person, leave=True, by=None, now=now)
    scim, _ = ScimUser.objects.get_or_create(person=person, defaults={"user_name": person.email or ""})
    scim.deleted_at = now
    scim.save(update_fields=["deleted_at"])
    trail.record("taken out of the directory", person, by=None, at=now, reason=f"SCIM: {token}")
    person.scim_groups.clear()
    follow_roles([person], now=now)


def keep_what_was_left_out(person: Person, former: Account, resource: Account, given: Iterable[str]) -> None:
    """What a replacement leaves out stays as it is here, unless the directory wrote it itself: then it goes."""
    scim = _scim_of(person)
    wrote = set(scim.document if scim else ()) - {"active"}
    before = _attributes(former)
    for name in before.keys() - set(given) - wrote:
        _set(resource, name, before[name])


def _save(
    person: Person,
    former: Account | None,
    resource: Account,
    given: set[str],
    *,
    token: ScimToken,
    now: datetime,
) -> Person:
    scim = ScimUser.objects.filter(person=person).first() or ScimUser(person=person)
    resource.emails = _chosen(resource)
    before, after = _attributes(former) if former else {}, _attributes(resource)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    document = {
        name: after.get(name) for name in (scim.document.keys() if former else set()) | changed | given
    }
    address = _address(former, resource)
    _check_free(person, resource.user_name or "", address)
    if address != person.email:
        change_address(person, address, keep=None, by=None, now=now)
    changes = PersonChanges()
    name = _full_name(document)
    if name and name != _full_name(scim.document):
        changes["name"] = name
    if "title" in changed:
        changes["job_title"] = after.get("title") or ""
    if "timezone" in changed and after.get("timezone") in known_zones():
        changes["time_zone"] = after["timezone"]
    if "manager" in changed:
        changes["manager"] = _manager(after.get("manager"))
    if "department" in changed:
        changes["team"] = _team(after.get("department"), now=now)
    change_person(person, changes, by=None, now=now)
    _keep(scim, resource, document, token=token, now=now)
    active = after.get("active", person.is_active if former else True)
    if active and not person.is_active:
        enable(person, by=None, now=now)
    elif person.is_active and not active:
        disable(person, leave=True, by=None, now=now)
    return person


def _keep(
    scim: ScimUser, resource: Account, document: dict[str, Any], *, token: ScimToken, now: datetime
) -> None:
    """Remembers what the directory calls the account and wrote of it."""
    before = {"userName": scim.user_name, "externalId": scim.external_id, **scim.document}
    scim.user_name = short(resource.user_name, "userName")
    scim.external_id = short(resource.external_id, "externalId")
    for name, value in document.items():
        for text in texts_in(value):
            short(text, name)
    scim.document = document
    scim.deleted_at = None
    scim.save()
    after = {"userName": scim.user_name, "externalId": scim.external_id, **document}
    changes = {
        name: (before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    }
    if changes:
        trail.record("provisioned", scim.person, by=None, at=now, changes=changes, reason=f"SCIM: {token}")


def texts_in(value: Any) -> Iterator[str]:
    """The texts of an attribute, in whatever it is made of."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts_in(inner)


def _scim_of(person: Person) -> ScimUser | None:
    scim: ScimUser | None = getattr(person, "scim", None)
    return scim if scim and scim.deleted_at is None else None


def _attributes(resource: Account) -> dict[str, Any]:
    """What the directory may write of an account, by name; what has no value is left out."""
    extension = resource[EnterpriseUser]
    dump = resource.model_dump(exclude={"id", "meta", "groups", "schemas", "user_name", "external_id"})
    attributes = {name: value for name, value in dump.items() if ":" not in name and name != "schemas"}
    if extension is not None and extension.department:
        attributes["department"] = extension.department
    if extension is not None and extension.manager is not None:
        attributes["manager"] = _key(extension.manager)
    return attributes


def _set(resource: Account, name: str, value: Any) -> None:
    if name not in ENTERPRISE:
        resource[name] = value
        return
    extension = resource[EnterpriseUser] or EnterpriseUser()
    setattr(extension, name, Manager(value=value, ref=None) if name == "manager" else value)
    resource[EnterpriseUser] = extension


def _full_name(attributes: dict[str, Any]) -> str:
    """How others read the name: as the directory displays it, or else of its parts."""
    name = attributes.get("name") or {}
    parts = " ".join(filter(None, (name.get("givenName"), name.get("familyName"))))
    return " ".join(str(attributes.get("displayName") or name.get("formatted") or parts).split())


def _address(former: Account | None, resource: Account) -> str:
    """The address of the account: the primary one or the first; where none was given the userName, as it changes.

    Raises BadInput at `emails` for what is no address."""
    chosen = _chosen(resource)
    address = (chosen and chosen[0].value) or ""
    if former is not None and former.emails and address == former.emails[0].value:
        name = resource.user_name or ""
        if former.user_name == address and "@" in name:
            address = name
    return known_address(address)


def _chosen(resource: Account) -> list[Email]:
    """An account has one address: the primary one, or the first."""
    rows = resource.emails or []
    return [row for row in rows if row.primary][:1] or rows[:1]


def _check_free(person: Person, user_name: str, address: str) -> None:
    """Raises UniquenessException for a name or an address of another account."""
    others = users().exclude(pk=person.pk)
    if others.filter(user_name__iexact=user_name).exists():
        raise _taken(user_name)
    if Person.objects.filter(email=address).exclude(pk=person.pk).exists():
        raise _taken(address)


def _taken(name: str) -> UniquenessException:
    return UniquenessException(detail=f"Another account has {name} already.")


def _key(manager: Manager) -> str:
    return manager.value or str(manager.ref or "").rpartition("/")[2]


def _manager(key: str | None) -> Person | None:
    if key is None:
        return None
    try:
        manager = visible_accounts().filter(pk=number_of(key)).first()
    except ValueError:
        manager = None
    if manager is None:
        raise BadInput.of("manager", f"There is no user with the id “{key[:80]}”.")
    return manager


def _team(name: str | None, *, now: datetime) -> Team | None:
    if not name:
        return None
    return teams_named(name).first() or create_team(name=name, by=None, now=now)


def _department(team: Team | None, written: str | None) -> str | None:
    """The name of the team; as the directory writes it, where that is the same name."""
    if team is None:
        return None
    one = " ".join((written or "").split()).upper() == " ".join(team.name.split()).upper()
    return written if one else team.name
