"""The shape of a frozen revision: one JSON document from which page, comparison and PDF are made, and nothing else.

Freezing fills every key; what was not captured is None, what does not apply an empty list. Instants are ISO 8601 in UTC
with `Z`, dates `YYYY-MM-DD`, durations whole seconds. People are given by the name that is shown, vocabulary words by
their stored key. The shape is made by `afteractions.operations.review`: the sections in `document`, what stands around
them in `revisions`. What an old revision lacks or says otherwise is here, for whoever reads one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from afteractions.rules.review.root_cause import root_cause_of
from afteractions.vocabulary import REVIEW_PARTS, MeetingPart, SectionKey

FORMAT = "majorops.revision/1"
# What a revision holds of the review itself, beside what stands around it.
REVIEW = ("sections", "evidence", "confirmed_by", "attendance", "decisions", "agreement")


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


def expected_of(section: Any) -> dict[str, list[Any]]:
    """The section `expected` with its deviations and ways: what was written before there were ways is a list."""
    if isinstance(section, list):
        return {"deviations": section, "ways": []}
    return {"deviations": section.get("deviations") or [], "ways": section.get("ways") or []}


def sections_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The sections of a revision in the shapes of today, whenever it was frozen."""
    sections = document["sections"]
    return {
        **sections,
        "expected": expected_of(sections["expected"]),
        "root_cause": root_cause_of(sections["root_cause"]),
    }


@dataclass(frozen=True, slots=True)
class MeetingRecord:
    """One meeting as it is read; `agreement` is None while it goes on. Nobody asks whether the `owner` had read what
    they wrote."""

    round: int
    owner: str | None
    agreement: AgreementRow | None
    present: list[AttendanceRow]
    absent: list[AttendanceRow]
    decisions: list[DecisionRow]


def meetings_of(document: Mapping[str, Any]) -> list[MeetingRecord]:
    """What the meetings decided, in order; none before the first one, and of a revision frozen before revisions held
    them. Domain: "attendance, decisions, how the content was agreed"."""
    agreed = {row["round"]: row for row in document.get("agreement", ())}
    decisions = document.get("decisions", ())
    attendance = document.get("attendance", ())
    return [
        MeetingRecord(
            number,
            document["after_action"]["owner"],
            agreed.get(number),
            [row for row in attendance if row["round"] == number and row["present"]],
            [row for row in attendance if row["round"] == number and not row["present"]],
            [row for row in decisions if row["round"] == number],
        )
        for number in sorted({*agreed, *(row["round"] for row in decisions)})
    ]


def parts_of(document: Mapping[str, Any]) -> list[SectionKey | MeetingPart]:
    """The parts that the document has, in the order in which they are read."""
    lacking = {
        *(() if document["sections"]["vendors"] else (SectionKey.VENDORS,)),
        *(() if meetings_of(document) else (MeetingPart.MEETING,)),
    }
    return [part for part in REVIEW_PARTS if part not in lacking]


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """The document as the bytes that its hash is taken over: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def says_the_same(older: Mapping[str, Any], newer: Mapping[str, Any]) -> bool:
    """Whether two revisions hold the same review, whenever, by whom and for which reason each was frozen. An
    anti-pattern named meanwhile, as by a late distribution itself, changes nothing of the draft."""
    return canonical_bytes(_review_of(older)) == canonical_bytes(_review_of(newer))


def _review_of(document: Mapping[str, Any]) -> dict[str, Any]:
    findings = document["sections"]["record_findings"]
    unnamed = {key: said for key, said in findings.items() if key != "anti_patterns"}
    sections = {**document["sections"], "record_findings": unnamed}
    return {**{key: document.get(key) for key in REVIEW}, "sections": sections}


def content_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical bytes, in hexadecimal: the same content gives the same hash wherever it is stored."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()
