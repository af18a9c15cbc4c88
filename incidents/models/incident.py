"""The incident: what it is now, as the entries of its record say, and the decisions taken about it."""

from datetime import datetime
from typing import Self

from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, Exists, F, GeneratedField, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Least

from incidents.models.names import is_double, name_is_one
from incidents.rules.facts import live_until
from incidents.vocabulary import IncidentStatus, RequirementLevel, Severity
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team, check_time_zone
from majorops.references import new_reference
from majorops.searching import EveryText, Folded, Words


class Service(models.Model):
    """Something that can be affected. Its owner is invited to the After Action."""

    name = models.CharField(max_length=200, unique=True)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="services_owned")
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="services")
    is_double = is_double()
    taken_in = models.BooleanField(
        default=False,
        db_default=False,
        help_text="An administrator put it on the list, which everybody reads; else an incident named it.",
    )

    class Meta:
        ordering = ["name"]
        constraints = [name_is_one("service")]
        indexes = [
            GinIndex(OpClass(Folded("name"), "gin_trgm_ops"), name="service_folded_trigrams"),
            GinIndex(Words("name"), name="service_words"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_recorded(self) -> bool:
        """Whether a closed record speaks of it: its name then stays (migration 0015)."""
        return Incident.objects.closed().filter(affected_services__service=self).exists()


# Why the lead of a recovery track may know of a restricted incident, and has a part in it.
LEADS_A_TRACK = "leads a recovery track"


def incident_reference() -> str:
    return new_reference("INC")


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, person: Person) -> Self:
        """The one rule of who may know of an incident (domain.md, People). Every page, list, search, export,
        PDF, calendar and mail goes through it."""
        if person.is_in(GroupName.AUDITOR):
            return self
        return self.filter(
            Q(restricted=False)
            | Exists(IncidentAccess.objects.filter(incident=OuterRef("pk"), person=person))
        )

    def hidden_from(self, person: Person) -> Self:
        """All others: few, found by their index, and left out where thousands of rows are counted."""
        if person.is_in(GroupName.AUDITOR):
            return self.none()
        return self.filter(restricted=True).exclude(
            Exists(IncidentAccess.objects.filter(incident=OuterRef("pk"), person=person))
        )

    def running(self) -> Self:
        return self.exclude(status=IncidentStatus.CLOSED)

    def closed(self) -> Self:
        return self.filter(status=IncidentStatus.CLOSED)


class Incident(models.Model):
    """A major incident. The columns of milestones, impact and severity follow the entries of the record; once the
    incident is closed the database lets them change only to what a later entry says (migration 0002)."""

    reference = models.CharField(max_length=20, unique=True, default=incident_reference, editable=False)
    external_id = models.CharField(max_length=300, unique=True, null=True, blank=True)
    document_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of the document it was imported from."
    )
    source_url = models.CharField(max_length=1000, null=True, blank=True)
    organisation = models.CharField(max_length=300, null=True, blank=True)
    title = models.CharField(max_length=300)
    summary = models.JSONField(null=True, blank=True)
    tags = models.JSONField(null=True, blank=True)
    time_zone = models.CharField(max_length=64, validators=[check_time_zone])
    restricted = models.BooleanField(default=False)
    history = models.BooleanField(
        default=False, help_text="Imported as history: nobody is told, nothing escalates."
    )
    ended_without_close = models.BooleanField(
        default=False, help_text="It ended, and its close was not captured."
    )
    recorded_at = models.DateTimeField(help_text="When the first of it was entered here.")
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    severity = models.CharField(max_length=10, choices=Severity.choices())
    highest_severity = models.CharField(max_length=10, choices=Severity.choices())

    impact_started_at = models.DateTimeField(null=True, blank=True)
    alert_fired_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    mitigated_at = models.DateTimeField(null=True, blank=True)
    recovered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_logged_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When its close was entered: until then it was open to record. Empty: imported.",
    )

    alert_source = models.TextField(null=True, blank=True)
    external = models.BooleanField(null=True, blank=True)
    customers_affected = models.PositiveBigIntegerField(null=True, blank=True)
    business = models.TextField(null=True, blank=True)
    revenue_exposure = models.TextField(null=True, blank=True)
    sla_status = models.TextField(null=True, blank=True)
    regulatory_exposure = models.BooleanField(null=True, blank=True)
    unusual_factors = models.TextField(null=True, blank=True)

    is_repeat = models.BooleanField(default=False)
    repeat_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="repeated_by")
    repeat_of_external_id = models.CharField(
        max_length=300, null=True, blank=True, help_text="Kept until that incident arrives."
    )
    imported_review = models.JSONField(null=True, blank=True, help_text="Pre-fills the draft.")
    root_cause = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="As its published or imported Learning Review says it: later incidents are compared with it.",
    )

    critical_update_minutes = models.PositiveSmallIntegerField(
        default=30,
        db_default=30,
        help_text="How often a status update is due while it is Critical, as long as it runs.",
    )
    high_update_minutes = models.PositiveSmallIntegerField(
        default=60, db_default=60, help_text="The same while it is High."
    )

    mim = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="incidents_commanded")
    services = models.ManyToManyField(Service, through="IncidentService", related_name="incidents")

    requirement_level = models.CharField(max_length=20, choices=RequirementLevel.choices(), blank=True)
    requirement_rule = models.PositiveSmallIntegerField(null=True, blank=True)
    requirement_reason = models.TextField(blank=True)
    requirement_decided_at = models.DateTimeField(null=True, blank=True)

    began_at = GeneratedField(
        expression=Least("impact_started_at", "alert_fired_at", "confirmed_at", "opened_at"),
        output_field=models.DateTimeField(null=True),
        db_persist=True,
    )
    listed_at = GeneratedField(
        expression=Coalesce(
            Least("impact_started_at", "alert_fired_at", "confirmed_at", "opened_at"),
            "mitigated_at",
            "recovered_at",
            "closed_at",
            "recorded_at",
        ),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    status = GeneratedField(
        expression=Case(
            When(
                Q(closed_at__isnull=False) | Q(ended_without_close=True),
                then=Value(IncidentStatus.CLOSED.value),
            ),
            When(recovered_at__isnull=False, then=Value(IncidentStatus.VALIDATED.value)),
            default=Value(IncidentStatus.OPEN.value),
        ),
        output_field=models.CharField(max_length=10, choices=IncidentStatus.choices()),
        db_persist=True,
    )
    search = GeneratedField(
        expression=Words(
            *(
                "reference",
                "title",
                "organisation",
                "business",
                "unusual_factors",
                "alert_source",
                "root_cause",
            ),
            EveryText("summary"),
            EveryText("tags"),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    likeness = GeneratedField(
        expression=SearchVector(
            "title",
            Cast("summary", models.TextField()),
            Cast("tags", models.TextField()),
            "business",
            "unusual_factors",
            "alert_source",
            "root_cause",
            config="english",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
        help_text="The words by which look-alikes are found.",
    )

    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-listed_at", "-id"]
        indexes = [
            models.Index(fields=["-listed_at", "-id"], name="incident_listed"),
            models.Index(fields=["status", "-listed_at", "-id"], name="incident_by_status"),
            models.Index(fields=["severity", "-listed_at", "-id"], name="incident_by_severity"),
            models.Index(
                fields=["repeat_of_external_id"],
                name="incident_awaited_repeat",
                condition=Q(repeat_of_external_id__isnull=False),
            ),
            models.Index(
                fields=["recovered_at"],
                name="incident_validated_and_open",
                condition=Q(
                    recovered_at__isnull=False,
                    closed_at__isnull=True,
                    ended_without_close=False,
                    history=False,
                ),
            ),
            models.Index(fields=["id"], name="incident_restricted", condition=Q(restricted=True)),
            GinIndex(fields=["search"], name="incident_search"),
            GinIndex(fields=["likeness"], name="incident_likeness"),
            GistIndex(fields=["title"], name="incident_title_trigrams", opclasses=["gist_trgm_ops"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="incident_severity_is_known", condition=Q(severity__in=Severity.keys())
            ),
            models.CheckConstraint(
                name="incident_highest_severity_is_known", condition=Q(highest_severity__in=Severity.keys())
            ),
            models.CheckConstraint(
                name="incident_requirement_is_known",
                condition=Q(requirement_level__in=["", *RequirementLevel.keys()]),
            ),
            models.CheckConstraint(
                name="closed_incident_has_a_requirement",
                condition=Q(closed_at__isnull=True, ended_without_close=False) | ~Q(requirement_level=""),
            ),
            models.CheckConstraint(
                name="ended_without_close_has_no_close",
                condition=Q(ended_without_close=False) | Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(name="incident_has_a_title", condition=~Q(title="")),
            models.CheckConstraint(
                name="status_updates_are_minutes_apart",
                condition=Q(critical_update_minutes__gt=0, high_update_minutes__gt=0),
            ),
            models.CheckConstraint(
                name="incident_does_not_repeat_itself",
                condition=Q(repeat_of__isnull=True) | ~Q(repeat_of=F("id")),
            ),
            models.CheckConstraint(
                name="a_known_repeat_is_a_repeat", condition=Q(repeat_of__isnull=True) | Q(is_repeat=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    def get_absolute_url(self) -> str:
        return f"/incidents/{self.reference}/"

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None or self.ended_without_close

    @property
    def live_until(self) -> datetime | None:
        """What was entered later is after the fact. None while it runs, and where its close was not captured."""
        return live_until(self.closed_at, self.close_logged_at)

    @property
    def severity_label(self) -> str:
        return Severity(self.severity).label


class IncidentService(models.Model):
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="affected_services")
    service = models.ForeignKey(Service, models.PROTECT, related_name="affected_in")
    owner = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The owner as the record names it.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "service"], name="service_is_affected_once")
        ]


class IncidentAccess(models.Model):
    """Who may know of a restricted incident, and why: held a role, owns a service, attends, was let in."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="access")
    person = models.ForeignKey(Person, models.PROTECT, related_name="incident_access")
    why = models.CharField(max_length=40)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "incident", "why"], name="access_is_given_once")
        ]


class SeverityChange(models.Model):
    """The history of the severity. `never_was` corrects: the severity left behind never truly held."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="severity_changes")
    severity = models.CharField(max_length=10, choices=Severity.choices())
    highest_severity = models.CharField(max_length=10, choices=Severity.choices())
    at = models.DateTimeField()
    logged_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    never_was = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "id"]


class RequirementDecision(models.Model):
    """One answer to "is an After Action required?", with all that it was decided from. Every one is kept."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="requirement_decisions")
    level = models.CharField(max_length=20, choices=RequirementLevel.choices())
    rule = models.PositiveSmallIntegerField()
    reason = models.TextField()
    inputs = models.JSONField()
    decided_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    lowering_confirmed = models.BooleanField(
        default=False, help_text="The MIM's manager confirmed that it never was mandatory."
    )

    class Meta:
        ordering = ["id"]


class Reopening(models.Model):
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="reopenings")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    closed_at_before = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]


class Handover(models.Model):
    """Command, chair, draft and obligations passed to the next MIM in one step."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="handovers")
    at = models.DateTimeField()
    from_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    to_person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]


class RepeatDecision(models.Model):
    """Whether the incident repeats an earlier one: confirmed or dismissed, by whom, why."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="repeat_decisions")
    repeat_of = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+")
    is_repeat = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]


def highest(first: str, second: str) -> str:
    """The graver of two severities."""
    return min(Severity(first), Severity(second), key=lambda severity: severity.rank).value
