"""Who attends and why, invitations and answers, who has read, guests, and who else has a part."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from afteractions.models import Attendee
from afteractions.operations.guest_links import guest_path
from afteractions.operations.meeting.attendees import (
    look_again,
    respond,
    set_attendees,
)
from afteractions.operations.meeting.named_by_record import NotProposed, not_proposed
from afteractions.operations.meeting.roles import name_people
from afteractions.operations.readers.guests import create_guest_link, revoke_guest_link
from afteractions.views.person_fields import person_words
from afteractions.views.step_forms import GUEST_DAYS, AddAttendeeForm, NamingForm
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import go, instants, of_after_action, show, version_of
from afteractions.vocabulary import AttendeeRequirement, InvitationResponse
from majorops import clock
from majorops.errors import RuleViolation
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST


@of_after_action(GET)
def people(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Everybody with a part in the After Action."""
    return _people_page(request, workspace)


def _people_page(
    request: HttpRequest,
    workspace: Workspace,
    *,
    adding: AddAttendeeForm | None = None,
    refused: dict[str, Any] | None = None,
    link: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    scope = workspace.incident.reference
    leads = workspace.may_chair or workspace.may_own
    empty = workspace.empty_seats if leads else []
    seats = [item.role for item in empty]
    read = workspace.readers
    links = list(workspace.after_action.guest_links.select_related("person").order_by("-created_at"))
    usable = {item.person_id for item in links if item.revoked_at is None and item.expires_at > workspace.at}
    for attendee in workspace.attendees:
        attendee.read_at = read.get(attendee.person_id)
        is_refused = refused is not None and refused["attendee"] == attendee.pk
        attendee.refused = refused["message"] if refused and is_refused else ""
        attendee.typed = (
            refused
            if is_refused
            else {"reason": "", "bring": attendee.bring, "bring_by": _iso(attendee.bring_by)}
        )
        attendee.wants_link = (
            attendee.included and attendee.person.is_contact and attendee.person_id not in usable
        )
    context = {
        "included": workspace.included,
        "left_out": [item for item in workspace.attendees if not item.included],
        "mine": workspace.my_attendee,
        "responses": [response for response in InvitationResponse if response is not InvitationResponse.NONE],
        "adding": adding or AddAttendeeForm(scope=scope, seats=seats),
        "empty_seats": empty,
        "not_proposed": _not_proposed(workspace) if leads else [],
        "links": links,
        "guest_days": GUEST_DAYS,
        "new_link": link,
        "may_invite_guests": leads,
        "editors": list(workspace.after_action.editors.all()),
        "stakeholders": list(workspace.after_action.stakeholders.all()),
        "executive_findings": [row for row in workspace.review.rows if row.executive_reason],
        "organisational_findings": [row for row in workspace.review.rows if row.organisational_reason],
        "read_count": sum(1 for item in workspace.included if item.person_id in read),
    }
    return show(request, workspace, "people", "people", context, status=status)


def _not_proposed(workspace: Workspace) -> list[NotProposed]:
    """Who of the record need not come and is not on the list either."""
    listed = {attendee.person.account_id or attendee.person_id for attendee in workspace.attendees}
    proposed = not_proposed(workspace.review, now=workspace.at)
    return [row for row in proposed if (row.person.account_id or row.person.pk) not in listed]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@of_after_action(POST)
def propose(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Looks at the record again: who should attend?"""
    before = {row.person_id: str(row.person) for row in workspace.included}
    proposed = look_again(workspace.after_action, by=workspace.person, now=clock.now())
    after = {row.person_id: str(row.person) for row in proposed if row.included}
    new = [name for key, name in after.items() if key not in before]
    gone = [name for key, name in before.items() if key not in after]
    messages.info(
        request,
        " ".join(
            part
            for part in (
                f"On the list now: {', '.join(new)}." if new else "The record proposes nobody new.",
                f"Off the list, named no more: {', '.join(gone)}." if gone else "",
            )
            if part
        ),
    )
    return go(workspace, "people")


@of_after_action(POST)
def decide_attendee(request: HttpRequest, workspace: Workspace, attendee_id: int) -> HttpResponse:
    """Includes somebody, or takes somebody off the list, with the reason."""
    attendee = get_object_or_404(workspace.after_action.attendees.select_related("person"), pk=attendee_id)
    included = request.POST.get("included") == "yes"
    reason = request.POST.get("reason", "")
    row: dict[str, Any] = {"person": attendee.person, "included": included, "reason": reason}
    if "bring" in request.POST:
        row |= {"bring": request.POST["bring"], "bring_by": request.POST.get("bring_by", "")}
    try:
        set_attendees(workspace.after_action, [row], by=workspace.person, **instants(clock.now()))
    except RuleViolation as refused:
        if refused.http_status == 403:
            raise
        typed = {name: request.POST.get(name, "") for name in ("reason", "bring", "bring_by")}
        data = {"attendee": attendee.pk, "message": refused.sentence, **typed}
        return _people_page(request, workspace, refused=data, status=422)
    messages.success(request, _came_of(attendee, included))
    return go(workspace, "people", anchor=f"attendee-{attendee.pk}")


def _came_of(attendee: Attendee, included: bool) -> str:
    if included == attendee.included:
        return f"What {attendee.person} is asked for is kept."
    return f"{attendee.person} is on the list." if included else f"{attendee.person} is off the list."


@of_after_action(POST)
def add_attendee(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Somebody whom the record does not propose."""
    seats = [seat.role for seat in workspace.empty_seats]
    form = AddAttendeeForm(request.POST, scope=workspace.incident.reference, seats=seats)
    if form.is_valid():
        cleaned = form.cleaned_data
        row = {
            "person": cleaned["person"],
            "included": True,
            "reason": cleaned["why"],
            # Whoever is on the list already is asked for what they were asked for, unless something else is typed.
            **{name: cleaned[name] for name in ("bring", "bring_by", "fills") if cleaned[name]},
        }
        if cleaned["required"] or cleaned["fills"]:
            row["requirement"] = AttendeeRequirement.REQUIRED.value
        with Attempt(form) as attempt:
            set_attendees(workspace.after_action, [row], by=workspace.person, **instants(clock.now()))
        if not attempt.refused:
            messages.success(request, f"{cleaned['person']} is on the list.")
            return go(workspace, "people")
    return _people_page(request, workspace, adding=form, status=422)


@of_after_action(POST)
def answer(request: HttpRequest, workspace: Workspace, attendee_id: int) -> HttpResponse:
    """An answer to the invitation: one's own, or entered by the MIM."""
    attendee = get_object_or_404(workspace.after_action.attendees.select_related("person"), pk=attendee_id)
    attendee.after_action = workspace.after_action
    respond(attendee, request.POST.get("response", ""), by=workspace.person, **instants(clock.now()))
    messages.success(request, "The answer is kept.")
    return go(workspace, "people")


@of_after_action(POST)
def let_guest_in(request: HttpRequest, workspace: Workspace, attendee_id: int) -> HttpResponse:
    """A link for somebody without an account. It is shown this once, and never can be read again."""
    attendee = get_object_or_404(workspace.after_action.attendees.select_related("person"), pk=attendee_id)
    data = request.POST.get("days", "30")
    days = int(data) if data.isascii() and data.isdigit() and len(data) < 4 else 0
    link, token = create_guest_link(
        workspace.after_action,
        attendee.person,
        valid_for=timedelta(days=days),
        by=workspace.person,
        **instants(clock.now()),
    )
    visible = {
        "person": attendee.person,
        "address": request.build_absolute_uri(guest_path(token)),
        "expires_at": link.expires_at,
        "mailed": bool(attendee.person.address),
    }
    return _people_page(request, workspace, link=visible)


@of_after_action(POST)
def take_back_link(request: HttpRequest, workspace: Workspace, link_id: int) -> HttpResponse:
    """Ends a guest's link at once."""
    link = get_object_or_404(workspace.after_action.guest_links.select_related("person"), pk=link_id)
    link.after_action = workspace.after_action
    revoke_guest_link(link, by=workspace.person, **instants(clock.now()))
    messages.success(request, f"The link of {link.person} opens nothing any more.")
    return go(workspace, "people", anchor="guests")


@of_after_action(GET, POST)
def naming(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Owner, Internal Liaison, those let in to write, and stakeholders."""
    after_action = workspace.after_action
    scope = workspace.incident.reference
    if request.method == "POST":
        form = NamingForm(request.POST, scope=scope)
        if form.is_valid():
            with Attempt(form) as attempt:
                name_people(
                    after_action,
                    **form.cleaned_data,
                    version=version_of(request),
                    by=workspace.person,
                    **instants(clock.now()),
                )
            if attempt.refused:
                return show(request, workspace, "naming", "people", {"form": form}, status=attempt.status)
            messages.success(request, "The people are named.")
            return go(workspace, "people")
        return show(request, workspace, "naming", "people", {"form": form}, status=422)
    initial = {
        "owner": person_words(after_action.owner),
        "internal_liaison": person_words(after_action.internal_liaison),
        "editors": "\n".join(map(person_words, after_action.editors.all())),
        "stakeholders": "\n".join(map(person_words, after_action.stakeholders.all())),
    }
    return show(request, workspace, "naming", "people", {"form": NamingForm(scope=scope, initial=initial)})
