"""The sentences of a review: what a change says with its verb, the learning statement, the root cause (domain.md, The
Learning Review; Seed: Root Cause, Learning Statements; "Stop: what should we stop doing?")."""

import re
from datetime import date

from afteractions.vocabulary import ChangeKind

# "letting", "doing", and neither "bring" nor "string". Only the first vowel is tried: a long word is read once.
_GERUND = re.compile(r"[b-df-hj-np-tv-xz]*+[aeiouy][a-z]*ing\b", re.IGNORECASE)


def change_sentence(kind: ChangeKind, change: str) -> str:
    """What we stop, start or continue, as one sentence without its full stop.

    "Stop letting the rescheduler act on cordoned nodes"; where the text does not begin with what is done, the verb
    stands before a colon: "Start: A weekly drill of the standby". A text that says the verb itself is left as it is.
    """
    data = change.strip().rstrip(".")
    verb = kind.label
    if not data or re.match(rf"{verb}\b", data, re.IGNORECASE):
        return data
    if _GERUND.match(data):
        return f"{verb} {data[0].lower()}{data[1:]}"
    return f"{verb}: {data}"


def learning_statement(kind: ChangeKind, gap: str, change: str, owner: str, due_on: date | None) -> str:
    """The gap, the change, who makes it and by when, as one sentence after the other.

    "Runbook step 4 does not account for an unreachable database. Start: Update runbook step 4. SRE lead, by 31 Mar
    2026." What is not known yet is left out.
    """
    when = f"{'by' if owner else 'By'} {due_on.day} {due_on:%b %Y}" if due_on else ""
    who = ", ".join(part for part in (owner, when) if part)
    sentences = (gap.strip().rstrip("."), change_sentence(kind, change), who)
    return " ".join(f"{each}." for each in sentences if each)
