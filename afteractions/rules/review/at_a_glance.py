"""What somebody with one minute reads first: the impact, the cause, what changes, and whether it will hold.

All of it is said in the review below; nothing is written for it. The gaps of the record stay the first finding (Seed:
"the gap is itself the first finding"): they are counted here, and stand behind the story.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from afteractions.rules.review.root_cause import cause_sentences
from afteractions.vocabulary import ChangeKind, LearningState, Strength
from majorops.formatting.time_words import day_words

MOST_CHANGES = 5
_HIERARCHY = tuple(Strength)


@dataclass(frozen=True, slots=True)
class Holding:
    """Whether the changes will hold: how many there are to be done or stopped, how many of each strength (the strongest
    first, none that is nought), what became of those whose effect was looked at, how many say how it will be seen, and
    when somebody looks first."""

    changes: int
    strengths: tuple[tuple[Strength, int], ...]
    learned: int
    came_back: int
    not_effective: int
    say_effect: int
    first_look_on: date | None

    def sentences(self) -> list[str]:
        """The same in words, as a reader asks it: how strong, seen how and when, and seen to work or not."""
        if not self.changes:
            return ["Nothing is to be started or stopped."]
        strengths = ", ".join(f"{count} {each.label.lower()}" for each, count in self.strengths)
        many = "1 change" if self.changes == 1 else f"{self.changes} changes"
        looked_at = [
            f"{count} {words}"
            for count, words in (
                (self.learned, "seen to work"),
                (self.not_effective, "seen not to work"),
                (self.came_back, "came back"),
            )
            if count
        ]
        return [
            f"{many}: {strengths}." if strengths else f"{many}.",
            self._effect(),
            *([f"So far: {', '.join(looked_at)}."] if looked_at else []),
        ]

    def _effect(self) -> str:
        if not self.say_effect:
            return "None says how its effect will be seen."
        all_of_them = self.say_effect == self.changes
        many = ("It says" if self.changes == 1 else "All say") if all_of_them else f"{self.say_effect} say"
        said = f"{many} how {'its' if self.changes == 1 else 'their'} effect will be seen"
        return (
            f"{said}; the first look is on {day_words(self.first_look_on)}."
            if self.first_look_on
            else f"{said}."
        )


@dataclass(frozen=True, slots=True)
class AtAGlance:
    """`impact` in the writer's words, empty where nobody said it; `cause` as it is read; of the changes those that can
    be relied on most, and how many `more` there are; how many `gaps` the record has, and how many are `serious`."""

    impact: str
    cause: str
    changes: tuple[Mapping[str, Any], ...]
    more: int
    holding: Holding
    gaps: int
    serious: int


def at_a_glance(sections: Mapping[str, Any]) -> AtAGlance:
    """The half page of these sections of a revision or a draft, in the shapes of today."""
    summary, gaps = sections["summary"], sections["record_findings"]["gaps"]
    changes = sorted(sections["changes"], key=_rank)
    return AtAGlance(
        impact=summary["business_impact"] or summary["customer_impact"] or "",
        cause=cause_sentences(sections["root_cause"])[0],
        changes=tuple(changes[:MOST_CHANGES]),
        more=max(0, len(changes) - MOST_CHANGES),
        holding=_holding(changes, sections["learning_statements"]),
        gaps=len(gaps),
        serious=sum(bool(gap.get("serious")) for gap in gaps),
    )


def _holding(changes: Sequence[Mapping[str, Any]], statements: Sequence[Mapping[str, Any]]) -> Holding:
    owed = [change for change in changes if change["kind"] != ChangeKind.CONTINUE]
    strengths = Counter(change.get("strength") for change in owed)
    states = Counter(statement["state"] for statement in statements)
    looks = [date.fromisoformat(change["look_on"]) for change in owed if change.get("look_on")]
    return Holding(
        changes=len(owed),
        strengths=tuple((each, strengths[each]) for each in _HIERARCHY if strengths[each]),
        learned=states[LearningState.LEARNED],
        came_back=states[LearningState.CAME_BACK],
        not_effective=states[LearningState.NOT_EFFECTIVE],
        say_effect=sum(bool(change.get("effect")) for change in owed),
        first_look_on=min(looks, default=None),
    )


def _rank(change: Mapping[str, Any]) -> int:
    """What is to be done or stopped comes first, the strongest of it before all; what goes on comes last."""
    if change["kind"] == ChangeKind.CONTINUE:
        return len(_HIERARCHY) + 1
    strength = change.get("strength")
    return _HIERARCHY.index(Strength(strength)) if strength else len(_HIERARCHY)
