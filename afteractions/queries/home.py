"""All that needs a person: deadlines, drafts and meetings, and what others wait for: answers, evidence, approvals,
the two lines of a close-out."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Concat
from django.utils.text import Truncator

from afteractions.models import (
    AfterAction,
    CloseOutAnswer,
    Escalation,
    ExternalMessage,
    ItemProposal,
    Obligation,
    Section,
)
from afteractions.operations.readers.confirmation import CONFIRMED
from afteractions.queries.after_action_board import NOW_WITHIN, Circle, Need, Needs, needs_of
from afteractions.queries.leavers import names_of_those_who_left, those_who_left
from afteractions.queries.vendors import dateless, followed_up_by
from afteractions.rules.review.statement_text import change_sentence
from afteractions.vocabulary import ChangeKind, MessageStatus, ProposalState, SectionKey, Status
from incidents.models import CommandAssignment, Incident, RecoveryTrack, TrackMember
from incidents.rules.requirement import STAYS_MANDATORY
from incidents.vocabulary import CommandRole, RequirementLevel, Severity
from majorops.formatting import formats
from majorops.notices.digest_sources import DigestGroup, Thing
from majorops.notices.models import STALLED_AFTER, Heartbeat, Notice
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.prepared import among, prepared

MOST = 50
# What has no date of its own is asked for this week.
THIS_WEEK = NOW_WITHIN + timedelta(hours=1)
MEANINGS = (
    ("now", "Now", "Overdue, running, or due within 24 hours"),
    ("week", "This week", "Due within seven days"),
    ("later", "Later", ""),
)


class Sort(StrEnum):
    """What others wait for."""

    MESSAGE = "message"
    PROPOSAL = "proposal"
    LOWERING = "lowering"
    CLOSE_OUT = "close-out"
    CONFIRMATION = "confirmation"
    ASSESSMENT = "assessment"
    ESCALATION = "escalation"
    RCA_DATE = "rca date"


def all_needs_of(person: Person, circle: Circle, *, at: datetime) -> Needs:
    """What needs `person`, the soonest first, in a constant number of statements."""
    rows = list(awaited(person=person, me=circle.me, below=circle.below, named=person.identifier))
    things = [_awaited(row, at) for row in rows if row[0] != Sort.ESCALATION]
    if escalated := [row for row in rows if row[0] == Sort.ESCALATION]:
        things.append(_escalated(escalated, at))
    left = names_of_those_who_left(below=circle.left) if circle.left else []
    if person.is_administrator:
        left = list(those_who_left().order_by("full_name", "id")[:MOST])
        things += _of_the_product(person, at)
    things += [_handover(leaver, at) for leaver in left]
    return needs_of(person, circle, at=at, also=things)


def grouped(item: Needs) -> list[tuple[str, str, str, list[Need]]]:
    """The groups that hold something: key, label, what it means, and the rows."""
    rows = (item.now, item.this_week, item.later)
    return [(*text, row) for text, row in zip(MEANINGS, rows, strict=True) if row]


def told_to(person: Person, at: datetime) -> list[DigestGroup]:
    """The same in words, for the daily digest; what is later is left to the page."""
    grouped_things = all_needs_of(person, Circle.of(person), at=at)
    zone = ZoneInfo(person.time_zone)
    return [
        DigestGroup(label, [Thing(need.what, _when(need, zone, at), need.url) for need in rows])
        for key, label, _, rows in grouped(grouped_things)
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
def awaited(*, person: Person, me: Sequence[int], below: Sequence[int], named: str) -> QuerySet[Any, Any]:
    """What waits for the word of `person`, one statement: the External Messages as their owner or MIM (or as one of the
    MIMs where an incident has none), as the MIM what owners propose for their items, as the MIM's manager whether an
    incident never was mandatory, as a responder what worked and what slowed the response, as the Technical Recovery
    Lead the sections to confirm, as an expert (`named` in the draft) what is to be assessed, and as the Service Manager
    the RCAs that have no date. Rows of sort, reference, title and severity; of a message its audience and of a proposal
    its item; the date of a message; the After Action, an incident's aside; and the key."""
    mine = Q(among("after_action__owner_id", me)) | Q(among("after_action__incident__mim_id", me))
    if person.is_in(GroupName.MIM):
        mine |= Q(after_action__incident__mim__isnull=True)
    visible = Incident.objects.visible_to(person)
    messages = ExternalMessage.objects.filter(
        mine,
        status=MessageStatus.PLANNED,
        asked_at__isnull=False,
        approved_at__isnull=True,
        after_action__incident__in=visible,
    )
    proposals = ItemProposal.objects.filter(
        among("change__after_action__incident__mim_id", me),
        state=ProposalState.WAITING,
        change__resolved_at__isnull=True,
        change__after_action__incident__in=visible,
    )
    lowered = visible.filter(
        among("mim_id", below),
        mim__manager=person,
        requirement_level=RequirementLevel.MANDATORY,
        requirement_reason__startswith=STAYS_MANDATORY,
    )
    of_review, of_item = "after_action__", "change__after_action__"
    nothing = Value("", output_field=CharField())
    # The verb is said with it; what an MTM agreed has none.
    kind = Case(When(change__mtm_action__isnull=True, then="change__kind"), default=Value(""))
    item = Concat(kind, Value(" "), "change__change", output_field=CharField())
    never = Value(None, output_field=DateTimeField())
    return _rows(messages, Sort.MESSAGE, of_review, "audience", "due_at", f"{of_review}reference").union(
        _rows(proposals, Sort.PROPOSAL, of_item, item, never, f"{of_item}reference"),
        _rows(lowered, Sort.LOWERING, None, nothing, never, nothing),
        _rows(_to_close_out(person, me), Sort.CLOSE_OUT, "", nothing, never, "reference"),
        _rows(_to_confirm(visible, me), Sort.CONFIRMATION, of_review, "key", never, f"{of_review}reference"),
        _rows(_to_assess(visible, named), Sort.ASSESSMENT, of_review, "key", never, f"{of_review}reference"),
        _rows(_escalated_to(person), Sort.ESCALATION, None, nothing, "due_at", nothing, of="incident__"),
        _rows(
            dateless(person).filter(followed_up_by(person, me)),
            Sort.RCA_DATE,
            of_review,
            "engagement__vendor__name",
            never,
            f"{of_review}reference",
        ),
        all=True,
    )


def _rows(
    queryset: QuerySet[Any],
    sort: Sort,
    review: str | None,
    about: Any,
    when: Any,
    reference: Any,
    *,
    of: str = "",
) -> QuerySet[Any, Any]:
    """One arm of what is awaited; `review` leads to the After Action, None where the rows are incidents, or lead to one
    by `of`."""
    incident = of if review is None else f"{review}incident__"
    text = (f"{incident}{name}" for name in ("reference", "title", "severity"))
    return queryset.order_by().values_list(
        Value(sort.value, output_field=CharField()), *text, about, when, reference, "pk"
    )[:MOST]


def _escalated_to(person: Person) -> QuerySet[Obligation]:
    """What is overdue still and was escalated to `person`, by its present date; of what they may see."""
    escalations = Escalation.objects.filter(
        obligation=OuterRef("pk"), due_at=OuterRef("due_at"), to=person, step__startswith="escalation"
    )
    mine = Escalation.objects.filter(to=person, step__startswith="escalation").order_by().values("obligation")
    return Obligation.objects.open().visible_to(person).filter(Exists(escalations), pk__in=mine)


def _to_close_out(person: Person, me: Sequence[int]) -> QuerySet[AfterAction]:
    """The drafts of the incidents that `person` responded to and has said nothing about (access.responders); of the
    past nobody is asked."""
    drafts = AfterAction.objects.followed().filter(status=Status.DRAFT, history=False).order_by()
    one_of_them = Q(incident__in=drafts.values("incident"))
    held = CommandAssignment.objects.carrying_rights().filter(one_of_them, among("person_id", me))
    led = RecoveryTrack.objects.carrying_rights().filter(one_of_them, among("lead_id", me))
    worked = TrackMember.objects.filter(
        among("person_id", me), track__incident__in=drafts.values("incident")
    ).order_by()
    # A union and no "or": each of the three is found by the person, or by the drafts where these are fewer.
    responded = (
        held.order_by()
        .values("incident")
        .union(led.order_by().values("incident"), worked.values("track__incident"))
    )
    close_out_answers = CloseOutAnswer.objects.filter(after_action=OuterRef("pk"), person=person)
    return AfterAction.objects.visible_to(person).filter(~Exists(close_out_answers), incident__in=responded)


def _to_confirm(visible: QuerySet[Incident], me: Sequence[int]) -> QuerySet[Section]:
    """What `me` is to confirm as the Technical Recovery Lead: somebody wrote it, and it is not published yet."""
    led = CommandAssignment.objects.carrying_rights().filter(
        among("person_id", me), role=CommandRole.TECHNICAL_RECOVERY_LEAD
    )
    drafts = AfterAction.objects.followed().filter(
        incident__in=led.order_by().values("incident"), published_at__isnull=True
    )
    return Section.objects.filter(
        after_action__in=drafts.order_by().values("pk"),
        after_action__incident__in=visible,
        key__in=[key.value for key in CONFIRMED],
        updated_by__isnull=False,
        confirmed_at__isnull=True,
    )


class _AsksUnanswered(Func):
    """Whether a deviation names the expert and holds no word of theirs yet."""

    template = "jsonb_path_exists(%(expressions)s))"
    arg_joiner = (
        ", '$.deviations[*] ? (@.assessed_by == $expert && !exists(@.assessed_at))'"
        ", jsonb_build_object('expert', "
    )
    output_field = BooleanField()


def _to_assess(visible: QuerySet[Incident], named: str) -> QuerySet[Section]:
    """The sections that ask the expert `named`, and are not published yet."""
    drafts = AfterAction.objects.followed().filter(published_at__isnull=True)
    return Section.objects.filter(
        _AsksUnanswered(F("content"), Cast(Value(named), TextField())),
        after_action__in=drafts.order_by().values("pk"),
        after_action__incident__in=visible,
        key=SectionKey.EXPECTED,
    )


def _awaited(row: tuple[Any, ...], at: datetime) -> Need:
    sort, reference, title, severity, about, due_at, after_action, key = row
    review = f"/after-actions/{after_action}/"
    note, tone = "Approval", "violet"
    match sort:
        case Sort.MESSAGE:
            what = f"Approve the message to {about} for {reference}"
            url, button = f"{review}messages/{key}/", "Read and approve"
        case Sort.PROPOSAL:
            kind, _, item = about.partition(" ")
            item = Truncator(change_sentence(ChangeKind(kind), item) if kind else item).chars(80)
            what = f"Answer what is proposed for the action item “{item}” of {reference}"
            url, button = f"{review}actions-review/", "Read and answer"
        case Sort.LOWERING:
            what = f"Say whether the After Action of {reference} never was mandatory"
            url, button = f"/incidents/{reference}/", "Read and decide"
        case Sort.RCA_DATE:
            what = f"Set the date of the RCA of {about} for {reference}, or settle that none is owed"
            url, button, note, tone = f"{review}publication/#vendors", "Plan the RCA", "No RCA date", "amber"
        case Sort.CONFIRMATION:
            what = f"Confirm “{SectionKey(about).label}” of {reference}"
            url, button, note = f"{review}draft/#{about}", "Read and confirm", "Confirmation"
        case Sort.ASSESSMENT:
            what = f"Assess what deviated in {reference}: you are named as the expert"
            url, button, note = f"{review}assessments/", "Read and assess", "Assessment"
        case _:
            what = f"Say in two lines what worked and what slowed us in {reference}"
            url, button, note, tone = f"{review}close-out/", "Say what worked", "Close-out", "blue"
    return Need(
        what=what,
        url=url,
        button=button,
        reference=reference,
        about=title,
        severity=severity,
        severity_label=Severity(severity).label,
        when=due_at or at + THIS_WEEK,
        due_at=due_at,
        note=note,
        tone=tone,
    )


def _escalated(rows: list[tuple[Any, ...]], at: datetime) -> Need:
    """One line for all of it: each stands on the list that it leads to."""
    [oldest, *others] = sorted(rows, key=lambda row: row[5])
    number = f"{len(rows)}{'+' if len(rows) == MOST else ''}"
    return Need(
        what=f"See to {number} overdue deadline{'s' if others else ''} that escalated to you",
        url="/overdue/?whose=all",
        button="See whose",
        reference=oldest[1],
        about=f"The oldest: {oldest[2]}",
        severity=oldest[3],
        severity_label=Severity(oldest[3]).label,
        when=at,
        due_at=oldest[5],
        note="Escalated",
        tone="red",
    )


def _handover(leaver: Person, at: datetime) -> Need:
    return Need(
        what=f"Hand over what {leaver} leaves behind",
        url=f"/left-behind/{leaver.pk}/",
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
    if stuck := Obligation.objects.open().filter(set_aside_at__isnull=False).order_by()[:MOST].count():
        url = "/administration/deadlines/"
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
