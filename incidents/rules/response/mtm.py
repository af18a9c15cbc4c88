"""The Major Technical Meeting (Seed: The Major Technical Meeting): when one is called for, and its agenda."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.rules.facts import RecordFacts
from incidents.rules.metrics import duration, start
from incidents.vocabulary import Severity

EXTENDED = timedelta(hours=2)
SUMMARY_WITHIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class MtmPrompt:
    """A running Critical incident without an MTM, or a decision against one: the MIM is asked at `due_at`."""

    due_at: datetime
    is_due: bool


@dataclass(frozen=True, slots=True)
class AgendaPoint:
    """`key` is the one under which its notes are kept in the exchange format."""

    key: str
    title: str
    owner: str


AGENDA = (
    AgendaPoint("attendance", "Attendance and intro", "MIM"),
    AgendaPoint("core_roles", "Establish core roles", "MIM"),
    AgendaPoint("recovery_status", "Recovery status", "Technical Recovery Lead"),
    AgendaPoint("impact_statement", "Impact statement", "Customer Success / Service Delivery"),
    AgendaPoint("business_impact", "Business and client impact", "MIM + Recovery Director"),
    # The seed names no owner for this point; those it invites to the After Action for it speak here too.
    AgendaPoint("regulatory_exposure", "Regulatory exposure", "Security or Compliance"),
    AgendaPoint("prior_actions", "Review open actions from prior MTM", "MIM"),
    AgendaPoint("severity_posture", "Confirm severity posture is correct", "MIM + Technical Recovery Lead"),
    AgendaPoint("next_mtm", "Set next MTM time and update cadence", "MIM"),
)


def is_for(highest_severity: Severity) -> bool:
    """Whether an MTM may be called in an incident whose severity was at most this: "For Critical incidents"."""
    return highest_severity == Severity.CRITICAL


def is_extended_critical(facts: RecordFacts, at: datetime) -> bool:
    """Critical and over two hours, 2:00:00 not being over: an MTM or a decision against one is expected."""
    seconds = duration(facts, at).seconds
    return (
        facts.highest_severity == Severity.CRITICAL
        and seconds is not None
        and timedelta(seconds=seconds) > EXTENDED
    )


def extended_from(facts: RecordFacts) -> datetime | None:
    """Two hours after the incident began; None when its beginning was not captured."""
    began = start(facts)
    began_at = None if began is None else facts.milestones.at(began)
    return None if began_at is None else began_at + EXTENDED


def has_mtm_or_decision(facts: RecordFacts) -> bool:
    """Whether an MTM, or a decision against one, was captured while the incident ran."""
    declined = facts.mtm_declined_at is not None and facts.is_live(
        facts.mtm_declined_at, facts.mtm_declined_logged_at
    )
    return declined or any(facts.is_live(mtm.started_at, mtm.logged_at) for mtm in facts.mtms)


def mtm_prompt(facts: RecordFacts, at: datetime) -> MtmPrompt | None:
    """The prompt to the MIM of a running Critical incident; None when there is nothing to ask."""
    due_at = extended_from(facts)
    asks = (
        facts.is_running
        and facts.milestones.recovered is None
        and facts.severity == Severity.CRITICAL
        and not has_mtm_or_decision(facts)
    )
    return MtmPrompt(due_at, at >= due_at) if asks and due_at is not None else None


def agenda(number: int, regulatory_exposure: bool | None) -> tuple[AgendaPoint, ...]:
    """The points of the incident's `number`th MTM (from 1) in the seed's order.

    Core roles at the first only; regulatory exposure unless it is known not to apply, as an unknown one is
    best asked there.
    """
    left_out = {
        "core_roles": number > 1,
        "regulatory_exposure": regulatory_exposure is False,
    }
    return tuple(point for point in AGENDA if not left_out.get(point.key, False))
