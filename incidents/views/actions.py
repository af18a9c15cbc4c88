"""The steps that can be taken on an incident: what each is called, who may take it, what its form asks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from incidents import access
from incidents.models import (
    CommandAssignment,
    Incident,
    Milestone,
    Mtm,
    PhaseEntry,
    RecoveryTrack,
    StatusUpdate,
    TimelineEvent,
    VendorEngagement,
)
from incidents.models.entries import Entry
from incidents.operations import close, confirming, correcting, declare, log, similar
from incidents.operations.response import command, mtm, vendors
from incidents.rules.response.mtm import is_for
from incidents.views import entry_forms as forms
from incidents.vocabulary import CommandRole, ImpactField, Phase, Severity
from majorops.errors import BadInput, VersionConflict
from majorops.people.models import Person


@dataclass(frozen=True)
class ActionRequest:
    """One step being taken: on what, by whom, when it happened and when it is entered."""

    incident: Incident
    by: Person
    at: datetime
    now: datetime
    entry: Any = None
    version: int | None = None

    @property
    def when(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at, "now": self.now}

    @property
    def when_it_stood(self) -> dict[str, Any]:
        """The same for a step that is refused when somebody changed the incident since its page was read."""
        return {**self.when, "version": self.version}


@dataclass(frozen=True)
class PageStep:
    title: str
    submit: str
    form: type[forms.EntryForm]
    act: Callable[[ActionRequest, dict[str, Any], Any], object]
    may: Callable[[Person, Incident], bool] = access.can_record
    why_not: Callable[[Incident], str] = access.why_not_record
    # Asked as well where it depends on the entry.
    may_on: Callable[[Person, Any], bool] = field(default=lambda person, entry: True)
    entry: type[Entry] | None = None
    initial: Callable[[Incident, Any], dict[str, Any]] = field(default=lambda incident, entry: {})
    says: str = ""
    # Refused when somebody changed anything meanwhile: what the page said may not hold any more.
    weighty: bool = False
    danger: bool = False


def commands(**kwargs: Any) -> PageStep:
    return PageStep(may=access.can_command, why_not=access.why_not_command, **kwargs)


def times(**kwargs: Any) -> PageStep:
    return PageStep(may=access.can_record_times, why_not=access.why_not_times, **kwargs)


def _severity(doing: ActionRequest, data: dict[str, Any], form: Any) -> object:
    return log.change_severity(
        doing.incident,
        severity=data["severity"],
        reason=data["reason"],
        never_was=data["never_was"],
        **doing.when,
    )


def _milestone(doing: ActionRequest, data: dict[str, Any], form: Any) -> object:
    return log.reach_milestone(
        doing.incident, kind=data["kind"], text=data["text"], corrects=doing.entry, **doing.when
    )


def _event(doing: ActionRequest, data: dict[str, Any], form: Any) -> object:
    words = {name: data[name] for name in ("kind", "text", "evidence_url")}
    if doing.entry is None:
        return log.log_event(doing.incident, **words, **doing.when)
    return correcting.correct_event(doing.entry, **words, **doing.when)


@transaction.atomic
def _impact(doing: ActionRequest, data: dict[str, Any], form: forms.ImpactForm) -> None:
    stated = form.stated()
    if not stated:
        raise BadInput.of("", "Nothing was changed. Say what is known now, or close this form.")
    overtaken = form.overtaken()
    if overtaken:
        labels = ", ".join(one.label for one in overtaken)
        raise VersionConflict(
            f"Somebody stated this since you read it: {labels}. What stands there now is shown below each field; "
            "save again to state yours over it.",
            {one.value: getattr(doing.incident, one.value) for one in overtaken},
        )
    for name, value in stated.items():
        log.state_impact(doing.incident, field=name, value=value, reason=data["reason"], **doing.when)


@transaction.atomic
def _track(doing: ActionRequest, data: dict[str, Any], form: Any) -> None:
    track: RecoveryTrack = doing.entry
    change: dict[str, Any] = {
        name: data[name]
        for name in ("lead_assigned_at", "first_action_at", "closed_at")
        if data[name] is not None
    }
    if "lead" in form.changed_data:
        change["lead"] = data["lead"]
    if "outcome" in form.changed_data:
        change["outcome"] = data["outcome"]
    if not change and not data["member"]:
        raise BadInput.of("", "Nothing was changed. Say what is new of this track.")
    if change:
        track = command.update_track(track, **change, **doing.when)
    if data["member"]:
        command.add_member(track, person=data["member"], **doing.when)


def _vendor(doing: ActionRequest, data: dict[str, Any], form: Any) -> object:
    change = {name: data[name] for name in form.changed_data if name in VENDOR_FIELDS}
    return vendors.update_engagement(doing.entry, **change, **doing.when)


VENDOR_FIELDS = ("responded_at", "effect", "root_cause_related", "rca_status", "rca_follow_up_on")


def _mtm(doing: ActionRequest, data: dict[str, Any], form: forms.MtmForm) -> object:
    change: dict[str, Any] = {"notes": form.notes()} if form.notes() else {}
    for name in ("next_at", "stood_down", "cadence_minutes"):
        if name in form.changed_data:
            change[name] = data[name]
    if data["ended_at"]:
        change["ended_at"] = data["ended_at"]
    if data["attendee"]:
        change["attendees"] = [data["attendee"]]
    if data["action"]:
        change["actions"] = [mtm.ActionOfMtm(data["action"], owner=data["action_owner"])]
    if data["confirms"]:
        change["severity_confirmed"] = doing.incident.severity
    if not change:
        raise BadInput.of("", "Nothing was changed. Note what was said, or end the meeting.")
    return mtm.update_mtm(doing.entry, **change, **doing.when)


def _mtm_initial(incident: Incident, meeting: Mtm) -> dict[str, Any]:
    notes = {f"note_{key}": note or "" for key, note in meeting.notes.items()}
    return {
        **notes,
        "next_at": meeting.next_at,
        "stood_down": meeting.stood_down,
        "cadence_minutes": meeting.cadence_minutes,
    }


def _close_initial(incident: Incident, entry: Any) -> dict[str, Any]:
    """An incident that is in the phase Resolved was resolved when it entered it, unless somebody says otherwise."""
    phase = PhaseEntry.objects.filter(incident=incident, corrections__isnull=True).last()
    resolved_at = phase.entered_at if phase is not None and phase.phase == Phase.RESOLVED else None
    return {"at": resolved_at, "unusual_factors": incident.unusual_factors or ""}


@transaction.atomic
def _close(doing: ActionRequest, data: dict[str, Any], form: forms.CloseForm) -> object:
    version = doing.version
    if "unusual_factors" in form.changed_data:
        stated = {"field": ImpactField.UNUSUAL_FACTORS, "value": data["unusual_factors"]}
        log.state_impact(doing.incident, **stated, **doing.when_it_stood)
        version = None
    return close.close(doing.incident, note=data["text"], version=version, **doing.when)


def _repeat(doing: ActionRequest, data: dict[str, Any], form: Any) -> object:
    repeats, reference = data["answer"] == "repeats", data["reference"].strip().upper()
    earlier = _earlier(doing, reference) if repeats and reference else None
    return log.link_repeat(
        doing.incident, repeat_of=earlier, is_repeat=repeats, reason=data["reason"], **doing.when_it_stood
    )


def _unlike(doing: ActionRequest, data: dict[str, Any], form: Any) -> object:
    earlier = _earlier(doing, data["reference"].strip().upper())
    return similar.dismiss_look_alike(doing.incident, earlier=earlier, reason=data["reason"], **doing.when)


def _earlier(doing: ActionRequest, reference: str) -> Incident:
    earlier = Incident.objects.visible_to(doing.by).filter(reference=reference).first()
    if earlier is None:
        raise BadInput.of("reference", f"There is no incident {reference} that you may see.")
    return earlier


def _restrict(restricted: bool) -> Callable[[ActionRequest, dict[str, Any], Any], object]:
    return lambda doing, data, form: command.restrict(
        doing.incident, restricted=restricted, reason=data["reason"], **doing.when_it_stood
    )


STEPS: dict[str, PageStep] = {
    "event": PageStep(
        title="Log an event", submit="Log it", form=forms.EventForm, act=_event, entry=TimelineEvent,
        initial=lambda incident, entry: (
            {"text": entry.text, "kind": entry.kind, "evidence_url": entry.evidence_url} if entry else {}
        ),
    ),
    "phase": times(
        title="Enter a phase", submit="Enter it", form=forms.PhaseForm, entry=PhaseEntry,
        act=lambda doing, text, form: log.enter_phase(
            doing.incident, phase=text["phase"], corrects=doing.entry, **doing.when
        ),
        initial=lambda incident, entry: {"phase": entry.phase} if entry else {},
        says="A phase can be entered again: the log keeps every entry.",
    ),
    "severity": PageStep(
        may=access.can_change_severity, why_not=access.why_not_severity,
        title="Change the severity", submit="Change it", form=forms.SeverityForm, act=_severity,
        initial=lambda incident, entry: {"severity": Severity(incident.severity).value},
    ),
    "status": PageStep(
        title="Record a status update", submit="Record it", form=forms.StatusUpdateForm, entry=StatusUpdate,
        act=lambda doing, text, form: log.send_status_update(
            doing.incident, audience=text["audience"], channel=text["channel"], text=text["text"],
            corrects=doing.entry, **doing.when,
        ),
        initial=lambda incident, entry: (
            {"audience": entry.audience, "channel": entry.channel, "text": entry.text} if entry else {}
        ),
    ),
    "milestone": times(
        title="Reach a milestone", submit="Record it", form=forms.MilestoneForm, act=_milestone, entry=Milestone,
    ),
    "impact": PageStep(
        title="State the impact", submit="State it", form=forms.ImpactForm, act=_impact,
        initial=lambda incident, entry: {
            name: getattr(incident, name)
            for name in (
                "external", "customers_affected", "business", "revenue_exposure", "sla_status",
                "regulatory_exposure", "alert_source", "unusual_factors",
            )
        },
    ),
    "track": PageStep(
        title="Open a recovery track", submit="Open it", form=forms.TrackForm,
        act=lambda doing, text, form: command.open_track(
            doing.incident, name=text["name"], service=text["service"], lead=text["lead"], **doing.when
        ),
    ),
    "track-change": PageStep(
        title="Recovery track", submit="Save", form=forms.TrackChangeForm, act=_track, entry=RecoveryTrack,
        initial=lambda incident, entry: forms.track_initial(entry),
    ),
    "role": PageStep(
        title="Assign a role", submit="Assign it", form=forms.RoleForm,
        act=lambda doing, text, form: command.assign(
            doing.incident, role=text["role"], person=text["person"], until=text["until"], **doing.when
        ),
        says="Naming a Major Incident Manager passes the command.",
    ),
    "role-confirm": PageStep(
        title="Confirm a role", submit="Confirm", form=forms.NothingForm, entry=CommandAssignment,
        may=access.can_confirm_role, why_not=access.why_not_confirm_role,
        act=lambda doing, text, form: confirming.confirm_role(doing.entry, **doing.when),
        says="It was recorded after the close. Once you confirm it, the person has the rights of this role.",
    ),
    "lead-confirm": PageStep(
        title="Confirm the lead of a recovery track", submit="Confirm", form=forms.NothingForm, entry=RecoveryTrack,
        may=access.can_confirm_role, why_not=access.why_not_confirm_role,
        act=lambda doing, text, form: confirming.confirm_lead(doing.entry, **doing.when),
        says="It was recorded after the close. Once you confirm it, the person has a part in this incident.",
    ),
    "role-end": PageStep(
        title="End a role", submit="End it", form=forms.MomentForm, entry=CommandAssignment,
        may_on=lambda person, entry: access.can_give_role(
            person, entry.incident, CommandRole(entry.role), entry.person, ends=True
        ),
        act=lambda doing, text, form: command.end_assignment(doing.entry, **doing.when),
    ),
    "vendor": PageStep(
        title="Engage a vendor", submit="Record it", form=forms.VendorForm,
        act=lambda doing, text, form: vendors.engage(
            doing.incident, vendor=text["vendor"], service_name=text["service_name"],
            response_sla_minutes=text["response_sla_minutes"], effect=text["effect"], **doing.when,
        ),
    ),
    "vendor-change": PageStep(
        title="Vendor", submit="Save", form=forms.VendorChangeForm, act=_vendor, entry=VendorEngagement,
        initial=lambda incident, entry: {
            "effect": entry.effect or "", "root_cause_related": entry.root_cause_related,
            "rca_status": entry.rca_status or "", "rca_follow_up_on": entry.rca_follow_up_on,
        },
    ),
    "mtm": PageStep(
        title="Start a Major Technical Meeting", submit="Start it", form=forms.MomentForm,
        may=lambda person, incident: (
            access.can_call_mtm(person, incident)
            and (incident.is_closed or is_for(Severity(incident.highest_severity)))
        ),
        why_not=access.why_not_call_mtm,
        act=lambda doing, text, form: mtm.record_mtm(doing.incident, attendees=[doing.by], **doing.when),
    ),
    "mtm-change": PageStep(
        title="Major Technical Meeting", submit="Save", form=forms.MtmForm, act=_mtm, entry=Mtm,
        initial=_mtm_initial,
    ),
    "no-mtm": commands(
        title="Decide against an MTM", submit="Record the decision", form=forms.ReasonForm,
        act=lambda doing, text, form: mtm.decide_against_mtm(
            doing.incident, reason=text["reason"], **doing.when
        ),
        says="A Critical incident over two hours without a meeting or this decision is a gap of the record.",
    ),
    "service": PageStep(
        title="Name a service affected", submit="Add it", form=forms.ServiceForm,
        act=lambda doing, text, form: declare.affect_service(doing.incident, name=text["name"], **doing.when),
    ),
    "hand-over": commands(
        title="Hand over", submit="Hand over", form=forms.HandoverForm, weighty=True,
        act=lambda doing, text, form: command.hand_over(
            doing.incident, to=text["to"], note=text["note"], **doing.when_it_stood
        ),
        says="Command, chair, draft and obligations pass to the next Major Incident Manager in one step.",
    ),
    "claim": PageStep(
        title="Claim this incident", submit="Claim it", form=forms.NothingForm, may=access.can_claim,
        why_not=lambda incident: access.MIM_GROUP_ONLY,
        act=lambda doing, text, form: command.claim(doing.incident, **doing.when),
        says="Nobody commands it. You become its Major Incident Manager from now on.",
    ),
    "repeat": commands(
        title="Repeat of an earlier incident", submit="Save", form=forms.RepeatForm, act=_repeat, weighty=True,
        says="A confirmed repeat makes the After Action mandatory at any severity.",
    ),
    "not-a-repeat": commands(
        title="It does not repeat this one", submit="Dismiss it", form=forms.LookAlikeForm, act=_unlike,
        says="That earlier incident is not proposed again. Every other stays as it is.",
    ),
    "restrict": commands(
        title="Restrict this incident", submit="Restrict it", form=forms.ReasonForm, act=_restrict(True),
        says="Only its people, Auditors and those let in will know that it exists.", weighty=True, danger=True,
    ),
    "unrestrict": commands(
        title="Open this incident to everybody", submit="Open it", form=forms.ReasonForm, act=_restrict(False),
        says="Everybody who signs in will see it, its timeline and its Learning Review.", weighty=True, danger=True,
    ),
    "admit": commands(
        title="Let somebody in", submit="Let in", form=forms.AdmitForm,
        act=lambda doing, text, form: command.admit(
            doing.incident, person=text["person"], reason=text["reason"], **doing.when
        ),
    ),
    "close": commands(
        title="Close the incident", submit="Close the incident", form=forms.CloseForm, weighty=True, danger=True,
        act=_close, initial=_close_initial,
    ),
    "reopen": PageStep(
        title="Reopen the incident", submit="Reopen it", form=forms.ReopenForm, may=access.can_reopen,
        why_not=access.why_not_command,
        act=lambda doing, text, form: close.reopen(
            doing.incident, reason=text["reason"], **doing.when_it_stood
        ),
        says=(
            "It runs again until it is closed anew. What was recorded stays; the open obligations of its "
            "After Action are superseded."
        ),
        weighty=True, danger=True,
    ),
    "confirm-lowering": PageStep(
        title="Confirm that it never was mandatory", submit="Confirm", form=forms.ReasonForm,
        may=access.can_confirm_lowering, why_not=lambda incident: access.MANAGER_ONLY, weighty=True, danger=True,
        act=lambda doing, text, form: close.confirm_lowering(
            doing.incident, reason=text["reason"], **doing.when_it_stood
        ),
        says="The requirement becomes what the record as corrected asks for.",
    ),
}  # fmt: skip
