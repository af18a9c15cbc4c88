"""Who changed what, from what, to what, and when. Append-only in the database (migration 0002)."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from majorops.audit.roads import Road
from majorops.people.models import Person


class AuditEntry(models.Model):
    """One change. `subject_type`/`subject_id` is the row that changed; `scope` the reference of the object whose
    visibility decides who may read the entry (an incident's reference, or empty for the organisation's own rows)."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", help_text="Empty: the system."
    )
    verb = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=300, blank=True)
    scope = models.CharField(max_length=40, blank=True)
    changes = models.JSONField(default=dict, help_text="Field to [from, to].")
    reason = models.TextField(blank=True)
    road = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        choices=Road.choices(),
        help_text="How it came in. Empty: written before that was kept.",
    )

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["scope", "-id"], name="audit_by_scope"),
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_by_subject"),
            BrinIndex(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}"


class AuditSeal(models.Model):
    """The chain over the audit: each seal's HMAC covers its entry and the seal before it. Written by one sealer."""

    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="seal")
    hmac = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
