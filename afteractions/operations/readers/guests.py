"""External people: a signed, expiring, revocable link to the one draft (domain.md, Attendees). The link itself is not
kept; it says only which row it opens, and the row says until when."""

from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction

from afteractions.access import can_chair, can_own
from afteractions.models import AfterAction, Attendee, Comment, EvidenceFile, GuestLink, Reading, Revision
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.evidence.evidence import attach_evidence
from afteractions.operations.guest_links import (
    LONGEST_VALID,
    PLACE,
    SALT,
    VALID_FOR,
)
from afteractions.operations.meeting.attendees import respond
from afteractions.operations.meeting.questions import answer_question
from afteractions.operations.readers.comments import add_comment
from afteractions.operations.readers.reading import acknowledge
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, NotFound, RuleViolation
from majorops.notices.delivery.places import place_of
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person

NO_LONGER = "This link is not valid, or no longer is. Ask whoever sent it to you for a new one."


@transaction.atomic
def create_guest_link(
    after_action: AfterAction,
    person: Person,
    *,
    valid_for: timedelta = VALID_FOR,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> tuple[GuestLink, str]:
    """A link for an attendee without an account, and its token, which can't be read again. It is mailed, where there is
    an address."""
    after_action = lifecycle.locked(after_action)
    if not (can_chair(by, after_action) or can_own(by, after_action)):
        raise NotAllowed("The MIM or the owner of the After Action lets a guest in.")
    if not person.is_contact:
        raise RuleViolation(f"{person} has an account and signs in with it.")
    if not after_action.attendees.filter(person=person, included=True).exists():
        raise RuleViolation(f"{person} is not on the list of attendees: add this person first.")
    if not timedelta() < valid_for <= LONGEST_VALID:
        raise BadInput.of("valid_for", f"A link lasts at most {LONGEST_VALID.days} days.")
    link = GuestLink.objects.create(
        after_action=after_action, person=person, created_at=at, created_by=by, expires_at=now + valid_for
    )
    token = signing.dumps(link.pk, salt=SALT)
    notify(
        [person],
        after_action,
        about=link,
        step="guest",
        words=NoticeWords(
            f"Your link to the draft of {after_action.incident.reference}",
            "You are invited to read the draft of a Learning Review, to comment on it and to say that you have "
            f"read it. The link is yours alone and ends on {link.expires_at:%-d %B %Y}.",
        ),
        url=place_of(PLACE, link.pk),
        now=now,
        muteable=False,
    )
    trail.record("let a guest in", link, by=by, at=now, scope=after_action.incident.reference)
    return link, token


@transaction.atomic
def revoke_guest_link(link: GuestLink, *, by: Person | None, at: datetime, now: datetime) -> GuestLink:
    """Ends a link at once."""
    after_action = lifecycle.locked(link.after_action)
    if not (can_chair(by, after_action) or can_own(by, after_action)):
        raise NotAllowed("The MIM or the owner of the After Action takes a link back.")
    lifecycle.check_instant(at, now=now)
    link = GuestLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if link.revoked_at is None:
        link.revoked_at = at
        link.save(update_fields=["revoked_at"])
        trail.record("took a guest's link back", link, by=by, at=now, scope=after_action.incident.reference)
    return link


def open_guest_link(token: str, *, now: datetime) -> GuestLink:
    """The link of this token. Raises NotFound, in the same words whether it is forged, expired, revoked, or its holder
    no longer attends."""
    try:
        key = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise NotFound(NO_LONGER) from None
    link = (
        GuestLink.objects.select_related("person", "after_action__incident__mim", "after_action__owner")
        .filter(pk=key, revoked_at__isnull=True, expires_at__gt=now)
        .first()
    )
    if link is None or not link.after_action.attendees.filter(person=link.person, included=True).exists():
        raise NotFound(NO_LONGER)
    GuestLink.objects.filter(pk=link.pk).update(last_used_at=now)
    return link


def answer_question_as_guest(
    link: GuestLink, question: str, *, yes: bool, at: datetime, now: datetime
) -> None:
    """The guest's answer to one of the questions after the meeting."""
    answer_question(link.after_action, question, yes=yes, by=link.person, at=at, now=now)


def guest_revision(link: GuestLink) -> Revision | None:
    """What the guest reads: the current revision; None while nothing is out."""
    return link.after_action.revisions.order_by("-number").first()


def evidence_of_guest(link: GuestLink, reference: str) -> EvidenceFile:
    """A file of evidence that the current revision lists, and that still counts. Raises NotFound for any other."""
    revision = guest_revision(link)
    listed = {row["reference"] for row in (revision.content.get("evidence", ()) if revision else ())}
    file = EvidenceFile.objects.filter(
        after_action=link.after_action, reference=reference, withdrawal__isnull=True
    ).first()
    if file is None or file.reference not in listed:
        raise NotFound("Your draft lists no such file of evidence, or it was withdrawn.")
    return file


def acknowledge_as_guest(link: GuestLink, *, at: datetime, now: datetime) -> Reading:
    """The guest's "I have read this"."""
    return acknowledge(_current(link), by=link.person, at=at, now=now)


def comment_as_guest(
    link: GuestLink,
    *,
    section: str,
    text: str,
    parent: Comment | None = None,
    at: datetime,
    now: datetime,
) -> Comment:
    """The guest's comment, tied to the current revision. Raises TooMany above 20 within an hour."""
    return add_comment(
        link.after_action,
        section=section,
        text=text,
        parent=parent,
        revision=_current(link),
        by=link.person,
        at=at,
        now=now,
    )


def answer_as_guest(link: GuestLink, response: str, *, at: datetime, now: datetime) -> Attendee:
    """The guest's answer to the invitation."""
    attendee = link.after_action.attendees.get(person=link.person)
    attendee.after_action = link.after_action
    return respond(attendee, response, by=link.person, at=at, now=now)


def bring_as_guest(
    link: GuestLink, *, name: str, content: bytes, url: str, note: str, at: datetime, now: datetime
) -> EvidenceFile:
    """A file or a link that the guest brings. Raises TooMany above 20 within an hour."""
    return attach_evidence(
        link.after_action, name=name, content=content, url=url, note=note, by=link.person, at=at, now=now
    )


def _current(link: GuestLink) -> Revision:
    revision = guest_revision(link)
    if revision is None:
        raise RuleViolation("The draft is not out yet.")
    return revision
