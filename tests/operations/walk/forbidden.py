"""What domain.md forbids, said once more in the walk's own words: read from the rows, without asking the rules."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.models import Q

from afteractions.models import (
    AfterAction,
    Change,
    Meeting,
    Obligation,
    Revision,
    StatusNote,
    Transition,
)
from afteractions.operations.enforcement.auditor import audit
from incidents.models import Incident
from majorops.notices.models import Notice
from tests.operations.walk.cast import Cast

FORTY_EIGHT_HOURS = timedelta(hours=48)
PROCESS = ("decide", "schedule", "distribute", "hold", "publish")
WAYS = {
    ("draft", "in_review"),
    ("in_review", "draft"),
    ("in_review", "reviewed"),
    ("reviewed", "closed"),
}
# The entries of a record; none is ever changed or lost once the incident is closed.
ENTRIES = (
    "incidents_milestone",
    "incidents_impactstatement",
    "incidents_phaseentry",
    "incidents_timelineevent",
    "incidents_statusupdate",
    "incidents_commandassignment",
    "incidents_recoverytrack",
    "incidents_severitychange",
    "incidents_requirementdecision",
    "incidents_reopening",
    "incidents_handover",
    "incidents_repeatdecision",
)
# What is never changed or lost at all, each with how it belongs to an incident.
KEPT = ("afteractions_revision", "afteractions_transition", "afteractions_antipatternoccurrence")
RECORD = " UNION ALL ".join(
    [
        f"SELECT '{table} ' || id, md5(entry::text) FROM {table} entry WHERE incident_id = %(incident)s"
        for table in ENTRIES
    ]
    + [
        f"SELECT '{table} ' || kept.id, md5(kept::text) FROM {table} kept"
        " JOIN afteractions_afteraction own ON own.id = kept.after_action_id WHERE own.incident_id = %(incident)s"
        for table in KEPT
    ]
)


class Memory:
    """What stood there after the step before, to see that it still does."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self.was_closed = False
        self.outsider_has_a_part = False


def rows_of(incident: Incident) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(RECORD, {"incident": incident.pk})
        return dict(cursor.fetchall())


def looked_at(
    incident: Incident,
    after_action: AfterAction | None,
    obligations: list[Obligation],
    memory: Memory,
    cast: Cast,
) -> list[str]:
    """Everything forbidden that is found in this state; empty when all is well."""
    found = [*_kept(incident, memory), *_secrecy(incident, obligations, memory, cast)]
    found += _obligations(obligations)
    if after_action is None:
        if incident.closed_at and incident.requirement_level in ("mandatory", "recommended", "optional"):
            found.append(f"{incident.requirement_level}, closed, and there is no After Action")
        return found
    meetings = list(Meeting.objects.filter(after_action=after_action))
    revisions = list(Revision.objects.filter(after_action=after_action).defer("content").order_by("number"))
    found += _mandatory(incident, after_action, obligations)
    found += _status(after_action)
    found += _meetings(after_action, meetings, revisions)
    found += _publication(after_action, revisions)
    found += _nothing_open_that_is_met(incident, after_action, meetings, obligations)
    return found


def _kept(incident: Incident, memory: Memory) -> Iterator[str]:
    rows = rows_of(incident)
    if lost := memory.rows.keys() - rows.keys():
        yield f"what is kept was lost: {sorted(lost)}"
    is_closed = memory.was_closed and incident.closed_at is not None
    changed = [
        key
        for key, said in memory.rows.items()
        if rows.get(key, said) != said and (is_closed or key.startswith(KEPT))
    ]
    if changed:
        yield f"what is kept was changed: {changed}"
    memory.rows, memory.was_closed = rows, incident.closed_at is not None


def _secrecy(incident: Incident, obligations: list[Obligation], memory: Memory, cast: Cast) -> Iterator[str]:
    outsider, auditor = cast.people["outsider"], cast.people["auditor"]
    # Whoever is to do one of the changes has a part from then on, and so has whoever was given anything else to do
    # while everybody could see it.
    was_given = not incident.restricted and any(row.responsible_id == outsider.pk for row in obligations)
    if was_given or Change.objects.filter(after_action__incident=incident, owner=outsider).exists():
        memory.outsider_has_a_part = True
    if not incident.restricted:
        return
    shown: Mapping[str, Any] = {
        "incident": Incident.objects.visible_to(outsider).filter(pk=incident.pk),
        "After Action": AfterAction.objects.visible_to(outsider).filter(incident=incident),
        "deadline": Obligation.objects.visible_to(outsider).filter(incident=incident),
    }
    if not memory.outsider_has_a_part:
        for what, rows in shown.items():
            if rows.exists():
                yield f"somebody without a part sees the {what} of a restricted incident"
        if Notice.objects.filter(scope=incident.reference, recipient=outsider).exists():
            yield "somebody without a part was told of a restricted incident"
    if not Incident.objects.visible_to(auditor).filter(pk=incident.pk).exists():
        yield "the Auditor does not see a restricted incident"


def _obligations(obligations: list[Obligation]) -> Iterator[str]:
    for row in obligations:
        if row.failures or row.set_aside_at or row.last_error:
            yield f"{row} was set aside: {row.last_error}"
        if row.state != "open":
            continue
        if row.responsible_id is None and not row.responsible_group:
            yield f"nobody is responsible for {row}"
        if row.next_step_at is None and row.next_step:
            yield f"{row} waits for {row.next_step!r} at no instant"


def _mandatory(incident: Incident, after_action: AfterAction, obligations: list[Obligation]) -> Iterator[str]:
    if incident.requirement_level != "mandatory" or incident.closed_at is None:
        return
    if after_action.decision == "skip":
        yield "a mandatory After Action is skipped"
    last = {(row.kind, row.subject_key): row.state for row in sorted(obligations, key=lambda row: row.pk)}
    if any(state == "waived" and kind in PROCESS for (kind, _), state in last.items()):
        yield "a deadline of a mandatory After Action is waived"
    if after_action.status in ("draft", "in_review") and not any(
        row.state == "open" and row.kind == "hold" for row in obligations
    ):
        yield "nothing holds a mandatory After Action to its meeting"


def _status(after_action: AfterAction) -> Iterator[str]:
    ways = list(
        Transition.objects.filter(after_action=after_action)
        .exclude(from_status="")
        .order_by("id")
        .values_list("from_status", "to_status")
    )
    for way in ways:
        if way not in WAYS:
            yield f"the status went {way}"
    for (_, there), (here, _) in pairwise(ways):
        if there != here:
            yield f"the status stood at {there} and went on from {here}"
    if ways and ways[-1][1] != after_action.status:
        yield f"the status is {after_action.status} and the last step led to {ways[-1][1]}"


def _meetings(after_action: AfterAction, meetings: list[Meeting], revisions: list[Revision]) -> Iterator[str]:
    if after_action.status in ("reviewed", "closed") and not any(meeting.agreed for meeting in meetings):
        yield f"{after_action.status}, and no meeting agreed"
    for meeting in meetings:
        if meeting.held_from is None or meeting.held_until is None:
            continue
        sent = [
            revision.created_at
            for revision in revisions
            if revision.substantial
            and revision.kind in ("draft", "amended")
            and revision.created_at <= meeting.held_from
        ]
        if sent and meeting.held_from - max(sent) >= FORTY_EIGHT_HOURS:
            continue
        if not meeting.override_reason:
            yield f"meeting {meeting.round} was held without 48 h of reading and without an override"
        if not after_action.anti_patterns.filter(kind="retell").exists():
            yield f"meeting {meeting.round} was held without 48 h of reading and no Retell was named"


def _publication(after_action: AfterAction, revisions: list[Revision]) -> Iterator[str]:
    published = [revision for revision in revisions if revision.kind in ("published", "erratum")]
    if bool(published) != (after_action.published_at is not None):
        yield "published without a revision, or the other way round"
    for revision in published:
        for change in revision.content["sections"]["changes"]:
            # What continues is no task: it needs no action item, and so nobody who owes one.
            if change["kind"] != "continue" and not (change["owner"] and change["due_on"]):
                yield f"revision {revision.number} was published with a change without owner or date: {change}"
    if after_action.status == "closed":
        if after_action.external_messages.filter(status="planned").exists():
            yield "closed with an External Message neither sent nor withdrawn"
        if not published:
            yield "closed and never published"


def _nothing_open_that_is_met(
    incident: Incident, after_action: AfterAction, meetings: list[Meeting], obligations: list[Obligation]
) -> Iterator[str]:
    runs = {row.subject_key: row for row in obligations if row.state == "open"}
    by_round = {f"meeting:{meeting.round}": meeting for meeting in meetings}
    resolved = Change.objects.filter(after_action=after_action).filter(
        Q(resolved_at__isnull=False) | Q(removed_at__isnull=False)
    )
    done = {f"action:{each.reference}" for each in resolved}
    done |= {f"message:{each.pk}" for each in after_action.external_messages.exclude(status="planned")}
    done |= {
        f"transition:{note.transition_id}"
        for note in StatusNote.objects.filter(after_action=after_action, sent_at__isnull=False)
    }
    for subject in done & runs.keys():
        yield f"{runs[subject]} is open and done"
    for row in runs.values():
        meeting = by_round.get(row.subject_key)
        met = {
            "decide": after_action.decision != "" or incident.requirement_level == "mandatory",
            "schedule": meeting is not None,
            "distribute": meeting is not None and after_action.status != "draft" and meeting.agreed is None,
            "hold": meeting is not None and meeting.held_until is not None,
            "publish": after_action.published_at is not None,
        }.get(row.kind, False)
        if met:
            yield f"{row} ({row.subject_key}) is open and met"
        if row.kind in PROCESS and after_action.decision == "skip":
            yield f"{row} is open for an After Action that is skipped"
        if row.kind in ("decide", "schedule", "hold") and incident.closed_at is None:
            yield f"{row} is open while the incident runs"


def after_a_sweep(now: datetime) -> list[str]:
    """What the auditor finds undone right after a sweep: nothing."""
    found = audit(now=now)
    return [f"{found} steps were left undone by the sweep"] if found else []


def said_twice(incident: Incident) -> list[str]:
    """The same words to the same person over the same channel about the same thing at the same instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject, count(*) FROM notices_notice WHERE scope = %s"
            " GROUP BY about_type, about_id, due_at, step, recipient_id, address, channel, subject"
            " HAVING count(*) > 1",
            [incident.reference],
        )
        return [f"said {times} times: {subject}" for subject, times in cursor.fetchall()]
