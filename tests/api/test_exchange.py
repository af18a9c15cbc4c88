"""Documents `majorops.incident/1` through the API: in once, out the same, figures as derived independently."""

import copy
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from incidents.models import Incident
from majorops.web.api.serializers import LARGEST_BODY
from tests.api.caller import ROOT, Caller, paths
from tests.factories.people import a_mim, an_administrator

DATA = Path(__file__).parents[1] / "data"
WORKED = {path.stem: json.loads(path.read_text()) for path in sorted((DATA / "worked").glob("*.json"))}
LINES = [json.loads(line) for line in (DATA / "incidents.jsonl").read_text().splitlines()]
KNOWN = {document["external_id"]: document for document in [*WORKED.values(), *LINES]}
EXPECTED = json.loads((DATA / "expected_examples.json").read_text())["records"]
HISTORY = "incidents/import/?history=true"

pytestmark = pytest.mark.django_db


@pytest.fixture
def document() -> dict[str, Any]:
    return copy.deepcopy(WORKED["i2c-2025-08-12-leap-outage"])


@pytest.mark.parametrize("record", EXPECTED, ids=[record["id"] for record in EXPECTED])
def test_figures_and_requirement_are_those_derived_independently(
    administrator: Caller, record: dict[str, Any]
) -> None:
    document = KNOWN.get(record["id"]) or KNOWN[f"worked-{record['id']}"]
    imported = administrator.post(HISTORY, document)
    assert imported.status_code == 201
    incident = administrator.get(f"incidents/{imported.json()['reference']}/").json()
    assert incident["metrics"] == {
        "time_to_detect": record["ttd_s"],
        "time_to_declare": record["time_to_declare_s"],
        "time_to_mitigate": record["mttm_s"],
        "time_to_resolve": record["mttr_s"],
        "duration": record["total_duration_s"],
    }
    assert incident["requirement"]["level"] == record["after_action"]
    assert incident["requirement"]["decided_at"] is not None
    assert incident["external_id"] == document["external_id"]
    assert incident["history"] is True
    assert incident["status"] == "closed"
    if record["after_action"] == "mandatory":
        assert incident["after_action"].startswith("AA-")


def test_the_same_document_again_answers_with_what_is_there(
    administrator: Caller, document: dict[str, Any]
) -> None:
    first = administrator.post(HISTORY, document)
    again = administrator.post(HISTORY, dict(reversed(document.items())))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["reference"] == again.json()["reference"]
    assert Incident.objects.count() == 1


def test_an_external_id_with_other_content_is_refused(
    administrator: Caller, document: dict[str, Any]
) -> None:
    reference = administrator.made(HISTORY, document)["reference"]
    answer = administrator.post(HISTORY, {**document, "title": "Something else"})
    assert answer.status_code == 409
    assert administrator.get(f"incidents/{reference}/").json()["title"] == document["title"]


def test_the_refusal_does_not_tell_whether_the_holder_may_be_seen(
    administrator: Caller, mim: Caller, document: dict[str, Any]
) -> None:
    administrator.made(HISTORY, {**document, "restricted": True, "people": [], **unpeopled(document)})
    administrator.made(HISTORY, {**document, "external_id": "open-one", "people": [], **unpeopled(document)})
    hidden = mim.post(
        "incidents/import/", {**document, "restricted": True, "people": [], **unpeopled(document)}
    )
    seen = mim.post("incidents/import/", {**document, "external_id": "open-one"})
    assert hidden.status_code == seen.status_code == 409
    assert hidden.content == seen.content


def unpeopled(document: dict[str, Any]) -> dict[str, Any]:
    """The parts of a document that name people, without them."""
    return {
        "command": [],
        "timeline": [],
        "phases": [],
        "tracks": [],
        "mtms": [],
        "status_updates": [],
        "stakeholder_communications": [],
        "services": [],
    }


def test_only_an_administrator_imports_history(
    mim: Caller, responder: Caller, document: dict[str, Any]
) -> None:
    assert mim.post(HISTORY, document).status_code == 403
    assert responder.post("incidents/import/", document).status_code == 201
    wrong = responder.post("incidents/import/?history=perhaps", document)
    assert (wrong.status_code, paths(wrong)) == (400, ["history"])


def test_bad_input_is_named_by_its_path_and_nothing_is_written(
    administrator: Caller, document: dict[str, Any]
) -> None:
    document["timeline"][3]["at"] = "2025-08-12 14:00"
    document["severity"] = "sev1"
    document["milestone"] = {}
    document["title"] = "x" * 301
    answer = administrator.post(HISTORY, document)
    assert answer.status_code == 400
    assert sorted(paths(answer)) == ["milestone", "severity", "timeline[3].at", "title"]
    assert not Incident.objects.exists()


def test_a_document_over_ten_megabytes_is_too_large(administrator: Caller, document: dict[str, Any]) -> None:
    answer = administrator.client.post(
        f"{ROOT}{HISTORY}", b" " * (LARGEST_BODY + 1), content_type="application/json"
    )
    assert answer.status_code == 413
    assert answer.json()["errors"] == []
    body = json.dumps(document).encode()
    just_fits = body + b" " * (LARGEST_BODY - len(body))
    answer = administrator.client.post(f"{ROOT}{HISTORY}", just_fits, content_type="application/json")
    assert answer.status_code == 201


def test_a_repeat_is_linked_when_the_earlier_incident_arrives(administrator: Caller) -> None:
    later = {"format": "majorops.incident/1", "external_id": "b", "title": "B", "severity": "low"}
    earlier = {**later, "external_id": "a", "title": "A"}
    reference = administrator.made("incidents/import/", {**later, "repeat_of": "a"})["reference"]
    waiting = administrator.get(f"incidents/{reference}/").json()
    assert (waiting["is_repeat"], waiting["repeat_of"]) == (True, None)
    arrived = administrator.made("incidents/import/", earlier)["reference"]
    assert administrator.get(f"incidents/{reference}/").json()["repeat_of"] == arrived


def test_an_export_says_what_was_typed_whether_or_not_a_restricted_incident_has_the_id(
    mim: Caller, responder: Caller
) -> None:
    said = {"format": "majorops.incident/1", "title": "B", "severity": "low"}
    mim.made("incidents/import/", {**said, "external_id": "a", "restricted": True})
    for repeated in ("a", "nothing"):
        later = {**said, "external_id": f"after {repeated}", "repeat_of": repeated}
        reference = responder.made("incidents/import/", later)["reference"]
        assert responder.get(f"incidents/{reference}/export/").json()["repeat_of"] == repeated


def test_an_id_that_is_taken_is_refused_alike_whoever_may_see_what_has_it(
    mim: Caller, responder: Caller
) -> None:
    said = {"format": "majorops.incident/1", "title": "B", "severity": "low"}
    mim.made("incidents/import/", {**said, "external_id": "seen"})
    mim.made("incidents/import/", {**said, "external_id": "hidden", "restricted": True})
    # The same document as the hidden one too, which for those who see it is there already.
    tries = (("seen", "Other", False), ("hidden", "Other", False), ("hidden", "B", True))
    answers = [
        responder.post(
            "incidents/import/", {**said, "external_id": name, "title": title, "restricted": restricted}
        )
        for name, title, restricted in tries
    ]
    assert {answer.status_code for answer in answers} == {409}
    assert len({answer.content for answer in answers}) == 1
    # Each request has a name of its own.
    said = [{**answer.headers, "X-Request-ID": ""} for answer in answers]
    assert len({tuple(sorted(headers.items())) for headers in said}) == 1


def test_an_export_is_the_document_and_is_known_when_it_comes_back(
    administrator: Caller, document: dict[str, Any]
) -> None:
    reference = administrator.made(HISTORY, document)["reference"]
    exported = administrator.get(f"incidents/{reference}/export/")
    assert exported.status_code == 200
    assert exported.json()["external_id"] == document["external_id"]
    assert len(exported.json()["timeline"]) == len(document["timeline"])
    again = administrator.post(HISTORY, exported.json())
    assert again.status_code == 200
    assert again.json()["reference"] == reference


def test_history_without_a_close_has_no_duration(administrator: Caller) -> None:
    incident = administrator.made(HISTORY, KNOWN["zalando-2019-01-07-dns"])
    assert incident["status"] == "closed"
    assert incident["milestones"]["closed"] is None
    assert incident["metrics"]["duration"] is None


def test_a_contact_of_the_document_can_be_named_in_later_calls(
    administrator: Caller, document: dict[str, Any]
) -> None:
    incident = administrator.made("incidents/import/", document)
    contact = next(one for one in incident["people"] if one["person"].startswith("contact:"))
    body = {"role": "responder", "person": contact["person"]}
    assert administrator.post(f"incidents/{incident['reference']}/command/", body).status_code == 201
    other = administrator.made("incidents/", {"title": "Other", "severity": "low"})
    elsewhere = administrator.post(f"incidents/{other['reference']}/command/", body)
    assert (elsewhere.status_code, paths(elsewhere)) == (400, ["person"])


@pytest.mark.django_db(transaction=True)
def test_a_document_sent_twenty_times_at_once_is_imported_once(document: dict[str, Any]) -> None:
    administrator = Caller(an_administrator())

    def send(_: int) -> tuple[int, str]:
        try:
            answer = administrator.post(HISTORY, document)
            return answer.status_code, answer.json()["reference"]
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({reference for _, reference in answers}) == 1
    assert Incident.objects.count() == 1


def test_a_mim_imports_a_running_incident(document: dict[str, Any]) -> None:
    mim = Caller(a_mim())
    document["milestones"]["closed"] = document["milestones"]["recovered"] = None
    incident = mim.made("incidents/import/", document)
    assert (incident["status"], incident["history"]) == ("open", False)
