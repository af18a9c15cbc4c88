"""Users and groups as the two kinds of one thing: what the views do with a resource, whichever it is."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from scim2_models import Context, Resource, ResponseParameters

from majorops.people.models import Person
from majorops.people.scim import groups, users
from majorops.people.scim.models import ScimGroup, ScimToken, number_of
from majorops.people.scim.resources import Account, EnterpriseUser, Group

MEMBERS = "members"


class Kind(ABC):
    """How rows of one kind are found, shown and written. Whatever writes is given a locked row."""

    model: type[Resource[Any]]

    @abstractmethod
    def rows(self, parameters: ResponseParameters[Any]) -> QuerySet[Any]: ...

    @abstractmethod
    def find(self, key: str, *, locked: bool = False) -> Any:
        """The row with this id, or None."""

    @abstractmethod
    def resource(self, row: Any, parameters: ResponseParameters[Any] | None = None) -> Any: ...

    @abstractmethod
    def create(self, payload: Mapping[str, Any], *, token: ScimToken, now: datetime) -> Any: ...

    @abstractmethod
    def replace(self, row: Any, payload: Mapping[str, Any], *, token: ScimToken, now: datetime) -> Any: ...

    @abstractmethod
    def change(self, row: Any, former: Any, resource: Any, *, token: ScimToken, now: datetime) -> Any:
        """Makes the row what `resource` says, which was `former` before. Returns it as it is now."""

    @abstractmethod
    def remove(self, row: Any, *, token: ScimToken, now: datetime) -> None: ...


class Users(Kind):
    model = Account

    def rows(self, parameters: ResponseParameters[Any]) -> QuerySet[Person]:
        return users.users()

    def find(self, key: str, *, locked: bool = False) -> Person | None:
        try:
            rows = users.users().filter(pk=number_of(key))
        except ValueError:
            return None
        return (rows.select_for_update(of=("self",)) if locked else rows).first()

    def resource(self, row: Person, parameters: ResponseParameters[Any] | None = None) -> Any:
        return users.user_resource(row)

    def create(self, payload: Mapping[str, Any], *, token: ScimToken, now: datetime) -> Person:
        name = named(payload, "userName")
        address = [{"value": name, "type": "work", "primary": True}] if isinstance(name, str) else None
        resource = Account.model_validate(
            with_emails(payload, address), scim_ctx=Context.RESOURCE_CREATION_REQUEST
        )
        person = users.create_user(resource, given(payload), token=token, now=now)
        return users.users().get(pk=person.pk)

    def replace(self, row: Person, payload: Mapping[str, Any], *, token: ScimToken, now: datetime) -> Person:
        former = users.user_resource(row)
        address = former.model_dump()["emails"]
        resource = Account.model_validate(
            with_emails(payload, address), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST
        )
        resource.replace(former)
        names = given(payload)
        users.keep_what_was_left_out(row, former, resource, names)
        users.change_user(row, former, resource, names, token=token, now=now)
        return users.users().get(pk=row.pk)

    def change(self, row: Person, former: Any, resource: Any, *, token: ScimToken, now: datetime) -> Person:
        users.change_user(row, former, resource, (), token=token, now=now)
        return users.users().get(pk=row.pk)

    def remove(self, row: Person, *, token: ScimToken, now: datetime) -> None:
        users.remove_user(row, token=token, now=now)


class Groups(Kind):
    model = Group

    def rows(self, parameters: ResponseParameters[Any]) -> QuerySet[ScimGroup]:
        return groups.groups(with_members=asks_for_members(parameters))

    def find(self, key: str, *, locked: bool = False) -> ScimGroup | None:
        return groups.find_group(key, locked=locked)

    def resource(self, row: ScimGroup, parameters: ResponseParameters[Any] | None = None) -> Any:
        return groups.group_resource(row, with_members=parameters is None or asks_for_members(parameters))

    def create(self, payload: Mapping[str, Any], *, token: ScimToken, now: datetime) -> ScimGroup:
        resource = Group.model_validate(payload, scim_ctx=Context.RESOURCE_CREATION_REQUEST)
        return self._fresh(groups.save_group(None, resource, token=token, now=now))

    def replace(
        self, row: ScimGroup, payload: Mapping[str, Any], *, token: ScimToken, now: datetime
    ) -> ScimGroup:
        former = groups.group_resource(row)
        resource = Group.model_validate(payload, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST)
        resource.replace(former)
        return self.change(row, former, resource, token=token, now=now)

    def change(
        self, row: ScimGroup, former: Any, resource: Any, *, token: ScimToken, now: datetime
    ) -> ScimGroup:
        return self._fresh(groups.save_group(row, resource, token=token, now=now))

    def remove(self, row: ScimGroup, *, token: ScimToken, now: datetime) -> None:
        groups.remove_group(row, token=token, now=now)

    def _fresh(self, row: ScimGroup) -> ScimGroup:
        return groups.groups().get(pk=row.pk)


def asks_for_members(parameters: ResponseParameters[Any]) -> bool:
    """Whether the members of groups are to be read: the largest part of them by far."""
    if parameters.attributes:
        return any(str(path).lower().rpartition(":")[2].startswith(MEMBERS) for path in parameters.attributes)
    excluded = parameters.excluded_attributes or ()
    return not any(str(path).lower().rpartition(":")[2] == MEMBERS for path in excluded)


def named(payload: Mapping[str, Any], name: str) -> Any:
    """The value of an attribute, whatever the case of its name; None where it is not there."""
    return next((value for key, value in payload.items() if key.lower() == name.lower()), None)


def given(payload: Mapping[str, Any]) -> Iterable[str]:
    """The names of the attributes of a user that were sent, as `users` names them."""
    extension = named(payload, str(EnterpriseUser.__schema__))
    keys = {key.lower() for key in (*payload, *(extension if isinstance(extension, dict) else ()))}
    return {name for name in users.WRITTEN if name.lower() in keys}


def with_emails(payload: Mapping[str, Any], otherwise: Any) -> Mapping[str, Any]:
    """The payload, with these addresses where it has none."""
    if named(payload, "emails"):
        return payload
    return {key: value for key, value in payload.items() if key.lower() != "emails"} | {"emails": otherwise}
