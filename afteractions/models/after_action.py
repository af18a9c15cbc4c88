"""The After Action: requirement met or not yet, status, owner, and every transition."""

from datetime import UTC, datetime
from typing import Self

from django.db import models
from django.db.models import Exists, GeneratedField, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from afteractions.vocabulary import AntiPattern, Decision, MessageStage, MessageStatus, Status
from incidents.models import CommandAssignment, Incident
from incidents.vocabulary import CommandRole
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.references import new_reference

# Neither skipped nor lapsed nor declined, and not of the past: what the board shows.
IS_FOLLOWED = ~Q(decision=Decision.SKIP.value) & (Q(history=False) | Q(started_at__isnull=False))
NO_DEADLINE = datetime(9999, 1, 1, tzinfo=UTC)


def after_action_reference() -> str:
    return new_reference("AA")


class AfterActionQuerySet(models.QuerySet["AfterAction"]):
    def visible_to(self, person: Person) -> Self:
        """An After Action is as visible as its incident."""
        return self.filter(incident__in=Incident.objects.visible_to(person))

    def with_readable_draft(self, person: Person) -> Self:
        """Those whose draft the person may read (domain.md, The Learning Review): one that is out everybody who sees
        it; one that was never distributed the owner, the MIM, the Technical Recovery Lead, those let in to write it,
        Auditors and administrators. Asks nothing of what they may see."""
        if person.is_in(GroupName.AUDITOR) or person.is_administrator:
            return self
        me = Person.objects.filter(Q(pk=person.pk) | Q(account=person.pk)).values("pk")
        leads = CommandAssignment.objects.carrying_rights().filter(
            role=CommandRole.TECHNICAL_RECOVERY_LEAD, person__in=me, incident=OuterRef("incident")
        )
        writes = self.model.editors.through.objects.filter(afteraction=OuterRef("pk"), person=person)
        reads = Q(first_distributed_at__isnull=False) | Q(owner__in=me) | Q(incident__mim__in=me)
        reads |= Q(Exists(writes)) | Q(Exists(leads))
        if person.is_in(GroupName.MIM):
            # Without a MIM who can sign in, the group plays the MIM.
            mim = "incident__mim__"
            reads |= Q(incident__mim__isnull=True) | Q(**{f"{mim}is_active": False})
            reads |= Q(**{f"{mim}contact_key__isnull": False, f"{mim}account__isnull": True})
        return self.filter(reads)

    def going_on(self) -> Self:
        """Neither skipped nor lapsed nor declined."""
        return self.exclude(decision=Decision.SKIP)

    def followed(self) -> Self:
        """Going on, and not of the past unless somebody started it."""
        return self.filter(IS_FOLLOWED)

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)


class AfterAction(models.Model):
    """One for an incident. It is there from the moment that the requirement says more than "not required", or
    somebody asks for it; `decision` tells whether it is held. `clock_from` is the instant its deadlines count from:
    the close, a later decision upward, the import of an incident long closed, or the start of one from history."""

    reference = models.CharField(max_length=20, unique=True, default=after_action_reference, editable=False)
    incident = models.OneToOneField(Incident, models.PROTECT, related_name="after_action")
    status = models.CharField(max_length=10, choices=Status.choices(), default=Status.DRAFT)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    clock_from = models.DateTimeField(null=True)
    history = models.BooleanField(
        default=False, help_text="Deadlines are shown, nobody is told, until it is started."
    )
    started_at = models.DateTimeField(
        null=True, help_text="When somebody started the process of one from history."
    )

    decision = models.CharField(max_length=10, choices=Decision.choices(), blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decision_reason = models.TextField(blank=True)
    lapsed = models.BooleanField(default=False, help_text="Skipped because nobody decided in time.")
    requested_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    request_reason = models.TextField(blank=True)

    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="after_actions_owned")
    owner_confirmed_at = models.DateTimeField(null=True)
    internal_liaison = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="after_actions_liaised"
    )
    editors = models.ManyToManyField(Person, related_name="after_actions_edited", blank=True)
    stakeholders = models.ManyToManyField(Person, related_name="after_actions_followed", blank=True)

    first_distributed_at = models.DateTimeField(null=True)
    distributed_at = models.DateTimeField(null=True, help_text="When the review was last put In Review.")
    reviewed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    external_messages_answered_at = models.DateTimeField(null=True)

    next_due_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="The earliest open obligation, action items aside; reconciled with the obligations.",
    )
    due_order = GeneratedField(
        expression=Coalesce("next_due_at", Value(NO_DEADLINE)),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    objects = AfterActionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(
                fields=["status", "due_order", "id"], name="after_action_due_by_status", condition=IS_FOLLOWED
            ),
            models.Index(fields=["due_order", "id"], name="after_action_due", condition=IS_FOLLOWED),
            models.Index(
                fields=["-closed_at", "-id"],
                name="after_action_closed",
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(fields=["status", "-created_at", "-id"], name="after_action_by_status"),
            models.Index(
                fields=["-published_at", "-id"],
                name="after_action_published",
                condition=Q(published_at__isnull=False),
            ),
            models.Index(fields=["-created_at", "-id"], name="after_action_listed"),
        ]
        constraints = [
            models.CheckConstraint(
                name="after_action_status_is_known", condition=Q(status__in=Status.keys())
            ),
            models.CheckConstraint(
                name="status_fits_its_instants",
                condition=Q(
                    status=Status.DRAFT,
                    reviewed_at__isnull=True,
                    published_at__isnull=True,
                    closed_at__isnull=True,
                )
                | Q(
                    status=Status.IN_REVIEW,
                    distributed_at__isnull=False,
                    first_distributed_at__isnull=False,
                    reviewed_at__isnull=True,
                    published_at__isnull=True,
                    closed_at__isnull=True,
                )
                | Q(
                    status=Status.REVIEWED,
                    distributed_at__isnull=False,
                    reviewed_at__isnull=False,
                    external_messages_answered_at__isnull=False,
                    closed_at__isnull=True,
                )
                | Q(
                    status=Status.CLOSED,
                    reviewed_at__isnull=False,
                    published_at__isnull=False,
                    closed_at__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="a_decision_has_its_instant",
                condition=Q(decision="", decided_at__isnull=True)
                | Q(decision__in=Decision.keys(), decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_skipped_one_stays_a_draft",
                condition=~Q(decision=Decision.SKIP) | Q(status=Status.DRAFT),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.incident.title}"

    def get_absolute_url(self) -> str:
        return f"/after-actions/{self.reference}/"

    def draft_is_read_by(self, person: Person) -> bool:
        """The rule of `with_readable_draft`, for one at hand."""
        if self.first_distributed_at is not None:
            return True
        return AfterAction.objects.with_readable_draft(person).filter(pk=self.pk).exists()

    @property
    def status_label(self) -> str:
        return Status(self.status).label


class Transition(models.Model):
    """One change of status, kept for good."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="transitions")
    from_status = models.CharField(max_length=10, choices=Status.choices(), blank=True)
    to_status = models.CharField(max_length=10, choices=Status.choices())
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]


class StatusNote(models.Model):
    """What the stakeholders are told of a transition: prepared by the system, sent by the owner or the liaison."""

    transition = models.OneToOneField(Transition, models.PROTECT, related_name="status_note")
    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="status_notes")
    text = models.TextField()
    prepared_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    sent_to = models.JSONField(default=list, help_text="The names of those whom it went to.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="a_note_is_sent_to_somebody", condition=Q(sent_at__isnull=True) | ~Q(sent_to=[])
            )
        ]
        indexes = [
            models.Index(
                fields=["prepared_at", "id"], name="notes_to_send", condition=Q(sent_at__isnull=True)
            )
        ]


class ExternalMessage(models.Model):
    """A message that the Communications team prepares and sends. The text that goes out is approved by the owner or
    the MIM; what changes afterwards is not approved any more."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="external_messages")
    audience = models.CharField(max_length=200)
    channel = models.CharField(max_length=200, blank=True, help_text="How it is to go out.")
    text = models.TextField()
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=MessageStatus.choices(), default=MessageStatus.PLANNED)
    asked_at = models.DateTimeField(null=True, help_text="Since when it waits for its approval.")
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    returned_reason = models.TextField(blank=True, help_text="Why it was not approved as it stood.")
    sent_where = models.CharField(max_length=500, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="a_settled_message_has_its_instant",
                condition=Q(status=MessageStatus.PLANNED, settled_at__isnull=True)
                | Q(status__in=[MessageStatus.SENT, MessageStatus.WITHDRAWN], settled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="what_is_sent_was_approved",
                condition=~Q(status=MessageStatus.SENT) | Q(approved_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="messages_by_date")]

    def __str__(self) -> str:
        return f"the message to {self.audience}"

    def get_absolute_url(self) -> str:
        return f"{self.after_action.get_absolute_url()}messages/{self.pk}/"

    @property
    def stage(self) -> MessageStage:
        """How far it is."""
        match self.status:
            case MessageStatus.SENT:
                return MessageStage.SENT
            case MessageStatus.WITHDRAWN:
                return MessageStage.WITHDRAWN
        if self.approved_at is not None:
            return MessageStage.APPROVED
        return MessageStage.ASKED if self.asked_at is not None else MessageStage.PREPARING


class AntiPatternOccurrenceManager(models.Manager["AntiPatternOccurrence"]):
    def get_queryset(self) -> models.QuerySet["AntiPatternOccurrence"]:
        latest = AntiPatternEvidence.objects.filter(occurrence=models.OuterRef("pk")).order_by("-id")
        return super().get_queryset().annotate(grown=models.Subquery(latest.values("text")[:1]))


class AntiPatternOccurrence(models.Model):
    """An anti-pattern named when it occurred, by the system (`by` empty) or a person. Never deleted; what follows is
    added to its evidence, and `latest_evidence` says all of it."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="anti_patterns")
    kind = models.CharField(max_length=30, choices=AntiPattern.choices())
    named_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    evidence = models.TextField()
    key = models.CharField(max_length=100, help_text="What the system found; the same finding is kept once.")

    objects = AntiPatternOccurrenceManager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["after_action", "kind", "key"], name="an_occurrence_is_kept_once")
        ]
        indexes = [models.Index(fields=["-named_at", "-id"], name="occurrence_by_instant")]

    @property
    def latest_evidence(self) -> str:
        """The evidence with what followed since it was named."""
        return getattr(self, "grown", None) or self.evidence


class AntiPatternEvidence(models.Model):
    """What the evidence of an occurrence says since `at`, in place of what it said before. Append-only."""

    occurrence = models.ForeignKey(AntiPatternOccurrence, models.PROTECT, related_name="growth")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="evidence_says_something", condition=~Q(text=""))]


class VendorFollowUpQuerySet(models.QuerySet["VendorFollowUp"]):
    def with_items_for(self, person: Person) -> Self:
        """With their open items, and `shows_items`: whether `person` reads what these say. Until the draft is out they
        belong to it, and to whoever follows the vendor up."""
        readable = AfterAction.objects.with_readable_draft(person).filter(pk=OuterRef("after_action"))
        shown = Q(Exists(readable)) | Q(service_manager=person) | Q(service_manager__account=person)
        if person.is_in(GroupName.SERVICE_MANAGER):
            shown |= Q(service_manager__isnull=True)
        return self.annotate(shows_items=shown).prefetch_related("items").defer("rca_file")


class VendorFollowUp(models.Model):
    """The RCA that a vendor owes on one engagement: who follows up, by when, and what came."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="vendor_follow_ups")
    engagement = models.OneToOneField("incidents.VendorEngagement", models.PROTECT, related_name="follow_up")
    service_manager = models.ForeignKey(Person, models.PROTECT, null=True, related_name="vendor_follow_ups")
    rca_due_at = models.DateTimeField(null=True)
    rca_committed = models.BooleanField(default=False)
    root_cause_related = models.BooleanField(null=True)
    rca_received_at = models.DateTimeField(null=True)
    rca_file = models.BinaryField(null=True)
    rca_name = models.CharField(max_length=200, blank=True)
    rca_sha256 = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = VendorFollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["id"]


class VendorItem(models.Model):
    """Something the vendor still owes: with the vendor's committed date, or our follow-up date until it commits."""

    follow_up = models.ForeignKey(VendorFollowUp, models.PROTECT, related_name="items")
    text = models.TextField()
    due_on = models.DateField()
    committed = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    outcome = models.TextField(blank=True)

    class Meta:
        ordering = ["due_on", "id"]


class VendorItemMove(models.Model):
    """A date of an open item that gave way to another: the vendor committed, or the one before passed. Append-only."""

    item = models.ForeignKey(VendorItem, models.PROTECT, related_name="moves")
    from_on = models.DateField()
    due_on = models.DateField()
    committed = models.BooleanField()
    note = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
