"""Reading After Actions: lists that a person may see, and one whole After Action in a constant number of statements."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Concat

from afteractions.models import (
    AfterAction,
    Change,
    EvidenceFile,
    ExternalMessage,
    Meeting,
    Obligation,
    Reading,
    Revision,
    Section,
    StatusNote,
    VendorFollowUp,
)
from afteractions.rules.review.files import PICTURES
from afteractions.vocabulary import (
    ActionStatus,
    ChangeKind,
    Decision,
    MessageStage,
    MessageStatus,
    ObligationKind,
    ObligationState,
    SectionKey,
    Status,
)
from incidents.models import Incident
from majorops.errors import BadInput
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.searching import asked_for, query_of_whole_words

# So many of a kind are taken from an index; what is more common is looked for from the latest review on.
MOST_FOUND = 200


def after_action_list(
    person: Person, filters: Mapping[str, str] | None = None, *, at: datetime
) -> QuerySet[AfterAction]:
    """The After Actions that `person` may see, newest first, narrowed by `status`, `owner` (an e-mail address) and
    `overdue` ("true", "false"). Each has its open obligations, the next one first, as `open_obligations`. Raises
    BadInput for unknown words."""
    data = {key: value.strip() for key, value in (filters or {}).items() if value}
    after_actions: QuerySet[AfterAction] = AfterAction.objects.visible_to(person)
    if status := data.get("status"):
        if not Status.knows(status):
            raise BadInput.of(
                "status", f"“{status[:80]}” is unknown. Choose one of: {', '.join(Status.keys())}."
            )
        after_actions = after_actions.filter(status=status)
    if owner := data.get("owner"):
        after_actions = after_actions.filter(owner__email=owner.lower())
    if overdue := data.get("overdue"):
        late = Obligation.objects.overdue(at=at).filter(after_action=OuterRef("pk"))
        after_actions = after_actions.filter(Exists(late) if is_true(overdue, "overdue") else ~Exists(late))
    return with_next_deadline(after_actions)


def with_next_deadline(queryset: QuerySet[AfterAction]) -> QuerySet[AfterAction]:
    """The same After Actions with what a row or a card shows: the incident, the owner, and the open obligations."""
    ahead = Obligation.objects.open().select_related("responsible")
    return queryset.select_related("incident__mim", "owner").prefetch_related(
        Prefetch("obligations", ahead, to_attr="open_obligations")
    )


def readers(after_action: AfterAction, *, at: datetime | None = None) -> dict[int, datetime]:
    """Who had read the draft that stands (by `at`, or until now), with the time of the click.

    Reading a revision before an amendment counts on, unless the root cause or the changes were amended since.
    """
    revisions = after_action.revisions.order_by("-number")
    clicks = Reading.objects.filter(revision__after_action=after_action)
    if at is not None:
        revisions = revisions.filter(created_at__lte=at)
        clicks = clicks.filter(read_at__lte=at)
    since = revisions.filter(substantial=True).values_list("number", flat=True).first()
    if since is None:
        return {}
    clicks = clicks.filter(revision__number__gte=since).order_by("-read_at")
    return dict(clicks.values_list("person", "read_at"))


def evidence_of(after_action: AfterAction) -> QuerySet[EvidenceFile]:
    """Every file of evidence, withdrawn ones too, without their contents."""
    evidence_files = EvidenceFile.objects.filter(after_action=after_action).order_by("id")
    return evidence_files.select_related("by", "withdrawal__by").defer("content")


def current_files(after_action: AfterAction) -> QuerySet[EvidenceFile]:
    """The files of evidence that count, without their contents."""
    return evidence_of(after_action).filter(withdrawal__isnull=True)


def pictures_of(revision: Revision) -> dict[str, bytes]:
    """The pictures among the evidence that the revision lists and that nobody withdrew since, by their references."""
    wanted = [row["reference"] for row in revision.content.get("evidence", ()) if row["kind"] in PICTURES]
    if not wanted:
        return {}
    files = EvidenceFile.objects.filter(
        after_action_id=revision.after_action_id, reference__in=wanted, withdrawal__isnull=True
    )
    return {reference: bytes(content) for reference, content in files.values_list("reference", "content")}


def action_list(
    person: Person, filters: Mapping[str, str] | None = None, *, at: datetime
) -> QuerySet[Change]:
    """The action items that `person` may see, the earliest due first: those of agreed reviews and of MTMs. Narrowed by
    `owner` (an e-mail address), `status`, `incident` (a reference) and `overdue` ("true", "false"). Raises BadInput for
    unknown words."""
    changes = actions_narrowed(person, **action_filters(filters or {}, at=at))
    return changes.select_related("owner", "after_action__incident").order_by("due_on", "id")


def action_filters(filters: Mapping[str, str], *, at: datetime) -> dict[str, Any]:
    """The filters of action items as arguments of `actions_narrowed`. Raises BadInput for unknown words."""
    data = {key: value.strip() for key, value in filters.items() if value}
    status, overdue = data.get("status"), data.get("overdue")
    if status and not ActionStatus.knows(status):
        raise BadInput.of(
            "status", f"“{status[:80]}” is unknown. Choose one of: {', '.join(ActionStatus.keys())}."
        )
    return {
        "owner": data.get("owner", "").lower() or None,
        "status": ActionStatus(status) if status else None,
        "incident": data.get("incident", "").upper() or None,
        "overdue": is_true(overdue, "overdue") if overdue else None,
        "at": at if overdue else None,
    }


def actions_visible_to(person: Person) -> QuerySet[Change]:
    """The action items of the reviews that `person` may know of, those of drafts that they may read too. What an MTM
    agreed is of the record: whoever sees that knows of it."""
    visible = AfterAction.objects.visible_to(person)
    known = Q(after_action__in=visible.with_readable_draft(person)) | Q(
        after_action__in=visible, mtm_action__isnull=False
    )
    changes = Change.objects.filter(known, removed_at__isnull=True)
    return changes.exclude(kind=ChangeKind.CONTINUE)


def actions_narrowed(
    person: Person,
    *,
    owner: str | None,
    status: ActionStatus | None,
    incident: str | None,
    overdue: bool | None,
    at: datetime | None,
) -> QuerySet[Change]:
    """The action items of agreed reviews that `person` may see, of the filters; what is None is not asked for."""
    agreed = Q(after_action__reviewed_at__isnull=False) | Q(mtm_action__isnull=False)
    changes = Change.objects.filter(
        agreed, after_action__incident__in=Incident.objects.visible_to(person), removed_at__isnull=True
    ).exclude(kind=ChangeKind.CONTINUE)
    if owner is not None:
        changes = changes.filter(owner__email=owner)
    if status is not None:
        changes = changes.filter(status=status)
    if incident is not None:
        changes = changes.filter(after_action__incident__reference=incident)
    if at is not None:
        late = Obligation.objects.overdue(at=at).filter(change=OuterRef("pk"))
        changes = changes.filter(Exists(late) if overdue else ~Exists(late))
    return changes


MESSAGES_BY_STAGE = {
    MessageStage.PREPARING: Q(status=MessageStatus.PLANNED, approved_at__isnull=True, asked_at__isnull=True),
    MessageStage.ASKED: Q(status=MessageStatus.PLANNED, approved_at__isnull=True, asked_at__isnull=False),
    MessageStage.APPROVED: Q(status=MessageStatus.PLANNED, approved_at__isnull=False),
    MessageStage.SENT: Q(status=MessageStatus.SENT),
    MessageStage.WITHDRAWN: Q(status=MessageStatus.WITHDRAWN),
}


def message_list(
    person: Person, filters: Mapping[str, str] | None = None, *, at: datetime
) -> QuerySet[ExternalMessage]:
    """The External Messages that `person` may see, the earliest date first, so that the overdue ones stand on top.
    Narrowed by `status`, `stage` and `overdue` ("true", "false"). Raises BadInput for unknown words."""
    data = {key: value.strip() for key, value in (filters or {}).items() if value}
    external_messages = (
        ExternalMessage.objects.filter(after_action__incident__in=Incident.objects.visible_to(person))
        .select_related(
            "after_action__incident__mim", "after_action__owner", "settled_by", "asked_by", "approved_by"
        )
        .order_by("due_at", "id")
    )
    if status := data.get("status"):
        if not MessageStatus.knows(status):
            raise BadInput.of("status", f"Choose one of: {', '.join(MessageStatus.keys())}.")
        external_messages = external_messages.filter(status=status)
    if stage := data.get("stage"):
        if not MessageStage.knows(stage):
            raise BadInput.of("stage", f"Choose one of: {', '.join(MessageStage.keys())}.")
        external_messages = external_messages.filter(MESSAGES_BY_STAGE[MessageStage(stage)])
    if overdue := data.get("overdue"):
        late = Q(status=MessageStatus.PLANNED, due_at__lt=at)
        external_messages = external_messages.filter(late if is_true(overdue, "overdue") else ~late)
    return external_messages


def note_list(person: Person, *, sent: bool | None = None, mine: bool = False) -> QuerySet[StatusNote]:
    """The status notes that `person` may see, the earliest prepared first: `sent` or not yet, `mine` alone to send.
    Each has the end of its deadline, while that is open, as `due_at`."""
    due = Obligation.objects.open().filter(
        kind=ObligationKind.STATUS_NOTE,
        incident=OuterRef("after_action__incident"),
        subject_key=Concat(Value("transition:"), Cast(OuterRef("transition_id"), TextField())),
    )
    status_notes = (
        StatusNote.objects.filter(after_action__incident__in=Incident.objects.visible_to(person))
        .annotate(due_at=Subquery(due.values("due_at")[:1]))
        .select_related(
            "transition", "sent_by", "after_action__incident__mim", "after_action__owner",
            "after_action__internal_liaison",
        )
        .order_by("prepared_at", "id")
    )  # fmt: skip
    if sent is not None:
        status_notes = status_notes.filter(sent_at__isnull=not sent)
    if mine:
        status_notes = status_notes.filter(_to_send_by(person))
    return status_notes


def _to_send_by(person: Person) -> Q:
    """Of which After Actions `person` sends the notes: as owner, as Internal Liaison, or as one of the liaisons while
    none is named."""
    me = Q(pk=person.pk) | Q(account=person.pk)
    mine = Person.objects.filter(me).values("pk")
    whose = Q(after_action__owner__in=mine) | Q(after_action__internal_liaison__in=mine)
    if person.is_in(GroupName.INTERNAL_LIAISON):
        whose |= Q(after_action__internal_liaison__isnull=True)
    return whose


def library(
    person: Person, search: str = "", *, severity: str = "", service: str = ""
) -> QuerySet[AfterAction]:
    """The published Learning Reviews that `person` may see, the latest first; `search` looks for words of the incident,
    of its root cause and of the changes, each by its index."""
    after_actions: QuerySet[AfterAction] = AfterAction.objects.visible_to(person).published()
    if words := search.strip():
        after_actions = after_actions.filter(_speaks_of(words))
    if severity:
        after_actions = after_actions.filter(incident__severity=severity)
    if service:
        after_actions = after_actions.filter(incident__services__name=service)
    return after_actions.select_related("incident__mim", "owner").order_by("-published_at", "-id")


def _speaks_of(words: str) -> Q:
    """Which After Actions speak of these words: the few that the indexes find, or, where they find many, a test of each
    review from the latest on, which soon has a page of them."""
    query = asked_for(query_of_whole_words(words))
    causes = Section.objects.filter(key=SectionKey.ROOT_CAUSE)
    causes = causes.filter(search=query).order_by()
    changes = Change.objects.filter(removed_at__isnull=True)
    changes = changes.filter(search=query).order_by()
    of_incident = AfterAction.objects.filter(incident__search=query).order_by()
    of_reference = AfterAction.objects.filter(incident__reference=words.upper()).order_by()
    parts = [
        list(part[: MOST_FOUND + 1])
        for part in (
            of_reference.values_list("pk", flat=True),
            of_incident.values_list("pk", flat=True),
            causes.values_list("after_action", flat=True),
            changes.values_list("after_action", flat=True),
        )
    ]
    if all(len(part) <= MOST_FOUND for part in parts):
        return Q(pk__in={pk for part in parts for pk in part})
    return (
        Q(incident__search=query)
        | Exists(causes.filter(after_action=OuterRef("pk")))
        | Exists(changes.filter(after_action=OuterRef("pk")))
    )


def going_on(person: Person) -> QuerySet[AfterAction]:
    """What the board shows: neither closed nor skipped, and not of the past."""
    after_actions = AfterAction.objects.visible_to(person).exclude(status=Status.CLOSED)
    after_actions = after_actions.exclude(decision=Decision.SKIP).filter(
        Q(history=False) | Q(started_at__isnull=False)
    )
    return with_next_deadline(after_actions)


def meetings_on(day: date, person: Person) -> list[Meeting]:
    """The meetings still to be held that begin on `day`, each in its incident's zone, as far as `person` may see them,
    the earliest first."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    around = Meeting.objects.filter(
        held_from__isnull=True,
        held_until__isnull=True,
        starts_at__range=(noon - timedelta(days=2), noon + timedelta(days=2)),
        after_action__in=AfterAction.objects.visible_to(person),
    )
    around = around.select_related("after_action__incident").order_by("starts_at", "id")
    return [
        meeting
        for meeting in around
        if meeting.starts_at.astimezone(ZoneInfo(meeting.after_action.incident.time_zone)).date() == day
    ]


def is_true(word: str, path: str) -> bool:
    """ "true" or "false" as filters write them. Raises BadInput at `path` for anything else."""
    if word.lower() in ("true", "1", "yes"):
        return True
    if word.lower() in ("false", "0", "no"):
        return False
    raise BadInput.of(path, "Write true or false.")


def rca_dues(follow_ups: Iterable[VendorFollowUp]) -> dict[int, datetime]:
    """When the RCA of each is due, as its deadline says: by a committed day or by contract. One statement."""
    keys = {f"vendor:{follow_up.engagement_id}": follow_up.pk for follow_up in follow_ups}
    held = Obligation.objects.filter(
        kind=ObligationKind.VENDOR_RCA,
        subject_key__in=keys,
        after_action__vendor_follow_ups__in=keys.values(),
    ).exclude(state__in=[ObligationState.SUPERSEDED, ObligationState.MISSED, ObligationState.WAIVED])
    return {keys[subject]: due_at for subject, due_at in held.values_list("subject_key", "due_at")}
