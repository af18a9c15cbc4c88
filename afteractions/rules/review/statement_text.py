"""The sentences of a review: what a change says with its verb, the learning statement, the root cause (domain.md, The
Learning Review; Seed: Root Cause, Learning Statements; "Stop: what should we stop doing?")."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from afteractions.vocabulary import Certainty, ChangeKind

# Words that have a capital only because a sentence or a row begins with them. Whether any other is a name
# ("Kubernetes") nobody can tell from the word, and a name without its capital would be the worse mistake.
_BEGINNINGS = """
a all an another any because both each either every few how if insufficient it its lack lacking many missing more most
neither new no nobody none not nothing old one only our outdated several some such that the their there these they this
those too two three four unclear unknown untested we what when where which while who why with without wrong
"""
_LOWERED = frozenset(_BEGINNINGS.split())
# "letting", "doing", and neither "bring" nor "string". Only the first vowel is tried: a long word is read once.
_GERUND = re.compile(r"[b-df-hj-np-tv-xz]*+[aeiouy][a-z]*ing\b", re.IGNORECASE)


def change_sentence(kind: ChangeKind, change: str) -> str:
    """What we stop, start or continue, as one sentence without its full stop.

    "Stop letting the rescheduler act on cordoned nodes"; where the text does not begin with what is done, the verb
    stands before a colon: "Start: A weekly drill of the standby". A text that says the verb itself is left as it is.
    """
    said = change.strip().rstrip(".")
    verb = kind.label
    if not said or re.match(rf"{verb}\b", said, re.IGNORECASE):
        return said
    if _GERUND.match(said):
        return f"{verb} {said[0].lower()}{said[1:]}"
    return f"{verb}: {said}"


def learning_statement(kind: ChangeKind, gap: str, change: str, owner: str, due_on: date | None) -> str:
    """The gap, the change, who makes it and by when, as one sentence after the other.

    "Runbook step 4 does not account for an unreachable database. Start: Update runbook step 4. SRE lead, by 31 Mar
    2026." What is not known yet is left out.
    """
    when = f"{'by' if owner else 'By'} {due_on.day} {due_on:%b %Y}" if due_on else ""
    who = ", ".join(part for part in (owner, when) if part)
    sentences = (gap.strip().rstrip("."), change_sentence(kind, change), who)
    return " ".join(f"{each}." for each in sentences if each)


def cause_sentences(cause: Mapping[str, Any]) -> list[str]:
    """The root cause as it is read, and what should have happened and did not: a paragraph each, none where nothing is
    said. Seed: "The incident was caused by [specific failure]. Contributing factors include [list]." How certain it is
    stands in the words."""
    failure, factors = _within(cause["failure"]), _listed(cause["contributing_factors"])
    certainty = cause["certainty"]
    said = []
    if certainty == Certainty.UNKNOWN or not failure:
        said.append("The root cause is not yet known.")
        said += [f"The incident may have been caused by {failure}."] if failure else []
    else:
        said.append(f"The incident was caused by {failure}.")
    said += [f"Contributing factors include {factors}."] if factors else []
    said += ["This is provisional."] if failure and certainty == Certainty.PROVISIONAL else []
    missed = _listed(cause["should_have_happened"])
    return [" ".join(said), *([f"What should have happened and did not: {missed}."] if missed else [])]


def _ended(text: str) -> str:
    return text.strip().rstrip(".")


def _within(text: str) -> str:
    """A text as it stands within a sentence: without its full stop, and without the capital of a beginning."""
    said = _ended(text)
    first = re.match(r"[A-Z][a-z]*\b(?!['’-])", said)
    return said[0].lower() + said[1:] if first and first[0].lower() in _LOWERED else said


def _listed(texts: Iterable[str]) -> str:
    return "; ".join(each for text in texts if (each := _within(text)))
