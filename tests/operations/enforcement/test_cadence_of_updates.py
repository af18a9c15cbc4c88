"""How often a status update is due is part of the one policy: what runs follows it, what is closed keeps what held."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from afteractions.operations.enforcement.policy import change_policy
from incidents.models import Incident
from incidents.operations.close import reopen
from incidents.operations.facts import record_facts
from incidents.rules.gaps.gaps import GapKind
from incidents.rules.response.cadence import next_update
from incidents.vocabulary import Severity
from majorops.audit.models import AuditEntry
from tests.factories.incidents import OPENED, a_closed_incident, an_incident, gaps_of
from tests.factories.people import a_mim, an_administrator

pytestmark = pytest.mark.django_db
LATER = OPENED + timedelta(hours=3)


def each(minutes: int, *, severity: str = "critical") -> None:
    said = {"status_updates": {severity: minutes}}
    change_policy(said, reason="The board asked for it", by=an_administrator(), now=LATER)


def due_after_opening(incident: Incident) -> timedelta | None:
    running = Incident.objects.get(pk=incident.pk)
    update = next_update(record_facts(running), OPENED)
    return update and update.due_at - OPENED


def silences(incident: Incident) -> int:
    gaps = gaps_of(Incident.objects.get(pk=incident.pk), LATER)
    return sum(gap.kind == GapKind.STATUS_UPDATE_LATE for gap in gaps)


def test_a_running_incident_follows_the_change_at_once_and_a_new_one_from_the_start() -> None:
    running = an_incident(severity=Severity.CRITICAL)
    assert due_after_opening(running) == timedelta(minutes=30)
    each(15)
    assert due_after_opening(running) == timedelta(minutes=15)
    assert due_after_opening(an_incident(severity=Severity.CRITICAL)) == timedelta(minutes=15)
    assert due_after_opening(an_incident(severity=Severity.HIGH)) == timedelta(minutes=60)


def test_what_is_closed_keeps_the_gaps_of_its_day_until_it_opens_again() -> None:
    closed = a_closed_incident(severity=Severity.HIGH)
    before = silences(closed)
    assert before > 0
    each(480, severity="high")
    assert silences(closed) == before
    reopen(closed, reason="It came back", by=closed.mim, at=LATER, now=LATER)
    assert silences(closed) == 0


def test_the_database_keeps_the_cadence_of_a_closed_incident() -> None:
    closed = a_closed_incident()
    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
        Incident.objects.filter(pk=closed.pk).update(critical_update_minutes=15)
    Incident.objects.filter(pk=an_incident().pk).update(critical_update_minutes=15)


def test_the_change_is_kept_and_said_in_words() -> None:
    each(45)
    changes = AuditEntry.objects.get(verb="changed the policy").changes
    assert changes == {"Critical (P1): status update each": ["30 min", "45 min"]}


def test_an_administrator_changes_it_on_the_page_and_everybody_reads_it(client: Client) -> None:
    client.force_login(an_administrator())
    page = reverse("afteractions:policy")
    form = client.get(page).context["form"]
    said = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    refused = client.post(page, said | {"updates_critical": 3, "reason": "Often"})
    assert refused.status_code == 422
    assert refused.context["form"].errors["updates_critical"]
    assert client.post(page, said | {"updates_critical": 20, "reason": "Often"}).status_code == 302
    client.force_login(a_mim())
    assert "20 min" in client.get(page).content.decode()
