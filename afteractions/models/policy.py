"""The policy of enforcement and the organisation's own closing days, each change a row that is never changed."""

from django.db import models
from django.db.models import Q

from afteractions.vocabulary import PolicyChange
from majorops.people.models import Person


class PolicyVersion(models.Model):
    """The policy as it stood from `at` on, until the next number. What an obligation was computed under is a number
    of these; 0 is what the product was delivered with. Append-only."""

    number = models.PositiveIntegerField(unique=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", help_text="Empty: the system."
    )
    kind = models.CharField(max_length=12, choices=PolicyChange.choices())
    what = models.CharField(max_length=300, help_text="What changed, as a clause that follows “because”.")
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=list, help_text="Rows of field, before, now, in words.")
    rules = models.JSONField(help_text="The whole policy: warnings, ladder, reminders.")
    holidays = models.CharField(
        max_length=20, help_text="The country or region whose public holidays are free."
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="policy_change_is_known", condition=Q(kind__in=PolicyChange.keys()) & ~Q(what="")
            ),
            models.CheckConstraint(
                name="a_new_policy_says_who_and_why",
                condition=~Q(kind=PolicyChange.POLICY) | Q(by__isnull=False) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"Policy {self.number}"


class ClosingDay(models.Model):
    """A day on which the organisation is closed, or (`is_closed` false) is open after all. Who and when stand with
    `version`; the latest row of a day counts. Append-only."""

    version = models.OneToOneField(PolicyVersion, models.PROTECT, related_name="closing_day")
    day = models.DateField()
    name = models.CharField(max_length=120)
    is_closed = models.BooleanField(default=True)

    class Meta:
        ordering = ["day", "version"]
        constraints = [
            models.CheckConstraint(name="a_closing_day_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"
