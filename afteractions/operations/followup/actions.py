"""What outlives the After Action: action items, and their review every 30 days (Seed: Action Items, The Vanishing
Tasks)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from afteractions.access import can_act_on, can_chair, can_hand_on, can_own, can_review_actions
from afteractions.models import (
    ActionExtension,
    ActionProgress,
    AfterAction,
    Change,
    ItemDisposition,
    ItemProposal,
)
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.deadlines import obligations
from afteractions.operations.facts import action_facts
from afteractions.operations.followup.mtm_actions import keep_in_the_record
from afteractions.operations.parts import WHY_ACTION_OWNER, revoke_access_of_former_parts
from afteractions.operations.review.section_editing import keep_changes
from afteractions.rules.deadlines.calendar import local_date
from afteractions.rules.deadlines.dispositions import ItemReview, reviews, says_where_to_look
from afteractions.rules.learning import look_again, moved_look
from afteractions.vocabulary import ActionStatus, ChangeKind, Disposition, ProposalState
from incidents.models import Incident
from incidents.operations.letting_in import let_in
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.formatting.time_words import day_words
from majorops.notices.outbox import NoticeWords, settled
from majorops.people.models import Person
from majorops.texts import typed_text

ANSWERED = {
    ProposalState.ACCEPTED: "It was settled as you proposed.",
    ProposalState.CHANGED: "It was settled otherwise: look at the item.",
    ProposalState.DECLINED: "It was declined, and the item still waits for its disposition.",
}
WHAT_SHOWS = "Say what shows that it is done: a link, a document, a test."
WHERE_TO_LOOK = (
    "Say where to look: a link, a file, a run or ticket by its number, or a sentence of at least three words."
)
WHY_LONGER = "Say why it takes longer."
WHAT_IS_DONE = "Say how far it is: what is done, what is still to come."
WHY_NOT = "Say why it is not to be done."
UNTIL_WHEN = "Say until when it is extended."
ACTORS = "Its owner, the owner of the After Action or the MIM may change this action item."


@transaction.atomic
def start_action(
    change: Change, *, version: int | None = None, by: Person | None, at: datetime, now: datetime
) -> Change:
    """Work on it has begun."""
    change = _locked(change, version=version, by=by)
    lifecycle.check_instant(at, now=now, after=[(change.created_at, "the item was written down")])
    check_open(change)
    if change.status == ActionStatus.IN_PROGRESS:
        return change
    _set(change, "started", {"status": ActionStatus.IN_PROGRESS.value}, by=by, now=now)
    return change


@transaction.atomic
def report_progress(
    change: Change,
    *,
    text: str,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> ActionProgress:
    """How far work on it is, kept in its history; whoever owns the review is told. Of an item in progress alone."""
    change = _locked(change, version=version, by=by)
    lifecycle.check_instant(at, now=now, after=[(change.created_at, "the item was written down")])
    check_open(change)
    if change.status != ActionStatus.IN_PROGRESS:
        raise RuleViolation("Work on this item has not begun: start it, then say how far it is.")
    made = ActionProgress.objects.create(
        change=change, text=typed_text(text, "text", empty=WHAT_IS_DONE), at=at, by=by
    )
    after_action = change.after_action
    trail.record(
        "reported progress on", change, by=by, at=now, scope=after_action.incident.reference, reason=made.text
    )
    notify(
        [after_action.owner or after_action.incident.mim],
        after_action,
        about=made,
        step="progress",
        words=NoticeWords(
            f"Progress on {change.reference}: {change.sentence[:120]}",
            f"{by or 'The system'} says of the action item {change.reference}, “{change.sentence}”:\n\n{made.text}",
            masked="Somebody said how far an action item is.",
        ),
        url=change.get_absolute_url(),
        now=now,
        except_for=by,
    )
    return made


@transaction.atomic
def complete_action(
    change: Change,
    *,
    evidence: str,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Change:
    """Done, with the evidence of it; it is learned once its effect was seen. One that is done after its day to look
    again is looked at 30 days later."""
    change = _locked(change, version=version, by=by)
    _set_aside_proposal(change, by=by, now=now)
    _complete(change, evidence=evidence, by=by, at=at, now=now)
    obligations.reconcile(change.after_action.incident, by=by, now=now)
    return change


@transaction.atomic
def cancel_action(
    change: Change, *, reason: str, version: int | None = None, by: Person | None, at: datetime, now: datetime
) -> Change:
    """Not to be done, with the reason. The MIM, the owner of the review, its owner and their manager are told."""
    change = _locked(change, version=version, by=by)
    _set_aside_proposal(change, by=by, now=now)
    _cancel(change, reason=reason, by=by, at=at, now=now)
    _tell_of(change, "cancelled", "Cancelled", "cancelled it", reason, by=by, now=now)
    obligations.reconcile(change.after_action.incident, by=by, now=now)
    return change


@transaction.atomic
def extend_action(
    change: Change,
    *,
    due_on: date,
    reason: str,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Change:
    """Another due date, with the reason; the earlier dates stay in its history. Told to the same as a cancellation."""
    change = _locked(change, version=version, by=by)
    _set_aside_proposal(change, by=by, now=now)
    _extend(change, due_on=due_on, reason=reason, by=by, at=at, now=now)
    _tell_of(change, "extended", "Extended", f"extended it to {day_words(due_on)}", reason, by=by, now=now)
    obligations.reconcile(change.after_action.incident, by=by, now=now)
    return change


@transaction.atomic
def hand_on_action(
    change: Change,
    *,
    owner: Person,
    reason: str,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Change:
    """Another owner, with the reason; both are told. Those above the present one may do so too."""
    change = fresh_item(change, version=version)
    if not can_hand_on(by, change):
        raise NotAllowed(f"{ACTORS} A manager above its owner may hand it on.")
    lifecycle.check_instant(at, now=now)
    check_open(change)
    reason = typed_text(reason, "reason", empty="Say why the item goes to somebody else.")
    if owner.email is None:
        raise BadInput.of(
            "owner", f"{owner} has no account and could not be told: choose somebody who can sign in."
        )
    before = change.owner
    if owner == before:
        return change
    _may_know_of_it(owner, change, by=by, now=now)
    change.owner_words = ""
    _set(change, "handed on", {"owner": owner}, by=by, now=now, reason=reason)
    revoke_access_of_former_parts(change.after_action)
    keep_changes(change.after_action, None, by=by, at=at, now=now)
    who = by or "The system"
    yours = NoticeWords(
        f"Yours now: {change.sentence[:120]}",
        f"{who} handed the action item {change.reference} to you. {reason}\n\n{change.sentence}",
        masked="An action item was handed to you.",
    )
    no_longer = NoticeWords(
        f"No longer yours: {change.sentence[:120]}",
        f"{who} handed the action item {change.reference} to {owner}. {reason}\n\n{change.sentence}",
        masked="An action item of yours was handed to somebody else.",
    )
    for person, words in ((owner, yours), (before, no_longer)):
        notify(
            [person],
            change.after_action,
            about=change,
            step=f"owner:{owner.pk}:{change.version}",
            words=words,
            url=f"/actions/{change.reference}/",
            now=now,
            except_for=by,
        )
    obligations.reconcile(change.after_action.incident, by=by, now=now)
    return change


@transaction.atomic
def settle_item(
    change: Change,
    *,
    disposition: str,
    evidence: str = "",
    due_on: date | None = None,
    reason: str = "",
    word: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> ItemDisposition:
    """The MIM's disposition of one open item at the 30-day review: done (evidence), extended (new date and reason) or
    cancelled (reason). Once for an item and round. Seed: "Unresolved items at the 30-day review are escalated."

    What the owner proposed is answered by it, with `word` if one is said: accepted when the same is settled, else
    settled otherwise.
    """
    change = fresh_item(change, version=version)
    after_action = change.after_action
    if not can_review_actions(by, after_action):
        raise NotAllowed("The MIM settles the items of the 30-day review; their owners propose.")
    review = open_review(after_action)
    if review is None:
        raise RuleViolation(
            "There is no review of the action items to settle: the Learning Review is not published yet."
        )
    if ItemDisposition.objects.filter(change=change, review_round=review.number).exists():
        raise RuleViolation(
            "This item was settled at this review already; it comes back at the next one if it is open."
        )
    waiting = waiting_proposal(change)
    match disposition:
        case Disposition.DONE:
            _complete(change, evidence=evidence, by=by, at=at, now=now)
        case Disposition.EXTENDED:
            if due_on is None:
                raise BadInput.of("due_on", UNTIL_WHEN)
            _extend(change, due_on=due_on, reason=reason, by=by, at=at, now=now)
        case Disposition.CANCELLED:
            _cancel(change, reason=reason, by=by, at=at, now=now)
        case _:
            raise BadInput.of("disposition", f"Choose one of: {', '.join(Disposition.keys())}.")
    settled = ItemDisposition.objects.create(
        change=change,
        review_round=review.number,
        disposition=disposition,
        at=at,
        by=by,
        reason=reason.strip(),
        evidence=evidence.strip(),
        due_on=due_on if disposition == Disposition.EXTENDED else None,
    )
    if waiting is not None:
        is_as_proposed = waiting.disposition == disposition and (
            disposition != Disposition.EXTENDED or waiting.due_on == due_on
        )
        state = ProposalState.ACCEPTED if is_as_proposed else ProposalState.CHANGED
        answer_proposal(waiting, state, word=word, by=by, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return settled


def waiting_proposal(change: Change) -> ItemProposal | None:
    """What its owner proposed and the MIM has not answered; locked with the item."""
    return change.proposals.select_related("by").filter(state=ProposalState.WAITING).first()


def answer_proposal(
    proposal: ItemProposal, state: ProposalState, *, word: str = "", by: Person | None, now: datetime
) -> None:
    """Keeps the answer and tells whoever proposed. The caller has locked the item and asked who may."""
    word = typed_text(word, "word")
    change = proposal.change
    proposal.state, proposal.answered_at, proposal.answered_by, proposal.word = state.value, now, by, word
    proposal.save(update_fields=["state", "answered_at", "answered_by", "word"])
    trail.record(
        "answered the proposal for",
        change,
        by=by,
        at=now,
        scope=change.after_action.incident.reference,
        changes={"proposal": (ProposalState.WAITING, state)},
        reason=word,
    )
    settled([proposal], step="proposed", now=now)
    if state is ProposalState.REPLACED:
        return
    text = f"{by or 'The system'} says: “{word}”\n\n" if word else ""
    notify(
        [proposal.by],
        change.after_action,
        about=proposal,
        step=state.value,
        words=NoticeWords(
            f"{state.label}: your proposal for {change.reference}",
            f"{text}You proposed “{Disposition(proposal.disposition).label.lower()}” for the action item "
            f"{change.reference}, “{change.sentence}”. {ANSWERED[state]}",
            masked="A proposal of yours for an action item was answered.",
        ),
        url=change.get_absolute_url(),
        now=now,
        except_for=by,
    )


def open_review(after_action: AfterAction) -> ItemReview | None:
    """The review of the action items that is to be settled, or the last one; None before the publication."""
    if after_action.published_at is None:
        return None
    zone = ZoneInfo(after_action.incident.time_zone)
    return reviews(after_action.published_at, action_facts(after_action, zone))[-1]


def fresh_item(change: Change, *, version: int | None) -> Change:
    """The item locked, with its After Action. Raises VersionConflict for another version than was opened, RuleViolation
    for what is no action item."""
    after_action = lifecycle.locked(change.after_action)
    change = Change.objects.select_for_update(of=("self",)).select_related("owner__account").get(pk=change.pk)
    change.after_action = after_action
    if version is not None and version != change.version:
        raise VersionConflict(
            "Somebody changed this action item since you opened it. Look at it as it stands now, then try again.",
            {
                "version": change.version,
                "status": change.status,
                "due_on": change.due_on and change.due_on.isoformat(),
            },
        )
    if change.removed_at is not None:
        raise RuleViolation("This change was taken out of the draft.")
    if change.kind == ChangeKind.CONTINUE:
        raise RuleViolation("What we continue needs no action item.")
    return change


def _locked(change: Change, *, version: int | None, by: Person | None) -> Change:
    change = fresh_item(change, version=version)
    if not can_act_on(by, change):
        raise NotAllowed(ACTORS)
    return change


def _set_aside_proposal(change: Change, *, by: Person | None, now: datetime) -> None:
    """What was proposed no longer waits once the item itself was changed."""
    if (waiting := waiting_proposal(change)) is not None:
        answer_proposal(waiting, ProposalState.REPLACED, by=by, now=now)


def _may_know_of_it(owner: Person, change: Change, *, by: Person | None, now: datetime) -> None:
    """Whoever owns an item may open it: the MIM or the owner of the review let somebody into a restricted one, the
    item's owner does not."""
    incident = change.after_action.incident
    sees = Incident.objects.visible_to(owner).filter(pk=incident.pk).exists()
    if not sees and not (can_own(by, change.after_action) or can_chair(by, change.after_action)):
        raise RuleViolation(
            f"The incident is restricted, and {owner} may not see it: choose somebody who may, or ask the MIM to hand "
            "the item on."
        )
    let_in(incident, owner, WHY_ACTION_OWNER, now)


def check_open(change: Change) -> None:
    """Raises RuleViolation for an item that is done or cancelled."""
    if change.is_resolved:
        raise RuleViolation(
            f"This item is {ActionStatus(change.status).label.lower()} already, and stays so."
        )


def evidence_of_done(text: str) -> str:
    """What shows that an item is done, as typed. Raises BadInput for what nobody could look at."""
    evidence = typed_text(text, "evidence", empty=WHAT_SHOWS)
    if not says_where_to_look(evidence):
        raise BadInput.of("evidence", WHERE_TO_LOOK)
    return evidence


def _complete(change: Change, *, evidence: str, by: Person | None, at: datetime, now: datetime) -> None:
    lifecycle.check_instant(at, now=now, after=[(change.created_at, "the item was written down")])
    check_open(change)
    said: dict[str, object] = {
        "status": ActionStatus.DONE.value,
        "resolved_at": at,
        "resolved_by": by,
        "evidence": evidence_of_done(evidence),
    }
    made_on = local_date(at, ZoneInfo(change.after_action.incident.time_zone))
    is_too_late = change.look_on is not None and change.look_on < made_on and change.effect_checked_at is None
    if is_too_late:
        said["look_on"] = look_again(made_on)
    _set(change, "completed", said, by=by, now=now)
    if is_too_late:
        keep_changes(change.after_action, None, by=by, at=at, now=now)
    keep_in_the_record(change)


def _cancel(change: Change, *, reason: str, by: Person | None, at: datetime, now: datetime) -> None:
    lifecycle.check_instant(at, now=now, after=[(change.created_at, "the item was written down")])
    check_open(change)
    reason = typed_text(reason, "reason", empty=WHY_NOT)
    data = {
        "status": ActionStatus.CANCELLED.value,
        "resolved_at": at,
        "resolved_by": by,
        "resolution_reason": reason,
    }
    _set(change, "cancelled", data, by=by, now=now, reason=reason)
    keep_in_the_record(change)


def _extend(
    change: Change, *, due_on: date, reason: str, by: Person | None, at: datetime, now: datetime
) -> None:
    lifecycle.check_instant(at, now=now)
    check_open(change)
    reason = typed_text(reason, "reason", empty=WHY_LONGER)
    check_later(change, due_on, now=now)
    ActionExtension.objects.create(
        change=change, from_due_on=change.due_on, to_due_on=due_on, reason=reason, at=at, by=by
    )
    said: dict[str, object] = {"due_on": due_on}
    if change.look_on is not None:
        said["look_on"] = moved_look(change.look_on, change.due_on, due_on)
    _set(change, "extended", said, by=by, now=now, reason=reason)
    keep_changes(change.after_action, None, by=by, at=at, now=now)


def _tell_of(
    change: Change, step: str, subject: str, what: str, reason: str, *, by: Person | None, now: datetime
) -> None:
    """What was owed is owed no longer, or later: at once to everybody who counted on it."""
    after_action, owner = change.after_action, change.owner
    answering = owner and (owner.account or owner)
    notify(
        [owner, after_action.owner, after_action.incident.mim, answering and answering.manager],
        after_action,
        about=change,
        step=f"{step}:{change.version}",
        words=NoticeWords(
            f"{subject}: {change.sentence[:120]}",
            f"{by or 'The system'} {what}: the action item {change.reference} of "
            f"{after_action.incident.reference}, “{change.sentence}”. {reason.strip()}",
            masked=f"An action item was {step}.",
        ),
        url=change.get_absolute_url(),
        now=now,
        except_for=by,
    )


def check_later(change: Change, due_on: date, *, now: datetime) -> None:
    """Raises BadInput for a date that is not after the present one, or has passed."""
    if change.due_on is not None and due_on <= change.due_on:
        raise BadInput.of("due_on", f"Choose a date after {day_words(change.due_on)}, the one there is.")
    if due_on < now.date():
        raise BadInput.of("due_on", "This date has passed: choose one to come.")


def _set(
    change: Change,
    verb: str,
    data: dict[str, object],
    *,
    by: Person | None,
    now: datetime,
    reason: str = "",
) -> None:
    before = {field: getattr(change, field) for field in data}
    for field, value in data.items():
        setattr(change, field, value)
    change.version += 1
    change.save(update_fields=[*data, "owner_words", "version"])
    trail.record(
        verb,
        change,
        by=by,
        at=now,
        scope=change.after_action.incident.reference,
        changes={field: (before[field], value) for field, value in data.items()},
        reason=reason,
    )
