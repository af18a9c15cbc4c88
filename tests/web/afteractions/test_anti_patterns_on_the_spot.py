"""Each of the five anti-patterns is said on the spot to whoever takes the step, with the question to ask instead; what
the passing of a date shows is mailed to the owner and the MIM (domain.md, Anti-patterns)."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from afteractions.models import AfterAction, Change, Obligation
from afteractions.operations.enforcement.sweep import sweep
from afteractions.operations.review.antipatterns import name_overdue
from afteractions.vocabulary import AntiPattern, ObligationKind
from incidents.models import Vendor
from incidents.operations.close import close
from incidents.operations.log import reach_milestone
from incidents.operations.response.vendors import engage
from incidents.vocabulary import MilestoneKind
from majorops import clock
from majorops.people.models import Person
from tests.factories.afteractions import (
    COMPLETE,
    HOUR,
    a_distributed_review,
    a_drafted_review,
    a_meeting,
    an_after_action,
    fresh,
    read_by_all,
    write,
)
from tests.factories.incidents import OPENED, an_incident, minutes
from tests.factories.people import a_person
from tests.web.afteractions.pages import at, local, next_weekday, words

pytestmark = pytest.mark.django_db


def said(client: Client, path: str, form: dict[str, Any]) -> str:
    """What the page says after the step."""
    return words(client.post(path, form, follow=True))


def move(client: Client, after_action: AfterAction, days: int) -> str:
    starts = next_weekday(days)
    form = {"starts_at": local(starts), "length": "60", "reason": "The expert is ill", "confirmed": "yes"}
    return said(client, at(after_action, "schedule/"), form)


def test_the_second_move_says_pre_scheduled_cancel_to_whoever_moves(
    client: Client, recent: AfterAction
) -> None:
    a_meeting(recent, starts_at=next_weekday(4), at=clock.now())
    assert "The Pre-Scheduled Cancel:" not in move(client, recent, 16)
    page = move(client, recent, 17)
    assert "The Pre-Scheduled Cancel: The meeting was moved 2 times." in page
    assert "Ask instead" in page
    assert "The meeting was moved 3 times." in move(client, recent, 18)
    occurred = recent.anti_patterns.get(kind=AntiPattern.PRE_SCHEDULED_CANCEL, key="reschedules")
    assert [each.text for each in occurred.growth.order_by("id")] == [
        "The meeting was moved 2 times.",
        "The meeting was moved 3 times.",
    ]


def test_a_meeting_that_starts_unread_is_named_a_retell_at_its_start(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    page = said(client, at(after_action, "meeting/start/"), {})
    assert "The Retell: 0 of" in page
    assert "required attendees had read the draft at the start" in page
    assert "Ask instead" in page


def test_a_meeting_that_everybody_read_for_is_named_nothing(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    read_by_all(after_action)
    assert "The Retell:" not in said(client, at(after_action, "meeting/start/"), {})


def test_names_in_the_root_cause_are_said_to_be_a_blame_session(mim: Person, client: Client) -> None:
    after_action = a_drafted_review(mim)
    cause = {**COMPLETE["root_cause"], "failure": "a change that Tomas Lindqvist made"}
    write(after_action, "root_cause", cause, at=clock.now())
    assert "The Blame Session:" in said(
        client, at(after_action, "distribute/"), {"version": fresh(after_action).version}
    )


def test_an_item_without_an_owner_at_the_end_is_said_to_vanish(mim: Person, client: Client) -> None:
    after_action = a_distributed_review(mim)
    read_by_all(after_action)
    Change.objects.filter(after_action=after_action).update(owner=None, due_on=None)
    started = clock.now() - HOUR
    form = {
        "started_at": local(started),
        "ended_at": local(started + timedelta(minutes=55)),
        "agreed": "yes",
        "messages": "none",
        "present": [str(each.pk) for each in after_action.attendees.filter(included=True)],
    }
    page = said(client, at(after_action, "meeting/finish/"), form)
    assert "The Vanishing Tasks: Without owner or date at the end of the meeting" in page


def test_what_a_passed_date_shows_is_mailed_to_the_owner_and_the_mim(mim: Person) -> None:
    after_action = an_after_action(mim)
    owner = a_person("Ingrid Falk")
    a_meeting(after_action, owner=owner)
    hold = Obligation.objects.get(after_action=after_action, kind=ObligationKind.HOLD)
    now = hold.due_at + HOUR
    name_overdue(now=now)
    for person in (owner, mim):
        mails = person.notices.filter(channel="mail", subject__startswith="The Pre-Scheduled Cancel")
        assert "not held by its deadline" in mails.get().text, person
    name_overdue(now=now + HOUR)
    assert owner.notices.filter(channel="mail", subject__startswith="The Pre-Scheduled").count() == 1


@pytest.mark.parametrize("severity", ["critical", "low"])
def test_an_rca_whose_date_passed_unseen_is_mailed_as_the_missing_vendor(mim: Person, severity: str) -> None:
    Vendor.objects.create(name="Nordlicht Netz", rca_term_days=5, service_manager=mim)
    incident = an_incident(mim, severity)
    opened = {"by": mim, "at": OPENED + minutes(5), "now": OPENED + minutes(5)}
    engage(incident, vendor="Nordlicht Netz", root_cause_related=True, **opened)
    recovered = OPENED + minutes(30)
    reach_milestone(incident, kind=MilestoneKind.RECOVERED, by=mim, at=recovered, now=recovered)
    close(incident, by=mim, at=OPENED + minutes(40), now=OPENED + minutes(40))
    rca = Obligation.objects.get(incident=incident, kind=ObligationKind.VENDOR_RCA)
    # Who warned beforehand has not escalated, and above the Service Manager there is nobody.
    for now in (rca.due_at - timedelta(days=2), rca.due_at + HOUR):
        sweep(now=now)
    assert "warning:2d" in rca.escalations.values_list("step", flat=True)
    found = name_overdue(now=rca.due_at + HOUR)
    if severity == "low":
        # Without an After Action there is nothing to name it in, and nothing that it stops.
        assert found == 0
        return
    mail = mim.notices.get(channel="mail", subject__startswith="The Missing Vendor")
    assert "The date of the RCA of Nordlicht Netz passed" in mail.text
    assert "Ask instead" in mail.text
