"""The form of one item at the 30-day review, beside those of the other items in one submit."""

from typing import Any, Self

from django import forms

from afteractions.models import Change, ItemProposal
from afteractions.views.step_forms import StepForm
from afteractions.vocabulary import Disposition
from majorops.web.form_fields import DayField


class ReviewForm(StepForm):
    """What the MIM chooses for one open item: a disposition, or an answer to what its owner proposed."""

    ACCEPT, DECLINE = "accept", "decline"

    choice = forms.ChoiceField(label="Disposition", required=False)
    evidence = forms.CharField(label="Evidence", required=False, max_length=5000)
    due_on = DayField(label="New date", required=False)
    reason = forms.CharField(label="Reason", required=False, max_length=5000)
    word = forms.CharField(label="A word to its owner", required=False, max_length=5000)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    proposal = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, change: Change, proposal: ItemProposal | None) -> None:
        super().__init__(
            data,
            prefix=change.reference,
            auto_id=f"{change.reference}-%s",
            initial={"version": change.version},
        )
        choices = [("", "Later"), *Disposition.choices()]
        if proposal is not None:
            label = Disposition(proposal.disposition).label.lower()
            choices[1:1] = [
                (self.ACCEPT, f"Accept: {label}, as proposed"),
                (self.DECLINE, "Decline, with a word"),
            ]
        else:
            del self.fields["word"]
        choice = self.fields["choice"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = choices

    @classmethod
    def blank(cls, change: Change, proposal: ItemProposal | None = None) -> Self:
        return cls(None, change, proposal)

    @classmethod
    def typed(cls, change: Change, proposal: ItemProposal | None, data: Any) -> Self:
        return cls(data, change, proposal)

    @classmethod
    def accepting(cls, change: Change, proposal: ItemProposal, data: Any) -> Self:
        """As if "accept" had been chosen for it."""
        return cls({**data.dict(), f"{change.reference}-choice": cls.ACCEPT}, change, proposal)

    @staticmethod
    def said_by(proposal: ItemProposal) -> dict[str, Any]:
        """What the owner proposed, as the disposition takes it."""
        return {name: getattr(proposal, name) for name in ("disposition", "evidence", "due_on", "reason")}

    @property
    def chosen(self) -> str:
        """What was chosen, empty for "later"."""
        return str(self.data.get(self.add_prefix("choice"), "")) if self.is_bound else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = {"word": "", **(super().clean() or self.cleaned_data)}
        return cleaned
