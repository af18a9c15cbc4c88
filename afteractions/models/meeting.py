"""The meeting and who attends it."""

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, GeneratedField, Q

from afteractions.models.after_action import AfterAction
from afteractions.vocabulary import AttendeeRequirement, InvitationResponse, MeetingQuestion
from majorops.people.models import Person
from majorops.searching import Searched, Words


def calendar_uid() -> str:
    return f"{uuid.uuid4()}@majorops"


class Meeting(models.Model):
    """One round: the first meeting, or a further one after a meeting that did not agree. A move keeps the round and
    its calendar UID and raises the sequence (RFC 5546)."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="meetings")
    round = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    location = models.CharField(max_length=500, blank=True)
    uid = models.CharField(max_length=100, default=calendar_uid, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    time_sequence = models.PositiveIntegerField(
        default=0,
        help_text="The sequence since which it is at this time: answers to an earlier one count no more.",
    )
    organizer = models.CharField(
        max_length=254, blank=True, help_text="The address that every invitation of this UID comes from."
    )
    scheduled_at = models.DateTimeField()
    scheduled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    breach_reason = models.TextField(
        blank=True, help_text="Why it is held past the deadline, said when choosing."
    )
    held_from = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)
    held_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    agreed = models.BooleanField(null=True)
    override_reason = models.TextField(blank=True)
    notes = models.TextField(blank=True)

    class Meta:
        ordering = ["after_action", "round"]
        constraints = [
            models.UniqueConstraint(fields=["after_action", "round"], name="a_round_meets_once"),
            models.UniqueConstraint(
                fields=["after_action"], name="one_meeting_is_ahead", condition=Q(held_until__isnull=True)
            ),
            models.CheckConstraint(
                name="meeting_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="a_held_meeting_says_whether_it_agreed",
                condition=Q(held_until__isnull=True, agreed__isnull=True)
                | Q(
                    held_until__isnull=False,
                    held_from__isnull=False,
                    agreed__isnull=False,
                    held_until__gte=F("held_from"),
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["starts_at"], name="meeting_ahead", condition=Q(held_until__isnull=True))
        ]


class MeetingMove(models.Model):
    """One reschedule, with its reason. `counts`: whether it counts toward the Pre-Scheduled Cancel."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="moves")
    from_starts_at = models.DateTimeField()
    to_starts_at = models.DateTimeField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField()
    counts = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]


class MeetingDecision(models.Model):
    """A decision taken in the meeting, captured as it is made."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    search = GeneratedField(
        expression=Words("text"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = Searched()

    class Meta:
        ordering = ["id"]
        indexes = [GinIndex(fields=["search"], name="decision_search")]


class Attendee(models.Model):
    """Somebody proposed for the meeting, with the reason; the MIM decides who is included."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="attendees")
    person = models.ForeignKey(Person, models.PROTECT, related_name="attendances")
    requirement = models.CharField(max_length=12, choices=AttendeeRequirement.choices())
    roles = models.JSONField(default=list, help_text="The words of the roles that the record gives.")
    reason = models.TextField(blank=True)
    fills = models.CharField(
        max_length=250,
        blank=True,
        help_text="The required seat that this person takes, as the rule names it.",
    )
    included = models.BooleanField(default=True)
    decided_reason = models.TextField(blank=True, help_text="Why the MIM added or removed this person.")
    response = models.CharField(
        max_length=10, choices=InvitationResponse.choices(), default=InvitationResponse.NONE
    )
    responded_at = models.DateTimeField(null=True)
    is_here = models.BooleanField(
        null=True, help_text="As the chair ticks while the meeting goes on; its end makes it an Attendance."
    )
    bring = models.TextField(blank=True)
    bring_by = models.DateField(null=True)
    added_at = models.DateTimeField()
    questions_answered = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="Which questions after which round were answered; what was answered stands nowhere beside it.",
    )

    class Meta:
        ordering = ["requirement", "id"]
        constraints = [
            models.UniqueConstraint(fields=["after_action", "person"], name="person_attends_once"),
            models.CheckConstraint(
                name="removing_a_required_attendee_takes_a_reason",
                condition=Q(included=True)
                | ~Q(requirement=AttendeeRequirement.REQUIRED)
                | ~Q(decided_reason=""),
            ),
        ]


class Attendance(models.Model):
    """Who was present at one round of the meeting."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="attendance")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    present = models.BooleanField()
    had_read = models.BooleanField(
        default=False, help_text="Whether the draft had been acknowledged at the start."
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="presence_is_noted_once")]


class QuestionTally(models.Model):
    """How many said yes and no to one of the questions after a meeting. `shown_yes` of `shown` answers is what anybody
    is shown, which moves on by three answers at once: of the next one alone somebody could tell whose it was."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="tallies")
    question = models.CharField(max_length=20, choices=MeetingQuestion.choices())
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)
    shown_yes = models.PositiveIntegerField(default=0)
    shown = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "question"], name="a_question_has_one_tally")
        ]


class GuestLink(models.Model):
    """A signed, expiring, revocable link for an external person to the one draft. The link itself is not kept."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="guest_links")
    person = models.ForeignKey(Person, models.PROTECT, related_name="guest_links")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
