"""The figures of closed incidents, kept in step with their records: the rules stay their one home."""

from copy import copy

from django.db import models

from incidents.models import Incident, IncidentFigures, Reopening
from incidents.operations.facts import record_facts
from incidents.rules.gaps.gaps import gaps
from incidents.rules.metrics import metrics

METRICS = ("time_to_detect", "time_to_declare", "time_to_mitigate", "time_to_resolve")
KEPT = ("at", "severity", "is_repeat", *METRICS, "gaps")
AT_ONCE = 500


def keep_figures(incident: Incident, entry: models.Model | None = None) -> None:
    """Writes the figures of a closed incident anew; drops them when `entry` reopened it. In the caller's transaction.

    Two statements, whatever the record holds; none while it runs."""
    if incident.is_closed:
        _write([_figures(incident)])
    elif isinstance(entry, Reopening):
        IncidentFigures.objects.filter(incident=incident).delete()


def fill_figures() -> int:
    """Writes the figures of the closed incidents that have none yet; answers how many those were."""
    missing = list(
        Incident.objects.closed().filter(figures__isnull=True).order_by("pk").values_list("pk", flat=True)
    )
    for first in range(0, len(missing), AT_ONCE):
        some = Incident.objects.filter(pk__in=missing[first : first + AT_ONCE]).select_related("repeat_of")
        _write([_figures(incident) for incident in some])
    return len(missing)


def _write(rows: list[IncidentFigures]) -> None:
    IncidentFigures.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["incident"], update_fields=list(KEPT)
    )


def _figures(incident: Incident) -> IncidentFigures:
    # The record as it stands now, not as the instance at hand may have read it before its last entry.
    incident = copy(incident)
    incident.__dict__.pop("_prefetched_objects_cache", None)
    facts = record_facts(incident)
    at = incident.closed_at or incident.listed_at
    seconds = metrics(facts, at).as_seconds()
    return IncidentFigures(
        incident=incident,
        at=at,
        severity=incident.severity,
        is_repeat=incident.is_repeat,
        gaps=sorted(gap.kind.value for gap in gaps(facts, at)),
        **{name: seconds[name] for name in METRICS},
    )
