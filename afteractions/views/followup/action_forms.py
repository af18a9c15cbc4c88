"""What the steps of an action item ask for; the operations check it."""

from django import forms

from afteractions.views.step_forms import PersonField, StepForm
from afteractions.vocabulary import Disposition, EffectOutcome
from majorops.web.form_fields import DayField, LongTextField


class StartForm(StepForm):
    """A step that only asks for a yes."""


class ProgressForm(StepForm):
    text = LongTextField(
        label="Progress",
        help_text="What is done, what is still to come.",
        missing="Say how far it is: what is done, what is still to come.",
    )


class CompleteForm(StepForm):
    evidence = LongTextField(
        label="Evidence",
        help_text="What shows that it is done: a link, a document, a test.",
        missing="Say what shows that it is done: a link, a document, a test.",
    )


class EffectForm(StepForm):
    outcome = forms.ChoiceField(
        label="Does it work?",
        choices=[("", "Choose"), *EffectOutcome.choices()],
        error_messages={"required": "Say whether it works."},
    )
    seen = LongTextField(
        label="What was seen",
        help_text="An alert that fired in a drill, a figure, a run of the runbook, the next incident; or why it no "
        "longer applies.",
        missing="Say what was seen.",
    )


class ExtendForm(StepForm):
    due_on = DayField(label="New due date", error_messages={"required": "Choose the new date."})
    reason = LongTextField(
        label="Reason",
        help_text="Why it takes longer. The earlier date stays in its history.",
        missing="Say why it takes longer.",
    )


class CancelForm(StepForm):
    reason = LongTextField(
        label="Reason",
        help_text="Why it is not to be done after all.",
        missing="Say why it is not to be done.",
    )


class HandOnForm(StepForm):
    owner = PersonField(
        label="New owner",
        scope="",
        help_text="Somebody who can sign in. Begin with the name, then choose.",
        error_messages={"required": "Say whose it is now."},
    )
    reason = LongTextField(
        label="Reason",
        help_text="The new owner is told, with this reason.",
        missing="Say why the item goes to somebody else.",
    )


class ProposeForm(StepForm):
    """What the owner of an item proposes for its 30-day review."""

    disposition = forms.ChoiceField(label="Disposition", choices=Disposition.choices())
    evidence = LongTextField(label="Evidence", help_text="For done: a link, a document, a test.")
    due_on = DayField(label="New date", required=False, help_text="For extended.")
    reason = LongTextField(label="Reason", help_text="For extended and cancelled.")
