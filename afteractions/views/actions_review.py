"""The 30-day review: each open item gets a disposition."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods

from afteractions.forms.steps import DispositionForm
from afteractions.models import Change, ItemDisposition
from afteractions.operations.followup import open_review, settle_item
from afteractions.views.standing import Workspace
from afteractions.views.workspace import go, instants, of_after_action, show, status_of
from afteractions.vocabulary import ChangeKind
from majorops import clock
from majorops.refusal import NotAllowed, Refused


@of_after_action
@require_http_methods(["GET", "HEAD", "POST"])
def actions_review(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Every item that is open, with what was settled at this review so far."""
    bound: dict[str, DispositionForm] = {}
    status = 200
    if request.method == "POST":
        change = get_object_or_404(
            workspace.after_action.changes.filter(removed_at__isnull=True),
            reference=request.POST.get("item", ""),
        )
        change.after_action = workspace.after_action
        form = DispositionForm(request.POST, auto_id=f"{change.reference}-%s")
        if form.is_valid():
            try:
                said = request.POST.get("version", "")
                settle_item(
                    change,
                    **form.cleaned_data,
                    version=int(said) if said.isascii() and said.isdigit() else None,
                    by=workspace.person,
                    **instants(clock.now()),
                )
            except NotAllowed:
                raise
            except Refused as refused:
                form.refuse(refused)
                status = status_of(refused)
            else:
                messages.success(request, f"{change.reference} is settled.")
                return go(workspace, "actions_review")
        else:
            status = 422
        bound[change.reference] = form
    return _review_page(request, workspace, bound, status)


def _review_page(
    request: HttpRequest, workspace: Workspace, bound: dict[str, DispositionForm], status: int
) -> HttpResponse:
    review = open_review(workspace.after_action)
    items: list[Change] = list(
        workspace.after_action.changes.filter(removed_at__isnull=True)
        .exclude(kind=ChangeKind.CONTINUE)
        .select_related("owner")
        .prefetch_related("extensions")
    )
    settled: dict[int, ItemDisposition] = {}
    if review is not None:
        settled = {
            each.change_id: each
            for each in ItemDisposition.objects.filter(
                change__in=items, review_round=review.number
            ).select_related("by")
        }
    rows: list[dict[str, Any]] = [
        {
            "change": item,
            "settled": settled.get(item.pk),
            "form": bound.get(item.reference) or DispositionForm(auto_id=f"{item.reference}-%s"),
        }
        for item in items
    ]
    context = {
        "review": review,
        "waiting": [row for row in rows if not row["settled"] and not row["change"].is_resolved],
        "done": [row for row in rows if row["settled"] or row["change"].is_resolved],
    }
    return show(request, workspace, "actions_review", "deadlines", context, status=status)
