"""What the dashboard asks for."""

from django import forms

from afteractions.forms.steps import Step
from afteractions.operations.saved_views import LONGEST_NAME


class ViewForm(Step):
    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        help_text="As you want to find it again, such as “Critical of my reports”.",
        error_messages={"required": "Give the view a name."},
    )
