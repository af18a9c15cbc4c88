"""The people around the meeting, in Chromium: named, invited, told, and asked, from scheduling to the last message."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from afteractions.models import AfterAction
from afteractions.vocabulary import Status
from incidents.operations.response.vendors import engage
from majorops.notices.delivery.places import path_to
from majorops.people.models import Absence, Person
from tests.browser.visitor import NewContext, visit
from tests.factories.afteractions import (
    COMPLETE,
    DISTRIBUTED,
    MEETING,
    SCHEDULED,
    a_distributed_review,
    a_drafted_review,
    an_after_action,
    fresh,
    write,
)
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.usefixtures("rows")


@pytest.fixture(scope="module")
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(DISTRIBUTED + timedelta(hours=1), tick=True) as moves:
        yield moves


@pytest.fixture(scope="module")
def mim(rows: None) -> Person:
    return a_mim("Mara Lindqvist")


def test_a_status_note_that_nobody_would_get_is_kept_until_somebody_is_named(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person
) -> None:
    after_action: AfterAction = a_distributed_review(mim)
    [note] = after_action.status_notes.all()
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(f"{after_action.get_absolute_url()}publication/")
    card = page.locator(f"#note-{note.pk}")
    card.get_by_label("The note").fill("The draft is out; the meeting is on Monday.")
    card.get_by_role("button", name="Send").click()
    expect(card.get_by_text("Name at least one stakeholder whom mail reaches").first).to_be_visible()
    expect(card.get_by_label("The note")).to_have_value("The draft is out; the meeting is on Monday.")
    note.refresh_from_db()
    assert note.sent_at is None
    assert after_action.obligations.open().filter(kind="status_note").count() == 1
    card.get_by_label("Add stakeholders").fill("Retail partners <partners@retail.example>")
    card.get_by_role("button", name="Send").click()
    expect(page.get_by_text("The status note is on its way to Retail partners.")).to_be_visible()
    [partners] = after_action.stakeholders.all()
    [mail] = partners.notices.filter(channel="mail")
    assert (mail.address, mail.text) == (
        "partners@retail.example",
        "The draft is out; the meeting is on Monday.",
    )
    assert not after_action.obligations.open().filter(kind="status_note").exists()
    assert visitor.complaints == []


def test_the_untouched_form_of_a_meeting_under_way_agrees_publishes_and_closes(
    new_context: NewContext, clock: time_machine.Traveller
) -> None:
    mim = a_mim("Selma Nord")
    mim.time_zone = "America/New_York"
    mim.save()
    after_action = a_distributed_review(mim)
    clock.move_to(MEETING + timedelta(minutes=2))
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(f"{after_action.get_absolute_url()}meeting/")
    page.get_by_role("button", name="Start the meeting").click()
    expect(page.get_by_label("Started")).to_have_value("2026-03-09T10:02")
    clock.move_to(MEETING + timedelta(minutes=50))
    page.get_by_role("button", name="Agreed, no messages: publish and close").click()
    asked = page.get_by_role("alert").filter(has_text="Agree, publish and close?")
    expect(asked.get_by_text("sent to")).to_contain_text("Tomas Lindqvist")
    assert fresh(after_action).status == Status.IN_REVIEW
    asked.get_by_role("button", name="Publish and close").click()
    expect(page.get_by_text("Agreed, published and closed")).to_be_visible()
    closed = fresh(after_action)
    assert closed.status == Status.CLOSED
    assert closed.meetings.get().held_until - MEETING < timedelta(minutes=52)
    assert visitor.complaints == []


def test_the_chair_says_for_whom_the_messages_are_and_communications_write_them(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person
) -> None:
    after_action = a_distributed_review(mim)
    clock.move_to(MEETING + timedelta(hours=2))
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(f"{after_action.get_absolute_url()}meeting/")
    page.get_by_label("The content is agreed").check()
    page.locator(".attendance").get_by_label("Mara Lindqvist").check()
    page.get_by_label("These, by these dates").check()
    page.get_by_role("button", name="Record the meeting").click()
    expect(page.get_by_text("list the messages: for whom each is").first).to_be_visible()
    first = page.get_by_role("group", name="Message 1")
    first.get_by_label("For whom").fill("Customers of the checkout")
    page.get_by_role("button", name="Record the meeting").click()
    expect(first.get_by_text("Say by when it is sent.")).to_be_visible()
    expect(first.get_by_label("For whom")).to_have_value("Customers of the checkout")
    first.get_by_label("By when").fill("2026-03-11T12:00")
    page.get_by_role("button", name="Record the meeting").click()
    expect(page.get_by_text("The meeting is recorded: the content is agreed.")).to_be_visible()
    [message] = after_action.external_messages.all()
    assert (message.audience, message.text) == ("Customers of the checkout", "")
    assert visitor.complaints == []


def test_an_empty_seat_is_said_before_the_draft_goes_out_and_a_desk_takes_it(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person
) -> None:
    clock.move_to(DISTRIBUTED)
    after_action = a_drafted_review(mim)
    incident = after_action.incident
    at = DISTRIBUTED - timedelta(hours=1)
    engage(incident, vendor="Cloudgate", root_cause_related=True, by=incident.mim, at=at, now=at)
    visitor = visit(new_context, mim)
    page = visitor.page
    place = after_action.get_absolute_url()
    page.goto(f"{place}distribute/")
    expect(
        page.get_by_text("Cloudgate is part of the root cause and nobody represents it").first
    ).to_be_attached()
    page.goto(f"{place}people/")
    empty = page.get_by_role("region", name="Empty seats")
    expect(empty).to_contain_text("Representative of Cloudgate")
    adding = page.get_by_role("region", name="Add somebody")
    adding.get_by_label("Name or e-mail address").fill("Priority support")
    adding.get_by_label("Takes the seat").select_option("Representative of Cloudgate")
    adding.get_by_role("button", name="Add", exact=True).click()
    expect(adding.get_by_text("Somebody from outside: name and address").first).to_be_visible()
    expect(adding.get_by_label("Takes the seat")).to_have_value("Representative of Cloudgate")
    adding.get_by_label("Name or e-mail address").fill("Priority support <support@cloudgate.example>")
    adding.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Priority support is on the list.")).to_be_visible()
    expect(empty).to_have_count(0)
    desk = Person.objects.get(contact_email="support@cloudgate.example")
    mail = desk.notices.get(calendar_method="REQUEST")
    guest = visit(new_context)
    guest.page.goto(path_to(mail.url))
    expect(guest.page.get_by_text("The draft is not out yet")).to_be_visible()
    assert visitor.complaints == guest.complaints == []


def test_the_second_move_says_what_it_is_and_the_third_adds_to_the_evidence(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person
) -> None:
    clock.move_to(DISTRIBUTED + timedelta(minutes=1))
    after_action = a_distributed_review(mim)
    visitor = visit(new_context, mim)
    page = visitor.page

    def move(day: str) -> None:
        page.goto(f"{after_action.get_absolute_url()}schedule/")
        own = page.get_by_role("region", name="A time of your own")
        own.get_by_label("Starts").fill(f"2026-03-{day}T14:00")
        own.get_by_label("Reason", exact=False).fill("The expert is away.")
        own.get_by_role("button", name="Move the meeting").click()
        expect(page.get_by_text("The meeting is moved: everybody receives an update.")).to_be_visible()

    move("10")
    expect(page.get_by_text("Pre-Scheduled Cancel")).to_have_count(0)
    move("09")
    said = page.get_by_role("status").filter(has_text="Pre-Scheduled Cancel")
    expect(said).to_contain_text("The meeting was moved 2 times.")
    expect(said).to_contain_text("What has to be true for us to hold the meeting at this time?")
    move("10")
    expect(said).to_contain_text("The meeting was moved 3 times.")
    named = after_action.anti_patterns.get()
    assert (named.latest_evidence, named.evidence) == (
        "The meeting was moved 3 times.",
        "The meeting was moved 2 times.",
    )
    assert visitor.complaints == []


def test_the_technical_recovery_lead_is_asked_to_confirm_and_again_after_a_change(
    new_context: NewContext, clock: time_machine.Traveller, mim: Person
) -> None:
    clock.move_to(DISTRIBUTED + timedelta(minutes=1))
    lead = a_person("Jun Castellane")
    after_action = a_distributed_review(mim, lead=lead)
    reference = after_action.incident.reference
    asked = f"Confirm “Root cause” of {reference}"
    assert [each.subject for each in lead.notices.filter(channel="mail", subject=asked)] == [asked]
    visitor = visit(new_context, lead)
    page = visitor.page
    page.goto("/")
    page.get_by_role("link", name=asked).first.click()
    page.locator("#root_cause").get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("“Root cause” is confirmed as it stands.")).to_be_visible()
    page.goto("/")
    other = f"Confirm “What was supposed to happen” of {reference}"
    expect(page.get_by_role("link", name=other).first).to_be_visible()
    expect(page.get_by_text(asked)).to_have_count(0)
    write(
        after_action,
        "root_cause",
        {**COMPLETE["root_cause"], "failure": "a standby database without the rights of the primary"},
        at=DISTRIBUTED + timedelta(minutes=5),
    )
    assert lead.notices.filter(channel="mail", subject=f"{asked} again").count() == 1
    page.goto("/")
    expect(page.get_by_text(asked).first).to_be_visible()
    assert visitor.complaints == []


def test_a_time_on_offer_is_taken_with_the_place_and_the_liaison_that_are_typed(
    new_context: NewContext, clock: time_machine.Traveller
) -> None:
    clock.move_to(SCHEDULED)
    mim = a_mim("Oskar Wrenfield")
    liaison = a_person("Ruben Quist")
    lead = a_person("Ines Faro")
    after_action = an_after_action(mim, lead=lead)
    Absence.objects.create(
        person=lead,
        substitute=mim,
        from_on=date(2026, 3, 6),
        until_on=date(2026, 3, 6),
        said_by=lead,
        said_at=SCHEDULED,
    )
    visitor = visit(new_context, mim)
    page = visitor.page
    page.goto(f"{after_action.get_absolute_url()}schedule/")
    own = page.get_by_role("region", name="A time of your own")
    own.get_by_label("Starts").fill("2026-03-08T03:00")
    own.get_by_label("Place").fill("Bridge room 2")
    own.get_by_label("Internal Liaison").fill(str(liaison.email))
    own.get_by_label("Internal Liaison").press("Enter")
    expect(own.get_by_text("This time is outside working hours")).to_be_visible()
    expect(page.get_by_text("This time works.")).to_have_count(0)
    own.get_by_label("Starts").fill("2026-03-06T14:00")
    own.get_by_role("button", name="Check this time").click()
    expect(own.get_by_text("Ines Faro is away then.")).to_be_visible()
    own.get_by_label("Starts").fill("2026-03-09T14:00")
    own.get_by_role("button", name="Check this time").click()
    expect(own.get_by_text("This time works.")).to_be_visible()
    page.get_by_role("button", name="Choose this time").first.click()
    expect(own.get_by_text("This time works.")).to_be_visible()
    assert not after_action.meetings.exists()
    own.get_by_role("button", name="Schedule and invite").click()
    expect(page.get_by_text("The meeting is scheduled: the invitations are on their way.")).to_be_visible()
    meeting = after_action.meetings.get()
    assert (meeting.location, fresh(after_action).internal_liaison) == ("Bridge room 2", liaison)
    # A working day to write from Tuesday 11:40, two days to read; on Friday the lead is away.
    assert meeting.starts_at == datetime(2026, 3, 9, 8, 0, tzinfo=UTC)
    assert visitor.complaints == []
