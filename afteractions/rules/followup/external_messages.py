"""External Messages: what they may begin with, and what still has to be filled in before one is approved.

Seed: "the communications team should be putting together necessary messaging".
"""

import re
from dataclasses import dataclass

# A blank of a starting text: words in brackets. What Markdown makes a link of is none.
BLANK = re.compile(r"\[([^\[\]\n]{3,120})\](?!\()")


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What a starting text says of its own accord: nothing that the incident's record does not hold. `began` and
    `duration` in words, empty where they were not captured."""

    title: str
    began: str
    duration: str
    services: tuple[str, ...]
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartingText:
    """A text to begin with, for one audience; what only people know stands in brackets."""

    key: str
    label: str
    audience: str
    text: str


def blanks(text: str) -> tuple[str, ...]:
    """What stands in brackets yet, in order, each once."""
    return tuple(dict.fromkeys(BLANK.findall(text)))


def starting_texts(facts: MessageFacts) -> tuple[StartingText, ...]:
    """The texts that are offered, by audience: customers, a public status page, partners, a regulator, staff."""
    services = _listed(facts.services) or "[which services]"
    began = facts.began or "[when it began]"
    lasted = f" It lasted {facts.duration}." if facts.duration else " It lasted [how long]."
    changes = (
        "\n".join(f"- {change}" for change in facts.changes) or "- [what you change, in the reader's words]"
    )
    return (
        StartingText(
            "customers",
            "Customers",
            "Customers",
            f"On {began} you could not rely on {services}.{lasted} We are sorry for what that cost you.\n\n"
            "What happened: [the cause in one sentence that a customer understands].\n\n"
            f"What we change so that it does not happen again:\n\n{changes}\n\n"
            "You do not have to do anything. [Unless the reader has to: say what, and by when.] "
            "Questions reach us at [an address that somebody reads].",
        ),
        StartingText(
            "status_page",
            "Public status page",
            "Readers of the status page",
            f"Resolved: {services} worked only in part from {began}.{lasted} The cause is found and mended. "
            "[What readers saw meanwhile, in one sentence.] We looked into it with everybody concerned, and change:"
            f"\n\n{changes}",
        ),
        StartingText(
            "partners",
            "Partners and vendors",
            "Partners",
            f"You work with {services}, which was disturbed from {began}.{lasted}\n\n"
            "What it meant for you: [effect on the partner's systems or contracts].\n\n"
            "What we found: [the cause, as far as it concerns the partner].\n\n"
            "What we ask of you: [a request with a date, or nothing].\n\n"
            "Your contact for this is [a role and an address].",
        ),
        StartingText(
            "regulator",
            "Regulator",
            "The regulator",
            f"Notice of an incident: {facts.title}.\n\nBegan: {began}.{lasted}\nServices affected: {services}.\n"
            "People affected: [number and kind].\nData concerned: [kinds, or none].\n\n"
            "Cause: [as established by the review].\n\nMeasures taken and planned:\n\n"
            f"{changes}\n\nWho answers for this notice: [role and address].",
        ),
        StartingText(
            "staff",
            "Everybody in the company",
            "All staff",
            f"You may be asked about “{facts.title}”. It began on {began}.{lasted}\n\n"
            "What to say: [two sentences that anybody may repeat].\n\nWhat changes for us:\n\n"
            f"{changes}\n\nThe Learning Review is in the library. Send questions of the press to [whom].",
        ),
    )


def _listed(names: tuple[str, ...]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
