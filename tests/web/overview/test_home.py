"""Home: what needs each person, and nothing of what they may not see."""

from datetime import date, timedelta

import pytest
from django.db import connection

from afteractions.models import AfterAction, Obligation
from afteractions.operations.evidence.close_out import close_out
from afteractions.operations.followup.external_messages import ask_for_approval
from afteractions.operations.followup.proposals import propose
from afteractions.operations.intake import decide
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.meeting.meeting import start_meeting
from afteractions.operations.review.distribution import distribute
from afteractions.queries.home import awaited
from afteractions.vocabulary import ObligationKind
from incidents.models import IncidentAccess
from incidents.operations.close import close, confirm_lowering
from incidents.operations.log import change_severity
from incidents.operations.response.command import add_member, assign, open_track
from incidents.vocabulary import CommandRole
from majorops.notices.models import Heartbeat, Notice
from majorops.people.groups import GroupName
from tests.factories.afteractions import (
    CLOSED,
    DISTRIBUTED,
    MEETING,
    PUBLISHED,
    READ,
    SCHEDULED,
    a_distributed_review,
    a_drafted_review,
    a_published_review,
    a_reviewed_review,
    an_after_action,
    an_approval,
    read_by_all,
)
from tests.factories.incidents import OPENED, an_incident
from tests.factories.people import a_mim, a_person, an_administrator
from tests.web.overview.looking import look, main_of, many_overdue, statements

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_the_mim_is_told_to_schedule_now_and_to_hold_later() -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    page = main_of(look(mim, "/", SCHEDULED))
    reference = after_action.incident.reference
    now, _, later = page.partition("Later")
    assert f"Schedule the After Action of {reference}" in now
    assert f"Hold the After Action of {reference}" in later
    assert "in 23 h" in now


def test_the_title_counts_what_is_due_within_the_week() -> None:
    mim = a_mim()
    an_after_action(mim)
    page = look(mim, "/", SCHEDULED).content.decode()
    assert "<title>(2) Home" in " ".join(page.split())


def test_an_overdue_deadline_stands_under_now_with_its_words() -> None:
    mim = a_mim()
    an_after_action(mim)
    page = main_of(look(mim, "/", CLOSED + timedelta(days=3)))
    assert "overdue by 2 d" in page.partition("Later")[0]


def test_an_attendee_is_asked_to_read_the_draft_until_it_is_read() -> None:
    lead = a_person("Tomas Lindqvist")
    after_action = a_distributed_review(lead=lead)
    path = f"/after-actions/{after_action.reference}/read/"
    before = look(lead, "/", READ)
    assert "Read the Learning Review draft" in main_of(before)
    assert path in before.content.decode()
    read_by_all(after_action)
    assert "Read the Learning Review draft" not in main_of(look(lead, "/", READ + HOUR))


def test_an_attendee_sees_the_meeting_ahead_and_joins_it_while_it_runs() -> None:
    lead = a_person("Tomas Lindqvist")
    after_action = a_distributed_review(lead=lead)
    ahead = main_of(look(lead, "/", DISTRIBUTED))
    assert "Attend the After Action" in ahead
    assert "Answer the invitation" in ahead
    start_meeting(after_action, by=after_action.incident.mim, at=MEETING, now=MEETING)
    running = main_of(look(lead, "/", MEETING + HOUR / 4))
    assert "Under way now" in running
    assert "Join the meeting" in running


def test_the_chair_sees_the_meeting_in_the_place_of_its_deadline() -> None:
    mim = a_mim()
    a_distributed_review(mim)
    page = main_of(look(mim, "/", DISTRIBUTED))
    assert "Chair the After Action" in page
    assert "Hold the After Action" not in page


def test_a_meeting_to_come_hides_no_deadline_that_has_passed() -> None:
    mim = a_mim()
    after_action = a_distributed_review(mim)
    after_action.obligations.filter(kind=ObligationKind.HOLD).update(due_at=DISTRIBUTED - HOUR)
    page = main_of(look(mim, "/", DISTRIBUTED))
    assert "Chair the After Action" in page
    assert "Hold the After Action" in page


def test_a_group_is_told_of_what_nobody_is_named_for() -> None:
    unnamed = many_overdue(1, a_mim(), due_at=SCHEDULED + HOUR)[0]
    unnamed.obligations.update(responsible=None, responsible_group=GroupName.MIM)
    page = main_of(look(a_mim("Tomasz Okonkwo"), "/", SCHEDULED))
    assert "For any of the Major Incident Managers" in page
    assert unnamed.incident.title in page
    assert "For any of the" not in main_of(look(a_person("Ines Faro"), "/", SCHEDULED))


def test_running_incidents_stand_on_top() -> None:
    mim = a_mim()
    an_incident(mim, title="Checkout answers with errors")
    page = main_of(look(a_person(), "/", OPENED + HOUR))
    assert page.index("Running now") < page.index("Checkout answers with errors")


def test_of_the_running_incidents_the_latest_stands_first() -> None:
    mim = a_mim()
    an_incident(mim, title="The second one", opened_at=OPENED + HOUR)
    an_incident(mim, title="The first one", opened_at=OPENED)
    an_incident(mim, title="The third one", opened_at=OPENED + 2 * HOUR)
    page = main_of(look(a_person(), "/", OPENED + 3 * HOUR))
    places = [page.index(f"The {which} one") for which in ("third", "second", "first")]
    assert places == sorted(places)


def test_a_critical_incident_that_runs_is_not_pushed_out_by_many_that_began_later() -> None:
    mim = a_mim()
    an_incident(mim, title="The gravest one", opened_at=OPENED)
    for number in range(12):
        an_incident(mim, "low", title=f"Later {number}", opened_at=OPENED + HOUR)
    page = main_of(look(a_person(), "/", OPENED + 2 * HOUR))
    assert page.index("The gravest one") < page.index("Later")


def test_a_manager_reads_how_much_is_overdue_below() -> None:
    manager = a_person("Helena Brandauer")
    lead = a_person("Jun Castellane", manager=manager)
    mim = a_mim(manager=lead)
    many_overdue(3, mim, due_at=SCHEDULED)
    page = main_of(look(manager, "/", SCHEDULED + HOUR))
    assert "6 overdue" in page
    assert "overdue" not in main_of(look(a_person("Ines Faro"), "/", SCHEDULED + HOUR))


def test_a_restricted_incident_shows_on_no_home_page_outside() -> None:
    manager = a_person("Helena Brandauer")
    mim = a_mim(manager=manager)
    many_overdue(1, mim, due_at=SCHEDULED, restricted=True, title="Stolen keys")
    an_incident(mim, title="Stolen keys again", restricted=True)
    page = main_of(look(manager, "/", SCHEDULED + HOUR))
    assert "Stolen keys" not in page
    assert "Nothing is overdue" in page
    assert "Stolen keys" in main_of(look(mim, "/", SCHEDULED + HOUR))


def test_the_owner_and_the_mim_are_asked_for_an_approval_until_they_give_it() -> None:
    mim = a_mim()
    planned = {"audience": "Customers", "text": "We are sorry", "due_at": PUBLISHED + timedelta(days=4)}
    message = a_reviewed_review(mim, external_messages=[planned]).external_messages.get()
    wanted = "Approve the message to Customers"
    assert wanted not in main_of(look(mim, "/", PUBLISHED))
    writer = a_person("Nadia Ferrante", groups=[GroupName.COMMUNICATIONS])
    ask_for_approval(message, by=writer, at=PUBLISHED, now=PUBLISHED)
    page = main_of(look(mim, "/", PUBLISHED))
    assert wanted in page.partition("This week")[2]
    assert wanted not in main_of(look(writer, "/", PUBLISHED))
    waits = main_of(look(writer, "/", PUBLISHED))
    assert "Waits for approval: the message to Customers" in waits
    assert "Send the external message" not in waits
    an_approval(message, at=PUBLISHED)
    assert wanted not in main_of(look(mim, "/", PUBLISHED))
    assert "Send the external message to Customers" in main_of(look(writer, "/", PUBLISHED))


def test_an_attendee_is_told_what_to_bring_and_by_when() -> None:
    lead = a_person("Tomas Lindqvist")
    after_action = a_distributed_review(lead=lead)
    row = {"person": lead, "included": True, "bring": "The query log", "bring_by": date(2026, 3, 8)}
    set_attendees(after_action, [row], by=after_action.incident.mim, at=DISTRIBUTED, now=DISTRIBUTED)
    page = main_of(look(lead, "/", DISTRIBUTED))
    assert "The query log" in page.partition("This week")[2]
    assert "The query log" not in main_of(look(after_action.incident.mim, "/", DISTRIBUTED))


def test_the_mims_manager_is_asked_whether_it_never_was_mandatory() -> None:
    manager = a_person("Helena Brandauer")
    mim = a_mim(manager=manager)
    incident = an_after_action(mim).incident
    wanted = "never was mandatory"
    assert wanted not in main_of(look(manager, "/", SCHEDULED))
    change_severity(
        incident,
        severity="medium",
        reason="A wrong alert",
        never_was=True,
        by=mim,
        at=SCHEDULED,
        now=SCHEDULED,
    )
    assert wanted in main_of(look(manager, "/", SCHEDULED))
    assert wanted not in main_of(look(a_person("Ines Faro"), "/", SCHEDULED))
    confirm_lowering(incident, reason="So it was", by=manager, at=SCHEDULED, now=SCHEDULED)
    assert wanted not in main_of(look(manager, "/", SCHEDULED))


def test_the_mim_is_asked_for_an_answer_to_what_an_owner_proposes() -> None:
    mim, owner = a_mim(), a_person("Ingrid Falk")
    item = a_published_review(mim, action_owner=owner).changes.get()
    wanted = "Answer what is proposed for the action item"
    at = PUBLISHED + timedelta(days=25)
    assert wanted not in main_of(look(mim, "/", at))
    propose(item, disposition="done", evidence="Pipeline run 812", by=owner, at=at, now=at)
    assert wanted in main_of(look(mim, "/", at))
    assert wanted not in main_of(look(owner, "/", at))


SAY = "Say in two lines what worked and what slowed us"


def test_who_responded_is_asked_for_two_lines_until_they_say_them() -> None:
    mim, lead = a_mim(), a_person("Tomas Lindqvist")
    expert, track_lead = a_person("Noor Haddad"), a_person("Ines Vale")
    incident = an_incident(mim, "critical")
    said = {"by": mim, "at": OPENED + HOUR / 2, "now": OPENED + HOUR / 2}
    assign(incident, role=CommandRole.TECHNICAL_RECOVERY_LEAD, person=lead, **said)
    add_member(open_track(incident, name="Databases", lead=track_lead, **said), person=expert, **said)
    assert SAY not in main_of(look(lead, "/", OPENED + HOUR))
    close(incident, by=mim, at=CLOSED, now=CLOSED)
    after_action = AfterAction.objects.get(incident=incident)
    for person in (mim, lead, expert, track_lead):
        answer = look(person, "/", SCHEDULED)
        assert f"{SAY} in {incident.reference}" in main_of(answer).partition("This week")[2]
        assert f'href="/after-actions/{after_action.reference}/close-out/"' in answer.content.decode()
    assert SAY not in main_of(look(a_person("Ines Faro"), "/", SCHEDULED))
    close_out(after_action, worked="The bridge", slowed="", by=lead, at=SCHEDULED, now=SCHEDULED)
    assert SAY not in main_of(look(lead, "/", SCHEDULED))
    assert SAY in main_of(look(expert, "/", SCHEDULED))


def test_the_two_lines_are_asked_of_drafts_alone() -> None:
    lead = a_person("Tomas Lindqvist")
    after_action = a_drafted_review(lead=lead)
    assert SAY in main_of(look(lead, "/", SCHEDULED))
    distribute(after_action, by=after_action.incident.mim, at=DISTRIBUTED, now=DISTRIBUTED)
    assert SAY not in main_of(look(lead, "/", DISTRIBUTED))


def test_each_line_opens_the_page_on_which_it_is_done() -> None:
    mim = a_mim()
    undecided, mandatory = an_after_action(mim, "high"), an_after_action(mim)
    page = look(mim, "/", SCHEDULED).content.decode()
    for after_action, place, heading in (
        (undecided, "decide/", "Hold this After Action, or skip it?"),
        (mandatory, "schedule/", "Schedule the meeting"),
    ):
        url = f"{after_action.get_absolute_url()}{place}"
        assert f'href="{url}"' in page
        assert heading in main_of(look(mim, url, SCHEDULED))


def test_the_two_lines_are_asked_of_nobody_about_the_past_or_what_is_skipped() -> None:
    mim, lead = a_mim(), a_person("Tomas Lindqvist")
    past = an_after_action(mim, lead=lead)
    AfterAction.objects.filter(pk=past.pk).update(history=True, started_at=SCHEDULED)
    skipped = an_after_action(mim, "high", lead=lead)
    assert skipped.incident.reference in main_of(look(lead, "/", SCHEDULED))
    assert past.incident.reference not in main_of(look(lead, "/", SCHEDULED))
    decide(skipped, decision="skip", reason="A drill", by=mim, at=SCHEDULED, now=SCHEDULED)
    assert SAY not in main_of(look(lead, "/", SCHEDULED))


def test_the_two_lines_are_asked_of_nobody_who_may_not_see_the_incident() -> None:
    lead = a_person("Tomas Lindqvist")
    after_action = an_after_action(lead=lead, restricted=True)
    assert SAY in main_of(look(lead, "/", SCHEDULED))
    IncidentAccess.objects.filter(incident=after_action.incident, person=lead).delete()
    assert SAY not in main_of(look(lead, "/", SCHEDULED))


def test_what_is_awaited_of_a_person_is_found_by_indexes_alone() -> None:
    lead = a_person("Tomas Lindqvist")
    an_after_action(lead=lead)
    sql, values = awaited.sql(person=lead, me=(lead.pk,), below=(), named=lead.identifier)
    with connection.cursor() as cursor:
        # So few rows are read faster without; what is held is that there is an index for each of the tables.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan


def test_administrators_are_told_what_keeps_others_from_being_told() -> None:
    administrator = an_administrator()
    an_after_action()
    assert "Nobody looks at deadlines" not in main_of(look(administrator, "/", SCHEDULED))
    Heartbeat.keep("sweep", now=SCHEDULED - HOUR, note="")
    Notice.objects.filter(channel="mail").update(set_aside_at=SCHEDULED)
    Obligation.objects.filter(kind="hold").update(set_aside_at=SCHEDULED)
    page = main_of(look(administrator, "/", SCHEDULED))
    assert "Nobody looks at deadlines" in page
    assert "that could not be delivered" in page
    assert "1 deadline that could not be enforced" in page
    assert "could not be" not in main_of(look(a_mim("Tomasz Okonkwo"), "/", SCHEDULED))


def test_an_empty_home_says_what_belongs_there() -> None:
    page = main_of(look(a_person(), "/", SCHEDULED))
    assert "Nothing needs you" in page
    assert "Read a Learning Review" in page


def test_home_takes_the_same_statements_at_5_rows_and_at_50() -> None:
    manager = a_person("Helena Brandauer")
    mim = a_mim(manager=manager)
    mim.reports.add(a_person("Ravi Sundaram"))
    many_overdue(5, mim, due_at=SCHEDULED)
    few = statements(mim, "/", SCHEDULED + HOUR)
    many_overdue(45, mim, due_at=SCHEDULED)
    assert statements(mim, "/", SCHEDULED + HOUR) == few <= 12
