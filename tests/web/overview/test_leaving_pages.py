"""What people leave behind, on pages: found by whoever stands above, and handed over in one step."""

import pytest

from afteractions.models import Obligation
from incidents.models import Incident
from majorops.people.models import Person
from majorops.people.signals import came_or_left
from tests.factories.afteractions import SCHEDULED, an_after_action
from tests.factories.incidents import an_incident
from tests.factories.people import a_mim, a_person, an_administrator
from tests.web.browsing import browser_of
from tests.web.overview.looking import look, main_of, statements, the_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Person:
    return a_person("Helena Brandauer")


@pytest.fixture
def leaver(manager: Person) -> Person:
    """A MIM with an incident, who cannot sign in any more."""
    mim = a_mim(manager=manager)
    an_after_action(mim)
    mim.is_active = False
    mim.save()
    came_or_left.send(Person, person=mim, by=None, now=SCHEDULED)
    return mim


def test_whoever_stands_above_finds_it_on_their_home_page_and_hands_it_over(
    manager: Person, leaver: Person
) -> None:
    wanted = f"Hand over what {leaver} leaves behind"
    for person in (manager, an_administrator()):
        assert wanted in main_of(look(person, "/", SCHEDULED))
        assert str(leaver) in main_of(look(person, "/left-behind/", SCHEDULED))
    path = f"/left-behind/{leaver.pk}/"
    page = main_of(look(manager, path, SCHEDULED))
    incident = Incident.objects.get()
    assert incident.title in page
    heir = a_mim("Juno Vale")
    with the_time(SCHEDULED):
        browser = browser_of(manager)
        refused = browser.post(path, {"to": "Nobody Known"})
        assert refused.status_code == 422
        assert browser.post(path, {"to": heir.email, "note": "Mind the vendor"}).status_code == 302
    assert Incident.objects.get().mim == heir
    assert Obligation.objects.open().filter(responsible=heir).exists()
    assert "Nothing is left behind" in main_of(look(manager, path, SCHEDULED))
    assert wanted not in main_of(look(manager, "/", SCHEDULED))
    assert "Nobody left anything behind" in main_of(look(manager, "/left-behind/", SCHEDULED))


def test_of_somebody_who_can_still_act_a_reason_is_asked_and_they_are_told(manager: Person) -> None:
    mim, heir = a_mim(manager=manager), a_mim("Juno Vale")
    chaired, running = an_after_action(mim).incident, an_incident(mim, "critical")
    path = f"/left-behind/{mim.pk}/"
    with the_time(SCHEDULED):
        browser = browser_of(manager)
        assert "on the incident itself" in main_of(browser.get(path))
        assert browser.post(path, {"to": heir.email}).status_code == 422
        call = {"data": {"to": heir.email}, "content_type": "application/json"}
        assert browser.post(f"/api/v1/left-behind/{mim.email}/hand-over/", **call).status_code == 400
        assert set(Incident.objects.filter(mim=mim)) == {chaired, running}
        assert browser.post(path, {"to": heir.email, "note": "Two at once"}).status_code == 302
    # Command of what runs passes on the incident itself.
    assert list(Incident.objects.filter(mim=mim)) == [running]
    assert list(Incident.objects.filter(mim=heir)) == [chaired]
    for told in (mim, heir):
        assert told.notices.filter(channel="mail", text__contains="Two at once").exists(), told


def test_others_are_told_that_it_is_not_theirs_to_see(
    leaver: Person, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = a_person("Olga Petrov")
    refused = look(stranger, f"/left-behind/{leaver.pk}/", SCHEDULED)
    assert refused.status_code == 403
    assert str(leaver) in main_of(refused)
    # The log keeps the address that was refused, and no sentence of the refusal.
    assert "Forbidden" in caplog.text
    assert str(leaver) not in caplog.text
    assert look(stranger, f"/left-behind/{leaver.email}/", SCHEDULED).status_code == 404
    assert str(leaver) not in main_of(look(stranger, "/left-behind/", SCHEDULED))
    assert "leaves behind" not in main_of(look(stranger, "/", SCHEDULED))


def test_the_pages_take_the_same_statements_at_1_row_and_at_5(manager: Person, leaver: Person) -> None:
    path = f"/left-behind/{leaver.pk}/"
    few, one = statements(manager, path, SCHEDULED), statements(manager, "/left-behind/", SCHEDULED)
    Person.objects.filter(pk=leaver.pk).update(is_active=True)
    commands = Person.objects.get(pk=leaver.pk)
    for _ in range(4):
        an_after_action(commands)
    Person.objects.filter(pk=leaver.pk).update(is_active=False)
    assert statements(manager, path, SCHEDULED) == few <= 16
    assert statements(manager, "/left-behind/", SCHEDULED) == one <= 12
