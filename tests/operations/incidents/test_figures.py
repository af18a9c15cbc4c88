"""The figures of a closed incident are what the rules say of its record, after every change of it."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from incidents.apps import fill_with_migration
from incidents.exchange.importing import import_document
from incidents.models import Incident, IncidentFigures
from incidents.operations.close import close, reopen
from incidents.operations.facts import metrics_of
from incidents.operations.figures import fill_figures
from incidents.operations.log import log_event, reach_milestone
from incidents.vocabulary import EventKind, MilestoneKind
from majorops.people.models import Person
from tests.factories.incidents import OPENED, a_closed_incident, an_event, an_incident, gaps_of, minutes
from tests.factories.people import a_mim, a_person, an_auditor

pytestmark = pytest.mark.django_db
LATER = OPENED + timedelta(days=2)


def agrees(incident: Incident) -> bool:
    """Whether the figures kept are those that the rules answer now."""
    incident = Incident.objects.get(pk=incident.pk)
    kept = IncidentFigures.objects.get(incident=incident)
    said = metrics_of(incident, LATER).as_seconds()
    return (
        kept.gaps == sorted(gap.kind.value for gap in gaps_of(incident, LATER))
        and all(getattr(kept, name) == seconds for name, seconds in said.items() if name != "duration")
        and (kept.at, kept.severity, kept.is_repeat)
        == (incident.closed_at or incident.listed_at, incident.severity, incident.is_repeat)
    )


def test_a_close_keeps_what_the_rules_say_of_the_record() -> None:
    mim = a_mim()
    running = an_incident(mim)
    an_event(running, by=mim, at=OPENED + minutes(5))
    assert not IncidentFigures.objects.exists()
    incident = a_closed_incident(mim)
    assert agrees(incident)
    figures = IncidentFigures.objects.get(incident=incident)
    assert (figures.time_to_mitigate, figures.time_to_resolve) == (45 * 60, 90 * 60)
    assert "no_alert_time" in figures.gaps


def test_a_correction_of_the_record_is_in_the_figures_at_once() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim)
    reach_milestone(incident, kind=MilestoneKind.RECOVERED, by=mim, at=OPENED + minutes(80), now=LATER)
    assert IncidentFigures.objects.get(incident=incident).time_to_resolve == 80 * 60
    log_event(incident, kind=EventKind.ACTION, text="Found later", by=mim, at=OPENED, now=LATER)
    assert agrees(incident)


def test_a_reopened_incident_is_counted_again_when_it_closes() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim)
    reopen(incident, reason="It came back", by=mim, at=LATER, now=LATER)
    assert not IncidentFigures.objects.exists()
    close(incident, by=mim, at=LATER + minutes(5), now=LATER + minutes(5))
    assert agrees(incident)


def test_an_import_of_the_past_is_counted_too(a_document: dict[str, object]) -> None:
    incident = import_document(a_document, history=True, by=None, now=LATER).incident
    assert agrees(incident)


def test_what_was_closed_before_figures_were_kept_gets_them_once() -> None:
    incident = a_closed_incident()
    IncidentFigures.objects.all().delete()
    assert fill_figures() == 1
    assert agrees(incident)
    assert fill_figures() == 0


def test_the_filling_goes_with_the_migration_that_makes_the_table() -> None:
    incident = a_closed_incident()
    IncidentFigures.objects.all().delete()
    another, makes_it = SimpleNamespace(name="0007_another"), SimpleNamespace(name="0006_figures")
    fill_with_migration(plan=[(another, False)])
    assert not IncidentFigures.objects.exists()
    fill_with_migration(plan=[(makes_it, False), (another, False)])
    assert agrees(incident)


def test_what_is_hidden_is_exactly_what_is_not_visible() -> None:
    mim = a_mim()
    readers: list[Person] = [mim, a_person("Olga Reyes"), an_auditor()]
    a_closed_incident(mim)
    a_closed_incident(mim, restricted=True)
    an_incident(a_mim("Tomasz Okonkwo"), restricted=True)
    everything = set(Incident.objects.values_list("pk", flat=True))
    for reader in readers:
        visible = set(Incident.objects.visible_to(reader).values_list("pk", flat=True))
        hidden = set(Incident.objects.hidden_from(reader).values_list("pk", flat=True))
        assert visible | hidden == everything
        assert not visible & hidden


@pytest.fixture
def a_document() -> dict[str, object]:
    return {
        "format": "majorops.incident/1",
        "external_id": "old-1",
        "title": "An old one",
        "severity": "high",
        "milestones": {"opened": "2026-01-05T08:00:00Z", "recovered": "2026-01-05T09:00:00Z"},
    }
