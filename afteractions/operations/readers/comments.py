"""Comments on the sections of a Learning Review: threaded, resolvable, tied to the revision that was read."""

from datetime import datetime

from django.db import transaction

from afteractions.access import NOT_OUT_YET, can_comment, can_edit, can_read_draft
from afteractions.models import AfterAction, Comment, Revision
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.pace import check_pace, check_tries
from afteractions.operations.review.rows import row_ids
from afteractions.operations.review.sections import section_key
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person
from majorops.texts import typed_text

LONGEST_COMMENT = 10_000
NO_SUCH_ROW = "This section has no such row any more: comment on the section."


@transaction.atomic
def add_comment(
    after_action: AfterAction,
    *,
    section: str,
    text: str,
    row: str = "",
    parent: Comment | None = None,
    revision: Revision | None = None,
    by: Person,
    at: datetime,
    now: datetime,
) -> Comment:
    """A comment on a section, on one `row` of it by its id, or an answer to one, tied to the revision that was read
    (None: the draft). Raises NotFound for an unknown section, BadInput, NotAllowed, and TooMany for more within an hour
    than a person writes."""
    named = section_key(section)
    if not can_read_draft(by, after_action):
        raise NotAllowed(NOT_OUT_YET)
    if not can_comment(by, after_action):
        raise NotAllowed("Auditors read all and change nothing.")
    text = typed_text(text, "text", most=LONGEST_COMMENT, empty="Write a comment.")
    if parent is not None and parent.after_action_id != after_action.pk:
        raise BadInput.of("parent", "That comment belongs to another After Action.")
    if revision is not None and revision.after_action_id != after_action.pk:
        raise BadInput.of("revision", "That revision belongs to another After Action.")
    if row and parent is None and row not in row_ids(after_action, named, now=now):
        raise BadInput.of("row", NO_SUCH_ROW)
    lifecycle.check_instant(at, now=now)
    check_pace(Comment.objects.filter(after_action=after_action, by=by), by=by, now=now)
    check_tries(f"comments:{after_action.pk}", by=by, now=now)
    comment = Comment.objects.create(
        after_action=after_action,
        section=parent.section if parent else named.value,
        row=parent.row if parent else row,
        revision=revision,
        parent=(parent.parent or parent) if parent else None,
        by=by,
        at=at,
        text=text,
    )
    thread = (
        [comment.parent.by, *(reply.by for reply in comment.parent.replies.select_related("by__account"))]
        if comment.parent
        else []
    )
    notify(
        [after_action.owner, *thread],
        after_action,
        about=comment,
        step="comment",
        words=NoticeWords(
            f"{by} on “{named.label}” of {after_action.reference}: {text[:80]}",
            f"{by} wrote on “{named.label}” in the Learning Review of {after_action.incident.title}:\n\n{text}",
        ),
        url=f"{after_action.get_absolute_url()}read/#{comment.section}",
        now=now,
        except_for=by,
    )
    trail.record("commented", comment, by=by, at=now, scope=after_action.incident.reference)
    return comment


@transaction.atomic
def resolve_comment(
    comment: Comment, *, resolved: bool = True, by: Person, at: datetime, now: datetime
) -> Comment:
    """Settles a thread, or takes it up again: whoever writes the draft, and whoever began it."""
    after_action = comment.after_action
    top = Comment.objects.select_for_update(of=("self",)).get(pk=comment.parent_id or comment.pk)
    if top.by_id != by.pk and not can_edit(by, after_action):
        raise NotAllowed("Only those who write the draft, or began the thread, resolve it.")
    lifecycle.check_instant(at, now=now, after=[(top.at, "the comment was written")])
    before = top.resolved_at
    top.resolved_at = at if resolved else None
    top.resolved_by = by if resolved else None
    top.save(update_fields=["resolved_at", "resolved_by"])
    trail.record(
        "resolved a thread" if resolved else "took a thread up again",
        top,
        by=by,
        at=now,
        scope=after_action.incident.reference,
        changes={"resolved_at": (before, top.resolved_at)},
    )
    return top
