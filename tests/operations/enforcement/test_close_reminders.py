"""Validated but still open: the MIM is reminded, then the manager told."""

from datetime import timedelta

import pytest

from afteractions.operations.enforcement.close_reminders import remind_to_close
from incidents.models import Incident
from incidents.operations.close import close
from incidents.operations.log import reach_milestone
from incidents.operations.response.command import hand_over
from incidents.vocabulary import MilestoneKind
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.incidents import OPENED, an_incident, minutes
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db
RECOVERED = OPENED + timedelta(hours=1)
SECOND = timedelta(seconds=1)


def steps_told(person: Person) -> list[str]:
    return list(Notice.objects.inbox_of(person).order_by("id").values_list("step", flat=True))


def validated(mim: Person, severity: str = "low") -> Incident:
    incident = an_incident(mim, severity)
    reach_milestone(incident, kind=MilestoneKind.RECOVERED, by=mim, at=RECOVERED, now=RECOVERED)
    return incident


def test_the_mim_is_reminded_after_four_hours_and_the_manager_told_after_a_day_once_each() -> None:
    boss = a_person("Greta Holm")
    mim = a_mim(manager=boss)
    validated(mim)
    for now in (RECOVERED + timedelta(hours=4), RECOVERED + timedelta(hours=5)):
        assert remind_to_close(now=RECOVERED + timedelta(hours=4) - SECOND) == 0
        remind_to_close(now=now)
        assert (steps_told(mim), steps_told(boss)) == (["validated:4h"], [])
    assert remind_to_close(now=RECOVERED + timedelta(hours=24) - SECOND) == 0
    assert remind_to_close(now=RECOVERED + timedelta(hours=24)) == 1
    assert remind_to_close(now=RECOVERED + timedelta(hours=25)) == 0
    assert (steps_told(mim), steps_told(boss)) == (["validated:4h"], ["validated:24h"])
    assert not Notice.objects.filter(recipient=boss, muteable=True).exists()
    assert f"and {mim.full_name} has not closed it" in Notice.objects.inbox_of(boss).get().text


def test_what_is_closed_or_not_validated_reminds_nobody() -> None:
    mim = a_mim()
    at = RECOVERED + timedelta(hours=3)
    close(validated(mim), by=mim, at=at, now=at)
    an_incident(mim, "low")
    assert remind_to_close(now=RECOVERED + timedelta(days=3)) == 0


def test_whoever_took_command_is_reminded_and_above_nobody_the_administrators() -> None:
    administrator, mim, successor = an_administrator(), a_mim(), a_mim("Juno Vale")
    incident = validated(mim)
    hand_over(incident, to=successor, by=mim, at=RECOVERED + minutes(5), now=RECOVERED + minutes(5))
    remind_to_close(now=RECOVERED + timedelta(hours=24))
    assert "validated:4h" in steps_told(successor)
    assert "validated:4h" not in steps_told(mim)
    assert steps_told(administrator) == ["validated:24h"]


def test_what_was_entered_late_gives_its_mim_the_same_time() -> None:
    mim = a_mim()
    later = RECOVERED + timedelta(days=30)
    incident = an_incident(mim, "low", now=later)
    reach_milestone(incident, kind=MilestoneKind.RECOVERED, by=mim, at=RECOVERED, now=later)
    assert remind_to_close(now=later + timedelta(hours=4) - SECOND) == 0
    assert remind_to_close(now=later + timedelta(hours=4)) == 1
