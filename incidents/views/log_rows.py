"""The record as one log: every entry a row, in the order in which things happened."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.core.paginator import Page
from django.urls import reverse

from incidents.models import CommandAssignment, Incident, RecoveryTrack, VendorEngagement
from incidents.models.entries import Entry
from incidents.rules.facts import is_after_the_fact
from incidents.vocabulary import (
    Audience,
    CommandRole,
    EventKind,
    ImpactField,
    MilestoneKind,
    Phase,
    Severity,
)
from majorops.formatting.time_words import zone_label
from majorops.people.models import Person
from majorops.web.window import window


@dataclass(slots=True)
class LogRow:
    """One row. `at` None: the record does not say when. `is_late`: recorded after the fact."""

    at: datetime | None
    what: str
    text: str
    by: Person | None = None
    tone: str = "grey"
    detail: str = ""
    evidence_url: str = ""
    is_milestone: bool = False
    is_late: bool = False
    logged_at: datetime | None = None
    logged_by: Person | None = None
    corrects_at: datetime | None = None
    is_correction: bool = False
    is_corrected: bool = False
    correct_url: str = ""
    earlier: tuple[str, ...] = ()
    new_day: date | None = None
    zones: str = ""
    order: int = 0


def log_rows(
    incident: Incident, zone: ZoneInfo, *, newest_first: bool, correctable: bool, retimable: bool = False
) -> list[LogRow]:
    """Every entry of a record that is at hand. Where a day of `zone` begins it is marked, with the time that holds.

    Entries are `correctable` by the reader, milestones and phases where the reader may say times (`retimable`).
    """
    rows = [*_rows(incident)]
    for order, row in enumerate(rows):
        row.order = order
        row.is_late = is_after_the_fact(row.at, row.logged_at, incident.live_until)
        may_correct = retimable if row.what in ("Milestone", "Phase") else correctable
        if not may_correct or row.is_corrected:
            row.correct_url = ""
    timed = sorted((row for row in rows if row.at is not None), key=lambda row: (row.at, row.order))
    if newest_first:
        timed.reverse()
    for today, of_day in groupby(timed, key=lambda row: row.at.astimezone(zone).date()):
        entries = list(of_day)
        labels = [zone_label(row.at.astimezone(zone)) for row in entries]
        entries[0].new_day = today
        # Two on the day on which the clocks change: their times of day that read alike say which they are.
        entries[0].zones = " and ".join(dict.fromkeys(labels))
    return [*timed, *(row for row in rows if row.at is None)]


def log_page(rows: list[LogRow], zone: ZoneInfo, requested: str | None) -> Page:
    """The part of the log that a page shows; its first row says the day."""
    page = window(rows, requested)
    first = page.object_list[0] if page.object_list else None
    if first is not None and first.at is not None:
        first.new_day = first.at.astimezone(zone).date()
    return page


def _rows(incident: Incident) -> Iterator[LogRow]:
    yield from _milestones(incident)
    yield from _phases(incident)
    # The first severity is part of the declaration.
    for change in list(incident.severity_changes.all())[1:]:
        never = ", and the gravest one recorded never held" if change.never_was else ""
        yield LogRow(
            change.at,
            "Severity",
            f"{Severity(change.severity).label}{never}",
            by=change.by,
            tone="red",
            detail=change.reason,
            logged_at=change.logged_at,
        )
    yield from _events(incident)
    yield from _updates(incident)
    for decision in incident.mtm_decisions.all():
        yield LogRow(
            decision.at,
            "No MTM",
            decision.reason,
            by=decision.by,
            tone="violet",
            logged_at=decision.logged_at,
        )
    yield from _impact(incident)
    yield from _roles(incident)
    yield from _tracks(standing(incident.recoverytracks.all()))
    yield from _vendors(standing(incident.vendorengagements.all()))
    for mtm in standing(incident.mtms.all()):
        yield _row(mtm, mtm.started_at, "MTM", f"Major Technical Meeting {mtm.number} started", tone="violet")
        if mtm.ended_at:
            yield _row(mtm, mtm.ended_at, "MTM", f"Major Technical Meeting {mtm.number} ended", tone="violet")


def standing(entries: Iterable[Entry]) -> list:
    """The entries that no later one corrects."""
    entries = list(entries)
    corrected = {entry.corrects_id for entry in entries}
    return [entry for entry in entries if entry.pk not in corrected]


def _row(entry: Entry, at: datetime | None, what: str, text: str, **kwargs: object) -> LogRow:
    return LogRow(at, what, text, logged_at=entry.logged_at, **kwargs)


def _milestones(incident: Incident) -> Iterator[LogRow]:
    entries = list(incident.milestones.all())
    by_key = {entry.pk: entry for entry in entries}
    corrected = {entry.corrects_id for entry in entries}
    for entry in entries:
        kind = MilestoneKind(entry.kind)
        row = _row(entry, entry.at, "Milestone", kind.label, by=entry.by, detail=entry.text, tone="solid")
        row.is_milestone = kind is not MilestoneKind.STAKEHOLDER_COMMUNICATION
        row.tone = "violet"
        _relate(row, entry, by_key, corrected, "at")
        row.correct_url = _correcting(incident, "milestone", entry)
        yield row


def _phases(incident: Incident) -> Iterator[LogRow]:
    entries = list(incident.phaseentrys.all())
    by_key = {entry.pk: entry for entry in entries}
    corrected = {entry.corrects_id for entry in entries}
    for entry in entries:
        row = _row(entry, entry.entered_at, "Phase", Phase(entry.phase).label, by=entry.by, tone="blue")
        _relate(row, entry, by_key, corrected, "entered_at")
        # The close is moved by its milestone.
        if entry.phase != Phase.CLOSED:
            row.correct_url = _correcting(incident, "phase", entry)
        yield row


def _updates(incident: Incident) -> Iterator[LogRow]:
    entries = list(incident.statusupdates.all())
    by_key = {entry.pk: entry for entry in entries}
    corrected = {entry.corrects_id for entry in entries}
    for entry in entries:
        channel = f", {entry.channel}" if entry.channel else ""
        what = f"{Audience(entry.audience).label} update{channel}"
        row = _row(entry, entry.sent_at, what, entry.text, by=entry.by, tone="green")
        _relate(row, entry, by_key, corrected, "sent_at")
        row.correct_url = _correcting(incident, "status", entry)
        yield row


def _events(incident: Incident) -> Iterator[LogRow]:
    entries = list(incident.timelineevents.all())
    by_key = {entry.pk: entry for entry in entries}
    corrected = {entry.corrects_id for entry in entries}
    address = reverse("incidents:step", args=[incident.reference, "event"])
    labels = dict(EventKind.choices())
    for entry in entries:
        row = LogRow(
            entry.at,
            labels[entry.kind],
            entry.text,
            by=entry.by,
            evidence_url=entry.evidence_url or "",
            logged_at=entry.logged_at,
            logged_by=entry.logged_by,
            earlier=tuple(before["text"] for before in entry.earlier),
        )
        _relate(row, entry, by_key, corrected, "at")
        row.correct_url = f"{address}{entry.pk}/"
        yield row


def _relate(row: LogRow, entry: Entry, by_key: dict, corrected: set, instant: str) -> None:
    row.is_corrected = entry.pk in corrected
    if entry.corrects_id is not None:
        earlier = by_key.get(entry.corrects_id)
        row.is_correction = True
        row.corrects_at = getattr(earlier, instant, None)


def _impact(incident: Incident) -> Iterator[LogRow]:
    """Alert info as it was stated later than with the declaration or the import: the page shows what holds."""
    for entry in incident.impactstatements.all():
        came_with_the_record = entry.logged_at is None or entry.at == incident.opened_at
        if entry.corrects_id is None and came_with_the_record:
            continue
        field = ImpactField(entry.field)
        row = _row(
            entry,
            entry.at,
            "Impact",
            f"{field.label}: {impact_words(entry.value)}",
            by=entry.by,
            tone="amber",
        )
        row.detail, row.is_correction = entry.reason, entry.corrects_id is not None
        yield row


def impact_words(value: object) -> str:
    """A field of alert info in words."""
    match value:
        case None | "":
            return "not known"
        case True:
            return "yes"
        case False:
            return "no"
        case int():
            return f"{value:,}"
    return str(value)


def _roles(incident: Incident) -> Iterator[LogRow]:
    given: CommandAssignment
    for given in standing(incident.commandassignments.all()):
        role = CommandRole(given.role).label
        yield _row(given, given.from_at, "Role", f"{given.person} is {role}", tone="grey")


def _tracks(tracks: list[RecoveryTrack]) -> Iterator[LogRow]:
    for track in tracks:
        yield _row(track, track.opened_at, "Track", f"Opened: {track.name}", tone="blue")
        if track.first_action_at:
            yield _row(track, track.first_action_at, "Track", f"First action: {track.name}", tone="blue")
        if track.closed_at:
            closed = _row(track, track.closed_at, "Track", f"Closed: {track.name}", tone="blue")
            closed.detail = track.outcome or ""
            yield closed


def _vendors(engagements: list[VendorEngagement]) -> Iterator[LogRow]:
    for engagement in engagements:
        name = engagement.vendor.name
        yield _row(engagement, engagement.engaged_at, "Vendor", f"Engaged {name}", tone="amber")
        if engagement.responded_at:
            yield _row(engagement, engagement.responded_at, "Vendor", f"{name} responded", tone="amber")


def _correcting(incident: Incident, step: str, entry: Entry) -> str:
    return reverse("incidents:step_of", args=[incident.reference, step, entry.pk])
