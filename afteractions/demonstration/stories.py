"""What became of each of the ten incidents. Every story yields the instant at which it goes on."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from afteractions.demonstration import documents
from afteractions.demonstration.casting import DAY, HOUR, Cast, first_mtm, told
from afteractions.demonstration.drafts import summary_of, went_well_of
from afteractions.demonstration.meetings import hold_two_meetings
from afteractions.demonstration.review import ReviewStory
from afteractions.demonstration.simulation import Story
from afteractions.operations.deadlines.nudging import nudge
from afteractions.operations.evidence.evidence import ask_for_evidence, attach_evidence
from afteractions.operations.followup.actions import (
    complete_action,
    hand_on_action,
    settle_item,
    start_action,
)
from afteractions.operations.followup.effects import check_effect
from afteractions.operations.followup.external_messages import (
    answer_for_message,
    ask_for_approval,
    edit_message,
    settle_message,
    texts_to_start_with,
)
from afteractions.operations.followup.proposals import propose
from afteractions.operations.followup.vendors import add_item, follow_up_of
from afteractions.operations.meeting.attendees import respond, set_attendees
from afteractions.operations.meeting.meeting import capture_decision, name_anti_pattern, start_meeting
from afteractions.operations.readers.comments import add_comment
from afteractions.operations.saved_views import save_view
from afteractions.vocabulary import ObligationState
from incidents.exchange.importing import import_document
from incidents.models import Incident, Service, Vendor
from majorops.people.models import Person
from majorops.people.signals import came_or_left

TO_USERS = """On the day of the announcement your sessions started slowly or not at all. We are sorry.

More of you came than we had made room for, and the same part of the service ran out of memory as in November.

What we change:

- room is made before an announcement goes out, not after;
- an alarm tells us when memory runs short, an hour before you would notice.

You do not have to do anything."""


def stories(people: Cast, now: datetime) -> list[Story]:
    """All ten, each with its stage at `now`, and somebody who leaves meanwhile."""
    return [
        closed_with_everything_learned(people, now),
        published_with_overdue_actions(people, now),
        somebody_leaves(people, now),
        a_repeat_with_a_message_to_send(people, now),
        in_its_meeting(people, now),
        distributed(people, now),
        in_draft_and_restricted(people, now),
        waiting_to_be_scheduled(people, now),
        waiting_for_a_decision(people, now),
        running_and_critical(people, now),
        running_and_soon_mandatory(people, now),
    ]


def closed_with_everything_learned(people: Cast, now: datetime) -> Story:
    closed = now - 70 * DAY
    yield closed + HOUR / 2
    review = ReviewStory(
        people, "binder-2017-11-30-oom-proxy", closed, now=closed + HOUR / 2, opened_after=40
    )
    yield closed + 5 * HOUR
    review.schedule(closed + 4 * DAY, now=closed + 5 * HOUR)
    yield closed + DAY
    review.write(now=closed + DAY, due_in=21)
    yield closed + 1.5 * DAY
    review.distribute(now=closed + 1.5 * DAY)
    yield closed + 2 * DAY
    review.move(closed + 4.5 * DAY, "The room is taken.", now=closed + 2 * DAY)
    yield closed + 3 * DAY
    review.read_by_all(now=closed + 3 * DAY)
    yield closed + 3.5 * DAY
    review.move(closed + 5 * DAY, "Half of those who attend are at a fair.", now=closed + 3.5 * DAY)
    yield closed + 5 * DAY + HOUR
    review.hold(now=closed + 5 * DAY + HOUR)
    yield closed + 6 * DAY
    review.publish(now=closed + 6 * DAY)
    yield closed + 20 * DAY
    *done_soon, last = review.actions()
    for change in done_soon:
        at = closed + 20 * DAY
        complete_action(
            change, evidence="Merged and rolled out; the runbook links to it.", by=change.owner, at=at, now=at
        )
    # It was not yet done when the same part failed again: a finding of that incident's review.
    at = closed + 34 * DAY
    yield at
    put_off = "The alarm needs the new metrics service."
    due_on = (now - 12 * DAY).date()
    settle_item(last, disposition="extended", due_on=due_on, reason=put_off, by=review.mim, at=at, now=at)
    # What was learned comes back with the repeat a week later, and the other one never worked.
    at = now - 19 * DAY
    yield at
    works, fails = done_soon
    seen = "The drill of this week: the alarm rang, and the proxy was replaced before anybody noticed."
    check_effect(works, outcome="effective", seen=seen, by=review.mim, at=at, now=at)
    seen = "Two of three people had to ask the author of the runbook."
    check_effect(fails, outcome="not_effective", seen=seen, by=review.mim, at=at, now=at)
    at = now - 4 * DAY
    yield at
    last.refresh_from_db()
    evidence = "The alarm rang in the drill of last week, an hour before the memory ran out."
    complete_action(last, evidence=evidence, by=last.owner, at=at, now=at)


def published_with_overdue_actions(people: Cast, now: datetime) -> Story:
    closed = now - 46 * DAY
    name = "dfds-pm2023-001-total-node-failure"
    yield closed + HOUR / 3
    review = ReviewStory(people, name, closed, now=closed + HOUR / 3)
    yield closed + 20 * HOUR
    review.schedule(closed + 5 * DAY, now=closed + 20 * HOUR)
    yield closed + 2 * DAY
    review.write(now=closed + 2 * DAY, due_in=18)
    beyond = "A staging environment costs each month what no team may decide on alone."
    review.needs_an_executive("Improve node replacement", beyond, now=closed + 2 * DAY)
    yield closed + 2.5 * DAY
    review.distribute(now=closed + 2.5 * DAY)
    yield closed + 4 * DAY
    review.read_by_all(now=closed + 4 * DAY)
    yield closed + 5 * DAY + HOUR
    review.hold(now=closed + 5 * DAY + HOUR)
    yield closed + 6 * DAY
    review.publish(now=closed + 6 * DAY)
    first, second, *others = review.actions()
    at = closed + 9 * DAY
    yield at
    why = "He knows the tooling best."
    for change in others[1:2]:
        hand_on_action(change, owner=people["former"], reason=why, by=review.mim, at=at, now=at)
    at = closed + 12 * DAY
    yield at
    start_action(first, by=first.owner, at=at, now=at)
    at = closed + 16 * DAY
    yield at
    complete_action(
        second,
        evidence="The staging environment went live; see the platform board.",
        by=second.owner,
        at=at,
        now=at,
    )
    at = closed + 37 * DAY
    yield at
    settle_item(
        first,
        disposition="extended",
        due_on=(now - 2 * DAY).date(),
        reason="Waits for the new image pipeline.",
        by=people["mim"],
        at=at,
        now=at,
    )
    at = now - DAY
    yield at
    (third,) = [change for change in review.actions() if change.reference == others[0].reference]
    propose(
        third,
        disposition="extended",
        due_on=(now + 20 * DAY).date(),
        reason="The nodes are replaced one by one; half of them are left.",
        by=third.owner or people["lead"],
        at=at,
        now=at,
    )
    at = now - 3 * HOUR
    yield at
    late = first.obligations.get(state=ObligationState.OPEN)
    nudge(
        late,
        word="Can you say by when? I can find you a second pair of hands.",
        by=people["manager"],
        at=at,
        now=at,
    )
    save_view(name="Critical and high of Platform", filters="severity=high", by=people["manager"], now=at)


def somebody_leaves(people: Cast, now: datetime) -> Story:
    """His account is disabled; what he leaves behind waits to be handed over."""
    at = now - 3 * DAY
    yield at
    former = people["former"]
    Service.objects.filter(pk=Service.objects.earliest("name").pk).update(owner=former)
    former.is_active = False
    former.save(update_fields=["is_active"])
    came_or_left.send(Person, person=former, by=people["admin"], now=at)
    yield now


def a_repeat_with_a_message_to_send(people: Cast, now: datetime) -> Story:
    closed = now - 13 * DAY
    yield closed + HOUR
    document = {"repeat_of": "worked-binder-2017-11-30-oom-proxy", "is_repeat": True}
    review = ReviewStory(
        people,
        "binder-2018-02-20-jupyterlab-announcement",
        closed,
        now=closed + HOUR,
        opened_after=120,
        also=document,
    )
    yield closed + 8 * HOUR
    review.schedule(closed + 4.5 * DAY, now=closed + 8 * HOUR)
    yield closed + DAY
    review.write(now=closed + DAY, due_in=10)
    yield closed + 2 * DAY
    review.distribute(now=closed + 2 * DAY)
    yield closed + 3.5 * DAY
    review.read_by_all(now=closed + 3.5 * DAY, but=tuple(key for key in people if key != "mim"))
    at = closed + 4.5 * DAY + HOUR / 2
    yield at
    filters = "Twice it was asked who had said yes to the date of the announcement."
    name_anti_pattern(review.fresh(), "blame_session", filters, by=review.mim, at=at, now=at)
    at = closed + 4.5 * DAY + HOUR
    yield at
    text = "What happened to launches in the week of the announcement, and what we change."
    plan = [
        {"text": text, "audience": "Users of the public service", "due_at": now + 2 * DAY},
        {
            "text": "What to expect of the next announcement.",
            "audience": "Hosting partners",
            "due_at": now - DAY,
        },
        {"text": "What we learned, in five lines.", "audience": "All staff", "due_at": closed + 7.5 * DAY},
    ]
    review.hold(now=at, messages=plan)
    yield closed + 6 * DAY
    review.publish(now=closed + 6 * DAY)
    yield closed + 6.5 * DAY
    yield from prepare_the_messages(review, people["communications"], now=now)


def prepare_the_messages(review: ReviewStory, writer: Person, *, now: datetime) -> Story:
    """One is sent, one waits for its approval, and one is late and begun."""
    users, partners, staff = (
        review.fresh().external_messages.get(audience=audience)
        for audience in ("Users of the public service", "Hosting partners", "All staff")
    )
    at = now - 6 * DAY
    yield at
    data: dict[str, Any] = {"by": writer, "at": at, "now": at}
    edit_message(staff, channel="Mail to all staff", **data)
    ask_for_approval(staff, **data)
    answer_for_message(staff, approved=True, by=review.mim, at=at + HOUR, now=at + HOUR)
    at += 2 * HOUR
    settle_message(staff, status="sent", where="The list all-staff", by=writer, at=at, now=at)
    at = now - 8 * HOUR
    yield at
    [start] = [
        text
        for text in texts_to_start_with(partners, zone=ZoneInfo(review.incident.time_zone), now=at)
        if text.key == "partners"
    ]
    edit_message(partners, text=start.text, channel="Mail", by=writer, at=at, now=at)
    at = now - 4 * HOUR
    yield at
    data = {"by": writer, "at": at, "now": at}
    edit_message(users, text=TO_USERS, channel="Blog and status page", **data)
    ask_for_approval(users, **data)


def in_its_meeting(people: Cast, now: datetime) -> Story:
    closed = now - 5 * DAY
    yield closed + HOUR
    review = ReviewStory(people, "dfds-pm2021-011-log4shell", closed, now=closed + HOUR, pace=0.2)
    yield closed + 4 * HOUR
    review.schedule(now - HOUR / 4, now=closed + 4 * HOUR, length=1.5 * HOUR)
    yield closed + 1.2 * DAY
    review.write(now=closed + 1.2 * DAY, due_in=30)
    yield closed + 2 * DAY
    review.distribute(now=closed + 2 * DAY)
    yield closed + 2.2 * DAY
    wait_for_the_vendor(review, until=now - 2 * DAY, now=closed + 2.2 * DAY)
    yield now - 20 * HOUR
    review.read_by_all(now=now - 20 * HOUR, but=("engineer",))
    for attendee in review.fresh().attendees.filter(included=True).exclude(person=people["engineer"]):
        respond(attendee, "accepted", by=attendee.person, at=now - 19 * HOUR, now=now - 19 * HOUR)
    at = now - HOUR / 5
    yield at
    meeting = start_meeting(review.fresh(), by=people["mim"], at=at, now=at)
    capture_decision(
        meeting,
        text="The inventory comes before the scanner: nobody can scan what nobody knows.",
        by=people["mim"],
        at=at,
        now=at,
    )


def wait_for_the_vendor(review: ReviewStory, *, until: datetime, now: datetime) -> None:
    """What the vendor still owes, with the date by which the Service Manager asks again."""
    follow_up = follow_up_of(review.incident.vendorengagements.earliest("id"), now=now)
    text = "Which of the managed services were open to it, and since when they are patched."
    add_item(follow_up, text=text, due_on=until.date(), by=review.people["vendors"], at=now, now=now)


def distributed(people: Cast, now: datetime) -> Story:
    closed = now - 2.5 * DAY
    yield closed + HOUR / 2
    name = "moj-2026-03-30-ingress-nginx-rollback"
    document = {"mtms": [first_mtm(people, closed)]}
    review = ReviewStory(people, name, closed, now=closed + HOUR / 2, also=document)
    yield closed + 4 * HOUR
    review.schedule(now + 2.6 * DAY, now=closed + 4 * HOUR)
    yield closed + DAY
    review.write(now=closed + DAY, due_in=28)
    yield closed + 1.2 * DAY
    bring_evidence(review, now=closed + 1.2 * DAY)
    yield now - 6 * HOUR
    review.distribute(now=now - 6 * HOUR)
    yield now - 5 * HOUR
    invite_the_vendor(review, now=now - 5 * HOUR)
    yield now - 3 * HOUR
    review.read_by_all(now=now - 3 * HOUR, but=("attendee", "lead", "engineer"))
    question = "The rollback took 29 minutes once somebody decided on it. What did we wait for until then?"
    add_comment(
        review.fresh(),
        section="root_cause",
        text=question,
        revision=review.fresh().revisions.last(),
        by=people["mim"],
        at=now - 2 * HOUR,
        now=now - 2 * HOUR,
    )
    attendee = review.fresh().attendees.filter(person=people["attendee"]).first()
    if attendee is not None:
        respond(attendee, "accepted", by=people["attendee"], at=now - HOUR, now=now - HOUR)


def bring_evidence(review: ReviewStory, *, now: datetime) -> None:
    """One was asked for a log and brought it; another was asked and is late."""
    wanted = {
        "lead": (
            "The error log of the ingress controllers, from the upgrade to the rollback.",
            now.date() + DAY,
        ),
        "engineer": ("Which requests of your tenants were blocked, and for how long.", now.date()),
    }
    for who, (bring, on) in wanted.items():
        attendee = review.fresh().attendees.filter(person=review.people[who], included=True).first()
        if attendee is not None:
            ask_for_evidence(attendee, bring=bring, bring_by=on, by=review.mim, at=now, now=now)
    log = "".join(
        f"10:{minute:02} ingress-controller: request blocked by rule 911100, answered 403\n"
        for minute in range(4, 33)
    )
    attach_evidence(
        review.fresh(),
        name="ingress-errors.log",
        content=log.encode(),
        note="Each minute in which requests were blocked.",
        by=review.people["lead"],
        at=now,
        now=now,
    )


def invite_the_vendor(review: ReviewStory, *, now: datetime) -> None:
    """The vendor's representative attends without an account, by a link to the one draft."""
    representative = Vendor.objects.get(name="Chainguard").representative
    assert representative is not None
    why = "The upgrade that was rolled back is theirs."
    row = {
        "person": representative,
        "included": True,
        "reason": why,
        "bring": "The change log of the rule set.",
    }
    set_attendees(review.fresh(), [row], by=review.mim, at=now, now=now)


def in_draft_and_restricted(people: Cast, now: datetime) -> Story:
    closed = now - 2 * DAY
    yield closed + HOUR
    document = {"restricted": True}
    review = ReviewStory(
        people, "pypi-2025-07-26-phishing", closed, now=closed + HOUR, opened_after=380, also=document
    )
    yield closed + 6 * HOUR
    review.schedule(now + 3.2 * DAY, now=closed + 6 * HOUR)
    yield closed + 2 * HOUR
    review.close_out(
        "lead",
        "Asking the mail provider to block the sending domain worked within the hour.",
        "Nobody knew who may ask the registrar to take the domain down.",
        now=closed + 2 * HOUR,
    )
    review.close_out(
        "communications",
        "One person wrote to the users, from a text that was ready.",
        "",
        now=closed + 2 * HOUR,
    )
    yield now - 5 * HOUR
    review.save("summary", summary_of(review.document), now=now - 5 * HOUR)
    review.save("went_well", went_well_of(review.document), now=now - 4 * HOUR)


def waiting_to_be_scheduled(people: Cast, now: datetime) -> Story:
    closed = now - 21 * HOUR
    yield closed + HOUR / 4
    ReviewStory(people, "rust-2023-07-20-downloads", closed, now=closed + HOUR / 4, opened_after=14)


def waiting_for_a_decision(people: Cast, now: datetime) -> Story:
    closed = now - 27 * HOUR
    # The record goes on for an hour after the resolution.
    yield closed + 1.25 * HOUR
    ReviewStory(people, "moj-2023-01-11-cluster-image-pull", closed, now=closed + 1.25 * HOUR)


def running_and_critical(people: Cast, now: datetime) -> Story:
    opened = now - timedelta(minutes=150)
    yield now - timedelta(minutes=1)
    incident = take_running(people, "i2c-2025-08-12-leap-outage", opened, now=now, pace=2.7)
    hold_two_meetings(incident, people, now=now)


def running_and_soon_mandatory(people: Cast, now: datetime) -> Story:
    opened = now - timedelta(minutes=106)
    yield now - timedelta(minutes=1)
    name = "dfds-pm2022-009-bad-aws-eks-ami-causing-kubernetes-issues"
    take_running(people, name, opened, now=now, pace=0.042, opened_after=25)


def take_running(
    people: Cast, name: str, opened: datetime, *, now: datetime, pace: float, opened_after: int | None = None
) -> Incident:
    """An incident as far as it had come by `now`."""
    original = documents.worked(name)
    instants = documents.beginning(original, opened, pace=pace)
    document = documents.until(told(people, name, instants, opened_after=opened_after, also={}), now)
    document["milestones"].update(mitigated=None, recovered=None, closed=None)
    document["phases"] = [
        one
        for one in document["phases"]
        if one["phase"] not in ("recovering", "validating", "resolved", "closed")
    ]
    return import_document(document, history=False, by=people["mim2"], now=now).incident
