"""The console: one line and Enter, the part that changes by itself, and what it costs."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident
from incidents.operations.log import log_event, send_status_update
from incidents.operations.response.command import assign, open_track
from incidents.operations.response.mtm import record_mtm
from incidents.operations.response.vendors import engage
from majorops import clock
from majorops.people.models import Person
from tests.factories.incidents import an_incident, minutes
from tests.factories.people import a_mim, a_person, an_administrator, an_auditor
from tests.web.browsing import browser_of
from tests.web.incidents.reading import HTMX, statements, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(mim: Person) -> Incident:
    opened_at = clock.now() - minutes(20)
    return an_incident(mim, "high", opened_at, impact={"external": True})


def live_address(page: str) -> str:
    found = re.search(r'hx-get="(/incidents/[^"]+/live/[^"]+)"', page)
    assert found
    return found.group(1).replace("&amp;", "&")


def test_a_typed_line_is_logged_and_shown(client: Client, incident: Incident) -> None:
    answer = client.post(f"{incident.get_absolute_url()}line/", {"line": "failover started"}, headers=HTMX)
    assert "record-changed" in answer["HX-Trigger"]
    assert words(answer.content) == "Logged: failover started"
    assert "failover started" in words(client.get(incident.get_absolute_url()).content)


def test_without_javascript_a_line_is_a_form_that_comes_back(client: Client, incident: Incident) -> None:
    page = client.get(incident.get_absolute_url()).content.decode()
    assert f'method="post" action="{incident.get_absolute_url()}line/"' in page
    answer = client.post(f"{incident.get_absolute_url()}line/", {"line": "failover started"})
    assert (answer.status_code, answer["Location"]) == (302, incident.get_absolute_url())
    assert incident.timelineevents.get().text == "failover started"
    assert "failover started" in words(client.get(incident.get_absolute_url()).content)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "live"])
def test_a_refused_line_keeps_what_was_typed_and_names_the_way_out(
    client: Client, incident: Incident, headers: dict[str, str]
) -> None:
    answer = client.post(f"{incident.get_absolute_url()}line/", {"line": "/phase flying"}, headers=headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is no phase flying. Choose one of: detected, declared" in words(page)
    assert "/phase flying" in page
    if not headers:
        assert 'value="/phase flying"' in page
    assert not incident.phaseentrys.filter(phase="flying").exists()


def test_a_line_that_a_rule_refuses_says_why(client: Client, incident: Incident) -> None:
    answer = client.post(f"{incident.get_absolute_url()}line/", {"line": "/sev 2"}, headers=HTMX)
    assert answer.status_code == 409
    assert "The severity is High (P2) already." in words(answer.content)


def test_the_line_closes_by_the_resolution_milestone(client: Client, incident: Incident) -> None:
    client.post(f"{incident.get_absolute_url()}line/", {"line": "/milestone closed"})
    incident.refresh_from_db()
    assert incident.is_closed
    assert "Recorded after the fact" not in words(client.get(incident.get_absolute_url()).content)


def test_nothing_new_is_204_in_two_statements_besides_session_and_person(
    client: Client, incident: Incident
) -> None:
    address = live_address(client.get(incident.get_absolute_url()).content.decode())
    with CaptureQueriesContext(connection) as taken:
        assert client.get(address, headers=HTMX).status_code == 204
    asked = [one["sql"] for one in taken if "django_session" not in one["sql"]]
    assert len(asked) <= 1 + 2


def test_what_somebody_else_logs_comes_with_the_next_look(client: Client, incident: Incident) -> None:
    address = live_address(client.get(incident.get_absolute_url()).content.decode())
    colleague = a_person("Tara Lindqvist")
    now = clock.now()
    log_event(incident, kind="action", text="Pool restarted", by=colleague, at=now, now=now)
    part = client.get(address, headers=HTMX)
    assert part.status_code == 200
    assert "Pool restarted" in words(part.content)
    assert b'id="line"' not in part.content
    assert live_address(part.content.decode()) != address


def test_the_console_is_drawn_anew_when_a_deadline_passes_though_nobody_spoke(
    client: Client, incident: Incident
) -> None:
    page = client.get(incident.get_absolute_url()).content.decode()
    overdue = re.sub(r"until=\d+", f"until={int(clock.now().timestamp()) - 1}", live_address(page))
    assert client.get(overdue, headers=HTMX).status_code == 200


def test_when_somebody_else_closes_the_line_stays_and_the_page_says_so(
    client: Client, incident: Incident, mim: Person
) -> None:
    address = live_address(client.get(incident.get_absolute_url()).content.decode())
    client.post(f"{incident.get_absolute_url()}close/", {})
    part = client.get(address, headers=HTMX).content.decode()
    assert "This incident was closed" in words(part)
    assert "every 2s" not in part


def test_the_requirement_says_what_it_would_be_and_when_that_changes(client: Client, mim: Person) -> None:
    incident = an_incident(mim, "high", clock.now() - minutes(106), impact={"external": False})
    page = words(client.get(incident.get_absolute_url()).content)
    assert "Optional Mandatory in 0:15" in page or "Optional Mandatory in 0:14" in page
    assert "High (P2), not over 2 h, internal only." in page


def test_two_hours_critical_prompt_for_a_meeting_or_a_decision(client: Client, mim: Person) -> None:
    incident = an_incident(mim, "critical", clock.now() - minutes(121))
    assert "call a Major Technical Meeting" in words(client.get(incident.get_absolute_url()).content)
    client.post(f"{incident.get_absolute_url()}no-mtm/", {"reason": "Failover ends in minutes"})
    assert "call a Major Technical Meeting" not in words(client.get(incident.get_absolute_url()).content)


def test_the_clock_of_status_updates_runs_down(client: Client, incident: Incident, mim: Person) -> None:
    page = words(client.get(incident.get_absolute_url()).content)
    assert "None has gone out yet." in page
    assert re.search(r"Next status update in (39|40) min", page)


def test_each_gap_links_to_the_form_that_fills_it(client: Client, incident: Incident) -> None:
    page = client.get(incident.get_absolute_url()).content.decode()
    address = f"{incident.get_absolute_url()}milestone/?kind=alert_fired"
    assert f'href="{address}"' in page
    assert '<option value="alert_fired" selected>' in client.get(address).content.decode()


def a_full_record(incident: Incident, by: Person, entries: int) -> None:
    start = incident.opened_at
    assert start is not None
    for number in range(entries):
        person, at = a_person(f"Person {number}"), start + timedelta(seconds=10 * number)
        assign(incident, role="responder", person=person, by=by, at=at, now=at)
        log_event(incident, kind="action", text=f"Step {number}", by=person, at=at, now=at)
        send_status_update(incident, audience="public", text=f"Update {number}", by=person, at=at, now=at)
        open_track(incident, name=f"Track {number}", lead=person, by=by, at=at, now=at)
        engage(incident, vendor=f"Vendor {number}", by=by, at=at, now=at)
        record_mtm(incident, by=by, at=at, now=at, ended_at=at)


@pytest.mark.parametrize("restricted", [False, True], ids=["open", "restricted"])
def test_the_console_takes_as_many_statements_for_fifty_entries_as_for_five(
    client: Client, mim: Person, restricted: bool
) -> None:
    opened_at = clock.now() - minutes(60)
    few, many = (an_incident(mim, "critical", opened_at, restricted=restricted) for _ in range(2))
    a_full_record(few, mim, 5)
    a_full_record(many, mim, 50)
    taken = statements(client, few.get_absolute_url())
    assert statements(client, many.get_absolute_url()) == taken <= 16


def test_a_reader_sees_the_verbs_disabled_with_the_reason_and_who_can(incident: Incident) -> None:
    responder = words(browser_of(a_person()).get(incident.get_absolute_url()).content)
    assert "Only Mira Okafor, who commands this incident, may do this." in responder
    auditor = browser_of(an_auditor()).get(incident.get_absolute_url())
    assert b'id="line"' not in auditor.content
    assert "Ask Mira Okafor to record it." in words(auditor.content)


@pytest.mark.parametrize(
    ("person", "line", "severity", "close"),
    [
        (a_person, 302, 403, 403),
        (an_administrator, 302, 302, 302),
        (an_auditor, 403, 403, 403),
    ],
    ids=["responder", "administrator", "auditor"],
)
def test_who_may_do_what(incident: Incident, person: object, line: int, severity: int, close: int) -> None:
    browser, address = browser_of(person()), incident.get_absolute_url()
    assert browser.get(address).status_code == 200
    assert browser.post(f"{address}line/", {"line": "note"}).status_code in (line, 403)
    assert browser.post(f"{address}severity/", {"severity": "critical"}).status_code == severity
    assert browser.post(f"{address}close/", {}).status_code == close


PAGES = ("", "live/", "history/", "export/", "phase/", "close/", "severity/", "reopen/", "event/1/")
VERBS = ("line/", "phase/", "close/", "severity/", "hand-over/", "claim/", "restrict/")


def test_a_restricted_incident_is_not_there_for_an_outsider(mim: Person) -> None:
    hidden = an_incident(mim, "critical", clock.now() - minutes(5), restricted=True)
    outsider, absent = browser_of(a_mim("Noor Haddad")), "/incidents/INC-ZZZZZ/"
    for page in PAGES:
        answer = outsider.get(f"{hidden.get_absolute_url()}{page}")
        assert answer.status_code == outsider.get(f"{absent}{page}").status_code == 404
        assert hidden.title not in answer.content.decode()
    nothing_new = f"{hidden.get_absolute_url()}live/?after={hidden.version}&until=9999999999"
    assert outsider.get(nothing_new).status_code == 404
    for verb in VERBS:
        assert outsider.post(f"{hidden.get_absolute_url()}{verb}", {"line": "x"}).status_code == 404
    assert browser_of(mim).get(hidden.get_absolute_url()).status_code == 200
    assert browser_of(an_auditor()).get(hidden.get_absolute_url()).status_code == 200


def test_names_and_texts_are_shown_as_text(mim: Person) -> None:
    mim = a_mim("Zoë O'Brien-Łukasz <script>")
    incident = an_incident(mim, "high", clock.now() - minutes(1), title="<img src=x onerror=alert(1)>")
    client = browser_of(mim)
    client.post(f"{incident.get_absolute_url()}line/", {"line": "<script>alert(2)</script>"})
    page = client.get(incident.get_absolute_url()).content.decode()
    assert "<img src=x" not in page
    assert "<script>alert" not in page
    assert "O&#x27;Brien-Łukasz &lt;script&gt;" in page
