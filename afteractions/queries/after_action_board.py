"""What needs somebody now, and where every After Action stands. Read-only, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Concat

from afteractions.models import AfterAction, Attendee, ExternalMessage, Meeting, Obligation, Reading, Revision
from afteractions.operations.deadlines import reminders
from afteractions.rules.deadlines.deadlines import OF_ATTENDEES, OUTLIVES
from afteractions.vocabulary import InvitationResponse, MessageStatus, ObligationKind, Status
from incidents.models import Incident
from incidents.vocabulary import IncidentStatus, Severity
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.prepared import among, prepared

NOW_WITHIN = timedelta(hours=24)
WEEK = timedelta(days=7)
GRAVEST_FIRST = [When(severity=level.value, then=Value(level.rank)) for level in Severity]
MOST_NEEDS = 100
MOST_MEETINGS = 50
MOST_RUNNING = 10
# Counting goes this far: a board of thousands says "100+" instead of reading them all.
COUNTED = 100
CARDS = 25

CIRCLE = """
    WITH RECURSIVE below(id) AS (
        SELECT id FROM people_person WHERE manager_id = %(person)s
        UNION SELECT report.id FROM people_person report JOIN below ON report.manager_id = below.id)
    SELECT ARRAY(SELECT id FROM people_person WHERE id = %(person)s OR account_id = %(person)s),
           ARRAY(SELECT id FROM below WHERE id <> %(person)s),
           ARRAY(SELECT id FROM below JOIN people_person USING (id) WHERE NOT is_active AND email IS NOT NULL)
"""

# What a row of a list needs to say what is to be done, and where.
ROW = (
    "kind", "subject_key", "subject_label", "due_at", "due_on", "responsible_group", "responsible__full_name",
    "responsible__time_zone",
    "incident__reference", "incident__title", "incident__severity", "incident__time_zone",
    "after_action__reference", "after_action__status", "after_action__first_distributed_at",
)  # fmt: skip

# The button of a row: the verb, two words at most.
BUTTON = {
    ObligationKind.DECIDE: "Decide",
    ObligationKind.SCHEDULE: "Schedule",
    ObligationKind.DISTRIBUTE: "Open the draft",
    ObligationKind.HOLD: "Open the meeting",
    ObligationKind.PUBLISH: "Finish and publish",
    ObligationKind.STATUS_NOTE: "Send the note",
    ObligationKind.REVIEW_ACTIONS: "Review the items",
    ObligationKind.ACTION_ITEM: "Open the item",
    ObligationKind.EFFECT_CHECK: "Check effect",
    ObligationKind.EXTERNAL_MESSAGE: "Prepare and send",
    ObligationKind.VENDOR_RCA: "Follow up",
    ObligationKind.VENDOR_ITEM: "Follow up",
    ObligationKind.MTM_SUMMARY: "Write the summary",
    ObligationKind.NEXT_MTM: "Open the incident",
    ObligationKind.READ_DRAFT: "Read the draft",
    ObligationKind.EVIDENCE: "Bring it",
}


@dataclass(frozen=True, slots=True)
class Circle:
    """The rows of people that somebody answers for: `me` (the account and its contacts), everybody `below` in the
    manager tree, and who of them `left`."""

    me: tuple[int, ...]
    below: tuple[int, ...]
    left: tuple[int, ...] = ()

    @classmethod
    def of(cls, person: Person) -> "Circle":
        """One statement."""
        with connection.cursor() as cursor:
            cursor.execute(CIRCLE, {"person": person.pk})
            columns_read = cursor.fetchone()
        return cls(*map(tuple, columns_read))


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs somebody: what, by when, and the one place to do it."""

    what: str
    url: str
    button: str
    reference: str
    about: str
    severity: str
    severity_label: str
    when: datetime
    due_at: datetime | None = None
    due_on: date | None = None
    zone: str = ""
    starts_at: datetime | None = None
    note: str = ""
    tone: str = "grey"
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """What needs one person, the soonest first, in three groups."""

    now: list[Need] = field(default_factory=list)
    this_week: list[Need] = field(default_factory=list)
    later: list[Need] = field(default_factory=list)

    @property
    def soon(self) -> int:
        """What the title bar counts: now and this week."""
        return len(self.now) + len(self.this_week)


def needs_of(person: Person, circle: Circle, *, at: datetime, also: Iterable[Need] = ()) -> Needs:
    """Open obligations, drafts to read and meetings of `person`, and what `also` needs them. At most four
    statements."""
    meetings = meetings_of(person=person, me=circle.me, at=at)
    ahead = {meeting.after_action_id for meeting in meetings if meeting.ends_at >= at}
    awaited = [*also, *(_meeting(meeting, circle, at) for meeting in meetings)]
    awaited += [_draft(after_action, at) for after_action in drafts_to_read(person=person, me=circle.me)]
    for row in obligations_of(person, circle):
        # The draft stands there too, also for those who need not read it.
        if row.kind == ObligationKind.READ_DRAFT:
            continue
        # The meeting itself stands in the list already, with its time.
        if not (row.kind == ObligationKind.HOLD and row.after_action_id in ahead and row.due_at > at):
            awaited.append(_obligation(row))
    items = Needs()
    for need in sorted(awaited, key=lambda need: (not need.is_urgent, need.when)):
        if need.is_urgent or need.when <= at + NOW_WITHIN:
            items.now.append(need)
        elif need.when <= at + WEEK:
            items.this_week.append(need)
        else:
            items.later.append(need)
    return items


def obligations_of(person: Person, circle: Circle) -> list[Obligation]:
    """The open obligations of `person`, then those of the groups that `person` is in while nobody is named."""
    obligations = obligations_of_people(person=person, me=circle.me)
    if person.group_names:
        obligations += obligations_of_groups(person=person)
    return obligations


@prepared
def obligations_of_people(*, person: Person, me: Sequence[int]) -> QuerySet[Obligation]:
    return _open_obligations(person).filter(among("responsible_id", me))[:MOST_NEEDS]


@prepared
def obligations_of_groups(*, person: Person) -> QuerySet[Obligation]:
    at_the_approver = ExternalMessage.objects.annotate(
        named=Concat(Value("message:"), Cast("pk", CharField()), output_field=CharField())
    ).filter(
        after_action=OuterRef("after_action"),
        named=OuterRef("subject_key"),
        status=MessageStatus.PLANNED,
        asked_at__isnull=False,
        approved_at__isnull=True,
    )
    return (
        _open_obligations(person)
        .filter(responsible__isnull=True, responsible_group__in=sorted(person.group_names))
        .annotate(awaits_approval=Exists(at_the_approver))[:MOST_NEEDS]
    )


def _open_obligations(person: Person) -> QuerySet[Obligation]:
    visible = Obligation.objects.open().visible_to(person)
    return (
        visible.select_related("incident", "after_action", "responsible").only(*ROW).order_by("due_at", "id")
    )


@prepared
def drafts_to_read(*, person: Person, me: Sequence[int]) -> QuerySet[Any]:
    """The drafts In Review that `person` is to read: no revision was read since the last one of substance."""
    substance = (
        Revision.objects.filter(after_action=OuterRef(OuterRef("pk")), substantial=True)
        .order_by("-number")
        .values("number")[:1]
    )
    read = Reading.objects.filter(
        among("person_id", me),
        revision__after_action=OuterRef("pk"),
        revision__number__gte=Subquery(substance),
    )
    attendees = Attendee.objects.filter(among("person_id", me), after_action=OuterRef("pk"), included=True)
    next_meeting = Meeting.objects.filter(after_action=OuterRef("pk"), held_until__isnull=True)
    return (
        AfterAction.objects.visible_to(person)
        .filter(Exists(attendees), ~Exists(read), status=Status.IN_REVIEW)
        .annotate(meets_at=Subquery(next_meeting.values("starts_at")[:1]))
        .select_related("incident")
        .only("reference", "distributed_at", "incident__reference", "incident__title", "incident__severity")
        .order_by("id")[:MOST_NEEDS]
    )


@prepared
def meetings_of(*, person: Person, me: Sequence[int], at: datetime) -> QuerySet[Any]:
    """The meetings that `person` attends: running, or to come; with `response`, the answer to the invitation."""
    mine = Attendee.objects.filter(
        among("person_id", me), after_action=OuterRef("after_action"), included=True
    )
    return (
        Meeting.objects.filter(held_until__isnull=True)
        .filter(Q(ends_at__gte=at) | Q(held_from__isnull=False))
        .filter(after_action__incident__in=Incident.objects.visible_to(person))
        .annotate(response=Subquery(mine.values("response")[:1]))
        .filter(response__isnull=False)
        .select_related("after_action__incident")
        .only(
            "starts_at", "ends_at", "location", "held_from", "after_action__reference",
            "after_action__incident__reference", "after_action__incident__title",
            "after_action__incident__severity",
            "after_action__incident__mim",
        )
        .order_by("starts_at", "id")[:MOST_MEETINGS]
    )  # fmt: skip


@prepared
def running_incidents(*, person: Person) -> QuerySet[Incident]:
    """The incidents that run now, the gravest first, of those the latest."""
    return (
        Incident.objects.visible_to(person)
        .filter(status__in=[IncidentStatus.OPEN, IncidentStatus.VALIDATED])
        .select_related("mim")
        .only(
            "reference",
            "title",
            "severity",
            "status",
            "opened_at",
            "began_at",
            "restricted",
            "mim__full_name",
        )
        .order_by(Case(*GRAVEST_FIRST), "-listed_at", "-id")[:MOST_RUNNING]
    )


def overdue_below(person: Person, circle: Circle, *, at: datetime) -> int:
    """How many obligations of people below `person` are overdue, counted up to COUNTED."""
    return len(_overdue_below(person=person, below=circle.below, at=at)) if circle.below else 0


@prepared
def _overdue_below(*, person: Person, below: Sequence[int], at: datetime) -> QuerySet[Any, int]:
    late = Obligation.objects.overdue(at=at).visible_to(person).filter(among("responsible_id", below))
    return late.order_by().values_list("pk", flat=True)[:COUNTED]


def zone_of(row: Obligation) -> str:
    """Where the day ends that `row` is due on: an action item's owner's, else the incident's."""
    if row.kind == ObligationKind.ACTION_ITEM and row.responsible is not None:
        return row.responsible.time_zone
    return row.incident.time_zone


def _obligation(row: Obligation) -> Need:
    incident = row.incident
    group = GroupName(row.responsible_group).label if row.responsible_id is None else ""
    what, button, note = reminders.what(row, is_theirs=True), BUTTON[ObligationKind(row.kind)], ""
    if getattr(row, "awaits_approval", False):
        # Asked for, it is at the owner or the MIM: the group can do nothing but wait.
        what = f"Waits for approval: the message to {row.subject_label} for {incident.reference}"
        button, note = "See where it stands", "Waits for the owner or the MIM"
    return Need(
        what=what,
        url=reminders.place(row),
        button=button,
        reference=incident.reference,
        about=incident.title,
        severity=incident.severity,
        severity_label=Severity(incident.severity).label,
        when=row.due_at,
        due_at=row.due_at,
        due_on=row.due_on,
        zone=zone_of(row),
        note=note or (f"For any of the {group}" if group else ""),
        tone="amber" if note else "violet",
    )


def _draft(after_action: Any, at: datetime) -> Need:
    incident = after_action.incident
    # Without a meeting yet there is nothing to be late for; it is asked for this week.
    when = after_action.meets_at or at + NOW_WITHIN + timedelta(hours=1)
    return Need(
        what=f"Read the Learning Review draft of {incident.reference} before the meeting",
        url=f"{after_action.get_absolute_url()}read/",
        button="Read the draft",
        reference=incident.reference,
        about=incident.title,
        severity=incident.severity,
        severity_label=Severity(incident.severity).label,
        when=when,
        due_at=after_action.meets_at,
        note="Draft to read",
        tone="blue",
    )


def _meeting(meeting: Any, circle: Circle, at: datetime) -> Need:
    incident = meeting.after_action.incident
    running = meeting.held_from is not None or meeting.starts_at <= at
    chairs = incident.mim_id in circle.me
    unanswered = meeting.response == InvitationResponse.NONE and not chairs and not running
    verb = "Under way now:" if running else "Chair the" if chairs else "Attend the"
    if running:
        button, note, tone = "Join the meeting", "Running", "green"
    elif unanswered:
        button, note, tone = "Answer the invitation", "Invitation not answered", "amber"
    else:
        button, note, tone = "Open the meeting", "Meeting", "blue"
    return Need(
        what=f"{verb} After Action of {incident.reference}",
        url=f"{meeting.after_action.get_absolute_url()}{'people/' if unanswered else 'meeting/'}",
        button=button,
        reference=incident.reference,
        about=incident.title,
        severity=incident.severity,
        severity_label=Severity(incident.severity).label,
        when=meeting.starts_at,
        starts_at=meeting.starts_at,
        note=note,
        tone=tone,
        is_urgent=running,
    )


# The board


@dataclass(frozen=True, slots=True)
class Column:
    """One status on the board: the most urgent cards, and how many there are (`is_more`: at least that many)."""

    status: Status
    cards: list["Card"]
    count: int
    is_more: bool


@dataclass(frozen=True, slots=True)
class Card:
    """One After Action with its next obligation: `doing` says it in a few words."""

    after_action: AfterAction
    next: Obligation | None
    doing: str


DOING = {
    ObligationKind.DECIDE: "Decide: hold or skip",
    ObligationKind.SCHEDULE: "Schedule the meeting",
    ObligationKind.DISTRIBUTE: "Distribute the draft",
    ObligationKind.HOLD: "Hold the meeting",
    ObligationKind.PUBLISH: "Publish",
    ObligationKind.STATUS_NOTE: "Send the status note",
    ObligationKind.REVIEW_ACTIONS: "Review the action items",
    ObligationKind.EXTERNAL_MESSAGE: "Send a message",
    ObligationKind.VENDOR_RCA: "Obtain the vendor's RCA",
    ObligationKind.VENDOR_ITEM: "Close a vendor's item",
    ObligationKind.MTM_SUMMARY: "Publish the MTM summary",
    ObligationKind.NEXT_MTM: "Start the next MTM",
}


def columns(person: Person) -> list[Column]:
    """The four columns of the board: by next deadline, Closed by the latest close. Three statements."""
    keys: dict[str, list[int]] = defaultdict(list)
    for pk, status in _on_the_board(person=person):
        keys[status].append(pk)
    visible = [pk for status in Status for pk in keys[status][:CARDS]]
    cards = {card.after_action.pk: card for card in cards_of(_with_keys(keys=visible))}
    return [
        Column(
            status,
            [cards[pk] for pk in keys[status][:CARDS]],
            min(len(keys[status]), COUNTED),
            len(keys[status]) > COUNTED,
        )
        for status in Status
    ]


@prepared
def _on_the_board(*, person: Person) -> QuerySet[Any, tuple[int, str]]:
    """Key and status of the first of each column, in its order."""
    visible = AfterAction.objects.visible_to(person).followed()
    parts = [
        visible.filter(status=status).order_by("due_order", "id").values_list("pk", "status")[: COUNTED + 1]
        for status in (Status.DRAFT, Status.IN_REVIEW, Status.REVIEWED)
    ]
    closed = AfterAction.objects.visible_to(person).filter(closed_at__isnull=False)
    parts.append(closed.order_by("-closed_at", "-id").values_list("pk", "status")[: COUNTED + 1])
    return parts[0].union(*parts[1:], all=True)


@prepared
def _with_keys(*, keys: Sequence[int]) -> QuerySet[AfterAction]:
    return on_a_card(AfterAction.objects.filter(among("pk", keys)))


def on_a_card(queryset: QuerySet[AfterAction]) -> QuerySet[AfterAction]:
    """The same with what a card or a row shows."""
    return queryset.select_related("incident", "owner").only(
        "reference", "status", "decision", "next_due_at", "due_order", "published_at", "closed_at",
        "incident__reference", "incident__title", "incident__severity", "incident__time_zone",
        "incident__restricted", "incident__requirement_level", "incident__closed_at", "owner__full_name",
    )  # fmt: skip


@prepared
def _next_obligations(*, keys: Sequence[int]) -> QuerySet[Obligation]:
    """Of each of these After Actions the obligations that are due next, the last entered first."""
    return (
        Obligation.objects.open()
        .exclude(kind__in=[*OUTLIVES, *OF_ATTENDEES])
        .filter(among("after_action_id", keys), due_at=F("after_action__next_due_at"))
        .only("kind", "due_at", "due_on", "subject_label", "after_action_id")
        .order_by("-id")
    )


def cards_of(after_actions: Sequence[AfterAction]) -> list[Card]:
    """The cards of these After Actions, in their order. One statement, whatever the number."""
    following = {
        obligation.after_action_id: obligation
        for obligation in _next_obligations(keys=[after_action.pk for after_action in after_actions])
    }
    return [_card(after_action, following.get(after_action.pk)) for after_action in after_actions]


def _card(after_action: AfterAction, following: Obligation | None) -> Card:
    doing = DOING[ObligationKind(following.kind)] if following is not None else ""
    return Card(after_action, following, doing)


def after_actions_by_deadline(
    person: Person, *, status: str, owner: str, overdue: bool, at: datetime
) -> QuerySet[AfterAction]:
    """The list beside the board, to be turned by (`due_order`, `id`): those without a deadline come last."""
    after_actions = AfterAction.objects.visible_to(person).followed()
    if status:
        after_actions = after_actions.filter(status=status)
    if owner:
        after_actions = after_actions.filter(owner__email=owner.lower())
    if overdue:
        after_actions = after_actions.filter(due_order__lt=at)
    return on_a_card(after_actions)
