"""Running a Major Technical Meeting: notes point by point, the review of earlier actions, and what was said so far."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from incidents.models import Incident, Mtm, MtmAction, MtmActionReview, MtmAttendance
from incidents.operations.changing import amend, begin, finish
from incidents.operations.checks import happened, optional_text, word
from incidents.rules.response.mtm import AGENDA
from incidents.rules.response.mtm_summary import ActionSaid, MtmRecord
from incidents.vocabulary import MtmActionStatus, MtmReview, Severity
from majorops.errors import BadInput, RuleViolation, VersionConflict
from majorops.formatting import formats
from majorops.people.models import Person

POINTS = {point.key: point for point in AGENDA}
LONGEST_WORD = 2_000


def note_tag(note: str | None) -> str:
    """Names what a note said when somebody read it, so that a save over something newer is seen."""
    return sha256((note or "").encode()).hexdigest()[:16]


@transaction.atomic
def take_note(
    mtm: Mtm,
    *,
    point: str,
    text: str,
    read: str | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Mtm:
    """Keeps the note of one point of the agenda; the other points stay as they are.

    `read` is the `note_tag` of what the writer had read: raises VersionConflict, with the text that stands, when
    somebody wrote something else meanwhile. Returns the entry that stands.
    """
    incident = mtm.incident
    begin(incident, by=by)
    happened(at, now)
    mtm.refresh_from_db()
    if point not in POINTS:
        raise BadInput.of("point", f"The agenda has no such point. Its points are: {', '.join(POINTS)}.")
    before, note = mtm.notes.get(point), optional_text(text, f"notes.{point}")
    if note == before:
        return mtm
    if read is not None and read != note_tag(before):
        raise VersionConflict(
            "Somebody else wrote to this point while you did. Join both texts and save.", before or ""
        )
    amended = amend(incident, mtm, by=by, now=now, notes={**mtm.notes, point: note})
    if amended.pk != mtm.pk:
        _move_along(mtm, amended)
    finish(
        incident,
        "took a note at an MTM",
        amended,
        by=by,
        at=at,
        now=now,
        changes={POINTS[point].title: (before, note)},
    )
    return amended


def _move_along(before: Mtm, mtm: Mtm) -> None:
    """What hangs on a meeting goes over to the entry that corrects it: each action is one task, whatever is set right
    around it."""
    mtm.attendance.model.objects.bulk_create(
        mtm.attendance.model(mtm=mtm, person=one.person, position=one.position)
        for one in before.attendance.select_related("person")
    )
    before.actions.update(mtm=mtm)


@transaction.atomic
def review_action(
    action: MtmAction,
    *,
    number: int,
    outcome: str,
    text: str = "",
    by: Person | None,
    at: datetime,
    now: datetime,
) -> MtmActionReview:
    """Says at the incident's MTM `number` what became of an action that an earlier one agreed: done, goes on, or
    dropped with a word. Said again at the same meeting, the last word holds.

    Raises RuleViolation for an action of the same or a later meeting, and for one that another meeting settled.
    """
    incident = action.mtm.incident
    begin(incident, by=by)
    happened(at, now)
    action.refresh_from_db()
    mtm = current_mtm(incident, number)
    data = word(MtmReview, outcome, "outcome")
    why = optional_text(text, "text", limit=LONGEST_WORD) or ""
    if data is MtmReview.DROPPED and not why:
        raise BadInput.of("text", "Say in a word why it is dropped.")
    if action.mtm.number >= number:
        raise RuleViolation("A meeting reviews the actions of those before it.")
    last = action.reviews.select_related("mtm").last()
    if action.status != MtmActionStatus.OPEN and (last is None or last.mtm.number != number):
        raise RuleViolation("This action was settled before this meeting.")
    review = MtmActionReview.objects.create(
        action=action, mtm=mtm, outcome=data.value, word=why, at=at, by=by
    )
    before, action.status = action.status, data.status.value
    action.save(update_fields=["status"])
    finish(
        incident,
        "reviewed an action of an MTM",
        mtm,
        by=by,
        at=at,
        now=now,
        changes={action.title[:200]: (before, f"{data.label}{f': {why}' if why else ''}")},
    )
    return review


def current_mtm(incident: Incident, number: int) -> Mtm:
    """The last word on the incident's MTM of this number. Raises RuleViolation where there is none."""
    mtm = Mtm.objects.filter(incident=incident, number=number).order_by("-pk").first()
    if mtm is None:
        raise RuleViolation(f"This incident has no MTM {number}.")
    mtm.incident = incident
    return mtm


class Prior(NamedTuple):
    """An action of an earlier meeting, and the review that it got at this one; None while there is none."""

    action: MtmAction
    review: MtmActionReview | None


def prior_actions(mtm: Mtm) -> list[Prior]:
    """What the meeting reviews: the actions of earlier ones that were open when it began."""
    mtm_actions = (
        MtmAction.objects.filter(mtm__incident=mtm.incident_id, mtm__number__lt=mtm.number)
        .filter(Q(status=MtmActionStatus.OPEN) | Q(reviews__mtm__number=mtm.number))
        .select_related("owner", "mtm", "item")
        .prefetch_related("reviews__mtm")
        .order_by("mtm__number", "position", "id")
        .distinct()
    )
    return [Prior(action, _last_review(action, mtm.number)) for action in mtm_actions]


def _last_review(action: MtmAction, number: int) -> MtmActionReview | None:
    """The last one at the meeting of this number."""
    here = [one for one in action.reviews.all() if one.mtm.number == number]
    return here[-1] if here else None


def said_at(
    mtm: Mtm,
    *,
    actions: Iterable[MtmAction],
    prior: Iterable[Prior],
    attendance: Iterable[MtmAttendance],
    now: datetime,
) -> MtmRecord:
    """Who is there and what was said at the meeting so far, in words; times in the incident's zone. `prior` as of
    `prior_actions`."""
    incident, zone = mtm.incident, ZoneInfo(mtm.incident.time_zone)
    today = now.astimezone(zone).date()

    def action_line(action: MtmAction, text: str = "") -> ActionSaid:
        due = formats.day(action.due_on, today=today) if action.due_on else None
        return ActionSaid(action.title, str(action.owner) if action.owner else None, due, text)

    return MtmRecord(
        heading=f"{incident.reference} “{incident.title}”: summary of Major Technical Meeting {mtm.number}",
        notes=tuple((point.title, mtm.notes[point.key]) for point in AGENDA if mtm.notes.get(point.key)),
        actions=tuple(action_line(one) for one in actions),
        reviewed=tuple(action_line(one, _review_words(review)) for one, review in prior if review),
        left_open=tuple(action_line(one) for one, review in prior if review is None),
        attendance=tuple(str(one.person) for one in attendance),
        severity=Severity(mtm.severity_confirmed).label if mtm.severity_confirmed else None,
        next=formats.absolute(mtm.next_at, zone=zone, at=now) if mtm.next_at else None,
        stood_down=mtm.stood_down,
        cadence_minutes=mtm.cadence_minutes,
    )


def _review_words(review: MtmActionReview) -> str:
    label = MtmReview(review.outcome).label.lower()
    return f"{label}, {review.word}" if review.word else label
