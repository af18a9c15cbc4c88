"""The steps of an After Action through the browser, from the decision to the review of its items."""

from datetime import datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from afteractions.models import (
    AfterAction,
    AntiPatternOccurrence,
    Change,
    ExternalMessage,
    ItemDisposition,
    Meeting,
    MeetingDecision,
    Revision,
    StatusNote,
    VendorFollowUp,
    VendorItem,
)
from afteractions.operations.archive import render_pending
from afteractions.vocabulary import Decision, Status
from incidents.operations.vendors import engage
from majorops import clock
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import (
    COMPLETE,
    a_change,
    a_distributed_review,
    a_drafted_review,
    a_published_review,
    a_reviewed_review,
    an_after_action,
    fresh,
    hold_meeting,
    read_by_all,
    write,
    write_prose,
)
from tests.factories.incidents import minutes
from tests.factories.people import a_mim, a_person
from tests.web.afteractions.pages import at, browser_of, local, version, words

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def mim() -> Person:
    return a_mim()


@pytest.fixture
def client(mim: Person) -> Client:
    return browser_of(mim)


def next_weekday(days: int = 4, hour: int = 10) -> datetime:
    """A working hour some days ahead, on a day that is no weekend."""
    day = (clock.now() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


@pytest.fixture
def recent(mim: Person) -> AfterAction:
    """One whose incident closed an hour ago."""
    return an_after_action(mim, opened_at=clock.now() - minutes(160))


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


# Scheduling


def test_a_time_on_offer_is_taken_in_one_step(recent: AfterAction, client: Client) -> None:
    page = client.get(at(recent, "schedule/")).content.decode()
    offered = page.split('name="starts_at" value="')[1].split('"')[0]
    answer = client.post(
        at(recent, "schedule/"), {"starts_at": offered, "length": "60", "version": recent.version}
    )
    assert answer.status_code == 302
    assert Meeting.objects.get(after_action=recent).starts_at == datetime.fromisoformat(offered)


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
    assert "more than one person" in words(answer)
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


# The meeting


def ending(**said: object) -> dict[str, object]:
    started = clock.now() - HOUR
    return {
        "started_at": local(started),
        "ended_at": local(started + minutes(55)),
        "agreed": "yes",
        "messages": "none",
        **said,
    }


def everybody(after_action: AfterAction) -> list[str]:
    return [str(each.pk) for each in after_action.attendees.filter(included=True)]


def test_the_chair_runs_the_meeting_from_one_page(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    read_by_all(after_action)
    page = words(client.get(at(after_action, "meeting/")))
    assert "Root cause Systems and processes only." in page
    assert "has read" in page
    client.post(at(after_action, "meeting/start/"))
    client.post(at(after_action, "meeting/decisions/"), {"text": "Drill each quarter"})
    noor = a_person("Noor Haddad")
    said = {"kind": "start", "change": "Drill the failover", "owner": noor.email, "due_on": "2027-01-29"}
    client.post(at(after_action, "meeting/actions/"), said)
    client.post(
        at(after_action, "meeting/anti-patterns/"),
        {"kind": "blame_session", "evidence": "Somebody was named"},
    )
    page = words(client.get(at(after_action, "meeting/")))
    for kept in ("Drill each quarter", "Drill the failover", "Somebody was named"):
        assert kept in page
    assert "Ask instead: “What system allowed that error to occur?”" in page
    assert MeetingDecision.objects.count() == AntiPatternOccurrence.objects.filter(by=mim).count() == 1


def test_the_meeting_ends_with_attendance_and_external_messages(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    due = next_weekday()
    present = everybody(after_action)[:1]
    said = ending(
        messages="list",
        present=present,
        **{
            "message-0-audience": "Customers",
            "message-0-text": "We are sorry",
            "message-0-due_at": local(due),
        },
    )
    answer = client.post(at(after_action, "meeting/finish/"), said)
    assert answer.status_code == 302
    message = ExternalMessage.objects.get()
    assert (message.audience, message.due_at, fresh(after_action).status) == (
        "Customers",
        due,
        Status.REVIEWED,
    )
    attendance = Meeting.objects.get().attendance
    assert attendance.filter(present=True).count() == 1
    assert attendance.filter(present=False).exists()


def test_messages_without_a_date_keep_everything_that_was_typed(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    said = ending(messages="list", present=everybody(after_action), **{"message-0-text": "We are sorry"})
    answer = client.post(at(after_action, "meeting/finish/"), said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "We are sorry" in page
    assert "checked" in page.split(f'value="{everybody(after_action)[0]}" form="finish-form"')[1][:12]
    assert fresh(after_action).status == Status.IN_REVIEW


def test_no_agreement_takes_the_draft_back(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    client.post(at(after_action, "meeting/finish/"), ending(agreed="no", present=everybody(after_action)))
    assert fresh(after_action).status == Status.DRAFT
    assert "no agreement" in words(client.get(at(after_action, "meeting/")))
    assert "Schedule the meeting" in words(client.get(at(after_action)))


def test_agreeing_publishing_and_closing_is_one_step(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    said = ending(present=everybody(after_action), publish="yes")
    assert client.post(at(after_action, "meeting/finish/"), said).status_code == 302
    assert fresh(after_action).status == Status.CLOSED


def test_the_retell_guard_refuses_until_the_chair_says_why(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim, at=clock.now() - HOUR * 3)
    assert "less than the 48 h that reading takes" in words(client.get(at(after_action, "meeting/")))
    refused = client.post(at(after_action, "meeting/start/"), {"reason": ""})
    assert refused.status_code == 409
    assert "override with a reason" in words(refused)
    early = client.post(at(after_action, "meeting/finish/"), ending(present=everybody(after_action)))
    assert early.status_code == 409
    client.post(at(after_action, "meeting/start/"), {"reason": "The vendor leaves tomorrow"})
    assert "The vendor leaves tomorrow" in words(client.get(at(after_action, "meeting/")))


def test_an_attendee_sees_the_agenda_and_no_verbs_of_the_chair(mim: Person) -> None:
    after_action = a_distributed_review(mim)
    lead = browser_of(Person.objects.get(full_name="Tomas Lindqvist"))
    page = words(lead.get(at(after_action, "meeting/")))
    assert "Agenda" in page
    assert "Record the meeting" not in page
    assert lead.post(at(after_action, "meeting/decisions/"), {"text": "Mine"}).status_code == 403
    assert lead.post(at(after_action, "meeting/finish/"), ending()).status_code == 403


# Publication and what outlives it


def test_publishing_says_what_is_missing_and_then_publishes(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    write(after_action, "changes", [a_change(None, due_on=None)])
    hold_meeting(after_action)
    refused = client.post(at(after_action, "publish/"))
    assert refused.status_code == 409
    assert "lacks an owner and a date" in words(refused)
    change = Change.objects.get(removed_at__isnull=True)
    write(after_action, "changes", [{**a_change(mim), "id": change.reference}])
    assert client.post(at(after_action, "publish/")).status_code == 302
    assert fresh(after_action).status == Status.CLOSED


def test_a_prepared_status_note_is_edited_and_sent(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    note = StatusNote.objects.filter(after_action=after_action, sent_at__isnull=True).last()
    assert note is not None
    refused = client.post(at(after_action, f"notes/{note.pk}/"), {"text": " "})
    assert refused.status_code == 422
    client.post(at(after_action, f"notes/{note.pk}/"), {"text": "In review since today."})
    note.refresh_from_db()
    assert (note.text, note.sent_by) == ("In review since today.", mim)


def test_an_erratum_names_its_reason(mim: Person, client: Client) -> None:
    after_action = a_published_review(mim)
    refused = client.post(at(after_action, "erratum/"), {"reason": ""})
    assert refused.status_code == 422
    assert client.post(at(after_action, "erratum/"), {"reason": "A wrong number"}).status_code == 302
    page = words(client.get(at(after_action, "publication/")))
    assert "A wrong number" in page
    assert "Erratum" in page


@pytest.fixture
def with_vendor(mim: Person) -> AfterAction:
    after_action = an_after_action(mim)
    incident = after_action.incident
    opened = incident.opened_at
    assert opened is not None
    engage(
        incident, vendor="Acme Disks", service_name="Storage", by=mim, at=opened + minutes(5), now=clock.now()
    )
    return fresh(after_action)


def test_a_vendor_is_followed_up_until_its_rca_is_here(
    with_vendor: AfterAction, mim: Person, client: Client
) -> None:
    page = client.get(at(with_vendor, "publication/")).content.decode()
    address = at(with_vendor, "vendors/" + page.split(f"{at(with_vendor)}vendors/")[1].split('"')[0])
    manager = a_person("Colette Amundsen", groups=[GroupName.SERVICE_MANAGER])
    plan = {
        "step": "plan",
        "service_manager": manager.email,
        "due_on": "2027-01-29",
        "root_cause_related": "yes",
    }
    client.post(address, plan)
    refused = client.post(address, {"step": "item", "text": "The firmware", "due_on": ""})
    assert refused.status_code == 422
    assert "is no plan" in words(refused)
    theirs = browser_of(manager)
    theirs.post(address, {"step": "item", "text": "The firmware", "due_on": "2027-01-15", "committed": "on"})
    item = VendorItem.objects.get()
    theirs.post(address, {"step": "close", "item": item.pk, "outcome": "Delivered"})
    wrong = SimpleUploadedFile("rca.pdf", b"not a PDF", "application/pdf")
    assert theirs.post(address, {"step": "rca", "file": wrong}).status_code == 422
    right = SimpleUploadedFile("rca <1>.pdf", b"%PDF-1.7 the cause", "application/pdf")
    assert theirs.post(address, {"step": "rca", "file": right}).status_code == 302
    follow_up = VendorFollowUp.objects.get()
    file = client.get(at(with_vendor, f"rca/{follow_up.pk}/"))
    assert (file.content, file["Content-Type"]) == (b"%PDF-1.7 the cause", "application/pdf")
    assert file["Content-Disposition"] == 'attachment; filename="rca _1_.pdf"'
    stranger = browser_of(a_person("Rhea Castellan"))
    assert stranger.post(address, plan).status_code == 403


def test_each_open_item_gets_a_disposition_at_the_review(mim: Person, client: Client) -> None:
    after_action = a_published_review(mim)
    item = Change.objects.get()
    page = words(client.get(at(after_action, "actions-review/")))
    assert item.change in page
    refused = client.post(at(after_action, "actions-review/"), {f"{item.reference}-choice": "done"})
    assert refused.status_code == 422
    assert "Say what shows that it is done" in words(refused)
    said = {f"{item.reference}-choice": "done", f"{item.reference}-evidence": "Run 17 of the pipeline"}
    assert client.post(at(after_action, "actions-review/"), said).status_code == 302
    assert ItemDisposition.objects.get().evidence == "Run 17 of the pipeline"
    assert "Every item has a disposition" in words(client.get(at(after_action, "actions-review/")))
    reader = browser_of(a_person("Rhea Castellan"))
    assert reader.post(at(after_action, "actions-review/"), said).status_code == 403


# What is kept


def test_the_pdf_is_waited_for_and_then_given(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    waiting = client.get(at(after_action, "pdf/"))
    assert (waiting.status_code, waiting["Retry-After"], waiting["Refresh"]) == (202, "3", "3")
    assert "is being made" in words(waiting)
    assert render_pending(now=clock.now()) == 1
    given = client.get(at(after_action, "pdf/?revision=1"))
    assert (given.status_code, given["Content-Type"]) == (200, "application/pdf")
    assert given.content.startswith(b"%PDF-")
    assert client.get(at(after_action, "pdf/?revision=7")).status_code == 404


def test_before_a_revision_there_is_no_pdf_and_the_page_says_when(
    recent: AfterAction, client: Client
) -> None:
    assert "made when the draft is distributed" in words(client.get(at(recent, "pdf/")))


def test_the_history_shows_revisions_and_what_differs_between_two(mim: Person, client: Client) -> None:
    after_action = a_reviewed_review(mim)
    write(after_action, "went_well", [{"text": "Something else entirely", "kind": "tool"}])
    client.post(at(after_action, "publish/"))
    page = words(client.get(at(after_action, "history/")))
    first = Revision.objects.earliest("number")
    assert first.sha256 in page
    assert "object (" not in page
    assert "in_review" not in page
    shown = client.get(at(after_action, "history/difference/?from=2&to=1")).content.decode()
    assert "<ins>" in shown
    assert "entirely" in shown
    assert client.get(at(after_action, "history/difference/?from=1&to=9")).status_code == 404


def test_deadlines_say_how_each_ended(mim: Person, client: Client) -> None:
    page = words(client.get(at(a_published_review(mim), "deadlines/")))
    assert "To be met" in page
    assert "Publish the Learning Review" in page
    assert "Met" in page


def test_an_after_action_of_the_past_is_started_from_its_page(mim: Person, client: Client) -> None:
    after_action = an_after_action(mim)
    AfterAction.objects.filter(pk=after_action.pk).update(history=True)
    assert "Start the process" in words(client.get(at(after_action)))
    answer = client.post(at(after_action, "start/"), {"version": fresh(after_action).version})
    assert answer.status_code == 302
    assert fresh(after_action).started_at is not None


def test_the_whole_review_is_written_and_published_without_javascript(
    recent: AfterAction, mim: Person, client: Client
) -> None:
    write_prose(recent, at=clock.now())
    said = {
        "changes-0-id": "",
        "changes-0-kind": "start",
        "changes-0-change": "Check the permissions at each deployment",
        "changes-0-gap": "Nobody checks them",
        "changes-0-owner": mim.email,
        "changes-0-due_on": "2027-01-29",
        "version": version(recent, "changes"),
    }
    assert client.post(at(recent, "draft/changes/"), said).status_code == 302
    client.post(at(recent, "schedule/"), {"starts_at": local(next_weekday()), "length": "60"})
    client.post(at(recent, "distribute/"), {"reason": ""})
    client.post(at(recent, "meeting/start/"), {"reason": "Tried out"})
    started = local(Meeting.objects.get().held_from or clock.now())
    finished = ending(
        started_at=started,
        ended_at=local(clock.now()),
        present=everybody(recent),
        publish="yes",
        override_reason="Tried out",
    )
    answer = client.post(at(recent, "meeting/finish/"), finished)
    assert fresh(recent).status == Status.CLOSED, words(answer)
    assert COMPLETE["root_cause"]["failure"] in words(client.get(at(recent, "read/")))  # type: ignore[index]
