"""The one draft that an external person is let in to by a link: read it, comment on it, say that it was read."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from afteractions.models import Comment, GuestLink, Reading
from afteractions.operations.guest_links import guest_path
from afteractions.operations.meeting.questions import COUNTED, last_held, questions_left
from afteractions.operations.readers.guests import (
    acknowledge_as_guest,
    answer_as_guest,
    answer_question_as_guest,
    bring_as_guest,
    comment_as_guest,
    evidence_of_guest,
    guest_revision,
    open_guest_link,
)
from afteractions.queries.after_actions import current_files
from afteractions.rules.review.files import KNOWN_AS
from afteractions.rules.review.questions import HEADLINE
from afteractions.views.reading.evidence import handed_out
from afteractions.views.reading.preparation_forms import EvidenceForm
from afteractions.views.reading.reading import document_context
from afteractions.views.workspace.workspace import instants
from afteractions.vocabulary import InvitationResponse, Status
from majorops import clock
from majorops.errors import BadInput, NotFound, TooMany
from majorops.web.refusals import Attempt, status_of

ANSWERS = (
    (InvitationResponse.ACCEPTED, "Yes"),
    (InvitationResponse.TENTATIVE, "Maybe"),
    (InvitationResponse.DECLINED, "No"),
)


@dataclass(frozen=True, slots=True)
class GuestReader:
    """What the reading layout asks of whoever reads."""

    zone: ZoneInfo


@never_cache
@require_safe
def guest(request: HttpRequest, token: str) -> HttpResponse:
    """The draft, for as long as the link lasts."""
    link = _link(token)
    return _ended(request) if link is None else _guest_page(request, token, link)


def _link(token: str) -> GuestLink | None:
    try:
        return open_guest_link(token, now=clock.now())
    except NotFound:
        return None


def _ended(request: HttpRequest) -> HttpResponse:
    """The same words whether a link never was, has expired, or was taken back."""
    return render(request, "afteractions/guest_ended.html", status=404)


def _guest_page(
    request: HttpRequest,
    token: str,
    link: GuestLink,
    *,
    typed: dict[str, str] | None = None,
    bringing: EvidenceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    revision = guest_revision(link)
    after_action = link.after_action
    held, attendee = last_held(after_action), after_action.attendees.filter(person=link.person).first()
    mine = Comment.objects.filter(after_action=after_action, by=link.person, parent__isnull=True)
    context = {
        "link": link,
        "after_action": after_action,
        "incident": after_action.incident,
        "headline": HEADLINE,
        "token": token,
        "revision": revision,
        "w": GuestReader(ZoneInfo(after_action.incident.time_zone)),
        "reader_zone": ZoneInfo(after_action.incident.time_zone),
        "meeting": after_action.meetings.filter(held_until__isnull=True).first(),
        "attendee": attendee,
        "reading": Reading.objects.filter(revision=revision, person=link.person).first()
        if revision
        else None,
        "comments": list(mine.prefetch_related("replies__by").order_by("id")),
        "typed_comment": typed or {},
        "bringing": bringing or EvidenceForm(auto_id="bring-%s"),
        "known_as": KNOWN_AS,
        "responses": ANSWERS,
        "questions": questions_left(held, attendee) if held and attendee else [],
        "brought": [file for file in current_files(after_action) if file.by_id == link.person_id],
        "closed": after_action.status == Status.CLOSED,
    }
    if revision is not None:
        sections = {section.key: section for section in after_action.sections.select_related("confirmed_by")}
        context |= document_context(revision.content, request.GET.get("rows"), sections, revision)
        context["evidence_place"] = f"{guest_path(token)}evidence/"
    # The address is the key: SECURE_REFERRER_POLICY keeps it from other origins. "no-referrer" would be too much: a
    # browser then posts `Origin: null`, and the buttons of the page are refused.
    return render(request, "afteractions/guest.html", context, status=status)


@never_cache
@require_safe
def guest_evidence(request: HttpRequest, token: str, evidence: str) -> HttpResponse:
    """A file of evidence that the guest's draft lists."""
    link = _link(token)
    if link is None:
        return _ended(request)
    file = evidence_of_guest(link, evidence)
    response = handed_out(file)
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_POST
def guest_read(request: HttpRequest, token: str) -> HttpResponse:
    """The guest's "I have read this"."""
    link = _link(token)
    if link is None:
        return _ended(request)
    acknowledge_as_guest(link, **_stamp())
    messages.success(request, "Thank you: the chair sees that you have read it.")
    return redirect(guest_path(token))


@require_POST
def guest_comment(request: HttpRequest, token: str) -> HttpResponse:
    """The guest's comment on a section."""
    link = _link(token)
    if link is None:
        return _ended(request)
    section, text = request.POST.get("section", ""), request.POST.get("text", "")
    try:
        comment_as_guest(link, section=section, text=text, **_stamp())
    except NotFound:
        typed = {
            "text": text,
            "message": "Choose the section from the list: this draft has none of that name.",
        }
        return _guest_page(request, token, link, typed=typed, status=422)
    except (BadInput, TooMany) as wrong:
        typed = {"section": section, "text": text, "message": wrong.sentence}
        return _guest_page(request, token, link, typed=typed, status=status_of(wrong))
    messages.success(request, "Your comment is added.")
    return redirect(guest_path(token) + "#comments")


@require_POST
def guest_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The guest's answer to the invitation: yes, maybe or no."""
    link = _link(token)
    if link is None:
        return _ended(request)
    answer_as_guest(link, request.POST.get("response", ""), **_stamp())
    messages.success(request, "Thank you: the chair sees your answer.")
    return redirect(guest_path(token))


@require_POST
def guest_question(request: HttpRequest, token: str) -> HttpResponse:
    """The guest's answer to one of the questions after the meeting."""
    link = _link(token)
    if link is None:
        return _ended(request)
    yes = request.POST.get("answer") == "yes"
    answer_question_as_guest(link, request.POST.get("question", ""), yes=yes, **_stamp())
    messages.success(request, COUNTED)
    return redirect(guest_path(token))


@require_POST
def guest_bring(request: HttpRequest, token: str) -> HttpResponse:
    """A file or a link that the guest brings."""
    link = _link(token)
    if link is None:
        return _ended(request)
    form = EvidenceForm(request.POST, request.FILES)
    attempt = Attempt(form)
    if attempt.is_filled():
        with attempt:
            kept = bring_as_guest(link, **form.brought(), **_stamp())
        if not attempt.refused:
            messages.success(
                request, f"“{kept.name}” is attached: it is read with the next revision that goes out."
            )
            return redirect(guest_path(token) + "#bring")
    return _guest_page(request, token, link, bringing=form, status=attempt.status)


def _stamp() -> dict[str, datetime]:
    return instants(clock.now())
