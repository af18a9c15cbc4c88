"""The contract of a vendor, as a Service Manager types it."""

from typing import Any

from django import forms

from afteractions.operations.followup.contracts import REPRESENTATIVES, Representative
from afteractions.views.person_fields import anybody
from afteractions.views.step_forms import StepForm
from majorops.errors import BadInput
from majorops.people.models import Person
from majorops.people.outsiders import AS_IN, Outsider
from majorops.web.form_fields import FROM_ZERO, LongTextField


class ContractForm(StepForm):
    name = forms.CharField(label="Vendor", max_length=200)
    response_sla_minutes = forms.IntegerField(
        label="Response SLA in minutes",
        required=False,
        min_value=0,
        error_messages=FROM_ZERO,
        help_text="How soon it answers once engaged.",
    )
    rca_term_days = forms.IntegerField(
        label="RCA term in days",
        required=False,
        min_value=0,
        error_messages=FROM_ZERO,
        help_text="By when it delivers its RCA, counted from the engagement. It is in the contract.",
    )
    service_manager = forms.CharField(
        label="Service Manager",
        required=False,
        max_length=400,
        help_text="Who follows up its RCAs and open items: a name or an e-mail address. Somebody from outside: name "
        f"and address, {AS_IN}.",
        widget=forms.TextInput(
            attrs={"data-person": "", "list": "known-people", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    representative_name = forms.CharField(
        label="Representative",
        required=False,
        max_length=200,
        help_text="Invited to the After Action when the root cause is the vendor's.",
    )
    representative_email = forms.CharField(
        label="Address of the representative", required=False, max_length=254
    )
    escalation_contact = LongTextField(
        label="Escalation contact",
        max_length=2000,
        help_text="Whom to call while an incident runs, as the run card says it.",
        rows=2,
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def clean_service_manager(self) -> Person | Outsider | None:
        words = self.cleaned_data["service_manager"]
        try:
            return anybody(words, scope=REPRESENTATIVES, path="service_manager")
        except BadInput as refused:
            raise forms.ValidationError(refused.problems[0].message) from None

    def contract(self) -> dict[str, Any]:
        """What was typed, in the words of the operation."""
        cleaned = dict(self.cleaned_data)
        name, email = cleaned.pop("representative_name"), cleaned.pop("representative_email")
        return {**cleaned, "representative": Representative(name, email)}
