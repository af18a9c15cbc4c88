"""Somebody who is signed in and has no part: what every verb of every page and call says, while an incident runs and
while its draft is not out. `test_access_matrix.py` asks the same of what is closed, distributed and restricted.

While an incident runs, whoever sees it records; command stays with those who have it. A draft that was never
distributed is read by those who write it, Auditors and administrators; attendees learn that it is not out yet.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from afteractions.access import can_read_draft
from afteractions.models import AfterAction
from afteractions.operations.enforcement.sweep import sweep
from majorops.notices.models import Notice
from majorops.people.models import Person
from majorops.web.api.envelope import CallerThrottle
from tests.factories.people import a_mim
from tests.web.access_audiences import PARTS, TIMES
from tests.web.access_bodies import call_for, form_for
from tests.web.access_calls import (
    ABSENT,
    OF_INCIDENTS,
    OURS,
    REFUSED,
    THROUGH,
    Asked,
    ask,
    client_of,
    expected,
    outcome,
    path_to,
    text_of,
)
from tests.web.access_cast import Thing, a_cast, outsiders
from tests.web.access_stages import ASKED, UNTOLD, Running, a_drafted_thing, a_running_thing

# What a draft that is not out does not have yet: messages, a status note, a revision.
NOT_YET = ("message", "status-note", "send_note", "settle", "notices:")
ABOUT_AN_INCIDENT = ("incidents:", "incidents-api:")
# Recorded by whoever takes part once it is over; while the incident runs, whoever commands it calls the meeting.
CALLED_BY_COMMAND = ("incidents:step/mtm", "incidents-api:incident-mtms")
# What differs from the same thing once it is out, for those who do not read the draft.
BEFORE_IT_IS_OUT = {
    **dict.fromkeys(
        (
            "afteractions-api:after-action-section GET",
            "afteractions-api:after-action-row GET",
            "afteractions-api:after-action-comments GET",
            "afteractions-api:after-action-comments POST",
            "afteractions-api:after-action-evidence-file GET",
            "afteractions:evidence_file GET",
            "afteractions:comment POST",
            # What is kept for those who write it.
            "afteractions-api:after-action-reading-list GET",
            "afteractions:reading_list GET",
            "afteractions:actions_review GET",
            "afteractions:rca GET",
            # The file and the thread are the owner's.
            "afteractions:withdraw_evidence POST",
            "afteractions:resolve POST",
        ),
        REFUSED,
    ),
    # No revision, and no item, comment or file of theirs to know of.
    **dict.fromkeys(
        (
            "afteractions-api:after-action-pdf GET",
            "afteractions-api:after-action-export GET",
            "afteractions-api:after-action-withdraw-evidence POST",
            "afteractions-api:comment-resolve POST",
            "afteractions:acknowledge POST",
            "afteractions:difference GET",
        ),
        ABSENT,
    ),
}
# A word of the draft, asked for in every way that there is.
ASKED_FOR = (
    f"/search/?q={UNTOLD}",
    f"/search/?q={UNTOLD}&kind=reviews",
    f"/search/?q={UNTOLD}&kind=actions",
    f"/search/?q={UNTOLD}&kind=comments",
    f"/search/suggestions/?q={UNTOLD}",
    f"/api/v1/search/?q={UNTOLD}",
    f"/api/v1/search/?q={UNTOLD}&kind=reviews",
    "/api/v1/comments/",
    "/api/v1/action-items/",
    "/actions/?whose=all&status=any",
    f"/library/?search={UNTOLD}",
    "/",
    "/insights/findings/",
    "/insights/anti-patterns/list/?months=24",
    "/insights/deadlines/list/?months=24",
    "/overdue/",
    "/overdue/?kind=vendor_item&format=csv",
    "/api/v1/obligations/?overdue=true&page_size=200",
    "/vendors/due/?whose=all",
    "/api/v1/vendors/?page_size=200",
)


class Stages:
    """A running incident and a draft, with those who ask of them."""

    def __init__(self) -> None:
        self.people: dict[str, Person | None] = outsiders()
        self.people["mim_of_others"] = a_mim("Juno Vale")
        cast = a_cast(manager=self.people["manager"])
        self.people |= {role: cast[role] for role in ("mim", "owner", "attendee", "trl", "action_owner")}
        self.draft: Thing = a_drafted_thing("jetty", cast)
        self.running: Running = a_running_thing("beacon", cast, self.draft)
        self.clients: dict[str, Client] = {role: client_of(person) for role, person in self.people.items()}


@pytest.fixture(scope="module")
def stages(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stages]:
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(CallerThrottle, "THROTTLE_RATES", {CallerThrottle.scope: None})
        yield Stages()
        transaction.set_rollback(True)


def of_running() -> list[Asked]:
    return [
        asked
        for asked in OURS
        if asked.rule.about and (asked.name.startswith(ABOUT_AN_INCIDENT) or asked.url.name in OF_INCIDENTS)
    ]


def of_draft() -> list[Asked]:
    return [
        asked
        for asked in OURS
        if asked.rule.about
        and not asked.rule.by_link
        and not asked.name.startswith(ABOUT_AN_INCIDENT)
        and not any(part in asked.name for part in NOT_YET)
        and asked.url.name != "api-nowhere"
    ]


def while_it_runs(asked: Asked, method: str) -> str:
    """What a stranger is told of a running incident: recording is everybody's who sees it, its severity is not."""
    if asked.name in CALLED_BY_COMMAND:
        return REFUSED
    if asked.rule.methods[method] in (PARTS, TIMES) and "severity" not in asked.name:
        return THROUGH
    return expected(asked.rule, method, "outsider", "own")


def before_it_is_out(asked: Asked, method: str, role: str) -> str:
    """What is said of a draft that was never distributed."""
    items = ("afteractions-api:action-item-", "afteractions:action")
    one_item = asked.name.startswith(items) and asked.url.name not in (
        "afteractions:actions_review",
        "afteractions:action_captured",
    )
    usual = expected(asked.rule, method, role, "own")
    if one_item:
        return ABSENT
    if method == "POST" and asked.name in ("afteractions:evidence", "afteractions-api:after-action-evidence"):
        # Whoever attends is asked for evidence before the draft is out; others once they may comment on it.
        return THROUGH if role == "attendee" else REFUSED
    return BEFORE_IT_IS_OUT.get(f"{asked.name} {method}", usual)


@pytest.mark.parametrize("asked", of_running(), ids=lambda asked: asked.name)
def test_a_stranger_records_and_does_not_command_while_it_runs(asked: Asked, stages: Stages) -> None:
    wrong = []
    path = path_to(asked, stages.running)
    for method in asked.rule.methods:
        body = body_for(asked, stages.running)
        answer = ask(stages.clients["outsider"], method, asked, path, body)
        got, wanted = outcome(answer), while_it_runs(asked, method)
        if got != wanted:
            wrong.append(f"{method}: {got} ({answer.status_code}), not: {wanted}")
        if got == REFUSED and method == "POST":
            # Whoever is refused reads who can.
            assert str(stages.running.cast.mim) in answer.text or "Major Incident Manager" in answer.text
    assert not wrong, wrong


@pytest.mark.parametrize("asked", of_draft(), ids=lambda asked: asked.name)
def test_whoever_does_not_read_the_draft_learns_nothing_of_it(asked: Asked, stages: Stages) -> None:
    wrong = []
    path = path_to(asked, stages.draft)
    for role in ("outsider", "attendee"):
        for method in asked.rule.methods:
            answer = ask(stages.clients[role], method, asked, path, body_for(asked, stages.draft))
            got, wanted = outcome(answer), before_it_is_out(asked, method, role)
            if got != wanted:
                wrong.append(f"{method}: {role} {got} ({answer.status_code}), not: {wanted}")
            if speaks_of_the_draft(answer.text):
                wrong.append(f"{method}: {role} reads of the draft")
    assert not wrong, wrong


@pytest.mark.parametrize("role", ["outsider", "attendee", "action_owner", "manager", "mim_of_others"])
def test_no_way_of_asking_tells_a_word_of_the_draft(role: str, stages: Stages) -> None:
    client = stages.clients[role]
    incident = stages.draft.incident.reference
    leaver = stages.draft.cast.action_owner
    left, called = f"/left-behind/{leaver.pk}/", f"/api/v1/left-behind/{leaver.email}/"
    vendor = f"/vendors/{stages.draft.engagement.vendor_id}/"
    ways = (*ASKED_FOR, vendor, f"/incidents/{incident}/history/", f"/api/v1/incidents/{incident}/export/")
    pages = {path: text_of(client.get(path)) for path in (*ways, left, called)}
    item = stages.draft.change.reference
    told = [path for path, page in pages.items() if speaks_of_the_draft(page) or item in page]
    assert told == []
    review = f"after-actions/{stages.draft.after_action.reference}/"
    shown = (
        f"/api/v1/{review}",
        *(f"/{review}{tab}/" for tab in ("deadlines", "evidence", "people", "history")),
    )
    pages |= {path: text_of(client.get(path)) for path in shown}
    assert any(ASKED in page for page in pages.values()) is (role == "attendee")
    if role == "manager":
        assert "One action item of a draft" in pages[left]
        assert '"action_items":[],"items_of_drafts":1' in pages[called].replace(" ", "")


def test_a_file_that_is_here_already_is_told_to_those_alone_who_may_read_it(stages: Stages) -> None:
    path = f"/api/v1/after-actions/{stages.draft.after_action.reference}/evidence/"
    content = bytes(stages.draft.evidence.content)
    with transaction.atomic():
        for role, status in (("attendee", 201), ("attendee", 409), ("trl", 409)):
            file = SimpleUploadedFile(f"{role}.log", content)
            answer = stages.clients[role].post(path, {"file": file})
            assert answer.status_code == status, role
            assert speaks_of_the_draft(answer.content.decode()) is (role == "trl")
        transaction.set_rollback(True)


def test_a_vendors_item_is_named_in_the_mails_of_whoever_follows_it_up_alone(stages: Stages) -> None:
    owner, manager = stages.draft.cast.owner, stages.people["manager"]
    deadline = stages.draft.incident.obligations.get(kind="vendor_item")
    with transaction.atomic():
        sweep(now=deadline.due_at + timedelta(days=4))
        about = Notice.objects.filter(about_type="obligation", about_id=deadline.pk, channel="mail")
        mails = {(each.recipient, f"{each.subject} {each.text}") for each in about}
        transaction.set_rollback(True)
    assert {who for who, _ in mails} > {owner, manager}
    for who, text in mails:
        assert speaks_of_the_draft(text) is (who == owner), who
        assert who == owner or "an open item of Vendor of the jetty" in text


def test_those_who_write_it_and_auditors_read_the_draft(stages: Stages) -> None:
    reference = stages.draft.after_action.reference
    for role in ("mim", "owner", "trl", "auditor", "administrator"):
        client = stages.clients[role]
        section = client.get(f"/api/v1/after-actions/{reference}/sections/root_cause/")
        assert UNTOLD in section.json()["content"]["failure"], role
        detail = client.get(f"/api/v1/after-actions/{reference}/").json()
        assert detail["sections"]["root_cause"]["version"] > 1
        assert any(UNTOLD in item["item"] for item in detail["action_items"])
        assert any(UNTOLD in named["evidence"] for named in detail["anti_patterns"])
        assert any(UNTOLD in attendee["bring"] for attendee in detail["attendees"])
        assert client.get(f"/api/v1/search/?q={UNTOLD}").json()["results"], role
        assert client.get(f"/actions/{stages.draft.change.reference}/").status_code == 200


def test_others_get_null_for_sections_and_no_items(stages: Stages) -> None:
    reference = stages.draft.after_action.reference
    for role in ("outsider", "attendee", "action_owner", "communications", "mim_of_others"):
        detail = stages.clients[role].get(f"/api/v1/after-actions/{reference}/").json()
        assert (detail["sections"], detail["action_items"]) == (None, []), role
        refused = stages.clients[role].get(f"/api/v1/after-actions/{reference}/sections/root_cause/")
        assert refused.status_code == 403
        assert "not out yet" in refused.json()["detail"]
        assert "Nothing is out to be read yet" in text_of(
            stages.clients[role].get(f"/after-actions/{reference}/read/")
        )


def test_the_rule_for_one_draft_and_for_many_is_the_same(stages: Stages) -> None:
    after_action = stages.draft.after_action
    readers = set()
    for role, person in stages.people.items():
        if person is None:
            continue
        reads = can_read_draft(person, after_action)
        assert AfterAction.objects.with_readable_draft(person).filter(pk=after_action.pk).exists() is reads
        readers |= {role} if reads else set()
    assert readers == {"mim", "owner", "trl", "auditor", "administrator"}


def test_the_group_reads_a_draft_only_where_no_mim_can_sign_in(stages: Stages) -> None:
    after_action, mim = stages.draft.after_action, stages.people["mim"]
    another = stages.people["mim_of_others"]
    assert mim is not None
    assert another is not None
    with transaction.atomic():
        for is_active in (True, False):
            Person.objects.filter(pk=mim.pk).update(is_active=is_active)
            asked = AfterAction.objects.select_related("incident__mim").get(pk=after_action.pk)
            assert can_read_draft(another, asked) is not is_active
            found = AfterAction.objects.with_readable_draft(another).filter(pk=after_action.pk)
            assert found.exists() is not is_active
        transaction.set_rollback(True)


def speaks_of_the_draft(page: str) -> bool:
    """Whether a sentence of the draft is told; the word alone may be what was asked for."""
    return f"the {UNTOLD}" in page.replace("<mark>", "").lower() or f"{UNTOLD}.log" in page


def body_for(asked: Asked, thing: Thing) -> Any:
    """What the verb takes; where the thing lacks what the usual body names, any."""
    if asked.url.is_api:
        return call_for(asked.name, thing)
    return form_for(asked.name, thing)
