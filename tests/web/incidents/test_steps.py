"""Each step of the console as a form: without JavaScript, in a dialog, and refused with what was typed kept."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client

from incidents.models import Incident
from incidents.operations.log import change_severity, log_event, state_impact
from incidents.operations.response.vendors import engage
from majorops import clock
from majorops.people.models import Person
from tests.factories.incidents import an_incident, minutes
from tests.factories.people import a_mim, a_person
from tests.web.browsing import browser_of
from tests.web.incidents.reading import HTMX, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident(mim: Person) -> Incident:
    return an_incident(mim, "high", clock.now() - minutes(30))


def field(page: HttpResponse, name: str) -> str:
    """What the text field of this name holds."""
    tag = re.search(rf'<input[^>]* name="{name}"[^>]*>', page.content.decode())
    assert tag is not None
    value = re.search(r' value="([^"]*)"', tag[0])
    return value[1] if value else ""


def test_every_step_is_a_page_and_a_dialog(client: Client, incident: Incident) -> None:
    for name in (
        "event", "phase", "severity", "status", "milestone", "impact", "track", "role", "vendor", "no-mtm",
        "service", "hand-over", "repeat", "restrict", "admit", "close",
    ):  # fmt: skip
        address = f"{incident.get_absolute_url()}{name}/"
        page, part = client.get(address), client.get(address, headers=HTMX)
        assert (page.status_code, part.status_code) == (200, 200), name
        assert page.content.count(b"<h1") == 1
        assert b"<html" not in part.content
        assert b"<h2" in part.content
        assert f'method="post" action="{address}"' in page.content.decode(), name
        assert f'hx-post="{address}" hx-target="#dialog-body"' in part.content.decode(), name


def test_a_step_that_nobody_knows_is_not_there(client: Client, incident: Incident) -> None:
    assert client.get(f"{incident.get_absolute_url()}explode/").status_code == 404
    assert client.get(f"{incident.get_absolute_url()}phase/7/").status_code == 404


def test_forms_without_javascript_do_what_the_line_does(client: Client, incident: Incident) -> None:
    colleague = a_person("Tara Lindqvist", email="tara@majorops.example")
    steps = (
        ("phase", {"phase": "mitigating"}),
        ("milestone", {"kind": "mitigated"}),
        ("status", {"audience": "public", "text": "We are restoring the service", "channel": "status-page"}),
        ("severity", {"severity": "critical", "reason": "all customers"}),
        ("impact", {"customers_affected": "1200", "external": "yes"}),
        ("track", {"name": "Database failover", "lead": "tara@majorops.example"}),
        ("role", {"role": "technical_recovery_lead", "person": "Tara Lindqvist"}),
        ("vendor", {"vendor": "Northwind Cloud", "response_sla_minutes": "15"}),
        ("mtm", {}),
        ("service", {"name": "Checkout"}),
        ("event", {"kind": "decision", "text": "Fail over"}),
    )
    for name, said in steps:
        answer = client.post(f"{incident.get_absolute_url()}{name}/", said)
        leads_to = incident.get_absolute_url() + ("mtms/1/" if name == "mtm" else "")
        assert (answer.status_code, answer["Location"]) == (302, leads_to), name
    incident.refresh_from_db()
    assert (incident.severity, incident.customers_affected, incident.external) == ("critical", 1200, True)
    assert incident.mitigated_at is not None
    track, engagement, meeting = (
        incident.recoverytracks.get(),
        incident.vendorengagements.get(),
        incident.mtms.get(),
    )
    assert (track.lead, engagement.response_sla_minutes) == (colleague, 15)
    client.post(
        f"{incident.get_absolute_url()}track-change/{track.pk}/",
        {"lead": "tara@majorops.example", "outcome": "Done"},
    )
    client.post(f"{incident.get_absolute_url()}vendor-change/{engagement.pk}/", {"root_cause_related": "yes"})
    client.post(
        f"{incident.get_absolute_url()}mtm-change/{meeting.pk}/",
        {"note_recovery_status": "One node is back", "stood_down": "on"},
    )
    for one in (track, engagement, meeting):
        one.refresh_from_db()
    assert (track.outcome, track.lead, engagement.root_cause_related) == ("Done", colleague, True)
    assert (meeting.notes["recovery_status"], meeting.stood_down) == ("One node is back", True)


def test_a_step_in_a_dialog_closes_it_and_refreshes_the_console(client: Client, incident: Incident) -> None:
    answer = client.post(f"{incident.get_absolute_url()}phase/", {"phase": "mitigating"}, headers=HTMX)
    assert answer.status_code == 204
    assert "dialog-done" in answer["HX-Trigger"]
    assert "record-changed" in answer["HX-Trigger"]


def test_wrong_input_is_422_and_keeps_what_was_typed(client: Client, incident: Incident) -> None:
    answer = client.post(
        f"{incident.get_absolute_url()}status/",
        {"audience": "public", "text": "Three lines of typing", "at": "23:99"},
        headers=HTMX,
    )
    assert answer.status_code == 422
    assert "Three lines of typing" in answer.content.decode()
    assert "23:99 is not a time of day. Write it as in 14:05." in words(answer.content)
    unknown = client.post(
        f"{incident.get_absolute_url()}role/", {"role": "scribe", "person": "nobody@majorops.example"}
    )
    assert unknown.status_code == 422
    assert 'value="nobody@majorops.example"' in unknown.content.decode()
    # A name and Enter hand command to nobody: no role is preselected.
    page = client.get(f"{incident.get_absolute_url()}role/").content.decode()
    assert re.search(r'<option value=""[^>]*selected', page)
    unsaid = client.post(f"{incident.get_absolute_url()}role/", {"role": "", "person": a_person("Jo").email})
    assert (unsaid.status_code, "Choose the role." in words(unsaid.content)) == (422, True)


def test_what_a_rule_refuses_is_409_and_keeps_what_was_typed(client: Client, incident: Incident) -> None:
    answer = client.post(
        f"{incident.get_absolute_url()}severity/", {"severity": "high", "reason": "typed with care"}
    )
    assert answer.status_code == 409
    assert "The severity is High (P2) already." in words(answer.content)
    assert "typed with care" in answer.content.decode()


def test_closing_what_changed_meanwhile_is_412_and_shows_the_consequences_anew(
    client: Client, incident: Incident, mim: Person
) -> None:
    now = clock.now()
    stale = incident.version
    log_event(incident, kind="action", text="Not over yet", by=mim, at=now, now=now)
    answer = client.post(f"{incident.get_absolute_url()}close/", {"version": stale, "text": "All is well"})
    page = answer.content.decode()
    assert answer.status_code == 412
    assert "All is well" in page
    assert f'name="version" value="{incident.version}"' in page
    incident.refresh_from_db()
    assert not incident.is_closed
    assert (
        client.post(f"{incident.get_absolute_url()}close/", {"version": incident.version}).status_code == 302
    )


def test_impact_states_only_what_was_changed_and_overwrites_nobody_unseen(
    client: Client, incident: Incident, mim: Person
) -> None:
    now = clock.now()
    state_impact(incident, field="business", value="Two shops are down", by=mim, at=now, now=now)
    address = f"{incident.get_absolute_url()}impact/"
    read_before = {"initial-business": "", "initial-customers_affected": "", "initial-external": ""}
    kept = client.post(address, {**read_before, "customers_affected": "12", "business": ""})
    assert kept.status_code == 302
    incident.refresh_from_db()
    assert (incident.business, incident.customers_affected) == ("Two shops are down", 12)

    refused = client.post(address, {**read_before, "business": "One shop is down"})
    page = refused.content.decode()
    assert refused.status_code == 412
    assert "Two shops are down" in page
    assert "One shop is down" in page
    again = client.post(address, {"initial-business": "Two shops are down", "business": "One shop is down"})
    assert again.status_code == 302


def test_the_close_page_says_what_will_happen(client: Client, incident: Incident) -> None:
    page = words(client.get(f"{incident.get_absolute_url()}close/").content)
    assert "The After Action: Recommended" in page
    assert "unknown customer impact counts as impact until someone settles it" in page
    assert "The recovery is not validated" in page
    assert "will be the first findings of the Learning Review" in page


def test_the_close_page_offers_the_time_at_which_it_was_resolved(client: Client, incident: Incident) -> None:
    address, resolved = incident.get_absolute_url(), clock.now() - minutes(10)
    assert field(client.get(f"{address}close/"), "at") == ""
    client.post(f"{address}phase/", {"phase": "resolved", "at": f"{resolved:%Y-%m-%d %H:%M:%S}"})
    offered = field(client.get(f"{address}close/"), "at")
    assert offered == f"{resolved:%Y-%m-%d %H:%M:%S}".removesuffix(":00")
    client.post(f"{address}close/", {"at": offered, "version": Incident.objects.get().version})
    incident.refresh_from_db()
    assert incident.closed_at == resolved.replace(microsecond=0)


@pytest.mark.parametrize(("severity", "level"), [("medium", "optional"), ("low", "not_required")])
def test_what_was_unusual_is_asked_at_the_close_where_the_requirement_turns_on_it(
    client: Client, mim: Person, severity: str, level: str
) -> None:
    incident = an_incident(mim, severity, clock.now() - minutes(30))
    address = f"{incident.get_absolute_url()}close/"
    asked = 'name="unusual_factors"' in client.get(address).content.decode()
    assert asked == (severity == "medium")
    said = {"version": incident.version, "unusual_factors": "Two failures at once"}
    assert client.post(address, said).status_code == 302
    incident.refresh_from_db()
    assert (incident.is_closed, incident.requirement_level) == (True, level)
    assert incident.unusual_factors == ("Two failures at once" if asked else None)


def test_a_major_technical_meeting_is_called_by_whoever_commands_a_critical_incident(
    client: Client, incident: Incident, mim: Person
) -> None:
    step = f"{incident.get_absolute_url()}mtm/"
    refused = client.post(step, {})
    assert refused.status_code == 403
    assert "called for a Critical incident, and this one is High (P2)" in words(refused.content)
    assert step not in client.get(incident.get_absolute_url()).content.decode()

    said = {"by": mim, "at": clock.now(), "now": clock.now()}
    change_severity(incident, severity="critical", reason="All customers", **said)
    other = browser_of(a_person("Rena Holt"))
    assert f"Only {mim}, who commands" in words(other.post(step, {}).content)
    assert not incident.mtms.exists()
    assert step in client.get(incident.get_absolute_url()).content.decode()
    assert client.post(step, {}).status_code == 302
    assert incident.mtms.count() == 1


def test_closing_with_the_time_it_was_resolved_leaves_the_gaps_that_the_dialog_promised(
    client: Client, incident: Incident
) -> None:
    """What was typed into the open record counts, also where the MIM says that it ended before that."""
    address = incident.get_absolute_url()
    for name, said in (
        ("impact", {"customers_affected": "12", "external": "no", "business": "Carts cannot be paid"}),
        ("role", {"role": "technical_recovery_lead", "person": a_person("Tara Lindqvist").email}),
        ("milestone", {"kind": "mitigated"}),
        ("status", {"audience": "internal", "text": "It is over"}),
        ("event", {"kind": "action", "text": "Caches filled"}),
    ):
        assert client.post(f"{address}{name}/", said).status_code == 302, name
    promised = re.search(r"(\d+) gaps will be the first", words(client.get(f"{address}close/").content))
    resolved = (clock.now() - minutes(10)).strftime("%Y-%m-%d %H:%M")
    assert client.post(f"{address}close/", {"at": resolved}).status_code == 302
    incident.refresh_from_db()
    assert incident.closed_at < clock.now() - minutes(9)
    record = words(client.get(address).content)
    assert f"Gaps in the record {promised[1]} " in record
    assert "recorded after the fact, which fills no gap" not in record


def test_command_passes_in_one_step_with_a_note(client: Client, incident: Incident) -> None:
    next_mim = a_mim("Noor Haddad")
    said = {"to": next_mim.email, "note": "Watch the pool", "version": incident.version}
    assert client.post(f"{incident.get_absolute_url()}hand-over/", said).status_code == 302
    incident.refresh_from_db()
    assert incident.mim == next_mim
    assert client.get(f"{incident.get_absolute_url()}close/").status_code == 403


def test_whoever_may_not_reads_why_and_who_can(incident: Incident) -> None:
    reader = browser_of(a_person())
    in_dialog = reader.get(f"{incident.get_absolute_url()}close/", headers=HTMX)
    assert in_dialog.status_code == 200
    assert "Only Mira Okafor, who commands this incident, may do this." in words(in_dialog.content)
    assert b"<form" not in in_dialog.content


def test_an_incident_without_a_mim_can_be_claimed() -> None:
    mim = a_mim()
    incident = an_incident(mim, "high", clock.now() - minutes(5), mim=None)
    client = browser_of(mim)
    assert "Claim…" in words(client.get(incident.get_absolute_url()).content)
    client.post(f"{incident.get_absolute_url()}claim/", {})
    incident.refresh_from_db()
    assert incident.mim == mim


def test_a_restriction_is_lifted_and_set_with_a_reason_and_somebody_let_in(
    client: Client, incident: Incident
) -> None:
    guest = a_person("Ines Roth")
    address = incident.get_absolute_url()
    assert client.post(f"{address}restrict/", {"reason": ""}).status_code == 422
    client.post(f"{address}restrict/", {"reason": "Under investigation"})
    assert browser_of(guest).get(address).status_code == 404
    client.post(f"{address}admit/", {"person": guest.email, "reason": "Forensics"})
    assert browser_of(guest).get(address).status_code == 200
    client.post(f"{address}unrestrict/", {"reason": "It is over"})
    assert browser_of(a_person()).get(address).status_code == 200


def test_now_is_an_answer_to_when_also_where_an_empty_field_says_not_yet(
    client: Client, incident: Incident, mim: Person
) -> None:
    now = clock.now()
    engagement = engage(incident, vendor="Cloudgate", by=mim, at=now - minutes(20), now=now - minutes(20))
    address = f"{incident.get_absolute_url()}vendor-change/{engagement.pk}/"
    assert client.post(address, {"responded_at": "now"}).status_code == 302
    responded = incident.vendorengagements.latest("pk").responded_at
    assert responded is not None
    assert now <= responded <= clock.now()
