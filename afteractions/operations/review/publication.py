"""From agreement to Closed: publish, amend what was published, close, send status notes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from afteractions.access import can_send_status_note
from afteractions.models import AfterAction, Comment, Revision, Section, StatusNote
from afteractions.operations import lifecycle
from afteractions.operations.announcements import concerned, is_silent, notify, reachable
from afteractions.operations.deadlines import obligations
from afteractions.operations.parts import WHY_STAKEHOLDER
from afteractions.operations.review import antipatterns
from afteractions.operations.review.agreement import changed_since_agreement, labels
from afteractions.operations.review.readiness import missing_before_publishing
from afteractions.operations.review.revisions import freeze
from afteractions.rules import lifecycle as lifecycle_rules
from afteractions.rules.learning import LOOK_AGAIN_AFTER
from afteractions.rules.lifecycle import Part
from afteractions.rules.review.readiness import open_comments, sentences
from afteractions.vocabulary import ChangeKind, RevisionKind, SectionKey, Status, TransitionKind
from incidents.models import TrackMember
from incidents.operations.letting_in import let_in
from incidents.operations.similar import keep_root_cause
from majorops.audit import trail
from majorops.errors import NotAllowed, Problem, RuleViolation
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person
from majorops.people.outsiders import Outsider, add_outsider
from majorops.texts import typed_text

LONGEST_NOTE = 10_000
NAMES_SHOWN = 12


@transaction.atomic
def publish(
    after_action: AfterAction,
    *,
    reason: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Revision:
    """Publishes the agreed review into the library, and closes the After Action when nothing else is outstanding.

    It goes to the responders, the service owners, the attendees and the stakeholders. Where something was written
    since the meeting agreed, the revision says so: with the `reason`, else by the sections. Raises RuleViolation with
    what is missing, NotAllowed, VersionConflict.
    """
    after_action = lifecycle.locked(after_action, version=version)
    _check_publishable(after_action, by=by, at=at, now=now)
    changed = changed_since_agreement(after_action, now=now)
    named = reason.strip() or f"Written since the meeting agreed, in {labels(changed)}." if changed else ""
    return _publish(after_action, reason=named, by=by, at=at, now=now)


@transaction.atomic
def publish_as_agreed_now(
    after_action: AfterAction, *, by: Person | None, at: datetime, now: datetime
) -> Revision:
    """Publishes in the step that records the agreement: what stands is what the chair has just said was agreed."""
    after_action = lifecycle.locked(after_action)
    _check_publishable(after_action, by=by, at=at, now=now)
    return _publish(after_action, reason="", by=by, at=at, now=now)


def _check_publishable(after_action: AfterAction, *, by: Person | None, at: datetime, now: datetime) -> None:
    missing = missing_before_publishing(after_action, now=now)
    lifecycle.check_allowed(TransitionKind.PUBLISH, after_action, by=by, missing=sentences(missing))
    lifecycle.check_instant(at, now=now, after=[(after_action.reviewed_at, "the agreement")])


def _publish(
    after_action: AfterAction, *, reason: str, by: Person | None, at: datetime, now: datetime
) -> Revision:
    after_action.published_at = at
    lifecycle.save(after_action, "published_at")
    # What came with an import, and nobody has written since.
    undated = after_action.changes.filter(look_on__isnull=True, mtm_action__isnull=True)
    undated.exclude(kind=ChangeKind.CONTINUE).update(look_on=F("due_on") + LOOK_AGAIN_AFTER)
    revision = freeze(after_action, kind=RevisionKind.PUBLISHED, reason=reason, by=by, at=at, now=now)
    _tell_root_cause(after_action)
    announce_published(after_action, revision, now=now)
    lifecycle.audit(
        "published",
        after_action,
        by=by,
        now=now,
        changes={"published_at": (None, at), "revision": (None, revision.number)},
        reason=reason,
    )
    antipatterns.name_found(after_action, at=at, now=now)
    close_when_done(after_action, by=by, at=at, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return revision


def effects_of_publishing(after_action: AfterAction, *, closes: bool) -> tuple[str, ...]:
    """What publishing will do, in sentences, for whoever confirms it; `closes`: the After Action ends with it."""
    names = [str(row) for row in reachable(_readers(after_action))]
    listed = ", ".join(names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        listed += f" and {len(names) - NAMES_SHOWN} more"
    changes = after_action.changes.filter(removed_at__isnull=True).exclude(kind=ChangeKind.CONTINUE)
    owners = sorted({str(change.owner) for change in changes.select_related("owner") if change.owner})
    restricted = after_action.incident.restricted
    comments = open_comments(Comment.objects.filter(Comment.UNRESOLVED, after_action=after_action).count())
    return (
        *(comment.text for comment in comments),
        f"The Learning Review is frozen and sent to {listed or 'nobody'}.",
        "It stands in the library, read by those whom the incident is open to."
        if restricted
        else "It stands in the library, where everybody who signs in can read it.",
        f"Action items go to {', '.join(owners)}." if owners else "It has no action items.",
        "The After Action is closed. That is final: an erratum is the only change afterwards."
        if closes
        else "The After Action is closed once its External Messages are sent or withdrawn.",
    )


@transaction.atomic
def amend_published(
    after_action: AfterAction,
    *,
    reason: str,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Revision:
    """An erratum: the review as it is written now becomes a new revision that names its reason; the published one stays
    as it was."""
    after_action = lifecycle.locked(after_action, version=version)
    missing = missing_before_publishing(after_action, now=now)
    lifecycle.check_allowed(
        TransitionKind.AMEND_PUBLISHED, after_action, by=by, reason=reason, missing=sentences(missing)
    )
    lifecycle.check_instant(at, now=now, after=[(after_action.published_at, "the publication")])
    lifecycle.save(after_action)
    revision = freeze(after_action, kind=RevisionKind.ERRATUM, reason=reason.strip(), by=by, at=at, now=now)
    _tell_root_cause(after_action)
    announce_published(after_action, revision, now=now)
    lifecycle.audit(
        "amended what was published",
        after_action,
        by=by,
        now=now,
        changes={"revision": (revision.number - 1, revision.number)},
        reason=reason,
    )
    obligations.reconcile(after_action.incident, by=by, now=now)
    return revision


def _tell_root_cause(after_action: AfterAction) -> None:
    """What is published of the root cause is what later incidents are compared with."""
    section = Section.objects.filter(after_action=after_action, key=SectionKey.ROOT_CAUSE).first()
    written = section.content if section is not None and isinstance(section.content, dict) else {}
    values = [written.get("failure") or "", *(written.get("contributing_factors") or ())]
    keep_root_cause(after_action.incident, ". ".join(text for text in values if text))


def close_when_done(after_action: AfterAction, *, by: Person | None, at: datetime, now: datetime) -> bool:
    """Closes an After Action that is published and has no External Message outstanding, whichever came last. The caller
    holds the lock and reconciles."""
    facts = lifecycle.lifecycle_facts(after_action)
    if lifecycle_rules.refusal(TransitionKind.CLOSE, facts, frozenset({Part.SYSTEM})) is not None:
        return False
    row = lifecycle.change_status(after_action, Status.CLOSED, by=by, at=at, now=now)
    after_action.closed_at = at
    lifecycle.save(after_action, "status", "closed_at")
    incident = after_action.incident
    notify(
        concerned(after_action),
        after_action,
        about=row,
        step="closed",
        words=NoticeWords(
            f"Closed: the After Action of {incident.reference}",
            f"No further actions are needed on the After Action of “{incident.title}”. Its action items go on to their "
            "end.",
            masked="An After Action that you attended is closed.",
        ),
        now=now,
        except_for=by,
    )
    lifecycle.audit(
        "closed", after_action, by=by, now=now, changes={"status": (Status.REVIEWED, Status.CLOSED)}
    )
    return True


@transaction.atomic
def send_status_note(
    note: StatusNote,
    *,
    text: str | None = None,
    to: Sequence[Person | Outsider] = (),
    by: Person | None,
    at: datetime,
    now: datetime,
) -> StatusNote:
    """Sends the note that the system prepared, edited if `text` is given, to the stakeholders; those of `to` are
    stakeholders from then on. Raises RuleViolation while nobody would get it, and the deadline stays open."""
    after_action = lifecycle.locked(note.after_action)
    note = StatusNote.objects.select_for_update(of=("self",)).select_related("transition").get(pk=note.pk)
    if not can_send_status_note(by, after_action):
        raise NotAllowed("The owner or the Internal Liaison sends the status note.")
    if note.sent_at is not None:
        raise RuleViolation("This note was sent already.")
    wording = typed_text(
        note.text if text is None else text, "text", most=LONGEST_NOTE, empty="Write a note."
    )
    lifecycle.check_instant(at, now=now, after=[(note.prepared_at, "the note was prepared")])
    incident = after_action.incident
    for person in (add_outsider(row, scope=incident.reference, by=by, now=now) for row in to):
        after_action.stakeholders.add(person)
        let_in(incident, person, WHY_STAKEHOLDER, now)
    recipients = reachable(after_action.stakeholders.select_related("account"))
    _check_heard(after_action, recipients)
    before = note.text
    note.text, note.sent_at, note.sent_by = wording, at, by
    note.sent_to = [str(recipient) for recipient in recipients]
    note.save(update_fields=["text", "sent_at", "sent_by", "sent_to"])
    notify(
        recipients,
        after_action,
        about=note,
        step="note",
        words=NoticeWords(
            f"After Action of {incident.reference}: {Status(note.transition.to_status).label}",
            wording,
            masked="The status of an After Action has changed.",
        ),
        now=now,
    )
    changes: dict[str, tuple[Any, Any]] = {"sent_to": (None, note.sent_to)}
    if before != wording:
        changes["text"] = (before, wording)
    trail.record("sent the status note", note, by=by, at=now, scope=incident.reference, changes=changes)
    obligations.reconcile(incident, by=by, now=now)
    return note


def _check_heard(after_action: AfterAction, recipients: Sequence[Person]) -> None:
    """domain.md, Deadlines: a status note is met when it is sent to at least one recipient."""
    if is_silent(after_action):
        raise RuleViolation(
            "This After Action is of the past: nobody is told of it until its process is started."
        )
    if not recipients:
        raise RuleViolation(
            "Nobody would get this note: no stakeholder is named whom mail reaches. Name at least one, with an "
            "address, and send it then.",
            [
                Problem(
                    "to",
                    "Name at least one stakeholder whom mail reaches: an account, or a name and address.",
                )
            ],
        )


def announce_published(
    after_action: AfterAction, revision: Revision, *, also: Sequence[Person | None] = (), now: datetime
) -> None:
    """Tells the readers, and `also` others, that a revision was published, and why where it has a reason."""
    incident = after_action.incident
    is_erratum = revision.kind == RevisionKind.ERRATUM
    subject = f"{'Erratum to' if is_erratum else 'Published:'} the Learning Review of {incident.reference}"
    changed = "Why" if is_erratum else "Changed since the meeting agreed on it"
    why = f"\n\n{changed}: {revision.reason}" if revision.reason else ""
    notify(
        [*_readers(after_action), *also],
        after_action,
        about=revision,
        step="published",
        words=NoticeWords(
            subject,
            f"What did we learn, and what do we change? The Learning Review of “{incident.title}” is in the library."
            f"{why}",
            masked="A Learning Review was published.",
        ),
        url=f"{after_action.get_absolute_url()}read/",
        now=now,
    )


def _readers(after_action: AfterAction) -> list[Person | None]:
    """Responders, SMEs and leads of the recovery tracks among them, service owners, attendees and stakeholders."""
    incident = after_action.incident
    tracks = incident.recoverytracks.filter(corrections=None).select_related("lead__account")
    members = TrackMember.objects.filter(track__incident=incident).select_related("person__account")
    assigned = incident.commandassignments.select_related("person__account")
    services = incident.affected_services.select_related("owner__account", "service__owner__account")
    owners = after_action.changes.filter(removed_at__isnull=True).select_related("owner__account")
    return [
        *concerned(after_action),
        *(assignment.person for assignment in assigned),
        *(track.lead for track in tracks),
        *(member.person for member in members),
        *(service.owner or service.service.owner for service in services),
        *after_action.stakeholders.select_related("account"),
        *(change.owner for change in owners),
    ]
