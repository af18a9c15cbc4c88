"""Joining two texts that were written from the same one, so that neither writer's is lost.

Only what both changed is in conflict: there the later writer's own text stays, and the other one is shown beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Rows = Sequence[Mapping[str, Any]]


def merged(base: Any, theirs: Any, mine: Any) -> Any:
    """What a section becomes when `theirs` and `mine` both come from `base`: mappings field by field, lists of rows by
    their `id` or by what they say, anything else by whoever changed it, the second writer first."""
    if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
        before = base if isinstance(base, Mapping) else {}
        return {
            name: merged(before.get(name), theirs.get(name), mine[name]) if name in theirs else mine[name]
            for name in mine
        }
    if isinstance(mine, list) and isinstance(theirs, list):
        return _merged_list(base if isinstance(base, list) else [], theirs, mine)
    # An empty field and one that is not there say the same.
    return theirs if (mine or None) == (base or None) else mine


def _merged_list(base: list[Any], theirs: list[Any], mine: list[Any]) -> list[Any]:
    if mine == base:
        return list(theirs)
    if theirs == base:
        return list(mine)
    if any(isinstance(row, Mapping) and "id" in row for row in (*base, *theirs, *mine)):
        return _merged_by_id(base, theirs, mine)
    joined = [item for item in mine if item not in base or item in theirs]
    return joined + [item for item in theirs if item not in base and item not in joined]


def _merged_by_id(base: Rows, theirs: Rows, mine: Rows) -> list[Any]:
    before = {row["id"]: row for row in base}
    other = {row.get("id"): row for row in theirs if row.get("id")}
    joined: list[Any] = []
    for row in mine:
        key = row.get("id")
        if key in before and key not in other:
            # They took it out; it stays only where it was rewritten here, as a row of its own.
            if not _same(row, before[key]):
                joined.append({**row, "id": ""})
        elif key in other:
            joined.append({**merged(before.get(key), other[key], row), "id": key})
        else:
            joined.append(row)
    kept = {row.get("id") for row in mine}
    joined += [row for row in theirs if row.get("id") not in before and row.get("id") not in kept]
    joined += [
        row
        for row in theirs
        if row.get("id") in before and row.get("id") not in kept and not _same(row, before[row["id"]])
    ]
    return joined


def _same(row: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all((row.get(name) or "") == (other.get(name) or "") for name in row)
