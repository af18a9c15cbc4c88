"""What all calls share: sign-in, the one shape of an error, versions, keys that make a call happen once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from incidents.models import Incident, TimelineEvent
from majorops.people.models import Person
from majorops.web.api.viewsets import forget_kept_answers
from majorops.web.models import KeptAnswer
from tests.api.caller import ROOT, Caller, paths
from tests.factories.people import PASSWORD, a_mim, an_auditor

pytestmark = pytest.mark.django_db


def is_an_error(answer: Any) -> bool:
    """Whether an answer is `{"detail": SENTENCE, "errors": [{"path", "message"}]}`."""
    body = answer.json()
    return (
        isinstance(body["detail"], str)
        and bool(body["detail"])
        and all(set(problem) == {"path", "message"} and problem["message"] for problem in body["errors"])
    )


@pytest.mark.parametrize(
    "path", ["incidents/", "incidents/INC-1/", "people/", "schema/", "nothing/of/that/name/"]
)
def test_without_a_sign_in_nothing_is_answered(client: Client, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer mo_wrong"}, {"Authorization": "Bearer"}):
        answer = client.get(ROOT + path, headers=headers)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert is_an_error(answer)


def test_a_browser_session_may_call_with_its_csrf_token(reference: str) -> None:
    person = a_mim()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get(f"{ROOT}incidents/").status_code == 200
    path, body = f"{ROOT}incidents/{reference}/events/", json.dumps({"kind": "action", "text": "x"})
    refused = browser.post(path, body, content_type="application/json")
    assert refused.status_code == 403
    assert is_an_error(refused)
    browser.get("/accounts/logout/")
    token = browser.cookies["csrftoken"].value
    allowed = browser.post(path, body, content_type="application/json", headers={"X-CSRFToken": token})
    assert allowed.status_code == 201


def test_a_disabled_account_is_out_at_once(mim: Caller) -> None:
    mim.person.is_active = False
    mim.person.save()
    assert mim.get("incidents/").status_code == 401


def test_what_is_no_call_is_absent_in_the_same_shape(mim: Caller) -> None:
    for answer in (
        mim.get("nothing/"),
        mim.get("incidents/INC-NONE/"),
        mim.post("incidents/INC-NONE/shout/"),
    ):
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/json"
        assert is_an_error(answer)


def test_a_method_that_a_call_does_not_have_is_refused(mim: Caller, reference: str) -> None:
    answer = mim.client.delete(f"{ROOT}incidents/{reference}/")
    assert answer.status_code == 405
    assert is_an_error(answer)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe",
        b"nonsense",
        b'{"title": NaN, "severity": "low"}',
        b'{"title": 1e999, "severity": "low"}',
        b'{"title": "a", "title": "b", "severity": "low"}',
        b"[" * 100_000,
        b'{"title": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: str(body[:20]),
)
def test_what_is_no_json_is_refused_as_a_whole(mim: Caller, body: bytes) -> None:
    answer = mim.client.post(f"{ROOT}incidents/", body, content_type="application/json")
    assert answer.status_code == 400
    assert is_an_error(answer)
    assert paths(answer) == ([""] if body else ["title", "severity"])


@pytest.mark.parametrize("body", [[], "text", 5, True, None])
def test_a_body_that_is_no_object_is_refused_as_a_whole(mim: Caller, reference: str, body: Any) -> None:
    for path in ("incidents/", f"incidents/{reference}/events/", "incidents/import/"):
        answer = mim.client.post(ROOT + path, json.dumps(body), content_type="application/json")
        assert (answer.status_code, paths(answer)) == (400, [""])


def test_other_media_types_are_refused(mim: Caller, reference: str) -> None:
    for path in ("incidents/", "incidents/import/", f"incidents/{reference}/close/"):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
            answer = mim.client.post(ROOT + path, "title=x", content_type=kind)
            assert answer.status_code == 415
            assert is_an_error(answer)


def test_keys_that_are_not_known_are_refused_by_name(mim: Caller) -> None:
    answer = mim.post(
        "incidents/",
        {
            "titel": "x",
            "title": "x",
            "severity": "low",
            "impact": {"customers": 5},
            "milestones": {"begun": None},
        },
    )
    assert answer.status_code == 400
    assert sorted(paths(answer)) == ["impact.customers", "milestones.begun", "titel"]
    assert "Did you mean title?" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", 5),
        ("title", ""),
        ("title", "  "),
        ("title", None),
        ("title", "x" * 301),
        ("title", "a\x00b"),
        ("title", "\ud800"),
        ("severity", "P1"),
        ("severity", ["low"]),
        ("severity", None),
        ("time_zone", "Mars/Olympus"),
        ("services", "Billing"),
        ("services", {"name": "Billing"}),
        ("restricted", "yes"),
        ("restricted", 1),
        ("mim", 5),
        ("milestones", []),
        ("impact", "big"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_at_its_place(mim: Caller, key: str, value: Any) -> None:
    answer = mim.post("incidents/", {"title": "x", "severity": "low", key: value})
    assert (answer.status_code, paths(answer)) == (400, [key])
    assert is_an_error(answer)
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"impact": {"customers_affected": -1}}, "impact.customers_affected"),
        ({"impact": {"customers_affected": 10**30}}, "impact.customers_affected"),
        ({"impact": {"customers_affected": 1.5}}, "impact.customers_affected"),
        ({"impact": {"customers_affected": "5"}}, "impact.customers_affected"),
        ({"impact": {"external": "true"}}, "impact.external"),
        ({"impact": {"business": "a\x00b"}}, "impact.business"),
        ({"milestones": {"alert_fired": "2026-03-03T14:05:00"}}, "milestones.alert_fired"),
        ({"milestones": {"alert_fired": "2126-03-03T14:05:00Z"}}, "milestones.alert_fired"),
        ({"services": ["Billing", 5]}, "services[1]"),
        ({"services": ["Billing", {"title": "x"}]}, "services[1].title"),
        ({"services": ["Billing", ""]}, "services"),
    ],
)
def test_a_path_leads_into_the_body(mim: Caller, body: dict[str, Any], place: str) -> None:
    answer = mim.post("incidents/", {"title": "x", "severity": "low", **body})
    assert answer.status_code == 400
    assert paths(answer)[0].startswith(place)
    assert not Incident.objects.exists()


def test_who_only_reads_is_refused_what_changes(auditor: Caller, mim: Caller, reference: str) -> None:
    assert auditor.get(f"incidents/{reference}/").status_code == 200
    for path in (
        "incidents/",
        "incidents/import/",
        *(
            f"incidents/{reference}/{verb}/"
            for verb in (
                "events",
                "phases",
                "milestones",
                "impact",
                "status-updates",
                "command",
                "tracks",
                "severity",
                "vendors",
                "mtms",
                "mtm-decision",
                "handover",
                "close",
                "reopen",
                "repeat-of",
                "not-a-repeat-of",
            )
        ),
    ):
        answer = auditor.post(path, {})
        assert answer.status_code == 403, path
        assert is_an_error(answer)


def test_a_responder_records_and_does_not_command(responder: Caller, reference: str) -> None:
    for verb, body in (
        ("close", {}),
        ("severity", {"severity": "low", "reason": "x"}),
        ("repeat-of", {"reference": None, "reason": "x"}),
        ("not-a-repeat-of", {"reference": reference}),
        ("milestones", {"kind": "closed"}),
    ):
        assert responder.post(f"incidents/{reference}/{verb}/", body).status_code == 403


def test_an_administrator_may_do_every_verb(administrator: Caller, reference: str) -> None:
    assert administrator.post(f"incidents/{reference}/close/").status_code == 200
    assert administrator.post(f"incidents/{reference}/reopen/", {"reason": "x"}).status_code == 200


def test_a_restricted_incident_is_absent_for_those_outside(
    mim: Caller, responder: Caller, administrator: Caller, auditor: Caller
) -> None:
    body = {"title": "Secret breach", "severity": "low", "restricted": True}
    reference = mim.made("incidents/", body)["reference"]
    verbs = ("", "export/", "events/", "close/", "reopen/", "tracks/1/", "mtms/1/summary/")
    for outsider in (responder, administrator):
        for verb in verbs:
            path = f"incidents/{reference}/{verb}"
            answer = outsider.get(path) if verb in ("", "export/") else outsider.post(path, {})
            nothing = outsider.get("incidents/INC-NONE/")
            assert answer.status_code == 404
            assert answer.json()["detail"].replace(reference, "INC-NONE") == nothing.json()["detail"]
        assert reference not in outsider.get("incidents/").content.decode()
        assert outsider.get("incidents/", search="breach").json()["results"] == []
        own = outsider.made("incidents/", {"title": "Mine", "severity": "low"})["reference"]
        linked = outsider.post(f"incidents/{own}/repeat-of/", {"reference": reference, "reason": "x"})
        assert (linked.status_code, paths(linked)) == (400, ["reference"])
    for insider in (mim, auditor):
        assert insider.get(f"incidents/{reference}/").status_code == 200
    let_in = {"role": "scribe", "person": responder.person.email}
    mim.made(f"incidents/{reference}/command/", let_in)
    assert responder.get(f"incidents/{reference}/").status_code == 200


def test_a_repeat_does_not_name_an_incident_that_may_not_be_known(mim: Caller, responder: Caller) -> None:
    earlier = mim.made("incidents/", {"title": "Breach", "severity": "low", "restricted": True})["reference"]
    later = mim.made("incidents/", {"title": "Open to all", "severity": "low"})["reference"]
    linked = mim.made(f"incidents/{later}/repeat-of/", {"reference": earlier, "reason": "Same hole"})
    assert linked["repeat_of"] == earlier
    seen = responder.get(f"incidents/{later}/")
    assert (seen.json()["is_repeat"], seen.json()["repeat_of"]) == (True, None)
    assert earlier not in seen.content.decode()
    assert earlier not in responder.get("incidents/").content.decode()


def test_if_match_is_honoured_where_it_is_sent(mim: Caller, reference: str) -> None:
    read = mim.get(f"incidents/{reference}/")
    path, body = f"incidents/{reference}/events/", {"kind": "action", "text": "x"}
    first = mim.post(path, body, If_Match=read["ETag"])
    assert first.status_code == 201
    assert first["ETag"] == mim.get(f"incidents/{reference}/")["ETag"] != read["ETag"]
    stale = mim.post(path, body, If_Match=read["ETag"])
    assert stale.status_code == 412
    assert is_an_error(stale)
    assert mim.post(path, body, If_Match="*").status_code == 201
    assert (
        mim.post(path, body, If_Match=f'"other", {mim.get(f"incidents/{reference}/")["ETag"]}').status_code
        == 201
    )
    assert TimelineEvent.objects.count() == 3


def test_if_match_is_honoured_by_what_says_more_of_an_entry(mim: Caller, reference: str) -> None:
    opened = mim.post(f"incidents/{reference}/tracks/", {"name": "Database"})
    path = f"incidents/{reference}/tracks/{opened.json()['id']}/"
    assert mim.post(path, {"outcome": "x"}, If_Match=opened["ETag"]).status_code == 200
    assert mim.post(path, {"outcome": "y"}, If_Match=opened["ETag"]).status_code == 412


def test_the_same_key_happens_once_and_is_answered_alike(mim: Caller, reference: str) -> None:
    path, body = f"incidents/{reference}/events/", {"kind": "action", "text": "Failover"}
    answers = [mim.post(path, body, Idempotency_Key="k-1") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len({answer["ETag"] for answer in answers}) == 1
    assert TimelineEvent.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(mim: Caller, reference: str) -> None:
    path = f"incidents/{reference}/events/"
    mim.made(path, {"kind": "action", "text": "Failover"}, Idempotency_Key="k-1")
    answer = mim.post(path, {"kind": "action", "text": "Another"}, Idempotency_Key="k-1")
    assert answer.status_code == 422
    assert paths(answer) == ["Idempotency-Key"]
    assert TimelineEvent.objects.count() == 1


def test_a_key_belongs_to_its_caller_and_its_call(mim: Caller, responder: Caller, reference: str) -> None:
    path = f"incidents/{reference}/events/"
    for caller in (mim, responder):
        caller.made(path, {"kind": "action", "text": "Failover"}, Idempotency_Key="k-1")
    mim.made(f"incidents/{reference}/phases/", {"phase": "mitigating"}, Idempotency_Key="k-1")
    assert TimelineEvent.objects.count() == 2


def test_a_refused_call_may_be_sent_again_with_its_key(mim: Caller, reference: str) -> None:
    path, body = f"incidents/{reference}/reopen/", {"reason": "It is back"}
    assert mim.post(path, body, Idempotency_Key="k-1").status_code == 409
    assert not KeptAnswer.objects.exists()
    mim.made(f"incidents/{reference}/close/")
    assert mim.post(path, body, Idempotency_Key="k-1").status_code == 200


def test_a_key_must_be_a_text_that_can_be_kept(mim: Caller, reference: str) -> None:
    for key in ("", "k" * 201):
        answer = mim.post(f"incidents/{reference}/close/", {}, Idempotency_Key=key)
        assert (answer.status_code, paths(answer)) == (400, ["Idempotency-Key"])


def test_kept_answers_are_forgotten_after_a_week(mim: Caller, reference: str) -> None:
    mim.made(f"incidents/{reference}/close/", Idempotency_Key="k-1")
    assert forget_kept_answers(timezone.now() + timedelta(days=6)) == 0
    assert forget_kept_answers(timezone.now() + timedelta(days=8)) == 1


@pytest.mark.django_db(transaction=True)
def test_a_call_sent_twenty_times_at_once_happens_once() -> None:
    mim = Caller(a_mim())
    reference = mim.made("incidents/", {"title": "x", "severity": "low"})["reference"]
    path, body = f"incidents/{reference}/events/", {"kind": "action", "text": "Failover"}

    def send(_: int) -> tuple[int, bytes]:
        try:
            answer = mim.post(path, body, Idempotency_Key="at-once")
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(send, range(20)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert TimelineEvent.objects.count() == 1


def test_a_token_makes_a_hundred_calls_a_second_and_one_more_is_too_many(administrator: Caller) -> None:
    with time_machine.travel("2026-03-10T12:00:00Z", tick=False):
        statuses = [administrator.get("people/").status_code for _ in range(101)]
        one_more = administrator.get("people/")
    assert statuses == [200] * 100 + [429]
    assert is_an_error(one_more)
    assert int(one_more["Retry-After"]) >= 1


def test_people_are_listed_with_the_names_that_calls_take(mim: Caller, responder: Caller) -> None:
    people = mim.get("people/").json()["results"]
    assert [one["name"] for one in people] == sorted(one["name"] for one in people)
    assert {one["person"] for one in people} == {mim.person.email, responder.person.email}
    (found,) = mim.get("people/", search="sundaram").json()["results"]
    assert found["person"] == responder.person.email


def test_create_token_makes_the_person_and_prints_the_token_alone() -> None:
    out = StringIO()
    call_command("create_token", "New.Person@majorops.example", "--administrator", stdout=out)
    token = out.getvalue().removesuffix("\n")
    assert token.startswith("mo_")
    assert not set(token) & set(" \n")
    person = Person.objects.get(email="new.person@majorops.example")
    assert person.is_administrator
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get(f"{ROOT}incidents/")
    assert answer.status_code == 200
    again = StringIO()
    call_command("create_token", "new.person@majorops.example", stdout=again)
    assert again.getvalue() != out.getvalue()
    assert Person.objects.filter(email="new.person@majorops.example").count() == 1
    with pytest.raises(CommandError):
        call_command("create_token", "nobody")


def test_signing_in_needs_no_token_and_a_token_no_password() -> None:
    person = an_auditor()
    assert Client().login(email=person.email, password=PASSWORD)
    assert Caller(person).get("incidents/").status_code == 200
