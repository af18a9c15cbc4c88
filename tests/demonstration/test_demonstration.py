"""The demonstration data: each of the ten incidents stands where its story says."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command

from afteractions.models import AfterAction, Change, Escalation, GuestLink, Obligation
from incidents.models import Incident
from majorops.people.models import Person


@pytest.mark.django_db
def test_the_demonstration_shows_every_stage_and_is_loaded_once() -> None:
    first = StringIO()
    call_command("load_demonstration", "--sign-ins", stdout=first)
    second = StringIO()
    call_command("load_demonstration", "--sign-ins", stdout=second)
    assert first.getvalue() == second.getvalue()
    assert "mim@majorops.example" in first.getvalue()
    assert "/guest/" in first.getvalue()
    now = datetime.now(UTC)
    assert Incident.objects.count() == 10
    assert Incident.objects.running().count() == 2
    held = AfterAction.objects.going_on()
    stages = sorted((one.status, bool(one.meetings.count())) for one in held)
    assert stages == [
        ("closed", True),
        ("closed", True),
        ("draft", False),
        ("draft", False),
        # Of an incident that runs: it holds what its MTM agreed.
        ("draft", False),
        ("draft", True),
        ("in_review", True),
        ("in_review", True),
        ("reviewed", True),
    ]
    assert Incident.objects.filter(restricted=True).count() == 1
    assert Incident.objects.filter(is_repeat=True, repeat_of__isnull=False).count() == 1
    assert Obligation.objects.overdue(at=now).exists()
    assert Change.objects.filter(due_on__lt=now.date(), resolved_at__isnull=True).exists()
    assert Escalation.objects.filter(step__contains="manager").exists() or Escalation.objects.count() > 5
    assert GuestLink.objects.count() == 1
    [change] = Change.objects.exclude(executive_reason="").select_related("after_action__incident")
    assert change.after_action.published_at is not None
    published = change.after_action.revisions.get(kind="published").content["sections"]["changes"]
    assert change.executive_reason in [row["executive_reason"] for row in published]
    [executive] = change.after_action.attendees.filter(reason="A finding requires executive action.")
    assert (executive.person.full_name, executive.roles, executive.included) == (
        "Idris Falkenrath",
        ["Executive"],
        True,
    )
    assert Person.objects.accounts().count() == 15
