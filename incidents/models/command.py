"""Who held which role, and the recovery tracks."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from incidents.models.entries import Entry
from incidents.models.incident import LEADS_A_TRACK, Incident, IncidentAccess, Service
from incidents.vocabulary import CommandRole
from majorops.people.models import Person


class CommandAssignmentQuerySet(models.QuerySet["CommandAssignment"]):
    def carrying_rights(self) -> Self:
        """Those that count when somebody's rights are asked for: neither corrected, nor recorded after the close and
        not confirmed."""
        return self.filter(
            Q(needs_confirmation=False) | Q(confirmation__isnull=False), corrections__isnull=True
        )


class CommandAssignment(Entry):
    """`needs_confirmation`: recorded after the close, or a correction. It carries no right until it is confirmed."""

    role = models.CharField(max_length=30, choices=CommandRole.choices())
    person = models.ForeignKey(Person, models.PROTECT, related_name="command_assignments")
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True, blank=True)
    needs_confirmation = models.BooleanField(default=False, db_default=False)

    objects = CommandAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["from_at", "id"]
        indexes = [models.Index(fields=["incident", "role", "from_at"], name="command_of_incident")]
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_it_begins",
                condition=Q(until_at__isnull=True) | Q(from_at__isnull=True) | Q(until_at__gte=F("from_at")),
            )
        ]

    @property
    def awaits_confirmation(self) -> bool:
        """Whether it carries no right as long as nobody confirms it. A record at hand is asked, else the database."""
        if not self.needs_confirmation:
            return False
        record = self.incident.__dict__.get("_prefetched_objects_cache", {})
        if "role_confirmations" in record:
            return all(one.assignment_id != self.pk for one in record["role_confirmations"])
        return not RoleConfirmation.objects.filter(assignment=self).exists()


class RoleConfirmation(models.Model):
    """The MIM or the owner of the After Action confirmed a role that was recorded or corrected after the close."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="role_confirmations")
    assignment = models.OneToOneField(CommandAssignment, models.PROTECT, related_name="confirmation")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]


class RecoveryTrackQuerySet(models.QuerySet["RecoveryTrack"]):
    def carrying_rights(self) -> Self:
        """Those whose lead counts when somebody's rights are asked for: neither corrected, nor recorded after the close
        by somebody who may not confirm it, which lets nobody in. What was imported stands as it came."""
        named = Q(person=OuterRef("lead")) | Q(person=OuterRef("lead__account"))
        let_in = IncidentAccess.objects.filter(named, incident=OuterRef("incident"), why=LEADS_A_TRACK)
        return self.filter(Q(logged_at=None) | Exists(let_in), corrections__isnull=True)


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

    objects = RecoveryTrackQuerySet.as_manager()

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
