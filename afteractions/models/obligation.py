"""Obligations: each deadline that somebody must meet is a row."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from afteractions.models.after_action import AfterAction
from afteractions.models.learning_review import Change
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.models import Incident
from majorops.people.models import Person

# Stands between a vendor's name and the text of its open item.
ITEM_OF_VENDOR = ": "


class ObligationQuerySet(models.QuerySet["Obligation"]):
    def visible_to(self, person: Person) -> Self:
        return self.filter(incident__in=Incident.objects.visible_to(person))

    def open(self) -> Self:
        return self.filter(state=ObligationState.OPEN)

    def overdue(self, *, at: datetime) -> Self:
        return self.open().filter(due_at__lt=at)

    def unescalated(self, *, at: datetime) -> Self:
        """Overdue, enforcement has done with it what it could, and nobody above heard that its present date passed."""
        escalated = Escalation.objects.filter(
            obligation=OuterRef("pk"),
            due_at=OuterRef("due_at"),
            step__startswith="escalation",
            to__isnull=False,
        )
        comes = Q(next_step_at__lte=at, set_aside_at__isnull=True)
        return self.overdue(at=at).exclude(comes).exclude(Exists(escalated))


class Obligation(models.Model):
    """What (`kind`), for which object (`incident`, `after_action`, `subject_key`), who, due when, met when.

    Rows are reconciled from the facts in the transaction that changes them; nothing else writes one. While it is
    open, `next_step` and `next_step_at` say what enforcement does next and when: the sweep reads nothing else."""

    kind = models.CharField(max_length=20, choices=ObligationKind.choices())
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="obligations")
    after_action = models.ForeignKey(AfterAction, models.PROTECT, null=True, related_name="obligations")
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="obligations")
    subject_key = models.CharField(
        max_length=80, help_text="Which of its kind, e.g. meeting:1 or action:ACT-K7Q4M2."
    )
    subject_label = models.CharField(max_length=300, blank=True)
    due_at = models.DateTimeField()
    due_on = models.DateField(
        null=True, help_text="The local day that the deadline ends, where it is the end of a day."
    )
    responsible = models.ForeignKey(Person, models.PROTECT, null=True, related_name="obligations")
    responsible_group = models.CharField(
        max_length=40, blank=True, help_text="Whose it is while no person is named."
    )
    state = models.CharField(max_length=12, choices=ObligationState.choices(), default=ObligationState.OPEN)
    met_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.TextField(blank=True)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    moved_because = models.TextField(
        blank=True,
        db_default="",
        help_text="From where the deadline moved here and why, when the calendar moved it.",
    )
    next_step = models.CharField(max_length=60, blank=True)
    next_step_at = models.DateTimeField(null=True)
    computed_under = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="The number of the policy that its due instant and next step were computed under.",
    )
    failures = models.PositiveSmallIntegerField(default=0)
    set_aside_at = models.DateTimeField(
        null=True, help_text="Enforcement failed on this row and tells an administrator."
    )
    last_error = models.TextField(blank=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "kind", "subject_key"],
                name="one_open_obligation_of_a_kind",
                condition=Q(state=ObligationState.OPEN),
            ),
            models.CheckConstraint(
                name="obligation_state_is_known", condition=Q(state__in=ObligationState.keys())
            ),
            models.CheckConstraint(
                name="obligation_met_has_its_instant",
                condition=~Q(state__in=[ObligationState.MET, ObligationState.MET_LATE])
                | Q(met_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_an_open_obligation_is_enforced",
                condition=Q(state=ObligationState.OPEN) | Q(next_step_at__isnull=True),
            ),
            models.CheckConstraint(
                name="an_open_obligation_has_not_ended",
                condition=Q(state__in=[ObligationState.OPEN, ObligationState.HISTORY], ended_at__isnull=True)
                | ~Q(state__in=[ObligationState.OPEN, ObligationState.HISTORY]) & Q(ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_waiver_says_who_and_why",
                condition=~Q(state=ObligationState.WAIVED) | Q(ended_by__isnull=False) & ~Q(ended_reason=""),
            ),
            models.CheckConstraint(
                name="somebody_is_responsible",
                condition=Q(responsible__isnull=False) | ~Q(responsible_group=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_step_at", "id"],
                name="obligation_due_for_a_step",
                condition=Q(state="open", next_step_at__isnull=False, set_aside_at__isnull=True),
            ),
            models.Index(
                fields=["computed_under", "incident"],
                name="obligation_by_policy",
                # Always so, and said by one query alone: no other may take this index for its own.
                condition=Q(state="open", set_aside_at__isnull=True, computed_under__gte=0),
            ),
            models.Index(fields=["due_at", "id"], name="obligation_open_by_date", condition=Q(state="open")),
            models.Index(
                fields=["responsible", "due_at"], name="obligation_open_by_person", condition=Q(state="open")
            ),
            models.Index(fields=["after_action", "due_at"], name="obligation_of_after_action"),
            models.Index(
                fields=["ended_at"], name="obligation_ended_late", condition=Q(ended_at__gt=F("due_at"))
            ),
            # Insights count the deadlines of months, and read nothing but this.
            models.Index(
                fields=["due_at"],
                include=["kind", "state", "incident", "responsible", "met_at", "ended_at"],
                name="obligation_by_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{ObligationKind(self.kind).label} {self.told_label}".strip()

    @property
    def told_label(self) -> str:
        """What tells it from others of its kind, to everybody who sees it. What somebody is asked to bring belongs to
        the draft: they read it, and those who read the draft, beside the files. So does what a vendor owes, until the
        draft is out: of that the vendor alone."""
        if self.kind == ObligationKind.EVIDENCE:
            return ""
        if self.kind == ObligationKind.VENDOR_ITEM and not self._draft_is_out:
            return self.subject_label.partition(ITEM_OF_VENDOR)[0]
        return self.subject_label

    @property
    def _draft_is_out(self) -> bool:
        return self.after_action is not None and self.after_action.first_distributed_at is not None


class Escalation(models.Model):
    """One step of enforcement that was taken: a warning, the breach, or a rung of the ladder."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="escalations")
    due_at = models.DateTimeField()
    step = models.CharField(max_length=60)
    to = models.ForeignKey(Person, models.PROTECT, null=True, related_name="escalations_received")
    at = models.DateTimeField()
    late = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["obligation", "due_at", "step", "to"],
                name="a_step_is_taken_once",
                nulls_distinct=False,
            )
        ]
