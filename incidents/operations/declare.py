"""Declaring a major incident, and naming the services it affects."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import EllipsisType

from django.db import transaction

from incidents.access import DECLARERS_ONLY, can_declare
from incidents.models import (
    CommandAssignment,
    ImpactStatement,
    Incident,
    IncidentService,
    Milestone,
    PhaseEntry,
    SeverityChange,
)
from incidents.operations import checks
from incidents.operations.changing import begin, finish
from incidents.operations.checks import happened, known_zone, stated, word
from incidents.operations.letting_in import (
    DECLARED_IT,
    HELD_A_ROLE,
    OWNS_A_SERVICE,
    let_in,
    let_in_as_recorded,
)
from incidents.operations.names import service_named
from incidents.operations.response.command import check_can_act
from incidents.vocabulary import CommandRole, ImpactField, MilestoneKind, Phase, Severity
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.people.models import Person
from majorops.people.operations.organisation import organisation_zone
from majorops.texts import typed_name

BEFORE_THE_CLOSE = (
    MilestoneKind.IMPACT_STARTED,
    MilestoneKind.ALERT_FIRED,
    MilestoneKind.CONFIRMED,
    MilestoneKind.OPENED,
    MilestoneKind.MITIGATED,
    MilestoneKind.RECOVERED,
)


@transaction.atomic
def declare(
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
    title: str,
    severity: str,
    time_zone: str | None = None,
    services: Sequence[str | tuple[str, Person | None]] = (),
    impact: Mapping[str, object] | None = None,
    milestones: Mapping[str, datetime | None] | None = None,
    restricted: bool = False,
    mim: Person | EllipsisType | None = ...,
) -> Incident:
    """Opens a major incident at `milestones["opened"]`, or `at`; its time zone is the organisation's unless given.

    `mim` left out means the caller, None that the incident belongs to the MIM group until claimed. Enters the
    phases Detected, where the confirmation is known, and Declared. Raises BadInput with the path of what is wrong.
    """
    if by is not None and not can_declare(by):
        raise NotAllowed(DECLARERS_ONLY)
    commands = by if isinstance(mim, EllipsisType) else mim
    if commands is not None:
        check_can_act(commands, "mim")
    reached = {word(MilestoneKind, kind, "milestones"): when for kind, when in (milestones or {}).items()}
    for kind, when in reached.items():
        if kind not in BEFORE_THE_CLOSE:
            raise BadInput.of(
                f"milestones.{kind}", "A declaration does not take this one: record it afterwards."
            )
        happened(when, now, f"milestones.{kind}")
    happened(at, now)
    opened_at = reached.setdefault(MilestoneKind.OPENED, at) or at
    reached[MilestoneKind.OPENED] = opened_at
    data = {word(ImpactField, name, "impact"): value for name, value in (impact or {}).items()}
    facts = {field: stated(field, value, f"impact.{field}") for field, value in data.items()}
    level = word(Severity, severity, "severity")
    incident = Incident.objects.create(
        title=typed_name(title, "title", most=300, empty="Say in a few words what happens."),
        severity=level,
        highest_severity=level,
        time_zone=zone(time_zone),
        restricted=restricted,
        recorded_at=now,
        recorded_by=by,
        version=0,
        mim=commands,
        **{f"{kind.value}_at": when for kind, when in reached.items()},
        **{field.value: value for field, value in facts.items()},
    )
    SeverityChange.objects.create(
        incident=incident, severity=level, highest_severity=level, at=opened_at, logged_at=now, by=by
    )
    Milestone.objects.bulk_create(
        Milestone(incident=incident, kind=kind, at=when, by=by, logged_at=now, logged_by=by)
        for kind, when in reached.items()
        if when is not None
    )
    ImpactStatement.objects.bulk_create(
        ImpactStatement(
            incident=incident, field=field, value=value, at=at, by=by, logged_at=now, logged_by=by
        )
        for field, value in facts.items()
        if value is not None
    )
    PhaseEntry.objects.bulk_create(
        PhaseEntry(incident=incident, phase=phase, entered_at=when, by=by, logged_at=now, logged_by=by)
        for phase, when in (
            (Phase.DETECTED, reached.get(MilestoneKind.CONFIRMED)),
            (Phase.DECLARED, opened_at),
        )
        if when is not None
    )
    let_in(incident, by, DECLARED_IT, now)
    if commands is not None:
        CommandAssignment.objects.create(
            incident=incident,
            role=CommandRole.MIM,
            person=commands,
            from_at=opened_at,
            logged_at=now,
            logged_by=by,
        )
        let_in(incident, commands, HELD_A_ROLE, now)
    for named in services:
        name, owner = (named, None) if isinstance(named, str) else named
        affected = _affect(incident, name, "services", owner=owner)
        if affected is not None:
            let_in(incident, affected.owner, OWNS_A_SERVICE, now)
    finish(
        incident,
        "declared",
        incident,
        by=by,
        at=opened_at,
        now=now,
        changes={"title": (None, incident.title), "severity": (None, level), "mim": (None, commands)},
    )
    return incident


@transaction.atomic
def affect_service(
    incident: Incident, *, name: str, by: Person | None, at: datetime, now: datetime
) -> IncidentService:
    """Names one more service that is affected. One not known yet is taken in without an owner."""
    begin(incident, by=by)
    affected = _affect(incident, name, "service")
    if affected is None:
        raise RuleViolation("This service is among those affected already.")
    let_in_as_recorded(incident, affected.owner, OWNS_A_SERVICE, by=by, now=now)
    finish(
        incident,
        "named a service affected",
        incident,
        by=by,
        at=at,
        now=now,
        changes={"services": (None, affected.service)},
    )
    return affected


def zone(name: str | None) -> str:
    """The IANA zone given, else the organisation's. Raises BadInput."""
    return known_zone(name, "time_zone") if name else organisation_zone()


def _affect(
    incident: Incident, name: str, path: str, *, owner: Person | None = None
) -> IncidentService | None:
    """Who owns the service for this incident is its usual owner unless `owner` is named."""
    service = service_named(checks.name(name, path))
    owner = owner or service.owner
    affected, is_new = IncidentService.objects.get_or_create(
        incident=incident,
        service=service,
        defaults={"owner": owner, "position": incident.affected_services.count()},
    )
    return affected if is_new else None
