"""Files of evidence: who was asked for what, what came, and handing it out."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from afteractions.access import can_ask_for_evidence, can_bring_evidence, can_own, can_read_draft
from afteractions.models import Attendee, EvidenceFile
from afteractions.operations.evidence.evidence import (
    ASKED_ONLY,
    OWNER_OR_MIM_ASKS,
    ask_for_evidence,
    attach_evidence,
    evidence_for_download,
    withdraw_evidence,
)
from afteractions.queries.after_actions import evidence_of
from afteractions.rules.review.files import KNOWN_AS, LARGEST_FILE, TYPES
from afteractions.views.reading.files import as_file
from afteractions.views.reading.preparation_forms import AskEvidenceForm, EvidenceForm
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import go, instants, of_after_action, show
from afteractions.vocabulary import FileKind, ObligationKind, Status
from majorops import clock
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST


@of_after_action(GET, POST)
def evidence(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What was asked for and what came; POST attaches a file."""
    if request.method != "POST":
        return _page(request, workspace)
    if not can_bring_evidence(workspace.person, workspace.after_action):
        raise NotAllowed(ASKED_ONLY)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, workspace, bringing=form, status=422)
    with Attempt(form) as attempt:
        kept = attach_evidence(
            workspace.after_action, **form.brought(), by=workspace.person, **instants(clock.now())
        )
    if attempt.refused:
        return _page(request, workspace, bringing=form, status=attempt.status)
    messages.success(request, f"“{kept.name}” is attached: it is read with the next revision that goes out.")
    return go(workspace, "evidence", anchor=kept.reference)


def _page(
    request: HttpRequest,
    workspace: Workspace,
    *,
    bringing: EvidenceForm | None = None,
    asking: AskEvidenceForm | None = None,
    refused: dict[str, tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    after_action, person = workspace.after_action, workspace.person
    may_read = can_read_draft(person, after_action)
    owns = can_own(person, after_action)
    files = [row for row in evidence_of(after_action) if may_read or row.by_id == person.pk]
    for file in files:
        file.is_withdrawn = hasattr(file, "withdrawal")
        file.may_withdraw = not file.is_withdrawn and (owns or file.by_id == person.pk)
        file.refused, file.typed = (refused or {}).get(file.reference, ("", ""))
    mine = workspace.my_attendee
    context = {
        "files": files,
        "may_read": may_read,
        "mine": mine if mine is not None and mine.bring else None,
        "asked": _requests(workspace, files),
        "may_bring": can_bring_evidence(person, after_action) and after_action.status != Status.CLOSED,
        "bringing": bringing or EvidenceForm(),
        "asking": (asking or AskEvidenceForm(people=workspace.included))
        if can_ask_for_evidence(person, after_action)
        else None,
        "largest": LARGEST_FILE // 1024**2,
        "known_as": KNOWN_AS,
        "closed": after_action.status == Status.CLOSED,
    }
    return show(request, workspace, "evidence", "evidence", context, status=status)


def _requests(workspace: Workspace, files: list[EvidenceFile]) -> list[dict[str, Any]]:
    """Whoever was asked, with the deadline and whether something of theirs is here."""
    owed = {row.subject_key: row for row in workspace.obligations if row.kind == ObligationKind.EVIDENCE}
    came = {file.by_id for file in files if not file.is_withdrawn}
    return [
        {
            "attendee": attendee,
            "owed": owed.get(f"attendee:{attendee.pk}"),
            "has_come": attendee.person_id in came,
        }
        for attendee in workspace.included
        if attendee.bring
    ]


@of_after_action(POST)
def ask_evidence(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The owner asks one of the attendees for something by a day; nothing to bring takes it back."""
    if not can_ask_for_evidence(workspace.person, workspace.after_action):
        raise NotAllowed(OWNER_OR_MIM_ASKS)
    form = AskEvidenceForm(request.POST, people=workspace.included)
    if form.is_valid():
        cleaned = form.cleaned_data
        attendee: Attendee = get_object_or_404(workspace.after_action.attendees, pk=cleaned["attendee"])
        attendee.after_action = workspace.after_action
        due: date | None = cleaned["bring_by"]
        try:
            attendee_asked = ask_for_evidence(
                attendee,
                bring=cleaned["bring"],
                bring_by=due,
                by=workspace.person,
                **instants(clock.now()),
            )
        except RuleViolation as refused:
            form.refuse(refused)
        else:
            sentence = (
                f"{attendee_asked.person} is asked for it."
                if attendee_asked.bring
                else f"Nothing is asked of {attendee_asked.person}."
            )
            messages.success(request, sentence)
            return go(workspace, "evidence", anchor="asked")
    return _page(request, workspace, asking=form, status=422)


@of_after_action(GET)
def evidence_file(request: HttpRequest, workspace: Workspace, evidence: str) -> HttpResponse:
    """One file, as it came."""
    return handed_out(evidence_for_download(workspace.after_action, evidence, to=workspace.person))


def handed_out(file: EvidenceFile) -> HttpResponse:
    """The file under its reference: nothing that was typed names it."""
    kind, ending = TYPES[FileKind(file.kind)]
    return as_file(bytes(file.content), kind, f"{file.reference}.{ending}")


@of_after_action(POST)
def withdraw(request: HttpRequest, workspace: Workspace, evidence: str) -> HttpResponse:
    """Takes a file out of the review, with a reason."""
    file = get_object_or_404(evidence_of(workspace.after_action), reference=evidence)
    file.after_action = workspace.after_action
    reason = request.POST.get("reason", "")
    try:
        withdraw_evidence(file, reason=reason, by=workspace.person, **instants(clock.now()))
    except BadInput as wrong:
        return _page(request, workspace, refused={file.reference: (wrong.sentence, reason)}, status=422)
    messages.success(request, f"“{file.name}” is withdrawn. It stays listed here with the reason.")
    return go(workspace, "evidence")
