"""What feeds and prepares the review: what its responders said at the close, the files of evidence, and what its owner
looks into."""

from django.db import models
from django.db.models import Q

from afteractions.models.after_action import AfterAction
from afteractions.vocabulary import FileKind
from majorops.people.models import Person
from majorops.references import new_reference


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


def evidence_reference() -> str:
    return new_reference("EV")


class EvidenceFile(models.Model):
    """A file or a link that somebody brings to the review, as it came. It is kept and handed out under its reference;
    `name` is what it was called. Append-only: a withdrawal is a fact of its own."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="evidence_files")
    reference = models.CharField(max_length=20, unique=True, default=evidence_reference, editable=False)
    name = models.CharField(max_length=200)
    note = models.TextField(blank=True, help_text="What it shows.")
    kind = models.CharField(max_length=8, choices=FileKind.choices())
    size = models.PositiveIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    url = models.CharField(
        max_length=2000, blank=True, help_text="Of a link: where it leads, which is its content."
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="evidence_is_named_and_hashed",
                condition=~Q(name="") & Q(size__gt=0) & Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(name="evidence_is_of_a_known_kind", condition=Q(kind__in=FileKind.keys())),
            models.CheckConstraint(
                name="a_link_says_where_it_leads",
                condition=(Q(kind=FileKind.LINK.value) & ~Q(url=""))
                | (~Q(kind=FileKind.LINK.value) & Q(url="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.name}"


class EvidenceWithdrawal(models.Model):
    """Why a file of evidence counts no more. Append-only."""

    file = models.OneToOneField(EvidenceFile, models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_withdrawal_of_evidence_says_why", condition=~Q(reason=""))
        ]


class ReadingListNote(models.Model):
    """What somebody says of one source of the owner's reading list: that it was looked into or is to be after all, or,
    with a `text` and perhaps an address, that it is one more of them. The latest row of a `key` tells whether it was
    read; what the record proposes has a row only once somebody says something of it. Append-only."""

    after_action = models.ForeignKey(AfterAction, models.PROTECT, related_name="reading_list")
    key = models.CharField(max_length=80)
    text = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    is_read = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="a_reading_list_note_says_of_what",
                condition=~Q(key="") & (Q(text="") | Q(is_read=False)),
            )
        ]
