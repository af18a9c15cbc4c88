"""The status of an After Action.

Which steps there are, who may take them and when (domain.md, The After Action).
"""

from collections.abc import Callable
from dataclasses import dataclass

from afteractions.vocabulary import Decision, Status, TransitionKind
from incidents.vocabulary import RequirementLevel
from majorops.words import Word


class Part(Word):
    """The part that somebody plays in one After Action."""

    MIM = "mim", "the MIM"
    OWNER = "owner", "the owner of the After Action"
    COMMUNICATIONS = "communications", "the Communications team"
    ADMINISTRATOR = "administrator", "an administrator"
    SYSTEM = "system", "the system"


class Ground(Word):
    """Why a step is refused; shells answer each in their own way."""

    FORBIDDEN = "forbidden", "Not yours to do"
    RULE = "rule", "Refused by a rule"
    INPUT = "input", "Something is missing in what was sent"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A sentence that says why not and the way out; `field` names the input that is missing."""

    sentence: str
    ground: Ground = Ground.RULE
    field: str | None = None


@dataclass(frozen=True, slots=True)
class LifecycleFacts:
    """Where an After Action stands.

    `running`: the incident was reopened, and is not closed again. `meeting_scheduled` and `meeting_held` speak of
    the present round. `chair_present`: the MIM, or whoever chaired and records it, was there. `agreed` and
    `messages_answered` are what the step itself brings. `missing` are the sentences of `readiness` for the step;
    `too_early` is the sentence of the Retell guard, None when the meeting may start.
    """

    status: Status
    level: RequirementLevel
    decision: Decision | None = None
    history: bool = False
    running: bool = False
    meeting_scheduled: bool = False
    meeting_held: bool = False
    agreed: bool | None = None
    attendance_recorded: bool = False
    anybody_present: bool = False
    chair_present: bool = False
    messages_answered: bool = False
    messages_outstanding: int = 0
    published: bool = False
    missing: tuple[str, ...] = ()
    too_early: str | None = None
    reason: str = ""
    override_reason: str = ""


Precondition = Callable[[LifecycleFacts], Refusal | None]


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table: who may, from which status, to which (None: it stays), and what must hold."""

    by: frozenset[Part]
    since: frozenset[Status]
    to: Status | None
    preconditions: tuple[Precondition, ...] = ()


def _reason_given(facts: LifecycleFacts) -> Refusal | None:
    if facts.reason.strip():
        return None
    return Refusal("Say why: this step needs a reason.", Ground.INPUT, "reason")


def _nothing_missing(facts: LifecycleFacts) -> Refusal | None:
    if not facts.missing:
        return None
    return Refusal("Not ready yet. " + " ".join(facts.missing))


def _to_be_held(facts: LifecycleFacts) -> Refusal | None:
    if facts.level == RequirementLevel.MANDATORY or facts.decision == Decision.HOLD:
        return None
    if facts.decision == Decision.SKIP:
        return Refusal("It was decided to skip this After Action: decide to hold it first.")
    return Refusal("Nobody has decided yet whether to hold this After Action: decide to hold it first.")


def _not_yet_scheduled(facts: LifecycleFacts) -> Refusal | None:
    if not facts.meeting_scheduled:
        return None
    return Refusal("The meeting is scheduled already: reschedule it, with a reason.")


def _scheduled(facts: LifecycleFacts) -> Refusal | None:
    return None if facts.meeting_scheduled else Refusal("No meeting is scheduled: schedule it first.")


def _not_yet_held(facts: LifecycleFacts) -> Refusal | None:
    if not facts.meeting_held:
        return None
    return Refusal("The meeting was held already: its record stands.")


def _draft_out_in_time(facts: LifecycleFacts) -> Refusal | None:
    if facts.too_early is None or facts.override_reason.strip():
        return None
    return Refusal(
        f"{facts.too_early} Reschedule the meeting, or override with a reason; the Retell is then recorded.",
        field="override_reason",
    )


def _held(facts: LifecycleFacts) -> Refusal | None:
    return None if facts.meeting_held else Refusal("The meeting has not been held: hold it first.")


def _agreed(facts: LifecycleFacts) -> Refusal | None:
    if facts.agreed:
        return None
    return Refusal(
        "The meeting has not agreed on the content: take it back to Draft, or record the agreement."
    )


def _not_agreed(facts: LifecycleFacts) -> Refusal | None:
    if facts.agreed is False:
        return None
    return Refusal(
        "Only a meeting whose content was not agreed goes back to Draft; otherwise withdraw the draft."
    )


def _attendance_recorded(facts: LifecycleFacts) -> Refusal | None:
    if facts.attendance_recorded:
        return None
    return Refusal("Record who was present first.", Ground.INPUT, "attendance")


def _somebody_there(facts: LifecycleFacts) -> Refusal | None:
    if not facts.anybody_present:
        return Refusal(
            "Nobody was present: what nobody came to is not agreed. Tick who was there, or record that the content "
            "was not agreed.",
            Ground.INPUT,
            "attendance",
        )
    if not facts.chair_present:
        return Refusal(
            "The MIM, who chairs the meeting, was not present: tick whoever chaired it, or record that the content "
            "was not agreed.",
            Ground.INPUT,
            "attendance",
        )
    return None


def _messages_answered(facts: LifecycleFacts) -> Refusal | None:
    if facts.messages_answered:
        return None
    return Refusal(
        "Answer whether there are External Messages: none, or these by these dates.",
        Ground.INPUT,
        "external_messages",
    )


def _not_yet_published(facts: LifecycleFacts) -> Refusal | None:
    if not facts.published:
        return None
    return Refusal("The Learning Review is published already: amend it, with a reason.")


def _published(facts: LifecycleFacts) -> Refusal | None:
    return None if facts.published else Refusal("The Learning Review is not published: publish it first.")


def _messages_settled(facts: LifecycleFacts) -> Refusal | None:
    count = facts.messages_outstanding
    if not count:
        return None
    messages = "One External Message is" if count == 1 else f"{count} External Messages are"
    return Refusal(
        f"{messages} neither sent nor withdrawn: the Communications team sends or withdraws first."
    )


_MIM = frozenset({Part.MIM})
_OWNER = frozenset({Part.OWNER})
_BEFORE_AGREEMENT = frozenset({Status.DRAFT, Status.IN_REVIEW})

STEPS: dict[TransitionKind, Step] = {
    TransitionKind.DISTRIBUTE: Step(
        _OWNER, frozenset({Status.DRAFT}), Status.IN_REVIEW, (_to_be_held, _nothing_missing)
    ),
    TransitionKind.WITHDRAW: Step(
        _OWNER, frozenset({Status.IN_REVIEW}), Status.DRAFT, (_not_yet_held, _reason_given)
    ),
    TransitionKind.DISAGREE: Step(
        _MIM | _OWNER, frozenset({Status.IN_REVIEW}), Status.DRAFT, (_held, _not_agreed)
    ),
    TransitionKind.AGREE: Step(
        _MIM,
        frozenset({Status.IN_REVIEW}),
        Status.REVIEWED,
        (_held, _agreed, _attendance_recorded, _somebody_there, _messages_answered),
    ),
    # The MIM as well: with no External Messages "agree, publish and close" is one step of the chair.
    TransitionKind.PUBLISH: Step(
        _OWNER | _MIM, frozenset({Status.REVIEWED}), None, (_not_yet_published, _nothing_missing)
    ),
    # The system, when the last External Message or the publication leaves nothing to do; the MIM in the one
    # step.
    TransitionKind.CLOSE: Step(
        _OWNER | _MIM | {Part.COMMUNICATIONS, Part.SYSTEM},
        frozenset({Status.REVIEWED}),
        Status.CLOSED,
        (_published, _messages_settled),
    ),
    TransitionKind.START: Step(_MIM, frozenset(Status), None),
    TransitionKind.AMEND: Step(
        _OWNER, frozenset({Status.IN_REVIEW}), None, (_not_yet_held, _nothing_missing)
    ),
    TransitionKind.AMEND_PUBLISHED: Step(
        _OWNER,
        frozenset({Status.REVIEWED, Status.CLOSED}),
        None,
        (_published, _reason_given, _nothing_missing),
    ),
    TransitionKind.SCHEDULE: Step(_MIM, _BEFORE_AGREEMENT, None, (_to_be_held, _not_yet_scheduled)),
    TransitionKind.RESCHEDULE: Step(
        _MIM, _BEFORE_AGREEMENT, None, (_scheduled, _not_yet_held, _reason_given)
    ),
    TransitionKind.HOLD: Step(
        _MIM, frozenset({Status.IN_REVIEW}), None, (_scheduled, _not_yet_held, _draft_out_in_time)
    ),
}

_DOING = {
    TransitionKind.DISTRIBUTE: "distribute the draft",
    TransitionKind.WITHDRAW: "withdraw the draft",
    TransitionKind.DISAGREE: "take the draft back",
    TransitionKind.AGREE: "record the agreement",
    TransitionKind.PUBLISH: "publish the Learning Review",
    TransitionKind.CLOSE: "close the After Action",
    TransitionKind.START: "start the process of an After Action of the past",
    TransitionKind.AMEND: "amend the draft",
    TransitionKind.AMEND_PUBLISHED: "amend the published Learning Review",
    TransitionKind.SCHEDULE: "schedule the meeting",
    TransitionKind.RESCHEDULE: "reschedule the meeting",
    TransitionKind.HOLD: "hold the meeting",
}

_NOT_OUT = "The draft has not been distributed"

_WRONG_STATUS: dict[Status, dict[TransitionKind, str]] = {
    Status.DRAFT: {
        TransitionKind.WITHDRAW: f"{_NOT_OUT}: there is nothing to withdraw.",
        TransitionKind.AMEND: f"{_NOT_OUT}: distribute it.",
        TransitionKind.HOLD: (
            f"{_NOT_OUT}. Distribute it, or reschedule the meeting until it is ready: a meeting without a draft "
            "is a retell."
        ),
        TransitionKind.AGREE: f"{_NOT_OUT}: distribute it and hold the meeting first.",
        TransitionKind.PUBLISH: f"{_NOT_OUT}: distribute it and hold the meeting before publishing.",
        TransitionKind.CLOSE: f"{_NOT_OUT}: distribute it, hold the meeting and publish before closing.",
    },
    Status.IN_REVIEW: {
        TransitionKind.DISTRIBUTE: "The draft is out already: amend it, or withdraw it with a reason.",
        TransitionKind.PUBLISH: "Hold the meeting and record its agreement before publishing.",
        TransitionKind.CLOSE: "Hold the meeting and publish before closing.",
    },
}


def refusal(transition: TransitionKind, facts: LifecycleFacts, by: frozenset[Part]) -> Refusal | None:
    """Why the step cannot be taken by somebody who plays these parts, None when it can.

    Looks first at who asks, then at the status, then at the preconditions in the order of the table.
    """
    step = STEPS[transition]
    if not may(by, step.by):
        return _forbidden(step.by, _DOING[transition])
    if facts.history != (transition == TransitionKind.START):
        return Refusal(
            "This After Action belongs to the past and its deadlines are only shown: start its process first."
            if facts.history
            else "The process of this After Action runs already."
        )
    if facts.status not in step.since:
        return Refusal(_wrong_status(transition, facts.status))
    for precondition in step.preconditions:
        if problem := precondition(facts):
            return problem
    return None


def decision_refusal(decision: Decision, facts: LifecycleFacts, by: frozenset[Part]) -> Refusal | None:
    """Why this decision to hold or skip cannot be made, None when it can.

    Seed: When an After Action Is Required, "There is no 'resolved cleanly enough to skip it' threshold." A
    voluntary request (level not required) is accepted by *hold* and declined by *skip*.
    """
    if not may(by, _MIM | {Part.SYSTEM}):
        return _forbidden(_MIM, "decide whether to hold the After Action")
    if facts.history:
        return Refusal("This After Action belongs to the past: start its process first.")
    if facts.running:
        return Refusal("The incident is running: decide on its After Action once it is closed.")
    if facts.level == RequirementLevel.MANDATORY:
        return Refusal(
            "A mandatory After Action cannot be skipped: there is no “resolved cleanly enough to skip it” "
            "threshold. Reschedule the meeting if its time does not suit."
            if decision == Decision.SKIP
            else "This After Action is mandatory: there is nothing to decide. Schedule the meeting."
        )
    if facts.meeting_held:
        return Refusal("The meeting was held already: it is too late to decide.")
    if decision == Decision.SKIP and facts.status != Status.DRAFT:
        return Refusal("The draft is out: withdraw it, with a reason, before skipping.")
    if decision == Decision.SKIP and facts.level != RequirementLevel.OPTIONAL and not facts.reason.strip():
        what = (
            "Skipping a recommended After Action"
            if facts.level == RequirementLevel.RECOMMENDED
            else "Declining a request"
        )
        return Refusal(f"{what} needs a reason: say why.", Ground.INPUT, "reason")
    return None


def may(by: frozenset[Part], allowed: frozenset[Part]) -> bool:
    """Whether one of the parts suffices; an administrator may do every step."""
    return bool(by & (allowed | {Part.ADMINISTRATOR}))


def _forbidden(allowed: frozenset[Part], doing: str) -> Refusal:
    people = [part.label for part in Part if part in allowed | {Part.ADMINISTRATOR} and part != Part.SYSTEM]
    return Refusal(f"Only {', '.join(people[:-1])} or {people[-1]} may {doing}.", Ground.FORBIDDEN)


def _wrong_status(transition: TransitionKind, status: Status) -> str:
    if sentence := _WRONG_STATUS.get(status, {}).get(transition):
        return sentence
    if status == Status.CLOSED:
        return "This After Action is Closed, and Closed is final; its action items and their review go on."
    allowed = " or ".join(one_status.label for one_status in Status if one_status in STEPS[transition].since)
    return f"One can {_DOING[transition]} in the status {allowed}; this After Action is {status.label}."
