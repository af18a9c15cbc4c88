"""External Messages: prepared by Communications, approved by the owner or the MIM, then sent or withdrawn."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from afteractions.access import can_approve_message, can_settle_messages
from afteractions.models import AfterAction, ExternalMessage, Obligation
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.deadlines import obligations
from afteractions.operations.review.publication import close_when_done
from afteractions.rules.followup.external_messages import MessageFacts, StartingText, blanks, starting_texts
from afteractions.vocabulary import ChangeKind, MessageStatus, ObligationKind
from incidents.operations.facts import duration_of
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, Problem, RuleViolation, VersionConflict
from majorops.formatting import formats
from majorops.notices.outbox import NoticeWords, settled
from majorops.people.models import Person
from majorops.texts import LONGEST_TEXT, problem_of, typed_text

LONGEST_LINE = 200
LONGEST_PLACE = 500
ONLY_COMMUNICATIONS = "The Communications team prepares, sends and withdraws External Messages."
ONLY_APPROVERS = "The owner of the After Action or the MIM approves what goes out."


@transaction.atomic
def edit_message(
    message: ExternalMessage,
    *,
    text: str | None = None,
    audience: str | None = None,
    channel: str | None = None,
    due_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> ExternalMessage:
    """Changes what is given. Another date takes a reason; other words, another audience or channel end the approval.

    Raises NotAllowed, RuleViolation once it is sent or withdrawn, BadInput, VersionConflict with what stands there now.
    """
    after_action, message = _locked(message, version=version)
    _ask_to_prepare(message, by)
    lifecycle.check_instant(at, now=now, after=[(message.created_at, "the message was planned")])
    data: dict[str, Any] = {
        "text": text if text is None else text.strip(),
        "audience": audience if audience is None else audience.strip(),
        "channel": channel if channel is None else channel.strip(),
        "due_at": due_at,
    }
    before = {name: getattr(message, name) for name in data}
    new = {name: value for name, value in data.items() if value is not None and value != before[name]}
    _check(new, reason=reason, now=now)
    if not new:
        return message
    for name, value in new.items():
        setattr(message, name, value)
    if set(new) - {"due_at"}:
        message.asked_at = message.asked_by = message.approved_at = message.approved_by = None
    _save(message)
    if "audience" in new:
        # The deadline is named after whom the message is for.
        open_row = Obligation.objects.open().filter(
            incident=after_action.incident,
            kind=ObligationKind.EXTERNAL_MESSAGE,
            subject_key=f"message:{message.pk}",
        )
        open_row.update(subject_label=message.audience)
    _keep(
        "changed",
        message,
        by=by,
        now=now,
        changes={name: (before[name], value) for name, value in new.items()},
        reason=reason.strip(),
    )
    obligations.reconcile(after_action.incident, by=by, now=now)
    return message


@transaction.atomic
def edit_and_ask(
    message: ExternalMessage, *, by: Person | None, at: datetime, now: datetime, **kwargs: Any
) -> ExternalMessage:
    """Both or neither: where the approval cannot be asked for, nothing was changed. Raises as the two do."""
    kept = edit_message(message, by=by, at=at, now=now, **kwargs)
    return ask_for_approval(kept, by=by, at=at, now=now)


@transaction.atomic
def ask_for_approval(
    message: ExternalMessage, *, version: int | None = None, by: Person | None, at: datetime, now: datetime
) -> ExternalMessage:
    """The text is ready: the owner and the MIM are asked to approve it. Raises RuleViolation while a blank is left in
    it."""
    after_action, message = _locked(message, version=version)
    _ask_to_prepare(message, by)
    if message.asked_at is not None:
        raise RuleViolation(
            "This message is approved already."
            if message.approved_at
            else "This message waits for its approval already."
        )
    _check_blanks(message)
    lifecycle.check_instant(at, now=now, after=[(message.created_at, "the message was planned")])
    message.asked_at, message.asked_by, message.returned_reason = at, by, ""
    _save(message)
    _keep("asked for the approval of", message, by=by, now=now)
    incident = after_action.incident
    notify(
        [after_action.owner, incident.mim],
        after_action,
        about=message,
        step=f"approval:{message.version}",
        words=lambda zone: NoticeWords(
            f"Approve the message to {message.audience} for {incident.reference} "
            f"by {formats.absolute(message.due_at, zone=zone, at=now)}",
            f"Communications has prepared what {message.audience} are told of “{incident.title}”. It goes out once "
            f"you or the MIM have approved it.\n\n{message.text}",
            masked="A message waits for your approval.",
        ),
        url=message.get_absolute_url(),
        now=now,
        except_for=by,
    )
    return message


@transaction.atomic
def answer_for_message(
    message: ExternalMessage,
    *,
    approved: bool,
    reason: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> ExternalMessage:
    """The owner or the MIM approves the text as it stands, or returns it with what is to be changed.

    Raises NotAllowed, RuleViolation where nothing was asked, BadInput for a return without a reason, VersionConflict
    when it was changed since it was read: nobody approves what they have not seen.
    """
    after_action, message = _locked(message, version=version)
    if not can_approve_message(by, after_action):
        raise NotAllowed(ONLY_APPROVERS)
    _check_planned(message)
    if message.approved_at is not None:
        raise RuleViolation("This message is approved already.")
    if not approved and message.asked_at is None:
        raise RuleViolation("Nobody has asked for its approval yet.")
    if not approved and not reason.strip():
        raise BadInput.of("reason", "Say what is to be changed before it goes out.")
    if approved:
        _check_blanks(message)
    asked_by = message.asked_by
    lifecycle.check_instant(at, now=now, after=[(message.asked_at or message.created_at, "it was prepared")])
    if approved:
        message.asked_at = message.asked_at or at
        message.approved_at, message.approved_by, message.returned_reason = at, by, ""
    else:
        message.asked_at = message.asked_by = None
        message.returned_reason = reason.strip()
    _save(message)
    _keep("approved" if approved else "returned", message, by=by, now=now, reason=reason.strip())
    settled([message], step="approval", now=now)
    _tell_asker(asked_by, after_action, message, approved=approved, by=by, now=now)
    return message


@transaction.atomic
def settle_message(
    message: ExternalMessage,
    *,
    status: str,
    where: str = "",
    reason: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> ExternalMessage:
    """Marked as sent (`where`: the address or the channel it went out by, `at`: when), or withdrawn with a reason, by
    the Communications team, who send it themselves; the last one closes the After Action. What is not approved is sent
    by nobody but those who may approve it: that they send it is their approval."""
    after_action, message = _locked(message, version=version)
    if not can_settle_messages(by, after_action):
        raise NotAllowed(ONLY_COMMUNICATIONS)
    if status not in (MessageStatus.SENT, MessageStatus.WITHDRAWN):
        raise BadInput.of("status", "Choose sent or withdrawn.")
    if status == MessageStatus.WITHDRAWN and not reason.strip():
        raise BadInput.of("reason", "Say why the message is not sent.")
    where = typed_text(where, "where", most=LONGEST_PLACE)
    _check_planned(message)
    after: list[tuple[datetime | None, str]] = [(message.created_at, "the message was planned")]
    if status == MessageStatus.SENT:
        after.append((message.approved_at, "its approval"))
        if message.approved_at is None:
            if not can_approve_message(by, after_action):
                raise RuleViolation(
                    "This text is not approved yet: ask for its approval, which the owner of the After Action or the "
                    "MIM gives."
                )
            _check_blanks(message)
    lifecycle.check_instant(at, now=now, after=after)
    label = MessageStatus(status).label
    changes: dict[str, tuple[Any, Any]] = {"stage": (message.stage.label, label)}
    if status == MessageStatus.SENT:
        if message.approved_at is None:
            message.approved_at, message.approved_by = at, by
        message.sent_where = where.strip()
        if message.sent_where:
            changes["where"] = (None, message.sent_where)
    message.status, message.reason = status, reason.strip()
    message.settled_at, message.settled_by = at, by
    _save(message)
    if status == MessageStatus.SENT and at != now:
        changes["sent at"] = (None, at)
    verb = "recorded the sending of" if status == MessageStatus.SENT else "withdrew"
    _keep(verb, message, by=by, now=now, changes=changes, reason=reason)
    close_when_done(after_action, by=by, at=at, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return message


def texts_to_start_with(
    message: ExternalMessage, *, zone: ZoneInfo, now: datetime
) -> tuple[StartingText, ...]:
    """What the message may begin with, filled from the record; instants in `zone`."""
    after_action = message.after_action
    incident = after_action.incident
    began, lasted = incident.began_at, duration_of(incident, now).seconds
    changes = after_action.changes.filter(removed_at__isnull=True, mtm_action__isnull=True)
    return starting_texts(
        MessageFacts(
            title=incident.title,
            began=formats.absolute(began, zone=zone, at=now) if began else "",
            duration=formats.duration(lasted) if lasted is not None and lasted > 0 else "",
            services=tuple(incident.affected_services.values_list("service__name", flat=True)),
            changes=tuple(change.sentence for change in changes.exclude(kind=ChangeKind.CONTINUE)),
        )
    )


def _locked(message: ExternalMessage, *, version: int | None) -> tuple[AfterAction, ExternalMessage]:
    after_action = lifecycle.locked(message.after_action)
    fresh = (
        ExternalMessage.objects.select_for_update(of=("self",))
        .select_related("asked_by__account", "settled_by")
        .get(pk=message.pk)
    )
    fresh.after_action = after_action
    if version is not None and version != fresh.version:
        raise VersionConflict(
            "Somebody changed this message since you opened it. Look at it as it stands now, then try again.",
            {
                "version": fresh.version,
                "text": fresh.text,
                "audience": fresh.audience,
                "channel": fresh.channel,
            },
        )
    return after_action, fresh


def _ask_to_prepare(message: ExternalMessage, by: Person | None) -> None:
    if not can_settle_messages(by, message.after_action):
        raise NotAllowed(ONLY_COMMUNICATIONS)
    _check_planned(message)


def _check_planned(message: ExternalMessage) -> None:
    if message.status != MessageStatus.PLANNED:
        raise RuleViolation(f"This message is {MessageStatus(message.status).label.lower()} already.")


def _check_blanks(message: ExternalMessage) -> None:
    if not message.text:
        raise BadInput.of("text", "The text is not written yet: write it first.")
    if left := blanks(message.text):
        raise BadInput.of("text", f"The text has a blank to fill in yet: “{left[0]}”.")


def _check(new: dict[str, Any], *, reason: str, now: datetime) -> None:
    problems = []
    lengths = {"text": LONGEST_TEXT, "audience": LONGEST_LINE, "channel": LONGEST_LINE}
    for name, longest in lengths.items():
        empty = "" if name == "channel" else "Write a text here."
        if (data := new.get(name)) is not None and (wrong := problem_of(data, most=longest, empty=empty)):
            problems.append(Problem(name, wrong))
    if "due_at" in new and new["due_at"] < now:
        problems.append(Problem("due_at", "This time has passed: choose one to come."))
    if "due_at" in new and not reason.strip():
        problems.append(Problem("reason", "Say why the date moves."))
    if problems:
        raise BadInput(problems)


def _save(message: ExternalMessage) -> None:
    message.version += 1
    message.save()


def _keep(
    verb: str,
    message: ExternalMessage,
    *,
    by: Person | None,
    now: datetime,
    changes: dict[str, tuple[Any, Any]] | None = None,
    reason: str = "",
) -> None:
    scope = message.after_action.incident.reference
    trail.record(verb, message, by=by, at=now, scope=scope, changes=changes, reason=reason)


def _tell_asker(
    asked_by: Person | None,
    after_action: AfterAction,
    message: ExternalMessage,
    *,
    approved: bool,
    by: Person | None,
    now: datetime,
) -> None:
    incident = after_action.incident
    if approved:
        words = NoticeWords(
            f"Approved: the message to {message.audience} for {incident.reference}",
            "Send it by its date, then say where it went out.",
            masked="A message that you prepared is approved.",
        )
    else:
        words = NoticeWords(
            f"To be changed: the message to {message.audience} for {incident.reference}",
            f"It is not approved as it stands: {message.returned_reason}",
            masked="A message that you prepared is to be changed.",
        )
    notify(
        [asked_by],
        after_action,
        about=message,
        step=f"answer:{message.version}",
        words=words,
        url=message.get_absolute_url(),
        now=now,
        except_for=by,
    )
