"""Anti-patterns that the system finds, kept once with their evidence and never deleted (domain.md, Anti-patterns)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from afteractions.models import (
    AfterAction,
    AntiPatternEvidence,
    AntiPatternOccurrence,
    Meeting,
    MeetingMove,
    Obligation,
)
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.facts import after_action_facts
from afteractions.operations.review.document import Review
from afteractions.operations.review.wording import root_cause_text
from afteractions.queries.after_actions import readers
from afteractions.rules.deadlines.dispositions import reviews, without_disposition
from afteractions.rules.facts import AfterActionFacts
from afteractions.rules.meeting.antipatterns import (
    AntiPatternFacts,
    ItemFacts,
    Reschedule,
    VendorInvolved,
    occurrences,
)
from afteractions.rules.review.questions import ASK_INSTEAD
from afteractions.vocabulary import AntiPattern, AttendeeRequirement, ChangeKind, ObligationKind
from afteractions.wording.blame import blaming_passages
from incidents.vocabulary import RequirementLevel
from majorops.notices.outbox import NoticeWords

FIRST_MEETING = "meeting:1"


def name_found(
    after_action: AfterAction,
    *,
    at: datetime,
    now: datetime,
    refused_for_names: tuple[str, ...] = (),
    draft_out_since: datetime | None = None,
    starting: Meeting | None = None,
    at_end_of_meeting: bool = False,
) -> None:
    """Keeps every anti-pattern that the facts show at `at`; to what is kept already, what followed is added.

    `refused_for_names` are the words for which a distribution is refused right now. `draft_out_since` tells how long
    the draft had been out when the meeting began: `starting`, or held. At its end the items that have no owner or date
    by then count.
    """
    if after_action.history and after_action.started_at is None:
        return
    facts = _facts(
        after_action,
        at,
        refused_for_names=refused_for_names,
        draft_out_since=draft_out_since,
        starting=starting,
        at_end_of_meeting=at_end_of_meeting,
    )
    kept = {(pattern.kind, pattern.key): pattern for pattern in after_action.anti_patterns.all()}
    grown = []
    for row in occurrences(facts, at):
        key = (row.kind.value, row.key[:100])
        occurrence = kept.get(key)
        if occurrence is None:
            occurrence = AntiPatternOccurrence.objects.create(
                after_action=after_action,
                kind=row.kind.value,
                key=key[1],
                evidence=row.evidence,
                named_at=at,
            )
        elif occurrence.latest_evidence == row.evidence:
            continue
        grown.append(AntiPatternEvidence(occurrence=occurrence, at=now, text=row.evidence))
    AntiPatternEvidence.objects.bulk_create(grown)


def named_just_now(after_action: AfterAction, *, now: datetime) -> list[AntiPatternOccurrence]:
    """What the step that was entered at `now` has named, or added to: said on the spot to whoever took it."""
    named = after_action.anti_patterns.filter(growth__at=now, by__isnull=True)
    return list(named.distinct().order_by("id"))


def name_overdue(*, now: datetime, limit: int = 100) -> int:
    """Names what the passing of a deadline alone shows: a mandatory meeting not held, items that a review forgot.
    Returns how many After Actions were looked at; each is looked at once for a deadline."""
    named = AntiPatternOccurrence.objects.filter(after_action__incident=OuterRef("incident"))
    not_held = Q(
        kind=ObligationKind.HOLD,
        subject_key=FIRST_MEETING,
        incident__requirement_level=RequirementLevel.MANDATORY,
    ) & ~Exists(named.filter(kind=AntiPattern.PRE_SCHEDULED_CANCEL, key="not_held"))
    forgotten = Q(kind=ObligationKind.REVIEW_ACTIONS) & ~Exists(
        named.filter(kind=AntiPattern.VANISHING_TASKS, named_at__gte=OuterRef("due_at"))
    )
    undelivered = (
        Q(kind=ObligationKind.VENDOR_RCA)
        & Q(pk__in=Obligation.objects.filter(kind=ObligationKind.VENDOR_RCA).unescalated(at=now).values("pk"))
        & ~Exists(named.filter(kind=AntiPattern.MISSING_VENDOR, key__startswith="overdue:"))
    )
    # What a vendor owes may have been entered before there was an After Action: the incident leads to it.
    late = Obligation.objects.overdue(at=now).filter(incident__after_action__isnull=False).order_by("due_at")
    late = late.filter(not_held | forgotten | undelivered)
    overdue = list(dict.fromkeys(late.values_list("incident__after_action", flat=True)[:limit]))
    for key in overdue:
        with transaction.atomic():
            after_action = lifecycle.locked(AfterAction.objects.get(pk=key))
            name_found(after_action, at=now, now=now)
            _tell(after_action, now=now)
    return len(overdue)


def _tell(after_action: AfterAction, *, now: datetime) -> None:
    """What the passing of a date shows is said to those who can still change it: the owner and the MIM."""
    incident = after_action.incident
    for named in named_just_now(after_action, now=now):
        notify(
            [after_action.owner, incident.mim],
            after_action,
            about=named,
            step=f"named:{now.timestamp():.0f}",
            words=NoticeWords(
                f"{named.get_kind_display()}: the After Action of {incident.reference}",
                f"{named.latest_evidence}\n\nAsk instead: “{ASK_INSTEAD[AntiPattern(named.kind)]}”",
                masked="An anti-pattern was named in an After Action of yours.",
            ),
            now=now,
        )


def _facts(
    after_action: AfterAction,
    at: datetime,
    *,
    refused_for_names: tuple[str, ...],
    draft_out_since: datetime | None,
    starting: Meeting | None,
    at_end_of_meeting: bool,
) -> AntiPatternFacts:
    review = Review(after_action, at=at)
    held = list(after_action.meetings.filter(held_until__isnull=False).order_by("round"))
    present = held[-1] if held and at_end_of_meeting else starting
    required, had_read = _readers(after_action, present)
    items = tuple(
        ItemFacts(
            row.sentence,
            has_owner=row.owner is not None,
            has_date=row.due_on is not None,
            resolved=row.is_resolved,
        )
        for row in (*review.rows, *review.mtm_items)
        if row.kind != ChangeKind.CONTINUE
    )
    facts = after_action_facts(after_action.incident)
    review_due_at, forgotten = _review(after_action, facts.after_action, at)
    return AntiPatternFacts(
        mandatory=after_action.incident.requirement_level == RequirementLevel.MANDATORY,
        refused_for_names=refused_for_names,
        blaming_words=_blaming_words(after_action),
        first_distributed_at=draft_out_since,
        started_at=present.held_from if present else None,
        required=required,
        required_who_had_read=had_read,
        meeting_ended_at=held[0].held_until if held else None,
        items_at_end=items if at_end_of_meeting else (),
        review_due_at=review_due_at,
        items=forgotten,
        vendors=tuple(_vendors(after_action, review, at)),
        vendors_settled_by=after_action.published_at,
        reschedules=tuple(
            Reschedule(move.at, draft_unready=not move.counts, inside_deadline=not move.counts)
            for move in MeetingMove.objects.filter(meeting__after_action=after_action)
        ),
        hold_by=lifecycle.first_hold_by(facts),
    )


def _blaming_words(after_action: AfterAction) -> tuple[str, ...]:
    latest = after_action.revisions.order_by("-number").first()
    if latest is None:
        return ()
    text = root_cause_text(latest.content["sections"]["root_cause"])
    return tuple(dict.fromkeys(text[start:end] for start, end in blaming_passages(text)))


def _readers(after_action: AfterAction, meeting: Meeting | None) -> tuple[int, int]:
    """How many required attendees there were, and how many of them had read the draft at the start."""
    if meeting is None:
        return 0, 0
    required = set(
        after_action.attendees.filter(included=True, requirement=AttendeeRequirement.REQUIRED).values_list(
            "person", flat=True
        )
    )
    had_read = set(readers(after_action, at=meeting.held_from))
    return len(required), len(required & had_read)


def _review(
    after_action: AfterAction, facts: AfterActionFacts | None, at: datetime
) -> tuple[datetime | None, tuple[ItemFacts, ...]]:
    """The review of the action items that is overdue at `at`, and the items that it did not deal with."""
    if after_action.published_at is None or facts is None:
        return None, ()
    last = reviews(after_action.published_at, facts.actions)[-1]
    if last.met_at is not None or last.due_at > at:
        return None, ()
    titles = {change.reference: change.sentence for change in after_action.changes.all()}
    return last.due_at, tuple(
        ItemFacts(titles[item.reference], has_owner=item.owner is not None, has_date=item.due_on is not None)
        for item in without_disposition(facts.actions, last)
    )


def _vendors(after_action: AfterAction, review: Review, at: datetime) -> list[VendorInvolved]:
    involved = []
    dates = after_action.incident.obligations.filter(kind=ObligationKind.VENDOR_RCA)
    owed = set(dates.open().values_list("subject_key", flat=True))
    unescalated = set(dates.unescalated(at=at).values_list("subject_key", flat=True))
    for engagement, vendor in zip(review.record.engagements, review.vendors(), strict=True):
        first = review.record.first_engagements[engagement.pk]
        key = f"vendor:{first}"
        is_asked = vendor["root_cause_related"] is not False
        involved.append(
            VendorInvolved(
                vendor["name"],
                has_service_manager=not is_asked or vendor["service_manager"] is not None,
                rca_date_known=not is_asked
                or key in owed
                or bool(vendor["rca"]["received_on"] or vendor["rca"]["due_on"]),
                rca_overdue=key in unescalated,
            )
        )
    return involved
