"""The rows of a section: which is which whatever their order, and since which version of the section each says what it
says. Their ids are kept in the content; what was written before rows had one is named by its place."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from afteractions.vocabulary import SectionKey

Row = Mapping[str, Any]

# The lists of rows of a section by their name in its content, and how those without an id are named there; the content
# of a section with one list is that list.
LISTS: dict[SectionKey, dict[str, str]] = {
    SectionKey.EXPECTED: {"deviations": "d", "ways": "w"},
    SectionKey.WENT_WELL: {"": "r"},
    SectionKey.CHANGES: {"": "r"},
}
# What the system adds to a row: no part of what somebody says in it.
GIVEN = ("id", "assessed_at")


def lists_of(key: SectionKey, content: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of a section by their list, each with its id."""
    lists: dict[str, list[dict[str, Any]]] = {}
    for name, letter in LISTS[key].items():
        given = content if isinstance(content, list) else (content or {}).get(name)
        if key is SectionKey.EXPECTED and isinstance(content, list) and name != "deviations":
            given = []
        rows = given or []
        lists[name] = [{**row, "id": row.get("id") or f"{letter}{n}"} for n, row in enumerate(rows, 1)]
    return lists


def content_of(key: SectionKey, lists: Mapping[str, list[Any]]) -> Any:
    """The content of a section from its rows by their list."""
    return dict(lists) if key is SectionKey.EXPECTED else lists[""]


def recognised(rows: Sequence[Row], before: Sequence[Row], new_id: Callable[[], str]) -> list[dict[str, Any]]:
    """The rows, each with its id. One that comes without is the one that said the same before, else the one that stood
    at its place and is not there any more, else a new one."""
    named = {row["id"] for row in rows if row.get("id")}
    free = {row["id"]: row for row in before if row["id"] not in named}
    ids: list[str | None] = [row.get("id") or None for row in rows]
    for n, row in enumerate(rows):
        if ids[n] is None:
            ids[n] = next((name for name, other in free.items() if says_the_same(row, other)), None)
            free.pop(ids[n] or "", None)
    for n in range(len(rows)):
        if ids[n] is None:
            there = before[n]["id"] if n < len(before) else ""
            ids[n] = there if free.pop(there, None) else new_id()
    return [{**row, "id": name} for row, name in zip(rows, ids, strict=True)]


def says_the_same(row: Row, other: Row) -> bool:
    """Whether two rows hold the same, whatever they are called."""
    return _said(row) == _said(other)


def _said(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in GIVEN}


def versions_after(
    versions: Mapping[str, int],
    before: Mapping[str, Row],
    after: Mapping[str, Row],
    *,
    last: int,
    this: int,
) -> dict[str, int]:
    """The version of the section since which each row says what it says, once version `this` follows `last`."""
    return {
        name: versions.get(name, last) if name in before and before[name] == row else this
        for name, row in after.items()
    }


def by_id(lists: Mapping[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Every row of a section by its id."""
    return {row["id"]: row for rows in lists.values() for row in rows}
