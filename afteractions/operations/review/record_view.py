"""The record of an incident, read once: its standing entries, what the rules say of them, and the picture of them."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from afteractions.timeline import (
    Event,
    Metric,
    Milestone,
    Mtm,
    PhaseEntry,
    Picture,
    Track,
    Update,
    VendorEngagement,
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
        return _standing(incident_page(self.incident).timelineevents.all())

    @cached_property
    def updates(self) -> list[Any]:
        return _standing(incident_page(self.incident).statusupdates.all())

    @cached_property
    def phases(self) -> list[Any]:
        return _standing(incident_page(self.incident).phaseentrys.all())

    @cached_property
    def milestones(self) -> list[Any]:
        return _standing(incident_page(self.incident).milestones.all())

    @cached_property
    def tracks(self) -> list[Any]:
        return _standing(incident_page(self.incident).recoverytracks.all())

    @cached_property
    def engagements(self) -> list[Any]:
        return [each for each in self._all_engagements if each.pk in self.first_engagements]

    @cached_property
    def _all_engagements(self) -> list[Any]:
        return list(incident_page(self.incident).vendorengagements.all())

    @cached_property
    def first_engagements(self) -> dict[int, int]:
        """Of each standing engagement, the one that its corrections go back to: what hangs on it is inherited."""
        before = {each.pk: each.corrects_id for each in self._all_engagements}
        corrected = set(before.values())

        def first(key: int) -> int:
            return first(before[key]) if before.get(key) else key

        return {key: first(key) for key in before if key not in corrected}

    @cached_property
    def mtms(self) -> list[Any]:
        return _standing(incident_page(self.incident).mtms.all())

    @cached_property
    def command(self) -> list[Any]:
        return _standing(incident_page(self.incident).commandassignments.all())

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
                PhaseEntry(
                    Phase(each.phase).label,
                    each.entered_at,
                    str(each.by or ""),
                    self.is_late(each.entered_at, each.logged_at),
                )
                for each in self.phases
            ),
            tracks=tuple(
                Track(each.name, each.opened_at, each.lead_assigned_at, each.closed_at, each.outcome or "")
                for each in self.tracks
                if each.opened_at is not None
            ),
            events=tuple(
                Event(
                    each.at,
                    each.kind,
                    each.text,
                    str(each.by or ""),
                    f"event:{each.pk}" in highlighted,
                    self.is_late(each.at, each.logged_at),
                )
                for each in self.events
                if f"event:{each.pk}" not in hidden
            ),
            updates=tuple(
                Update(
                    each.sent_at,
                    each.audience,
                    each.channel,
                    each.text,
                    str(each.by or ""),
                    self.is_late(each.sent_at, each.logged_at),
                )
                for each in self.updates
                if f"update:{each.pk}" not in hidden
            ),
            metrics=tuple(self._drawn_metrics()),
            milestones=tuple(
                Milestone(MilestoneKind(each.kind).label, each.at, self.is_late(each.at, each.logged_at))
                for each in self.milestones
            ),
            vendors=tuple(
                VendorEngagement(each.vendor.name, each.engaged_at, each.responded_at)
                for each in self.engagements
            ),
            mtms=tuple(
                Mtm(f"MTM {each.number}", each.started_at, each.ended_at)
                for each in self.mtms
                if each.started_at is not None
            ),
            closed_at=incident.closed_at,
            now=None if incident.is_closed else self.at,
        )

    def _drawn_metrics(self) -> list[Metric]:
        at = self.facts.milestones.at
        return [
            Metric(
                metric.label,
                at(metric.starts) if metric.starts else None,
                at(metric.ends) if metric.ends else None,
                metric.seconds,
            )
            for metric in self.figures.all()
        ]


def _standing(entries: Any) -> list[Any]:
    """The entries that no later one corrects."""
    listed = list(entries)
    corrected = {entry.corrects_id for entry in listed if entry.corrects_id}
    return [entry for entry in listed if entry.pk not in corrected]
