"""The one place where rows of the record become what the rules are told."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from incidents.models import Incident, SeverityChange
from incidents.models.entries import Entry
from incidents.queries.record import read_record
from incidents.rules import facts as told
from incidents.rules.metrics import Metric, Metrics, duration, metrics
from incidents.vocabulary import Audience, CommandRole, ImpactField, MilestoneKind, Phase, Severity

E = TypeVar("E", bound=Entry)

IMPACT = tuple(field.value for field in ImpactField)


def outline_facts(incident: Incident) -> told.RecordFacts:
    """What the incident's own row says: enough for metrics, requirement and forecast, without a statement.

    (A known earlier incident is one statement unless it was selected with the row.)
    """
    return told.RecordFacts(
        severity=Severity(incident.severity),
        highest_severity=Severity(incident.highest_severity),
        milestones=told.Milestones(
            impact_started=incident.impact_started_at,
            alert_fired=incident.alert_fired_at,
            confirmed=incident.confirmed_at,
            opened=incident.opened_at,
            mitigated=incident.mitigated_at,
            recovered=incident.recovered_at,
            closed=incident.closed_at,
        ),
        time_zone=incident.time_zone,
        ended_without_close=incident.ended_without_close,
        close_logged_at=incident.close_logged_at,
        **{name: getattr(incident, name) for name in IMPACT},
        is_repeat=incident.is_repeat,
        repeat_of=_name_of_earlier(incident),
        cadence={
            Severity.CRITICAL: timedelta(minutes=incident.critical_update_minutes),
            Severity.HIGH: timedelta(minutes=incident.high_update_minutes),
        },
    )


def record_facts(incident: Incident) -> told.RecordFacts:
    """The whole record of the incident, in one statement whatever it holds.

    A correction made after the fact does not undo what was captured while the incident ran, and does not fill what
    was not: of each entry and its corrections the last one captured live counts, else the last.
    """
    read_record(incident)
    until = incident.live_until
    milestones = list(incident.milestones.all())
    communications = [one for one in milestones if one.kind == MilestoneKind.STAKEHOLDER_COMMUNICATION]
    statements = [told.StatedField(one.kind, one.at, one.logged_at) for one in milestones] + [
        told.StatedField(one.field, one.at, one.logged_at)
        for one in incident.impactstatements.all()
        if one.value is not None
    ]
    declined = min(incident.mtm_decisions.all(), key=lambda one: one.logged_at or one.at, default=None)
    return replace(
        outline_facts(incident),
        late_fields=told.fields_stated_late(statements, until),
        severities=tuple(
            told.SeverityEntry(Severity(one.severity), one.at)
            for one in severities_that_held(incident.severity_changes.all())
        ),
        phases=tuple(
            told.PhaseFact(Phase(one.phase), one.entered_at, one.logged_at)
            for one, _ in _counting(incident.phaseentrys.all(), "entered_at", until)
        ),
        command=tuple(
            told.CommandEntry(CommandRole(one.role), one.from_at, one.logged_at)
            for one, _ in _counting(incident.commandassignments.all(), "from_at", until)
        ),
        tracks=tuple(_tracks(incident)),
        status_updates=tuple(
            told.StatusUpdateEntry(one.sent_at, Audience(one.audience), one.logged_at)
            for one, _ in _counting(incident.statusupdates.all(), "sent_at", until)
        ),
        stakeholder_communications=tuple(
            told.CommunicationEntry(one.at, one.logged_at)
            for one, _ in _counting(communications, "at", until)
        ),
        vendors=tuple(_vendors(incident)),
        mtms=tuple(
            told.MtmEntry(
                number=one.number,
                started_at=one.started_at,
                ended_at=one.ended_at,
                next_at=one.next_at,
                logged_at=one.logged_at,
                cadence=timedelta(minutes=one.cadence_minutes) if one.cadence_minutes else None,
            )
            for one, _ in _counting(incident.mtms.all(), "started_at", until)
            if one.started_at is not None
        ),
        mtm_declined_at=None if declined is None else declined.at,
        mtm_declined_logged_at=None if declined is None else declined.logged_at,
        timeline=tuple(
            told.TimelineEntry(one.at, one.logged_at)
            for one, _ in _counting(incident.timelineevents.all(), "at", until)
        ),
    )


def metrics_of(incident: Incident, at: datetime) -> Metrics:
    """The five figures, from the incident's row alone."""
    return metrics(outline_facts(incident), at)


def duration_of(incident: Incident, at: datetime) -> Metric:
    """The last of the five, for lists."""
    return duration(outline_facts(incident), at)


def severities_that_held(changes: Iterable[SeverityChange]) -> list[SeverityChange]:
    """The history of the severity without what was corrected as "never was", in the order in which it was entered.

    Such a correction takes out the gravest severity recorded until then, and leaves the others.
    """
    held: list[SeverityChange] = []
    for change in sorted(changes, key=lambda change: (change.pk is None, change.pk or 0)):
        if change.never_was and held:
            gravest = min((Severity(one.severity) for one in held), key=lambda severity: severity.rank)
            held = [one for one in held if one.severity != gravest]
        held.append(change)
    return held


def _name_of_earlier(incident: Incident) -> str | None:
    # What a decision rested on is kept for all to read who may see this incident; not everybody may know of that one.
    earlier = incident.repeat_of
    return None if earlier is None or earlier.restricted else earlier.reference


def _counting(entries: Iterable[E], instant: str, until: datetime | None) -> Iterator[tuple[E, E]]:
    """For each entry that corrects none: the one of it and its corrections that counts, and the last one."""
    entries = list(entries)
    corrections = {entry.corrects_id: entry for entry in entries if entry.corrects_id is not None}
    for entry in entries:
        if entry.corrects_id is not None:
            continue
        chain = [entry]
        while chain[-1].pk in corrections:
            chain.append(corrections[chain[-1].pk])
        live = [one for one in chain if not _is_late(one, instant, until)]
        yield (live or chain)[-1], chain[-1]


def _is_late(entry: Entry, instant: str, until: datetime | None) -> bool:
    made = entry.logged_at or getattr(entry, instant)
    return made is not None and told.is_after_the_fact(made, None, until)


def _tracks(incident: Incident) -> Iterator[told.TrackEntry]:
    for one, last in _counting(incident.recoverytracks.all(), "opened_at", incident.live_until):
        led = one if one.lead_id is not None else last
        yield told.TrackEntry(
            name=last.name,
            service=last.service_name,
            opened_at=one.opened_at,
            has_lead=led.lead_id is not None,
            lead_assigned_at=led.lead_assigned_at,
            first_action_at=one.first_action_at,
            closed_at=one.closed_at,
            outcome=one.outcome,
            logged_at=one.logged_at,
            lead_logged_at=led.logged_at,
        )


def _vendors(incident: Incident) -> Iterator[told.VendorEntry]:
    for one, last in _counting(incident.vendorengagements.all(), "engaged_at", incident.live_until):
        answered = one if one.responded_at is not None else last
        yield told.VendorEntry(
            name=one.vendor.name,
            engaged_at=one.engaged_at,
            responded_at=answered.responded_at,
            response_sla_minutes=one.response_sla_minutes,
            root_cause_related=last.root_cause_related,
            logged_at=one.logged_at,
            response_logged_at=answered.logged_at,
        )
