"""What a directory that provisions people by SCIM is remembered by: its tokens, its names for people, its groups."""

import hashlib
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from majorops.errors import BadInput
from majorops.people.models import Person
from majorops.texts import too_long

LONGEST_NAME = 254
OF_GROUPS = "g"


class ScimTokenQuerySet(models.QuerySet["ScimToken"]):
    def usable(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class ScimToken(models.Model):
    """A bearer token of a directory, nobody's own. Only its SHA-256 is kept, so that a copy of the database opens
    nothing."""

    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, help_text="To within some minutes.")
    revoked_at = models.DateTimeField(null=True)

    objects = ScimTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(revoked_at__isnull=True), name="a_scim_token_has_a_name_of_its_own"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    # What the framework of the API asks of whoever calls.
    is_authenticated = True


class ScimUser(models.Model):
    """An account as the directory names and describes it.

    `document` holds the attributes that the directory wrote and that have no column of ours. After a DELETE the
    directory sees the account no more (`deleted_at`), until it makes it again.
    """

    person = models.OneToOneField(Person, models.PROTECT, related_name="scim")
    user_name = models.CharField(max_length=LONGEST_NAME)
    external_id = models.CharField(max_length=LONGEST_NAME, blank=True)
    document = models.JSONField(default=dict)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("user_name"),
                condition=Q(deleted_at__isnull=True),
                name="a_directory_names_one_account_so",
            )
        ]
        indexes = [models.Index(fields=["external_id"], name="scim_user_by_external_id")]

    def __str__(self) -> str:
        return self.user_name


class ScimGroup(models.Model):
    """A group of the directory with its members. By its name it may give groups of ours (`groups_given_by`)."""

    display_name = models.CharField(max_length=LONGEST_NAME)
    external_id = models.CharField(max_length=LONGEST_NAME, blank=True)
    members = models.ManyToManyField(Person, related_name="scim_groups")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("display_name"), name="a_directory_has_one_group_of_a_name")
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def key(self) -> str:
        """Its id, which is no user's."""
        return f"{OF_GROUPS}{self.pk}"


def visible_accounts() -> models.QuerySet[Person]:
    """What a directory sees of us: every account, however it was made, but those that a directory took out."""
    return Person.objects.filter(Q(scim__isnull=True) | Q(scim__deleted_at__isnull=True), email__isnull=False)


def short(text: str | None, path: str) -> str:
    """A text that a column holds. Raises BadInput at `path` for a longer one."""
    if problem := too_long(text or "", LONGEST_NAME):
        raise BadInput.of(path, problem)
    return text or ""


def number_of(key: str) -> int:
    """The row that an id names. Raises ValueError for what is none."""
    if not (key.isascii() and key.isdecimal() and len(key) < 19):
        raise ValueError(key)
    return int(key)


def number_of_group(key: str) -> int:
    if not key.startswith(OF_GROUPS):
        raise ValueError(key)
    return number_of(key.removeprefix(OF_GROUPS))
