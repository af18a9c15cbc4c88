"""The audit as a call and as a page: who reads it, what of it, filtered, in pages and as CSV."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from afteractions.models import AfterAction
from afteractions.queries.audit import AuditFilters, audit_entries
from majorops import clock
from majorops.audit import roads, trail
from majorops.audit.models import AuditEntry
from majorops.audit.roads import Road, of_address
from majorops.people.models import Person
from tests.api.caller import Caller
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db
COLUMNS = ["id", "at", "by", "road", "verb", "subject_kind", "subject", "before", "after", "reason"]
PAGE = "/administration/audit/"


def rows(caller: Caller, **filters: Any) -> list[dict[str, Any]]:
    answer = caller.get("audit/", **filters)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def page(person: Person, query: str = "") -> str:
    browser = Client()
    browser.force_login(person)
    answer = browser.get(f"{PAGE}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_entry_says_who_did_what_to_what_from_what_to_what_and_by_which_road(
    mim: Caller, auditor: Caller, aa: str
) -> None:
    reference = AfterAction.objects.get(reference=aa).incident.reference
    everything = rows(auditor, subject=reference)
    assert [list(row) for row in everything[:1]] == [COLUMNS]
    assert {row["road"] for row in everything} == {"api"}
    declared = everything[-1]
    assert (declared["by"], declared["subject_kind"], declared["subject"]) == (
        mim.person.email,
        "incident",
        reference,
    )
    closed = next(row for row in everything if row["verb"] == "closed")
    assert (closed["subject_kind"], closed["subject"]) == ("milestone", reference)
    assert closed["before"]["closed_at"] is None
    assert {row["subject_kind"] for row in rows(auditor, subject=aa)} >= {"afteraction"}
    assert len(rows(auditor, subject=aa)) < len(everything)
    assert rows(auditor, by=mim.person.email, verb=declared["verb"], subject=reference) == [declared]


def test_the_road_is_that_of_the_shell(auditor: Caller, administrator: Caller) -> None:
    browser = Client()
    browser.force_login(administrator.person)
    browser.post("/me/", {"time_zone": "Asia/Tokyo"})
    with roads.on(Road.COMMAND):
        trail.record("looked after", administrator.person, by=None, at=clock.now())
    trail.record("went round", administrator.person, by=None, at=clock.now())
    found = {row["verb"]: row["road"] for row in rows(auditor, subject=administrator.person.email)}
    assert (found["changed"], found["looked after"], found["went round"]) == ("page", "command", "system")
    assert [row["verb"] for row in rows(auditor, by="system")][:2] == ["went round", "looked after"]
    assert [
        of_address(path) for path in ("/accounts/login/", "/scim/v2/Users", "/api/v1/audit/", "/me/")
    ] == [
        Road.SIGN_IN,
        Road.SCIM,
        Road.API,
        Road.PAGE,
    ]


def test_of_a_restricted_incident_only_those_read_who_may_know_of_it(
    mim: Caller, administrator: Caller, auditor: Caller, reference: str
) -> None:
    hidden = mim.made("incidents/", {"title": "A quiet one", "severity": "low", "restricted": True})[
        "reference"
    ]
    mim.made(f"incidents/{reference}/repeat-of/", {"reference": hidden, "reason": "The same cause"})
    assert rows(auditor, subject=hidden)
    assert rows(administrator, subject=hidden) == []
    repeats = {row["after"].get("repeat_of") for row in rows(administrator, subject=reference)}
    assert repeats >= {"an incident that you may not see"}
    for text in (administrator.get("audit/").content.decode(), page(administrator.person)):
        assert reference in text
        assert hidden not in text
    assert hidden in page(auditor.person)


def test_csv_has_the_same_columns_and_rows(auditor: Caller, administrator: Caller) -> None:
    person = a_person("=cmd()")
    trail.record("said to be away", person, by=administrator.person, at=clock.now(), reason="=1+1")
    query = {"subject": person.email}
    listed = rows(auditor, **query)
    answer = auditor.client.get("/api/v1/audit/", query, headers={"Accept": "text/csv"})
    assert answer["Content-Type"].startswith("text/csv")
    sent = answer.getvalue()
    table = list(csv.reader(io.StringIO(sent.decode("utf-8-sig"))))
    assert table[0] == COLUMNS
    assert [line[0] for line in table[1:]] == [str(row["id"]) for row in listed]
    assert table[1][-1] == "'=1+1"
    assert "CSV" in page(auditor.person)
    browser = Client()
    browser.force_login(auditor.person)
    assert browser.get(f"{PAGE}?format=csv&subject={person.email}").getvalue() == sent


def test_it_is_filtered_by_time_and_comes_in_pages_of_fifty(auditor: Caller) -> None:
    person, now = a_person(), clock.now()
    for hours in range(60):
        trail.record("was seen", person, by=None, at=now - timedelta(hours=hours))
    first = auditor.get("audit/", subject=person.email).json()
    assert len(first["results"]) == 50
    second = auditor.client.get(first["next"]).json()
    keys = [row["id"] for row in first["results"] + second["results"]]
    assert (len(keys), keys) == (60, sorted(keys, reverse=True))
    half = (now - timedelta(hours=9, minutes=30)).isoformat()
    assert len(rows(auditor, subject=person.email, since=half)) == 10
    assert len(rows(auditor, subject=person.email, since=half, until=half)) == 0
    assert len(rows(auditor, verb="was seen", until="2020-01-01")) == 0
    wrong = auditor.get("audit/", since="last week")
    assert (wrong.status_code, wrong.json()["errors"][0]["path"]) == (400, "since")
    browser = Client()
    browser.force_login(auditor.person)
    assert browser.get(f"{PAGE}?since=yesterday").status_code == 400
    assert 'rel="next"' in page(auditor.person)


@pytest.mark.parametrize("kind", ["incident", "person"])
def test_the_entries_of_one_subject_are_read_by_an_index(kind: str, auditor: Caller, reference: str) -> None:
    subject = reference if kind == "incident" else auditor.person.email
    entries = audit_entries(auditor.person, AuditFilters(subject=subject or "")).order_by("-id")[:51]
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=clock.now(), verb="logged", subject_type="incidents.track", subject_id=str(n), scope=f"INC-{n}"
        )
        for n in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_auditentry")
        cursor.execute(f"EXPLAIN {entries.query.sql_with_params()[0]}", entries.query.sql_with_params()[1])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert f"audit_by_{'scope' if kind == 'incident' else 'subject'}" in plan
    assert "Sort" not in plan
