"""Nudging whoever must meet a deadline: a notice with a word, kept and audited (experience.md, A manager)."""

from datetime import UTC, datetime

from django.db import IntegrityError, transaction

from afteractions.access import can_nudge
from afteractions.models import Nudge, Obligation
from afteractions.operations import lifecycle
from afteractions.operations.deadlines import reminders
from afteractions.operations.deadlines.escalation_chain import EscalationChain, responsible_of
from afteractions.rules.deadlines.nudging import nudge_refusal
from afteractions.vocabulary import ObligationState
from majorops.audit import trail
from majorops.errors import RuleViolation
from majorops.formatting import formats
from majorops.notices import outbox
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person
from majorops.texts import typed_text

LONGEST_WORD = 1000


@transaction.atomic
def nudge(obligation: Obligation, *, word: str = "", by: Person, at: datetime, now: datetime) -> Nudge:
    """Asks whoever must meet an open deadline, or stands in for them, to see to it.

    Raises NotAllowed for whoever may not, RuleViolation for what is met, far off, or was nudged about within 24 hours,
    BadInput for too long a word.
    """
    row = (
        Obligation.objects.select_for_update(of=("self",))
        .select_related("incident__mim", "after_action__owner", "responsible__account")
        .get(pk=obligation.pk)
    )
    if row.after_action is not None:
        row.after_action.incident = row.incident
    last = row.nudges.last()
    lifecycle.raise_refusal(
        nudge_refusal(
            ObligationState(row.state),
            row.due_at,
            last_at=last.at if last else None,
            at=now,
            is_allowed=can_nudge(by, row),
        )
    )
    word = typed_text(word, "word", most=LONGEST_WORD)
    lifecycle.check_instant(at, now=now, after=[(row.created_at, "the deadline was set")])
    kept = _keep(row, word, by=by, now=now)
    trail.record("nudged", row, by=by, at=now, scope=row.incident.reference, reason=word)
    _tell(row, kept, now)
    return kept


def _keep(row: Obligation, word: str, *, by: Person, now: datetime) -> Nudge:
    try:
        with transaction.atomic():
            return Nudge.objects.create(
                obligation=row, at=now, day=now.astimezone(UTC).date(), by=by, to=row.responsible, word=word
            )
    except IntegrityError:
        raise RuleViolation("Nudged today already: one nudge a day is enough.") from None


def _tell(row: Obligation, kept: Nudge, now: datetime) -> None:
    above = [row.responsible_id] if row.responsible_id is not None else []
    recipients = EscalationChain.above(above, now=now).told(responsible_of(row))
    for person in {item.pk: item for item in map(outbox.account_of, recipients)}.values():
        if person.pk == kept.by_id:
            continue
        zone = outbox.zone_of(person)
        is_theirs = row.responsible_id is None or row.responsible_id == person.pk
        wanted = reminders.what(row, is_theirs=is_theirs)
        due = reminders.when(row, zone, now)
        quoted = f"“{kept.word}”\n\n" if kept.word else ""
        left = formats.relative(row.due_at, zone=zone, at=now)
        outbox.tell(
            [person],
            about=row,
            step=f"nudge:{kept.pk}",
            words=NoticeWords(
                f"{kept.by} asks you: {wanted}, due {due}",
                f"{quoted}{wanted}: due {due}, {left}. It follows {row.incident.reference} "
                f"“{row.incident.title}” ({row.incident.severity_label}).\n\n{kept.by} asks you to see to it. If "
                "something is in the way, say so now.",
                masked=reminders.masked_words(row, zone=zone, now=now),
            ),
            url=reminders.place(row),
            due_at=row.due_at,
            scope=row.incident.reference,
            thread=row.after_action.reference if row.after_action else row.incident.reference,
            now=now,
        )
