"""People: those who sign in, the contacts who do not, their teams, the manager tree, and tokens."""

import hashlib
import secrets
import zoneinfo
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.functions import Lower

from majorops.one_name import OneName
from majorops.people.groups import GroupName
from majorops.searching import Folded, Words
from majorops.texts import has_look_alikes
from majorops.words import Word

# How long a token is good unless somebody says otherwise, and at most.
VALID_FOR = timedelta(days=365)
LONGEST_VALID = timedelta(days=2 * 365)

# Asked by every request: said in SQL, because to compile it took longer than to read it.
GROUPS_OF = """
    SELECT auth_group.name FROM auth_group JOIN people_person_groups ON group_id = auth_group.id WHERE person_id = %s
"""


@cache
def known_zones() -> frozenset[str]:
    """The zones of the IANA database; read once, from some hundred files."""
    return frozenset(zoneinfo.available_timezones())


def check_time_zone(name: str) -> None:
    """Raises ValidationError unless `name` is a zone of the IANA database."""
    if name and name not in known_zones():
        raise ValidationError(f"“{name}” is not an IANA time zone. Write it as in Europe/Berlin.")


class Team(models.Model):
    name = models.CharField(max_length=200, unique=True)
    lead = models.ForeignKey("Person", models.PROTECT, null=True, blank=True, related_name="teams_led")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(OneName("name"), name="a_team_is_one_whatever_the_letters_of_its_name")
        ]

    def __str__(self) -> str:
        return self.name


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        address = username or ""
        if has_look_alikes(address):
            raise self.model.DoesNotExist
        return self.get(email=address.strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """A person who may sign in. Without a password the account waits for one."""
        person = self.model(email=email.strip().lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.create_user(email, password, is_superuser=True, **fields)
        person.groups.add(Group.objects.get_or_create(name=GroupName.ADMINISTRATOR.value)[0])
        return person

    def accounts(self) -> models.QuerySet["Person"]:
        """Those who can sign in."""
        return self.filter(email__isnull=False, is_active=True)

    def in_group(self, name: GroupName) -> models.QuerySet["Person"]:
        return self.accounts().filter(groups__name=name.value)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account (`email` set) or a contact without one (`contact_key` set, unique in its scope).

    A contact belongs to the record that named it (`contact_scope`, the incident's reference), because the keys of
    two documents may be the same and mean different people. Linking it to an account later is `account`.
    """

    email = models.EmailField("e-mail address", unique=True, null=True, blank=True)
    full_name = models.CharField(max_length=200)
    handle = models.CharField(max_length=80, blank=True, help_text="The name in the chat, if it has one.")
    job_title = models.CharField(max_length=200, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="members")
    manager = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reports")
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    contact_key = models.CharField(max_length=200, null=True, blank=True)
    contact_scope = models.CharField(max_length=40, blank=True)
    contact_email = models.EmailField(
        blank=True, help_text="Where a contact without an account can be written to."
    )
    account = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="contacts")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]
    objects = PersonManager()

    class Meta:
        ordering = ["full_name", "id"]
        verbose_name_plural = "people"
        indexes = [
            GinIndex(
                OpClass(Folded("full_name"), "gin_trgm_ops"),
                name="account_folded_trigrams",
                condition=Q(email__isnull=False),
            ),
            GinIndex(Words("full_name"), name="account_words", condition=Q(email__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="person_is_an_account_or_a_contact",
                condition=Q(email__isnull=False, contact_key__isnull=True)
                | Q(email__isnull=True, contact_key__isnull=False),
            ),
            models.UniqueConstraint(
                "contact_scope", "contact_key", name="contact_key_is_unique_in_its_scope"
            ),
            models.UniqueConstraint(Lower("email"), name="an_address_is_one_account_whatever_its_case"),
            models.CheckConstraint(
                name="person_is_not_their_own_manager",
                condition=Q(manager__isnull=True) | ~Q(manager=F("id")),
            ),
            models.CheckConstraint(
                name="only_a_contact_is_linked_to_an_account",
                condition=Q(account__isnull=True) | Q(contact_key__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email or ""

    def save(self, *args: Any, **kwargs: Any) -> None:
        # Kept in small letters: whoever looks for an address need not know how it was typed.
        if self.email is not None:
            self.email = self.email.strip().lower() or None
        super().save(*args, **kwargs)

    @property
    def is_contact(self) -> bool:
        return self.contact_key is not None

    @property
    def address(self) -> str:
        """Where mail reaches this person, or an empty string."""
        return self.email or self.contact_email

    @property
    def identifier(self) -> str:
        """How the API names a person: the e-mail address, or `contact:KEY` for those without an account."""
        return self.email or f"contact:{self.contact_key}"

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    @cached_property
    def group_names(self) -> frozenset[str]:
        """The names of this person's groups, read once for each loaded person."""
        with connection.cursor() as cursor:
            cursor.execute(GROUPS_OF, [self.pk])
            return frozenset(name for (name,) in cursor.fetchall())

    def is_in(self, *names: GroupName) -> bool:
        return any(name.value in self.group_names for name in names)

    @property
    def only_reads(self) -> bool:
        """Whether the account changes nothing: an Auditor who is in no other group."""
        return self.group_names == {GroupName.AUDITOR.value}

    @property
    def is_administrator(self) -> bool:
        return self.is_in(GroupName.ADMINISTRATOR)

    @property
    def reads_audit(self) -> bool:
        return self.is_in(GroupName.AUDITOR, GroupName.ADMINISTRATOR)

    @property
    def is_staff(self) -> bool:
        """Whether Django's own administration lets the person in, who may do there whatever it offers."""
        return self.is_active and self.is_administrator

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


class Organisation(models.Model):
    """What the organisation says of itself: one row, or none yet. What the environment sets goes before it."""

    name = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[check_time_zone])
    second_factor_groups = ArrayField(
        models.CharField(max_length=150),
        default=list,
        blank=True,
        help_text="The groups whose people sign in with a second factor.",
    )
    setup_key_digest = models.CharField(
        max_length=64, blank=True, help_text="Of the key that opens the first page; empty once it was used."
    )
    first_steps_hidden_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="there_is_one_organisation", condition=Q(pk=1))]

    def __str__(self) -> str:
        return self.name or "The organisation"

    @classmethod
    def current(cls) -> "Organisation":
        """The row, or what holds without one."""
        return cls.objects.first() or cls(pk=1)


class ExternalSource(Word):
    """A directory elsewhere that says of people in which groups they are."""

    SIGN_IN = "sign_in", "Single sign-on"
    SCIM = "scim", "SCIM"


class ExternalMembership(models.Model):
    """That a directory elsewhere put somebody into a group. It goes with the membership (migration 0010), so that what
    is given by hand afterwards counts as given by hand."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="external_memberships")
    group = models.ForeignKey(Group, models.CASCADE, related_name="+")
    source = models.CharField(max_length=10, choices=ExternalSource.choices())
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "group", "source"], name="a_source_gives_a_group_once"),
            models.CheckConstraint(
                name="a_group_is_given_by_a_known_source", condition=Q(source__in=ExternalSource.keys())
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} in {self.group} by {self.source}"


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def around(self, at: datetime) -> Self:
        """Those that hold at `at` in some time zone; `holds` tells whether they do in the person's own."""
        day = at.date()
        return self.filter(
            taken_back_at__isnull=True,
            from_on__lte=day + timedelta(days=1),
            until_on__gte=day - timedelta(days=1),
        )


class Absence(models.Model):
    """The days on which somebody is away, and who is told meanwhile. Both days included, in the person's zone."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="absences")
    substitute = models.ForeignKey(Person, models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField()
    said_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    said_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        ordering = ["from_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="an_absence_ends_after_it_began", condition=Q(until_on__gte=F("from_on"))
            ),
            models.CheckConstraint(
                name="nobody_is_their_own_substitute", condition=~Q(substitute=F("person"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["person", "until_on"],
                name="absence_that_stands",
                condition=Q(taken_back_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} is away, {self.substitute} is told"

    def holds(self, at: datetime) -> bool:
        """Whether the person is away at `at`."""
        zone = zoneinfo.ZoneInfo(self.person.time_zone)
        return self.taken_back_at is None and self.from_on <= at.astimezone(zone).date() <= self.until_on


class BrowserSession(models.Model):
    """Where and since when somebody is signed in by a browser. It outlives the session for a while: an address that a
    person signed in from is known."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="browser_sessions")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField(max_length=80)
    address = models.GenericIPAddressField(null=True)
    signed_in_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-last_used_at"], name="sessions_of_a_person")]

    def __str__(self) -> str:
        return f"{self.device} of {self.person}"


class Scope(Word):
    """What a token may be used for. Whoever has it never may more than its person."""

    READ = "read", "Read"
    RECORD = "record", "Read, and record incidents"
    ALL = "all", "Everything that you may"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        return self.filter(revoked_at__isnull=True, person__is_active=True)


class ApiToken(models.Model):
    """A bearer token. Only its SHA-256 is kept, so that a copy of the database opens nothing."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    scope = models.CharField(max_length=10, choices=Scope.choices(), default=Scope.ALL, db_default="all")
    expires_at = models.DateTimeField(null=True, help_text="Empty: made before tokens ended by themselves.")
    last_used_at = models.DateTimeField(null=True, help_text="To within some minutes.")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_token_is_for_something_known", condition=Q(scope__in=Scope.keys())
            ),
            models.CheckConstraint(
                name="a_token_ends_after_it_was_made", condition=Q(expires_at__gt=F("created_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.person}"

    @staticmethod
    def digest_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def issue(
        cls,
        person: Person,
        *,
        name: str,
        at: datetime,
        scope: Scope = Scope.ALL,
        expires_at: datetime | None = None,
    ) -> str:
        """Makes a token for `person`, good for VALID_FOR unless said otherwise, and returns it; it can't be read
        again."""
        token = "mo_" + secrets.token_urlsafe(32)
        cls.objects.create(
            person=person,
            name=name,
            digest=cls.digest_of(token),
            created_at=at,
            scope=scope.value,
            expires_at=expires_at or at + VALID_FOR,
        )
        return token

    def is_over(self, at: datetime) -> bool:
        """Whether it has run out at `at`."""
        return self.expires_at is not None and self.expires_at <= at

    @property
    def expires_on(self) -> date | None:
        """The last day on which it is good, in its owner's zone."""
        if self.expires_at is None:
            return None
        zone = zoneinfo.ZoneInfo(self.person.time_zone)
        return (self.expires_at - timedelta(microseconds=1)).astimezone(zone).date()
