"""The sections of a demonstration's review, from the worked review of its document."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from majorops.people.models import Person

STOPPED = "Applying a change in production before it was tried elsewhere"


def summary_of(document: dict[str, Any]) -> dict[str, Any]:
    impact = document["impact"]
    return {
        "business_impact": impact.get("business")
        or "Work that depends on the service waited until it was back.",
        "customer_impact": "Requests failed or waited while it ran; nothing was lost.",
    }


def expected_of(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    factors = document["review"]["root_cause"]["contributing_factors"]
    deviations = [
        {
            "expected": "A change is tried where it cannot harm before it reaches production.",
            "actual": f"{factors[0]}.",
            "kind": "best_practice",
            "reference": "Change guide, Before production",
            "assessment": "A trial in the same configuration would have shown it within minutes.",
        },
        {
            "expected": "An alert reaches the person on duty before users notice.",
            "actual": f"{factors[-1]}.",
            "kind": "process",
        },
    ]
    ways = [
        {"text": "An alert on failing requests, not on hosts alone", "kind": "detected_sooner"},
        {"text": "A rollback that the person on duty may start without asking", "kind": "responded_better"},
    ]
    return {"deviations": deviations, "ways": ways}


def went_well_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    kinds = ("action", "decision", "communication")
    return [
        {"text": f"{text}.", "kind": kinds[index % len(kinds)]}
        for index, text in enumerate(document["review"]["went_well"])
    ]


EFFECTS = (
    "The alarm rings in the next drill, before a user writes to us.",
    "Somebody who did not write the runbook runs it in the next drill, without asking.",
    "The log of changes shows none of this kind for a month.",
)


def changes_of(document: dict[str, Any], owners: Sequence[Person], due_on: date) -> list[dict[str, Any]]:
    """The worked action items, each with owner, date and how its effect will be seen, and one thing to continue."""
    review = document["review"]
    factors = review["root_cause"]["contributing_factors"]
    rows: list[dict[str, Any]] = [
        {
            "kind": "stop" if index == 2 else "start",
            "gap": factors[index % len(factors)],
            "change": STOPPED if index == 2 else item["title"],
            "owner": owners[index % len(owners)].identifier,
            "due_on": (due_on + timedelta(days=4 * index)).isoformat(),
            "effect": EFFECTS[index],
        }
        for index, item in enumerate(review["action_items"][:3])
    ]
    return [
        *rows,
        {"kind": "continue", "gap": "", "change": review["went_well"][0], "owner": None, "due_on": None},
    ]
