"""The list of services: put on it, changed, and taken off while nothing refers to them.

An incident takes services in by their names alone; what only a restricted one speaks of is told to nobody outside of
it. So a name that stands there unseen is put on the list as a new one is, and taken off without being removed.
"""

import hashlib
import json
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.db.models import ProtectedError

from incidents.access import SERVICES_ONLY, can_keep_services
from incidents.models import Incident, RecoveryTrack, Service
from incidents.operations import checks
from incidents.operations.names import of_this_name, service_named
from incidents.queries.incidents import IS_KEPT
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.people.models import Person, Team


class ServiceChanges(TypedDict, total=False):
    """What is to change of a service; what is left out stays."""

    name: str
    owner: Person | None
    team: Team | None


@transaction.atomic
def create_service(
    *, name: str, owner: Person | None = None, team: Team | None = None, by: Person | None, now: datetime
) -> Service:
    """Puts a service on the list. One that `by` sees there already, or among the services of an incident, is refused
    with BadInput (name); NotAllowed for anybody but an administrator."""
    _check_may_keep(by)
    _check_owner(owner)
    called = checks.name(name, "name")
    there = of_this_name(Service, called).first()
    if there is not None and _is_seen(there, by):
        raise _taken(called)
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_named(called).pk)
    if service.name != called and not service.is_recorded:
        service.name = called
    service.owner, service.team, service.taken_in = owner, team, True
    service.save()
    fields = {"name": service.name, "owner": owner, "team": team}
    changes = {field: (None, value) for field, value in fields.items() if value is not None}
    trail.record("added", service, by=by, at=now, changes=changes)
    return service


@transaction.atomic
def change_service(
    service: Service, changes: ServiceChanges, *, version: str | None = None, by: Person | None, now: datetime
) -> Service:
    """Changes what `changes` names of a service. Raises as `create_service` does, BadInput for another name of one
    that closed records speak of, and VersionConflict when `version` is not the `version_of` it any more."""
    _check_may_keep(by)
    service = _locked(service, version)
    data: dict[str, Any] = {**changes}
    if "name" in changes:
        data["name"] = _free_name(changes["name"], service)
    if changes.get("owner") != service.owner:
        _check_owner(changes.get("owner"))
    before = {field: getattr(service, field) for field in data}
    differing = {field: (before[field], value) for field, value in data.items() if before[field] != value}
    for field, (_, value) in differing.items():
        setattr(service, field, value)
    if differing:
        service.taken_in = True
        service.save()
        trail.record("changed", service, by=by, at=now, changes=differing)
    return service


@transaction.atomic
def remove_service(service: Service, *, version: str | None = None, by: Person | None, now: datetime) -> None:
    """Takes a service off the list. Raises RuleViolation while an incident that `by` may see speaks of it, and
    VersionConflict as `change_service` does."""
    _check_may_keep(by)
    service = _locked(service, version)
    if _visible_incidents(service, by).exists():
        raise RuleViolation(f"Incidents speak of {service}: it stays. Give it another owner, or none.")
    trail.record("removed", service, by=by, at=now, changes={"name": (service.name, None)})
    try:
        with transaction.atomic():
            service.delete()
    except ProtectedError:
        # What nobody outside of it may know of speaks of it: for the others it is gone.
        service.owner = service.team = None
        service.taken_in = False
        service.save(update_fields=["owner", "team", "taken_in"])


def version_of(service: Service) -> str:
    """What differs as soon as something of the service does."""
    data = [service.name, service.owner_id, service.team_id]
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:16]


def _locked(service: Service, version: str | None) -> Service:
    kept = Service.objects.select_for_update(of=("self",)).select_related("owner", "team")
    service = kept.get(pk=service.pk)
    if version is not None and version != version_of(service):
        raise VersionConflict("Somebody changed this service after you read it. Read it again.")
    return service


def _check_may_keep(by: Person | None) -> None:
    if by is not None and not can_keep_services(by):
        raise NotAllowed(SERVICES_ONLY)


def _check_owner(owner: Person | None) -> None:
    if owner is not None and not (owner.is_active and owner.email):
        raise BadInput.of("owner", f"{owner} cannot sign in. Choose somebody who can.")


def _visible_incidents(service: Service, person: Person | None) -> Any:
    """The incidents that speak of the service, of those that `person` may see; all of them for the system."""
    incidents = Incident.objects.all() if person is None else Incident.objects.visible_to(person)
    tracks = RecoveryTrack.objects.filter(service=service)
    return incidents.filter(affected_services__service=service) | incidents.filter(
        pk__in=tracks.values("incident")
    )


def _is_seen(service: Service, person: Person | None) -> bool:
    return (
        Service.objects.filter(IS_KEPT, pk=service.pk).exists()
        or _visible_incidents(service, person).exists()
        or not _visible_incidents(service, None).exists()
    )


def _free_name(name: str, service: Service) -> str:
    called = checks.name(name, "name")
    same = of_this_name(Service, called).exclude(pk=service.pk).first()
    if same is not None and not service.is_double:
        raise _taken(called)
    if called != service.name and service.is_recorded:
        raise BadInput.of(
            "name",
            f"Closed records speak of {service}: its name stays. Add the other name as a service of its own.",
        )
    return called


def _taken(called: str) -> BadInput:
    """In the letters that were typed: those of the other one may be a restricted incident's."""
    return BadInput.of("name", f"There is a service called {called} already, in these or other letters.")
