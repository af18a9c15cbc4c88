"""What the web shell itself keeps: answers to calls that may be sent again."""

from django.db import models

from majorops.people.models import Person


class KeptAnswer(models.Model):
    """The answer to a call with an Idempotency-Key, written in the transaction of the call."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    call = models.CharField(max_length=400, help_text="Method and path.")
    request_sha256 = models.CharField(max_length=64, help_text="Of the query and the body.")
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(help_text="JSON, its keys in the order in which they were answered.")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key", "call"], name="call_is_answered_once_for_a_key")
        ]
        indexes = [models.Index(fields=["made_at"], name="kept_answer_by_age")]
