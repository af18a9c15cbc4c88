"""The auditor: finds what enforcement should have done and did not, repairs it, and tells the administrators.

It has SQL of its own and trusts neither the next step that a row says nor the mark of the last sweep, only due instants
and what was written. It looks back without limit, and reads what is open in pages.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import OuterRef

from afteractions.models import Escalation, Obligation
from afteractions.operations import intake
from afteractions.operations.current_policy import CurrentPolicy, current_policy
from afteractions.operations.deadlines.obligations import LAPSE, reconcile
from afteractions.operations.enforcement import sweep
from afteractions.rules.deadlines.escalation import EscalationMoment, StepKind, rank
from afteractions.vocabulary import ObligationState
from incidents.models import Incident
from majorops.audit import trail
from majorops.notices import outbox
from majorops.notices.models import Heartbeat
from majorops.notices.outbox import NoticeWords
from majorops.people.groups import GroupName
from majorops.people.models import Person

# What is due since less than this may just be under way.
TOLERANCE = timedelta(minutes=10)
PAGE = 1000
LINES = 20

# Steps that were taken for somebody of which no notice was ever written.
UNSAID = """
    SELECT taken.id FROM afteractions_escalation taken
    WHERE taken.to_id IS NOT NULL AND taken.at <= %(before)s AND NOT EXISTS (
        SELECT 1 FROM notices_notice told
        WHERE told.about_type = 'obligation' AND told.about_id = taken.obligation_id AND told.due_at = taken.due_at
          AND told.step = taken.step AND told.recipient_id = taken.to_id)
      AND EXISTS (SELECT 1 FROM people_person person
                  WHERE person.id = taken.to_id AND person.is_active
                    AND (person.email IS NOT NULL OR person.contact_email <> ''))
    ORDER BY taken.id LIMIT %(page)s
"""

# Incidents that closed with a requirement and were never followed.
UNFOLLOWED = """
    SELECT incident.id FROM incidents_incident incident
    WHERE incident.closed_at <= %(before)s AND NOT incident.history
      AND incident.requirement_level IN ('mandatory', 'recommended', 'optional')
      AND NOT EXISTS (SELECT 1 FROM afteractions_afteraction followed WHERE followed.incident_id = incident.id)
    ORDER BY incident.id LIMIT %(page)s
"""

# After Actions whose clock runs, that are not over, and of which no deadline was ever written; and changes with an
# owner and a date, agreed on and open, that no deadline holds, or whose effect nobody is held to look at.
UNENFORCED = """
    SELECT followed.incident_id FROM afteractions_afteraction followed
    WHERE followed.clock_from <= %(before)s AND followed.status <> 'closed'
      AND followed.decision IS DISTINCT FROM 'skip'
      AND NOT EXISTS (SELECT 1 FROM afteractions_obligation held WHERE held.after_action_id = followed.id)
    UNION
    SELECT followed.incident_id FROM afteractions_change change
    JOIN afteractions_afteraction followed ON followed.id = change.after_action_id
    WHERE change.removed_at IS NULL AND change.resolved_at IS NULL AND change.kind <> 'continue'
      AND change.owner_id IS NOT NULL AND change.due_on IS NOT NULL AND followed.published_at <= %(before)s
      AND followed.clock_from IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM afteractions_obligation held
                      WHERE held.change_id = change.id AND held.state = 'open')
    UNION
    SELECT followed.incident_id FROM afteractions_change change
    JOIN afteractions_afteraction followed ON followed.id = change.after_action_id
    WHERE change.removed_at IS NULL AND change.status <> 'cancelled' AND change.look_on IS NOT NULL
      AND change.effect_checked_at IS NULL AND followed.published_at <= %(before)s
      AND followed.clock_from IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM afteractions_obligation held
                      WHERE held.after_action_id = followed.id AND held.kind = 'effect_check' AND held.state = 'open'
                        AND split_part(held.subject_key, ':', 2) = change.reference)
    ORDER BY 1 LIMIT %(page)s
"""


WANTING = {
    StepKind.WARNING: "no warning was to come",
    StepKind.BREACH: "it passed, and nobody was told",
    StepKind.ESCALATION: "it passed, and no manager was told in time",
    StepKind.REMINDER: "no reminder was to come",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that enforcement left undone. `key` is the same as long as it stays so."""

    key: str
    what: str
    incident: Incident
    obligation: Obligation | None = None


def audit(*, now: datetime) -> int:
    """Looks at everything once, repairs what it can and keeps what it found in the audit trail; returns how much it
    found. The administrators are told once of the same findings."""
    findings = [*_untaken(now), *_unsaid(now), *_unfollowed(now), *_unenforced(now)]
    if findings:
        sweep.sweep(now=now)
        with transaction.atomic():
            for finding in findings:
                subject = finding.obligation or finding.incident
                trail.record(
                    "found undone",
                    subject,
                    by=None,
                    at=now,
                    scope=finding.incident.reference,
                    reason=finding.what,
                )
            _tell_administrators(findings, now)
    Heartbeat.keep("audit", now=now, note=f"{len(findings)} found undone")
    return len(findings)


def _untaken(now: datetime) -> Iterator[Found]:
    """Open deadlines with a step that is due and was not taken: the breach, a rung, or the next step of all."""
    policy = current_policy()
    before = now - TOLERANCE
    if policy.at is not None and policy.at > before:
        return  # deadlines are being brought under a new policy
    steps_taken = Escalation.objects.filter(obligation=OuterRef("pk"), due_at=OuterRef("due_at"))
    rows = (
        Obligation.objects.filter(
            state=ObligationState.OPEN, set_aside_at__isnull=True, created_at__lte=before
        )
        .select_related("incident", "after_action", "responsible")
        .annotate(taken=ArraySubquery(steps_taken.values("step")))
        .order_by("id")
    )
    last = 0
    while page := list(rows.filter(id__gt=last)[:PAGE]):
        last = page[-1].pk
        for row in page:
            if (step := _missed(row, row.taken, policy, before)) is not None:
                _take_up(row, step)
                yield Found(
                    f"{row.pk}:{row.due_at.timestamp()}:{step.name}",
                    f"{row} of {row.incident.reference}: {WANTING[step.kind]}.",
                    row.incident,
                    row,
                )


def _missed(
    row: Obligation, taken: list[str], policy: CurrentPolicy, before: datetime
) -> EscalationMoment | None:
    """The step that `row` should take up: the first that was due at `before` when neither it nor a graver one was
    taken; for a deadline that lies ahead the next one, when the row waits for none."""
    steps = [step for step in sweep.steps_around(row, policy, before) if step.name != LAPSE]
    climbed = [step for step in steps if step.at <= before and rank(step.name) >= 0]
    if climbed:
        reached = max(map(rank, taken), default=-1)
        return next((step for step in climbed if rank(step.name) > reached), None)
    ahead = [step for step in steps if step.at > before and step.name not in taken]
    return ahead[0] if ahead and row.next_step_at is None else None


def _take_up(row: Obligation, step: EscalationMoment) -> None:
    """Lets the sweep take the step: it stands in the row like any other next step."""
    Obligation.objects.filter(pk=row.pk, state=ObligationState.OPEN, due_at=row.due_at).update(
        next_step=step.name, next_step_at=step.at
    )


def _unsaid(now: datetime) -> Iterator[Found]:
    while ids := _ids(UNSAID, now):
        taken = list(
            Escalation.objects.filter(pk__in=ids).select_related(
                "to", "obligation__incident__mim", "obligation__after_action", "obligation__responsible"
            )
        )
        sweep.tell_again(taken, now=now)
        for escalation in taken:
            row = escalation.obligation
            yield Found(
                f"unsaid:{escalation.pk}",
                f"{row} of {row.incident.reference}: a step was taken and {escalation.to} was not told.",
                row.incident,
                row,
            )
        if _ids(UNSAID, now)[:1] == ids[:1]:
            return  # it cannot be repaired: the administrators are told of it, once


def _unfollowed(now: datetime) -> Iterator[Found]:
    for incident in _locked_rows(UNFOLLOWED, now):
        intake.on_record_changed(Incident, incident=incident, entry=None, by=None, at=now, now=now)
        yield Found(
            f"unfollowed:{incident.pk}",
            f"{incident.reference} closed with an After Action to decide on, and none was made.",
            incident,
        )


def _unenforced(now: datetime) -> Iterator[Found]:
    for incident in _locked_rows(UNENFORCED, now):
        reconcile(incident, by=None, now=now)
        yield Found(
            f"unenforced:{incident.pk}",
            f"The After Action of {incident.reference} had no deadline for what comes next.",
            incident,
        )


def _locked_rows(sql: str, now: datetime) -> Iterator[Incident]:
    """The incidents that a statement finds, each in a transaction of its own, and only while it still finds them."""
    for incident_id in _ids(sql, now):
        with transaction.atomic():
            incident = Incident.objects.select_for_update(of=("self",)).get(pk=incident_id)
            if incident_id in _ids(sql, now):
                yield incident


def _ids(sql: str, now: datetime) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"before": now - TOLERANCE, "page": PAGE})
        return [row[0] for row in cursor.fetchall()]


def _tell_administrators(findings: Iterable[Found], now: datetime) -> None:
    findings = list(findings)
    known = hashlib.sha256("|".join(sorted(row.key for row in findings)).encode()).hexdigest()[:16]
    # Of a restricted incident an administrator is not told by name here: the audit trail tells who may read it.
    lines = [row.what for row in findings if not row.incident.restricted][:LINES]
    more = len(findings) - len(lines)
    count = "1 deadline was" if len(findings) == 1 else f"{len(findings)} deadlines were"
    listed = "\n".join([*lines, *([f"and {more} more"] if more else [])])
    outbox.tell(
        Person.objects.in_group(GroupName.ADMINISTRATOR),
        about=findings[0].incident,
        step=f"audit:{known}",
        words=NoticeWords(
            f"{count} not enforced as they should have been: look into it",
            f"The auditor found and took up again what enforcement had left undone:\n\n{listed}\n\n"
            "Look for the cause: a worker that ended, a database restored from a backup, or a fault of the product.",
        ),
        url="/overdue/",
        now=now,
        muteable=False,
    )
