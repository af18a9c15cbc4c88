"""Vendors, their contracts known before the incident, and their engagement on one."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from incidents.models.entries import Entry
from incidents.models.incident import Incident
from incidents.models.names import is_double, name_is_one
from majorops.people.models import Person
from majorops.searching import Folded, Words


class Vendor(models.Model):
    """A vendor and its contract."""

    name = models.CharField(max_length=200, unique=True)
    response_sla_minutes = models.PositiveIntegerField(null=True, blank=True)
    rca_term_days = models.PositiveSmallIntegerField(null=True, blank=True)
    representative = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    escalation_contact = models.TextField(blank=True)
    service_manager = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="vendors_managed"
    )

    taken_in = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Kept by a Service Manager, and not only named by an incident.",
    )
    version = models.PositiveIntegerField(default=1)
    is_double = is_double()

    class Meta:
        ordering = ["name"]
        constraints = [name_is_one("vendor")]
        indexes = [
            GinIndex(OpClass(Folded("name"), "gin_trgm_ops"), name="vendor_folded_trigrams"),
            GinIndex(Words("name"), name="vendor_words"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/vendors/{self.pk}/"

    @property
    def is_recorded(self) -> bool:
        """Whether a closed record speaks of it: its name then stays (migration 0015)."""
        return Incident.objects.closed().filter(vendorengagements__vendor=self).exists()


class VendorEngagement(Entry):
    vendor = models.ForeignKey(Vendor, models.PROTECT, related_name="engagements")
    service_name = models.CharField(max_length=300, null=True, blank=True)
    engaged_at = models.DateTimeField(null=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    response_sla_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="As stated at the time."
    )
    effect = models.TextField(null=True, blank=True)
    root_cause_related = models.BooleanField(null=True, blank=True)
    rca_status = models.CharField(max_length=200, null=True, blank=True)
    rca_follow_up_on = models.DateField(null=True, blank=True)
    has_rca = models.BooleanField(default=False, help_text="Whether the record says anything of an RCA.")

    class Meta:
        ordering = ["engaged_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="vendor_responds_after_it_is_engaged",
                condition=Q(responded_at__isnull=True)
                | Q(engaged_at__isnull=True)
                | Q(responded_at__gte=F("engaged_at")),
            )
        ]
