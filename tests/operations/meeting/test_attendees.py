"""Who attends, who is invited, and what their calendars receive."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from afteractions.access import get_after_action
from afteractions.models import AfterAction, Attendee, VendorFollowUp
from afteractions.operations.followup.vendors import plan_rca
from afteractions.operations.meeting.attendees import (
    look_again,
    propose_attendees,
    respond,
    set_attendees,
)
from afteractions.operations.meeting.named_by_record import not_proposed, read_empty_seats
from afteractions.operations.meeting.roles import name_people
from afteractions.operations.meeting.scheduling import reschedule
from afteractions.operations.readers.guests import open_guest_link
from afteractions.operations.review.document import Review
from incidents.models import Service, Vendor
from incidents.operations.log import state_impact
from incidents.operations.response.command import add_member, assign, hand_over, open_track
from incidents.operations.response.vendors import engage, update_engagement
from incidents.vocabulary import CommandRole, ImpactField
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, NotFound
from majorops.notices.delivery.places import path_to
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.changed_rows import audited, last_entry
from tests.factories.afteractions import HOUR, MEETING, SCHEDULED, a_meeting, an_after_action, fresh, write
from tests.factories.incidents import OPENED, an_event, an_incident, close, minutes
from tests.factories.people import a_contact, a_mim, a_person

pytestmark = pytest.mark.django_db


def names(after_action: AfterAction) -> dict[str, str]:
    return {
        attendee.person.full_name: attendee.requirement
        for attendee in after_action.attendees.filter(included=True).select_related("person")
    }


def decide(after_action: AfterAction, person: Person, **said: object) -> list[Attendee]:
    row = {"person": person.identifier, **said}
    mim = after_action.incident.mim
    return set_attendees(after_action, [row], by=mim, at=SCHEDULED, now=SCHEDULED)


def invitation(person: Person, *, method: str = "REQUEST") -> Calendar:
    """The last calendar part that this person was sent."""
    notice = Notice.objects.filter(recipient=person, channel="mail", calendar_method=method).latest("id")
    return Calendar.from_ical(notice.calendar)


def test_attendees_are_proposed_at_the_close_each_with_a_reason() -> None:
    after_action = an_after_action(lead=a_person("Tomas Lindqvist"))
    assert names(after_action) == {"Mira Okafor": "required", "Tomas Lindqvist": "required"}
    assert after_action.attendees.get(person__full_name="Mira Okafor").reason == "Chairs the After Action."


def test_who_is_required_follows_from_the_record_and_not_from_the_rank() -> None:
    mim, chief = a_mim(), a_person("Berta Lang")
    Person.objects.filter(pk=mim.pk).update(manager=chief)
    lead, track_lead, expert, keeper = (
        a_person(name) for name in ("Tomas Lindqvist", "Ines Vale", "Noor Haddad", "Otto Riis")
    )
    Service.objects.create(name="Checkout", owner=keeper)
    incident = an_incident(mim, "critical", services=["Checkout"])
    said = {"by": mim, "at": OPENED + minutes(5), "now": OPENED + minutes(5)}
    assign(incident, role=CommandRole.TECHNICAL_RECOVERY_LEAD, person=lead, **said)
    assign(incident, role=CommandRole.RESPONDER, person=chief, **said)
    add_member(open_track(incident, name="Databases", lead=track_lead, **said), person=expert, **said)
    close(incident, by=mim, at=OPENED + minutes(90), now=OPENED + minutes(90))
    after_action = AfterAction.objects.select_related("incident__mim").get(incident=incident)
    assert names(after_action) == dict.fromkeys(map(str, (mim, lead, track_lead, expert, keeper)), "required")
    assert all(each.reason for each in after_action.attendees.all())
    assert "Berta Lang" in {str(each.person) for each in not_proposed(review_of(after_action), now=SCHEDULED)}


def test_proposing_again_changes_nothing_and_keeps_what_the_mim_decided() -> None:
    after_action = an_after_action()
    lead = after_action.attendees.get(person__full_name="Tomas Lindqvist").person
    decide(after_action, lead, included=False, reason="Is on leave.")
    before = list(after_action.attendees.values())
    propose_attendees(after_action, now=SCHEDULED)
    assert list(after_action.attendees.values()) == before


def test_a_track_lead_who_comes_later_is_proposed_at_the_next_proposal() -> None:
    after_action = an_after_action()
    expert = a_person("Bao Sandoval")
    at = SCHEDULED
    open_track(
        after_action.incident, name="Database", lead=expert, by=after_action.incident.mim, at=at, now=at
    )
    propose_attendees(AfterAction.objects.get(pk=after_action.pk), now=at)
    assert names(after_action)["Bao Sandoval"] == "required"


def test_a_contact_named_for_a_system_is_nobody_to_invite() -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    contact = a_contact(after_action.incident.reference, key="node", full_name="Node")
    open_track(after_action.incident, name="Nodes", lead=contact, by=mim, at=SCHEDULED, now=SCHEDULED)
    propose_attendees(AfterAction.objects.get(pk=after_action.pk), now=SCHEDULED)
    assert "Node" not in names(after_action)


def test_removing_a_required_attendee_takes_a_reason() -> None:
    after_action = an_after_action()
    lead = after_action.attendees.get(person__full_name="Tomas Lindqvist").person
    with pytest.raises(BadInput) as wrong:
        decide(after_action, lead, included=False)
    assert wrong.value.problems[0].path == "[0].reason"
    decide(after_action, lead, included=False, reason="Is on leave.")
    assert "Tomas Lindqvist" not in names(after_action)


def test_an_unknown_person_is_named_by_its_place_in_the_list() -> None:
    after_action = an_after_action()
    rows = [{"person": after_action.incident.mim.identifier}, {"person": "nobody@majorops.example"}]
    with pytest.raises(BadInput) as wrong:
        set_attendees(after_action, rows, by=after_action.incident.mim, at=SCHEDULED, now=SCHEDULED)
    assert wrong.value.problems[0].path == "[1].person"


def test_only_the_mim_decides_who_attends() -> None:
    after_action = an_after_action()
    with pytest.raises(NotAllowed):
        set_attendees(after_action, [], by=a_person(), at=SCHEDULED, now=SCHEDULED)


def test_attending_lets_into_a_restricted_incident_and_being_taken_off_lets_out() -> None:
    after_action = an_after_action(restricted=True)
    outsider = a_person("Noor Vance")
    with pytest.raises(NotFound):
        get_after_action(outsider, after_action.reference)
    decide(after_action, outsider, included=True)
    assert get_after_action(outsider, after_action.reference) == after_action
    decide(after_action, outsider, included=False)
    with pytest.raises(NotFound):
        get_after_action(outsider, after_action.reference)


def test_scheduling_sends_everybody_an_invitation_for_their_calendar() -> None:
    after_action = an_after_action(time_zone="Europe/Berlin")
    meeting = a_meeting(after_action, location="Room 4; the big one")
    mim = after_action.incident.mim
    for attendee in after_action.attendees.select_related("person"):
        calendar = invitation(attendee.person)
        assert calendar["METHOD"] == "REQUEST"
        (event,) = calendar.walk("VEVENT")
        assert (event["UID"], event["SEQUENCE"]) == (meeting.uid, 0)
        assert event.decoded("DTSTART") == MEETING
        assert b"DTSTART:20260309T140000Z" in calendar.to_ical()
        assert event.decoded("DTEND") == MEETING + HOUR
        assert event["ORGANIZER"] == "mailto:after-actions@majorops.example"
        roles = {str(each): each.params["ROLE"] for each in event["ATTENDEE"]}
        assert roles[f"mailto:{mim.email}"] == "CHAIR"
        assert event["LOCATION"] == "Room 4; the big one"
        assert {address.params["CN"] for address in event["ATTENDEE"]} == set(names(after_action))


def test_a_move_sends_an_update_with_the_same_uid_and_the_next_sequence() -> None:
    after_action = an_after_action()
    mim = after_action.incident.mim
    meeting = a_meeting(after_action)
    respond(after_action.attendees.get(person=mim), "accepted", by=mim, at=SCHEDULED, now=SCHEDULED)
    at = SCHEDULED + HOUR
    reschedule(
        after_action,
        starts_at=MEETING + HOUR,
        ends_at=MEETING + 2 * HOUR,
        reason="The expert is ill.",
        by=mim,
        at=at,
        now=at,
    )
    (event,) = invitation(mim).walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"]) == (meeting.uid, 1)
    assert event.decoded("DTSTART") == MEETING + HOUR
    assert after_action.attendees.get(person=mim).response == "none"
    subjects = Notice.objects.filter(recipient=mim, channel="mail", calendar_method="REQUEST")
    assert [notice.subject.split(":")[0] for notice in subjects.order_by("id")] == ["Invitation", "Moved"]


def test_who_is_taken_off_receives_a_cancellation_and_who_is_added_an_invitation() -> None:
    after_action = an_after_action()
    meeting = a_meeting(after_action)
    lead = after_action.attendees.get(person__full_name="Tomas Lindqvist").person
    newcomer = a_person("Noor Vance")
    decide(after_action, lead, included=False, reason="Is on leave.")
    (event,) = invitation(lead, method="CANCEL").walk("VEVENT")
    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == (meeting.uid, "CANCELLED", 1)
    decide(after_action, newcomer, included=True, bring="The run card")
    (event,) = invitation(newcomer).walk("VEVENT")
    assert event["SEQUENCE"] == 2
    assert Notice.objects.filter(recipient=newcomer, text__contains="Please bring: The run card").exists()
    decide(after_action, lead, included=True)
    assert invitation(lead).walk("VEVENT")[0]["SEQUENCE"] == 3


def test_times_are_said_in_the_zone_of_each_reader() -> None:
    after_action = an_after_action()
    reader = a_person("Yuki Hale", time_zone="Asia/Tokyo")
    decide(after_action, reader, included=True)
    a_meeting(after_action)
    assert "23:00 JST" in Notice.objects.filter(recipient=reader, channel="mail").latest("id").subject


def test_an_answer_is_the_persons_own_or_entered_by_the_chair() -> None:
    after_action = an_after_action()
    a_meeting(after_action)
    attendee = after_action.attendees.get(person__full_name="Tomas Lindqvist")
    with pytest.raises(NotAllowed):
        respond(attendee, "declined", by=a_person(), at=SCHEDULED, now=SCHEDULED)
    with pytest.raises(BadInput):
        respond(attendee, "perhaps", by=attendee.person, at=SCHEDULED, now=SCHEDULED)
    assert respond(attendee, "declined", by=attendee.person, at=SCHEDULED, now=SCHEDULED).responded_at
    later = SCHEDULED + timedelta(minutes=5)
    again = respond(attendee, "accepted", by=after_action.incident.mim, at=later, now=later)
    assert again.response == "accepted"


def test_the_vendors_representative_is_required_when_the_root_cause_is_the_vendors() -> None:
    after_action = an_after_action()
    incident = after_action.incident
    representative = a_contact(incident.reference, "rep", "Priya Anand", email="priya@vendor.example")
    Vendor.objects.create(name="Cloudgate", representative=representative)
    engage(
        incident,
        vendor="Cloudgate",
        root_cause_related=True,
        by=incident.mim,
        at=SCHEDULED,
        now=SCHEDULED,
    )
    propose_attendees(AfterAction.objects.get(pk=after_action.pk), now=SCHEDULED)
    assert names(after_action)["Priya Anand"] == "required"
    a_meeting(after_action)
    notice = Notice.objects.get(recipient=representative, channel="mail")
    assert notice.address == "priya@vendor.example"


def test_a_handover_changes_the_chair_and_never_the_organiser(settings: Any) -> None:
    after_action = an_after_action()
    meeting = a_meeting(after_action)
    successor = a_mim("Selma Nord")
    incident, at = after_action.incident, SCHEDULED + HOUR
    hand_over(incident, to=successor, by=incident.mim, at=at, now=at)
    settings.DEFAULT_FROM_EMAIL = "Reviews <elsewhere@majorops.example>"
    after_action = fresh(after_action)
    when = {"starts_at": MEETING + HOUR, "ends_at": MEETING + 2 * HOUR}
    reschedule(after_action, **when, reason="The expert is ill.", by=successor, at=at, now=at)
    lead = after_action.attendees.get(person__full_name="Tomas Lindqvist").person
    (event,) = invitation(lead).walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"]) == (meeting.uid, 1)
    assert event["ORGANIZER"] == "mailto:after-actions@majorops.example"
    roles = {str(each): each.params["ROLE"] for each in event["ATTENDEE"]}
    assert roles[f"mailto:{successor.email}"] == "CHAIR"
    assert "CHAIR" not in {role for each, role in roles.items() if each != f"mailto:{successor.email}"}


def test_who_is_found_after_scheduling_is_invited_and_who_is_named_no_more_is_taken_off() -> None:
    after_action = an_after_action()
    a_meeting(after_action)
    incident, at = after_action.incident, SCHEDULED + HOUR
    mim, expert = incident.mim, a_person("Bao Sandoval")
    assigned = assign(incident, role=CommandRole.SME, person=expert, by=mim, at=at, now=at)
    look_again(fresh(after_action), by=mim, now=at)
    (event,) = invitation(expert).walk("VEVENT")
    assert event["SEQUENCE"] == 1
    assert names(after_action)["Bao Sandoval"] == "required"
    look_again(fresh(after_action), by=mim, now=at)
    assert Notice.objects.filter(recipient=expert, channel="mail").count() == 1

    other = a_person("Noor Vance")
    assign(incident, role=CommandRole.SME, person=other, by=mim, at=at, now=at, corrects=assigned)
    look_again(fresh(after_action), by=mim, now=at)
    assert "Bao Sandoval" not in names(after_action)
    (event,) = invitation(expert, method="CANCEL").walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"
    assert invitation(other).walk("VEVENT")


def test_a_desk_that_the_contract_names_represents_the_vendor() -> None:
    after_action = an_after_action()
    incident, mim = after_action.incident, after_action.incident.mim
    desk = a_contact("vendors", "vendor-1-1", "Priority support", email="support@cloudgate.example")
    Vendor.objects.create(name="Cloudgate", representative=desk)
    engage(incident, vendor="Cloudgate", root_cause_related=True, by=mim, at=SCHEDULED, now=SCHEDULED)
    look_again(fresh(after_action), by=mim, now=SCHEDULED)
    assert names(after_action)["Priority support"] == "required"


def test_an_empty_seat_is_said_until_somebody_from_outside_takes_it() -> None:
    after_action = an_after_action()
    incident, mim = after_action.incident, after_action.incident.mim
    engage(incident, vendor="Cloudgate", root_cause_related=True, by=mim, at=SCHEDULED, now=SCHEDULED)
    seats = [each.role for each in read_empty_seats(fresh(after_action), now=SCHEDULED)]
    assert seats == ["Representative of Cloudgate"]
    a_meeting(after_action)
    row = {"person": "Priority support <Support@Cloudgate.example>", "included": True, "fills": seats[0]}
    set_attendees(after_action, [row, row], by=mim, at=SCHEDULED, now=SCHEDULED)
    assert read_empty_seats(fresh(after_action), now=SCHEDULED) == []
    [notice] = Notice.objects.filter(address="support@cloudgate.example", calendar_method="REQUEST")
    assert last_entry("added somebody from outside") == (mim, {})
    token = path_to(notice.url).split("/")[2]
    assert open_guest_link(token, now=SCHEDULED).person.full_name == "Priority support"


def test_somebody_from_outside_is_typed_in_with_an_address_that_mail_reaches() -> None:
    after_action = an_after_action()
    for typed in ("Priority support", "<support@cloudgate.example>", "Support <one,two@cloudgate.example>"):
        with pytest.raises(BadInput) as wrong:
            decide_on(after_action, typed)
        assert [each.path for each in wrong.value.problems] == ["[0].person"]
        assert "as in Priya Raman <priya@vendor.example>" in wrong.value.sentence
    assert not Person.objects.filter(contact_email__endswith="cloudgate.example").exists()


def decide_on(after_action: AfterAction, typed: str) -> None:
    rows = [{"person": typed, "included": True}]
    set_attendees(after_action, rows, by=after_action.incident.mim, at=SCHEDULED, now=SCHEDULED)


def test_why_somebody_was_added_is_no_reason_to_remove_them() -> None:
    after_action = an_after_action()
    expert = a_person("Noor Vance")
    decide(after_action, expert, included=True, requirement="required", reason="Knows the gateway.")
    with pytest.raises(BadInput) as wrong:
        decide(after_action, expert, included=False)
    assert wrong.value.problems[0].path == "[0].reason"
    decide(after_action, expert, included=False, reason="Is on leave.")
    assert "Noor Vance" not in names(after_action)


def test_who_is_settled_or_recorded_after_scheduling_is_proposed_and_invited() -> None:
    after_action = an_after_action()
    incident, mim, at = after_action.incident, after_action.incident.mim, SCHEDULED + HOUR
    a_meeting(after_action)
    vera = a_contact("vendors", "vendor-1-1", "Vera Quill", email="vera@cloudgate.example")
    Vendor.objects.create(name="Cloudgate", representative=vera)
    engage(incident, vendor="Cloudgate", by=mim, at=SCHEDULED, now=SCHEDULED)
    assert "Vera Quill" not in names(after_action)
    plan_rca(VendorFollowUp.objects.get(), root_cause_related=True, by=mim, at=at, now=at)
    assert names(after_action)["Vera Quill"] == "required"
    assert invitation(vera).walk("VEVENT")
    lead, recovery = a_person("Lea Moor"), a_person("Tara Voss")
    open_track(incident, name="DNS", lead=lead, by=mim, at=at, now=at)
    assign(incident, role=CommandRole.TECHNICAL_RECOVERY_LEAD, person=recovery, by=mim, at=at, now=at)
    for person in (lead, recovery):
        assert names(after_action)[person.full_name] == "required"
        assert invitation(person).walk("VEVENT")
    assert read_empty_seats(fresh(after_action), now=at) == []


def test_a_vendor_whose_part_the_record_settles_later_sends_its_representative() -> None:
    after_action = an_after_action()
    incident, mim, at = after_action.incident, after_action.incident.mim, SCHEDULED + HOUR
    a_meeting(after_action)
    vera = a_contact("vendors", "vendor-1-1", "Vera Quill", email="vera@cloudgate.example")
    Vendor.objects.create(name="Cloudgate", representative=vera)
    engagement = engage(incident, vendor="Cloudgate", by=mim, at=SCHEDULED, now=SCHEDULED)
    update_engagement(engagement, root_cause_related=True, by=mim, at=at, now=at)
    assert names(after_action)["Vera Quill"] == "required"
    assert invitation(vera).walk("VEVENT")


def test_whom_the_owner_records_later_is_invited_too() -> None:
    after_action = an_after_action()
    incident, mim, at = after_action.incident, after_action.incident.mim, SCHEDULED + HOUR
    a_meeting(after_action)
    owner, lead = a_person("Ottilie Renner"), a_person("Lea Moor")
    name_people(
        after_action, owner=owner, internal_liaison=None, editors=[], stakeholders=[], by=mim, at=at, now=at
    )
    open_track(incident, name="DNS", lead=lead, by=owner, at=at, now=at)
    assert names(after_action)["Lea Moor"] == "required"
    assert invitation(lead).walk("VEVENT")


def test_whom_somebody_else_records_later_is_an_empty_seat_until_the_mim_looks_again() -> None:
    after_action = an_after_action()
    incident, mim, at = after_action.incident, after_action.incident.mim, SCHEDULED + HOUR
    a_meeting(after_action)
    lead = a_person("Lea Moor")
    recovery = after_action.attendees.get(person__full_name="Tomas Lindqvist").person
    open_track(incident, name="DNS", lead=lead, by=recovery, at=at, now=at)
    assert "Lea Moor" not in names(after_action)
    (seat,) = read_empty_seats(fresh(after_action), now=at)
    assert seat.role == "Track lead: Lea Moor"
    look_again(fresh(after_action), by=mim, now=at)
    assert read_empty_seats(fresh(after_action), now=at) == []
    decide(after_action, lead, included=False, reason="Is on leave.")
    assert read_empty_seats(fresh(after_action), now=at) == []


def test_looking_again_writes_down_what_the_record_says_of_somebody_by_now() -> None:
    after_action = an_after_action()
    incident, mim, at = after_action.incident, after_action.incident.mim, SCHEDULED + HOUR
    expert = a_person("Bao Sandoval")
    decide(after_action, expert, included=True)
    recovery = after_action.attendees.get(person__full_name="Tomas Lindqvist").person
    open_track(incident, name="DNS", lead=expert, by=recovery, at=at, now=at)
    with audited("looking again"):
        look_again(fresh(after_action), by=mim, now=at)
    written = AuditEntry.objects.get(verb="looked at the record again")
    assert written.changes[f"{expert.identifier}, requirement"] == ["situational", "required"]
    with audited("looking again, with nothing new"):
        look_again(fresh(after_action), by=mim, now=at)
    assert AuditEntry.objects.filter(verb="looked at the record again").count() == 1


def test_who_only_listened_on_the_bridge_is_not_proposed_and_the_reason_is_given() -> None:
    mim = a_mim()
    incident = an_incident(mim, "critical")
    for name in ("Ida Stern", "Jon Vale"):
        assign(incident, role=CommandRole.RESPONDER, person=a_person(name), by=mim, at=OPENED, now=OPENED)
    acting = a_person("Jon Vale Acting")
    for number in range(3):
        an_event(incident, f"Step {number}", by=acting, at=OPENED + minutes(number))
    closed_at = OPENED + minutes(100)
    close(incident, by=mim, at=closed_at, now=closed_at)
    after_action = AfterAction.objects.select_related("incident__mim").get(incident=incident)
    assert set(names(after_action)) == {mim.full_name, "Jon Vale Acting"}
    said = {
        each.person.full_name: each.reason for each in not_proposed(review_of(after_action), now=closed_at)
    }
    assert set(said) == {"Ida Stern", "Jon Vale"}
    assert said["Ida Stern"] == "Was on the bridge: a structured review is not a group debrief."


def test_regulatory_exposure_leaves_a_seat_that_the_mim_fills() -> None:
    after_action = an_after_action()
    incident, mim = after_action.incident, after_action.incident.mim
    state_impact(
        incident, field=ImpactField.REGULATORY_EXPOSURE, value=True, by=mim, at=SCHEDULED, now=SCHEDULED
    )
    (seat,) = read_empty_seats(fresh(after_action), now=SCHEDULED)
    assert seat.role == "Security or Compliance"
    decide(after_action, a_person("Noor Vance"), included=True, fills=seat.role)
    assert read_empty_seats(fresh(after_action), now=SCHEDULED) == []


def test_communications_written_of_as_a_finding_call_for_their_lead() -> None:
    after_action = an_after_action()
    incident, mim = after_action.incident, after_action.incident.mim
    row = {
        "expected": "Customers hear within 30 minutes.",
        "actual": "Customers were told after three hours.",
    }
    write(after_action, "expected", [{**row, "kind": "procedure"}])
    (seat,) = read_empty_seats(fresh(after_action), now=SCHEDULED)
    assert seat.role == "Customer Communications Lead"
    lead = a_person("Noor Vance")
    assign(incident, role=CommandRole.COMMUNICATIONS_LEAD, person=lead, by=mim, at=SCHEDULED, now=SCHEDULED)
    assert names(after_action)["Noor Vance"] == "situational"
    assert read_empty_seats(fresh(after_action), now=SCHEDULED) == []


def review_of(after_action: AfterAction) -> Review:
    return Review(fresh(after_action), at=SCHEDULED)
