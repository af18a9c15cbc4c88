"""What the words of a root cause or a learning statement give away: names, blame, and learnings that say
nothing.

Seed: Root Cause, "No names in root cause. Systems and processes only." and Learning Statements, "Specific,
named, actionable". Offsets are code points of the text as given, ends exclusive.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from afteractions.wording.blame import blaming_passages
from afteractions.wording.likely_names import personal_addresses, possible_names
from afteractions.wording.persons import KnownPerson, known_names, without_overlaps
from afteractions.wording.sentences import Match
from afteractions.wording.specifics import NO_DATE, NO_OWNER, VAGUE, lacks, missing
from majorops.words import Word

# Seed: "Run card updated with named standby" needs neither, being done; nor does what is left open in brackets.
_OWNER_GIVEN = re.compile(
    r"\b(?:updated|extended|replaced) with (?:an? )?named \w+|\[(?:name|owner)\]", re.IGNORECASE
)
_DATE_GIVEN = re.compile(r"\b(?:updated|extended|replaced) with (?:an? )?named \w+|\[date\]", re.IGNORECASE)
QUESTION = "What system allowed that error to occur?"


class FindingKind(Word):
    NAME = "name", "Name of a person"
    POSSIBLE_NAME = "possible_name", "Perhaps the name of a person"
    BLAME = "blame", "Blames a person"
    VAGUE = "vague", "Says nothing specific"
    NO_OWNER = "no_owner", "No owner"
    NO_DATE = "no_date", "No date"


class Checked(Word):
    """What is checked, under the keys of the API."""

    ROOT_CAUSE = "root_cause", "Root cause"
    LEARNING_STATEMENT = "learning_statement", "Learning statement"


@dataclass(frozen=True, slots=True)
class Finding:
    """A passage of the text, `text[start:end]`, and what to do about it.

    `blocks` distribution or only warns. `dismissible`: not the name of somebody here, so that it may turn out to be
    none.
    """

    kind: FindingKind
    start: int
    end: int
    text: str
    message: str
    blocks: bool = False
    dismissible: bool = True

    @property
    def may_be_no_name(self) -> bool:
        """Whether it is taken for a person's name, and somebody may say that it is none."""
        return self.dismissible and self.kind in (FindingKind.NAME, FindingKind.POSSIBLE_NAME)


def check(
    what: Checked,
    text: str,
    people: Iterable[KnownPerson] = (),
    dismissed: Collection[str] = (),
    answered: Collection[FindingKind] = (),
) -> list[Finding]:
    """All findings in the order of the text. `dismissed`: passages that somebody has declared harmless. `answered`:
    what is not asked of the text, because a field beside it says it (the owner, the date).

    What merely looks like a name, an address of nobody here, or a warning can be dismissed; a registered name cannot.
    """
    findings = _root_cause(text, people) if what == Checked.ROOT_CAUSE else _learning_statement(text, people)
    open_findings = (row for row in findings if row.kind not in answered)
    return sorted(without_dismissed(open_findings, dismissed), key=lambda item: (item.start, item.end))


def without_dismissed(findings: Iterable[Finding], dismissed: Collection[str]) -> list[Finding]:
    """What is left of the findings; the name of somebody here always is."""
    harmless = {passage.casefold() for passage in dismissed}
    return [
        finding for finding in findings if not finding.dismissible or finding.text.casefold() not in harmless
    ]


def blocking_texts(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The passages that block distribution, each once, in order."""
    return tuple(dict.fromkeys(finding.text for finding in findings if finding.blocks))


def doubtful_texts(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The passages that look like a name and do not block, each once, in order."""
    names = (finding.text for finding in findings if finding.kind == FindingKind.POSSIBLE_NAME)
    return tuple(dict.fromkeys(names))


def _root_cause(text: str, people: Iterable[KnownPerson]) -> Iterator[Finding]:
    registered = known_names(text, people)
    for match in registered:
        if match.certain:
            yield Finding(
                FindingKind.NAME,
                match.start,
                match.end,
                text[match.start : match.end],
                f"“{text[match.start : match.end]}” names a person. Systems and processes only. {QUESTION}",
                blocks=True,
                dismissible=False,
            )
    sure = [match for match in registered if match.certain]
    addresses = _apart_from(sure, personal_addresses(text))
    for match in addresses:
        yield Finding(
            FindingKind.NAME,
            match.start,
            match.end,
            text[match.start : match.end],
            f"“{text[match.start : match.end]}” leads to a person. Systems and processes only. {QUESTION} If it is no "
            "person's, dismiss this.",
            blocks=True,
        )
    sure += addresses
    # "Anna Novak" whole, though only an Anna is registered.
    doubtful = without_overlaps(
        [*(match for match in registered if not match.certain), *possible_names(text)]
    )
    possible = _apart_from(sure, doubtful)
    for match in possible:
        yield Finding(
            FindingKind.POSSIBLE_NAME,
            match.start,
            match.end,
            text[match.start : match.end],
            f"“{text[match.start : match.end]}” looks like the name of a person. If it is one, take it out; if not, "
            "dismiss this.",
        )
    named = {row.end for row in (*registered, *addresses, *possible)}
    for start, end in blaming_passages(text):
        # Whoever "forgot" is named already: taking out the name takes out the blame.
        if start - 1 in named and " " not in text[start:end]:
            continue
        yield Finding(
            FindingKind.BLAME,
            start,
            end,
            text[start:end],
            f"“{text[start:end]}” blames a person. {QUESTION}",
        )


def _learning_statement(text: str, people: Iterable[KnownPerson]) -> Iterator[Finding]:
    data = text.strip()
    if not data:
        return
    begin = text.index(data)
    end = begin + len(data)
    lacking = lacks(text, persons_in(text, people))
    if VAGUE in lacking:
        unsaid = _listed(tuple(missing(data))) or "which step, tool or document will be different"
        yield Finding(
            FindingKind.VAGUE, begin, end, data, f"“{data}” does not say what changes. Say {unsaid}."
        )
    if NO_OWNER in lacking and not _OWNER_GIVEN.search(text):
        yield Finding(
            FindingKind.NO_OWNER,
            begin,
            end,
            data,
            "Nobody is named to do this: add an owner, a person or a role.",
        )
    if NO_DATE in lacking and not _DATE_GIVEN.search(text):
        yield Finding(FindingKind.NO_DATE, begin, end, data, "No date is named: say by when.")


def persons_in(text: str, people: Iterable[KnownPerson] = ()) -> list[tuple[int, int]]:
    """Where a text names somebody, as (start, end): people here, and whoever looks like a person."""
    named = [*known_names(text, people), *possible_names(text), *personal_addresses(text)]
    return [(row.start, row.end) for row in named]


def _listed(parts: tuple[str, ...]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def _apart_from(taken: Iterable[Match], matches: Iterable[Match]) -> list[Match]:
    """What of `matches` touches nothing of `taken`, whose passages do not overlap."""
    spans = sorted((row.start, row.end) for row in taken)
    return [
        match
        for match in matches
        if not (place := bisect_left(spans, (match.end,))) or spans[place - 1][1] <= match.start
    ]
