"""What the rules say of a closed incident, kept so that thousands of them can be counted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from incidents.models.incident import Incident
from incidents.vocabulary import Severity


class IncidentFigures(models.Model):
    """The metrics and gaps of one closed incident, as the rules answer for its record; written anew in the transaction
    of each change to the record (incidents.operations.figures), gone while it is reopened.

    `at` is the close, or where it was not captured the instant that the incident is listed by. The metrics are whole
    seconds, empty where not captured. `gaps` holds the kind of each gap, as often as there is one."""

    incident = models.OneToOneField(Incident, models.PROTECT, primary_key=True, related_name="figures")
    at = models.DateTimeField()
    severity = models.CharField(max_length=10, choices=Severity.choices())
    is_repeat = models.BooleanField()
    time_to_detect = models.BigIntegerField(null=True)
    time_to_declare = models.BigIntegerField(null=True)
    time_to_mitigate = models.BigIntegerField(null=True)
    time_to_resolve = models.BigIntegerField(null=True)
    gaps = ArrayField(models.CharField(max_length=40))

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-incident"], name="figures_by_instant")]
