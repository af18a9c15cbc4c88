"""From agreement to the end: publish, External Messages, status notes, errata, and what the vendors owe."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from afteractions.access import can_follow_up, can_send_status_note
from afteractions.models import VendorFollowUp, VendorItem, VendorItemMove
from afteractions.operations.evidence.files import check_size
from afteractions.operations.followup.vendors import (
    add_item,
    attach_rca,
    close_item,
    follow_up_of,
    move_item,
    plan_rca,
)
from afteractions.operations.review.agreement import labels
from afteractions.operations.review.publication import (
    amend_published,
    effects_of_publishing,
    publish,
    send_status_note,
)
from afteractions.rules.followup.vendor_response import response_verdict
from afteractions.rules.review.files import LARGEST_FILE
from afteractions.rules.review.readiness import Missing, before_publishing
from afteractions.views.meeting.meeting import CONFIRMED
from afteractions.views.person_fields import person_words
from afteractions.views.step_forms import (
    MoveItemForm,
    RcaForm,
    StatusNoteForm,
    StepReasonForm,
    VendorItemForm,
)
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import (
    go,
    instants,
    of_after_action,
    say_named,
    show,
    version_of,
)
from afteractions.vocabulary import RevisionKind, TransitionKind
from incidents.models import VendorEngagement
from incidents.rules.response.vendor_terms import stated_sla
from majorops import clock
from majorops.errors import BadInput, NotAllowed
from majorops.people.models import Person
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST

WHY_AN_ERRATUM = "Say why: an erratum names its reason."


@of_after_action(GET)
def publication(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What is published, what is still to be sent, and what the vendors owe."""
    return _publication_page(request, workspace)


def _publication_page(
    request: HttpRequest,
    workspace: Workspace,
    *,
    refused: dict[str, Any] | None = None,
    erratum: StepReasonForm | None = None,
    erratum_missing: Sequence[Missing] = (),
    noting: tuple[int, StatusNoteForm] | None = None,
    effects: tuple[str, ...] = (),
    publishing_form: StepReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    person, after_action = workspace.person, workspace.after_action
    publishing = workspace.refusal(TransitionKind.PUBLISH)
    amending = workspace.refusal(TransitionKind.AMEND_PUBLISHED)
    published = [
        revision
        for revision in workspace.revisions
        if revision.kind in (RevisionKind.PUBLISHED, RevisionKind.ERRATUM)
    ]
    stakeholders = list(after_action.stakeholders.all())
    for note in workspace.notes:
        note.step_key = f"note-{note.pk}"
        note.form = (
            noting[1]
            if noting and noting[0] == note.pk
            else StatusNoteForm(
                scope=workspace.incident.reference,
                has_stakeholders=bool(stakeholders),
                initial={"text": note.text},
                auto_id=f"note-{note.pk}-%s",
            )
        )
    context = {
        "publish_refused": publishing.sentence if publishing else "",
        "amend_refused": amending.sentence if amending else "",
        "erratum": erratum or StepReasonForm(needed=WHY_AN_ERRATUM),
        "erratum_missing": erratum_missing,
        "published": published,
        "messages_planned": workspace.messages,
        "may_send": can_send_status_note(person, after_action),
        "notes": workspace.notes,
        "effects": effects,
        "differences": workspace.changed_since_agreement,
        "publishing": publishing_form or _publishing_form(workspace),
        "stakeholders": stakeholders,
        "vendors": vendors_of(workspace, refused or {}),
        "refused_step": refused or {},
        "largest_rca": LARGEST_FILE // (1024 * 1024),
    }
    return show(request, workspace, "publication", "publication", context, status=status)


def _publishing_form(workspace: Workspace, typed: Any = None) -> StepReasonForm:
    """The reason for what was written since the agreement: needed where there is anything."""
    changed = workspace.changed_since_agreement
    needed = f"Say why it differs from what was agreed, in {labels(changed)}." if changed else ""
    form = StepReasonForm(typed, needed=needed, auto_id="publish-%s")
    form.fields["reason"].label = "Why it differs from what was agreed"
    form.fields["reason"].help_text = "It is published with the Learning Review."
    return form


def vendors_of(workspace: Workspace, refused: dict[str, Any]) -> list[dict[str, Any]]:
    """Each standing engagement with its follow-up, if one was begun, and the forms to go on with it; one that was
    `refused` holds what was typed."""
    record = workspace.review.record
    scope = workspace.incident.reference
    remaining = []
    for engagement in record.engagements:
        follow_up = workspace.review.follow_ups.get(record.first_engagements[engagement.pk])
        manager = follow_up.service_manager if follow_up else engagement.vendor.service_manager
        related = engagement.root_cause_related
        if follow_up is not None and follow_up.root_cause_related is not None:
            related = follow_up.root_cause_related
        due_on = workspace.review.rca_due_on(engagement, follow_up)
        initial = {
            "service_manager": person_words(manager),
            "due_on": due_on,
            "committed": follow_up.rca_committed if follow_up else False,
            "root_cause_related": {True: "yes", False: "no"}.get(related, ""),
        }
        prefix = f"vendor-{engagement.pk}"
        may = can_follow_up(
            workspace.person,
            follow_up or VendorFollowUp(after_action=workspace.after_action, engagement=engagement),
        )
        typed = refused.get("typed") if refused.get("step") == prefix else None
        typed_in = refused.get("form", "") if typed is not None else ""
        remaining.append(
            {
                "engagement": engagement,
                "step_key": prefix,
                "follow_up": follow_up,
                "items": _items_of(follow_up, typed if typed_in == "move" else None) if follow_up else [],
                "plan": RcaForm(
                    typed if typed_in == "plan" else None,
                    scope=scope,
                    initial=initial,
                    auto_id=f"{prefix}-%s",
                ),
                "item": VendorItemForm(typed if typed_in == "item" else None, auto_id=f"{prefix}-item-%s"),
                "typed_in": typed_in,
                "outcome": (typed.get("item"), typed.get("outcome")) if typed and typed_in == "close" else (),
                "may": may,
                "shows_items": may or workspace.reads_draft,
                "manager": manager,
                "due_on": due_on,
                "verdict": response_verdict(
                    engagement.engaged_at,
                    engagement.responded_at,
                    stated_sla(engagement.response_sla_minutes, engagement.vendor.response_sla_minutes),
                ),
            }
        )
    return remaining


def _items_of(follow_up: VendorFollowUp, typed: Any) -> list[VendorItem]:
    """What the vendor owes, each with the dates that it had and the form for another; `typed` was refused."""
    items = list(follow_up.items.all())
    if items:
        prefetch_related_objects(items, Prefetch("moves", VendorItemMove.objects.select_related("by")))
    for item in items:
        own = typed if typed is not None and typed.get("item") == str(item.pk) else None
        item.moving = MoveItemForm(own, auto_id=f"item-{item.pk}-%s", initial={"committed": item.committed})
        item.is_moving = own is not None
    return items


@of_after_action(POST)
def publish_now(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Publishes the agreed review into the library, once what that does was said and confirmed."""
    ready = workspace.refusal(TransitionKind.PUBLISH) is None and not workspace.blocking
    if ready and request.POST.get("publish") != CONFIRMED:
        return _ask_to_publish(request, workspace)
    form, now = _publishing_form(workspace, request.POST), clock.now()
    if not form.is_valid() and ready:
        return _ask_to_publish(request, workspace, form, status=422)
    with Attempt() as attempt:
        publish(
            workspace.after_action,
            reason=form.cleaned_data.get("reason", ""),
            version=version_of(request),
            by=workspace.person,
            **instants(now),
        )
    if attempt.refused:
        data = {"step": "publish", "message": attempt.refused.sentence}
        return _publication_page(request, workspace, refused=data, status=attempt.status)
    messages.success(request, "The Learning Review is published and in the library.")
    say_named(request, workspace, now=now)
    return go(workspace, "publication")


def _ask_to_publish(
    request: HttpRequest, workspace: Workspace, form: StepReasonForm | None = None, *, status: int = 200
) -> HttpResponse:
    settled = all(message.settled_at for message in workspace.messages)
    effects = effects_of_publishing(workspace.after_action, closes=settled)
    return _publication_page(request, workspace, effects=effects, publishing_form=form, status=status)


@of_after_action(POST)
def erratum(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A new revision of what was published, which names its reason."""
    form = StepReasonForm(request.POST, needed=WHY_AN_ERRATUM)
    may = workspace.refusal(TransitionKind.AMEND_PUBLISHED) is None
    if not form.is_valid() and may:
        return _publication_page(request, workspace, erratum=form, status=422)
    missing = [row for row in before_publishing(workspace.draft) if row.blocks] if may else []
    if missing:
        form.add_error(None, "Not published: the draft as it stands is not ready.")
        return _publication_page(request, workspace, erratum=form, erratum_missing=missing, status=409)
    with Attempt() as attempt:
        amend_published(
            workspace.after_action,
            reason=form.cleaned_data.get("reason", ""),
            version=version_of(request),
            by=workspace.person,
            **instants(clock.now()),
        )
    if attempt.refused:
        form.add_error("reason", attempt.refused.sentence)
        return _publication_page(request, workspace, erratum=form, status=attempt.status)
    messages.success(request, "The erratum is published beside the revision that it corrects.")
    return go(workspace, "publication")


@of_after_action(POST)
def send_note(request: HttpRequest, workspace: Workspace, note_id: int) -> HttpResponse:
    """Sends the prepared note to the stakeholders, edited if wished."""
    note = get_object_or_404(workspace.after_action.status_notes, pk=note_id)
    note.after_action = workspace.after_action
    form = StatusNoteForm(
        request.POST,
        scope=workspace.incident.reference,
        has_stakeholders=workspace.after_action.stakeholders.exists(),
        auto_id=f"note-{note.pk}-%s",
    )
    attempt = Attempt(form)
    if attempt.is_filled():
        with attempt:
            sent = send_status_note(note, **form.cleaned_data, by=workspace.person, **instants(clock.now()))
        if not attempt.refused:
            messages.success(request, f"The status note is on its way to {', '.join(sent.sent_to)}.")
            return go(workspace, "publication", anchor=f"note-{note.pk}")
    return _publication_page(request, workspace, noting=(note.pk, form), status=attempt.status)


@of_after_action(POST)
def vendor(request: HttpRequest, workspace: Workspace, engagement_id: int) -> HttpResponse:
    """A step of following a vendor up: plan the RCA, note an open item, close one, attach the RCA."""
    engagement = get_object_or_404(
        VendorEngagement.objects.select_related("vendor"), pk=engagement_id, incident=workspace.incident
    )
    step = request.POST.get("step", "")
    with Attempt() as attempt:
        done = _vendor_step(request, workspace, engagement, step)
    if attempt.refused:
        data = {
            "step": f"vendor-{engagement.pk}",
            "form": step,
            "message": attempt.refused.sentence,
            "typed": request.POST,
        }
        return _publication_page(request, workspace, refused=data, status=attempt.status)
    messages.success(request, done)
    return go(workspace, "publication", anchor="vendors")


def _vendor_step(request: HttpRequest, workspace: Workspace, engagement: VendorEngagement, step: str) -> str:
    by: Person = workspace.person
    stamp: dict[str, Any] = {"by": by, **instants(clock.now())}
    probe = VendorFollowUp(after_action=workspace.after_action, engagement=engagement)
    existing = workspace.review.follow_ups.get(
        workspace.review.record.first_engagements.get(engagement.pk, 0)
    )
    if not can_follow_up(by, existing or probe):
        raise NotAllowed("The Service Manager, the owner of the After Action or the MIM follows a vendor up.")
    follow_up = existing or follow_up_of(engagement, now=stamp["now"])
    match step:
        case "plan":
            form = RcaForm(request.POST, scope=workspace.incident.reference)
            _must_be_valid(form)
            plan_rca(follow_up, **form.cleaned_data, **stamp)
            return "The follow-up is planned."
        case "item":
            item = VendorItemForm(request.POST)
            _must_be_valid(item)
            add_item(follow_up, **item.cleaned_data, **stamp)
            return "The open item is noted."
        case "move":
            move = MoveItemForm(request.POST)
            _must_be_valid(move)
            move_item(_item_of(request, follow_up), **move.cleaned_data, **stamp)
            return "The open item has another date."
        case "close":
            close_item(_item_of(request, follow_up), outcome=request.POST.get("outcome", ""), **stamp)
            return "The open item is closed."
        case "rca":
            file = request.FILES.get("file")
            if file is None:
                raise BadInput.of("file", "Choose the PDF of the vendor's RCA.")
            check_size(file.size or 0)
            revision = attach_rca(follow_up, name=file.name or "", content=file.read(), **stamp)
            return (
                f"The RCA is attached; revision {revision.number} names it."
                if revision
                else "The RCA is attached."
            )
        case _:
            raise BadInput.of("step", "Choose what to do.")


def _item_of(request: HttpRequest, follow_up: VendorFollowUp) -> VendorItem:
    data = request.POST.get("item", "")
    return get_object_or_404(
        VendorItem.objects.select_related("follow_up__after_action"),
        pk=int(data) if data.isascii() and data.isdigit() else 0,
        follow_up=follow_up,
    )


def _must_be_valid(form: Any) -> None:
    if not form.is_valid():
        values = [f"{form.fields[name].label}: {' '.join(errors)}" for name, errors in form.errors.items()]
        raise BadInput.of("form", " ".join(values))
