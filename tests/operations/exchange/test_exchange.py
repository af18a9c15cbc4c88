"""The real incidents of tests/data go in, come out the same, and give the figures that were derived independently."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afteractions.models import Obligation
from incidents.exchange.exporting import export_document
from incidents.exchange.importing import import_document
from incidents.models import Incident, TimelineEvent
from incidents.operations.facts import metrics_of
from majorops.errors import BadInput, RuleViolation
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.changed_rows import last_entry

DATA = Path(__file__).parents[2] / "data"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WORKED = [json.loads(path.read_text()) for path in sorted((DATA / "worked").glob("*.json"))]
LINES = [json.loads(line) for line in (DATA / "incidents.jsonl").read_text().splitlines()]
EXPECTED = json.loads((DATA / "expected_examples.json").read_text())["records"]


def taken(document: dict[str, Any], *, history: bool = True) -> Incident:
    return import_document(document, history=history, by=None, now=NOW).incident


@pytest.mark.django_db
def test_all_real_incidents_are_imported_as_history_by_the_command() -> None:
    files = [*sorted((DATA / "worked").glob("*.json")), DATA / "incidents.jsonl"]
    out = StringIO()
    call_command("import_incidents", *map(str, files), "--history", stdout=out)
    assert out.getvalue() == "169 imported, 0 already there.\n"
    assert Incident.objects.filter(history=True, status="closed").count() == 169
    again = StringIO()
    call_command("import_incidents", *map(str, files), "--history", stdout=again)
    assert again.getvalue() == "0 imported, 169 already there.\n"


@pytest.mark.django_db
@pytest.mark.parametrize("record", EXPECTED, ids=[record["id"] for record in EXPECTED])
def test_figures_and_requirement_are_those_derived_independently(record: dict[str, Any]) -> None:
    known = {document["external_id"]: document for document in [*WORKED, *LINES]}
    document = known.get(record["id"]) or known[f"worked-{record['id']}"]
    incident = taken(document)
    figures = metrics_of(incident, NOW).as_seconds()
    assert figures == {
        "time_to_detect": record["ttd_s"],
        "time_to_declare": record["time_to_declare_s"],
        "time_to_mitigate": record["mttm_s"],
        "time_to_resolve": record["mttr_s"],
        "duration": record["total_duration_s"],
    }
    assert incident.requirement_level == record["after_action"]


@pytest.mark.django_db
@pytest.mark.parametrize("document", [*WORKED, *LINES[::12]], ids=lambda document: document["external_id"])
def test_an_export_imported_elsewhere_and_exported_again_is_byte_for_byte_the_same(
    document: dict[str, Any],
) -> None:
    Person.objects.create_user("someone@majorops.example", full_name="Someone Here")
    first = json.dumps(export_document(taken(document)))
    elsewhere = {**json.loads(first), "external_id": "elsewhere"}
    second = json.dumps({**export_document(taken(elsewhere)), "external_id": document["external_id"]})
    assert second == first


@pytest.mark.django_db
def test_the_same_document_again_changes_nothing_and_another_one_is_refused() -> None:
    first = import_document(WORKED[0], history=True, by=None, now=NOW)
    again = import_document(WORKED[0], history=True, by=None, now=NOW)
    assert (first.created, again.created, again.incident) == (True, False, first.incident)
    assert last_entry("imported as history") == (None, {"external_id": [None, WORKED[0]["external_id"]]})
    assert not import_document(export_document(first.incident), history=True, by=None, now=NOW).created
    with pytest.raises(RuleViolation, match="already has this external_id"):
        import_document({**WORKED[0], "title": "Another title"}, history=True, by=None, now=NOW)
    assert Incident.objects.count() == 1


@pytest.mark.django_db
def test_bad_input_names_the_path_and_nothing_is_half_written() -> None:
    bad = json.loads(json.dumps(WORKED[0]))
    bad["timeline"][3]["at"] = "2017-11-30T09:00:00"
    bad["colour"] = "red"
    with pytest.raises(BadInput) as refused:
        import_document(bad, history=True, by=None, now=NOW)
    assert {problem.path for problem in refused.value.problems} == {"timeline[3].at", "colour"}
    assert not Incident.objects.exists()


@pytest.mark.django_db
def test_one_bad_line_and_the_command_imports_nothing(tmp_path: Path) -> None:
    lines = [json.dumps(LINES[0]), json.dumps({**LINES[1], "severity": "p1"})]
    file = tmp_path / "two.jsonl"
    file.write_text("\n".join(lines))
    with pytest.raises(CommandError, match=r"two\.jsonl:2: severity: "):
        call_command("import_incidents", str(file), "--history")
    assert not Incident.objects.exists()


@pytest.mark.django_db
def test_a_repeat_is_linked_when_the_incident_that_it_names_arrives() -> None:
    repeat = next(document for document in LINES if document["repeat_of"])
    earlier = next(document for document in LINES if document["external_id"] == repeat["repeat_of"])
    later = taken(repeat)
    assert (later.repeat_of, later.requirement_level) == (None, "mandatory")
    before = taken(earlier)
    later.refresh_from_db()
    assert later.repeat_of == before
    assert last_entry("linked the repeat") == (None, {"repeat_of": [None, before.reference]})


@pytest.mark.django_db
def test_an_incident_that_ended_without_a_captured_close_has_no_duration() -> None:
    document = next(document for document in LINES if document["external_id"] == "zalando-2019-01-07-dns")
    ended = taken(document)
    assert (ended.status, ended.closed_at, metrics_of(ended, NOW).duration.seconds) == ("closed", None, None)
    running = taken({**document, "external_id": "running"}, history=False)
    assert running.status != "closed"


@pytest.mark.django_db
def test_an_export_takes_the_same_statements_for_a_short_and_a_long_record() -> None:
    short = json.loads(json.dumps(WORKED[0]))
    short.update(external_id="short", timeline=short["timeline"][:2])
    counts = []
    for document in (short, WORKED[0]):
        incident = Incident.objects.get(pk=taken(document).pk)
        with CaptureQueriesContext(
            connection,
        ) as statements:
            export_document(incident)
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_one_document_delivered_twenty_times_at_once_makes_one_incident() -> None:
    def deliver(_: int) -> tuple[str, bool]:
        try:
            imported = import_document(WORKED[1], history=True, by=None, now=NOW)
            return imported.incident.reference, imported.created
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(deliver, range(20)))
    assert len({reference for reference, _ in answers}) == 1
    assert [created for _, created in answers].count(True) == 1
    assert Incident.objects.count() == 1
    assert TimelineEvent.objects.count() == len(WORKED[1]["timeline"])


@pytest.mark.django_db
@pytest.mark.parametrize("record", EXPECTED, ids=[record["id"] for record in EXPECTED])
def test_history_shows_the_deadlines_that_held_then(record: dict[str, Any]) -> None:
    known = {document["external_id"]: document for document in [*WORKED, *LINES]}
    incident = taken(known.get(record["id"]) or known[f"worked-{record['id']}"])
    rows = {row.kind: row for row in Obligation.objects.filter(incident=incident)}
    if record["after_action"] == "not_required" or incident.closed_at is None:
        assert not rows
        return
    assert {row.state for row in rows.values()} == {"history"}
    assert rows["schedule"].due_at == datetime.fromisoformat(record["schedule_by_utc"])
    if record.get("hold_by") is not None:
        assert rows["hold"].due_on.isoformat() == record["hold_by"]
    assert not Notice.objects.exists()
