"""The steps of an After Action through the browser up to its meeting: decided, scheduled, prepared, distributed."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from afteractions.models import (
    AfterAction,
    Meeting,
    Revision,
)
from afteractions.vocabulary import Decision, Status
from incidents.operations.response.command import open_track
from majorops import clock
from majorops.people.models import Person
from tests.factories.afteractions import (
    a_distributed_review,
    a_drafted_review,
    an_after_action,
    fresh,
    write,
)
from tests.factories.incidents import minutes
from tests.factories.people import a_person
from tests.web.afteractions.pages import at, local, next_weekday, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


# Deciding


def test_a_recommended_one_is_skipped_only_with_a_reason_and_held_after_all(
    mim: Person, client: Client
) -> None:
    opened_at = clock.now() - minutes(160)
    after_action = an_after_action(mim, "high", opened_at=opened_at, impact={"external": True})
    assert "Decide: hold or skip" in words(client.get(at(after_action)))
    refused = client.post(at(after_action, "decide/"), {"decision": "skip", "reason": ""})
    assert refused.status_code == 422
    assert "needs a reason" in words(refused)
    client.post(at(after_action, "decide/"), {"decision": "skip", "reason": "Nothing to learn"})
    page = words(client.get(at(after_action)))
    assert "This After Action is skipped" in page
    assert "Nothing to learn" in page
    client.post(at(after_action, "decide/"), {"decision": "hold", "reason": ""})
    assert fresh(after_action).decision == Decision.HOLD


def test_a_mandatory_one_cannot_be_skipped_and_says_why(recent: AfterAction, client: Client) -> None:
    answer = client.post(at(recent, "decide/"), {"decision": "skip", "reason": "Resolved cleanly"})
    assert answer.status_code == 409
    assert "no “resolved cleanly enough to skip it” threshold" in words(answer)
    assert "Resolved cleanly" in words(answer)


def test_an_after_action_of_the_past_is_started_from_its_page(mim: Person, client: Client) -> None:
    after_action = an_after_action(mim)
    AfterAction.objects.filter(pk=after_action.pk).update(history=True)
    assert "Start the process" in words(client.get(at(after_action)))
    answer = client.post(at(after_action, "start/"), {"version": fresh(after_action).version})
    assert answer.status_code == 302
    assert fresh(after_action).started_at is not None


# Scheduling


def test_a_time_on_offer_is_filled_in_and_nobody_invited_before_it_is_confirmed(
    recent: AfterAction, client: Client
) -> None:
    page = client.get(at(recent, "schedule/")).content.decode()
    offered = page.split('name="take" value="')[1].split('"')[0]
    answer = client.post(
        at(recent, "schedule/"), {"take": offered, "length": "60", "version": recent.version}
    )
    assert answer.status_code == 200
    assert "This time works." in words(answer)
    assert f"The invitation goes to 2 people {recent.incident.mim} Tomas Lindqvist" in words(answer)
    assert f'href="{at(recent, "people/")}">Change who attends</a>' in answer.content.decode()
    # Whom the record names since, by somebody who decides on no attendees, is invited as well.
    lead, now = Person.objects.get(full_name="Tomas Lindqvist"), clock.now()
    expert = a_person("Noor Haddad")
    open_track(recent.incident, name="DNS", lead=expert, by=lead, at=recent.incident.opened_at, now=now)
    assert "The invitation goes to 3 people" in words(client.get(at(recent, "schedule/")))
    assert not Meeting.objects.filter(after_action=recent).exists()
    filled = local(datetime.fromisoformat(offered))
    assert f'value="{filled}"' in answer.content.decode()
    said = {"starts_at": filled, "length": "60", "location": "Room 4", "version": recent.version}
    assert client.post(at(recent, "schedule/"), said).status_code == 302
    assert Meeting.objects.get(after_action=recent).starts_at == datetime.fromisoformat(offered)
    assert recent.attendees.filter(included=True).count() == 3


def test_a_time_that_leaves_too_little_for_the_draft_is_refused_and_kept(
    recent: AfterAction, client: Client
) -> None:
    soon = clock.now() + timedelta(hours=20)
    said = {"starts_at": local(soon), "length": "60", "location": "Room 4", "reason": "In a hurry"}
    answer = client.post(at(recent, "schedule/"), said)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "this time leaves less" in words(answer)
    assert "first time that fits" in words(answer)
    assert f'value="{local(soon)}"' in page
    assert "Room 4" in page
    assert "In a hurry" in page


def test_what_speaks_against_a_time_is_said_before_it_is_chosen(recent: AfterAction, client: Client) -> None:
    late = next_weekday(days=25)
    said = {"starts_at": local(late), "length": "60", "check": "yes"}
    answer = client.post(at(recent, "schedule/"), said)
    assert answer.status_code == 200
    assert "past the deadline to hold" in words(answer)
    assert not Meeting.objects.exists()
    assert client.post(at(recent, "schedule/"), {**said, "check": ""}).status_code == 409
    assert client.post(at(recent, "schedule/"), {**said, "check": "", "reason": "Abroad"}).status_code == 302
    assert Meeting.objects.get().breach_reason == "Abroad"


def test_a_move_takes_a_reason_and_keeps_the_place(recent: AfterAction, client: Client) -> None:
    client.post(
        at(recent, "schedule/"), {"starts_at": local(next_weekday()), "length": "60", "location": "Room 4"}
    )
    said = {"starts_at": local(next_weekday(5)), "length": "45", "location": "Room 5"}
    assert client.post(at(recent, "schedule/"), said).status_code in (409, 422)
    assert (
        client.post(at(recent, "schedule/"), {**said, "reason": "The vendor cannot come"}).status_code == 302
    )
    meeting = Meeting.objects.get()
    assert (meeting.location, meeting.ends_at - meeting.starts_at) == ("Room 5", timedelta(minutes=45))


def test_a_form_opened_before_somebody_else_changed_it_is_refused_with_what_was_typed(
    recent: AfterAction, client: Client
) -> None:
    said = {"starts_at": local(next_weekday()), "length": "60", "location": "Room 4", "version": "99"}
    answer = client.post(at(recent, "schedule/"), said)
    assert answer.status_code == 412
    assert "Somebody changed this After Action" in words(answer)
    assert "Room 4" in answer.content.decode()


def test_only_the_chair_schedules(recent: AfterAction) -> None:
    reader = browser_of(a_person("Rhea Castellan"))
    assert "Only the MIM or an administrator may schedule" in words(reader.get(at(recent, "schedule/")))
    assert (
        reader.post(at(recent, "schedule/"), {"starts_at": local(next_weekday()), "length": "60"}).status_code
        == 403
    )


# People


def test_a_required_attendee_leaves_the_list_only_with_a_reason(recent: AfterAction, client: Client) -> None:
    lead = recent.attendees.get(person__full_name="Tomas Lindqvist")
    refused = client.post(at(recent, f"people/{lead.pk}/"), {"included": "no", "reason": ""})
    assert refused.status_code == 422
    assert "say why this person is not to attend" in words(refused)
    client.post(at(recent, f"people/{lead.pk}/"), {"included": "no", "reason": "Has left"})
    page = words(client.get(at(recent, "people/")))
    assert "Not attending" in page
    assert "Has left" in page


def test_somebody_is_added_by_name_with_what_to_bring_and_answers(
    recent: AfterAction, client: Client
) -> None:
    ilse = a_person("Ilse Brandvold")
    said = {
        "person": "Ilse Brandvold",
        "why": "Knows the disks",
        "bring": "The capacity plan",
        "required": "on",
    }
    assert client.post(at(recent, "people/add/"), said).status_code == 302
    attendee = recent.attendees.get(person=ilse)
    # Added again: nothing that was asked for is lost, what is typed is taken over, a day that has passed is refused.
    client.post(at(recent, "people/add/"), {"person": "Ilse Brandvold"})
    attendee.refresh_from_db()
    assert attendee.bring == "The capacity plan"
    again = {"person": "Ilse Brandvold", "bring": "The capacity plan", "bring_by": "2026-01-05"}
    refused = client.post(at(recent, "people/add/"), again)
    assert (refused.status_code, "This day has passed" in words(refused)) == (422, True)
    assert 'value="2026-01-05"' in refused.content.decode()
    client.post(at(recent, "people/add/"), {**again, "bring_by": "2099-01-05"})
    attendee.refresh_from_db()
    assert str(attendee.bring_by) == "2099-01-05"
    hers = browser_of(ilse)
    assert "Bring: The capacity plan" in words(hers.get(at(recent, "people/")))
    hers.post(at(recent, f"people/{attendee.pk}/answer/"), {"response": "tentative"})
    assert "Tentative" in words(client.get(at(recent, "people/")))
    stranger = browser_of(a_person("Rhea Castellan"))
    assert (
        stranger.post(at(recent, f"people/{attendee.pk}/answer/"), {"response": "declined"}).status_code
        == 403
    )


def test_a_name_that_two_people_share_is_refused_and_kept(recent: AfterAction, client: Client) -> None:
    a_person("Sam Doyle")
    a_person("Sam Doyle")
    answer = client.post(at(recent, "people/add/"), {"person": "Sam Doyle", "why": "Was there"})
    assert answer.status_code == 422
    assert "No single match for" in words(answer)
    assert 'value="Sam Doyle"' in answer.content.decode()


def test_owner_liaison_editors_and_stakeholders_are_named_on_one_page(
    recent: AfterAction, client: Client
) -> None:
    noor, ilse, sam = a_person("Noor Haddad"), a_person("Ilse Brandvold"), a_person("Sam Doyle")
    said = {
        "owner": noor.email,
        "internal_liaison": "Ilse Brandvold",
        "editors": f"{sam.email}\n",
        "stakeholders": f"Ilse Brandvold\n{noor.email}",
        "version": recent.version,
    }
    assert client.post(at(recent, "people/named/"), said).status_code == 302
    named = fresh(recent)
    assert (named.owner, named.internal_liaison) == (noor, ilse)
    assert list(named.editors.all()) == [sam]
    assert set(named.stakeholders.all()) == {noor, ilse}
    wrong = client.post(
        at(recent, "people/named/"), {**said, "editors": "Nobody Atall", "version": named.version}
    )
    assert wrong.status_code == 422
    assert "Nobody Atall" in wrong.content.decode()


# Distributing


def test_a_draft_with_something_missing_is_refused_with_all_of_it(
    recent: AfterAction, client: Client
) -> None:
    answer = client.post(at(recent, "distribute/"), {"reason": "Go", "version": recent.version})
    assert answer.status_code == 409
    assert "Name at least one thing that went well." in words(answer)
    assert "State the failure in the root cause" in words(answer)
    assert "Go" in answer.content.decode()


def test_distribute_amend_and_withdraw_each_ask_first_and_take_effect(mim: Person, client: Client) -> None:
    after_action = a_drafted_review(mim)
    for step, status, revisions in (
        ("distribute", Status.IN_REVIEW, 1),
        ("amend", Status.IN_REVIEW, 2),
        ("withdraw", Status.DRAFT, 2),
    ):
        assert client.get(at(after_action, f"{step}/")).status_code == 200
        if step == "amend":
            same = client.post(at(after_action, "amend/"), {"version": fresh(after_action).version})
            assert (same.status_code, Revision.objects.count()) == (409, 1)
            assert "Nothing changed since revision 1" in words(same)
            write(after_action, "went_well", [{"text": "The runbook was found.", "kind": "tool"}])
        said = {"reason": "As agreed", "version": fresh(after_action).version}
        assert client.post(at(after_action, f"{step}/"), said).status_code == 302, step
        assert fresh(after_action).status == status
        assert Revision.objects.filter(after_action=after_action).count() == revisions


def test_what_is_out_offers_its_owner_to_amend_and_to_withdraw_and_nobody_else(
    mim: Person, client: Client
) -> None:
    after_action = a_distributed_review(mim)
    assert "Send the amended draft Withdraw the draft" in words(client.get(at(after_action, "read/")))
    reader = browser_of(a_person("Rhea Castellan"))
    assert "Withdraw the draft" not in words(reader.get(at(after_action, "read/")))


def test_withdrawing_takes_a_reason(mim: Person, client: Client) -> None:
    answer = client.post(at(a_distributed_review(mim), "withdraw/"), {"reason": ""})
    assert answer.status_code == 422
    assert "Say why" in words(answer)
