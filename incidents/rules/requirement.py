"""When an After Action is required: one table, the first match wins.

Seed: When an After Action Is Required.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from incidents.rules.facts import RecordFacts
from incidents.rules.metrics import duration, start
from incidents.vocabulary import RequirementLevel, Severity
from majorops.formatting.durations import duration_words

LONG = 2 * 60 * 60


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the table looks at. `duration` in whole seconds, None when not captured."""

    severity: Severity
    duration: int | None
    customer_impact: bool
    customer_impact_known: bool
    unusual_factors: str | None
    is_repeat: bool
    repeat_of: str | None


@dataclass(frozen=True, slots=True)
class Requirement:
    """The level, the number of the row that decided (1 to 7), why, and what it was decided from."""

    level: RequirementLevel
    rule: int
    reason: str
    inputs: Inputs


class Decided(Protocol):
    """A decision that was kept: a `Requirement`, or the row that stores one."""

    @property
    def level(self) -> str: ...

    @property
    def rule(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Forecast:
    """While an incident runs: the answer if it closed now, and the first instant at which it is another."""

    now: Requirement
    changes_at: datetime | None = None
    then: Requirement | None = None

    def changes_in(self, at: datetime) -> int | None:
        """Whole seconds from `at` until the answer changes, None when time alone changes nothing."""
        return None if self.changes_at is None else (self.changes_at - at) // timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Row:
    level: RequirementLevel
    matches: Callable[[Inputs], bool]
    reason: Callable[[Inputs], str]


def requirement(facts: RecordFacts, at: datetime) -> Requirement:
    """What the table of the seed says of the record as it stands at `at`."""
    return decide(inputs(facts, at))


def decide(given: Inputs) -> Requirement:
    """The first row of the table that matches; the last one always does."""
    number, row = next((number, row) for number, row in enumerate(_TABLE, 1) if row.matches(given))
    return Requirement(row.level, number, row.reason(given), given)


def inputs(facts: RecordFacts, at: datetime) -> Inputs:
    """What the requirement is decided from, at the instant `at` while the incident runs."""
    impact = customer_impact(facts)
    return Inputs(
        severity=facts.highest_severity,
        duration=duration(facts, at).seconds,
        customer_impact=impact is not False,
        customer_impact_known=impact is not None,
        unusual_factors=(facts.unusual_factors or "").strip() or None,
        is_repeat=facts.is_repeat or facts.repeat_of is not None,
        repeat_of=facts.repeat_of,
    )


def customer_impact(facts: RecordFacts) -> bool | None:
    """External impact or customers affected; None while the first is unknown and no customer counted."""
    return True if (facts.customers_affected or 0) > 0 else facts.external


def forecast(facts: RecordFacts, at: datetime) -> Forecast:
    """What the requirement would be if the incident closed at `at`, and when time alone changes that.

    Closing now means that the recovery is validated now, where it is not yet: a mitigated incident whose
    recovery is still awaited can turn mandatory while one waits.
    """
    now = requirement(_validated(facts, at), at)
    began = start(facts)
    began_at = None if began is None else facts.milestones.at(began)
    if began_at is None:
        return Forecast(now)
    changes_at = began_at + timedelta(seconds=LONG + 1)
    then = requirement(_validated(facts, changes_at), changes_at)
    # Once it is over two hours, validated or closed, the answer then is the answer now.
    return Forecast(now, changes_at, then) if then.level != now.level else Forecast(now)


STAYS_MANDATORY = "It was mandatory and stays so until the MIM's manager confirms that it never was."
"""How the reason begins of a requirement that waits for the confirmation."""


def current_requirement(
    previous: Decided | None, new: Requirement, *, never_was_mandatory: bool = False
) -> Requirement:
    """What stands after a new decision on a closed incident, given what stood before it.

    A mandatory After Action stays so after a downward correction unless the MIM's manager confirms that it
    never was mandatory. Domain: When an After Action is required.
    """
    if previous is None or never_was_mandatory:
        return new
    if previous.level != RequirementLevel.MANDATORY or new.level == RequirementLevel.MANDATORY:
        return new
    return replace(
        new,
        level=RequirementLevel.MANDATORY,
        rule=previous.rule,
        reason=(f"{STAYS_MANDATORY} As corrected: {new.reason}"),
    )


def must_confirm_lowering(previous: Decided | None, new: Requirement) -> bool:
    """Whether the correction would take a mandatory After Action away."""
    return current_requirement(previous, new).level != new.level


def _validated(facts: RecordFacts, at: datetime) -> RecordFacts:
    if not facts.is_running or facts.milestones.recovered is not None:
        return facts
    return replace(facts, milestones=replace(facts.milestones, recovered=at))


def _repeat_reason(given: Inputs) -> str:
    # The earlier one is linked beside the sentence, for those who may see it.
    return "It repeats a prior incident, with the same root cause: a prior learning was not implemented."


def _high_and_long_reason(given: Inputs) -> str:
    if given.duration is None:
        return "High (P2), and its duration was not captured: counted as over 2 h until someone settles it."
    return f"High (P2), over 2 h: it lasted {duration_words(given.duration)}."


def _high_with_impact_reason(given: Inputs) -> str:
    if not given.customer_impact_known:
        return "High (P2), not over 2 h; unknown customer impact counts as impact until someone settles it."
    return "High (P2), not over 2 h, with customer impact."


def _nothing_reason(given: Inputs) -> str:
    if given.severity == Severity.MEDIUM:
        return "Medium (P3) without unusual contributing factors."
    return f"{given.severity.label}: no condition asks for an After Action."


def _is_over_two_hours(given: Inputs) -> bool:
    return given.duration is None or given.duration > LONG


_TABLE = (
    _Row(RequirementLevel.MANDATORY, lambda given: given.is_repeat, _repeat_reason),
    _Row(
        RequirementLevel.MANDATORY,
        lambda given: given.severity == Severity.CRITICAL,
        lambda given: "Critical (P1): mandatory at any duration.",
    ),
    _Row(
        RequirementLevel.MANDATORY,
        lambda given: given.severity == Severity.HIGH and _is_over_two_hours(given),
        _high_and_long_reason,
    ),
    _Row(
        RequirementLevel.RECOMMENDED,
        lambda given: given.severity == Severity.HIGH and given.customer_impact,
        _high_with_impact_reason,
    ),
    _Row(
        RequirementLevel.OPTIONAL,
        lambda given: given.severity == Severity.HIGH,
        lambda given: "High (P2), not over 2 h, internal only.",
    ),
    _Row(
        RequirementLevel.OPTIONAL,
        lambda given: given.severity == Severity.MEDIUM and given.unusual_factors is not None,
        lambda given: f"Medium (P3) with unusual contributing factors: {given.unusual_factors}",
    ),
    _Row(RequirementLevel.NOT_REQUIRED, lambda given: True, _nothing_reason),
)
