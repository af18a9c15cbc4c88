"""The meeting through the browser, its publication, and what outlives it: vendors, the review of items, the archive."""

import re
from datetime import timedelta

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
from afteractions.operations.readers.comments import add_comment
from afteractions.operations.review.archive import render_pending
from afteractions.operations.review.distribution import distribute, withdraw
from afteractions.vocabulary import Status
from incidents.operations.response.vendors import engage
from majorops import clock
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import (
    COMPLETE,
    DISTRIBUTED,
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
from tests.factories.people import a_person
from tests.web.afteractions.pages import at, local, next_weekday, version, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TO_COME = "2099-03-31"


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
    for place in ("meeting/", "people/"):
        assert "owner of the draft" in words(client.get(at(after_action, place))).lower()
    read_by_all(after_action)
    page = words(client.get(at(after_action, "meeting/")))
    assert "Root cause Systems and processes only." in page
    assert "has read" in page
    assert page.count("Not yet confirmed by the Technical Recovery Lead.") == 2
    lead = browser_of(Person.objects.get(full_name="Tomas Lindqvist"))
    for key in ("expected", "root_cause"):
        lead.post(at(after_action, f"draft/{key}/confirm/"), {"version": version(after_action, key)})
    client.post(at(after_action, "meeting/start/"))
    client.post(at(after_action, "meeting/decisions/"), {"text": "Drill each quarter"})
    noor = a_person("Noor Haddad")
    said = {"kind": "start", "change": "Drill the failover", "owner": noor.email, "due_on": "2027-01-29"}
    refused = client.post(at(after_action, "meeting/actions/"), {**said, "due_on": "2026-01-29"})
    assert (refused.status_code, "This day has passed" in words(refused)) == (422, True)
    client.post(at(after_action, "meeting/actions/"), said)
    client.post(
        at(after_action, "meeting/anti-patterns/"),
        {"kind": "blame_session", "evidence": "Somebody was named"},
    )
    page = words(client.get(at(after_action, "meeting/")))
    for kept in ("Drill each quarter", "Drill the failover", "Somebody was named"):
        assert kept in page
    # Who confirmed since the revision went out is read on it too; what was written anew since is said.
    assert page.count("Confirmed by Tomas Lindqvist.") == 2
    write(after_action, "expected", [{**COMPLETE["expected"][0], "actual": "It refused."}], at=clock.now())
    lead.post(at(after_action, "draft/expected/confirm/"), {"version": version(after_action, "expected")})
    assert "Changed in the draft since this revision; Tomas Lindqvist confirmed it there." in words(
        client.get(at(after_action, "read/"))
    )
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


def test_what_was_typed_of_a_message_is_never_thrown_away(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    path, present = at(after_action, "meeting/finish/"), everybody(after_action)
    typed = {"message-0-audience": "Customers", "message-0-due_at": local(next_weekday())}
    passed = {**typed, "message-0-due_at": local(clock.now() - timedelta(days=1))}
    for said, sentence in (
        (ending(present=present, **typed), "Messages are typed below"),
        (ending(present=present, messages="", **typed), "Say whether External Messages follow"),
        (ending(present=present, messages=""), "Say whether External Messages follow"),
        (
            ending(present=present, agreed="no", messages="list", **typed),
            "Not agreed: no message is planned yet",
        ),
        (ending(present=present, publish="yes", **typed), "Agree, publish and close is for"),
        (ending(present=present, messages="list", **passed), "This time has passed: choose one to come."),
    ):
        answer = client.post(path, said)
        assert answer.status_code == 422
        assert sentence in words(answer)
        if "message-0-audience" in said:
            assert 'value="Customers"' in answer.content.decode()
    assert fresh(after_action).status == Status.IN_REVIEW
    assert not re.search(
        r'name="messages"[^>]*checked', client.get(at(after_action, "meeting/")).content.decode()
    )


def test_no_agreement_takes_the_draft_back(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    client.post(at(after_action, "meeting/finish/"), ending(agreed="no", present=everybody(after_action)))
    assert fresh(after_action).status == Status.DRAFT
    assert "not agreed" in words(client.get(at(after_action, "meeting/")))
    assert "Schedule the meeting" in words(client.get(at(after_action)))


def test_agreeing_publishing_and_closing_is_one_step(mim: Person, client: Client) -> None:
    after_action = a_drafted_review(mim)
    write(after_action, "changes", [a_change(mim, due_on=TO_COME)])
    distribute(fresh(after_action), by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    said = ending(present=everybody(after_action), publish="yes")
    engage(after_action.incident, vendor="Cloudgate", by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    asked = words(client.post(at(after_action, "meeting/finish/"), said))
    assert "Whether Cloudgate is part of the root cause is not settled, and its RCA has no date" in asked
    assert fresh(after_action).status == Status.IN_REVIEW
    assert (
        client.post(at(after_action, "meeting/finish/"), {**said, "publish": "confirmed"}).status_code == 302
    )
    assert fresh(after_action).status == Status.CLOSED


def test_the_retell_guard_refuses_until_the_chair_says_why(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim, at=clock.now() - HOUR * 3)
    assert "less than the 48 h that reading takes" in words(client.get(at(after_action, "meeting/")))
    refused = client.post(at(after_action, "meeting/start/"), {"reason": ""})
    assert refused.status_code == 422
    assert "say why it starts all the same" in words(refused)
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
    write(after_action, "changes", [{**a_change(mim, due_on=TO_COME), "id": change.reference}])
    lead, now = Person.objects.get(full_name="Tomas Lindqvist"), clock.now()
    open_still = "1 comment on the draft is not resolved yet."
    assert open_still not in words(client.get(at(after_action, "publication/")))
    comment = add_comment(after_action, section="changes", text="By whom?", by=lead, at=now, now=now)
    add_comment(after_action, section="changes", text="Mine", parent=comment, by=mim, at=now, now=now)
    assert open_still in words(client.get(at(after_action, "publication/")))
    asked = client.post(at(after_action, "publish/"))
    assert asked.status_code == 200
    assert words(asked).count(open_still) == 2
    assert "Publish the Learning Review?" in words(asked)
    assert fresh(after_action).published_at is None
    assert client.post(at(after_action, "publish/"), {"publish": "confirmed"}).status_code == 302
    assert fresh(after_action).status == Status.CLOSED


def test_a_prepared_status_note_is_edited_and_sent(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    withdraw(after_action, reason="A wrong number", by=mim, at=DISTRIBUTED + HOUR, now=DISTRIBUTED + HOUR)
    again = DISTRIBUTED + 2 * HOUR
    distribute(fresh(after_action), by=mim, at=again, now=again)
    # Two of them announce the same status: each says since when, also where its deadline stands.
    waiting = StatusNote.objects.filter(sent_at__isnull=True, transition__to_status=Status.IN_REVIEW)
    texts = {each.text for each in waiting}
    assert len(texts) == 2
    assert any(text.startswith("Since Fri 6 Mar 2026 10:00 UTC the After Action") for text in texts)
    page = words(client.get(at(after_action, "publication/")))
    assert page.count("In Review was Draft until Fri 6 Mar") == 2
    deadlines = words(client.get(at(after_action, "deadlines/")))
    assert "In Review since Fri 6 Mar 2026" in deadlines
    assert (
        "Publish the Learning Review 48 hours after the meeting ends as planned Wed 11 Mar 15:00" in deadlines
    )
    assert "Review the action items 30 days after the publication" in deadlines
    assert "before the meeting starts" not in deadlines
    note = StatusNote.objects.filter(after_action=after_action, sent_at__isnull=True).last()
    assert note is not None
    refused = client.post(at(after_action, f"notes/{note.pk}/"), {"text": " "})
    assert refused.status_code == 422
    client.post(
        at(after_action, f"notes/{note.pk}/"),
        {"text": "In review since today.", "to": "Selma Nord <selma@outside.example>"},
    )
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
    # What was typed stays, in the form that is open again.
    assert re.search(
        r'<details open><summary>Note an open item.*?value="The firmware"', refused.content.decode(), re.S
    )
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
    Change.objects.update(due_on=TO_COME)
    client.post(at(after_action, "publish/"), {"publish": "confirmed"})
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
    page = words(client.get(at(an_after_action(mim), "deadlines/")))
    path = [
        "Schedule the meeting",
        "Distribute the draft 48 hours before",
        "Publish the Learning Review 48 hours after",
    ]
    assert sorted(path, key=page.index) == path
    page = words(client.get(at(a_published_review(mim), "deadlines/")))
    assert "To come" not in page
    assert "To be met" in page
    assert "Publish the Learning Review" in page
    assert "Met" in page


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
        publish="confirmed",
        override_reason="Tried out",
    )
    answer = client.post(at(recent, "meeting/finish/"), finished)
    assert fresh(recent).status == Status.CLOSED, words(answer)
    assert COMPLETE["root_cause"]["failure"] in words(client.get(at(recent, "read/")))
