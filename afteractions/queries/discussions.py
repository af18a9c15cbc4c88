"""The comments on the sections of a review: fifty of each section at a time, the latest unless others are asked for."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Case, Count, F, IntegerField, QuerySet, Value, When, Window
from django.db.models.functions import Coalesce, Least, RowNumber

from afteractions.models import AfterAction, Comment
from majorops.prepared import prepared

AT_ONCE = 50
# No section has so many pages: its last one.
LAST = 1_000_000


@dataclass(slots=True)
class Discussion:
    """One page of the comments on a section: its threads, oldest first, each beginning with the comment that began it.
    A thread that goes over a page begins each of its pages."""

    count: int
    page: int
    threads: list[Comment] = field(default_factory=list)

    @property
    def pages(self) -> int:
        return -(-self.count // AT_ONCE)

    @property
    def previous(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def next(self) -> int | None:
        return self.page + 1 if self.page < self.pages else None


@prepared
def _comments(*, after_action: int, section: str, page: int) -> QuerySet[Comment]:
    thread = Coalesce("parent_id", "id")
    place = Window(RowNumber(), partition_by=F("section"), order_by=[thread.asc(), F("id").asc()])
    of_section = Window(Count("id"), partition_by=F("section"))
    wanted = Case(
        When(section=section, then=Least(Value(page, IntegerField()), F("last_page"))), default=F("last_page")
    )
    comments = Comment.objects.filter(after_action=after_action).annotate(
        of_section=of_section,
        last_page=(of_section - 1) / AT_ONCE + 1,
        # Counted from the end: what is not full is the first page.
        at_page=(of_section - 1) / AT_ONCE + 1 - (of_section - place) / AT_ONCE,
    )
    comments = comments.filter(at_page=wanted).order_by(thread, "id")
    return comments.select_related("by", "resolved_by", "revision").defer("revision__content")


def discussions(after_action: AfterAction, *, section: str = "", page: int = LAST) -> dict[str, Discussion]:
    """The discussion of each section on which there is a comment; of `section` the page `page`, counted from 1."""
    threads: dict[str, Discussion] = {}
    beginning: dict[int, Any] = {}
    comments: list[Any] = _comments(after_action=after_action.pk, section=section, page=max(page, 1))
    elsewhere = {row.parent_id for row in comments if row.parent_id} - {row.pk for row in comments}
    if elsewhere:
        begun = Comment.objects.filter(pk__in=elsewhere).select_related("by", "resolved_by", "revision")
        beginning = begun.defer("revision__content").in_bulk()
    for comment in comments:
        here = threads.setdefault(comment.section, Discussion(comment.of_section, comment.at_page))
        thread = comment if comment.parent_id is None else beginning[comment.parent_id]
        if not here.threads or here.threads[-1] is not thread:
            thread.after_action, thread.with_answers = after_action, [thread]
            beginning[thread.pk] = thread
            here.threads.append(thread)
        if comment is not thread:
            thread.with_answers.append(comment)
    return threads
