"""Each call on After Actions, tried over HTTP: the whole way from the close to the 30 days, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afteractions.models import AfterAction, Revision
from afteractions.operations.review.archive import render_pending
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.api.caller import Caller, paths
from tests.api.way import SECTIONS, ago, ahead, distributed, drafted, held, put, scheduled, write
from tests.factories.incidents import an_incident, close
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db


def test_the_whole_way_over_the_api(mim: Caller, lead: Caller, aa: str) -> None:
    kinds = {each["kind"] for each in mim.get(f"after-actions/{aa}/").json()["obligations"]}
    assert {"schedule", "hold"} <= kinds
    planned = scheduled(mim, aa)
    assert planned["meeting"]["location"] == "Room 2"
    asked = {each["person"]: each["requirement"] for each in planned["attendees"]}
    assert asked[lead.person.email] == "required"
    drafted(mim, aa, lead.person)
    revision = mim.made(f"after-actions/{aa}/distribute/", {"at": ago(days=4)})
    assert (revision["number"], revision["kind"]) == (1, "draft")
    read = lead.made(f"after-actions/{aa}/read/", {"revision": 1})
    assert read["person"] == lead.person.email
    seen = {each["person"]: each["has_read"] for each in mim.get(f"after-actions/{aa}/").json()["attendees"]}
    assert seen[lead.person.email] is True
    answer = held(mim, aa)
    assert answer.status_code == 200, answer.content.decode()
    assert answer.json()["status"] == "reviewed"
    published = mim.made(f"after-actions/{aa}/publish/", {})
    assert published["kind"] == "published"
    after = mim.get(f"after-actions/{aa}/").json()
    assert after["status"] == "closed"
    states = {each["kind"]: each["state"] for each in after["obligations"]}
    assert states["hold"] in ("met", "met_late")
    assert states["review_actions"] == "open"
    [item] = after["action_items"]
    done = lead.made(f"action-items/{item['id']}/complete/", {"evidence": "Drilled on Tuesday."})
    assert done["status"] == "done"
    listed = mim.get("action-items/", owner=lead.person.email).json()["results"]
    assert [each["id"] for each in listed] == [item["id"]]


def test_the_pdf_is_made_by_the_worker_and_answered_when_it_is_there(
    mim: Caller, lead: Caller, aa: str
) -> None:
    assert mim.get(f"after-actions/{aa}/pdf/").status_code == 404
    distributed(mim, aa, lead.person)
    waiting = mim.get(f"after-actions/{aa}/pdf/")
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "3")
    assert render_pending(now=datetime.now(UTC)) == 1
    made = mim.get(f"after-actions/{aa}/pdf/", revision=1)
    assert (made.status_code, made["Content-Type"]) == (200, "application/pdf")
    assert made.content.startswith(b"%PDF")
    assert mim.get(f"after-actions/{aa}/pdf/", revision=9).status_code == 404


def test_a_section_is_saved_only_over_the_version_that_was_read(mim: Caller, lead: Caller, aa: str) -> None:
    path = f"after-actions/{aa}/sections/went_well/"
    tag = mim.get(path)["ETag"]
    assert tag.startswith('"')
    first = [{"text": "The rollback took a minute.", "kind": "decision"}]
    assert put(mim, path, first, None).status_code == 428
    saved = put(mim, path, first, tag)
    assert saved.status_code == 200
    (row,) = saved.json()["content"]
    assert row == {"id": row["id"], **first[0]}
    assert saved["ETag"] != tag
    stale = put(lead, path, [{"text": "Another text", "kind": "tool"}], tag)
    assert stale.status_code == 412
    assert stale.json()["current"]["content"] == [row]
    assert put(lead, path, [{"text": "Another text", "kind": "tool"}], saved["ETag"]).status_code == 200


def test_a_section_names_what_is_wrong_by_its_path(mim: Caller, aa: str) -> None:
    path = f"after-actions/{aa}/sections/changes/"
    tag = mim.get(path)["ETag"]
    answer = put(mim, path, [{"kind": "begin", "gap": "", "change": "", "colour": "red"}], tag)
    assert answer.status_code == 400
    assert {"changes[0].kind", "changes[0].change", "changes[0].colour"} == set(paths(answer))
    derived = f"after-actions/{aa}/sections/action_items/"
    assert put(mim, derived, [], mim.get(derived)["ETag"]).status_code == 409
    assert mim.get(f"after-actions/{aa}/sections/poem/").status_code == 404


def test_a_mandatory_after_action_cannot_be_skipped(mim: Caller, administrator: Caller, aa: str) -> None:
    for caller in (mim, administrator):
        answer = caller.post(f"after-actions/{aa}/decide/", {"decision": "skip", "reason": "It went well."})
        assert answer.status_code == 409
    assert AfterAction.objects.get(reference=aa).decision != "skip"


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "the same call"}])
def test_names_in_the_root_cause_refuse_the_distribution(
    mim: Caller, lead: Caller, aa: str, headers: dict[str, str]
) -> None:
    scheduled(mim, aa)
    drafted(mim, aa, lead.person)
    write(
        mim,
        aa,
        "root_cause",
        {**SECTIONS["root_cause"], "failure": f"{lead.person.full_name} ran the wrong script"},
    )
    answer = mim.post(f"after-actions/{aa}/distribute/", {}, **headers)
    assert answer.status_code == 409
    assert not Revision.objects.exists()
    assert [each["kind"] for each in mim.get(f"after-actions/{aa}/").json()["anti_patterns"]] == [
        "blame_session"
    ]


def test_the_retell_guard_refuses_a_meeting_whose_draft_went_out_late(
    mim: Caller, lead: Caller, aa: str
) -> None:
    scheduled(mim, aa)
    drafted(mim, aa, lead.person)
    mim.made(f"after-actions/{aa}/distribute/", {"at": ago(hours=20)})
    refused = held(mim, aa)
    assert refused.status_code == 409
    overridden = held(mim, aa, override_reason="The vendor is here today only.")
    assert overridden.status_code == 200
    assert "retell" in [each["kind"] for each in overridden.json()["anti_patterns"]]


def test_a_meeting_that_did_not_agree_goes_back_to_draft(mim: Caller, lead: Caller, aa: str) -> None:
    distributed(mim, aa, lead.person)
    answer = held(mim, aa, agreed=False)
    assert answer.json()["status"] == "draft"
    assert [each["state"] for each in answer.json()["obligations"] if each["kind"] == "hold"].count(
        "open"
    ) == 1


def test_closed_waits_for_the_external_messages(mim: Caller, lead: Caller, aa: str) -> None:
    distributed(mim, aa, lead.person)
    message = {"text": "What happened on Monday.", "audience": "Customers", "due_at": ahead(days=2)}
    bad = held(mim, aa, external_messages=[{**message, "due_at": "soon"}])
    assert (bad.status_code, paths(bad)) == (400, ["external_messages[0].due_at"])
    assert held(mim, aa, external_messages=[message]).status_code == 200
    mim.made(f"after-actions/{aa}/publish/", {})
    waiting = mim.get(f"after-actions/{aa}/").json()
    assert waiting["status"] == "reviewed"
    [planned] = waiting["external_messages"]
    assert lead.post(f"external-messages/{planned['id']}/send/", {}).status_code == 403
    team = Caller(a_person("Nadia Ferrante", groups=[GroupName.COMMUNICATIONS]))
    mim.made(f"external-messages/{planned['id']}/approve/", {"approved": True})
    assert team.made(f"external-messages/{planned['id']}/send/", {})["status"] == "sent"
    assert mim.get(f"after-actions/{aa}/").json()["status"] == "closed"


def test_a_reschedule_takes_a_reason_and_keeps_the_deadline_to_hold(mim: Caller, aa: str) -> None:
    before = scheduled(mim, aa)
    hold_due = next(each["due_at"] for each in before["obligations"] if each["kind"] == "hold")
    body = {"starts_at": ahead(days=3), "ends_at": ahead(days=3, hours=1)}
    assert paths(mim.post(f"after-actions/{aa}/reschedule/", body)) == ["reason"]
    moved = mim.made(f"after-actions/{aa}/reschedule/", {**body, "reason": "The vendor cannot come."})
    assert moved["meeting"]["reschedules"] == 1
    assert next(each["due_at"] for each in moved["obligations"] if each["kind"] == "hold") == hold_due


def test_removing_a_required_attendee_takes_a_reason(mim: Caller, lead: Caller, aa: str) -> None:
    row = {"person": lead.person.email, "included": False}
    assert mim.post(f"after-actions/{aa}/attendees/", [row]).status_code == 400
    told = mim.made(f"after-actions/{aa}/attendees/", [{**row, "reason": "On leave; the deputy comes."}])
    assert {each["person"]: each["included"] for each in told["attendees"]}[lead.person.email] is False


def test_somebody_from_outside_takes_an_empty_seat(mim: Caller, aa: str) -> None:
    seats = f"after-actions/{aa}/empty-seats/"
    roles = [each["role"] for each in mim.get(seats).json()]
    rows = [
        {"person": f"Desk {n} <desk{n}@vendor.example>", "included": True, "fills": role}
        for n, role in enumerate(roles)
    ]
    shown = mim.made(
        f"after-actions/{aa}/attendees/", [*rows, {"person": "Desk <desk@vendor.example>", "included": True}]
    )
    assert "contact:desk@vendor.example" in [each["person"] for each in shown["attendees"]]
    assert mim.get(seats).json() == []
    refused = mim.post(
        f"after-actions/{aa}/attendees/", [{"person": "Desk <one,two@vendor.example>", "included": True}]
    )
    assert refused.status_code == 400
    assert [each["path"] for each in refused.json()["errors"]] == ["[0].person"]


def test_people_are_named_in_so_many_signs_and_rows(mim: Caller, aa: str) -> None:
    rows = [{"person": " " * 100_000, "included": True}]
    refused = mim.post(f"after-actions/{aa}/attendees/", rows)
    assert (refused.status_code, paths(refused)) == (400, ["[0].person"])
    assert "At most 400 characters" in refused.content.decode()
    refused = mim.post(f"after-actions/{aa}/attendees/", [{"person": "x", "included": True}] * 201)
    assert refused.status_code == 400
    assert "200" in refused.content.decode()
    assert "Nobody is known" not in refused.content.decode()


def test_a_restricted_after_action_is_absent_for_outsiders(mim: Caller, responder: Caller) -> None:
    body = {"title": "A quiet one", "severity": "critical", "restricted": True}
    reference = mim.made("incidents/", body)["reference"]
    aa = mim.made(f"incidents/{reference}/close/", {})["after_action"]
    assert mim.get(f"after-actions/{aa}/").status_code == 200
    for path in (f"after-actions/{aa}/", f"after-actions/{aa}/pdf/", f"after-actions/{aa}/sections/summary/"):
        assert responder.get(path).status_code == 404
    assert responder.get("after-actions/").json()["results"] == []
    assert responder.post(f"after-actions/{aa}/decide/", {"decision": "hold"}).status_code == 404


def test_the_owner_of_a_captured_change_reads_it_once_the_draft_is_out_and_before_it_is_agreed(
    mim: Caller, responder: Caller, aa: str
) -> None:
    scheduled(mim, aa)
    drafted(mim, aa, responder.person)
    (item,) = mim.get(f"after-actions/{aa}/").json()["action_items"]
    assert responder.get(f"action-items/{item['id']}/").status_code == 404
    mim.made(f"after-actions/{aa}/distribute/", {"at": ago(days=4)})
    shown = responder.get(f"action-items/{item['id']}/")
    assert shown.status_code == 200
    assert (shown.json()["owner"], shown.json()["after_action"]) == (responder.person.email, aa)


def test_whoever_plays_no_part_may_read_and_not_act(responder: Caller, aa: str) -> None:
    assert responder.get(f"after-actions/{aa}/").status_code == 200
    assert (
        responder.post(
            f"after-actions/{aa}/schedule/", {"starts_at": ahead(days=3), "ends_at": ahead(days=3.1)}
        ).status_code
        == 403
    )


def test_a_deadline_is_waived_by_a_manager_above_and_never_of_a_mandatory_one(
    mim: Caller, responder: Caller, administrator: Caller, aa: str
) -> None:
    Person.objects.filter(pk=mim.person.pk).update(manager=responder.person)
    mandatory = mim.get(f"after-actions/{aa}/").json()["obligations"][0]["id"]
    reason = {"reason": "Reviewed together with another one"}
    assert administrator.post(f"after-actions/{aa}/obligations/{mandatory}/waive/", reason).status_code == 409
    reference = mim.made("incidents/", {"title": "Slow pages", "severity": "low"})["reference"]
    mim.made(f"incidents/{reference}/close/", {})
    asked = mim.made("after-actions/", {"incident": reference, "reason": "To learn"})["reference"]
    held = mim.made(f"after-actions/{asked}/decide/", {"decision": "hold"})
    owed = next(each["id"] for each in held["obligations"] if each["kind"] == "schedule")
    path = f"after-actions/{asked}/obligations/{owed}/waive/"
    assert mim.post(path, reason).status_code == 403
    assert paths(responder.post(path, {})) == ["reason"]
    told = responder.made(path, reason)
    assert {each["id"]: each["state"] for each in told["obligations"]}[owed] == "waived"
    assert responder.post(path, reason).status_code == 409
    assert responder.post(f"after-actions/{aa}/obligations/{owed}/waive/", reason).status_code == 404


def test_unknown_keys_and_stale_tags_are_named(mim: Caller, aa: str) -> None:
    answer = mim.post(f"after-actions/{aa}/schedule/", {"starts": ahead(days=3), "ends_at": ahead(days=3.1)})
    assert answer.status_code == 400
    assert set(paths(answer)) == {"starts", "starts_at"}
    body = {"starts_at": ahead(days=3), "ends_at": ahead(days=3.1), "reason": "The first room that is free."}
    assert mim.post(f"after-actions/{aa}/schedule/", body, **{"If-Match": '"other"'}).status_code == 412


def test_history_is_computed_and_started_by_somebody(administrator: Caller) -> None:
    document = {
        "format": "majorops.incident/1",
        "external_id": "old-1",
        "title": "An old outage",
        "severity": "critical",
        "milestones": {"opened": ago(days=400), "recovered": ago(days=399.9), "closed": ago(days=399.9)},
    }
    answer = administrator.client.post(
        "/api/v1/incidents/import/?history=true", document, content_type="application/json"
    )
    assert answer.status_code == 201
    aa = answer.json()["after_action"]
    before = administrator.get(f"after-actions/{aa}/").json()
    assert {each["state"] for each in before["obligations"]} == {"history"}
    started = administrator.made(f"after-actions/{aa}/start/", {})
    due = next(
        each for each in started["obligations"] if each["kind"] == "schedule" and each["state"] == "open"
    )
    assert datetime.fromisoformat(due["due_at"]) > datetime.now(UTC)


def test_the_wording_check_gives_offsets_in_code_points(mim: Caller, lead: Caller) -> None:
    text = f"🔥 {lead.person.full_name} ran the step; it was human error"
    findings = mim.made("wording/", {"section": "root_cause", "text": text})["findings"]
    name = next(each for each in findings if each["kind"] == "name")
    assert text[name["start"] : name["end"]] == lead.person.full_name
    assert any(each["kind"] == "blame" for each in findings)


def test_every_deadline_has_the_local_date_of_its_incident(mim: Caller) -> None:
    # Held to within 24 hours of the close, at 23:30 in New York: the day before it is in UTC.
    at = datetime(2026, 3, 4, 4, 30, tzinfo=UTC)
    incident = an_incident(mim.person, "critical", at - timedelta(hours=3), time_zone="America/New_York")
    close(incident, by=mim.person, at=at, now=at)
    detail = mim.get(f"after-actions/{incident.after_action.reference}/").json()
    due = {row["kind"]: (row["due_at"], row["due_on"]) for row in detail["obligations"]}
    assert due["schedule"] == ("2026-03-05T04:30:00Z", "2026-03-04")
    # The midnight that ends the fifth business day belongs to that day.
    assert due["hold"] == ("2026-03-11T04:00:00Z", "2026-03-10")
    assert all(day for _, day in due.values())


def test_a_list_and_a_detail_take_a_constant_number_of_statements(mim: Caller, lead: Caller, aa: str) -> None:
    distributed(mim, aa, lead.person)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as statements:
            assert mim.get(f"after-actions/{aa}/").status_code == 200
        with CaptureQueriesContext(connection) as listed:
            assert mim.get("after-actions/").status_code == 200
        counts.append((len(statements), len(listed)))
        rows = [
            {"kind": "start", "gap": "", "change": f"Change {n}", "owner": None, "due_on": None}
            for n in range(50)
        ]
        if len(counts) == 1:
            current = mim.get(f"after-actions/{aa}/sections/changes/").json()["content"]
            write(mim, aa, "changes", [*current, *rows])
    assert counts[0] == counts[1]
    assert counts[0][0] <= 16
    assert counts[0][1] <= 12
