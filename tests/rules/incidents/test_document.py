import copy
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.exchange.document import check_document
from incidents.vocabulary import CommandRole, Severity
from majorops.strict_json import read_json
from tests.rules.incidents.records import clock, documents

KNOWN = documents()
LEAST = {"format": "majorops.incident/1", "external_id": "one", "title": "Payments down", "severity": "high"}
AT = "2026-03-03T14:05:00+01:00"
BEFORE = "2026-03-03T14:00:00+01:00"
FULL = {
    **LEAST,
    "source_url": "https://example.org/reports/one",
    "organisation": "Example",
    "time_zone": "Europe/Berlin",
    "tags": ["payments"],
    "summary": ["Payments failed for an hour"],
    "restricted": True,
    "milestones": {"opened": AT, "closed": BEFORE, "alert_fired": None},
    "impact": {"external": False, "customers_affected": 0, "regulatory_exposure": None},
    "unusual_factors": None,
    "repeat_of": "zero",
    "is_repeat": True,
    "services": [{"name": "Payments", "owner": "kim"}],
    "people": [{"key": "kim", "name": "Kim", "email": "kim@example.org"}, {"key": "probe", "name": "Probe"}],
    "command": [{"role": "mim", "person": "kim", "from": BEFORE, "until": AT}],
    "phases": [{"phase": "declared", "entered_at": AT, "by": "kim"}],
    "timeline": [
        {
            "at": AT,
            "logged_at": AT,
            "kind": "action",
            "by": "probe",
            "text": "Probe fails",
            "evidence_url": None,
        }
    ],
    "tracks": [
        {"name": "Database", "service": "Payments", "lead": "kim", "opened_at": BEFORE, "closed_at": AT}
    ],
    "stakeholder_communications": [{"at": AT, "by": None, "text": "Board told"}],
    "status_updates": [{"at": AT, "audience": "public", "channel": "page", "text": "We are on it"}],
    "vendors": [
        {
            "name": "Supplier",
            "engaged_at": BEFORE,
            "responded_at": AT,
            "response_sla_minutes": 30,
            "rca": {"status": "requested", "follow_up_on": "2026-03-20"},
        }
    ],
    "mtms": [
        {
            "number": 1,
            "started_at": BEFORE,
            "ended_at": AT,
            "attendees": ["kim"],
            "notes": {"attendance": "Two", "next_mtm": None},
            "actions": [
                {"title": "Call the supplier", "owner": "kim", "due_on": "2026-03-04", "status": "open"}
            ],
            "severity_confirmed": "critical",
            "next_at": AT,
            "cadence_minutes": 30,
        }
    ],
    "review": {
        "root_cause": {"failure": "a full disk", "contributing_factors": ["No alarm on it"]},
        "went_well": ["Quick call"],
        "changes": ["Alarm on disks"],
        "learning_statements": [],
        "action_items": [{"title": "Add the alarm", "owner": "Engineers", "due_on": None, "status": "open"}],
    },
}


def problems(raw):
    return {problem.path: problem.message for problem in check_document(raw).problems}


def changed(path, value):
    raw = copy.deepcopy(FULL)
    place = raw
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return raw


@pytest.mark.parametrize("external_id", sorted(KNOWN))
def test_every_real_document_is_taken(external_id):
    checked = check_document(KNOWN[external_id])

    assert checked.problems == ()
    assert checked.document is not None
    assert checked.document.title == KNOWN[external_id]["title"]


def test_the_least_document_is_taken_and_everything_else_is_not_captured():
    document = check_document(LEAST).document

    assert document is not None
    assert document.severity is Severity.HIGH
    assert document.milestones.opened is None
    assert document.impact.external is None
    assert document.impact.customers_affected is None
    assert (document.tags, document.time_zone, document.review) == (None, None, None)
    assert document.timeline == ()


def test_a_full_document_is_taken_as_it_is():
    document = check_document(FULL).document

    assert document is not None
    assert document.command[0].role is CommandRole.MIM
    assert document.command[0].until_at == clock("14:05")
    assert document.impact.external is False
    assert document.impact.customers_affected == 0
    assert document.mtms[0].notes.attendance == "Two"
    assert document.milestones.closed < document.milestones.opened


@pytest.mark.parametrize(
    ("path", "value", "at", "says"),
    [
        (("format",), "majorops.incident/2", "format", "majorops.incident/1"),
        (("external_id",), None, "external_id", "required"),
        (("title",), "x" * 301, "title", "300"),
        (("title",), " ", "title", "empty"),
        (("title",), "two\nlines", "title", "one line"),
        (("title",), 5, "title", "text"),
        (("severity",), "urgent", "severity", "critical, high, medium, low"),
        (("severity",), ["high"], "severity", "critical"),
        (("time_zone",), "Berlin", "time_zone", "IANA"),
        (("time_zone",), "../etc/passwd", "time_zone", "IANA"),
        (("source_url",), "javascript:alert(1)", "source_url", "https://"),
        (("restricted",), "yes", "restricted", "true or false"),
        (("colour",), "red", "colour", "not known"),
        (("milestones", "open"), AT, "milestones.open", "opened"),
        (("milestones", "opened"), "2026-03-03T14:05:00", "milestones.opened", "offset"),
        (("milestones", "opened"), "2026-02-30T14:05:00Z", "milestones.opened", "no such date"),
        (("milestones", "opened"), "0001-01-01T00:00:00+14:00", "milestones.opened", "year"),
        (("milestones", "opened"), 1772543100, "milestones.opened", "ISO 8601"),
        (("milestones", "opened"), "2026-03-03", "milestones.opened", "ISO 8601"),
        (("milestones",), [], "milestones", "object"),
        (("impact", "external"), 1, "impact.external", "true or false"),
        (("impact", "customers_affected"), True, "impact.customers_affected", "whole number"),
        (("impact", "customers_affected"), 5.0, "impact.customers_affected", "fraction"),
        (("impact", "customers_affected"), "5", "impact.customers_affected", "whole number"),
        (("impact", "customers_affected"), -1, "impact.customers_affected", "between 0"),
        (("impact", "customers_affected"), 10**400, "impact.customers_affected", "between 0"),
        (("impact", "customers_affected"), math.nan, "impact.customers_affected", "NaN"),
        (("impact", "customers_affected"), math.inf, "impact.customers_affected", "infinite"),
        (("impact", "business"), "a\x00b", "impact.business", "NUL"),
        (("impact", "business"), "a\ud800b", "impact.business", "half a character"),
        (("repeat_of",), "one", "repeat_of", "itself"),
        (("services",), {}, "services", "list"),
        (("services", 0, "owner"), "nobody", "services[0].owner", "list of people"),
        (("people",), [*FULL["people"], {"key": "kim", "name": "Kim"}], "people[2].key", "twice"),
        (("people", 0, "email"), "kim", "people[0].email", "e-mail"),
        (("command", 0, "role"), "king", "command[0].role", "mim"),
        (("command", 0, "person"), None, "command[0].person", "required"),
        (("command", 0, "until"), "2026-03-03T13:59:59+01:00", "command[0].until", "before its start"),
        (("phases", 0, "by"), "nobody", "phases[0].by", "list of people"),
        (("timeline", 0, "at"), None, "timeline[0].at", "required"),
        (("timeline", 0, "kind"), "thought", "timeline[0].kind", "decision"),
        (("timeline", 0, "evidence_url"), "file:///etc/passwd", "timeline[0].evidence_url", "https://"),
        (("timeline", 0), "text", "timeline[0]", "object"),
        (("tracks", 0, "closed_at"), "2026-03-03T13:00:00+01:00", "tracks[0].closed_at", "before its start"),
        (("status_updates", 0, "audience"), "all", "status_updates[0].audience", "internal, public"),
        (
            ("vendors", 0, "responded_at"),
            "2026-03-03T12:59:59Z",
            "vendors[0].responded_at",
            "before its start",
        ),
        (("vendors", 0, "rca", "follow_up_on"), "soon", "vendors[0].rca.follow_up_on", "date"),
        (("mtms", 0, "ended_at"), "2026-03-03T12:59:59Z", "mtms[0].ended_at", "before its start"),
        (("mtms", 0, "attendees"), ["kim", "kim"], "mtms[0].attendees[1]", "twice"),
        (("mtms", 0, "attendees"), ["nobody"], "mtms[0].attendees[0]", "list of people"),
        (("mtms", 0, "number"), 0, "mtms[0].number", "between 1"),
        (("mtms", 0, "actions", 0, "owner"), "nobody", "mtms[0].actions[0].owner", "list of people"),
        (("mtms", 0, "notes", "weather"), "fine", "mtms[0].notes.weather", "not known"),
        (("review", "root_cause", "cause"), "x", "review.root_cause.cause", "not known"),
        (("review", "action_items", 0, "status"), "maybe", "review.action_items[0].status", "open"),
    ],
)
def test_a_problem_is_named_with_its_path_and_the_way_out(path, value, at, says):
    found = problems(changed(path, value))

    assert list(found) == [at]
    assert says in found[at]


def test_two_mtms_of_one_number_are_refused():
    raw = copy.deepcopy(FULL)
    raw["mtms"].append({"number": 1})

    assert list(problems(raw)) == ["mtms[1].number"]


def test_every_problem_is_named_at_once():
    raw = {
        **LEAST,
        "severity": "urgent",
        "timeline": [{"at": "noon", "kind": "action", "text": "x"}],
        "colour": 1,
    }

    assert set(problems(raw)) == {"severity", "timeline[0].at", "colour"}


def test_milestones_out_of_order_are_facts_and_no_problem():
    raw = {**LEAST, "milestones": {"opened": AT, "mitigated": BEFORE, "closed": BEFORE}}

    assert problems(raw) == {}


@pytest.mark.parametrize("raw", [None, [], "text", 5, True])
def test_what_is_no_object_is_refused(raw):
    assert list(problems(raw)) == [""]


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([AT, "kim"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(FULL)), junk, max_size=8))
def test_any_json_is_answered_by_a_document_or_by_problems_that_can_be_shown(parts):
    checked = check_document({**FULL, **parts})

    assert (checked.document is None) == bool(checked.problems)
    json.dumps([[problem.path, problem.message] for problem in checked.problems], ensure_ascii=False).encode()


def test_an_unknown_key_that_cannot_be_written_is_named_all_the_same():
    (path,) = problems({**LEAST, "a\x00\ud800": 1})

    assert path == "a\\x00\\ud800"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"\xff", "UTF-8"),
        (b"{", "line 1, column"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": -Infinity}', "Infinity"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": ' + b"9" * 5000 + b"}", "digits"),
        (b"[" * 100_000, "deeply"),
    ],
)
def test_text_that_is_not_json_as_we_take_it_is_refused_with_a_sentence(body, says):
    value, found = read_json(body)

    assert value is None
    assert says in found[0].message


def test_json_is_read_with_and_without_a_byte_order_mark():
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == ({"a": 1}, ())
    assert read_json('{"a": 1}') == ({"a": 1}, ())
