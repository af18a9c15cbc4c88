"""Who held which role, and the recovery tracks."""

from django.db import models
from django.db.models import F, Q

from incidents.models.incident import Service
from incidents.models.record import Entry
from incidents.vocabulary import CommandRole
from majorops.people.models import Person


class CommandAssignment(Entry):
    role = models.CharField(max_length=30, choices=CommandRole.choices())
    person = models.ForeignKey(Person, models.PROTECT, related_name="command_assignments")
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["from_at", "id"]
        indexes = [models.Index(fields=["incident", "role", "from_at"], name="command_of_incident")]
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_it_begins",
                condition=Q(until_at__isnull=True) | Q(from_at__isnull=True) | Q(until_at__gte=F("from_at")),
            )
        ]


class RecoveryTrack(Entry):
    name = models.CharField(max_length=300)
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="tracks")
    service_name = models.CharField(max_length=200, null=True, blank=True)
    lead = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="tracks_led")
    opened_at = models.DateTimeField(null=True)
    lead_assigned_at = models.DateTimeField(null=True, blank=True)
    first_action_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(null=True, blank=True)

    class Meta:
        ordering = ["opened_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="track_closes_after_it_opens",
                condition=Q(closed_at__isnull=True)
                | Q(opened_at__isnull=True)
                | Q(closed_at__gte=F("opened_at")),
            )
        ]


class TrackMember(models.Model):
    """An SME on a recovery track."""

    track = models.ForeignKey(RecoveryTrack, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="tracks_worked")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["track", "person"], name="member_is_on_a_track_once")]
