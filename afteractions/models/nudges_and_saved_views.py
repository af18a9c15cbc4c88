"""What those keep who watch over deadlines: nudges, and the filters they come back to."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from afteractions.models.obligation import Obligation
from majorops.people.models import Person
from majorops.references import new_reference


class Nudge(models.Model):
    """Somebody asked for a deadline to be met: who, when, with which word. Kept for good."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="nudges")
    at = models.DateTimeField()
    day = models.DateField(help_text="The day of `at` in UTC.")
    by = models.ForeignKey(Person, models.PROTECT, related_name="nudges_sent")
    to = models.ForeignKey(
        Person,
        models.PROTECT,
        null=True,
        related_name="nudges_received",
        help_text="Who must meet the deadline; nobody while it is a group's.",
    )
    word = models.CharField(max_length=1000, blank=True, db_default="")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["obligation", "day"], name="a_deadline_is_nudged_once_a_day")
        ]


def view_reference() -> str:
    return new_reference("VIEW")


class SavedView(models.Model):
    """Filters of the overdue dashboard under a name, as they stand in its address."""

    reference = models.CharField(max_length=20, unique=True, default=view_reference, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    filters = models.CharField(max_length=400, blank=True, help_text="What follows the ? of the address.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint("person", Lower("name"), name="a_view_has_a_name_of_its_own"),
            models.CheckConstraint(name="a_view_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/overdue/views/{self.reference}/"
