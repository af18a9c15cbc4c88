"""The list of incidents: filters in the address, pages by cursor, CSV, and what it costs."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from incidents.models import Incident
from majorops.people.models import Person
from tests.factories.incidents import OPENED, a_closed_incident, an_incident
from tests.factories.people import a_mim, a_person
from tests.web.browsing import browser_of
from tests.web.incidents.reading import HTMX, statements, words

pytestmark = pytest.mark.django_db
LIST = "/incidents/"


def titles(client: Client, address: str) -> list[str]:
    return re.findall(r'class="row-title" href="[^"]+">([^<]+)<', client.get(address).content.decode())


def test_whoever_is_not_signed_in_is_sent_to_sign_in() -> None:
    answer = Client().get(LIST)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/incidents/")


def test_an_empty_list_says_what_belongs_there_and_offers_the_first_step(client: Client) -> None:
    page = client.get(LIST)
    assert "No incident yet" in words(page.content)
    assert b'href="/incidents/declare/"' in page.content


def test_filters_stand_in_the_address_and_narrow_together(client: Client, mim: Person) -> None:
    an_incident(mim, "critical", title="Card payments time out", services=["Payments API"])
    an_incident(mim, "low", title="Logo is blurred", services=["Website"])
    a_closed_incident(mim, "critical", title="Sign-in fails")

    assert titles(client, f"{LIST}?severity=critical&status=open") == ["Card payments time out"]
    assert titles(client, f"{LIST}?service=website") == ["Logo is blurred"]
    assert titles(client, f"{LIST}?search=payment") == ["Card payments time out"]
    assert titles(client, f"{LIST}?status=closed") == ["Sign-in fails"]
    chosen = client.get(f"{LIST}?severity=critical").content.decode()
    assert '<option value="critical" selected>' in chosen


def test_an_unknown_filter_says_what_is_known(client: Client) -> None:
    page = words(client.get(f"{LIST}?severity=huge").content)
    assert "“huge” is unknown. Choose one of: critical, high, medium, low." in page


def test_the_live_filter_answers_with_the_rows_alone(client: Client, mim: Person) -> None:
    an_incident(mim)
    part = client.get(LIST, headers=HTMX)
    assert b"<html" not in part.content
    assert b"row-title" in part.content
    assert "HX-Request" in part["Vary"]


def test_pages_of_fifty_meet_every_incident_once_forwards_and_backwards(client: Client, mim: Person) -> None:
    for number in range(120):
        an_incident(mim, opened_at=OPENED + timedelta(minutes=number // 3), title=f"Number {number}")
    seen, address = [], LIST
    while True:
        page = client.get(address).content.decode()
        seen.append(re.findall(r'class="row-title" href="[^"]+">([^<]+)<', page))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        address = LIST + following.group(1).replace("&amp;", "&")
    assert [len(rows) for rows in seen] == [50, 50, 20]
    assert len({title for rows in seen for title in rows}) == 120

    back = re.search(r'rel="prev" href="([^"]+)"', client.get(address).content.decode())
    assert back is not None
    assert titles(client, LIST + back.group(1).replace("&amp;", "&")) == seen[1]


@pytest.mark.parametrize("cursor", ["x", "1-y", "nan-1", "9e99-1", "<"])
def test_a_cursor_that_means_nothing_is_said_to_be_none(client: Client, mim: Person, cursor: str) -> None:
    an_incident(mim, title="Still here")
    assert "This is no cursor of this list." in client.get(f"{LIST}?cursor={cursor}").content.decode()


def test_a_list_takes_few_statements_and_as_many_for_fifty_rows_as_for_five(
    client: Client, mim: Person
) -> None:
    for _ in range(5):
        a_closed_incident(mim, "critical", services=["Checkout"])
    few = statements(client, LIST)
    for _ in range(45):
        a_closed_incident(a_mim(), "critical", services=["Checkout", "Payments API"])
    assert statements(client, LIST) == few <= 12


def test_the_export_holds_what_the_filters_show_and_no_formula(client: Client, mim: Person) -> None:
    an_incident(mim, "critical", title='=HYPERLINK("http://x.example")')
    an_incident(mim, "low", title="Not asked for")
    answer = client.get(f"{LIST}?severity=critical&format=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert answer["Content-Disposition"] == 'attachment; filename="incidents.csv"'
    assert text.splitlines()[0].startswith('"Reference","Title","Severity","Status","MIM"')
    assert "\"'=HYPERLINK" in text
    assert "Not asked for" not in text


def test_a_restricted_incident_is_in_no_list_search_or_export_of_an_outsider(mim: Person) -> None:
    hidden = an_incident(mim, title="Secret outage", services=["Vault"], restricted=True)
    outsider = browser_of(a_person())
    for query in ("", "search=Secret", "service=Vault", f"search={hidden.reference}"):
        assert "Secret outage" not in outsider.get(f"{LIST}?{query}").content.decode()
    exported = b"".join(outsider.get(f"{LIST}?format=csv").streaming_content).decode()
    assert "Secret" not in exported
    assert "Secret outage" in browser_of(mim).get(LIST).content.decode()


def test_what_people_typed_is_shown_as_text(client: Client, mim: Person) -> None:
    an_incident(mim, title="Zoë O'Brien-Łukasz <script>alert(1)</script>")
    page = client.get(LIST).content.decode()
    assert "<script>alert(1)" not in page
    assert "Zoë O&#x27;Brien-Łukasz &lt;script&gt;" in page
    assert Incident.objects.count() == 1
