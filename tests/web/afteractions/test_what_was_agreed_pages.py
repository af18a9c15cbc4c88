"""What was agreed, through the browser: edits of the draft afterwards, the one step, what refuses and why."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from afteractions.models import AfterAction, Change, Obligation, Revision
from afteractions.operations.meeting.meeting import capture_decision
from afteractions.vocabulary import ObligationKind, Status
from majorops import clock
from majorops.people.models import Person
from tests.factories.afteractions import (
    COMPLETE,
    DISTRIBUTED,
    READ,
    a_change,
    a_distributed_review,
    a_drafted_review,
    a_published_review,
    a_reviewed_review,
    fresh,
    hold_meeting,
    read_by_all,
    write,
)
from tests.web.afteractions.pages import at, local, rows, version, words

pytestmark = pytest.mark.django_db
REWRITTEN = {**COMPLETE["root_cause"], "failure": "a default that nobody had looked at"}
HOUR = timedelta(hours=1)


def to_come() -> str:
    return (clock.now() + timedelta(days=30)).date().isoformat()


def in_time(after_action: AfterAction) -> AfterAction:
    """Its item is due in days to come by the clock of the pages."""
    Change.objects.filter(after_action=after_action).update(due_on=to_come())
    return fresh(after_action)


def ending(after_action: AfterAction, **said: Any) -> dict[str, Any]:
    started = clock.now() - HOUR
    everybody = [str(each.pk) for each in after_action.attendees.filter(included=True)]
    times = {"started_at": local(started), "ended_at": local(started + HOUR / 2)}
    return {**times, "agreed": "yes", "messages": "none", "present": everybody, **said}


def test_a_published_item_turned_into_continue_by_the_form_of_the_draft_is_refused(
    mim: Person, client: Client
) -> None:
    after_action = a_published_review(mim)
    change = Change.objects.get()
    row = {
        "id": change.reference,
        "kind": "continue",
        "gap": change.gap,
        "change": change.change,
        "owner": str(mim.email),
        "due_on": "2026-03-31",
    }
    said = {**rows("changes", row), "version": version(after_action, "changes")}
    answer = client.post(at(after_action, "draft/changes/"), said)
    change.refresh_from_db()
    assert (answer.status_code, change.kind) == (409, "start")
    assert Obligation.objects.open().filter(kind=ObligationKind.ACTION_ITEM).exists()
    assert "Cancel the action item, with a reason" in words(answer)


def test_the_publication_shows_what_differs_from_the_agreement_and_takes_a_reason(
    mim: Person, client: Client
) -> None:
    after_action = in_time(a_reviewed_review(mim))
    assert "Changed since the meeting agreed" not in words(client.get(at(after_action, "publication/")))
    write(after_action, "root_cause", REWRITTEN, at=clock.now())
    page = client.get(at(after_action, "publication/"))
    assert "Changed since the meeting agreed on it." in words(page)
    assert re.search(r"<ins>[^<]*nobody had looked at\s*</ins>", page.content.decode())
    said = {"version": fresh(after_action).version, "publish": "confirmed"}
    refused = client.post(at(after_action, "publish/"), said)
    assert refused.status_code == 422
    assert "Say why it differs from what was agreed, in “Root cause”." in words(refused)
    assert (
        client.post(at(after_action, "publish/"), {**said, "reason": "The log was read."}).status_code == 302
    )
    assert Revision.objects.latest("number").reason == "The log was read."


def test_the_one_step_shows_what_the_attendees_were_not_sent_and_asks(mim: Person, client: Client) -> None:
    after_action = in_time(a_distributed_review(mim))
    write(after_action, "root_cause", REWRITTEN, at=READ)
    straight = client.post(at(after_action, "meeting/finish/"), ending(after_action, publish="confirmed"))
    assert fresh(after_action).status == Status.IN_REVIEW
    assert "differs from revision 1, which the attendees were sent" in words(straight)
    asked = client.post(at(after_action, "meeting/finish/"), ending(after_action, publish="yes"))
    page = asked.content.decode()
    assert re.search(r"<ins>[^<]*nobody had looked at\s*</ins>", page)
    mark = page.split('name="difference" value="')[1].split('"')[0]
    said = ending(after_action, publish="confirmed", difference=mark)
    assert client.post(at(after_action, "meeting/finish/"), said).status_code == 302
    assert fresh(after_action).status == Status.CLOSED


def test_a_meeting_that_nobody_came_to_is_not_agreed(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    answer = client.post(at(after_action, "meeting/finish/"), ending(after_action, present=[]))
    assert answer.status_code == 422
    assert "Nobody was present: what nobody came to is not agreed." in words(answer)
    assert fresh(after_action).status == Status.IN_REVIEW


def test_once_recorded_the_meeting_shows_who_was_there_and_what_came_of_it(
    mim: Person, client: Client
) -> None:
    after_action = a_distributed_review(mim)
    read_by_all(after_action)
    meeting = after_action.meetings.get()
    meeting.after_action = after_action
    capture_decision(meeting, text="Drill each quarter", by=mim, at=READ, now=READ)
    due = clock.now() + HOUR
    messages = [{"audience": "Customers in Norway", "due_at": due, "text": "We are sorry"}]
    hold_meeting(after_action, attendance=[{"person": mim, "present": True}], external_messages=messages)
    page = words(client.get(at(after_action, "meeting/")))
    for said in (
        "Mira Okafor present, had read the draft",
        "Tomas Lindqvist absent, had read the draft",
        "Drill each quarter",
        "Check the permissions of the standby at each deployment",
        "Customers in Norway",
    ):
        assert said in page


def test_only_what_stops_is_counted_and_each_leads_to_its_place(mim: Person, client: Client) -> None:
    after_action = a_drafted_review(mim)
    write(after_action, "went_well", [], at=DISTRIBUTED)
    write(after_action, "changes", [a_change(mim)], at=DISTRIBUTED)
    Change.objects.update(due_on="2020-01-01")
    page = client.get(at(after_action))
    text = words(page)
    assert "1 thing missing before the draft can go out" in text
    stops, knowing = text.split("Worth knowing, and stops nothing:")
    assert "Name at least one thing that went well." in stops
    assert "Change 1 was due on Wed 1 Jan 2020, which has passed" in knowing
    notes = page.content.decode().split('class="worth-knowing"')[1].split("</ul>")[0]
    assert notes.count("<li") == notes.count("<a href=") > 0


def test_nothing_that_is_needed_is_called_optional(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim, at=DISTRIBUTED)
    AfterAction.objects.filter(pk=after_action.pk).update(first_distributed_at=clock.now())
    page = words(client.get(at(after_action, "meeting/")))
    assert "Start all the same" in page
    assert "Reason optional" not in page
    assert "Reason to override optional" not in page
    refused = client.post(at(after_action, "meeting/start/"), {"reason": ""})
    assert refused.status_code == 422
    assert "say why it starts all the same" in words(refused)


def test_an_erratum_needs_its_reason_and_says_where_the_draft_is_not_ready(
    mim: Person, client: Client
) -> None:
    after_action = a_published_review(mim)
    page = words(client.get(at(after_action, "publication/")))
    assert "Reason optional" not in page
    assert "Add stakeholders optional" not in page
    named = {**COMPLETE["root_cause"], "failure": "Tomas Lindqvist dropped the table"}
    write(after_action, "root_cause", named, at=clock.now())
    refused = client.post(
        at(after_action, "erratum/"), {"reason": "A word was wrong", "version": fresh(after_action).version}
    )
    assert refused.status_code == 409
    found = refused.content.decode().split('id="erratum-missing"')[1].split("</ul>")[0]
    assert f'href="{at(after_action, "draft/")}#root_cause"' in found
    assert "Take “Tomas Lindqvist” out of the root cause" in found
    assert "A word was wrong" in refused.content.decode()


def test_who_was_invited_reads_that_the_meeting_was_held(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    read_by_all(after_action, at=DISTRIBUTED + HOUR)
    hold_meeting(after_action, started_at=DISTRIBUTED + 50 * HOUR)
    assert "The meeting was held Sun 8 Mar" in words(client.get(at(after_action, "people/")))
