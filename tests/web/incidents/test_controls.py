"""What the pages of an incident offer works for whoever reads them; what does not is locked, with the reason and who
can (experience.md, Manners)."""

import re
from html import unescape

import pytest
from django.test import Client

from incidents.models import Incident
from incidents.operations.close import close
from incidents.operations.response.command import assign, open_track
from incidents.operations.response.mtm import record_mtm
from incidents.operations.response.vendors import engage
from majorops import clock
from majorops.people.models import Person
from tests.factories.incidents import an_event, an_incident, minutes
from tests.factories.people import a_mim, a_person, an_administrator, an_auditor
from tests.web.browsing import browser_of
from tests.web.incidents.reading import HTMX, words

pytestmark = pytest.mark.django_db
READERS = ("mim", "lead", "another_mim", "responder", "auditor", "administrator")


@pytest.fixture
def cast(db: None) -> dict[str, Person]:
    return {
        "mim": a_mim("Mira Okafor"),
        "lead": a_person("Tomas Lindqvist"),
        "another_mim": a_mim("Jo Ferreira"),
        "responder": a_person("Rena Holt"),
        "auditor": an_auditor(),
        "administrator": an_administrator(),
    }


@pytest.fixture
def incident(cast: dict[str, Person]) -> Incident:
    """A Critical incident of three hours with something of everything."""
    opened = clock.now() - minutes(180)
    incident = an_incident(cast["mim"], "critical", opened, now=opened)
    when = {"by": cast["mim"], "at": opened + minutes(5), "now": opened + minutes(5)}
    assign(incident, role="technical_recovery_lead", person=cast["lead"], **when)
    assign(incident, role="scribe", person=cast["responder"], **when)
    an_event(incident, by=cast["mim"], at=when["at"])
    open_track(incident, name="Restore", **when)
    engage(incident, vendor="Cloudgate", **when)
    record_mtm(incident, **when)
    return incident


def offered(html: str, incident: Incident) -> set[str]:
    """The steps that a page leads to."""
    found = re.findall(r'href="([^"]+)"[^>]*hx-get=', html)
    return {unescape(url) for url in found if url.startswith(incident.get_absolute_url())}


def sent(html: str) -> set[str]:
    """Where the page's own forms are sent."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return {unescape(url) for url in re.findall(r'<form[^>]*method="post"[^>]*action="([^"]+)"', main)}


def works(client: Client, html: str, incident: Incident) -> int:
    steps, forms = offered(html, incident), sent(html)
    for url in steps:
        answer = client.get(url)
        assert answer.status_code == 200, url
    for url in forms:
        # Empty, so that most are refused for what is missing, and none for who sends it.
        assert client.post(url, {}, headers=HTMX).status_code not in (403, 404), url
    return len(steps) + len(forms)


@pytest.mark.parametrize("who", READERS)
def test_what_the_console_and_a_meeting_offer_works(
    who: str, cast: dict[str, Person], incident: Incident
) -> None:
    client = browser_of(cast[who])
    pages = [client.get(incident.get_absolute_url()), client.get(f"{incident.get_absolute_url()}mtms/1/")]
    assert all(page.status_code == 200 for page in pages)
    number = sum(works(client, page.content.decode(), incident) for page in pages)
    assert (number > 30) if who != "auditor" else (number == 0)


@pytest.mark.parametrize("who", READERS)
def test_what_the_record_of_a_closed_one_offers_works(
    who: str, cast: dict[str, Person], incident: Incident
) -> None:
    close(incident, by=cast["mim"], at=clock.now(), now=clock.now())
    client = browser_of(cast[who])
    page = client.get(incident.get_absolute_url())
    works(client, page.content.decode(), incident)
    text = words(page.content)
    if who not in ("mim", "administrator"):
        assert "Only Mira Okafor, who commands this incident, may do this." in text
    if who in ("another_mim", "auditor"):
        assert "Add an entry" in text
        assert "Ask Mira Okafor" in text


def test_what_only_the_mim_may_do_is_locked_with_the_reason(
    cast: dict[str, Person], incident: Incident
) -> None:
    html = browser_of(cast["responder"]).get(incident.get_absolute_url()).content.decode()
    locked = re.findall(
        r'<button[^>]*aria-disabled="true"[^>]*aria-describedby="([^"]+)"[^>]*>(.*?)</button>', html
    )
    labels = {words(label) for _, label in locked}
    assert {"Closed", "Record…", "End…", "Hand over", "Close the incident", "Severity"} <= labels
    for reason, _ in locked:
        assert re.search(rf'id="{reason}">Only Mira Okafor, who commands this incident, may do this\.', html)
