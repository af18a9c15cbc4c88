"""The rows of the section `changes`: what may be written, taken out and rewritten when, and what each promises."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from afteractions.models import AfterAction, Change
from afteractions.operations.review.sections import SentChange
from afteractions.rules import learning
from afteractions.vocabulary import ChangeKind, LearningState
from majorops.errors import BadInput, Problem, RuleViolation
from majorops.formatting.due_dates import DAY_HAS_PASSED, has_passed
from majorops.people.models import Person

LOOK_AFTER_DUE = "Its effect is seen once it is made: choose its due date or a later day."


def write_rows(
    after_action: AfterAction, sent: Sequence[SentChange | Change], *, by: Person | None, at: datetime
) -> None:
    """Makes the changes of an After Action those that were sent, in their order; a `Change` stays as it is. Raises
    BadInput for an unknown one, and RuleViolation for what was agreed or published and may not go."""
    rows = {
        row.reference: row
        for row in Change.objects.select_for_update(of=("self",)).filter(
            after_action=after_action, mtm_action__isnull=True
        )
    }
    unknown = [
        Problem(f"{each.path}.id", f"This After Action has no change {each.reference}.")
        for each in sent
        if isinstance(each, SentChange) and each.reference and each.reference not in rows
    ]
    if unknown:
        raise BadInput(unknown)
    kept = {each.reference for each in sent if each.reference}
    for reference, row in rows.items():
        if reference in kept or row.removed_at is not None:
            continue
        _check_removal(after_action, row)
        row.removed_at = at
        row.version += 1
        row.save(update_fields=["removed_at", "version"])
    for position, each in enumerate(sent):
        if isinstance(each, Change):
            Change.objects.filter(pk=each.pk).exclude(position=position).update(position=position)
        elif each.reference:
            _check_rewriting(after_action, rows[each.reference], each)
            _rewrite(rows[each.reference], each, position, is_published=after_action.published_at is not None)
        else:
            written = Change.objects.create(
                after_action=after_action,
                kind=each.kind,
                gap=each.gap,
                change=each.change,
                owner=each.owner,
                owner_words=each.owner_text or "",
                due_on=each.due_on,
                executive_reason=each.executive_reason or "",
                organisational_reason=each.organisational_reason or "",
                **promised(each),
                position=position,
                created_at=at,
                created_by=by,
            )
            _take_up(written, each, rows)


def _take_up(written: Change, sent: SentChange, rows: Mapping[str, Change]) -> None:
    """A new change takes up the one of its review that it names, or, where nothing is said, the only one that was not
    effective: that one is asked for no longer."""
    waiting = [row for row in rows.values() if row.learning == LearningState.NOT_EFFECTIVE]
    taken = rows.get(sent.takes_up or "")
    if sent.takes_up and taken not in waiting:
        raise BadInput.of(f"{sent.path}.takes_up", "Name a change of this review that was not effective.")
    if sent.takes_up is None and len(waiting) == 1:
        [taken] = waiting
    if taken is None or written.kind == ChangeKind.CONTINUE:
        return
    written.takes_up, taken.learning = taken, ""
    taken.version += 1
    written.save(update_fields=["takes_up"])
    taken.save(update_fields=["learning", "version"])


def promised(sent: SentChange) -> dict[str, Any]:
    """How the effect of a new change will be seen, when to look, and how strong it is. Rule: learning."""
    kind = ChangeKind(sent.kind)
    goes_on = kind is ChangeKind.CONTINUE
    return {
        "effect": sent.effect or "",
        "look_on": None if goes_on else sent.look_on or learning.look_again(sent.due_on),
        "strength": learning.strength_of(kind, sent.change, sent.strength),
    }


def _promised_of(row: Change, sent: SentChange, *, is_published: bool) -> dict[str, Any]:
    """The same of a change that is there: what nothing is said of stays."""
    kind = ChangeKind(sent.kind)
    look_on = sent.look_on
    if is_published and (row.look_on is not None or look_on is None):
        # A day that was published moves with the action item; a review of before there were effects is asked for none.
        look_on = row.look_on
    elif look_on is None and sent.looks_by_default:
        look_on = learning.look_again(sent.due_on)
    elif look_on in (None, row.look_on):
        look_on = learning.moved_look(row.look_on, row.due_on, sent.due_on)
    return {
        "effect": row.effect if sent.effect is None else sent.effect,
        "look_on": None if kind is ChangeKind.CONTINUE else look_on,
        "strength": learning.strength_of(kind, sent.change, sent.strength, before=(row.change, row.strength)),
    }


def check_days(
    after_action: AfterAction, sent: list[SentChange], *, by: Person | None, now: datetime
) -> None:
    """A date is given to be kept. One that stood there may have passed meanwhile: publishing asks for another."""
    zone = by.time_zone if by else after_action.incident.time_zone
    stands, looks = {}, {}
    for reference, due_on, look_on in after_action.changes.values_list("reference", "due_on", "look_on"):
        stands[reference], looks[reference] = due_on, look_on
    passed = [
        Problem(f"{each.path}.due_on", DAY_HAS_PASSED)
        for each in sent
        if each.kind != ChangeKind.CONTINUE
        and has_passed(each.due_on, now=now, time_zone=zone)
        and (not each.reference or each.due_on != stands.get(each.reference, each.due_on))
    ]
    new_looks = [
        each
        for each in sent
        if each.look_on is not None
        and each.kind != ChangeKind.CONTINUE
        and (not each.reference or each.look_on != looks.get(each.reference))
    ]
    for each in new_looks:
        if has_passed(each.look_on, now=now, time_zone=zone):
            passed.append(Problem(f"{each.path}.look_on", DAY_HAS_PASSED))
        elif each.due_on is not None and each.look_on is not None and each.look_on < each.due_on:
            passed.append(Problem(f"{each.path}.look_on", LOOK_AFTER_DUE))
    if passed:
        raise BadInput(passed)


def _check_removal(after_action: AfterAction, row: Change) -> None:
    """Seed: The Vanishing Tasks. What was agreed is owed, and what was published stays as it was published."""
    if after_action.published_at is not None:
        raise RuleViolation(
            f"{row.reference} was published: it cannot be taken out. Cancel the action item, with a reason."
            if row.kind != ChangeKind.CONTINUE
            else f"{row.reference} was published: it cannot be taken out."
        )
    if after_action.reviewed_at is not None and row.kind != ChangeKind.CONTINUE:
        raise RuleViolation(
            f"The meeting agreed on {row.reference}: it cannot be taken out. Cancel the action item, with a reason."
        )


def _check_rewriting(after_action: AfterAction, row: Change, sent: SentChange) -> None:
    """An action item leaves the list by a decision with its reason, never by an edit of the draft."""
    if after_action.reviewed_at is None or row.kind == ChangeKind.CONTINUE or row.removed_at is not None:
        return
    if sent.kind == ChangeKind.CONTINUE:
        raise RuleViolation(
            f"{row.reference} is an action item that was agreed: turned into Continue it would vanish. Cancel the "
            "action item, with a reason, and add what continues as another change."
        )
    if after_action.published_at is None:
        return
    if (row.due_on, row.owner_id) != (sent.due_on, sent.owner.pk if sent.owner else None):
        raise RuleViolation(
            f"{row.reference} was published with its owner and date: extend or hand on the action item, with a reason."
        )
    if row.look_on is not None and sent.look_on not in (None, row.look_on):
        raise RuleViolation(
            f"{row.reference} was published with the day to look again: extend the action item, with a reason, and "
            "that day moves along."
        )
    if (row.kind, row.gap, row.change) != (sent.kind, sent.gap, sent.change):
        raise RuleViolation(
            f"{row.reference} was published with these words: its action item says what was published. Cancel the "
            "action item, with a reason, and add the change that is meant."
        )


def _rewrite(row: Change, sent: SentChange, position: int, *, is_published: bool) -> None:
    owner_id = sent.owner.pk if sent.owner else None
    said = {
        "kind": sent.kind,
        "gap": sent.gap,
        "change": sent.change,
        "owner_id": owner_id,
        "owner_words": row.owner_words if sent.owner_text is None else sent.owner_text,
        "due_on": sent.due_on,
        **{
            name: getattr(row, name) if getattr(sent, name) is None else getattr(sent, name)
            for name in ("executive_reason", "organisational_reason")
        },
        **_promised_of(row, sent, is_published=is_published),
        "position": position,
        "removed_at": None,
    }
    if all(getattr(row, field) == value for field, value in said.items()):
        return
    # Whoever moves a row changes none: nobody's text is stale by it.
    row.version += any(getattr(row, field) != value for field, value in said.items() if field != "position")
    for field, value in said.items():
        setattr(row, field, value)
    row.save(update_fields=[*said, "version"])
