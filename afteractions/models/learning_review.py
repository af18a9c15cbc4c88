"""The Learning Review: sections while it is written, revisions once it was shown to somebody."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, GeneratedField, Q, Value
from django.db.models.functions import Lower

from afteractions.models.after_action import AfterAction
from afteractions.rules.review.statement_text import change_sentence
from afteractions.vocabulary import (
    ActionSource,
    ActionStatus,
    ChangeKind,
    Disposition,
    EffectOutcome,
    LearningState,
    ProposalState,
    RevisionKind,
    SectionKey,
    Strength,
)
from incidents.models import Incident, MtmAction
from majorops.people.models import Person
from majorops.references import new_reference
from majorops.searching import EveryText, Searched, Words


class Section(models.Model):
    """A section as it stands. `content` has the shape that api.md gives; `version` rises with every save, and a save
    of an older version is refused with both texts. The section `changes` keeps its rows in Change, and only its
    version here. `summary` and `timeline` keep what people add to what the record gives."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="sections")
    key = models.CharField(max_length=20, choices=SectionKey.choices())
    content = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    row_versions = models.JSONField(
        default=dict,
        db_default=Value({}, models.JSONField()),
        help_text="Since which version each row says what it says, by its id; a row that is not here: this version.",
    )
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    search = GeneratedField(
        expression=Words(EveryText("content")),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = Searched()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["after_action", "key"], name="a_section_is_there_once"),
        ]
        indexes = [GinIndex(fields=["search"], name="section_search")]

    def row_version(self, row_id: str) -> int:
        """The version of the section since which this row says what it says."""
        version: int = self.row_versions.get(row_id, self.version)
        return version


class SectionText(models.Model):
    """Every saved version of a section: nobody's text is ever lost."""

    section = models.ForeignKey(Section, models.PROTECT, related_name="texts")
    version = models.PositiveIntegerField()
    content = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["version"]
        constraints = [models.UniqueConstraint(fields=["section", "version"], name="a_version_is_kept_once")]


class Revision(models.Model):
    """The review frozen at a distribution, amendment, publication or erratum. Never changes (migration 0002)."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=RevisionKind.choices())
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    substantial = models.BooleanField(
        default=True, help_text="Whether the root cause or the changes differ from the revision before."
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["after_action", "number"], name="a_revision_number_is_used_once")
        ]

    def __str__(self) -> str:
        return f"revision {self.number} ({RevisionKind(self.kind).label.lower()})"


class RevisionPdf(models.Model):
    """The archived PDF of a revision, made by the worker. `asked_at` without `made_at` waits for it."""

    revision = models.OneToOneField(Revision, models.PROTECT, related_name="pdf")
    asked_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(null=True)
    content = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], name="pdf_waiting", condition=Q(made_at__isnull=True))]


class Reading(models.Model):
    """The reader's own click: "I have read this"."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="readings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="readings")
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "person"], name="a_revision_is_read_once")]


class DismissedName(models.Model):
    """What looks like a name in the root cause, and who says that it is none (domain.md, No names in root cause)."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="dismissed_names")
    text = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(F("after_action"), Lower("text"), name="a_name_is_dismissed_once"),
            models.CheckConstraint(name="a_dismissed_name_has_its_text", condition=~Q(text="")),
        ]


class Comment(models.Model):
    """A comment on a section or one row of it, tied to the revision that was read (empty: the draft)."""

    # Those that begin a thread which nobody resolved.
    UNRESOLVED: ClassVar = Q(parent__isnull=True, resolved_at__isnull=True)

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="comments")
    section = models.CharField(max_length=20, choices=SectionKey.choices())
    row = models.CharField(
        max_length=20, blank=True, default="", db_default="", help_text="The id of the row that it hangs on."
    )
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="comments")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="replies")
    by = models.ForeignKey(Person, models.PROTECT, related_name="comments")
    at = models.DateTimeField()
    text = models.TextField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    search = GeneratedField(
        expression=Words("text"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = Searched()

    class Meta:
        ordering = ["id"]
        indexes = [GinIndex(fields=["search"], name="comment_search")]


def change_reference() -> str:
    return new_reference("ACT")


class Change(models.Model):
    """A change, its learning statement and its action item: one row, three views, typed once.

    Stop and Start are carried by an action item; Continue needs none. A draft may lack owner and date; publishing
    refuses that. What an MTM agreed is an action item too (`mtm_action`): it is no change of the review, and is owed
    from the moment that it was captured (docs/decisions/an-mtms-action-is-an-action-item.md)."""

    reference = models.CharField(max_length=20, unique=True, default=change_reference, editable=False)
    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=10, choices=ChangeKind.choices())
    gap = models.TextField(blank=True, help_text="The gap that this closes.")
    change = models.TextField(help_text="What changes; also the title of the action item.")
    owner = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="changes_owned")
    owner_words = models.CharField(
        max_length=200, blank=True, help_text="An owner named in an import, not yet a person."
    )
    due_on = models.DateField(null=True, blank=True)
    executive_reason = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="Why this needs executive action; empty: it needs none.",
    )
    organisational_reason = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="Which change of the organisation this requires; empty: none.",
    )
    effect = models.TextField(
        blank=True, default="", db_default="", help_text="How it will be seen that the change works."
    )
    look_on = models.DateField(null=True, blank=True, help_text="When to look whether it works.")
    strength = models.CharField(
        max_length=12, choices=Strength.choices(), blank=True, default="", db_default=""
    )
    mtm_action = models.OneToOneField(
        MtmAction,
        models.PROTECT,
        null=True,
        related_name="item",
        help_text="What a Major Technical Meeting agreed.",
    )
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True, help_text="Taken out of the draft before it was agreed.")

    takes_up = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="taken_up_by",
        help_text="The change of the same review that was not effective, and that this one is made instead of.",
    )
    learning = models.CharField(
        max_length=14,
        choices=LearningState.choices(),
        blank=True,
        default="",
        db_default="",
        help_text="What was seen of its effect and still counts; empty: nothing yet.",
    )
    effect_checked_at = models.DateTimeField(
        null=True, help_text="When somebody first said what was seen, since it came back where it did."
    )
    came_back_at = models.DateTimeField(null=True)
    came_back_with = models.ForeignKey(
        Incident, models.PROTECT, null=True, related_name="+", help_text="The repeat that says so."
    )

    status = models.CharField(max_length=12, choices=ActionStatus.choices(), default=ActionStatus.OPEN)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    evidence = models.TextField(blank=True)
    resolution_reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    search = GeneratedField(
        expression=Words("reference", "change", "gap", "effect"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = Searched()

    class Meta:
        ordering = ["after_action", "position", "id"]
        indexes = [
            GinIndex(fields=["search"], name="change_search"),
            models.Index(
                fields=["due_on", "id"], name="change_by_date", condition=Q(removed_at__isnull=True)
            ),
            models.Index(
                fields=["due_on", "id"],
                name="change_open_by_date",
                condition=Q(resolved_at__isnull=True, removed_at__isnull=True),
            ),
            models.Index(
                fields=["owner", "due_on"],
                name="change_open_by_owner",
                condition=Q(resolved_at__isnull=True, removed_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_resolved_action_has_its_instant",
                condition=Q(
                    status__in=[ActionStatus.OPEN, ActionStatus.IN_PROGRESS], resolved_at__isnull=True
                )
                | Q(status=ActionStatus.DONE, resolved_at__isnull=False) & ~Q(evidence="")
                | Q(status=ActionStatus.CANCELLED, resolved_at__isnull=False) & ~Q(resolution_reason=""),
            ),
            models.CheckConstraint(name="a_change_says_something", condition=~Q(change="")),
            models.CheckConstraint(
                name="the_strength_of_a_change_is_known",
                condition=Q(strength__in=["", *Strength.keys()]),
            ),
            models.CheckConstraint(
                name="what_goes_on_is_not_looked_at_again",
                condition=~Q(kind=ChangeKind.CONTINUE) | Q(look_on__isnull=True, strength=""),
            ),
            models.CheckConstraint(
                name="what_was_learned_was_made_and_seen",
                condition=Q(learning="")
                | Q(
                    learning=LearningState.LEARNED,
                    status=ActionStatus.DONE,
                    effect_checked_at__isnull=False,
                )
                | Q(learning=LearningState.NOT_EFFECTIVE, effect_checked_at__isnull=False)
                | Q(learning=LearningState.CAME_BACK, came_back_at__isnull=False),
            ),
            models.CheckConstraint(
                name="what_came_back_came_with_a_repeat",
                condition=Q(came_back_at__isnull=True, came_back_with__isnull=True)
                | Q(came_back_at__isnull=False, came_back_with__isnull=False),
            ),
            models.CheckConstraint(
                name="a_change_takes_up_another",
                condition=Q(takes_up__isnull=True) | ~Q(takes_up=F("id")),
            ),
            models.CheckConstraint(
                name="what_an_mtm_agreed_is_an_action_and_stays",
                condition=Q(mtm_action__isnull=True) | Q(kind=ChangeKind.START, removed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.change[:80]}"

    def get_absolute_url(self) -> str:
        return f"/actions/{self.reference}/"

    @property
    def sentence(self) -> str:
        """What changes, with the verb. Rule: statements."""
        return self.change if self.mtm_action_id else change_sentence(ChangeKind(self.kind), self.change)

    @property
    def source(self) -> ActionSource:
        return ActionSource.MTM if self.mtm_action_id else ActionSource.REVIEW

    @property
    def is_resolved(self) -> bool:
        return self.status in (ActionStatus.DONE, ActionStatus.CANCELLED)

    @property
    def state_of_learning(self) -> LearningState:
        """What was seen of it, else whether it was made."""
        if self.learning:
            return LearningState(self.learning)
        return LearningState.DONE if self.status == ActionStatus.DONE else LearningState.CAPTURED


class EffectCheck(models.Model):
    """What somebody saw when they looked whether a change works. Said again, the last counts; all are kept (migration
    0033)."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="effect_checks")
    outcome = models.CharField(max_length=20, choices=EffectOutcome.choices())
    seen = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="an_effect_check_says_what_was_seen",
                condition=Q(outcome__in=EffectOutcome.keys()) & ~Q(seen=""),
            )
        ]


class ActionExtension(models.Model):
    """A due date that was moved, by whom, why."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="extensions")
    from_due_on = models.DateField(null=True)
    to_due_on = models.DateField()
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="an_extension_moves_the_date", condition=~Q(to_due_on=F("from_due_on"))
            )
        ]


class ActionProgress(models.Model):
    """How far work on an action item is, in the words of whoever works on it."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="progress")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="progress_says_something", condition=~Q(text=""))]


class ItemDisposition(models.Model):
    """What the MIM settled for one open item at one 30-day review."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="dispositions")
    review_round = models.PositiveSmallIntegerField()
    disposition = models.CharField(max_length=10, choices=Disposition.choices())
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    due_on = models.DateField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["change", "review_round"], name="an_item_is_settled_once_a_review"
            )
        ]


class ItemProposal(models.Model):
    """What the owner of an open item proposes for a 30-day review, and what the MIM answered."""

    change = models.ForeignKey(Change, models.PROTECT, related_name="proposals")
    review_round = models.PositiveSmallIntegerField()
    disposition = models.CharField(max_length=10, choices=Disposition.choices())
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    evidence = models.TextField(blank=True)
    due_on = models.DateField(null=True)
    state = models.CharField(
        max_length=10, choices=ProposalState.choices(), default=ProposalState.WAITING, db_default="waiting"
    )
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    word = models.TextField(blank=True, db_default="", help_text="What the MIM said with the answer.")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["change"],
                name="one_proposal_waits_for_an_answer",
                condition=Q(state=ProposalState.WAITING),
            ),
            models.CheckConstraint(
                name="a_proposal_is_of_a_known_kind",
                condition=Q(disposition__in=Disposition.keys(), state__in=ProposalState.keys()),
            ),
            models.CheckConstraint(
                name="an_answered_proposal_has_its_instant",
                condition=Q(state=ProposalState.WAITING, answered_at__isnull=True)
                | ~Q(state=ProposalState.WAITING) & Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_declined_proposal_says_why",
                condition=~Q(state=ProposalState.DECLINED) | ~Q(word=""),
            ),
        ]
