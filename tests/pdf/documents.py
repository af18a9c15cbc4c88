"""Frozen revisions to make PDFs of: filled, long, empty and hostile."""

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from afteractions.documents.revision import FORMAT
from afteractions.timeline import (
    DrawnEngagement,
    DrawnEvent,
    DrawnMetric,
    DrawnMilestone,
    DrawnMtm,
    DrawnPhase,
    DrawnTrack,
    DrawnUpdate,
    Picture,
    picture_as_document,
)

ALERT = datetime(2026, 3, 28, 20, 5, tzinfo=UTC)
HOSTILE = (
    "Zoë O'Brien-Łukasz <script>alert(1)</script> 🚒🏽‍🚒👩‍💻 שלום עולם مرحبا 漢字 \x07\ufeff\ue000 ﬁ "
    + "W" * 300
)
KINDS = ("impact", "detection", "investigation", "decision", "action", "communication", "recovery", "vendor")
DONE = (
    "Restarted the payment gateway",
    "Checked the replication lag of the standby",
    "Asked the network team for flow logs",
    "Customers report failed card payments",
    "Decided to fail over to the second site",
)


def minutes(count: float) -> datetime:
    """An instant so many minutes after the alert."""
    return ALERT + timedelta(minutes=count)


def a_picture(events: int = 24, text: str = "") -> Picture:
    """An evening over a change of the clocks, with a relapse, an open track and entries after the fact."""
    chance = random.Random(7)
    logged = tuple(
        DrawnEvent(
            minutes(int(chance.triangular(0, 420, 60))),
            chance.choice(KINDS),
            text or f"{chance.choice(DONE)} ({number})",
            "Responder",
            highlighted=number % 40 == 3,
            after_the_fact=number % 30 == 5,
        )
        for number in range(events)
    )
    phases = [
        ("Detected", 3),
        ("Declared", 8),
        ("Investigating", 12),
        ("Mitigating", 70),
        ("Recovering", 130),
    ]
    phases += [
        ("Mitigating", 200),
        ("Recovering", 280),
        ("Validating", 380),
        ("Resolved", 415),
        ("Closed", 430),
    ]
    return Picture(
        title=text or "Card payments fail in two regions",
        time_zone="Europe/Berlin",
        phases=tuple(DrawnPhase(label, minutes(at), "Mira Sand") for label, at in phases),
        tracks=(
            DrawnTrack(
                "Database", minutes(15), minutes(20), minutes(300), text or "Failed over to the standby"
            ),
            DrawnTrack(text or "Card scheme", minutes(90)),
        ),
        events=(
            *logged,
            DrawnEvent(minutes(-9 * 1440), "action", "Firmware of the load balancers updated", "Network"),
        ),
        updates=tuple(
            DrawnUpdate(minutes(at), "public", "Status page", text or "Some payments fail")
            for at in range(30, 400, 60)
        ),
        metrics=(
            DrawnMetric("Time to Detect", minutes(0), minutes(3), 180),
            DrawnMetric("Time to Declare", minutes(8), minutes(3), -300),
            DrawnMetric("Time to Mitigate", minutes(8), minutes(205), 197 * 60),
            DrawnMetric("Time to Resolve", None, minutes(410), None),
        ),
        milestones=tuple(
            DrawnMilestone(label, minutes(at))
            for label, at in (
                ("Alert fired", 0),
                ("Incident confirmed", 3),
                ("Mitigation applied", 205),
                ("Closed", 430),
            )
        ),
        vendors=(DrawnEngagement(text or "Northwind Networks", minutes(75), minutes(110)),),
        mtms=(DrawnMtm("MTM 1", minutes(125), minutes(150)),),
        closed_at=minutes(430),
    )


def a_document(
    picture: Picture | None = None, *, text: str = "", rca_sha256: str | None = None
) -> dict[str, Any]:
    """A filled revision; `text` replaces everything that people type."""
    picture = picture or a_picture(text=text)

    def said(sentence: str) -> str:
        return text or sentence

    metrics = [
        {"key": "time_to_detect", "label": "Time to Detect", "seconds": 180},
        {"key": "time_to_declare", "label": "Time to Declare", "seconds": -300},
        {"key": "time_to_mitigate", "label": "Time to Mitigate", "seconds": 11820},
        {"key": "time_to_resolve", "label": "Time to Resolve", "seconds": None},
    ]
    document = {
        "format": FORMAT,
        "language": "en",
        "organisation": said("Harbour Bank"),
        "after_action": {
            "reference": "AA-7KQ4M",
            "incident": "INC-K7Q4M",
            "status": "reviewed",
            "requirement": {"level": "mandatory", "reason": "Critical (P1), whatever its duration"},
            "owner": said("Mira Sand"),
            "mim": said("Mira Sand"),
            "internal_liaison": said("Jonas Feld"),
            "meeting": {
                "starts_at": "2026-04-02T12:00:00Z",
                "ends_at": "2026-04-02T13:00:00Z",
                "location": said("Room 4"),
            },
            "restricted": True,
        },
        "revision": {
            "number": 3,
            "kind": "published",
            "reason": said("The vendor's root cause analysis arrived"),
            "created_at": "2026-04-03T09:30:00Z",
            "created_by": said("Mira Sand"),
        },
        "confirmed_by": {"expected": said("Tom Brandt"), "root_cause": None},
        "attendance": [
            {"round": 1, "person": said("Mira Sand"), "present": True, "had_read": False},
            {"round": 1, "person": said("Ida Voss"), "present": True, "had_read": True},
            {"round": 1, "person": said("Tom Brandt"), "present": True, "had_read": False},
            {"round": 1, "person": said("Ines Falk"), "present": False, "had_read": False},
        ],
        "decisions": [
            {
                "round": 1,
                "text": said("The second site is tested before the summer"),
                "at": "2026-04-02T12:40:00Z",
                "by": said("Mira Sand"),
            }
        ],
        "agreement": [
            {
                "round": 1,
                "held_from": "2026-04-02T12:00:00Z",
                "held_until": "2026-04-02T13:00:00Z",
                "agreed": True,
                "override_reason": "",
            }
        ],
        "sections": {
            "summary": {
                "reference": "INC-K7Q4M",
                "title": said("Card payments fail in two regions"),
                "severity": "high",
                "highest_severity": "critical",
                "time_zone": "Europe/Berlin",
                "duration": 24600,
                "metrics": metrics,
                "services": [said("Card payments"), said("Checkout")],
                "business_impact": said("Card payments declined for 4 h; shops fell back to cash."),
                "customer_impact": said("One in three card payments failed."),
                "external": True,
                "customers_affected": 41200,
                "revenue_exposure": said("About 1.1 million euros"),
                "sla_status": None,
                "regulatory_exposure": False,
                "mim": said("Mira Sand"),
                "key_responders": [
                    {"role": "technical_recovery_lead", "name": said("Tom Brandt")},
                    {"role": "scribe", "name": said("Ines Falk")},
                ],
            },
            "record_findings": {
                "gaps": [
                    {
                        "kind": "sla_status",
                        "text": said("The SLA status was not captured."),
                        "section": "summary",
                    },
                    {
                        "kind": "cadence",
                        "text": said("No status update for 61 min; every 30 min for Critical."),
                        "section": "",
                    },
                ],
                "after_the_fact": [
                    {
                        "at": "2026-03-28T22:00:00Z",
                        "logged_at": "2026-03-30T08:00:00Z",
                        "text": said("Queue drained"),
                        "by": said("Ines Falk"),
                    }
                ],
                "unfinished_actions": [
                    {
                        "reference": "ACT-2VW8N",
                        "change": said("Test the failover every quarter"),
                        "owner": said("Tom Brandt"),
                        "due_on": "2026-02-01",
                        "status": "open",
                        "incident": "INC-P3R9T",
                    }
                ],
                "mtm_notes": [
                    {
                        "number": 1,
                        "started_at": "2026-03-28T22:10:00Z",
                        "ended_at": None,
                        "notes": [
                            ["Recovery status", said("Failover prepared")],
                            ["Regulatory exposure", None],
                        ],
                        "open_actions": [said("Call the card scheme")],
                    }
                ],
                "anti_patterns": [
                    {
                        "kind": "retell",
                        "named_at": "2026-04-02T12:20:00Z",
                        "by": said("the chair"),
                        "evidence": said("Half had read it"),
                    }
                ],
            },
            "timeline": {"picture": picture_as_document(picture), "metrics": metrics},
            "expected": {
                "deviations": [
                    {
                        "expected": said("The standby takes over within 60 seconds."),
                        "actual": said(
                            "It was **too far behind** and refused:\n\n- lag of 40 min\n- no alert on lag"
                        ),
                        "kind": "procedure",
                        "reference": said("Runbook DB-4"),
                        "assessment": said("The lag had no owner."),
                        "assessed_by": said("Tom Brandt"),
                    }
                ],
                "ways": [
                    {"text": said("An alert on the lag of the standby"), "kind": "detected_sooner"},
                ],
            },
            "root_cause": {
                "failure": said("a firmware that dropped long-lived connections under load."),
                "contributing_factors": [
                    said("Replication lag without an alert"),
                    said("No canary for firmware"),
                ],
                "should_have_happened": [
                    said("The synthetic check should have failed first; it tests one region only.")
                ],
                "certainty": "provisional",
            },
            "went_well": [
                {"kind": "decision", "text": said("Failing over without waiting for the vendor.")},
                {"kind": "communication", "text": said("The shops knew after 12 minutes.")},
            ],
            "changes": [
                {
                    "id": "ACT-9XT3B",
                    "kind": "start",
                    "gap": said("Replication lag has no alert"),
                    "change": said("Alert on replication lag over 60 s"),
                    "owner": said("Tom Brandt"),
                    "due_on": "2026-04-30",
                    "executive_reason": said("A second site costs more than the team may decide on"),
                },
                {
                    "id": "ACT-4HJ6C",
                    "kind": "continue",
                    "gap": "",
                    "change": said("Decide without the vendor"),
                    "owner": None,
                    "due_on": None,
                },
            ],
            "learning_statements": [
                {
                    "change": "ACT-9XT3B",
                    "text": said("Runbook DB-4 assumes a standby without lag. Alert by 30 April."),
                    "state": "captured",
                }
            ],
            "action_items": [
                {
                    "reference": "ACT-9XT3B",
                    "item": said("Alert on replication lag over 60 s"),
                    "owner": said("Tom Brandt"),
                    "due_on": "2026-04-30",
                    "status": "open",
                }
            ],
            "vendors": [
                {
                    "name": said("Northwind Networks"),
                    "service": said("Load balancing"),
                    "engaged_at": "2026-03-28T21:20:00Z",
                    "responded_at": "2026-03-28T21:55:00Z",
                    "response_seconds": 2100,
                    "response_sla_minutes": 30,
                    "effect": said("Delayed the rollback by 40 minutes."),
                    "root_cause_related": True,
                    "service_manager": said("Lena Vogt"),
                    "open_items": [
                        {
                            "text": said("Fixed firmware"),
                            "committed_on": "2026-05-01",
                            "follow_up_on": None,
                            "closed_on": None,
                        },
                        {
                            "text": said("Release notes"),
                            "committed_on": None,
                            "follow_up_on": "2026-04-20",
                            "closed_on": None,
                        },
                    ],
                    "rca": {
                        "status": "received" if rca_sha256 else "due",
                        "due_on": "2026-04-10",
                        "received_on": "2026-04-03" if rca_sha256 else None,
                        "name": "northwind-rca.pdf" if rca_sha256 else None,
                        "sha256": rca_sha256,
                    },
                }
            ],
        },
    }
    stored: dict[str, Any] = json.loads(json.dumps(document))
    return stored


def an_empty_document() -> dict[str, Any]:
    """A revision of an incident of which nothing was captured and about which nothing was written."""
    document = a_document(Picture(title="Something failed", time_zone="UTC"))
    sections = document["sections"]
    document["sections"]["expected"] = {"deviations": [], "ways": []}
    for key in ("went_well", "changes", "learning_statements", "action_items", "vendors"):
        sections[key] = []
    sections["record_findings"] = {key: [] for key in sections["record_findings"]}
    sections["root_cause"] = {
        "failure": "",
        "contributing_factors": [],
        "should_have_happened": [],
        "certainty": "unknown",
    }
    unknown = dict.fromkeys(sections["summary"])
    sections["summary"] = unknown | {
        "reference": "INC-Z2X7D",
        "title": "Something failed",
        "severity": "medium",
        "highest_severity": "medium",
        "time_zone": "UTC",
        "metrics": [],
        "services": [],
        "key_responders": [],
    }
    sections["timeline"]["metrics"] = []
    document["after_action"] |= {
        "owner": None,
        "mim": None,
        "internal_liaison": None,
        "meeting": None,
        "restricted": False,
    }
    document["revision"] |= {"reason": "", "created_by": None}
    document["confirmed_by"] = {"expected": None, "root_cause": None}
    for key in ("attendance", "decisions", "agreement"):
        document[key] = []
    return document


def a_pdf_without_embedded_fonts(pages: int = 2) -> bytes:
    """A small PDF as old tools write them: it names Helvetica and leaves the font to the reader."""
    texts = [
        b"BT /F1 24 Tf 72 700 Td (Root cause analysis, page %d) Tj ET" % number
        for number in range(1, pages + 1)
    ]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for text in texts:
        objects.append(b"<< /Length %d >> stream\n%s\nendstream" % (len(text), text))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, b" ".join(kids))
    written, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(written))
        written += b"%d 0 obj %s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(written))
    )
