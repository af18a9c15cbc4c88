"""What a Major Technical Meeting still has to say, and its summary as its notes give it (Seed: The MTM)."""

from dataclasses import dataclass

from majorops.formatting.time_words import minutes_words


@dataclass(frozen=True, slots=True)
class ActionSaid:
    """`said` is what a review of it said; empty for an action that this meeting agreed."""

    title: str
    owner: str | None = None
    due: str | None = None
    said: str = ""

    @property
    def words(self) -> str:
        held = ", ".join(part for part in (self.owner, f"by {self.due}" if self.due else None) if part)
        return f"{self.title}{f' ({held})' if held else ''}{f': {self.said}' if self.said else ''}"


@dataclass(frozen=True, slots=True)
class MtmRecord:
    """What was said at one meeting, in words. `notes` are pairs of the point's title and its note, in the order of
    the agenda; `severity` None until it was confirmed; `next` None until a time was set."""

    heading: str
    notes: tuple[tuple[str, str], ...] = ()
    actions: tuple[ActionSaid, ...] = ()
    reviewed: tuple[ActionSaid, ...] = ()
    left_open: tuple[ActionSaid, ...] = ()
    attendance: tuple[str, ...] = ()
    severity: str | None = None
    next: str | None = None
    stood_down: bool = False
    cadence_minutes: int | None = None


def not_said_yet(meeting: MtmRecord) -> tuple[str, ...]:
    """What the agenda asks for and the meeting has not settled, in the order of the agenda; a meeting may end all the
    same: what was not said shows in its summary."""
    settled = (
        (bool(meeting.attendance), "Nobody is noted as present."),
        (
            not meeting.left_open,
            "Actions of the meetings before are not reviewed: " + _titles(meeting.left_open),
        ),
        (meeting.severity is not None, "The severity is neither confirmed nor changed."),
        (
            meeting.next is not None or meeting.stood_down,
            "No next meeting is set, and the meetings are not stood down.",
        ),
        (
            meeting.cadence_minutes is not None or meeting.stood_down,
            "The cadence of the status updates is not set.",
        ),
    )
    return tuple(sentence for is_settled, sentence in settled if not is_settled)


def _titles(actions: tuple[ActionSaid, ...]) -> str:
    return "; ".join(action.title for action in actions) + "."


def summary_text(meeting: MtmRecord) -> str:
    """The summary that the MIM is offered to edit: who was there, the notes in the order of the agenda, then what was
    agreed."""
    present = [f"Present: {', '.join(meeting.attendance)}."] if meeting.attendance else []
    parts = [meeting.heading, *present, *(f"{title}: {note}" for title, note in meeting.notes)]
    for heading, actions in (
        ("From the meetings before", meeting.reviewed),
        ("Actions agreed", meeting.actions),
    ):
        if actions:
            parts.append("\n".join([f"{heading}:", *(f"- {action.words}" for action in actions)]))
    if meeting.severity is not None:
        parts.append(f"Severity: {meeting.severity}, confirmed.")
    ahead = []
    if meeting.stood_down:
        ahead.append("No further meeting is needed.")
    elif meeting.next is not None:
        ahead.append(f"Next meeting: {meeting.next}.")
    if meeting.cadence_minutes is not None:
        ahead.append(f"Status updates every {minutes_words(meeting.cadence_minutes)}.")
    if ahead:
        parts.append(" ".join(ahead))
    return "\n\n".join(parts)
