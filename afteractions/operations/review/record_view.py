"""The record of an incident, read once: its standing entries, what the rules say of them, and the picture of them."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from afteractions.timeline import (
    DrawnEngagement,
    DrawnEvent,
    DrawnMetric,
    DrawnMilestone,
    DrawnMtm,
    DrawnPhase,
    DrawnTrack,
    DrawnUpdate,
    Picture,
)
from incidents.models import Incident
from incidents.operations.facts import metrics_of, record_facts
from incidents.queries.incidents import incident_page
from incidents.rules.facts import RecordFacts, is_after_the_fact
from incidents.rules.gaps.gaps import Gap
from incidents.rules.gaps.gaps import gaps as find_gaps
from incidents.rules.metrics import Metrics
from incidents.vocabulary import MilestoneKind, Phase


class Record:
    """One reading of the record at the instant `at`. Each kind of entry is loaded once, when it is first asked for, and
    without the entries that a later one corrects."""

    def __init__(self, incident: Incident, *, at: datetime) -> None:
        self.incident = incident
        self.at = at

    @cached_property
    def facts(self) -> RecordFacts:
        return record_facts(self.incident)

    @cached_property
    def figures(self) -> Metrics:
        return metrics_of(self.incident, self.at)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        return find_gaps(self.facts, self.at)

    @cached_property
    def events(self) -> list[Any]:
        return _latest_entries(incident_page(self.incident).timelineevents.all())

    @cached_property
    def updates(self) -> list[Any]:
        return _latest_entries(incident_page(self.incident).statusupdates.all())

    @cached_property
    def phases(self) -> list[Any]:
        return _latest_entries(incident_page(self.incident).phaseentrys.all())

    @cached_property
    def milestones(self) -> list[Any]:
        return _latest_entries(incident_page(self.incident).milestones.all())

    @cached_property
    def tracks(self) -> list[Any]:
        return _latest_entries(incident_page(self.incident).recoverytracks.all())

    @cached_property
    def engagements(self) -> list[Any]:
        return [engagement for engagement in self._all_engagements if engagement.pk in self.first_engagements]

    @cached_property
    def _all_engagements(self) -> list[Any]:
        return list(incident_page(self.incident).vendorengagements.all())

    @cached_property
    def first_engagements(self) -> dict[int, int]:
        """Of each standing engagement, the one that its corrections go back to: what hangs on it is inherited."""
        before = {engagement.pk: engagement.corrects_id for engagement in self._all_engagements}
        corrected = set(before.values())

        def first(key: int) -> int:
            return first(before[key]) if before.get(key) else key

        return {key: first(key) for key in before if key not in corrected}

    @cached_property
    def mtms(self) -> list[Any]:
        return _latest_entries(incident_page(self.incident).mtms.all())

    @cached_property
    def command(self) -> list[Any]:
        return _latest_entries(incident_page(self.incident).commandassignments.all())

    def is_late(self, at: datetime | None, logged_at: datetime | None) -> bool:
        """Whether an entry was recorded after the fact."""
        return is_after_the_fact(at, logged_at, self.incident.live_until)

    def picture(self, hidden: Iterable[str] = (), highlighted: Iterable[str] = ()) -> Picture:
        """What the drawing is made from. `hidden` and `highlighted` are keys of entries (`event:12`, `update:3`)."""
        incident = self.incident
        hidden, highlighted = set(hidden), set(highlighted)
        return Picture(
            title=f"{incident.reference} {incident.title}",
            time_zone=incident.time_zone,
            phases=tuple(
                DrawnPhase(
                    Phase(phase.phase).label,
                    phase.entered_at,
                    str(phase.by or ""),
                    self.is_late(phase.entered_at, phase.logged_at),
                )
                for phase in self.phases
            ),
            tracks=tuple(
                DrawnTrack(
                    track.name, track.opened_at, track.lead_assigned_at, track.closed_at, track.outcome or ""
                )
                for track in self.tracks
                if track.opened_at is not None
            ),
            events=tuple(
                DrawnEvent(
                    event.at,
                    event.kind,
                    event.text,
                    str(event.by or ""),
                    f"event:{event.pk}" in highlighted,
                    self.is_late(event.at, event.logged_at),
                )
                for event in self.events
                if f"event:{event.pk}" not in hidden
            ),
            updates=tuple(
                DrawnUpdate(
                    update.sent_at,
                    update.audience,
                    update.channel,
                    update.text,
                    str(update.by or ""),
                    self.is_late(update.sent_at, update.logged_at),
                )
                for update in self.updates
                if f"update:{update.pk}" not in hidden
            ),
            metrics=tuple(self._drawn_metrics()),
            milestones=tuple(
                DrawnMilestone(
                    MilestoneKind(milestone.kind).label,
                    milestone.at,
                    self.is_late(milestone.at, milestone.logged_at),
                )
                for milestone in self.milestones
            ),
            vendors=tuple(
                DrawnEngagement(engagement.vendor.name, engagement.engaged_at, engagement.responded_at)
                for engagement in self.engagements
            ),
            mtms=tuple(
                DrawnMtm(f"MTM {mtm.number}", mtm.started_at, mtm.ended_at)
                for mtm in self.mtms
                if mtm.started_at is not None
            ),
            closed_at=incident.closed_at,
            now=None if incident.is_closed else self.at,
        )

    def _drawn_metrics(self) -> list[DrawnMetric]:
        at = self.facts.milestones.at
        return [
            DrawnMetric(
                metric.label,
                at(metric.starts) if metric.starts else None,
                at(metric.ends) if metric.ends else None,
                metric.seconds,
            )
            for metric in self.figures.all()
        ]


def _latest_entries(entries: Any) -> list[Any]:
    """The entries that no later one corrects."""
    listed = list(entries)
    corrected = {entry.corrects_id for entry in listed if entry.corrects_id}
    return [entry for entry in listed if entry.pk not in corrected]
