"""The lists behind the numbers of insights: their columns, their rows, and what they are narrowed by."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from django.db.models import QuerySet

from afteractions.operations.deadlines import reminders
from afteractions.queries.insights.deadlines import OUTCOMES, Outcome, deadlines_behind
from afteractions.queries.insights.filters import InsightFilters
from afteractions.queries.insights.findings import anti_patterns_behind
from afteractions.queries.insights.learning import Became, became_of, learnings_behind
from afteractions.queries.insights.times import Measure, incidents_behind
from afteractions.queries.insights.vendors import engagements_behind
from afteractions.vocabulary import AntiPattern, ObligationKind, Strength
from incidents.rules.gaps.expectations import GapKind
from majorops.errors import BadInput
from majorops.formatting.durations import duration_words
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.words import Word

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell: words, where they lead, an instant, or a day."""

    words: str = ""
    url: str = ""
    at: datetime | None = None
    on: date | None = None

    @property
    def plain(self) -> str:
        """As a spreadsheet has it: instants in UTC, days in ISO 8601."""
        if self.on is not None:
            return self.on.isoformat()
        return f"{self.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if self.at else self.words


def chosen_word(data: Mapping[str, str], name: str, known: type[Word]) -> Any:
    """The word of the address under this name, or None. Raises BadInput for an unknown one."""
    key = data.get(name, "").strip()
    if not key:
        return None
    if not known.knows(key):
        raise BadInput.of(name, f"Choose one of: {', '.join(word.label for word in known)}.")
    return known(key)


def _lasting(seconds: int | None) -> Shown:
    return Shown(duration_words(seconds))


class InsightList:
    """One list: the rows `found`, in `order`, each shown by `row`; `told` says what they are narrowed to."""

    title: ClassVar[str]
    topic: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    order: ClassVar[tuple[str, str]]
    found: QuerySet[Any]
    told: str = ""

    def __init__(self, person: Person, filters: InsightFilters, data: Mapping[str, str]) -> None:
        raise NotImplementedError

    def row(self, row: Any) -> list[Shown]:
        raise NotImplementedError


class Deadlines(InsightList):
    title, topic, order = "Deadlines", "deadlines", ("-due_at", "-id")
    columns = ("Deadline", "Incident", "Responsible", "Due (UTC)", "Ended (UTC)", "Outcome", "Late by")

    def __init__(self, person: Person, filters: InsightFilters, data: Mapping[str, str]) -> None:
        kind = chosen_word(data, "kind", ObligationKind)
        not_met = data.get("outcome") == "not_met"
        outcome = None if not_met else chosen_word(data, "outcome", Outcome)
        self.at = filters.at
        self.found = deadlines_behind(
            person, filters, kind=kind or "", outcome=outcome, not_met=not_met
        ).select_related("incident", "after_action", "responsible")
        ended = "not met on time" if not_met else outcome.label.lower() if outcome else ""
        self.told = ", ".join(row for row in (kind.label if kind else "", ended) if row)

    def row(self, row: Any) -> list[Shown]:
        end = row.ended or self.at
        late = int((end - row.due_at).total_seconds())
        group = GroupName(row.responsible_group).label if row.responsible_id is None else ""
        return [
            Shown(reminders.what(row), reminders.place(row)),
            Shown(f"{row.incident.reference} {row.incident.title}", row.incident.get_absolute_url()),
            Shown(str(row.responsible or group)),
            Shown(at=row.due_at),
            Shown(NOTHING, at=row.ended),
            Shown(OUTCOMES[row.state].label),
            _lasting(late) if late > 0 else Shown(NOTHING),
        ]


class ClosedIncidentList(InsightList):
    title, topic, order = "Closed incidents", "times", ("-at", "-incident_id")
    columns = (
        "Incident", "Closed (UTC)", "Severity", *(measure.label for measure in Measure), "Repeats", "Gaps",
    )  # fmt: skip

    def __init__(self, person: Person, filters: InsightFilters, data: Mapping[str, str]) -> None:
        measure, gap = chosen_word(data, "measure", Measure), chosen_word(data, "gap", GapKind)
        captured = {"yes": True, "no": False}.get(data.get("captured", ""))
        is_repeat = data.get("repeats") == "yes"
        incidents = incidents_behind(
            person, filters, measure=measure, captured=captured, repeats=is_repeat, gap=gap or ""
        )
        self.found = incidents.select_related("incident__repeat_of")
        parts = []
        if measure is not None and captured is not None:
            parts.append(f"{measure.label} {'captured' if captured else 'not captured'}")
        if is_repeat:
            parts.append("repeats of an earlier one")
        if gap is not None:
            parts.append(f"gap: {gap.label}")
        self.told = ", ".join(parts)

    def row(self, row: Any) -> list[Shown]:
        incident = row.incident
        earlier = incident.repeat_of if incident.repeat_of and not incident.repeat_of.restricted else None
        repeats = Shown(earlier.reference, earlier.get_absolute_url()) if earlier else Shown("yes")
        return [
            Shown(f"{incident.reference} {incident.title}", incident.get_absolute_url()),
            Shown(at=row.at),
            Shown(incident.severity_label),
            *(_lasting(getattr(row, measure.value)) for measure in Measure),
            repeats if row.is_repeat else Shown(NOTHING),
            Shown(str(len(row.gaps))),
        ]


class AntiPatterns(InsightList):
    title, topic, order = "Anti-patterns", "findings", ("-named_at", "-id")
    columns = ("Anti-pattern", "Named (UTC)", "By", "Evidence", "Incident", "After Action")

    def __init__(self, person: Person, filters: InsightFilters, data: Mapping[str, str]) -> None:
        kind = chosen_word(data, "kind", AntiPattern)
        anti_patterns = anti_patterns_behind(person, filters, kind=kind)
        self.found = anti_patterns.select_related("after_action__incident", "by")
        self.told = kind.label if kind else ""

    def row(self, row: Any) -> list[Shown]:
        incident = row.after_action.incident
        return [
            Shown(AntiPattern(row.kind).label),
            Shown(at=row.named_at),
            Shown(str(row.by or "The system")),
            Shown(row.latest_evidence if row.reads_draft else NOTHING),
            Shown(f"{incident.reference} {incident.title}", incident.get_absolute_url()),
            Shown(row.after_action.reference, row.after_action.get_absolute_url()),
        ]


class EngagementList(InsightList):
    title, topic, order = "Vendor engagements", "vendors", ("-incident_id", "-id")
    columns = (
        "Vendor", "Incident", "Engaged (UTC)", "Responded (UTC)", "Response", "SLA", "RCA due (UTC)",
        "RCA received (UTC)",
    )  # fmt: skip

    def __init__(self, person: Person, filters: InsightFilters, data: Mapping[str, str]) -> None:
        key = data.get("vendor", "")
        if key and not (key.isdecimal() and len(key) < 19):
            raise BadInput.of("vendor", "Unknown vendor.")
        engagements = engagements_behind(person, filters, vendor=int(key) if key else None)
        self.found = engagements.select_related("vendor", "incident")

    def row(self, row: Any) -> list[Shown]:
        minutes = row.response_sla_minutes
        if minutes is None:
            minutes = row.vendor.response_sla_minutes
        seconds = None
        if row.engaged_at and row.responded_at:
            seconds = int((row.responded_at - row.engaged_at).total_seconds())
        return [
            Shown(row.vendor.name),
            Shown(f"{row.incident.reference} {row.incident.title}", row.incident.get_absolute_url()),
            Shown("not captured", at=row.engaged_at),
            Shown("not captured", at=row.responded_at),
            _lasting(seconds),
            Shown(NOTHING) if minutes is None else _lasting(minutes * 60),
            Shown(NOTHING, at=row.rca_due_at),
            Shown(NOTHING, at=row.rca_received_at),
        ]


class LearningList(InsightList):
    title, topic, order = "Learnings", "learning", ("-created_at", "-id")
    columns = ("Change", "Gap", "Owner", "Due", "By now", "Evidence or reason", "Incident")

    def __init__(self, person: Person, filters: InsightFilters, data: Mapping[str, str]) -> None:
        became, strength = chosen_word(data, "became", Became), chosen_word(data, "strength", Strength)
        changes = learnings_behind(person, filters, became=became, strength=strength)
        self.found = changes.select_related("owner", "after_action__incident")
        self.told = ", ".join(word.label for word in (strength, became) if word)

    def row(self, row: Any) -> list[Shown]:
        incident = row.after_action.incident
        became = became_of(row)
        return [
            Shown(row.sentence, row.get_absolute_url()),
            Shown(row.gap or NOTHING),
            Shown(str(row.owner or row.owner_words or "nobody")),
            Shown("" if row.due_on else "no date", on=row.due_on),
            Shown(became.label),
            Shown(row.evidence or row.resolution_reason or NOTHING),
            Shown(f"{incident.reference} {incident.title}", incident.get_absolute_url()),
        ]


LISTS: dict[str, type[InsightList]] = {
    "deadlines": Deadlines,
    "incidents": ClosedIncidentList,
    "anti-patterns": AntiPatterns,
    "vendors": EngagementList,
    "learning": LearningList,
}
