"""All that needs a person: deadlines, drafts and meetings, and what others wait for: answers, evidence, approvals."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils.text import Truncator

from afteractions.left_behind import names_of_those_who_left, those_who_left
from afteractions.models import ExternalMessage, ItemProposal, Obligation
from afteractions.overview import NOW_WITHIN, Circle, Need, Needs, needs_of
from afteractions.vocabulary import MessageStatus, ProposalState
from incidents.models import Incident
from incidents.rules.requirement import STAYS_MANDATORY
from incidents.vocabulary import RequirementLevel, Severity
from majorops.notices.models import STALLED_AFTER, Heartbeat, Notice
from majorops.notices.needs import Group, Thing
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.prepared import among, prepared
from majorops.web import formats

MOST = 50
# What has no date of its own is asked for this week.
THIS_WEEK = NOW_WITHIN + timedelta(hours=1)
MEANINGS = (
    ("now", "Now", "Overdue, running, or due within 24 hours"),
    ("week", "This week", "Due within seven days"),
    ("later", "Later", ""),
)


def all_needs_of(person: Person, circle: Circle, *, at: datetime) -> Needs:
    """What needs `person`, the soonest first, in a constant number of statements."""
    found = [_approval(row, at) for row in approvals(person=person, me=circle.me, below=circle.below)]
    left = names_of_those_who_left(below=circle.left) if circle.left else []
    if person.is_administrator:
        left = list(those_who_left().order_by("full_name", "id")[:MOST])
        found += _of_the_product(person, at)
    found += [_handover(leaver, at) for leaver in left]
    return needs_of(person, circle, at=at, also=found)


def grouped(needs: Needs) -> list[tuple[str, str, str, list[Need]]]:
    """The groups that hold something: key, label, what it means, and the rows."""
    rows = (needs.now, needs.this_week, needs.later)
    return [(*said, found) for said, found in zip(MEANINGS, rows, strict=True) if found]


def told_to(person: Person, at: datetime) -> list[Group]:
    """The same in words, for the daily digest; what is later is left to the page."""
    needs = all_needs_of(person, Circle.of(person), at=at)
    zone = ZoneInfo(person.time_zone)
    return [
        Group(label, [Thing(need.what, _when(need, zone, at), need.url) for need in rows])
        for key, label, _, rows in grouped(needs)
        if key != "later"
    ]


def _when(need: Need, zone: ZoneInfo, at: datetime) -> str:
    if need.is_urgent:
        return "under way"
    if need.starts_at is not None:
        return formats.absolute(need.starts_at, zone=zone, at=at)
    if need.due_on is not None:
        return f"by the end of {formats.day(need.due_on, today=at.astimezone(zone).date())}"
    return f"by {formats.absolute(need.due_at, zone=zone, at=at)}" if need.due_at is not None else ""


@prepared
def approvals(*, person: Person, me: Sequence[int], below: Sequence[int]) -> QuerySet[Any, Any]:
    """What waits for the word of `person`, one statement: the External Messages as their owner or MIM (or as one of the
    MIMs where an incident has none), as the MIM what owners propose for their items, and as the MIM's manager whether
    an incident never was mandatory. Rows of reference, title and severity; of a message its audience, its date, its
    After Action and its key; of a proposal its item in the place of the audience, and no date."""
    mine = Q(among("after_action__owner_id", me)) | Q(among("after_action__incident__mim_id", me))
    if person.is_in(GroupName.MIM):
        mine |= Q(after_action__incident__mim__isnull=True)
    waiting = ExternalMessage.objects.filter(
        mine,
        status=MessageStatus.PLANNED,
        asked_at__isnull=False,
        approved_at__isnull=True,
        after_action__incident__in=Incident.objects.visible_to(person),
    )
    lowered = Incident.objects.visible_to(person).filter(
        among("mim_id", below),
        mim__manager=person,
        requirement_level=RequirementLevel.MANDATORY,
        requirement_reason__startswith=STAYS_MANDATORY,
    )
    messages = waiting.order_by().values_list(
        "after_action__incident__reference",
        "after_action__incident__title",
        "after_action__incident__severity",
        "audience",
        "due_at",
        "after_action__reference",
        "pk",
    )[:MOST]
    nothing = Value("", output_field=CharField())
    never = Value(None, output_field=DateTimeField())
    incidents = lowered.order_by().values_list(
        "reference", "title", "severity", nothing, never, nothing, "pk"
    )[:MOST]
    proposed = ItemProposal.objects.filter(
        among("change__after_action__incident__mim_id", me),
        state=ProposalState.WAITING,
        change__resolved_at__isnull=True,
        change__after_action__incident__in=Incident.objects.visible_to(person),
    )
    items = proposed.order_by().values_list(
        "change__after_action__incident__reference",
        "change__after_action__incident__title",
        "change__after_action__incident__severity",
        Cast("change__change", CharField()),
        never,
        "change__after_action__reference",
        "pk",
    )[:MOST]
    return messages.union(incidents, items, all=True)


def _approval(row: tuple[Any, ...], at: datetime) -> Need:
    reference, title, severity, audience, due_at, after_action, key = row
    about = {
        "reference": reference,
        "about": title,
        "severity": severity,
        "severity_label": Severity(severity).label,
        "note": "Approval",
        "tone": "violet",
    }
    if due_at is not None:
        url = f"/after-actions/{after_action}/messages/{key}/"
        what = f"Approve the message to {audience} for {reference}"
        return Need(what=what, url=url, button="Read and approve", when=due_at, due_at=due_at, **about)
    if audience:
        url = f"/after-actions/{after_action}/actions-review/"
        what = f"Answer what is proposed for the action item “{Truncator(audience).chars(80)}” of {reference}"
        return Need(what=what, url=url, button="Read and answer", when=at + THIS_WEEK, **about)
    what = f"Say whether the After Action of {reference} never was mandatory"
    return Need(
        what=what, url=f"/incidents/{reference}/", button="Read and decide", when=at + THIS_WEEK, **about
    )


def _handover(leaver: Person, at: datetime) -> Need:
    return Need(
        what=f"Hand over what {leaver} leaves behind",
        url=f"/left-behind/{leaver.email}/",
        button="Hand over",
        reference="",
        about="This person cannot sign in any more, and has open work.",
        severity="",
        severity_label="",
        when=at,
        note="Handover",
        tone="red",
    )


def _of_the_product(person: Person, at: datetime) -> Iterator[Need]:
    """What keeps the product from telling people: for its administrators."""
    beat = Heartbeat.objects.filter(name="sweep").first()
    if beat is not None and at - beat.beat_at > STALLED_AFTER:
        yield _mend("Nobody looks at deadlines: start the worker, beat or the keeper", "/healthz", "Look", at)
    if notices := Notice.objects.filter(set_aside_at__isnull=False).order_by()[:MOST].count():
        yield _mend(
            f"See to {_counted(notices, 'notice')} that could not be delivered", "/inbox/", "Try again", at
        )
    if not person.is_staff:
        return
    if stuck := Obligation.objects.open().filter(set_aside_at__isnull=False).order_by()[:MOST].count():
        url = "/administration/afteractions/obligation/?set_aside=yes"
        yield _mend(f"See to {_counted(stuck, 'deadline')} that could not be enforced", url, "Look", at)


def _counted(number: int, word: str) -> str:
    return f"{number}{'+' if number == MOST else ''} {word}{'' if number == 1 else 's'}"


def _mend(what: str, url: str, button: str, at: datetime) -> Need:
    return Need(
        what=what,
        url=url,
        button=button,
        reference="",
        about="Until then people are not told what they should be.",
        severity="",
        severity_label="",
        when=at,
        note="Administration",
        tone="red",
    )
