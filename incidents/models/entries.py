"""The entries of the record. `at` is when it happened, `logged_at` when it was entered (empty: the import did not
say). An entry is after the fact when coalesce(logged_at, at) lies after the close; the time of an import never counts.
Once the incident is closed the database takes only entries after the fact, and changes none (migration 0002); while it
runs it lets an event be corrected in place for ten minutes, and keeps what it said (`earlier`)."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import GeneratedField

from incidents.models.incident import Incident
from incidents.vocabulary import Audience, EventKind, ImpactField, MilestoneKind, Phase
from majorops.people.models import Person
from majorops.searching import Searched, Words


class Entry(models.Model):
    """What every entry of the record has. `corrects` refers to the entry that this one sets right."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="%(class)ss")
    logged_at = models.DateTimeField(null=True)
    logged_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    corrects_id: int | None

    class Meta:
        abstract = True


class Milestone(Entry):
    kind = models.CharField(max_length=30, choices=MilestoneKind.choices())
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["incident", "kind", "at"], name="milestone_of_incident")]


class ImpactStatement(Entry):
    """One field of alert info, said at an instant. The latest one holds."""

    field = models.CharField(max_length=30, choices=ImpactField.choices())
    value = models.JSONField(null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["incident", "field", "-id"], name="statement_of_incident")]


class PhaseEntry(Entry):
    phase = models.CharField(max_length=20, choices=Phase.choices())
    entered_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["entered_at", "id"]
        indexes = [models.Index(fields=["incident", "entered_at"], name="phase_of_incident")]


class TimelineEvent(Entry):
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=EventKind.choices())
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    text = models.TextField()
    evidence_url = models.CharField(max_length=1000, null=True, blank=True)
    # What it said before its writer corrected it in place, oldest first: kind, text, evidence_url, at, `until`.
    earlier = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))
    search = GeneratedField(
        expression=Words("text"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = Searched()

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["incident", "at", "id"], name="event_of_incident"),
            GinIndex(fields=["search"], name="event_search"),
        ]
        constraints = [models.CheckConstraint(name="event_says_something", condition=~models.Q(text=""))]


class StatusUpdate(Entry):
    sent_at = models.DateTimeField()
    audience = models.CharField(max_length=10, choices=Audience.choices())
    channel = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [models.Index(fields=["incident", "sent_at"], name="update_of_incident")]
