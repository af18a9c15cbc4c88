"""What is to be told to whom, kept until it was: the outbox and the inbox are one table."""

from datetime import datetime, time, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from majorops.notices.vocabulary import Channel, Wanted
from majorops.people.models import Person


class NoticeQuerySet(models.QuerySet["Notice"]):
    def inbox_of(self, person: Person) -> Self:
        return self.filter(recipient=person, channel=Channel.INBOX).order_by("-id")

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def waiting(self, at: datetime) -> Self:
        """What may be leased for sending at `at`."""
        return self.filter(
            sent_at__isnull=True,
            set_aside_at__isnull=True,
            withheld=False,
            collected=False,
            next_try_at__lte=at,
        )


class Notice(models.Model):
    """One message to one recipient over one channel. Written in the transaction of its cause; leased, sent, marked.

    (about_type, about_id, due_at, step, recipient, address, channel) is unique: the same thing is said once, and a
    moved deadline, being another due instant, is said anew.
    """

    about_type = models.CharField(
        max_length=40, help_text="What kind of object the notice is about, e.g. obligation."
    )
    about_id = models.BigIntegerField()
    due_at = models.DateTimeField(null=True, help_text="The due instant that the notice speaks of.")
    step = models.CharField(
        max_length=60, help_text="Which of the object's notices this is, e.g. warn:4h or breach."
    )
    recipient = models.ForeignKey(Person, models.PROTECT, null=True, related_name="notices")
    address = models.EmailField(blank=True, help_text="For a recipient who has no account.")
    channel = models.CharField(max_length=20, choices=Channel.choices())

    subject = models.CharField(max_length=300)
    text = models.TextField()
    url = models.CharField(
        max_length=500,
        blank=True,
        help_text="The path of the one place to act; of a path that is a key, whose it is (delivery.places).",
    )
    thread = models.CharField(
        max_length=60, blank=True, help_text="Notices of one thread are shown together by mail readers."
    )
    collected = models.BooleanField(
        default=False, help_text="Not sent by itself: it waits for the recipient's daily digest."
    )
    digest = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="items", help_text="The digest that tells it."
    )
    calendar = models.TextField(blank=True, help_text="An iCalendar part (RFC 5545).")
    calendar_method = models.CharField(max_length=20, blank=True)
    scope = models.CharField(
        max_length=40, blank=True, help_text="The reference whose visibility is checked at sending."
    )
    masked_text = models.TextField(
        blank=True, help_text="What someone who may not see the scope is told instead."
    )
    muteable = models.BooleanField(default=True)
    late = models.BooleanField(default=False, help_text="Made later than it should have been, and says so.")

    message_id = models.CharField(max_length=200, unique=True)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_by = models.CharField(max_length=40, blank=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    set_aside_at = models.DateTimeField(null=True)
    withheld = models.BooleanField(
        default=False,
        help_text="Not sent: the recipient may no longer see it, or what it says no longer holds.",
    )
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["about_type", "about_id", "due_at", "step", "recipient", "address", "channel"],
                name="a_thing_is_said_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="only_what_is_collected_is_in_a_digest",
                condition=Q(digest__isnull=True) | Q(collected=True, channel="mail"),
            ),
            models.CheckConstraint(
                name="notice_has_a_recipient", condition=Q(recipient__isnull=False) | ~Q(address="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="notice_waiting",
                condition=Q(sent_at__isnull=True, set_aside_at__isnull=True, withheld=False, collected=False),
            ),
            models.Index(
                fields=["recipient", "next_try_at"],
                name="notice_for_a_digest",
                condition=Q(collected=True, digest__isnull=True, sent_at__isnull=True, withheld=False),
            ),
            models.Index(fields=["digest"], name="notice_of_a_digest", condition=Q(digest__isnull=False)),
            models.Index(fields=["recipient", "-id"], name="notice_inbox", condition=Q(channel="inbox")),
            models.Index(
                fields=["recipient"], name="notice_unread", condition=Q(channel="inbox", read_at__isnull=True)
            ),
            models.Index(
                fields=["set_aside_at"], name="notice_set_aside", condition=Q(set_aside_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Preference(models.Model):
    """How one person wants to be told. Without a row: everything by mail at once, nothing by chat, at any hour.

    Escalations and invitations are not held back by any of it."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="preference")
    mail = models.CharField(max_length=20, choices=Wanted.choices(), default=Wanted.AT_ONCE)
    digest_at = models.TimeField(default=time(8), help_text="Local time of the daily digest.")
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    chat_url = models.CharField(
        max_length=500,
        blank=True,
        help_text="Where chat messages go; it holds a key, and is not shown again.",
    )
    changed_at = models.DateTimeField()
    looked_at = models.DateTimeField(
        null=True, help_text="When it was last asked what the daily digest has to tell."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="mail_is_wanted_in_a_known_way", condition=Q(mail__in=Wanted.keys())),
            models.CheckConstraint(
                name="quiet_hours_have_a_beginning_and_an_end",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"How {self.person} is told"


# Beat nudges every ten seconds, the keeper every thirty.
STALLED_AFTER = timedelta(minutes=2)


class Heartbeat(models.Model):
    """When what must keep going last went round."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)

    @staticmethod
    def keep(name: str, *, now: datetime, note: str) -> None:
        """`name` went round at `now`: one statement."""
        Heartbeat.objects.bulk_create(
            [Heartbeat(name=name, beat_at=now, note=note)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["beat_at", "note"],
        )
