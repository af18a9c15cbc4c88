"""The calls of the API on incidents, each as its contract says."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.api.caller import Caller, paths
from tests.factories.people import a_mim

pytestmark = pytest.mark.django_db


def ago(minutes: float) -> str:
    return (timezone.now() - timedelta(minutes=minutes)).isoformat()


def z(instant: str) -> str:
    return instant.replace("+00:00", "Z")


def test_a_declared_incident_is_commanded_by_the_caller(mim: Caller) -> None:
    answer = mim.post(
        "incidents/",
        {
            "title": "Payments fail",
            "severity": "critical",
            "time_zone": "Europe/Berlin",
            "services": ["Payments", {"name": "Ledger", "owner": None}],
            "impact": {"external": True, "customers_affected": 120},
            "milestones": {"alert_fired": (fired := ago(30)), "opened": (opened := ago(20))},
            "restricted": True,
        },
    )
    assert answer.status_code == 201
    incident = answer.json()
    assert incident["mim"] == mim.person.email
    assert incident["status"] == "open"
    assert incident["severity"] == incident["highest_severity"] == "critical"
    assert incident["time_zone"] == "Europe/Berlin"
    assert incident["restricted"] is True
    assert incident["history"] is False
    assert incident["external_id"] is None
    assert incident["milestones"]["alert_fired"] == z(fired)
    assert incident["milestones"]["opened"] == z(opened)
    assert incident["milestones"]["closed"] is None
    assert [service["name"] for service in incident["services"]] == ["Payments", "Ledger"]
    assert incident["impact"]["customers_affected"] == 120
    assert incident["requirement"]["level"] == "mandatory"
    assert incident["requirement"]["rule"] == 2
    assert incident["requirement"]["decided_at"] is None
    assert answer["Location"].endswith(f"/api/v1/incidents/{incident['reference']}/")
    assert answer["ETag"].startswith('"')


def test_another_mim_may_be_named_or_none(mim: Caller) -> None:
    other = a_mim("Noor Haddad")
    body: dict[str, Any] = {"title": "Search is slow", "severity": "medium"}
    assert mim.made("incidents/", {**body, "mim": other.email})["mim"] == other.email
    assert mim.made("incidents/", {**body, "mim": None})["mim"] is None
    nobody = mim.post("incidents/", {**body, "mim": "nobody@majorops.example"})
    assert nobody.status_code == 400
    assert paths(nobody) == ["mim"]


def test_the_detail_has_every_key_of_the_contract(mim: Caller, reference: str) -> None:
    answer = mim.get(f"incidents/{reference}/")
    assert answer.status_code == 200
    incident = answer.json()
    assert {
        "reference",
        "external_id",
        "title",
        "severity",
        "highest_severity",
        "status",
        "time_zone",
        "restricted",
        "milestones",
        "metrics",
        "requirement",
        "gaps",
        "after_action",
        "history",
    } <= set(incident)
    assert list(incident["milestones"]) == [
        "impact_started",
        "alert_fired",
        "confirmed",
        "opened",
        "mitigated",
        "recovered",
        "closed",
    ]
    assert set(incident["metrics"]) == {
        "time_to_detect",
        "time_to_declare",
        "time_to_mitigate",
        "time_to_resolve",
        "duration",
    }
    assert set(incident["requirement"]) == {"level", "rule", "reason", "decided_at"}
    assert incident["gaps"] == []  # just declared: nothing is due yet
    assert incident["after_action"] is None
    assert mim.post(f"incidents/{reference}/close/", {}).status_code == 200
    gaps = mim.get(f"incidents/{reference}/").json()["gaps"]
    assert gaps
    assert all({"kind", "text", "section", "serious", "count"} <= set(gap) for gap in gaps)


def test_every_incident_of_the_list_is_as_its_detail_says(mim: Caller, reference: str) -> None:
    (listed,) = mim.get("incidents/").json()["results"]
    detail = mim.get(f"incidents/{reference}/").json()
    for key in set(listed) - {"metrics"}:
        assert listed[key] == detail[key]


def test_an_event_keeps_when_it_happened_and_when_it_was_entered(responder: Caller, reference: str) -> None:
    answer = responder.post(
        f"incidents/{reference}/events/",
        {
            "at": (at := ago(3)),
            "kind": "action",
            "text": "Failover started",
            "evidence_url": "https://graphs.example/d/42",
        },
    )
    assert answer.status_code == 201
    event = answer.json()
    assert event["at"] == z(at)
    assert event["logged_at"] > event["at"]
    assert event["by"] == responder.person.email
    assert event["after_the_fact"] is False
    timeline = responder.get(f"incidents/{reference}/").json()["timeline"]
    assert timeline == [event]


def test_a_correction_refers_to_the_event_that_it_sets_right(mim: Caller, reference: str) -> None:
    wrong = mim.made(f"incidents/{reference}/events/", {"kind": "action", "text": "Restarted db-2"})
    right = mim.made(
        f"incidents/{reference}/events/",
        {"kind": "action", "text": "Restarted db-3", "corrects": wrong["id"]},
    )
    assert right["corrects"] == wrong["id"]
    of_another = mim.post(
        f"incidents/{reference}/events/", {"kind": "action", "text": "Restarted", "corrects": 2**40}
    )
    assert of_another.status_code == 400
    assert paths(of_another) == ["corrects"]


def test_a_phase_is_entered_again_after_a_relapse(mim: Caller, reference: str) -> None:
    for phase in ("mitigating", "investigating", "mitigating"):
        entered = mim.made(f"incidents/{reference}/phases/", {"phase": phase, "at": ago(0)})
        assert entered["phase"] == phase
    phases = [entry["phase"] for entry in mim.get(f"incidents/{reference}/").json()["phases"]]
    assert phases == ["declared", "mitigating", "investigating", "mitigating"]


def test_milestones_give_the_metrics(mim: Caller) -> None:
    incident = mim.made(
        "incidents/",
        {
            "title": "Queue stuck",
            "severity": "high",
            "milestones": {"alert_fired": ago(100), "confirmed": ago(90), "opened": ago(80)},
        },
    )
    path = f"incidents/{incident['reference']}/milestones/"
    mim.made(path, {"kind": "mitigated", "at": ago(50)})
    told = mim.made(path, {"kind": "stakeholder_communication", "at": ago(40), "text": "Told the board"})
    mim.made(path, {"kind": "recovered", "at": ago(20)})
    incident = mim.get(f"incidents/{incident['reference']}/").json()
    assert incident["status"] == "validated"
    assert {name: round(seconds / 60) for name, seconds in incident["metrics"].items()} == {
        "time_to_detect": 10,
        "time_to_declare": 10,
        "time_to_mitigate": 30,
        "time_to_resolve": 60,
        "duration": 80,
    }
    assert incident["stakeholder_communications"] == [told]


def test_the_resolution_milestone_closes(mim: Caller, reference: str) -> None:
    answer = mim.post(f"incidents/{reference}/milestones/", {"kind": "closed", "text": "All clear"})
    assert answer.status_code == 201
    assert mim.get(f"incidents/{reference}/").json()["status"] == "closed"


def test_impact_is_stated_field_by_field(responder: Caller, reference: str) -> None:
    path = f"incidents/{reference}/impact/"
    assert responder.post(path, {"field": "customers_affected", "value": 42}).status_code == 201
    assert responder.post(path, {"field": "external", "value": True}).json()["value"] is True
    assert responder.get(f"incidents/{reference}/").json()["impact"]["customers_affected"] == 42
    wrong = responder.post(path, {"field": "external", "value": "maybe"})
    assert (wrong.status_code, paths(wrong)) == (400, ["value"])


def test_a_status_update_is_recorded(responder: Caller, reference: str) -> None:
    sent = responder.made(
        f"incidents/{reference}/status-updates/",
        {"audience": "public", "channel": "status page", "text": "We are on it", "at": ago(1)},
    )
    assert sent["audience"] == "public"
    assert responder.get(f"incidents/{reference}/").json()["status_updates"] == [sent]


def test_a_role_is_assigned_and_the_person_named_by_address(
    mim: Caller, responder: Caller, reference: str
) -> None:
    path = f"incidents/{reference}/command/"
    role = "technical_recovery_lead"
    held = mim.made(path, {"role": role, "person": responder.person.email, "from": (since := ago(0.5))})
    assert (held["person"], held["from"], held["until"]) == (responder.person.email, z(since), None)
    again = mim.post(path, {"role": role, "person": responder.person.email})
    assert again.status_code == 409
    ended = mim.post(
        path, {"role": "scribe", "person": responder.person.email, "from": ago(1), "until": ago(2)}
    )
    assert (ended.status_code, paths(ended)) == (400, ["until"])
    future = mim.post(path, {"role": "scribe", "person": responder.person.email, "from": ago(-5)})
    assert (future.status_code, paths(future)) == (400, ["from"])


def test_command_is_handed_over(mim: Caller, reference: str) -> None:
    other = Caller(a_mim("Noor Haddad"))
    passed = mim.made(f"incidents/{reference}/handover/", {"to": other.person.email, "note": "Long night"})
    assert (passed["from"], passed["to"]) == (mim.person.email, other.person.email)
    assert other.get(f"incidents/{reference}/").json()["mim"] == other.person.email
    refused = mim.post(f"incidents/{reference}/close/", {})
    assert refused.status_code == 403


def test_a_recovery_track_is_opened_led_joined_and_closed(
    mim: Caller, responder: Caller, reference: str
) -> None:
    path = f"incidents/{reference}/tracks/"
    track = mim.made(path, {"name": "Database", "service": "Ledger", "opened_at": (opened := ago(0.5))})
    assert (track["opened_at"], track["lead"], track["closed_at"]) == (z(opened), None, None)
    one = f"{path}{track['id']}/"
    assert mim.made(one, {"lead": responder.person.email})["lead"] == responder.person.email
    assert mim.post(f"{one}members/", {"person": responder.person.email}).status_code == 201
    closed = mim.made(one, {"closed_at": ago(0), "outcome": "Replica promoted"})
    assert closed["lead"] == responder.person.email
    assert closed["outcome"] == "Replica promoted"
    assert mim.get(f"incidents/{reference}/").json()["tracks"] == [closed]
    assert mim.post(f"{path}{2**40}/", {"outcome": "x"}).status_code == 404
    future = mim.post(path, {"name": "Network", "opened_at": ago(-5)})
    assert (future.status_code, paths(future)) == (400, ["opened_at"])


def test_the_severity_changes_with_its_reason(mim: Caller, reference: str) -> None:
    path = f"incidents/{reference}/severity/"
    changed = mim.made(path, {"severity": "critical", "reason": "All regions"})
    assert changed["highest_severity"] == "critical"
    mim.made(path, {"severity": "medium", "reason": "One region is back"})
    incident = mim.get(f"incidents/{reference}/").json()
    assert (incident["severity"], incident["highest_severity"]) == ("medium", "critical")
    assert incident["requirement"]["rule"] == 2
    silent = mim.post(path, {"severity": "low"})
    assert (silent.status_code, paths(silent)) == (400, ["reason"])


def test_a_vendor_is_engaged_as_a_document_says_it(mim: Caller, reference: str) -> None:
    path = f"incidents/{reference}/vendors/"
    engaged = mim.made(
        path,
        {
            "name": "Northline Hosting",
            "service": "Object storage",
            "engaged_at": ago(0.9),
            "responded_at": None,
            "response_sla_minutes": 15,
            "effect": "Uploads failed",
            "root_cause_related": None,
            "rca": {"status": "promised", "follow_up_on": "2027-01-15"},
        },
    )
    assert engaged["rca"] == {"status": "promised", "follow_up_on": "2027-01-15"}
    more = mim.made(f"{path}{engaged['id']}/", {"responded_at": ago(0.5), "root_cause_related": True})
    assert more["root_cause_related"] is True
    assert more["effect"] == "Uploads failed"
    (shown,) = mim.get(f"incidents/{reference}/").json()["vendors"]
    assert shown == more


def test_an_mtm_is_recorded_as_a_document_says_it(mim: Caller, responder: Caller, reference: str) -> None:
    mim.made(f"incidents/{reference}/severity/", {"severity": "critical", "reason": "All sites"})
    path = f"incidents/{reference}/mtms/"
    held = mim.made(
        path,
        {
            "number": 1,
            "started_at": ago(0.9),
            "ended_at": None,
            "attendees": [mim.person.email, responder.person.email],
            "notes": {"recovery_status": "Replaying the log"},
            "actions": [
                {"title": "Call the vendor", "owner": responder.person.email, "due_on": "2027-01-15"}
            ],
            "severity_confirmed": "critical",
            "next_at": ago(-60),
            "cadence_minutes": 30,
        },
    )
    assert held["attendees"] == [mim.person.email, responder.person.email]
    assert held["actions"][0]["status"] == "open"
    assert mim.made(f"{path}1/", {"ended_at": ago(0.1)})["ended_at"] is not None
    assert mim.made(f"{path}1/summary/", {"text": "We replay until noon"})["text"] == "We replay until noon"
    second = mim.post(path, {"number": 5})
    assert (second.status_code, paths(second)) == (400, ["number"])
    assert len(mim.get(f"incidents/{reference}/").json()["mtms"]) == 1
    nobody = mim.post(path, {"attendees": [mim.person.email, "nobody@majorops.example"]})
    assert paths(nobody) == ["attendees[1]"]
    untitled = mim.post(path, {"actions": [{"title": "A"}, {"owner": None}]})
    assert paths(untitled) == ["actions[1].title"]


def test_a_decision_against_an_mtm_is_recorded(mim: Caller, reference: str) -> None:
    decided = mim.made(f"incidents/{reference}/mtm-decision/", {"reason": "Recovery is a minute away"})
    assert decided["reason"] == "Recovery is a minute away"


def test_closing_decides_the_requirement_in_the_same_step(mim: Caller, reference: str) -> None:
    answer = mim.post(f"incidents/{reference}/close/", {})
    assert answer.status_code == 200
    incident = answer.json()
    assert incident["status"] == "closed"
    assert incident["requirement"]["decided_at"] is not None
    again = mim.post(f"incidents/{reference}/close/")
    assert again.status_code == 409
    assert "closed already" in again.json()["detail"]


def test_a_closed_mandatory_incident_has_its_after_action_at_once(mim: Caller) -> None:
    made = mim.made("incidents/", {"title": "All down", "severity": "critical"})
    closed = mim.made(f"incidents/{made['reference']}/close/", {})
    assert closed["requirement"]["level"] == "mandatory"
    assert closed["after_action"].startswith("AA-")
    (listed,) = mim.get("incidents/").json()["results"]
    assert listed["after_action"] == closed["after_action"]


def test_an_incident_that_is_over_can_be_declared_closed(mim: Caller) -> None:
    body = {"title": "Last night", "severity": "high"}
    times = {"opened": ago(300), "mitigated": ago(200), "recovered": ago(100), "closed": ago(90)}
    incident = mim.made("incidents/", {**body, "milestones": times})
    assert incident["status"] == "closed"
    assert incident["requirement"]["rule"] == 3
    before = mim.post("incidents/", {**body, "milestones": {"opened": ago(10), "closed": ago(20)}})
    assert (before.status_code, paths(before)) == (400, ["milestones.closed"])
    assert len(mim.get("incidents/").json()["results"]) == 1


def test_what_comes_after_the_close_is_kept_as_after_the_fact(mim: Caller, reference: str) -> None:
    mim.made(f"incidents/{reference}/close/", {})
    added = [
        mim.made(f"incidents/{reference}/events/", {"kind": "action", "text": "Late", "at": ago(0.1)}),
        mim.made(f"incidents/{reference}/phases/", {"phase": "mitigating", "at": ago(0.1)}),
        mim.made(f"incidents/{reference}/milestones/", {"kind": "mitigated", "at": ago(0.1)}),
        mim.made(f"incidents/{reference}/status-updates/", {"audience": "internal", "text": "x"}),
        mim.made(f"incidents/{reference}/command/", {"role": "scribe", "person": mim.person.email}),
        mim.made(f"incidents/{reference}/tracks/", {"name": "Cleaning up"}),
        mim.made(f"incidents/{reference}/vendors/", {"name": "Northline Hosting"}),
        mim.made(f"incidents/{reference}/mtms/", {}),
    ]
    assert [entry["after_the_fact"] for entry in added] == [True] * len(added)


def test_a_closed_incident_is_reopened_with_a_reason(mim: Caller, reference: str) -> None:
    running = mim.post(f"incidents/{reference}/reopen/", {"reason": "It is back"})
    assert running.status_code == 409
    mim.made(f"incidents/{reference}/close/", {})
    assert paths(mim.post(f"incidents/{reference}/reopen/", {})) == ["reason"]
    answer = mim.post(f"incidents/{reference}/reopen/", {"reason": "It is back"})
    assert answer.status_code == 200
    assert answer.json()["status"] == "open"
    assert answer.json()["requirement"]["decided_at"] is None


def test_a_repeat_is_mandatory_at_any_severity(mim: Caller, reference: str) -> None:
    later = mim.made("incidents/", {"title": "Again", "severity": "low"})["reference"]
    path = f"incidents/{later}/repeat-of/"
    linked = mim.post(path, {"reference": reference, "reason": "The same full disk"})
    assert linked.status_code == 200
    incident = linked.json()
    assert (incident["is_repeat"], incident["repeat_of"]) == (True, reference)
    assert (incident["requirement"]["level"], incident["requirement"]["rule"]) == ("mandatory", 1)
    unlinked = mim.made(path, {"reference": None, "reason": "Another disk"})
    assert (unlinked["is_repeat"], unlinked["repeat_of"]) == (False, None)
    unknown = mim.post(path, {"reference": "INC-NONE", "reason": "?"})
    assert (unknown.status_code, paths(unknown)) == (400, ["reference"])
    itself = mim.post(path, {"reference": later, "reason": "?"})
    assert (itself.status_code, paths(itself)) == (400, ["reference"])


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("events", {"kind": "action", "text": "x"}),
        ("phases", {"phase": "mitigating"}),
        ("milestones", {"kind": "mitigated"}),
        ("status-updates", {"audience": "internal", "text": "x"}),
        ("severity", {"severity": "low", "reason": "x"}),
        ("close", {}),
        ("repeat-of", {"reference": None, "reason": "x"}),
        ("mtm-decision", {"reason": "x"}),
    ],
)
def test_at_is_optional_has_an_offset_and_lies_not_in_the_future(
    mim: Caller, reference: str, verb: str, body: dict[str, Any]
) -> None:
    path = f"incidents/{reference}/{verb}/"
    for at in (ago(-10), "2026-03-03T14:05:00", "yesterday", 5, True, "2026-02-30T00:00:00Z"):
        answer = mim.post(path, {**body, "at": at})
        assert (answer.status_code, paths(answer)) == (400, ["at"]), at
    assert mim.post(path, {**body, "at": None}).status_code in (200, 201)


def test_a_close_lies_not_before_the_declaration(mim: Caller, reference: str) -> None:
    answer = mim.post(f"incidents/{reference}/close/", {"at": ago(600)})
    assert (answer.status_code, paths(answer)) == (400, ["at"])


def test_a_meeting_is_run_by_calls_too(mim: Caller, responder: Caller, reference: str) -> None:
    mim.made(f"incidents/{reference}/severity/", {"severity": "critical", "reason": "All sites"})
    path = f"incidents/{reference}/mtms/"
    agreed = mim.made(path, {"actions": [{"title": "Ask the vendor", "due_on": "2099-01-05"}]})
    key = agreed["actions"][0]["id"]
    mim.post(f"{path}1/", {"ended_at": agreed["started_at"]})
    mim.made(path, {})
    read = responder.get(f"{path}2/").json()
    assert [point["key"] for point in read["agenda"]][:2] == ["attendance", "recovery_status"]
    assert [(one["number"], one["review"]) for one in read["prior_actions"]] == [(1, None)]
    assert "Nobody is noted as present." in read["not_said_yet"]
    refused = mim.post(f"{path}2/actions/{key}/review/", {"outcome": "dropped"})
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, "text")
    said = mim.made(f"{path}2/actions/{key}/review/", {"outcome": "goes_on", "text": "By noon"})
    assert (said["outcome"], said["by"]) == ("goes_on", mim.person.email)
    assert "goes on, By noon" in responder.get(f"{path}2/").json()["summary_text"]
    assert mim.post(f"{path}2/actions/999999/review/", {"outcome": "done"}).status_code == 404
    assert mim.get(f"{path}9/").status_code == 404


def test_a_role_with_rights_is_not_taken_by_a_stranger_and_waits_for_its_confirmation_after_the_close(
    mim: Caller, responder: Caller, lead: Caller, reference: str
) -> None:
    command = f"incidents/{reference}/command/"
    role = {"role": "technical_recovery_lead", "person": responder.person.email}
    refused = responder.post(command, role)
    assert refused.status_code == 403
    assert str(mim.person) in refused.json()["detail"]
    assert mim.made(command, {**role, "person": lead.person.email})["awaits_confirmation"] is False
    mim.made(f"incidents/{reference}/close/")
    for call in (
        ("command/", role),
        ("events/", {"kind": "action", "text": "I was there"}),
        ("milestones/", {"kind": "mitigated"}),
        ("severity/", {"severity": "low", "reason": "It was nothing"}),
    ):
        assert responder.post(f"incidents/{reference}/{call[0]}", call[1]).status_code == 403
    recorded = mim.made(command, role)
    assert recorded["awaits_confirmation"] is True
    confirm = f"{command}{recorded['id']}/confirm/"
    assert responder.post(confirm).status_code == 403
    assert mim.made(confirm)["awaits_confirmation"] is False
    assert mim.post(confirm).status_code == 409
    told = mim.get(f"incidents/{reference}/").json()["command"]
    assert [one["awaits_confirmation"] for one in told] == [False] * 3
    responder.made(f"incidents/{reference}/milestones/", {"kind": "mitigated"})
