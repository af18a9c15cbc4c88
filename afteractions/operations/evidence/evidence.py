"""Evidence: asked of named people by a date, brought as files that never change (domain.md, Attendees; Seed: "Teams
arrive without evidence")."""

from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from afteractions.access import (
    can_ask_for_evidence,
    can_bring_evidence,
    can_own,
    can_read_draft,
)
from afteractions.models import AfterAction, Attendee, EvidenceFile, EvidenceWithdrawal
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.deadlines import obligations
from afteractions.operations.evidence.files import TakenFile, take_file
from afteractions.operations.pace import check_pace, check_tries
from afteractions.queries.after_actions import current_files
from afteractions.rules.review.files import KNOWN_AS, LONGEST_NAME, PICTURES, kind_of
from afteractions.vocabulary import FileKind, Status
from incidents.operations.checks import link
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, NotFound, RuleViolation
from majorops.formatting import formats
from majorops.formatting.due_dates import DAY_HAS_PASSED, has_passed
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person
from majorops.texts import typed_text

LONGEST_NOTE = 2000
ASKED_ONLY = "Only attendees, people asked for evidence, and those who write or may comment on the draft can attach it."
OWNER_OR_MIM_ASKS = "The owner of the After Action or the MIM asks for evidence."


@transaction.atomic
def ask_for_evidence(
    attendee: Attendee, *, bring: str, bring_by: date | None, by: Person | None, at: datetime, now: datetime
) -> Attendee:
    """Asks one attendee to bring something by a day, and tells them; an empty `bring` takes it back."""
    after_action = lifecycle.locked(attendee.after_action)
    if not can_ask_for_evidence(by, after_action):
        raise NotAllowed(OWNER_OR_MIM_ASKS)
    lifecycle.check_instant(at, now=now)
    attendee = Attendee.objects.select_for_update(of=("self",)).select_related("person").get(pk=attendee.pk)
    if not attendee.included:
        raise RuleViolation(f"{attendee.person} does not attend: put this person on the list first.")
    bring = typed_text(bring, "bring", most=LONGEST_NOTE)
    before = (attendee.bring, attendee.bring_by)
    zone = by.time_zone if by else after_action.incident.time_zone
    if bring and bring_by != attendee.bring_by and has_passed(bring_by, now=now, time_zone=zone):
        raise BadInput.of("bring_by", DAY_HAS_PASSED)
    attendee.bring, attendee.bring_by = bring, bring_by if bring else None
    if before == (attendee.bring, attendee.bring_by):
        return attendee
    attendee.save(update_fields=["bring", "bring_by"])
    if bring:
        _tell(after_action, attendee, by=by, now=now)
    trail.record(
        "asked for evidence",
        attendee,
        by=by,
        at=now,
        scope=after_action.incident.reference,
        changes={"bring": (before[0], bring), "bring_by": (before[1], attendee.bring_by)},
    )
    obligations.reconcile(after_action.incident, by=by, now=now)
    return attendee


def _tell(after_action: AfterAction, attendee: Attendee, *, by: Person | None, now: datetime) -> None:
    incident = after_action.incident
    by_when = f" by {formats.day(attendee.bring_by, today=now.date())}" if attendee.bring_by else ""
    who = by.full_name if by is not None else "The owner"
    notify(
        [attendee.person],
        after_action,
        about=attendee,
        step=f"evidence:{now.timestamp():.0f}",
        words=NoticeWords(
            f"Bring your evidence for the After Action of {incident.reference}{by_when}",
            f"{who} asks you for this{by_when}, for the After Action of {incident.reference} “{incident.title}”: "
            f"{attendee.bring}\n\nAttach it as a file: it is read with the draft before the meeting.",
            masked="Evidence is asked of you for a meeting that you attend.",
        ),
        url=f"{after_action.get_absolute_url()}evidence/",
        now=now,
        except_for=by,
    )


def attach_evidence(
    after_action: AfterAction,
    *,
    name: str = "",
    content: bytes = b"",
    url: str = "",
    note: str = "",
    by: Person,
    at: datetime,
    now: datetime,
) -> EvidenceFile:
    """Keeps a file of at most 25 MB, whose kind its content tells, with its hash, a picture without its metadata; or a
    link at `url`, with `note` as its caption.

    Raises NotAllowed, RuleViolation for a closed After Action and for a file that is there already, BadInput.
    """
    # Asked before the file is looked into, which takes a while, and again once the row is locked.
    _check_may_bring(AfterAction.objects.select_related("incident").get(pk=after_action.pk), by)
    note = typed_text(note, "note", most=LONGEST_NOTE)
    if url:
        taken = _link(url, note)
    else:
        if kind_of(content) in PICTURES:
            check_tries("pictures", by=by, now=now)
        wanted = f"This file type is not accepted. Save it as one of {KNOWN_AS}, or bring a link to it."
        taken = take_file(name, content, kinds=set(FileKind), wanted=wanted)
    return _keep(after_action, taken, note, by=by, at=at, now=now)


def _check_may_bring(after_action: AfterAction, by: Person) -> None:
    if not can_bring_evidence(by, after_action):
        raise NotAllowed(ASKED_ONLY)
    if after_action.status == Status.CLOSED:
        raise RuleViolation("This After Action is closed: evidence belongs to the action item that goes on.")


@transaction.atomic
def _keep(
    after_action: AfterAction, taken: TakenFile, note: str, *, by: Person, at: datetime, now: datetime
) -> EvidenceFile:
    after_action = lifecycle.locked(after_action)
    _check_may_bring(after_action, by)
    lifecycle.check_instant(at, now=now)
    if by.is_contact:
        check_pace(EvidenceFile.objects.filter(after_action=after_action, by=by), by=by, now=now)
    same = current_files(after_action).filter(sha256=taken.sha256)
    if not can_read_draft(by, after_action):
        # That somebody else brought the same is not theirs to know.
        same = same.filter(by=by)
    if (there := same.first()) is not None:
        raise RuleViolation(f"This is here already: {there}.")
    file = EvidenceFile.objects.create(
        after_action=after_action,
        name=taken.name,
        note=note,
        kind=taken.kind.value,
        size=len(taken.content),
        sha256=taken.sha256,
        content=taken.content,
        url=taken.content.decode() if taken.kind is FileKind.LINK else "",
        at=at,
        by=by,
    )
    trail.record(
        "attached evidence",
        file,
        by=by,
        at=now,
        scope=after_action.incident.reference,
        changes={"sha256": (None, file.sha256)},
    )
    obligations.reconcile(after_action.incident, by=by, now=now)
    return file


def _link(url: str, caption: str) -> TakenFile:
    """A link as it is kept. Raises BadInput at `url` for what is no web address, at `note` without a caption."""
    address = link(url.strip(), "url")
    if not address:
        raise BadInput.of("url", "Give the address of a page, as in https://grafana.example/d/gateway.")
    if not caption:
        raise BadInput.of("note", "Say what the link shows: whoever cannot open it reads this.")
    content = address.encode()
    return TakenFile(caption[:LONGEST_NAME], FileKind.LINK, content, sha256(content).hexdigest())


@transaction.atomic
def withdraw_evidence(
    file: EvidenceFile, *, reason: str, by: Person, at: datetime, now: datetime
) -> EvidenceWithdrawal:
    """Takes a file out of the review, with a reason; the file and its hash stay kept, and nobody is handed it. What was
    archived as PDF before keeps what it showed."""
    after_action = lifecycle.locked(file.after_action)
    if by.pk != file.by_id and not can_own(by, after_action):
        raise NotAllowed("Only the owner, and whoever attached it, withdraws a file of evidence.")
    lifecycle.check_instant(at, now=now, after=[(file.at, "it was attached")])
    why = "Say why it is withdrawn: the file stays listed with it."
    reason = typed_text(reason, "reason", most=LONGEST_NOTE, empty=why)
    if EvidenceWithdrawal.objects.filter(file=file).exists():
        raise RuleViolation("This file is withdrawn already.")
    withdrawal = EvidenceWithdrawal.objects.create(file=file, reason=reason, at=at, by=by)
    trail.record(
        "withdrew evidence", file, by=by, at=now, scope=after_action.incident.reference, reason=reason
    )
    obligations.reconcile(after_action.incident, by=by, now=now)
    return withdrawal


def evidence_for_download(after_action: AfterAction, reference: str, *, to: Person) -> EvidenceFile:
    """The file with its content, for who may read the draft, and for who attached it. Raises NotFound, NotAllowed."""
    evidence_files = EvidenceFile.objects.select_related("withdrawal").filter(
        after_action=after_action, reference=reference
    )
    file = evidence_files.first()
    if file is None:
        raise NotFound("There is no such file of evidence here.")
    if file.by_id != to.pk and not can_read_draft(to, after_action):
        raise NotAllowed("The draft is still being written: its evidence is read by those who write it.")
    if hasattr(file, "withdrawal"):
        raise NotFound(f"This file was withdrawn: {file.withdrawal.reason}")
    return file
