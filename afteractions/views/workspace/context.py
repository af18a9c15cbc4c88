"""One After Action as its pages show it: each part is read once, when a page first asks for it."""

from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.core.cache import caches
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from afteractions.access import can_acknowledge, can_comment, can_confirm, can_edit, can_read_draft, parts_of
from afteractions.models import (
    AfterAction,
    AntiPatternOccurrence,
    Attendee,
    CloseOutAnswer,
    ExternalMessage,
    Meeting,
    Obligation,
    Reading,
    Revision,
    StatusNote,
)
from afteractions.operations.evidence.close_out import latest_answers
from afteractions.operations.meeting.named_by_record import empty_seats_of
from afteractions.operations.review.agreement import changed_since_agreement
from afteractions.operations.review.document import Review, full_name_of
from afteractions.operations.review.readiness import draft_of
from afteractions.operations.review.wording import known_people, not_dismissed, root_cause_text
from afteractions.queries.after_actions import current_files
from afteractions.rules import lifecycle
from afteractions.rules.lifecycle import LifecycleFacts, Part, Refusal
from afteractions.rules.meeting.attendance import EmptySeat
from afteractions.rules.review import readiness
from afteractions.rules.review.changes_between import SectionChange
from afteractions.rules.review.readiness import Draft, Missing
from afteractions.rules.review.root_cause import cause_sentences
from afteractions.vocabulary import (
    AttendeeRequirement,
    Decision,
    InvitationResponse,
    MessageStatus,
    ObligationKind,
    ObligationState,
    RevisionKind,
    SectionKey,
    Status,
    TransitionKind,
)
from afteractions.wording.check import Checked, Finding, check
from incidents.vocabulary import RequirementLevel
from majorops.people.models import Person
from majorops.prepared import prepared

# What somebody owes on the After Action itself; items, vendors and MTMs have dates of their own.
STEPS = (
    ObligationKind.DECIDE,
    ObligationKind.SCHEDULE,
    ObligationKind.DISTRIBUTE,
    ObligationKind.HOLD,
    ObligationKind.PUBLISH,
    ObligationKind.EXTERNAL_MESSAGE,
    ObligationKind.REVIEW_ACTIONS,
)
FINDINGS_KEPT_SECONDS = 600


@prepared
def _obligations(*, after_action: int) -> QuerySet[Obligation]:
    obligations = Obligation.objects.filter(after_action=after_action).select_related(
        "responsible", "ended_by"
    )
    return obligations.order_by("due_at", "id")


@prepared
def _meetings(*, after_action: int) -> QuerySet[Meeting]:
    return Meeting.objects.filter(after_action=after_action).order_by("round")


def _of(after_action: AfterAction, rows: list[Any]) -> list[Any]:
    """The rows with the After Action at hand that they belong to."""
    for row in rows:
        row.after_action = after_action
    return rows


class Workspace:
    """What `person` sees of an After Action at the instant `at`."""

    def __init__(self, after_action: AfterAction, *, person: Person, at: datetime) -> None:
        self.after_action = after_action
        self.incident = after_action.incident
        self.person = person
        self.at = at

    # Who reads

    @cached_property
    def zone(self) -> ZoneInfo:
        """The reader's time zone."""
        return ZoneInfo(self.person.time_zone)

    @cached_property
    def parts(self) -> frozenset[Part]:
        return parts_of(self.person, self.after_action)

    @cached_property
    def may_confirm(self) -> bool:
        return can_confirm(self.person, self.after_action)

    @cached_property
    def reads_draft(self) -> bool:
        return can_read_draft(self.person, self.after_action)

    @cached_property
    def may_edit(self) -> bool:
        # The Technical Recovery Lead always may; the draft asks for that part in any case.
        writes = bool(self.parts & {Part.MIM, Part.OWNER, Part.ADMINISTRATOR})
        return writes or self.may_confirm or can_edit(self.person, self.after_action)

    @cached_property
    def may_comment(self) -> bool:
        return can_comment(self.person, self.after_action)

    @cached_property
    def may_acknowledge(self) -> bool:
        return can_acknowledge(self.person, self.after_action)

    @property
    def may_own(self) -> bool:
        return lifecycle.may(self.parts, frozenset({Part.OWNER}))

    @property
    def may_chair(self) -> bool:
        return lifecycle.may(self.parts, frozenset({Part.MIM}))

    # What stands

    @cached_property
    def obligations(self) -> list[Obligation]:
        return _of(self.after_action, _obligations(after_action=self.after_action.pk))

    @property
    def open_obligations(self) -> list[Obligation]:
        text = (ObligationState.OPEN, ObligationState.HISTORY)
        return [obligation for obligation in self.obligations if obligation.state in text]

    @property
    def next_obligation(self) -> Obligation | None:
        """The step of the After Action that is due first; once there is none, whatever is due first."""
        waiting = self.open_obligations
        return next((row for row in waiting if row.kind in STEPS), waiting[0] if waiting else None)

    @cached_property
    def meetings(self) -> list[Meeting]:
        return _of(self.after_action, _meetings(after_action=self.after_action.pk))

    @property
    def meeting(self) -> Meeting | None:
        """The meeting of the present round: the last one, unless it was held without agreement."""
        last = self.meetings[-1] if self.meetings else None
        return None if last is not None and last.agreed is False else last

    @cached_property
    def attendees(self) -> list[Attendee]:
        clicked = Exists(self._clicks.filter(person=OuterRef("person")))
        found = self.after_action.attendees.select_related("person").annotate(clicked=clicked)
        return sorted(found, key=lambda each: (not each.included, each.requirement, each.pk))

    @property
    def included(self) -> list[Attendee]:
        return [attendee for attendee in self.attendees if attendee.included]

    @property
    def my_attendee(self) -> Attendee | None:
        return next((row for row in self.included if row.person_id == self.person.pk), None)

    @cached_property
    def has_brought(self) -> bool:
        """Whether a file or link of this person is here; asked where something was asked of them."""
        return current_files(self.after_action).filter(by=self.person).exists()

    @cached_property
    def revisions(self) -> list[Revision]:
        """Newest first, without their contents."""
        revisions = self.after_action.revisions.defer("content").select_related("created_by", "pdf")
        return list(revisions.defer("content", "pdf__content").order_by("-number"))

    @cached_property
    def current_revision(self) -> Revision | None:
        """The latest revision with its content, and with the last amendment of the root cause or the changes as
        `changed_at`."""
        drafts = (RevisionKind.DRAFT, RevisionKind.AMENDED)
        amended = Revision.objects.filter(
            after_action=OuterRef("after_action"), substantial=True, number__gt=1, kind__in=drafts
        ).order_by("-number")
        revisions = self.after_action.revisions.select_related("created_by")
        return (
            revisions.annotate(changed_at=Subquery(amended.values("created_at")[:1]))
            .order_by("-number")
            .first()
        )

    @cached_property
    def my_readings(self) -> list[Reading]:
        """What this person has read, the latest revision first."""
        read = Reading.objects.filter(revision__after_action=self.after_action, person=self.person)
        return list(read.order_by("-revision__number"))

    @cached_property
    def readers(self) -> dict[int, datetime]:
        """Who has read the draft that stands, with the first click: since the last change of the root cause or of the
        changes."""
        return dict(self._clicks.order_by("-read_at").values_list("person", "read_at"))

    @property
    def _clicks(self) -> QuerySet[Reading]:
        counts = Revision.objects.filter(
            after_action=OuterRef("revision__after_action"), substantial=True
        ).order_by("-number")
        return Reading.objects.filter(
            revision__after_action=self.after_action,
            revision__number__gte=Subquery(counts.values("number")[:1]),
        )

    @cached_property
    def messages(self) -> list[ExternalMessage]:
        loaded: Any = self.after_action
        return list(loaded.external_messages.select_related("settled_by")) if loaded.has_messages else []

    @cached_property
    def notes(self) -> list[StatusNote]:
        return list(self.after_action.status_notes.select_related("transition", "sent_by"))

    @cached_property
    def anti_patterns(self) -> list[AntiPatternOccurrence]:
        return self.review.anti_patterns

    @cached_property
    def review(self) -> Review:
        """The draft as its readers see it, people by name."""
        return Review(self.after_action, at=self.at, named=full_name_of)

    @cached_property
    def close_out_answers(self) -> list[CloseOutAnswer]:
        """What the responders said when the bridge was closed out."""
        return latest_answers(self.after_action)

    # What the rules say

    @cached_property
    def facts(self) -> LifecycleFacts:
        meeting = self.meeting
        return LifecycleFacts(
            status=Status(self.after_action.status),
            level=RequirementLevel(self.incident.requirement_level or RequirementLevel.NOT_REQUIRED),
            decision=Decision(self.after_action.decision) if self.after_action.decision else None,
            history=self.after_action.history and self.after_action.started_at is None,
            running=not self.incident.is_closed,
            meeting_scheduled=meeting is not None,
            meeting_held=meeting is not None and meeting.held_until is not None,
            messages_outstanding=sum(message.status == MessageStatus.PLANNED for message in self.messages)
            if self.after_action.status == Status.REVIEWED
            else 0,
            published=self.after_action.published_at is not None,
        )

    def refusal(self, transition: TransitionKind) -> Refusal | None:
        """Why this person cannot take the step now; what the step itself brings, such as a reason, aside."""
        brought = {"reason": "given", "override_reason": "given", "agreed": True}
        facts = LifecycleFacts(
            **{field: getattr(self.facts, field) for field in self.facts.__slots__} | brought
        )
        return lifecycle.refusal(transition, facts, self.parts)

    @cached_property
    def missing(self) -> list[Missing]:
        """What is missing before the next step: the draft goes out, the meeting starts, the review is published.

        Nothing for those who only read: it is not theirs to fill."""
        if self.after_action.published_at is not None or not (self.parts or self.may_edit):
            return []
        loaded: Any = self.after_action
        comments = readiness.open_comments(loaded.open_comments)
        match Status(self.after_action.status):
            case Status.DRAFT:
                seats = [Missing(None, seat.text, blocks=False) for seat in self.empty_seats]
                return [*readiness.before_distributing(self.draft), *seats, *self.untold, *comments]
            case Status.IN_REVIEW:
                return [*self.before_meeting, *comments] if self.meeting is not None else comments
            case _:
                return [*readiness.before_publishing(self.draft), *comments]

    @cached_property
    def empty_seats(self) -> list[EmptySeat]:
        """The seats that nobody has. The list came with the After Action: no further statement."""
        follow_ups = self.review.follow_ups if self.review.record.engagements else {}
        related = {key: follow_up.root_cause_related for key, follow_up in follow_ups.items()}
        holder: Any = self.after_action
        listed, filled = holder.listed_people, holder.filled_seats
        return empty_seats_of(self.review, listed=listed, filled=filled, related=related)

    @property
    def untold(self) -> list[Missing]:
        """Who is still to be named for the stakeholders to be told: said, and holds nothing up."""
        vendors = []
        if self.after_action.internal_liaison_id is None:
            vendors.append(
                "Nobody is named as the Internal Liaison, who tells the stakeholders with the owner."
            )
        holder: Any = self.after_action
        if not holder.has_stakeholders:
            vendors.append("No stakeholder is named: the status notes go to nobody.")
        return [Missing(None, text, blocks=False) for text in vendors]

    @cached_property
    def changed_since_agreement(self) -> list[SectionChange]:
        """What waits for its publication and differs from what the meeting agreed on."""
        waits = self.after_action.status == Status.REVIEWED and self.after_action.published_at is None
        return changed_since_agreement(self.after_action, now=self.at) if waits else []

    @property
    def blocking(self) -> list[Missing]:
        return [row for row in self.missing if row.blocks]

    @property
    def worth_knowing(self) -> list[Missing]:
        """What stops nothing."""
        return [row for row in self.missing if not row.blocks]

    @cached_property
    def draft(self) -> Draft:
        return draft_of(self.review, self.root_cause_findings, now=self.at)

    @cached_property
    def root_cause_findings(self) -> list[Finding]:
        """Names and blame in the root cause as it stands, but what was dismissed. Kept for a while before that, for
        as long as neither its text nor the people known here are others."""
        section = self.review.sections.get(SectionKey.ROOT_CAUSE)
        text = root_cause_text(self.review.root_cause())
        if not text or section is None:
            return []
        loaded: Any = self.after_action
        key = f"root-cause-findings:{section.pk}:{section.version}:{loaded.newest_person}"
        findings: list[Finding] | None = caches["process"].get(key)
        if findings is None:
            findings = check(Checked.ROOT_CAUSE, text, known_people(self.incident))
            caches["process"].set(key, findings, FINDINGS_KEPT_SECONDS)
        return not_dismissed(findings, incident=self.incident)

    @property
    def cause_sentences(self) -> list[str]:
        """The root cause as it will be read. Rule: statements."""
        return cause_sentences(self.review.root_cause())

    @property
    def before_meeting(self) -> list[Missing]:
        """What the chair should know before starting."""
        included: list[Any] = self.included
        invited = tuple(
            readiness.Invited(
                str(row.person),
                InvitationResponse(row.response),
                has_read=row.clicked,
                is_owner=row.person_id == self.after_action.owner_id,
            )
            for row in included
            if row.requirement == AttendeeRequirement.REQUIRED
        )
        return readiness.before_meeting(self.after_action.status == Status.IN_REVIEW, invited)
