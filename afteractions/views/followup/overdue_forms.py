"""What the dashboard asks for."""

from django import forms

from afteractions.operations.saved_views import LONGEST_NAME
from afteractions.views.step_forms import StepForm


class ViewForm(StepForm):
    name = forms.CharField(
        label="Name",
        max_length=LONGEST_NAME,
        help_text="As you want to find it again, such as “Critical of my reports”.",
        error_messages={"required": "Give the view a name."},
    )
