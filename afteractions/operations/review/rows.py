"""Writing one row of a section: a deviation or a way, what went well, a change. Each row has a version of its own, so
that two people in two rows never meet; a save of an older version of the same row is refused with both texts."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from afteractions.access import can_edit
from afteractions.models import AfterAction, Change, Section, SectionText
from afteractions.operations import lifecycle
from afteractions.operations.review.document import Review, instant
from afteractions.operations.review.section_editing import (
    WRITERS_ONLY,
    keep_text,
    locked_section,
    save_changes,
)
from afteractions.operations.review.sections import (
    SentChange,
    check_content,
    check_size,
    keep_assessed,
    no_single_match,
    section_key,
)
from afteractions.rules.review.rows import LISTS, by_id, content_of, lists_of
from afteractions.vocabulary import SectionKey
from majorops.errors import BadInput, NotAllowed, NotFound, Problem, RuleViolation, VersionConflict
from majorops.people.models import Person

PLACE_OF_A_ROW = re.compile(r"^\w+(?:\.\w+)?\[0\]\.?")
NAMED_IN = ("owner", "assessed_by")


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A row as it stands: what it says, in the shape that its section gives, and since which version of the section
    it says so."""

    section: Section
    id: str
    content: Mapping[str, Any]
    version: int

    @property
    def warnings(self) -> list[Problem]:
        """Whoever is named in words that nobody is known by: kept, and refused at the publication."""
        return [
            Problem(name, no_single_match(self.content[f"{name}_text"]))
            for name in NAMED_IN
            if self.content.get(f"{name}_text") and not self.content.get(name)
        ]


def row_as_it_stands(after_action: AfterAction, key: str, row_id: str, *, now: datetime) -> SavedRow:
    """Raises NotFound for a row that is not there, or not any more."""
    named = _key(key)
    review = Review(after_action, at=now)
    section = review.sections.get(named) or Section(after_action=after_action, key=named.value)
    row = by_id(lists_of(named, review.content(named))).get(row_id)
    if row is None:
        raise NotFound(f"“{named.label}” has no such row, or not any more.")
    return SavedRow(section, row_id, row, section.row_version(row_id))


def row_ids(after_action: AfterAction, key: SectionKey, *, now: datetime) -> set[str]:
    """The ids of the rows of a section as it stands; none where it has no rows."""
    return set(by_id(lists_of(key, Review(after_action, at=now).content(key)))) if key in LISTS else set()


@transaction.atomic
def add_row(
    after_action: AfterAction,
    key: str,
    fields: Mapping[str, Any],
    *,
    before: str | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> SavedRow:
    """One more row, before another or at the end. A row of `expected` is a way where it has a `text`, else a deviation.

    Raises BadInput with the field of every problem, NotAllowed, NotFound for an unknown section, RuleViolation.
    """
    draft = _Draft(after_action, key, by=by, at=at, now=now)
    if "id" in fields:
        raise BadInput.of("id", "A new row gets its id when it is saved.")
    name = "ways" if draft.key is SectionKey.EXPECTED and "text" in fields else next(iter(draft.lists))
    row = draft.checked(name, fields)
    rows = draft.lists[name]
    rows.insert(draft.place(rows, before), row)
    known = set(draft.stood)
    draft.keep()
    [added] = set(by_id(lists_of(draft.key, draft.section.content))) - known
    return row_as_it_stands(draft.after_action, key, added, now=now)


@transaction.atomic
def change_row(
    after_action: AfterAction,
    key: str,
    row_id: str,
    fields: Mapping[str, Any],
    *,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> SavedRow:
    """What `fields` say of a row; what they leave out stays. Saving what stands there already changes nothing.

    Raises VersionConflict with what the row says now, NotFound for one that is not there any more, BadInput with the
    field of every problem, NotAllowed, RuleViolation for what was agreed or published and may not be written over.
    """
    draft = _Draft(after_action, key, by=by, at=at, now=now)
    name, place = draft.found(row_id, version)
    if fields.get("id", row_id) != row_id:
        raise BadInput.of("id", "A row keeps its id.")
    before = draft.lists[name][place]
    said = {**before, **fields, "id": row_id}
    for who in NAMED_IN:
        # Whoever names a person, or nobody, takes back the words that stood for one.
        if who in fields and f"{who}_text" not in fields and f"{who}_text" in said:
            said[f"{who}_text"] = ""
    row = draft.checked(name, said)
    if name == "deviations":
        keep_assessed([row], [before])
    draft.lists[name][place] = row
    draft.keep()
    return row_as_it_stands(draft.after_action, key, row_id, now=now)


@transaction.atomic
def move_row(
    after_action: AfterAction,
    key: str,
    row_id: str,
    *,
    before: str | None,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> SavedRow:
    """The row goes before another of its list, or to the end. Nobody's text is stale by it. Raises as `change_row`."""
    draft = _Draft(after_action, key, by=by, at=at, now=now)
    name, place = draft.found(row_id, version)
    rows = draft.lists[name]
    row = rows.pop(place)
    rows.insert(place if before == row_id else draft.place(rows, before), row)
    draft.keep()
    return row_as_it_stands(draft.after_action, key, row_id, now=now)


@transaction.atomic
def remove_row(
    after_action: AfterAction,
    key: str,
    row_id: str,
    *,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Section:
    """Takes a row out; every text that it had is kept. Raises as `change_row`."""
    draft = _Draft(after_action, key, by=by, at=at, now=now)
    name, place = draft.found(row_id, version)
    del draft.lists[name][place]
    draft.keep()
    return draft.section


def text_at(section: Section, row_id: str, version: int) -> dict[str, Any] | None:
    """What a row said at a version of its section; None where it was not there, or that version is not kept."""
    kept = SectionText.objects.filter(section=section, version=version).first()
    return by_id(lists_of(SectionKey(section.key), kept.content)).get(row_id) if kept else None


class _Draft:
    """The rows of one section, locked until the transaction ends. A row that was rewritten stands in `lists` as it was
    checked, the others as they are."""

    def __init__(
        self, after_action: AfterAction, key: str, *, by: Person | None, at: datetime, now: datetime
    ) -> None:
        self.key = _key(key)
        if not can_edit(by, after_action):
            raise NotAllowed(WRITERS_ONLY)
        # Changes carry deadlines: their lock comes after the incident's, as everywhere.
        is_changes = self.key is SectionKey.CHANGES
        self.after_action = lifecycle.locked(after_action) if is_changes else after_action
        self.section = locked_section(self.after_action, self.key, now)
        self.by, self.at, self.now = by, at, now
        self.changes: dict[str, Change] = {}
        content = self.section.content
        if is_changes:
            review = Review(self.after_action, at=now)
            self.changes, content = {row.reference: row for row in review.rows}, review.changes()
        self.lists: dict[str, list[Any]] = dict(lists_of(self.key, content))
        self.stood = by_id(self.lists)

    def found(self, row_id: str, version: int | None) -> tuple[str, int]:
        """Where the row is. Raises VersionConflict when it was written over since `version`."""
        place = next(
            (
                (name, n)
                for name, rows in self.lists.items()
                for n, row in enumerate(rows)
                if row["id"] == row_id
            ),
            None,
        )
        if place is None:
            raise NotFound(f"“{self.key.label}” has no such row, or not any more.")
        stands = self.section.row_version(row_id)
        if version is not None and version != stands:
            raise _stale(row_as_it_stands(self.after_action, self.key.value, row_id, now=self.now))
        return place

    def place(self, rows: list[dict[str, Any]], before: str | None) -> int:
        """Where a row goes that stands before another; without one, at the end. Raises BadInput."""
        if before is None:
            return len(rows)
        for n, row in enumerate(rows):
            if row["id"] == before:
                return n
        raise BadInput.of("before", "There is no such row to stand before, or not any more.")

    def checked(self, name: str, fields: Mapping[str, Any]) -> Any:
        """One row as the section checks it, whatever stands in the others."""
        content = {name: [dict(fields)]} if name else [dict(fields)]
        with _of_one_row():
            cleaned = check_content(self.key, content, scope=self.after_action.incident.reference)
        rows = cleaned[name] if name else cleaned
        if not rows:
            raise BadInput.of("", "Say something in this row.")
        return rows[0]

    def keep(self) -> None:
        """Keeps the rows as the next version of the section."""
        entered: dict[str, Any] = {"by": self.by, "at": self.at, "now": self.now}
        if self.key is not SectionKey.CHANGES:
            check_size(self.key, self.lists)
            content = content_of(self.key, self.lists)
            self.section = keep_text(self.after_action, self.section, content, **entered)
            return
        rows = [row if isinstance(row, SentChange) else self.changes[row["id"]] for row in self.lists[""]]
        with _of_one_row():
            self.section = save_changes(self.after_action, self.section, rows, **entered)
        # Counted as they are kept: what exceeds together is taken back with the transaction.
        check_size(self.key, lists_of(self.key, self.section.content))


def _key(key: str) -> SectionKey:
    named = section_key(key)
    if named not in LISTS:
        raise RuleViolation(f"“{named.label}” has no rows: it is saved as a whole.")
    return named


def _stale(row: SavedRow) -> VersionConflict:
    saved = SectionText.objects.filter(section=row.section, version=row.version).select_related("by").first()
    by = saved.by if saved else row.section.updated_by
    return VersionConflict(
        f"{by or 'The system'} saved this row since you opened it. Your text is kept: merge it with theirs.",
        {
            "content": row.content,
            "version": row.version,
            "updated_by": by.identifier if by else None,
            "updated_at": instant(saved.at if saved else row.section.updated_at),
        },
    )


@contextmanager
def _of_one_row() -> Iterator[None]:
    """Says the field alone where the check of a section says its place among the rows."""
    try:
        yield
    except BadInput as wrong:
        problems = [Problem(PLACE_OF_A_ROW.sub("", each.path), each.message) for each in wrong.problems]
        raise BadInput(problems) from None
