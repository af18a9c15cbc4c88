"""What each URL of the access matrix is sent: something that it takes, so that what refuses it is who asks."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from afteractions.models import CloseOutAnswer
from afteractions.rules.review.proposed_changes import proposed_changes
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.taking import key_of
from incidents.models import Incident
from majorops import clock
from tests.web.access_cast import FAR_DAY, Thing

AT = "2026-12-10T14:00:00Z"
LATER = "2026-12-10T15:00:00Z"
FORM: Mapping[str, str] = {
    "reason": "It must be so",
    "text": "Something was said",
    "line": "the pump was restarted",
    "key": "updates",
    "worked": "The pump was found at once",
    "section": "root_cause",
    "went_well-0-text": "The drill was short",
    "went_well-0-kind": "tool",
    "kind": "action",
    "phase": "mitigating",
    "severity": "critical",
    "audience": "internal",
    "channel": "chat",
    "name": "A name",
    "question": "learned",
    "scope": "read",
    "time_zone": "Asia/Tokyo",
    "title": "Something is down",
    "role": "scribe",
    "vendor": "A vendor",
    "business": "Changed",
    "answer": "none",
    "outcome": "Restored",
    "effect": "Slow",
    "note_attendance": "All",
    "decision": "hold",
    "evidence": "https://example.org/evidence",
    "due_on": "2027-01-04",
    "change": "Test it",
    "revision": "2",
    "response": "accepted",
    "included": "yes",
    "why": "Knows it",
    "days": "7",
    "starts_at": "2026-12-10T14:00",
    "length": "60",
    "started_at": "2026-03-09T14:00",
    "ended_at": "2026-03-09T15:00",
    "agreed": "yes",
    "messages": "none",
    "status": "sent",
    "step": "item",
    "disposition": "extended",
    "failure": "a pump",
    "certainty": "known",
    "pasted": json.dumps({}),
    "day": FAR_DAY,
}
FORMS: Mapping[str, Mapping[str, str]] = {
    "incidents:mtm_step/note": {"point": "recovery_status", "note": "It recovers"},
    "incidents:step/milestone": {"kind": "mitigated"},
    "incidents:step_of/milestone": {"kind": "mitigated"},
    "afteractions:anti_pattern": {"kind": "blame_session"},
    "afteractions:action_captured": {"kind": "start"},
    "afteractions:action_step/effect": {"outcome": "not_effective", "seen": "It failed again"},
    "afteractions:left_by": {"note": "It must be so"},
}
PEOPLE = ("person", "to", "owner")


def form_for(name: str, thing: Thing) -> dict[str, str]:
    """The fields of every form at once: each takes its own."""
    somebody = thing.cast.attendee.identifier
    return {
        **FORM,
        **dict.fromkeys(PEOPLE, somebody),
        "attendee": str(thing.after_action.attendees.get(person=thing.cast.attendee).pk),
        "item": thing.change.reference,
        **({"answer": a_line(thing), "line": "worked"} if name == "afteractions:take_close_out" else {}),
        **({"row": a_row(thing)} if name == "afteractions:take_row" else {}),
        "gap": a_gap(thing) if name == "afteractions:take_gap" else "A gap",
        "reference": another(thing) if name.endswith("/not-a-repeat") else "",
        **FORMS.get(name, {}),
    }


def another(thing: Thing) -> str:
    """The reference of an incident that everybody sees, and that is not the one asked about."""
    others = Incident.objects.filter(restricted=False).exclude(pk=thing.incident.pk)
    return others.values_list("reference", flat=True)[0]


def a_gap(thing: Thing) -> str:
    """The key of something that the record does not say."""
    workspace = Workspace(thing.after_action, person=thing.cast.mim, at=clock.now())
    key: str = workspace.review.record.gaps[0].key
    return key


def a_row(thing: Thing) -> str:
    """The key of something that was supposed to happen."""
    workspace = Workspace(thing.after_action, person=thing.cast.mim, at=clock.now())
    return key_of(next(proposed_changes(workspace.review.expected())))


def a_line(thing: Thing) -> str:
    """What somebody said at the close."""
    return str(CloseOutAnswer.objects.get(after_action=thing.after_action).pk)


def said(**body: Any) -> Callable[[Thing], Any]:
    return lambda thing: body


def naming(key: str, **body: Any) -> Callable[[Thing], Any]:
    return lambda thing: {**body, key: thing.cast.attendee.identifier}


BECAUSE = said(reason="It must be so")
BODIES: Mapping[str, Callable[[Thing], Any]] = {
    "api-my-tokens": said(name="A name", scope="read"),
    "api-people": said(email="new@majorops.example", name="A name", invite=True),
    "api-person": said(name="Another name", groups=[]),
    "api-person-disable": said(leave=True),
    "api-teams": said(name="Pilots"),
    "api-team": said(name="Pilots"),
    "service-list": said(name="Another service"),
    "service-detail": naming("owner"),
    "incident-list": said(title="Something is down", severity="high"),
    "incident-command": naming("person", role="scribe"),
    "incident-correct-event": said(text="The pump was stopped"),
    "incident-events": said(kind="action", text="The pump was restarted"),
    "incident-handover": naming("to"),
    "incident-impact": said(field="business", value="Changed"),
    "incident-join-track": naming("person"),
    "incident-milestones": said(kind="mitigated"),
    "incident-mtm-decision": BECAUSE,
    "incident-phases": said(phase="mitigating"),
    "incident-review-mtm-action": said(outcome="done"),
    "incident-publish-mtm-summary": said(text="It recovers"),
    "incident-reopen": BECAUSE,
    "incident-not-a-repeat-of": lambda thing: {"reference": another(thing)},
    "incident-repeat-of": said(reference=None, reason="It repeats nothing"),
    "incident-severity": said(severity="critical", reason="All customers"),
    "incident-status-updates": said(audience="internal", text="It is being restored"),
    "incident-tracks": said(name="Pump"),
    "incident-vendors": said(name="A vendor"),
    "after-action-list": lambda thing: {"incident": thing.incident.reference, "reason": "To learn"},
    "after-action-amend-published": BECAUSE,
    "after-action-anti-patterns": said(kind="blame_session", evidence="Names were named"),
    "after-action-attendees": lambda thing: [
        {"person": thing.cast.attendee.identifier, "included": True, "reason": "Knows it"}
    ],
    "after-action-close-outs": said(worked="The runbook"),
    "after-action-withdraw-evidence": BECAUSE,
    "after-action-reading-list": said(text="The ticket of the vendor"),
    "after-action-tick-off": said(key="updates"),
    "after-action-comments": said(section="root_cause", text="Why?"),
    "left-behind-hand-over": naming("to", note="It must be so"),
    "after-action-decisions": said(text="The inventory comes first"),
    "after-action-guest-links": lambda thing: {"person": thing.link.person.identifier},
    "after-action-decide": said(decision="hold"),
    "after-action-hold": said(
        started_at="2026-03-09T14:00:00Z",
        ended_at="2026-03-09T15:00:00Z",
        attendance=[],
        agreed=True,
        external_messages="none",
    ),
    "after-action-read-": said(revision=2),
    "after-action-reschedule": said(starts_at=AT, ends_at=LATER, reason="Later"),
    "after-action-schedule": said(starts_at=AT, ends_at=LATER, reason="Later"),
    "after-action-section": said(content={"failure": "a pump", "certainty": "known"}),
    "after-action-add-row": said(text="The drill was short", kind="tool"),
    "after-action-row": said(text="The drill was short"),
    "after-action-waive": BECAUSE,
    "after-action-withdraw": BECAUSE,
    "action-item-cancel": BECAUSE,
    "action-item-complete": said(evidence="https://example.org/evidence"),
    "action-item-effect": said(outcome="not_effective", seen="The next failover failed in the same way"),
    "action-item-extend": said(due_on="2027-01-04", reason="More time"),
    "action-item-report-progress": said(text="Half of it"),
    "action-item-propose": said(disposition="done", evidence="https://example.org/evidence"),
    "action-item-decline": said(word="Not yet"),
    "action-item-settle": said(disposition="done", evidence="https://example.org/evidence"),
    "external-message-approve": said(approved=True),
    "external-message-withdraw": BECAUSE,
    "contract-list": said(name="Another vendor"),
    "contract-detail": said(name="The same vendor"),
    "vendor-close-item": said(outcome="They came"),
    "vendor-move-item": said(due_on="2027-02-04"),
    "vendor-items": said(text="Logs", due_on="2027-01-04"),
    "vendor-plan": said(committed=True),
    "policy": said(stride=2, reason="Too fast"),
    "policy-close": said(day=FAR_DAY, name="Founders' day"),
    "wording": said(section="root_cause", text="a pump"),
}


def call_for(name: str, thing: Thing) -> Any:
    """The body of a call of the API; nothing where it needs none."""
    return BODIES.get(name.partition(":")[2] or name, said())(thing)
