"""The whole record of an incident in one statement, whatever it holds: each kind of entry comes as one JSON list."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

from incidents.models import (
    CommandAssignment,
    ImpactStatement,
    Incident,
    IncidentService,
    Milestone,
    Mtm,
    MtmAction,
    MtmDecision,
    PhaseEntry,
    RecoveryTrack,
    RoleConfirmation,
    Service,
    SeverityChange,
    StatusUpdate,
    TimelineEvent,
    TrackMember,
    Vendor,
    VendorEngagement,
)
from majorops.people.models import Person

# The relations of an incident, under the names of their accessors.
ENTRIES: dict[str, type[models.Model]] = {
    "milestones": Milestone,
    "impactstatements": ImpactStatement,
    "severity_changes": SeverityChange,
    "phaseentrys": PhaseEntry,
    "timelineevents": TimelineEvent,
    "statusupdates": StatusUpdate,
    "commandassignments": CommandAssignment,
    "role_confirmations": RoleConfirmation,
    "recoverytracks": RecoveryTrack,
    "vendorengagements": VendorEngagement,
    "mtms": Mtm,
    "mtm_decisions": MtmDecision,
    "affected_services": IncidentService,
}
# What entries refer to. A password is nobody's business here.
REFERRED: dict[str, type[models.Model]] = {"people": Person, "services": Service, "vendors": Vendor}
# What is kept to be searched is long.
NEVER_READ = ("password", "search")
# What belongs to an entry: the relation's name, and what it holds.
PARTS: dict[str, tuple[str, type[models.Model]]] = {
    "recoverytracks": ("members", TrackMember),
    "mtms": ("actions", MtmAction),
}
Row = dict[str, Any]


def read_record(incident: Incident) -> Incident:
    """The incident with every entry of its record at hand, and with whom and what the entries name. Read once: doing it
    again asks nothing. Any `prefetch_related` of these relations finds them there."""
    cache = incident.__dict__.setdefault("_prefetched_objects_cache", {})
    if all(name in cache for name in ENTRIES):
        return incident
    with connection.cursor() as cursor:
        cursor.execute(_statement(), {"incident": incident.pk})
        data: dict[str, list[Row] | None] = json.loads(cursor.fetchone()[0])
    referred = {
        model: {row["id"]: _made(model, row) for row in data[name] or ()} for name, model in REFERRED.items()
    }
    for people in (referred[Service], referred[Vendor]):
        for person in people.values():
            _refer(person, referred)
    for name, model in ENTRIES.items():
        entries = [_made(model, row) for row in data[name] or ()]
        for entry in entries:
            _refer(entry, referred)
            model._meta.get_field("incident").set_cached_value(entry, incident)  # type: ignore[union-attr]
        if name in PARTS:
            relation, part = PARTS[name]
            _give(entries, relation, [_made(part, row) for row in data[f"{name}_parts"] or ()], referred)
        _keep(incident, name, entries)
    return incident


@lru_cache(maxsize=1)
def _statement() -> str:
    """The statement, made once: the schema does not change while a process runs."""
    lists = [
        f"'{name}', (SELECT json_agg({_columns(model)} ORDER BY {_order(model)}) FROM {model._meta.db_table} t "
        "WHERE t.incident_id = %(incident)s)"
        for name, model in ENTRIES.items()
    ]
    lists += [
        f"'{name}_parts', (SELECT json_agg({_columns(part)} ORDER BY {_order(part)}) "
        f"FROM {part._meta.db_table} t WHERE t.{_owner(part)} IN ({_entries(ENTRIES[name])}))"
        for name, (_, part) in PARTS.items()
    ]
    own = {name: " UNION ".join(_keys_to(model)) for name, model in REFERRED.items()}
    # A service has an owner and a vendor its people: those are read with the others.
    own["people"] += "".join(
        f" UNION SELECT {field.column} FROM {model._meta.db_table} WHERE id IN ({own[name]})"
        for name, model in REFERRED.items()
        if model is not Person
        for field in _references(model)
        if field.related_model is Person
    )
    lists += [
        f"'{name}', (SELECT json_agg({_columns(model)}) FROM {model._meta.db_table} t WHERE t.id IN ({own[name]}))"
        for name, model in REFERRED.items()
    ]
    return f"SELECT json_build_object({', '.join(lists)})::text"


def _keys_to(wanted: type[models.Model]) -> Iterator[str]:
    for model in ENTRIES.values():
        for field in _references(model):
            if field.related_model is wanted:
                yield f"SELECT {field.column} FROM {model._meta.db_table} WHERE incident_id = %(incident)s"
    for name, (_, part) in PARTS.items():
        for field in _references(part):
            if field.related_model is wanted:
                entries = _entries(ENTRIES[name])
                yield f"SELECT {field.column} FROM {part._meta.db_table} WHERE {_owner(part)} IN ({entries})"


def _entries(model: type[models.Model]) -> str:
    return f"SELECT id FROM {model._meta.db_table} WHERE incident_id = %(incident)s"


def _owner(part: type[models.Model]) -> str:
    """The column by which a part knows the entry that it belongs to."""
    entries = [ENTRIES[name] for name, (_, row) in PARTS.items() if row is part]
    return next(field.column for field in part._meta.concrete_fields if field.related_model in entries)


def _references(model: type[models.Model]) -> list[models.ForeignKey]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.related_model in REFERRED.values()
    ]


def _fields(model: type[models.Model]) -> list[models.Field]:
    return [field for field in model._meta.concrete_fields if field.name not in NEVER_READ]


def _columns(model: type[models.Model]) -> str:
    return (
        "json_build_object("
        + ", ".join(f"'{field.column}', t.{field.column}" for field in _fields(model))
        + ")"
    )


def _order(model: type[models.Model]) -> str:
    names = [
        model._meta.get_field(str(name)) for name in model._meta.ordering if not str(name).startswith("-")
    ]
    return ", ".join(f"t.{field.column}" for field in names) or "t.id"  # type: ignore[union-attr]


@lru_cache(maxsize=64)
def _readers(model: type[models.Model]) -> tuple[tuple[str, str, Callable[[Any], Any] | None], ...]:
    kinds: dict[type[models.Field], Callable[[Any], Any]] = {
        models.DateTimeField: datetime.fromisoformat,
        models.DateField: date.fromisoformat,
    }
    return tuple((field.attname, field.column, kinds.get(type(field))) for field in _fields(model))


def _made(model: type[models.Model], row: Row) -> Any:
    names, values = [], []
    for attribute, column, read in _readers(model):
        value = row[column]
        names.append(attribute)
        values.append(read(value) if read is not None and value is not None else value)
    return model.from_db(connection.alias, names, values)


def _refer(entry: Any, referred: dict[type[models.Model], dict[int, Any]]) -> None:
    for field in _references(type(entry)):
        known = referred[field.related_model].get(getattr(entry, field.attname))  # type: ignore[index]
        if known is not None or getattr(entry, field.attname) is None:
            field.set_cached_value(entry, known)


def _give(
    owners: list[Any], name: str, parts: list[Any], referred: dict[type[models.Model], dict[int, Any]]
) -> None:
    for part in parts:
        _refer(part, referred)
    for owner in owners:
        _keep(owner, name, [part for part in parts if getattr(part, _owner(type(part))) == owner.pk])


def _keep(owner: Any, name: str, rows: list[Any]) -> None:
    """As a prefetch leaves it: the relation answers from memory."""
    entries = getattr(owner, name).all()
    entries._result_cache, entries._prefetch_done = rows, True
    owner.__dict__.setdefault("_prefetched_objects_cache", {}).setdefault(name, entries)
