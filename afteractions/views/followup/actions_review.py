"""The 30-day review: one page of every open item, a disposition each; what the owners proposed is answered here."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse

from afteractions.access import can_review_actions, check_can_read_draft
from afteractions.models import Change, ItemDisposition, ItemProposal
from afteractions.operations.followup.actions import open_review, settle_item
from afteractions.operations.followup.proposals import decline
from afteractions.views.followup.review_forms import ReviewForm
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import go, instants, of_after_action, show
from afteractions.vocabulary import ChangeKind, Disposition, ProposalState
from majorops import clock
from majorops.errors import NotAllowed, RuleViolation
from majorops.web.refusals import status_of
from majorops.web.signed_in import GET, POST

CHAIR_ONLY = "The MIM settles the items of the 30-day review; their owners propose."


@dataclass(slots=True)
class ReviewedItem:
    """One item on the page: what was settled at this review, what its owner proposes, and the form of the MIM."""

    change: Change
    settled: ItemDisposition | None
    proposal: ItemProposal | None
    form: ReviewForm

    @property
    def is_settled(self) -> bool:
        return self.settled is not None or self.change.is_resolved


@of_after_action(GET, POST)
def actions_review(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """POST settles every item for which something was chosen, each by itself: what is refused stays as it was typed."""
    if request.method != "POST":
        check_can_read_draft(workspace.person, workspace.after_action)
        return _page(request, workspace, _rows(workspace))
    if not can_review_actions(workspace.person, workspace.after_action):
        raise NotAllowed(CHAIR_ONLY)
    accepts_all = request.POST.get("all") == "accept"
    done: dict[str, str] = {}
    refused: dict[str, ReviewForm] = {}
    status = 200
    for row in _rows(workspace, request.POST):
        if row.is_settled:
            continue
        reference = row.change.reference
        if accepts_all and row.proposal is not None and not row.form.chosen:
            row.form = ReviewForm.accepting(row.change, row.proposal, request.POST)
        if not row.form.chosen:
            continue
        try:
            data = _settle(row, workspace)
        except RuleViolation as no:
            row.form.refuse(no)
            status = max(status, status_of(no))
        if row.form.errors:
            refused[reference] = row.form
            status = status if status != 200 else 422
        else:
            done[reference] = data
    if done:
        settled = ", ".join(f"{reference} {text}" for reference, text in done.items())
        messages.success(request, f"At this review: {settled}.")
    if not refused:
        if not done:
            messages.warning(request, "Nothing was chosen: choose a disposition for at least one item.")
        return go(workspace, "actions_review")
    # What was typed stays, also where nothing was chosen yet; what was settled comes back as it stands now.
    rows = _rows(workspace, request.POST)
    for row in rows:
        if row.change.reference in done:
            row.form = ReviewForm.blank(row.change)
        row.form = refused.get(row.change.reference, row.form)
    return _page(request, workspace, rows, status=status, refused=len(refused))


def _settle(row: ReviewedItem, workspace: Workspace) -> str:
    """Does what was chosen for one item; the words of what became of it. Raises RuleViolation."""
    if not row.form.is_valid():
        return ""
    cleaned = {**row.form.cleaned_data}
    chosen, word, seen = cleaned.pop("choice"), cleaned.pop("word"), cleaned.pop("proposal")
    who: dict[str, Any] = {"by": workspace.person, **instants(clock.now())}
    items = chosen in (ReviewForm.ACCEPT, ReviewForm.DECLINE)
    if items and (row.proposal is None or seen not in (None, row.proposal.pk)):
        raise RuleViolation(
            "Its owner proposed something else since you opened this page: look at it as it stands now."
        )
    if chosen == ReviewForm.DECLINE:
        decline(row.change, word=word, version=cleaned["version"], **who)
        return "declined"
    if chosen == ReviewForm.ACCEPT:
        cleaned |= ReviewForm.said_by(row.proposal)
    else:
        cleaned["disposition"] = chosen
    settled = settle_item(row.change, **cleaned, word=word, **who)
    return Disposition(settled.disposition).label.lower()


def _rows(workspace: Workspace, typed: Any = None) -> list[ReviewedItem]:
    review = open_review(workspace.after_action)
    items = list(
        workspace.after_action.changes.filter(removed_at__isnull=True)
        .exclude(kind=ChangeKind.CONTINUE)
        .select_related("owner")
        .prefetch_related("extensions", Prefetch("proposals", ItemProposal.objects.select_related("by")))
    )
    settled: dict[int, ItemDisposition] = {}
    if review is not None:
        settled = {
            disposition.change_id: disposition
            for disposition in ItemDisposition.objects.filter(
                change__in=items, review_round=review.number
            ).select_related("by")
        }
    rows = []
    for item in items:
        item.after_action = workspace.after_action
        waiting = next(
            (proposal for proposal in item.proposals.all() if proposal.state == ProposalState.WAITING), None
        )
        if waiting is not None:
            waiting.change = item
        form = (
            ReviewForm.typed(item, waiting, typed) if typed is not None else ReviewForm.blank(item, waiting)
        )
        rows.append(ReviewedItem(item, settled.get(item.pk), waiting, form))
    return rows


def _page(
    request: HttpRequest,
    workspace: Workspace,
    rows: list[ReviewedItem],
    *,
    status: int = 200,
    refused: int = 0,
) -> HttpResponse:
    waiting = [row for row in rows if not row.is_settled]
    context = {
        "review": open_review(workspace.after_action),
        "waiting": waiting,
        "proposed": sum(row.proposal is not None for row in waiting),
        "done": [row for row in rows if row.is_settled],
        "refused_items": refused,
    }
    return show(request, workspace, "actions_review", "deadlines", context, status=status)
