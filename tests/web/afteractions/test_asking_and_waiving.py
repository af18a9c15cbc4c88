"""Two pages off the main road: asking for an After Action that is not required, and waiving a deadline."""

from collections.abc import Iterator

import pytest
import time_machine

from afteractions.models import AfterAction, Obligation
from afteractions.operations.intake import decide
from afteractions.vocabulary import ObligationKind
from incidents.models import Incident
from majorops.people.models import Person
from tests.factories.afteractions import CLOSED, HOUR, an_after_action
from tests.factories.incidents import a_closed_incident, an_incident
from tests.factories.people import a_mim, a_person, an_auditor
from tests.web.afteractions.pages import at, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def an_hour_after_the_close() -> Iterator[None]:
    with time_machine.travel(CLOSED + HOUR, tick=False):
        yield


@pytest.fixture
def boss() -> Person:
    return a_person("Berta Lang")


@pytest.fixture
def mim(boss: Person) -> Person:
    return a_mim(manager=boss)


def ask_page(incident: Incident) -> str:
    return f"/after-actions/ask/{incident.reference}/"


def test_the_record_of_an_incident_without_one_offers_to_ask_and_the_mim_is_asked(mim: Person) -> None:
    incident = a_closed_incident(mim, severity="low")
    asker = browser_of(a_person("Ida Lindqvist"))
    assert ask_page(incident) in asker.get(incident.get_absolute_url()).content.decode()
    assert "What would it show?" in words(asker.get(ask_page(incident)))
    answer = asker.post(ask_page(incident), {"reason": "The runbook failed us"}, follow=True)
    assert "You asked for an After Action" in words(answer)
    after_action = AfterAction.objects.get(incident=incident)
    assert (after_action.requested_by.full_name, after_action.decision) == ("Ida Lindqvist", "")
    assert ask_page(incident) not in asker.get(incident.get_absolute_url()).content.decode()


def test_asking_takes_what_it_would_show_and_keeps_what_was_typed(mim: Person) -> None:
    incident = a_closed_incident(mim, severity="low")
    answer = browser_of(mim).post(ask_page(incident), {"reason": " "})
    assert answer.status_code == 422
    assert "the MIM decides by it" in words(answer)
    assert not AfterAction.objects.exists()


def test_where_there_is_one_already_the_page_leads_to_it(mim: Person) -> None:
    after_action = an_after_action(mim)
    client = browser_of(mim)
    assert (
        ask_page(after_action.incident)
        not in client.get(after_action.incident.get_absolute_url()).content.decode()
    )
    page = client.get(ask_page(after_action.incident))
    assert f"Open {after_action.reference}" in words(page)
    assert client.post(ask_page(after_action.incident), {"reason": "Again"}).status_code == 409


def test_a_running_incident_and_an_auditor_are_told_why_not(mim: Person) -> None:
    with time_machine.travel(CLOSED - HOUR, tick=False):
        running = an_incident(mim, severity="low")
        assert "still running" in words(browser_of(mim).get(ask_page(running)))
    closed = a_closed_incident(mim, severity="low")
    auditor = browser_of(an_auditor())
    assert "Auditors read all" in words(auditor.get(ask_page(closed)))
    assert auditor.post(ask_page(closed), {"reason": "To see"}).status_code == 403


def test_a_skipped_one_may_be_asked_for_all_the_same(mim: Person) -> None:
    incident = a_closed_incident(mim, severity="high", impact={"external": False, "customers_affected": 0})
    now = CLOSED + HOUR
    decide(incident.after_action, decision="skip", by=mim, at=now, now=now)
    client = browser_of(mim)
    page = words(client.get(incident.get_absolute_url()))
    assert "Ask for it all the same" in page
    assert client.post(ask_page(incident), {"reason": "It came back"}).status_code == 302


def a_held_one(mim: Person) -> AfterAction:
    incident = a_closed_incident(mim, severity="high", impact={"external": True})
    return decide(incident.after_action, decision="hold", by=mim, at=CLOSED, now=CLOSED)


def test_a_manager_waives_a_deadline_on_its_tab_with_a_reason(mim: Person, boss: Person) -> None:
    after_action = a_held_one(mim)
    owed = Obligation.objects.get(after_action=after_action, kind=ObligationKind.SCHEDULE)
    path = at(after_action, f"deadlines/{owed.pk}/waive/")
    client = browser_of(boss)
    assert path in client.get(at(after_action, "deadlines/")).content.decode()
    assert "This cannot be taken back" in words(client.get(path))
    refused = client.post(path, {"reason": ""})
    assert refused.status_code == 422
    assert "Say why it is waived" in words(refused)
    answer = client.post(path, {"reason": "Reviewed with the one of Monday"}, follow=True)
    assert "Waived" in words(answer)
    assert "Reviewed with the one of Monday (Berta Lang" in words(answer)


def test_whoever_owes_it_waives_nothing_and_is_told_who_may(mim: Person) -> None:
    after_action = a_held_one(mim)
    owed = Obligation.objects.get(after_action=after_action, kind=ObligationKind.SCHEDULE)
    path = at(after_action, f"deadlines/{owed.pk}/waive/")
    client = browser_of(mim)
    page = client.get(at(after_action, "deadlines/"))
    assert path not in page.content.decode()
    assert "A manager above whoever owes it" in words(page)
    assert client.post(path, {"reason": "Busy"}).status_code == 403


def test_of_a_mandatory_one_nothing_can_be_waived_and_the_tab_says_so(mim: Person, boss: Person) -> None:
    after_action = an_after_action(mim)
    owed = Obligation.objects.get(after_action=after_action, kind=ObligationKind.HOLD)
    client = browser_of(boss)
    page = client.get(at(after_action, "deadlines/"))
    assert "none of its deadlines can be waived" in words(page)
    assert "/waive/" not in page.content.decode()
    answer = client.post(at(after_action, f"deadlines/{owed.pk}/waive/"), {"reason": "Calm"})
    assert answer.status_code == 409
    assert "mandatory" in words(answer)


def test_a_deadline_of_another_after_action_is_absent(mim: Person, boss: Person) -> None:
    one, other = a_held_one(mim), a_held_one(mim)
    owed = Obligation.objects.filter(after_action=other).latest("id")
    assert browser_of(boss).get(at(one, f"deadlines/{owed.pk}/waive/")).status_code == 404
