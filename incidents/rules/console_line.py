"""The console's one line: what a person typed, understood as one thing to do, or refused with the way out.

A line is an event (`14:05 failover started`) or a command (`/phase mitigating`). Any line may begin with its time;
so may what follows the words that a command takes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias, TypeVar

from incidents.rules.time_parsing import NoSuchTime, spoken_time
from incidents.vocabulary import Audience, CommandRole, EventKind, MilestoneKind, Phase, Severity
from majorops.texts import unstorable
from majorops.words import Word


@dataclass(frozen=True, slots=True)
class LogEvent:
    at: datetime
    kind: EventKind
    text: str


@dataclass(frozen=True, slots=True)
class EnterPhase:
    at: datetime
    phase: Phase


@dataclass(frozen=True, slots=True)
class ReachMilestone:
    at: datetime
    kind: MilestoneKind
    text: str


@dataclass(frozen=True, slots=True)
class ChangeSeverity:
    at: datetime
    severity: Severity
    reason: str


@dataclass(frozen=True, slots=True)
class SendStatusUpdate:
    """`channel` is empty when none was named."""

    at: datetime
    audience: Audience
    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class OpenTrack:
    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class StartMtm:
    at: datetime


@dataclass(frozen=True, slots=True)
class AssignRole:
    """`person` as typed: an e-mail address, or `contact:KEY`."""

    at: datetime
    role: CommandRole
    person: str


@dataclass(frozen=True, slots=True)
class LineRefusal:
    sentence: str


Command: TypeAlias = (
    LogEvent
    | EnterPhase
    | ReachMilestone
    | ChangeSeverity
    | SendStatusUpdate
    | OpenTrack
    | StartMtm
    | AssignRole
)


Found = TypeVar("Found", bound=Word)


class _NotUnderstood(Exception):
    """Leaves the reading of a line; its text is the refusal's sentence."""


@dataclass(frozen=True, slots=True)
class _Line:
    """The line on its way: `at` is the time at its beginning, None when it has none; `rest` is still unread."""

    at: datetime | None
    rest: str
    now: datetime
    time_zone: str
    opened_at: datetime | None

    def take_word(self) -> tuple[str, "_Line"]:
        word, _, rest = self.rest.partition(" ")
        return word, replace(self, rest=rest)

    def take_time(self) -> "_Line":
        """The time after a command's words, unless the line began with one."""
        if self.at is not None:
            return self
        spoken = spoken_time(self.rest, self.now, self.time_zone, opened_at=self.opened_at)
        return replace(self, at=spoken.at, rest=spoken.rest)

    @property
    def when(self) -> datetime:
        return self.at or self.now


_ROLES = {
    "trl": CommandRole.TECHNICAL_RECOVERY_LEAD,
    "director": CommandRole.RECOVERY_DIRECTOR,
    "comms": CommandRole.COMMUNICATIONS_LEAD,
    "delivery": CommandRole.SERVICE_DELIVERY,
    **{role.value: role for role in CommandRole},
}
_SEVERITIES = {
    **{severity.value: severity for severity in Severity},
    **{str(severity.rank): severity for severity in Severity},
    **{f"p{severity.rank}": severity for severity in Severity},
}
_PHASES = {phase.value: phase for phase in Phase}
_AUDIENCES = {audience.value: audience for audience in Audience}
_KINDS = {kind.value: kind for kind in EventKind}
_MILESTONES = {
    "impact": MilestoneKind.IMPACT_STARTED,
    "alert": MilestoneKind.ALERT_FIRED,
    "stakeholder": MilestoneKind.STAKEHOLDER_COMMUNICATION,
    "validated": MilestoneKind.RECOVERED,
    "declared": MilestoneKind.OPENED,
    **{kind.value: kind for kind in MilestoneKind},
}


def parse_line(
    text: str, at: datetime, time_zone: str, *, opened_at: datetime | None = None
) -> Command | LineRefusal:
    """Understand one typed line. `at` is now; times are read in the IANA zone `time_zone`, and are past; a bare one of
    yesterday is not before the incident opened."""
    if problem := unstorable(text):
        return LineRefusal(problem)
    typed = " ".join(text.split())
    if not typed:
        return LineRefusal(
            "Type what happened, as in: 14:05 failover started. Or a command, as in: /phase mitigating."
        )
    try:
        spoken = spoken_time(typed, at, time_zone, opened_at=opened_at)
        line = _Line(spoken.at, spoken.rest, at, time_zone, opened_at)
        return _command(line) if line.rest.startswith("/") else _event(line)
    except NoSuchTime as error:
        return LineRefusal(error.sentence)
    except _NotUnderstood as error:
        return LineRefusal(str(error))


def _event(line: _Line) -> LogEvent:
    kind = EventKind.ACTION
    if line.rest.startswith("!"):
        word, line = line.take_word()
        kind = _one_of(_KINDS, word[1:], "kind of event", "!decision fail over to the second site")
        line = line.take_time()
    if not line.rest:
        raise _NotUnderstood("What happened? Type it after the time, as in: 14:05 failover started.")
    return LogEvent(line.when, kind, line.rest)


def _command(line: _Line) -> Command:
    word, line = line.take_word()
    run = _COMMANDS.get(word[1:].lower())
    if run is None:
        known = ", ".join(f"/{name}" for name in _COMMANDS)
        raise _NotUnderstood(
            f"There is no command {word}. There are: {known}. Without a / it is logged as an event."
        )
    return run(line)


def _phase(line: _Line) -> EnterPhase:
    word, line = line.take_word()
    phase = _one_of(_PHASES, word, "phase", "/phase mitigating 14:05")
    line = _nothing_after(line.take_time(), "/phase mitigating 14:05")
    return EnterPhase(line.when, phase)


def _milestone(line: _Line) -> ReachMilestone:
    word, line = line.take_word()
    kind = _one_of(_MILESTONES, word, "milestone", "/milestone mitigated 14:05")
    line = line.take_time()
    return ReachMilestone(line.when, kind, line.rest)


def _severity(line: _Line) -> ChangeSeverity:
    word, line = line.take_word()
    severity = _one_of(_SEVERITIES, word, "severity", "/sev 1 all customers affected")
    line = line.take_time()
    return ChangeSeverity(line.when, severity, line.rest)


def _status(line: _Line) -> SendStatusUpdate:
    example = "/status public status-page: We are restoring the service"
    word, line = line.take_word()
    audience = _one_of(_AUDIENCES, word, "audience", example)
    line = line.take_time()
    first, after = line.take_word()
    channel = first[:-1] if first.endswith(":") else ""
    if channel:
        # A time before the channel is no channel: it was taken already.
        line = after.take_time()
    message = line.rest
    if not message:
        raise _NotUnderstood(f"What does the update say? Type it after the audience, as in: {example}.")
    return SendStatusUpdate(line.when, audience, channel, message)


def _track(line: _Line) -> OpenTrack:
    line = line.take_time()
    if not line.rest:
        raise _NotUnderstood("What is the recovery track called? Type it, as in: /track Database failover.")
    return OpenTrack(line.when, line.rest)


def _mtm(line: _Line) -> StartMtm:
    line = _nothing_after(line.take_time(), "/mtm 14:05")
    return StartMtm(line.when)


def _role(line: _Line) -> AssignRole:
    example = "/role trl name@example.org"
    word, line = line.take_word()
    role = _one_of(_ROLES, word, "role", example)
    person, line = line.take_word()
    if "@" not in person and not person.startswith("contact:"):
        raise _NotUnderstood(f"Who takes the role? Type the e-mail address, as in: {example}.")
    line = _nothing_after(line.take_time(), f"{example} 14:05")
    return AssignRole(line.when, role, person)


def _one_of(known: Mapping[str, Found], typed: str, what: str, example: str) -> Found:
    known_word = known.get(typed.lower())
    if known_word is None:
        sentence = f"There is no {what} {typed}." if typed else f"Which {what}?"
        raise _NotUnderstood(
            f"{sentence} Choose one of: {', '.join(_short_words(known))}. For example: {example}."
        )
    return known_word


def _short_words(known: Mapping[str, object]) -> list[str]:
    """Of all the words for a thing the first, which is the one that people say."""
    return list({value: word for word, value in reversed(list(known.items()))}.values())[::-1]


def _nothing_after(line: _Line, example: str) -> _Line:
    if line.rest:
        raise _NotUnderstood(
            f"{line.rest} was not understood. Write the command alone, as in: {example}. "
            "Log the rest as an event of its own."
        )
    return line


_COMMANDS: Mapping[str, Callable[[_Line], Command]] = {
    "phase": _phase,
    "milestone": _milestone,
    "sev": _severity,
    "status": _status,
    "track": _track,
    "role": _role,
    "mtm": _mtm,
}
