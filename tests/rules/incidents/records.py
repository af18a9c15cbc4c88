"""Records for the tests of the rules: an incident of 3 March 2026 in Berlin, told by the clock."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from incidents.exchange.document import check_document
from incidents.exchange.document_parts import IncidentDocument
from incidents.rules.facts import (
    CommandEntry,
    CommunicationEntry,
    Milestones,
    MtmEntry,
    PhaseFact,
    RecordFacts,
    StatusUpdateEntry,
    TimelineEntry,
    TrackEntry,
    VendorEntry,
)
from incidents.vocabulary import Audience, CommandRole, Phase, Severity

BERLIN = ZoneInfo("Europe/Berlin")
FILES = Path(__file__).parents[2] / "data"


def clock(time: str, day: int = 3) -> datetime:
    hour, minute, second = (int(part) for part in [*time.split(":"), "0"][:3])
    return datetime(2026, 3, day, hour, minute, second, tzinfo=BERLIN)


def record(
    severity: Severity = Severity.HIGH, milestones: dict[str, str] | None = None, **given: Any
) -> RecordFacts:
    """A record that holds nothing but what is given; `milestones` by the clock of 3 March."""
    given.setdefault("highest_severity", severity)
    given.setdefault("time_zone", "Europe/Berlin")
    instants = {name: clock(time) for name, time in (milestones or {}).items()}
    return RecordFacts(severity, milestones=Milestones(**instants), **given)


def complete_record(severity: Severity = Severity.CRITICAL, **given: Any) -> RecordFacts:
    """A record in which nothing is missing: from 10:00 to 11:30, logged as it happened."""
    phases = {
        Phase.DETECTED: "10:05",
        Phase.DECLARED: "10:10",
        Phase.INVESTIGATING: "10:12",
        Phase.MITIGATING: "10:30",
        Phase.RECOVERING: "10:50",
        Phase.VALIDATING: "11:00",
        Phase.RESOLVED: "11:15",
        Phase.CLOSED: "11:30",
    }
    everything: dict[str, Any] = {
        "milestones": {
            "impact_started": "10:00",
            "alert_fired": "10:02",
            "confirmed": "10:05",
            "opened": "10:10",
            "mitigated": "10:50",
            "recovered": "11:15",
            "closed": "11:30",
        },
        "external": True,
        "customers_affected": 500,
        "alert_source": "Uptime probe",
        "business": "Orders could not be paid",
        "revenue_exposure": "20,000 an hour",
        "sla_status": "Within the yearly allowance",
        "regulatory_exposure": False,
        "phases": tuple(PhaseFact(phase, clock(time)) for phase, time in phases.items()),
        "command": tuple(
            CommandEntry(role, clock("10:10"))
            for role in CommandRole
            if role not in (CommandRole.SME, CommandRole.RESPONDER)
        ),
        "tracks": (
            TrackEntry("Database", opened_at=clock("10:12"), has_lead=True, lead_assigned_at=clock("10:20")),
        ),
        "status_updates": tuple(
            StatusUpdateEntry(clock(time), audience)
            for time, audience in (
                ("10:15", Audience.INTERNAL),
                ("10:40", Audience.PUBLIC),
                ("11:05", Audience.PUBLIC),
            )
        ),
        "stakeholder_communications": (CommunicationEntry(clock("10:25")),),
        "vendors": (VendorEntry("Cloud supplier", clock("10:20"), clock("10:35"), 30),),
        "timeline": (TimelineEntry(clock("10:12")),),
    }
    return record(severity, **{**everything, **given})


def documents() -> dict[str, dict[str, Any]]:
    """Every real incident of the data folder by its external id, as parsed JSON."""
    told = [json.loads(path.read_text()) for path in sorted((FILES / "worked").glob("*.json"))]
    listed = [json.loads(line) for line in (FILES / "incidents.jsonl").read_text().splitlines()]
    return {document["external_id"]: document for document in told + listed}


def facts_of(document: IncidentDocument) -> RecordFacts:
    """The facts of an imported document, as history."""
    return RecordFacts(
        document.severity,
        document.severity,
        document.milestones,
        time_zone=document.time_zone or "UTC",
        ended_without_close=document.milestones.closed is None,
        external=document.impact.external,
        customers_affected=document.impact.customers_affected,
        business=document.impact.business,
        unusual_factors=document.unusual_factors,
        is_repeat=document.is_repeat,
        repeat_of=document.repeat_of,
        phases=tuple(PhaseFact(entry.phase, entry.entered_at) for entry in document.phases),
        command=tuple(CommandEntry(entry.role, entry.from_at) for entry in document.command),
        tracks=tuple(
            TrackEntry(
                entry.name,
                entry.service_name,
                entry.opened_at,
                entry.lead is not None,
                entry.lead_assigned_at,
                closed_at=entry.closed_at,
                outcome=entry.outcome,
            )
            for entry in document.tracks
        ),
        status_updates=tuple(
            StatusUpdateEntry(entry.sent_at, entry.audience) for entry in document.status_updates
        ),
        vendors=tuple(
            VendorEntry(entry.name, entry.engaged_at, entry.responded_at) for entry in document.vendors
        ),
        mtms=tuple(MtmEntry(entry.number, entry.started_at) for entry in document.mtms),
        timeline=tuple(TimelineEntry(entry.at, entry.logged_at) for entry in document.timeline),
    )


def checked(external_id: str) -> IncidentDocument:
    document = check_document(documents()[external_id]).document
    assert document is not None
    return document


LATER = timedelta(days=300)
