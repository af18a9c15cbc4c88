"""What the expert who is named for a deviation says of it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from afteractions.operations.readers.assessing import EXPERTS_ONLY, asked_of, assess
from afteractions.views.step_forms import StepForm
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import go, instants, of_after_action
from majorops import clock
from majorops.errors import NotAllowed
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST


class AssessmentForm(StepForm):
    place = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    expected = forms.CharField(widget=forms.HiddenInput, strip=False)
    assessment = forms.CharField(
        label="Your assessment", max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


@of_after_action(GET, POST)
def assessments(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Each deviation that names the reader, with a form of its own; nothing else of a draft that is not out."""
    filters = asked_of(workspace.after_action, workspace.person)
    if request.method == "POST" and not filters:
        raise NotAllowed(EXPERTS_ONLY)
    attempt = Attempt(typed := AssessmentForm(request.POST or None))
    if request.method == "POST" and attempt.is_filled():
        cleaned = typed.cleaned_data
        with attempt:
            assess(
                workspace.after_action,
                cleaned["place"],
                cleaned["assessment"],
                expected=cleaned["expected"],
                by=workspace.person,
                **instants(clock.now()),
            )
        if not attempt.refused:
            messages.success(request, "Thank you: it stands in the draft as yours.")
            return go(workspace, "assessments")
    rows = []
    for place, row in filters:
        form = AssessmentForm(initial={**row, "place": place}, auto_id=f"row-{place}-%s")
        if typed.data.get("place") == str(place):
            typed.auto_id = f"row-{place}-%s"
            form = typed
        rows.append({"row": row, "form": form})
    context = {
        "aa": workspace.after_action,
        "incident": workspace.incident,
        "rows": rows,
    }
    return render(request, "afteractions/assessments.html", context, status=attempt.status)
