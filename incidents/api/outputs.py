"""Incidents as the API shows them: plain dictionaries, built without a statement of their own.

Persons by their identifier, instants in UTC, and of every entry when it happened and when it was entered.
"""

from datetime import datetime
from typing import Any

from incidents.exchange.document_parts import DocumentMtmNotes
from incidents.models import (
    CommandAssignment,
    Handover,
    ImpactStatement,
    Incident,
    Milestone,
    Mtm,
    MtmAction,
    MtmActionReview,
    MtmDecision,
    MtmSummary,
    PhaseEntry,
    RecoveryTrack,
    SeverityChange,
    StatusUpdate,
    TimelineEvent,
    TrackMember,
    VendorEngagement,
)
from incidents.models.entries import Entry
from incidents.operations.facts import outline_facts, record_facts
from incidents.operations.response.mtm_meeting import prior_actions, said_at
from incidents.operations.similar import Proposal
from incidents.rules.facts import RecordFacts, is_after_the_fact
from incidents.rules.gaps.findings import due_gaps, gap_findings
from incidents.rules.gaps.gaps import gaps
from incidents.rules.metrics import metrics
from incidents.rules.requirement import requirement
from incidents.rules.response.mtm import agenda
from incidents.rules.response.mtm_summary import not_said_yet, summary_text
from incidents.vocabulary import ImpactField, MilestoneKind
from majorops.formatting.instants import written
from majorops.people.models import Person

MILESTONES = [kind.value for kind in MilestoneKind if kind is not MilestoneKind.STAKEHOLDER_COMMUNICATION]
NOTES = list(DocumentMtmNotes.__dataclass_fields__)
IMPACT = [field.value for field in ImpactField if field is not ImpactField.UNUSUAL_FACTORS]


def row(incident: Incident, now: datetime) -> dict[str, Any]:
    """The incident as a list shows it, from its own row with `after_action_reference` (incidents.queries.incidents)."""
    return _outline(incident, outline_facts(incident), now)


def look_alike(proposal: Proposal) -> dict[str, Any]:
    """An earlier incident that is proposed, with the evidence."""
    earlier, why = proposal.earlier, proposal.why
    return {
        "reference": earlier.reference,
        "title": earlier.title,
        "severity": earlier.severity,
        "began_at": written(earlier.began_at),
        "likeness": round(why.score, 3),
        "evidence": why.evidence,
        "services": list(why.services),
        "words": list(why.words),
    }


def detail(incident: Incident, now: datetime, *, repeat_of: str | None) -> dict[str, Any]:
    """The incident with its whole record, whose rows are at hand (`incident_page`)."""
    facts = record_facts(incident)
    until = incident.live_until
    return {
        **_outline(incident, facts, now),
        "gaps": [
            {
                "kind": gap.kind.value,
                "text": gap.text,
                "section": gap.section,
                "serious": gap.serious,
                "count": gap.count,
                "due_at": written(gap.due_at),
                "proposed_change": gap.proposed_change,
            }
            for gap in gap_findings(due_gaps(gaps(facts, now), now, is_running=facts.is_running)[0])
        ],
        "impact": {name: getattr(incident, name) for name in IMPACT},
        "unusual_factors": incident.unusual_factors,
        "is_repeat": incident.is_repeat,
        "repeat_of": repeat_of,
        "organisation": incident.organisation,
        "source_url": incident.source_url,
        "services": [
            {"name": each.service.name, "owner": named(each.owner)}
            for each in incident.affected_services.all()
        ],
        "timeline": [event(entry, until) for entry in incident.timelineevents.all()],
        "phases": [phase(entry, until) for entry in incident.phaseentrys.all()],
        "stakeholder_communications": [
            milestone(entry, until)
            for entry in incident.milestones.all()
            if entry.kind == MilestoneKind.STAKEHOLDER_COMMUNICATION
        ],
        "status_updates": [status_update(entry, until) for entry in incident.statusupdates.all()],
        "severities": [severity(change) for change in incident.severity_changes.all()],
        "command": [assignment(entry, until) for entry in incident.commandassignments.all()],
        "tracks": [track(entry, until) for entry in incident.recoverytracks.all()],
        "vendors": [vendor(entry, until) for entry in incident.vendorengagements.all()],
        "mtms": [meeting_outline(entry, until) for entry in incident.mtms.all()],
        "people": _people(incident),
    }


def _outline(incident: Incident, facts: RecordFacts, now: datetime) -> dict[str, Any]:
    return {
        "reference": incident.reference,
        "external_id": incident.external_id,
        "title": incident.title,
        "severity": incident.severity,
        "highest_severity": incident.highest_severity,
        "status": incident.status,
        "time_zone": incident.time_zone,
        "restricted": incident.restricted,
        "milestones": {kind: written(getattr(incident, f"{kind}_at")) for kind in MILESTONES},
        "metrics": metrics(facts, now).as_seconds(),
        "requirement": _requirement(incident, facts, now),
        "after_action": getattr(incident, "after_action_reference", None),
        "history": incident.history,
        "mim": named(incident.mim),
        "version": incident.version,
    }


def _people(incident: Incident) -> list[dict[str, str]]:
    """Who is behind the identifiers, each once."""
    persons = dict.fromkeys(
        (
            incident.mim,
            *(each.person for each in incident.commandassignments.all()),
            *(each.owner for each in incident.affected_services.all()),
            *(each.lead for each in incident.recoverytracks.all()),
            *(each.by for each in incident.timelineevents.all()),
        )
    )
    return [{"person": one.identifier, "name": one.full_name} for one in persons if one is not None]


def _requirement(incident: Incident, facts: RecordFacts, now: datetime) -> dict[str, Any]:
    """As decided at the close; while it runs, what it would be if the incident were closed now."""
    if incident.is_closed:
        return {
            "level": incident.requirement_level,
            "rule": incident.requirement_rule,
            "reason": incident.requirement_reason,
            "decided_at": written(incident.requirement_decided_at),
        }
    would_be = requirement(facts, now)
    return {
        "level": would_be.level.value,
        "rule": would_be.rule,
        "reason": would_be.reason,
        "decided_at": None,
    }


def named(person: Person | None) -> str | None:
    return None if person is None else person.identifier


def _entry(entry: Entry, at: datetime | None, until: datetime | None) -> dict[str, Any]:
    return {
        "id": entry.pk,
        "logged_at": written(entry.logged_at),
        "after_the_fact": is_after_the_fact(at, entry.logged_at, until),
        "corrects": entry.corrects_id,
    }


def event(entry: TimelineEvent, until: datetime | None) -> dict[str, Any]:
    return {
        "at": written(entry.at),
        "kind": entry.kind,
        "by": named(entry.by),
        "text": entry.text,
        "evidence_url": entry.evidence_url,
        "earlier": entry.earlier,
        **_entry(entry, entry.at, until),
    }


def phase(entry: PhaseEntry, until: datetime | None) -> dict[str, Any]:
    return {
        "phase": entry.phase,
        "at": written(entry.entered_at),
        "by": named(entry.by),
        **_entry(entry, entry.entered_at, until),
    }


def milestone(entry: Milestone, until: datetime | None) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "at": written(entry.at),
        "by": named(entry.by),
        "text": entry.text,
        **_entry(entry, entry.at, until),
    }


def statement(entry: ImpactStatement, until: datetime | None) -> dict[str, Any]:
    return {
        "field": entry.field,
        "value": entry.value,
        "at": written(entry.at),
        "by": named(entry.by),
        "reason": entry.reason,
        **_entry(entry, entry.at, until),
    }


def status_update(entry: StatusUpdate, until: datetime | None) -> dict[str, Any]:
    return {
        "audience": entry.audience,
        "channel": entry.channel,
        "text": entry.text,
        "at": written(entry.sent_at),
        "by": named(entry.by),
        **_entry(entry, entry.sent_at, until),
    }


def severity(change: SeverityChange) -> dict[str, Any]:
    return {
        "severity": change.severity,
        "highest_severity": change.highest_severity,
        "reason": change.reason,
        "never_was": change.never_was,
        "at": written(change.at),
        "logged_at": written(change.logged_at),
    }


def assignment(entry: CommandAssignment, until: datetime | None) -> dict[str, Any]:
    return {
        "role": entry.role,
        "person": named(entry.person),
        "from": written(entry.from_at),
        "until": written(entry.until_at),
        "awaits_confirmation": entry.awaits_confirmation,
        **_entry(entry, entry.from_at, until),
    }


def handover(passed: Handover) -> dict[str, Any]:
    return {
        "at": written(passed.at),
        "from": named(passed.from_person),
        "to": named(passed.to_person),
        "note": passed.note,
    }


def track(entry: RecoveryTrack, until: datetime | None) -> dict[str, Any]:
    return {
        "name": entry.name,
        "service": entry.service_name,
        "lead": named(entry.lead),
        "opened_at": written(entry.opened_at),
        "lead_assigned_at": written(entry.lead_assigned_at),
        "first_action_at": written(entry.first_action_at),
        "closed_at": written(entry.closed_at),
        "outcome": entry.outcome,
        **_entry(entry, entry.opened_at, until),
    }


def member(joined: TrackMember) -> dict[str, Any]:
    return {"person": named(joined.person), "since": written(joined.since)}


def vendor(entry: VendorEngagement, until: datetime | None) -> dict[str, Any]:
    due_on = entry.rca_follow_up_on
    return {
        "name": entry.vendor.name,
        "service": entry.service_name,
        "engaged_at": written(entry.engaged_at),
        "responded_at": written(entry.responded_at),
        "response_sla_minutes": entry.response_sla_minutes,
        "effect": entry.effect,
        "root_cause_related": entry.root_cause_related,
        "rca": {"status": entry.rca_status, "follow_up_on": due_on and due_on.isoformat()}
        if entry.has_rca
        else None,
        **_entry(entry, entry.engaged_at, until),
    }


def meeting_outline(entry: Mtm, until: datetime | None) -> dict[str, Any]:
    """A meeting without its attendees and actions, which have statements of their own."""
    return {
        "number": entry.number,
        "started_at": written(entry.started_at),
        "ended_at": written(entry.ended_at),
        "notes": {point: entry.notes.get(point) for point in NOTES},
        "severity_confirmed": entry.severity_confirmed,
        "next_at": written(entry.next_at),
        "stood_down": entry.stood_down,
        "cadence_minutes": entry.cadence_minutes,
        **_entry(entry, entry.started_at, until),
    }


def meeting(entry: Mtm, until: datetime | None) -> dict[str, Any]:
    return {
        **meeting_outline(entry, until),
        "attendees": [named(one.person) for one in entry.attendance.select_related("person")],
        "actions": [mtm_action(one) for one in entry.actions.select_related("owner", "item")],
    }


def mtm_action(one: MtmAction) -> dict[str, Any]:
    return {
        "id": one.pk,
        "title": one.title,
        "owner": named(one.owner),
        "due_on": one.due_on and one.due_on.isoformat(),
        "status": one.status,
        "action_item": getattr(getattr(one, "item", None), "reference", None),
    }


def mtm_review(review: MtmActionReview) -> dict[str, Any]:
    return {
        "outcome": review.outcome,
        "text": review.word,
        "at": written(review.at),
        "by": named(review.by),
    }


def meeting_detail(entry: Mtm, incident: Incident, at: datetime) -> dict[str, Any]:
    """A meeting with its agenda, what it reviews, and its summary, published or as its notes give it."""
    published = MtmSummary.objects.filter(mtm__incident=incident, mtm__number=entry.number).first()
    prior = prior_actions(entry)
    said = said_at(
        entry,
        actions=entry.actions.select_related("owner"),
        prior=prior,
        has_attendance=entry.attendance.exists(),
        now=at,
    )
    return {
        **meeting(entry, incident.live_until),
        "agenda": [
            {"key": point.key, "title": point.title, "owner": point.owner}
            for point in agenda(entry.number, incident.regulatory_exposure)
        ],
        "prior_actions": [
            {
                **mtm_action(one),
                "number": one.mtm.number,
                "review": mtm_review(review) if review else None,
            }
            for one, review in prior
        ],
        "not_said_yet": list(not_said_yet(said)),
        "summary": summary(published) if published else None,
        "summary_text": summary_text(said),
    }


def summary(published: MtmSummary) -> dict[str, Any]:
    return {"text": published.text, "published_at": written(published.published_at)}


def mtm_decision(decision: MtmDecision) -> dict[str, Any]:
    return {"at": written(decision.at), "logged_at": written(decision.logged_at), "reason": decision.reason}
