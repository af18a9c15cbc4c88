"""After Actions as the API shows them: plain dictionaries, built from rows that are at hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from afteractions.models import (
    ActionProgress,
    AfterAction,
    AntiPatternOccurrence,
    Attendee,
    Change,
    CloseOutAnswer,
    Comment,
    EvidenceFile,
    ExternalMessage,
    GuestLink,
    ItemProposal,
    Meeting,
    MeetingDecision,
    Obligation,
    Revision,
    StatusNote,
    VendorFollowUp,
)
from afteractions.operations.readers.reading_list import Listed
from afteractions.queries.service_memory import ServiceMemory
from afteractions.queries.vendors import lacking
from afteractions.rules.deadlines.calendar import local_date
from afteractions.rules.followup.vendors import response_verdict
from afteractions.wording.check import Finding
from incidents.models import Incident, Vendor
from incidents.rules.response.vendor_terms import stated_sla
from majorops.formatting.instants import written
from majorops.people.models import Person


def named(person: Person | None) -> str | None:
    return person.identifier if person else None


def day(on: Any) -> str | None:
    return on.isoformat() if on else None


def requirement(incident: Incident) -> dict[str, Any]:
    return {"level": incident.requirement_level or None, "reason": incident.requirement_reason}


def row(after_action: AfterAction) -> dict[str, Any]:
    """One After Action as a list shows it, with its open obligations at hand (`with_next_deadline`)."""
    return {
        **outline(after_action),
        "obligations": [
            obligation(each, incident_zone(after_action.incident))
            for each in after_action.open_obligations  # type: ignore[attr-defined]
        ],
    }


def outline(after_action: AfterAction) -> dict[str, Any]:
    incident = after_action.incident
    return {
        "reference": after_action.reference,
        "incident": incident.reference,
        "title": incident.title,
        "severity": incident.severity,
        "highest_severity": incident.highest_severity,
        "requirement": requirement(incident),
        "status": after_action.status,
        "history": after_action.history and after_action.started_at is None,
        "decision": after_action.decision or None,
        "decision_reason": after_action.decision_reason,
        "lapsed": after_action.lapsed,
        "owner": named(after_action.owner),
        "clock_from": written(after_action.clock_from),
        "distributed_at": written(after_action.first_distributed_at),
        "reviewed_at": written(after_action.reviewed_at),
        "published_at": written(after_action.published_at),
        "closed_at": written(after_action.closed_at),
        "version": after_action.version,
    }


def detail(
    after_action: AfterAction, read_at: Mapping[int, datetime], *, reads_draft: bool
) -> dict[str, Any]:
    """The After Action with all that belongs to it, whose rows are at hand (`views.DETAIL`); without what stands in its
    draft for whoever does not read that."""
    meetings = list(after_action.meetings.all())
    zone = incident_zone(after_action.incident)
    return {
        **outline(after_action),
        "internal_liaison": named(after_action.internal_liaison),
        "obligations": [
            {
                **obligation(each, zone),
                "escalations": [
                    {"step": step.step, "at": written(step.at), "to": named(step.to)}
                    for step in each.escalations.all()
                ],
            }
            for each in after_action.obligations.all()
        ],
        "meeting": meeting(meetings[-1]) if meetings else None,
        "attendees": [attendee(each, read_at.get(each.person_id)) for each in after_action.attendees.all()],
        "sections": {
            section.key: {
                "version": section.version,
                "confirmed_by": named(section.confirmed_by),
            }
            for section in after_action.sections.all()
        }
        if reads_draft
        else None,
        "revisions": [revision(each) for each in after_action.revisions.all()],
        "action_items": [
            action_item(each, after_action)
            for each in after_action.changes.all()
            if reads_draft and each.kind != "continue"
        ],
        "external_messages": [external_message(each) for each in after_action.external_messages.all()],
        "anti_patterns": [anti_pattern(each) for each in after_action.anti_patterns.all()],
    }


def incident_zone(incident: Incident) -> ZoneInfo:
    return ZoneInfo(incident.time_zone)


def obligation(each: Obligation, zone: ZoneInfo) -> dict[str, Any]:
    """A deadline; `zone` is the incident's, whose local date it says where the end of a day is not the deadline."""
    return {
        "id": each.pk,
        "kind": each.kind,
        "subject": each.subject_label,
        "due_at": written(each.due_at),
        "due_on": day(each.due_on or local_date(each.due_at, zone)),
        "responsible": named(each.responsible) or each.responsible_group,
        "state": each.state,
        "met_at": written(each.met_at),
        "escalations": [],
    }


def overdue(each: Any) -> dict[str, Any]:
    """An obligation as the dashboard shows it: with the highest manager who was told, and the last nudge."""
    return {
        **obligation(each, incident_zone(each.incident)),
        "escalations": [_said_at(each.told, "step", to=each.told["email"])] if each.told else [],
        "incident": each.incident.reference,
        "title": each.incident.title,
        "severity": each.incident.severity,
        "after_action": each.after_action.reference if each.after_action else None,
        "next_step": each.next_step or None,
        "next_step_at": written(each.next_step_at),
        "nudged": _said_at(each.nudged, "word", by=each.nudged["email"]) if each.nudged else None,
    }


def _said_at(said: dict[str, Any], name: str, **somebody: str) -> dict[str, Any]:
    return {name: said[name], "at": written(datetime.fromisoformat(said["at"])), **somebody}


def meeting(each: Meeting) -> dict[str, Any]:
    return {
        "round": each.round,
        "starts_at": written(each.starts_at),
        "ends_at": written(each.ends_at),
        "location": each.location,
        "reschedules": len(each.moves.all()),
        "started_at": written(each.held_from),
        "held_at": written(each.held_until and each.held_from),
        "agreed": each.agreed,
        "override_reason": each.override_reason,
    }


def attendee(each: Attendee, read_at: datetime | None) -> dict[str, Any]:
    return {
        "person": each.person.identifier,
        "name": each.person.full_name,
        "roles": each.roles,
        "requirement": each.requirement,
        "reason": each.decided_reason or each.reason,
        "included": each.included,
        "response": each.response,
        "has_read": read_at is not None,
        "read_at": written(read_at),
        "bring": each.bring,
    }


def revision(each: Revision) -> dict[str, Any]:
    return {
        "number": each.number,
        "kind": each.kind,
        "created_at": written(each.created_at),
        "created_by": named(each.created_by),
        "sha256": each.sha256,
        "reason": each.reason,
    }


def action_item(each: Change, after_action: AfterAction) -> dict[str, Any]:
    return {
        "id": each.reference,
        "after_action": after_action.reference,
        "incident": after_action.incident.reference,
        "kind": each.kind,
        "gap": each.gap,
        "item": each.sentence,
        "source": each.source.value,
        "owner": named(each.owner),
        "owner_text": each.owner_words,
        "due_on": day(each.due_on),
        "status": each.status,
        "evidence": each.evidence,
        "reason": each.resolution_reason,
        "resolved_at": written(each.resolved_at),
        "version": each.version,
    }


def service_memory(memory: ServiceMemory) -> dict[str, Any]:
    return {
        "services": [service.name for service in memory.services],
        "learnings": [
            {
                "change": learning.change.reference,
                "text": learning.text,
                "state": "learned" if learning.is_learned else "captured",
                "after_action": learning.change.after_action.reference,
                "incident": learning.change.after_action.incident.reference,
            }
            for learning in memory.learnings
        ],
        "unfinished_actions": [action_item(each, each.after_action) for each in memory.unfinished],
        "vendors": [vendor_contract(each) for each in memory.vendors],
    }


def vendor_contract(each: Vendor) -> dict[str, Any]:
    return {
        "name": each.name,
        "escalation_contact": each.escalation_contact,
        "response_sla_minutes": each.response_sla_minutes,
        "rca_term_days": each.rca_term_days,
        "representative": named(each.representative),
        "service_manager": named(each.service_manager),
    }


def contract(each: Vendor) -> dict[str, Any]:
    return {
        "id": each.pk,
        **vendor_contract(each),
        "lacking": list(lacking(each)),
        "version": each.version,
    }


def proposal(each: ItemProposal) -> dict[str, Any]:
    return {
        "id": each.pk,
        "item": each.change.reference,
        "review": each.review_round,
        "disposition": each.disposition,
        "evidence": each.evidence,
        "due_on": day(each.due_on),
        "reason": each.reason,
        "at": written(each.at),
        "by": named(each.by),
        "state": each.state,
        "answered_at": written(each.answered_at),
        "answered_by": named(each.answered_by),
        "word": each.word,
    }


def progress(each: ActionProgress) -> dict[str, Any]:
    return {
        "id": each.pk,
        "item": each.change.reference,
        "text": each.text,
        "at": written(each.at),
        "by": named(each.by),
    }


def external_message(each: ExternalMessage) -> dict[str, Any]:
    return {
        "id": each.pk,
        "text": each.text,
        "audience": each.audience,
        "channel": each.channel,
        "due_at": written(each.due_at),
        "status": each.status,
        "stage": each.stage.value,
        "approved_at": written(each.approved_at),
        "approved_by": named(each.approved_by),
        "returned_reason": each.returned_reason,
        "sent_where": each.sent_where,
        "settled_at": written(each.settled_at),
        "settled_by": named(each.settled_by),
        "reason": each.reason,
        "version": each.version,
    }


def decision(each: MeetingDecision) -> dict[str, Any]:
    return {
        "id": each.pk,
        "text": each.text,
        "at": written(each.at),
        "by": named(each.by),
        "round": each.meeting.round,
    }


def guest_link(each: GuestLink) -> dict[str, Any]:
    return {
        "id": each.pk,
        "person": each.person.identifier,
        "created_at": written(each.created_at),
        "expires_at": written(each.expires_at),
        "revoked_at": written(each.revoked_at),
        "last_used_at": written(each.last_used_at),
    }


def status_note(each: StatusNote) -> dict[str, Any]:
    return {
        "id": each.pk,
        "after_action": each.after_action.reference,
        "incident": each.after_action.incident.reference,
        "status": each.transition.to_status,
        "text": each.text,
        "prepared_at": written(each.prepared_at),
        "sent_at": written(each.sent_at),
        "sent_by": named(each.sent_by),
        "sent_to": each.sent_to,
    }


def anti_pattern(each: AntiPatternOccurrence) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "named_at": written(each.named_at),
        "by": named(each.by) or "system",
        "evidence": each.latest_evidence,
    }


def close_out(each: CloseOutAnswer) -> dict[str, Any]:
    return {
        "id": each.pk,
        "person": each.person.identifier,
        "at": written(each.at),
        "worked": each.worked,
        "slowed": each.slowed,
    }


def evidence(each: EvidenceFile) -> dict[str, Any]:
    withdrawal = getattr(each, "withdrawal", None)
    return {
        "id": each.reference,
        "name": each.name,
        "note": each.note,
        "kind": each.kind,
        "size": each.size,
        "sha256": each.sha256,
        "url": each.url or None,
        "at": written(each.at),
        "by": each.by.identifier,
        "withdrawn_at": written(withdrawal.at) if withdrawal else None,
        "withdrawn_reason": withdrawal.reason if withdrawal else None,
    }


def source(each: Listed) -> dict[str, Any]:
    tick = each.tick if each.is_read else None
    return {
        "key": each.source.key,
        "text": each.source.text,
        "place": each.source.place,
        "read": each.is_read,
        "read_at": written(tick.at) if tick else None,
        "read_by": tick.by.identifier if tick else None,
    }


def comment(each: Comment) -> dict[str, Any]:
    return {
        "id": each.pk,
        "section": each.section,
        "revision": each.revision.number if each.revision else None,
        "parent": each.parent_id,
        "by": each.by.identifier,
        "at": written(each.at),
        "text": each.text,
        "resolved_at": written(each.resolved_at),
        "resolved_by": named(each.resolved_by),
    }


def vendor(each: VendorFollowUp, due_at: datetime | None) -> dict[str, Any]:
    """What a vendor owes; `due_at` is when its RCA is due (`rca_dues`)."""
    engagement = each.engagement
    sla = stated_sla(engagement.response_sla_minutes, engagement.vendor.response_sla_minutes)
    verdict = response_verdict(engagement.engaged_at, engagement.responded_at, sla)
    return {
        "id": each.pk,
        "name": each.engagement.vendor.name,
        "engaged_at": written(each.engagement.engaged_at),
        "responded_at": written(each.engagement.responded_at),
        "response_sla_minutes": sla,
        "response_verdict": verdict,
        "service_manager": named(each.service_manager),
        "rca_due_at": written(due_at or each.rca_due_at),
        "rca_committed": each.rca_committed,
        "root_cause_related": each.root_cause_related,
        "rca_received_at": written(each.rca_received_at),
        "rca_name": each.rca_name,
        "rca_sha256": each.rca_sha256,
        "items": [
            {
                "id": item.pk,
                "text": item.text,
                "due_on": day(item.due_on),
                "committed": item.committed,
                "closed_at": written(item.closed_at),
                "outcome": item.outcome,
            }
            for item in each.items.all()
        ],
        "version": each.version,
    }


def finding(each: Finding) -> dict[str, Any]:
    return {
        "kind": each.kind.value,
        "start": each.start,
        "end": each.end,
        "text": each.text,
        "message": each.message,
        "blocks": each.blocks,
    }
