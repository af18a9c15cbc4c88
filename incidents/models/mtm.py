"""Major Technical Meetings: held while a long Critical incident runs."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, GeneratedField, Q

from incidents.models.entries import Entry
from incidents.models.incident import Incident
from incidents.vocabulary import MtmActionStatus, MtmReview, Severity
from majorops.people.models import Person
from majorops.searching import EveryText, Searched, Words


class Mtm(Entry):
    """`notes` holds a text for each point of the seed's agenda, under the keys of the exchange format."""

    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attendees = models.ManyToManyField(Person, through="MtmAttendance", related_name="mtms_attended")
    notes = models.JSONField(default=dict)
    severity_confirmed = models.CharField(max_length=10, choices=Severity.choices(), null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    stood_down = models.BooleanField(default=False, help_text="No further meeting is needed.")
    cadence_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    search = GeneratedField(
        expression=Words(EveryText("notes")),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = Searched()

    class Meta:
        ordering = ["number", "id"]
        indexes = [GinIndex(fields=["search"], name="mtm_search")]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "number"],
                name="mtm_number_is_used_once",
                condition=Q(corrects__isnull=True),
            ),
            models.CheckConstraint(
                name="mtm_ends_after_it_starts",
                condition=Q(ended_at__isnull=True)
                | Q(started_at__isnull=True)
                | Q(ended_at__gte=F("started_at")),
            ),
        ]

    def get_absolute_url(self) -> str:
        return f"{self.incident.get_absolute_url()}mtms/{self.number}/"


class MtmAttendance(models.Model):
    mtm = models.ForeignKey(Mtm, models.PROTECT, related_name="attendance")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["mtm", "person"], name="person_attends_an_mtm_once")]


class MtmAction(models.Model):
    mtm = models.ForeignKey(Mtm, models.PROTECT, related_name="actions")
    title = models.TextField()
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="mtm_actions")
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=MtmActionStatus.choices(), default=MtmActionStatus.OPEN)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]


class MtmActionReview(models.Model):
    """What a later meeting said of an action; of several by one meeting the last holds."""

    action = models.ForeignKey(MtmAction, models.PROTECT, related_name="reviews")
    mtm = models.ForeignKey(Mtm, models.PROTECT, related_name="reviews")
    outcome = models.CharField(max_length=10, choices=MtmReview.choices())
    word = models.TextField(blank=True, help_text="Why it is dropped, or what holds it up.")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="an_mtm_action_is_dropped_with_a_word",
                condition=~Q(outcome=MtmReview.DROPPED) | ~Q(word=""),
            )
        ]


class MtmSummary(models.Model):
    """The summary that the MIM publishes immediately after. Apart from the record: it may come after the close."""

    mtm = models.OneToOneField(Mtm, models.PROTECT, related_name="summary")
    text = models.TextField()
    published_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    sent_to = models.JSONField(default=list, help_text="The names of those whom it went to.")


class MtmDecision(models.Model):
    """The recorded decision that a long Critical incident needs no MTM."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="mtm_decisions")
    at = models.DateTimeField()
    logged_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField()

    class Meta:
        ordering = ["at", "id"]
