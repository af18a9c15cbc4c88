"""The one policy of warnings, of the ladder of managers and of status updates: a value that administrators change.

domain.md, Deadlines: "One policy, editable by an administrator." Its figures are the defaults here; what it
may be changed to is bounded, so that no deadline can be made to vanish.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from afteractions.vocabulary import ObligationKind
from incidents.rules.facts import CADENCE
from incidents.vocabulary import Severity
from majorops.formatting.time_words import minutes_words

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MOST_WARNINGS = 5
MOST_MANAGERS = 6
LONGEST_STRIDE = 10
LONGEST_REMINDER = 20
SHORTEST_CADENCE, LONGEST_CADENCE = 5, 480


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """A lead counted in business days instead of elapsed hours."""

    count: int


Lead = timedelta | BusinessDays


@dataclass(frozen=True, slots=True)
class Enforced:
    """How one kind of obligation is enforced.

    `warnings` come that long before the due instant, at working hours unless `around_the_clock`. The ladder
    climbs `managers` managers. `with_scribe`: the Scribe is told whatever the responsible person is told.
    """

    warnings: tuple[Lead, ...]
    managers: int = 3
    with_scribe: bool = False
    around_the_clock: bool = False


@dataclass(frozen=True)
class Policy:
    """How every kind is enforced. The ladder climbs one manager each `stride` business days from the breach on;
    the responsible person is reminded each `remind_every` business days after it, never again when 0. While an
    incident runs, a status update is due each `updates` of its severity (domain.md, Record gaps: "configurable")."""

    kinds: Mapping[ObligationKind, Enforced]
    stride: int = 1
    remind_every: int = 0
    updates: Mapping[Severity, timedelta] = field(default_factory=lambda: CADENCE)

    def of(self, kind: ObligationKind) -> Enforced:
        return self.kinds[kind]


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """What is wrong with a policy: `path` names the field ("kinds.schedule.warnings")."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which two policies differ, in the words of the page."""

    field: str
    before: str
    now: str


class BadPolicy(ValueError):
    """What was said is no policy; `problems` say where and what instead."""

    def __init__(self, problems: list[PolicyProblem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = tuple(problems)


def _hours(*counts: int) -> tuple[Lead, ...]:
    return tuple(timedelta(hours=count) for count in counts)


def _days(*counts: int) -> tuple[Lead, ...]:
    return tuple(timedelta(days=count) for count in counts)


def _in_the_incident(minutes: int) -> Enforced:
    return Enforced((timedelta(minutes=minutes),), managers=0, with_scribe=True, around_the_clock=True)


# domain.md names the warnings of all but decide, status note, external message, effect check and the MTM's: decide is
# warned like schedule, a message like a draft, a note on its own day, an effect check like the review of the items, and
# an MTM within its own short time.
DEFAULT = Policy(
    {
        ObligationKind.DECIDE: Enforced(_hours(12, 4)),
        ObligationKind.SCHEDULE: Enforced(_hours(12, 4)),
        ObligationKind.DISTRIBUTE: Enforced(_hours(24, 6)),
        ObligationKind.HOLD: Enforced((BusinessDays(2), BusinessDays(1))),
        ObligationKind.PUBLISH: Enforced(_hours(24, 6)),
        ObligationKind.STATUS_NOTE: Enforced(_hours(4)),
        ObligationKind.REVIEW_ACTIONS: Enforced(_days(7, 1)),
        ObligationKind.ACTION_ITEM: Enforced(_days(3), managers=1),
        ObligationKind.EFFECT_CHECK: Enforced(_days(7, 1)),
        ObligationKind.EXTERNAL_MESSAGE: Enforced(_hours(24, 6)),
        ObligationKind.VENDOR_RCA: Enforced(_days(2)),
        ObligationKind.VENDOR_ITEM: Enforced(_days(2)),
        ObligationKind.MTM_SUMMARY: _in_the_incident(minutes=5),
        ObligationKind.NEXT_MTM: _in_the_incident(minutes=10),
        # Each attendee owes these for themselves: they are reminded, and nobody above them is told.
        ObligationKind.READ_DRAFT: Enforced(_hours(24), managers=0),
        ObligationKind.EVIDENCE: Enforced(_hours(24), managers=0),
    }
)

# A warning as long as the term itself would come with the obligation, and say nothing new.
TERMS: Mapping[ObligationKind, timedelta] = {
    ObligationKind.DECIDE: timedelta(hours=24),
    ObligationKind.SCHEDULE: timedelta(hours=24),
    ObligationKind.PUBLISH: timedelta(hours=48),
    ObligationKind.STATUS_NOTE: timedelta(hours=24),
    ObligationKind.REVIEW_ACTIONS: timedelta(days=30),
    ObligationKind.HOLD: timedelta(days=5),
    ObligationKind.MTM_SUMMARY: timedelta(minutes=15),
    ObligationKind.READ_DRAFT: timedelta(hours=48),
}
LONGEST_WARNING = timedelta(days=60)

_UNITS = {
    "min": "min", "minute": "min", "minutes": "min",
    "h": "h", "hour": "h", "hours": "h",
    "d": "d", "day": "d", "days": "d",
    "bd": "bd", "business day": "bd", "business days": "bd",
}  # fmt: skip
_LEAD = re.compile(r"(\d{1,5})\s*([a-z ]+)")


def parse_lead(text: str) -> Lead:
    """A lead as people write it: "12 h", "3 days", "2 business days", "5 min". Raises ValueError otherwise."""
    data = _LEAD.fullmatch(" ".join(text.lower().split()))
    unit = _UNITS.get(data[2]) if data else None
    if data is None or unit is None or not int(data[1]):
        raise ValueError(f"“{text}” is no time ahead: write for example 12 h, 3 days or 2 business days.")
    count = int(data[1])
    if unit == "bd":
        return BusinessDays(count)
    return count * {"min": MINUTE, "h": HOUR, "d": DAY}[unit]


def lead_words(lead: Lead) -> str:
    """How a lead is shown and kept: "12 h", "1 day", "2 business days", "5 min"."""
    if isinstance(lead, BusinessDays):
        return f"{lead.count} business day{'' if lead.count == 1 else 's'}"
    if lead % HOUR:
        return f"{lead // MINUTE} min"
    if lead % DAY or lead == DAY:
        return f"{lead // HOUR} h"
    return f"{lead // DAY} days"


def lead_length(lead: Lead) -> timedelta:
    """How long a lead is at least, for sorting and bounds."""
    return timedelta(days=lead.count) if isinstance(lead, BusinessDays) else lead


def warnings_words(warnings: tuple[Lead, ...]) -> str:
    """All warnings of a kind, the first to come first; "none" without any."""
    return ", ".join(map(lead_words, sorted(warnings, key=lead_length, reverse=True))) or "none"


def problems(policy: Policy) -> list[PolicyProblem]:
    """Everything that a policy must not be, each with its field and the way out; empty when it may be used."""
    policy_problems: list[PolicyProblem] = []
    if not 1 <= policy.stride <= LONGEST_STRIDE:
        policy_problems.append(
            PolicyProblem("stride", f"The ladder climbs each 1 to {LONGEST_STRIDE} business days.")
        )
    if not 0 <= policy.remind_every <= LONGEST_REMINDER:
        policy_problems.append(
            PolicyProblem(
                "remind_every", f"Remind each 1 to {LONGEST_REMINDER} business days, or 0 for never again."
            )
        )
    for severity, minutes in _updates(policy).items():
        if not SHORTEST_CADENCE <= minutes <= LONGEST_CADENCE:
            policy_problems.append(
                PolicyProblem(
                    f"status_updates.{severity}",
                    f"A status update goes out each {SHORTEST_CADENCE} to {LONGEST_CADENCE} minutes.",
                )
            )
    for kind in ObligationKind:
        policy_problems += _problems_of(kind, policy.of(kind))
    return policy_problems


def _problems_of(kind: ObligationKind, rule: Enforced) -> Iterator[PolicyProblem]:
    path = f"kinds.{kind.value}"
    if len(rule.warnings) > MOST_WARNINGS:
        yield PolicyProblem(f"{path}.warnings", f"{kind.label}: at most {MOST_WARNINGS} warnings.")
    if len(set(rule.warnings)) < len(rule.warnings):
        yield PolicyProblem(f"{path}.warnings", f"{kind.label}: each warning once.")
    longest = TERMS.get(kind, LONGEST_WARNING)
    for lead in rule.warnings:
        if lead_length(lead) >= longest:
            yield PolicyProblem(
                f"{path}.warnings",
                f"{kind.label}: {lead_words(lead)} ahead is too early; a warning comes less than "
                f"{lead_words(longest)} ahead.",
            )
    # Only the MTM's deadlines and an attendee's own climb to nobody: of any other, somebody above must hear.
    least = min(1, DEFAULT.of(kind).managers)
    if not least <= rule.managers <= MOST_MANAGERS:
        yield PolicyProblem(
            f"{path}.managers", f"{kind.label}: the ladder has {least} to {MOST_MANAGERS} managers."
        )


def document(policy: Policy) -> dict[str, Any]:
    """A policy as it is kept and answered by the API."""
    return {
        "stride": policy.stride,
        "remind_every": policy.remind_every,
        "status_updates": _updates(policy),
        "kinds": {
            kind.value: {
                "warnings": [lead_words(lead) for lead in policy.of(kind).warnings],
                "managers": policy.of(kind).managers,
            }
            for kind in ObligationKind
        },
    }


def read_document(data: Any, base: Policy = DEFAULT) -> Policy:
    """The policy of a document; what it leaves out stays as in `base`. Raises BadPolicy for what is none."""
    if not isinstance(data, dict):
        raise BadPolicy(
            [PolicyProblem("", "A policy is an object with stride, remind_every, status_updates and kinds.")]
        )
    document_problems = [
        PolicyProblem(str(key), "This is no part of the policy.") for key in data if key not in _FIELDS
    ]
    policy = _read(data, base, document_problems)
    document_problems += problems(policy)
    if document_problems:
        raise BadPolicy(document_problems)
    return policy


def kept_policy(data: Mapping[str, Any]) -> Policy:
    """The policy of a document that was taken once: what would not be taken any more holds all the same."""
    return _read(data, DEFAULT, [])


def _read(data: Mapping[str, Any], base: Policy, policy_problems: list[PolicyProblem]) -> Policy:
    kinds = dict(base.kinds)
    said_kinds = data.get("kinds", {})
    if not isinstance(said_kinds, dict):
        policy_problems.append(
            PolicyProblem("kinds", "Name each kind of deadline with its warnings and managers.")
        )
        said_kinds = {}
    for name, rule in said_kinds.items():
        if name not in set(ObligationKind.keys()):
            policy_problems.append(PolicyProblem(f"kinds.{name}", "There is no such kind of deadline."))
        else:
            kind = ObligationKind(name)
            kinds[kind] = _read_kind(kind, rule, kinds[kind], policy_problems)
    return Policy(
        kinds,
        _read_count(data, "stride", base.stride, "", policy_problems),
        _read_count(data, "remind_every", base.remind_every, "", policy_problems),
        _read_updates(data.get("status_updates", {}), base, policy_problems),
    )


_FIELDS = ("stride", "remind_every", "status_updates", "kinds")


def _updates(policy: Policy) -> dict[str, int]:
    """Minutes from one status update to the next, by the key of the severity."""
    return {severity.value: every // MINUTE for severity, every in policy.updates.items()}


def _read_updates(
    data: Any, base: Policy, policy_problems: list[PolicyProblem]
) -> Mapping[Severity, timedelta]:
    if not isinstance(data, dict):
        policy_problems.append(PolicyProblem("status_updates", "Name each severity with its minutes."))
        return base.updates
    updates = _updates(base)
    policy_problems += [
        PolicyProblem(f"status_updates.{name}", "Status updates are due for: " + ", ".join(updates) + ".")
        for name in data
        if name not in updates
    ]
    return {
        Severity(name): _read_count(data, name, minutes, "status_updates.", policy_problems) * MINUTE
        for name, minutes in updates.items()
    }


def _read_kind(
    kind: ObligationKind, data: Any, base: Enforced, policy_problems: list[PolicyProblem]
) -> Enforced:
    path = f"kinds.{kind.value}"
    if not isinstance(data, dict) or data.keys() - {"warnings", "managers"}:
        policy_problems.append(PolicyProblem(path, f"{kind.label}: say its warnings and its managers."))
        return base
    warnings = list(base.warnings)
    if "warnings" in data:
        warnings = []
        each_said = data["warnings"] if isinstance(data["warnings"], list) else [data["warnings"]]
        for row in each_said:
            try:
                warnings.append(parse_lead(str(row)))
            except ValueError as error:
                policy_problems.append(PolicyProblem(f"{path}.warnings", f"{kind.label}: {error}"))
    managers = _read_count(data, "managers", base.managers, f"{path}.", policy_problems)
    return replace(base, warnings=tuple(sorted(warnings, key=lead_length, reverse=True)), managers=managers)


def _read_count(
    data: Mapping[str, Any], name: str, otherwise: int, path: str, policy_problems: list[PolicyProblem]
) -> int:
    value = data.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int):
        policy_problems.append(PolicyProblem(f"{path}{name}", "Say a whole number."))
        return otherwise
    return value


def differences(before: Policy, now: Policy) -> list[Difference]:
    """Every field that changed, in the words of the page."""
    changed = []
    if before.stride != now.stride:
        changed.append(Difference(STRIDE, _business_days(before.stride), _business_days(now.stride)))
    if before.remind_every != now.remind_every:
        changed.append(
            Difference(REMIND_EVERY, _business_days(before.remind_every), _business_days(now.remind_every))
        )
    old_updates, new_updates = _updates(before), _updates(now)
    for severity in before.updates:
        old_minutes, new_minutes = old_updates[severity.value], new_updates[severity.value]
        if old_minutes != new_minutes:
            changed.append(
                Difference(
                    f"{severity.label}: status update each",
                    minutes_words(old_minutes),
                    minutes_words(new_minutes),
                )
            )
    for kind in ObligationKind:
        old, new = before.of(kind), now.of(kind)
        if old.warnings != new.warnings:
            changed.append(
                Difference(
                    f"{kind.label}: warnings", warnings_words(old.warnings), warnings_words(new.warnings)
                )
            )
        if old.managers != new.managers:
            changed.append(Difference(f"{kind.label}: managers", str(old.managers), str(new.managers)))
    return changed


STRIDE = "Business days between the managers of the ladder"
REMIND_EVERY = "Reminder after the breach, each"


def _business_days(count: int) -> str:
    return lead_words(BusinessDays(count)) if count else "never"
