"""How often a status update is due: kept with each incident while it runs, and as it was when it closed."""

from collections.abc import Mapping
from datetime import timedelta

from incidents.models import Incident
from incidents.vocabulary import Severity

Cadence = Mapping[Severity, timedelta]
MINUTE = timedelta(minutes=1)


def keep_cadence(incident: Incident, cadence: Cadence) -> None:
    """Has this running incident follow `cadence`. No statement where it does already."""
    data = _columns(cadence)
    if any(getattr(incident, name) != minutes for name, minutes in data.items()):
        for name, minutes in data.items():
            setattr(incident, name, minutes)
        incident.save(update_fields=[*data])


def keep_cadence_of_running(cadence: Cadence) -> int:
    """The same for every incident that runs; returns how many follow it now. What is closed keeps what held then."""
    return Incident.objects.running().update(**_columns(cadence))


def _columns(cadence: Cadence) -> dict[str, int]:
    return {
        "critical_update_minutes": cadence[Severity.CRITICAL] // MINUTE,
        "high_update_minutes": cadence[Severity.HIGH] // MINUTE,
    }
