"""The shape of a frozen revision: one JSON document from which page, comparison and PDF are made, and nothing else.

Freezing fills every key; what was not captured is None, what does not apply an empty list. Instants are ISO 8601 in UTC
with `Z`, dates `YYYY-MM-DD`, durations whole seconds. People are given by the name that is shown, vocabulary words by
their stored key. `api.md` gives the shapes of the written sections; the derived ones are settled here.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NotRequired, TypedDict

FORMAT = "majorops.revision/1"


class Requirement(TypedDict):
    level: str
    reason: str


class MeetingTime(TypedDict):
    starts_at: str
    ends_at: str
    location: str


class AfterActionHead(TypedDict):
    reference: str
    incident: str
    status: str
    requirement: Requirement
    owner: str | None
    mim: str | None
    internal_liaison: str | None
    meeting: MeetingTime | None
    restricted: bool


class RevisionHead(TypedDict):
    number: int
    kind: str
    reason: str
    created_at: str
    created_by: str | None


class NamedMetric(TypedDict):
    """`label` is the metric's full name; `seconds` None is not captured, negative is shown as out of order."""

    key: str
    label: str
    seconds: int | None


class Responder(TypedDict):
    role: str
    name: str


class Summary(TypedDict):
    reference: str
    title: str
    severity: str
    highest_severity: str
    time_zone: str
    duration: int | None
    metrics: list[NamedMetric]
    services: list[str]
    business_impact: str | None
    customer_impact: str | None
    external: bool | None
    customers_affected: int | None
    revenue_exposure: str | None
    sla_status: str | None
    regulatory_exposure: bool | None
    mim: str | None
    key_responders: list[Responder]


class GapFound(TypedDict):
    """`text` names what was not captured and when it should have been; `section` is a section's key or empty."""

    kind: str
    text: str
    section: str


class LateEntry(TypedDict):
    at: str
    logged_at: str
    text: str
    by: str | None


class UnfinishedAction(TypedDict):
    """An action of the incident that this one repeats: "a prior learning was not implemented"."""

    reference: str
    change: str
    owner: str | None
    due_on: str | None
    status: str
    incident: str


class MtmNotes(TypedDict):
    """`notes` in the agenda's order: (point's title, what was said)."""

    number: int
    started_at: str
    ended_at: str | None
    notes: list[tuple[str, str]]
    open_actions: list[str]


class NamedAntiPattern(TypedDict):
    kind: str
    named_at: str
    by: str
    evidence: str


class RecordFindings(TypedDict):
    gaps: list[GapFound]
    after_the_fact: list[LateEntry]
    unfinished_actions: list[UnfinishedAction]
    mtm_notes: list[MtmNotes]
    anti_patterns: list[NamedAntiPattern]


class TimelineSection(TypedDict):
    """`picture` is `afteractions.timeline.picture_as_document(picture)`, hidden entries already left out."""

    picture: dict[str, Any]
    metrics: list[NamedMetric]


class Deviation(TypedDict):
    expected: str
    actual: str
    kind: str
    reference: str | None
    assessment: str | None
    assessed_by: str | None


class Way(TypedDict):
    """A way to have detected the incident sooner, or responded to it better."""

    text: str
    kind: Literal["detected_sooner", "responded_better"]


class Expected(TypedDict):
    deviations: list[Deviation]
    ways: list[Way]


class RootCause(TypedDict):
    failure: str
    contributing_factors: list[str]
    should_have_happened: list[str]
    certainty: Literal["known", "provisional", "unknown"]


class WentWell(TypedDict):
    text: str
    kind: str


class ChangeRow(TypedDict):
    id: str
    kind: Literal["stop", "start", "continue"]
    gap: str
    change: str
    owner: str | None
    due_on: str | None
    executive_reason: str | None
    organisational_reason: NotRequired[str | None]


class LearningStatement(TypedDict):
    """`state` is `captured` until the action is done with evidence, then `learned`."""

    change: str
    text: str
    state: Literal["captured", "learned"]


class ActionRow(TypedDict):
    reference: str
    item: str
    owner: str | None
    due_on: str | None
    status: str
    source: Literal["review", "mtm"]


class OpenItem(TypedDict):
    """`committed_on` is the vendor's date; until there is one, `follow_up_on` is ours."""

    text: str
    committed_on: str | None
    follow_up_on: str | None
    closed_on: str | None


class Rca(TypedDict):
    """`sha256` refers to the attachment of that hash, handed to the PDF beside the document; None: not received."""

    status: str
    due_on: str | None
    received_on: str | None
    name: str | None
    sha256: str | None


class VendorRow(TypedDict):
    name: str
    service: str | None
    engaged_at: str | None
    responded_at: str | None
    response_seconds: int | None
    response_sla_minutes: int | None
    response_verdict: str
    effect: str | None
    root_cause_related: bool | None
    service_manager: str | None
    open_items: list[OpenItem]
    rca: Rca


class Sections(TypedDict):
    summary: Summary
    record_findings: RecordFindings
    timeline: TimelineSection
    expected: Expected
    root_cause: RootCause
    went_well: list[WentWell]
    changes: list[ChangeRow]
    learning_statements: list[LearningStatement]
    action_items: list[ActionRow]
    vendors: list[VendorRow]


class EvidenceRow(TypedDict):
    """A file that somebody brought, by its hash: it is handed out beside the document, and not embedded in the PDF."""

    reference: str
    name: str
    note: str
    kind: str
    size: int
    sha256: str
    url: NotRequired[str]
    by: str | None
    at: str


class AttendanceRow(TypedDict):
    """Who was at the meeting of this round, and whether they had read the draft at its start."""

    round: int
    person: str | None
    present: bool
    had_read: bool


class DecisionRow(TypedDict):
    round: int
    text: str
    at: str
    by: str | None


class AgreementRow(TypedDict):
    """A meeting that was held, and whether it agreed on the content. `override_reason`: why it was held although the
    draft had not been out for 48 h."""

    round: int
    held_from: str
    held_until: str
    agreed: bool
    override_reason: str


class RevisionDocument(TypedDict):
    """`evidence`, `attendance`, `decisions` and `agreement` are left out by revisions frozen before there were any.

    `confirmed_by`: who confirmed `expected` and `root_cause`; None is shown as unconfirmed."""

    format: str
    language: str
    organisation: str
    after_action: AfterActionHead
    revision: RevisionHead
    confirmed_by: dict[str, str | None]
    sections: Sections
    evidence: list[EvidenceRow]
    attendance: list[AttendanceRow]
    decisions: list[DecisionRow]
    agreement: list[AgreementRow]


def expected_of(section: Any) -> dict[str, list[Any]]:
    """The section `expected` with its deviations and ways: what was written before there were ways is a list."""
    if isinstance(section, list):
        return {"deviations": section, "ways": []}
    return {"deviations": section.get("deviations") or [], "ways": section.get("ways") or []}


def sections_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The sections of a revision in the shapes of today, whenever it was frozen."""
    sections = document["sections"]
    return {**sections, "expected": expected_of(sections["expected"])}


@dataclass(frozen=True, slots=True)
class MeetingSaid:
    """One meeting as it is read; `agreement` is None while it goes on."""

    round: int
    agreement: AgreementRow | None
    present: list[AttendanceRow]
    absent: list[AttendanceRow]
    decisions: list[DecisionRow]


def meetings_of(document: Mapping[str, Any]) -> list[MeetingSaid]:
    """What the meetings decided, in order; none before the first one, and of a revision frozen before revisions held
    them. Domain: "attendance, decisions, how the content was agreed"."""
    agreed = {row["round"]: row for row in document.get("agreement", ())}
    decisions = document.get("decisions", ())
    attendance = document.get("attendance", ())
    return [
        MeetingSaid(
            number,
            agreed.get(number),
            [row for row in attendance if row["round"] == number and row["present"]],
            [row for row in attendance if row["round"] == number and not row["present"]],
            [row for row in decisions if row["round"] == number],
        )
        for number in sorted({*agreed, *(row["round"] for row in decisions)})
    ]


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """The document as the bytes that its hash is taken over: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def content_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal: the same content gives the same hash wherever it is stored."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()
