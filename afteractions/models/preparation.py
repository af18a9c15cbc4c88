"""What feeds and prepares the review: what its responders said at the close."""

from django.db import models
from django.db.models import Q

from afteractions.models.after_action import AfterAction
from majorops.people.models import Person


class CloseOutAnswer(models.Model):
    """What one responder said at the close of the bridge, in a line each. The latest row of a person stands; those
    before it are kept. Append-only."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="close_out_answers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    worked = models.TextField(blank=True)
    slowed = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["after_action", "person", "-id"], name="close_out_of_a_person")]
        constraints = [
            models.CheckConstraint(name="a_close_out_says_something", condition=~Q(worked="") | ~Q(slowed=""))
        ]
