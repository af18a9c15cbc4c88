"""Users and groups as SCIM describes them here (RFC 7643): what is kept, and nothing beyond it.

What else a directory sends is dropped without a word, as RFC 7644 allows: most send whatever they have.
"""

import hashlib
from datetime import datetime
from typing import Annotated, Any

from django.conf import settings
from pydantic import Field, model_validator
from scim2_models import (
    CaseExact,
    ComplexAttribute,
    Extension,
    Meta,
    Mutability,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Uniqueness,
)
from scim2_models.resources.resource import AnyExtension
from scim2_models.urn import URN

MOST_RESULTS = 200
DEFAULT_RESULTS = 100


class Name(ComplexAttribute):
    formatted: str | None = None
    """The full name, as it is displayed."""

    family_name: str | None = None
    """The family name."""

    given_name: str | None = None
    """The given name."""


class Email(ComplexAttribute):
    value: Annotated[str | None, Required.true] = None
    """The address that the person signs in with and is written to."""

    type: str | None = Field(None, examples=["work", "home", "other"])
    """What the address is for."""

    primary: bool | None = None
    """Whether it is the preferred one. An account has one address: the primary one, or the first."""


class GroupOfUser(ComplexAttribute):
    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    """The id of the group."""

    ref: Annotated[Reference["Group"] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The address of the group."""

    display: Annotated[str | None, Mutability.read_only] = None
    """The name of the group."""


class User(Resource[AnyExtension]):
    """Somebody with an account"""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """How the directory names the person. Where no e-mail address is given it must be one."""

    name: Name | None = None
    """The parts of the name."""

    display_name: str | None = None
    """The name that others read; without it, name.formatted, or the given and the family name."""

    title: str | None = None
    """What the person does."""

    timezone: str | None = None
    """The IANA time zone, as in Europe/Berlin. Another one is kept and not used."""

    active: bool | None = None
    """Whether the person may sign in. False ends all sessions and tokens at once."""

    emails: Annotated[list[Email] | None, Required.true] = None
    """The address of the account; the userName where none is given."""

    groups: Annotated[list[GroupOfUser] | None, Mutability.read_only] = None
    """The groups of the directory that the person is in."""


class Manager(ComplexAttribute):
    value: Annotated[str | None, CaseExact.true] = None
    """The id of the manager."""

    ref: Annotated[Reference["User"] | None, Mutability.read_write] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The address of the manager."""

    @model_validator(mode="before")
    @classmethod
    def _bare_id(cls, value: Any) -> Any:
        # Microsoft Entra sends the id alone.
        return {"value": value} if isinstance(value, str) else value


class EnterpriseUser(Extension):
    """The place of the person in the organisation"""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    department: str | None = None
    """The team. It is made when there is none of this name."""

    manager: Manager | None = None
    """Whom the person reports to, and to whom what is overdue escalates."""


class Member(ComplexAttribute):
    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    """The id of the member."""

    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    """The address of the member."""

    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])
    """Members are users; there are no groups within groups."""


class Group(Resource[Any]):
    """A group of the directory"""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """Its name. That of a group of ours, or one that OIDC_GROUP_MAP names, gives its members that group."""

    members: list[Member] | None = None
    """Who is in it."""


Account = User[EnterpriseUser]

CONFIG = ServiceProviderConfig.model_validate(
    {
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MOST_RESULTS},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token that script/manage create_scim_token has made",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": True,
            }
        ],
    }
)
PROVIDER = ScimProvider(
    models=[User, EnterpriseUser, Group],
    resource_types=[ResourceType.from_resource(model) for model in (Account, Group)],
    config=CONFIG,
    # As directories send it: more than was described, members to remove by their value, entries that are not there yet.
    policy=ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
    ),
)


def location_of(resource: type[Resource[Any]], key: object) -> Any:
    """The address of a resource."""
    endpoint = "Groups" if resource is Group else "Users"
    return f"{settings.SITE_URL}/scim/v2/{endpoint}/{key}"


def complete(resource: Resource[Any], *, created: datetime, changed: datetime) -> None:
    """Completes a resource with its `meta`; its version differs as soon as anything else of it does."""
    model = type(resource)
    digest = hashlib.sha256(resource.model_dump_json().encode()).hexdigest()[:24]
    resource.meta = Meta(
        resource_type="Group" if model is Group else "User",
        created=created,
        last_modified=changed,
        location=location_of(model, resource.id),
        version=f'W/"{digest}"',
    )
