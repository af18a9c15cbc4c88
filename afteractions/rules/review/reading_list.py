"""What the owner of an After Action looks into before the meeting (Seed: "reviewing notes and reports")."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A note or report of the list. `key` is stable for as long as it is the same one; `place` is a path or an address,
    empty where there is only the text."""

    key: str
    text: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the record and the review hold that can be looked into, each with its place."""

    mtms: tuple[tuple[int, str], ...] = ()
    status_updates: int = 0
    record_place: str = ""
    close_out_answers: int = 0
    close_out_place: str = ""
    vendor_rcas: tuple[tuple[int, str, str], ...] = ()
    repeated: tuple[str, str, str] | None = None
    evidence: tuple[tuple[str, str, str], ...] = ()
    added: tuple[tuple[str, str, str], ...] = ()


def sources(facts: SourceFacts) -> list[Source]:
    """The reading list: what is proposed from the record, then what somebody added."""
    return list(_sources(facts))


def _sources(facts: SourceFacts) -> Iterator[Source]:
    for number, place in facts.mtms:
        yield Source(f"mtm:{number}", f"Notes of Major Technical Meeting {number}", place)
    if facts.status_updates:
        yield Source("updates", _counted(facts.status_updates, "status update"), facts.record_place)
    if facts.close_out_answers:
        sentence = f"What {_counted(facts.close_out_answers, 'responder')} said at the close"
        yield Source("close_out", sentence, facts.close_out_place)
    for key, vendor, place in facts.vendor_rcas:
        yield Source(f"rca:{key}", f"RCA of {vendor}", place)
    if facts.repeated is not None:
        reference, title, place = facts.repeated
        yield Source(
            f"review:{reference}", f"Learning Review of {reference} “{title}”, which this one repeats", place
        )
    for reference, name, place in facts.evidence:
        yield Source(f"evidence:{reference}", f"Evidence: {name}", place)
    for note, text, place in facts.added:
        yield Source(note, text, place)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
