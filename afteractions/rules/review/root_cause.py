"""The root cause: its fields, an empty one, its texts, and the sentences in which it is read (domain.md, The Learning
Review; Seed: Root Cause). Whatever reads or checks every text of it asks `texts_of`."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from afteractions.vocabulary import Certainty

CAUSE_LISTS = ("contributing_factors", "should_have_happened")
CAUSE_FIELDS = ("failure", *CAUSE_LISTS, "certainty")

# Words that have a capital only because a sentence or a row begins with them. Whether any other is a name
# ("Kubernetes") nobody can tell from the word, and a name without its capital would be the worse mistake.
_BEGINNINGS = """
a all an another any because both each either every few how if insufficient it its lack lacking many missing more most
neither new no nobody none not nothing old one only our outdated several some such that the their there these they this
those too two three four unclear unknown untested we what when where which while who why with without wrong
"""
_LOWERED = frozenset(_BEGINNINGS.split())


def empty_root_cause() -> dict[str, Any]:
    """A root cause of which nothing is written yet."""
    return {"failure": "", **{name: [] for name in CAUSE_LISTS}, "certainty": Certainty.PROVISIONAL.value}


def root_cause_of(section: Mapping[str, Any]) -> dict[str, Any]:
    """The section with every field, whenever it was written."""
    return {**empty_root_cause(), **section}


def texts_of(cause: Mapping[str, Any]) -> list[str]:
    """Every text that people wrote of it, in the order of the page; none is empty."""
    return [
        text for text in (cause["failure"], *(item for name in CAUSE_LISTS for item in cause[name])) if text
    ]


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
