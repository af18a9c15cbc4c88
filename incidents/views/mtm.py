"""A Major Technical Meeting, run from one page: its agenda, a note for each point, what is agreed, its end, and the
summary that goes out at once (Seed: The Major Technical Meeting)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.http import reswap, retarget

from incidents.access import can_command, can_record, get_incident, why_not_command, why_not_record
from incidents.models import CommandAssignment, Incident, Mtm, MtmAction, MtmSummary
from incidents.operations.changing import is_settled
from incidents.operations.response.mtm import ActionOfMtm, publish_summary, recipients_of, update_mtm
from incidents.operations.response.mtm_meeting import (
    note_tag,
    prior_actions,
    review_action,
    said_at,
    take_note,
)
from incidents.queries.record import read_record
from incidents.rules.response.mtm import SUMMARY_WITHIN, agenda
from incidents.rules.response.mtm_summary import not_said_yet, summary_text
from incidents.views import meeting_forms as forms
from incidents.views.action_view import go_to
from incidents.views.context import reader_zone, record, rights_of, standing
from incidents.views.entry_forms import EntryForm
from incidents.vocabulary import Severity
from majorops import clock
from majorops.errors import BadInput, NotAllowed, NotFound, RuleViolation, VersionConflict
from majorops.people.models import Person
from majorops.web.refusals import status_of
from majorops.web.signed_in import GET, POST, signed_in


@dataclass(frozen=True)
class Taking:
    """One thing being said at a meeting."""

    incident: Incident
    mtm: Mtm
    said: dict[str, Any]
    by: Person
    now: datetime

    @property
    def when(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.now, "now": self.now}


@dataclass(frozen=True)
class MeetingStep:
    """`card` is the part of the page that shows it, drawn anew after it; empty: the page is another one then."""

    form: type[EntryForm]
    act: Callable[[Taking], object]
    card: str = ""
    commands: bool = False


def _review(taking: Taking) -> object:
    key = taking.said["action"]
    action = MtmAction.objects.select_related("mtm").filter(mtm__incident=taking.incident, pk=key).first()
    if action is None:
        raise NotFound("This incident has no such action.")
    action.mtm.incident = taking.incident
    return review_action(
        action,
        number=taking.mtm.number,
        outcome=taking.said["outcome"],
        text=taking.said["text"],
        **taking.when,
    )


def _action(taking: Taking) -> object:
    data = taking.said
    agreed = ActionOfMtm(data["title"], owner=data["owner"], due_on=data["due_on"])
    return update_mtm(taking.mtm, actions=[agreed], **taking.when)


STEPS: dict[str, MeetingStep] = {
    "note": MeetingStep(
        forms.NoteForm,
        lambda taking: take_note(
            taking.mtm, point=taking.said["point"], text=taking.said["note"], read=taking.said["read"] or None,
            **taking.when,
        ),
    ),
    "attend": MeetingStep(
        forms.AttendeeForm,
        lambda taking: update_mtm(taking.mtm, attendees=taking.said["attendees"], **taking.when),
        "attend",
    ),
    "action": MeetingStep(forms.AgreedActionForm, _action, "action"),
    "review": MeetingStep(forms.ReviewedActionForm, _review, "review"),
    "confirm": MeetingStep(
        forms.NothingAskedForm,
        lambda taking: update_mtm(
            taking.mtm, severity_confirmed=taking.incident.severity, **taking.when
        ),
        "confirm",
    ),
    "ahead": MeetingStep(
        forms.AheadForm,
        lambda taking: update_mtm(
            taking.mtm,
            **{name: taking.said[name] for name in ("next_at", "stood_down", "cadence_minutes")},
            **taking.when,
        ),
        "ahead",
    ),
    "end": MeetingStep(
        forms.EndForm,
        lambda taking: update_mtm(taking.mtm, ended_at=taking.said["at"] or taking.now, **taking.when),
    ),
    "summary": MeetingStep(
        forms.SummaryForm,
        lambda taking: publish_summary(taking.mtm, text=taking.said["text"], **taking.when),
        commands=True,
    ),
}  # fmt: skip


@signed_in(GET)
def meeting(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """The meeting as it goes; afterwards its notes, what was agreed, and its summary."""
    incident, mtm = _mtm_of(request, reference, number)
    return render(request, "incidents/mtm.html", _context(request, incident, mtm))


@signed_in(POST)
def step(request: HttpRequest, reference: str, number: int, name: str) -> HttpResponse:
    """One thing said at the meeting. In a part of the page that part comes back, with the refusal where there is
    one; else the page."""
    incident, mtm = _mtm_of(request, reference, number)
    taken = STEPS.get(name)
    if taken is None:
        raise Http404("There is no such step.")
    if taken.commands and not can_command(request.user, incident):
        raise NotAllowed(why_not_command(incident))
    if not can_record(request.user, incident):
        raise NotAllowed(why_not_record(incident))
    now = clock.now()
    form = taken.form(
        request.POST,
        incident=incident,
        now=now,
        zone=reader_zone(request.user),
        entry=mtm,
        is_prefilled=True,
    )
    if not form.is_valid():
        return _again(request, incident, mtm, name, form, 422)
    try:
        taken.act(Taking(incident, mtm, form.cleaned_data, request.user, now))
    except (NotFound, NotAllowed):
        raise
    except RuleViolation as refusal:
        form.refuse(refusal)
        status = status_of(refusal)
        return _again(request, incident, mtm, name, form, status, refusal)
    if request.htmx and name == "note" and not request.POST.get("joined"):
        cleaned = form.cleaned_data
        context = {"key": cleaned["point"], "tag": note_tag(cleaned["note"].strip()), "is_answer": True}
        return render(request, "incidents/mtm/read.html", context)
    if request.htmx and name == "note":
        context = _context(request, *_mtm_of(request, reference, number))
        point = next(one for one in context["points"] if one["point"].key == form.cleaned_data["point"])
        return render(request, "incidents/mtm/point.html", {**context, "each": point})
    if request.htmx and taken.card:
        incident, mtm = _mtm_of(request, reference, number)
        context = {**_context(request, incident, mtm), "card": f"incidents/mtm/{taken.card}.html"}
        return render(request, "incidents/mtm/card.html", context)
    if name == "summary":
        messages.success(request, f"The summary of MTM {number} is published.")
    return go_to(request, f"{mtm.get_absolute_url()}{f'#{taken.card}' if taken.card else ''}")


def _again(
    request: HttpRequest,
    incident: Incident,
    mtm: Mtm,
    name: str,
    form: EntryForm,
    status: int,
    refusal: RuleViolation | None = None,
) -> HttpResponse:
    """What was typed comes back with what is wrong with it."""
    incident.refresh_from_db()
    context = _context(request, incident, mtm)
    context[f"{name}_form"] = form
    card = STEPS[name].card
    if name == "note":
        key = form.data.get("point", "")
        point = next((one for one in context["points"] if one["point"].key == key), None)
        if point is None:
            raise BadInput.of("point", "The agenda of this meeting has no such point.")
        point.update(typed=form.data.get("note", ""), errors=[str(e) for e in form.non_field_errors()])
        point["errors"] += [str(error) for error in form.errors.get("note", [])]
        if isinstance(refusal, VersionConflict):
            point.update(theirs=str(refusal.current), conflict=True)
        if request.htmx:
            answer = render(request, "incidents/mtm/point.html", {**context, "each": point}, status=status)
            return retarget(reswap(answer, "outerHTML"), f"#point-{key}")
    if request.htmx and card:
        return render(request, f"incidents/mtm/{card}.html", context, status=status)
    return render(request, "incidents/mtm.html", context, status=status)


def _mtm_of(request: HttpRequest, reference: str, number: int) -> tuple[Incident, Mtm]:
    """The incident with its record at hand, and its meeting as it stands. Raises NotFound alike for what is not there
    and what is not to be known."""
    incident = read_record(get_incident(request.user, reference))
    mtms = [mtm for mtm in standing(incident.mtms.all()) if mtm.number == number]
    if not mtms:
        raise NotFound(f"This incident has no MTM {number}.")
    return incident, mtms[-1]


def _is_held_at(assignment: CommandAssignment, mtm: Mtm) -> bool:
    """Whether the role is held now; of a meeting that ended, whether it was held while it went on."""
    if mtm.ended_at is None or mtm.started_at is None:
        return assignment.until_at is None
    begun = assignment.from_at is None or assignment.from_at <= mtm.ended_at
    return begun and (assignment.until_at is None or assignment.until_at > mtm.started_at)


def _context(request: HttpRequest, incident: Incident, mtm: Mtm) -> dict[str, Any]:
    now, rights = clock.now(), rights_of(request.user, incident)
    summary = (
        MtmSummary.objects.filter(mtm__incident=incident, mtm__number=mtm.number).select_related("by").first()
    )
    attendance = list(mtm.attendance.select_related("person"))
    actions, prior = list(mtm.actions.select_related("owner", "item")), prior_actions(mtm)
    data = said_at(mtm, actions=actions, prior=prior, attendance=attendance, now=now)
    may_write = rights.record and not is_settled(incident, mtm)
    may_publish = rights.command and mtm.ended_at is not None and summary is None
    zone = reader_zone(request.user)
    context = {"incident": incident, "now": now, "zone": zone, "entry": mtm, "is_prefilled": True}
    ahead = {name: getattr(mtm, name) for name in ("next_at", "stood_down", "cadence_minutes")}
    text = record(incident, request.user, now)
    meetings = sorted(text["meetings"], key=lambda one: one.number)
    return {
        **text,
        "at": now,
        "mtm": mtm,
        "here": f"MTM {mtm.number}",
        "meetings": meetings,
        "is_latest": mtm.number == meetings[-1].number,
        "roles": [
            (label, [one.person for one in held])
            for label, assignments in text["roles"]
            if (held := [one for one in assignments if _is_held_at(one, mtm)])
        ],
        "rights": rights,
        "may_write": may_write,
        "points": _points(incident, mtm),
        "attendance": attendance,
        "noted": {one.person_id for one in attendance},
        "actions": actions,
        "prior": prior,
        "left_to_say": not_said_yet(data) if mtm.ended_at is None else (),
        "said": data,
        "summary": summary,
        "summary_due_at": mtm.ended_at + SUMMARY_WITHIN if mtm.ended_at and summary is None else None,
        "may_publish": may_publish,
        "told": recipients_of(incident, by=request.user) if may_publish else [],
        "severity_label": Severity(incident.severity).label,
        "attend_form": forms.AttendeeForm(**context, auto_id="attend-%s"),
        "action_form": forms.AgreedActionForm(**context, auto_id="action-%s"),
        "review_form": None,
        "ahead_form": forms.AheadForm(initial=ahead, auto_id="ahead-%s", **context),
        "end_form": forms.EndForm(**context, auto_id="end-%s"),
        "summary_form": forms.SummaryForm(
            initial={"text": summary_text(data)}, auto_id="summary-%s", **context
        ),
    }


def _points(incident: Incident, mtm: Mtm) -> list[dict[str, Any]]:
    """The agenda with the notes; a note taken under a point that no longer applies stays in sight."""
    listed = [point.key for point in agenda(mtm.number, incident.regulatory_exposure)]
    everything = agenda(1, regulatory_exposure=True)
    return [
        {
            "point": point,
            "note": mtm.notes.get(point.key) or "",
            "typed": mtm.notes.get(point.key) or "",
            "tag": note_tag(mtm.notes.get(point.key)),
            "errors": [],
        }
        for point in everything
        if point.key in listed or mtm.notes.get(point.key)
    ]
