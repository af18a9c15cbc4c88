"""Learned means proved, over HTTP (domain.md; api.md, Rows, effects, decisions)."""

from datetime import date, timedelta
from typing import Any

from tests.api.caller import Caller, paths
from tests.api.way import ahead, put, write


def a_row(owner: Caller, **said: Any) -> dict[str, Any]:
    return {
        "kind": "start",
        "gap": "Nobody knew that the backup was old",
        "change": "Alert on the age of the backup",
        "owner": owner.person.email,
        "due_on": ahead(days=20)[:10],
        **said,
    }


def test_a_change_says_how_its_effect_will_be_seen_when_to_look_and_how_strong_it_is(
    mim: Caller, lead: Caller, aa: str
) -> None:
    due_on = ahead(days=20)[:10]
    (row,) = write(mim, aa, "changes", [a_row(lead, effect="The alert fires in the drill")])["content"]
    in_30_days = (date.fromisoformat(due_on) + timedelta(days=30)).isoformat()
    assert (row["effect"], row["look_on"], row["strength"]) == (
        "The alert fires in the drill", in_30_days, "intermediate",
    )  # fmt: skip
    item = mim.get(f"action-items/{row['id']}/").json()
    assert {name: item[name] for name in ("effect", "look_on", "strength")} == {
        name: row[name] for name in ("effect", "look_on", "strength")
    }
    # The day follows the due date and the strength the words, as long as nobody said another.
    later = ahead(days=25)[:10]
    (moved,) = write(mim, aa, "changes", [{**row, "due_on": later, "change": "Train them to look"}])[
        "content"
    ]
    assert moved["look_on"] == (date.fromisoformat(later) + timedelta(days=30)).isoformat()
    assert moved["strength"] == "weaker"
    chosen = {**moved, "look_on": ahead(days=40)[:10], "strength": "stronger"}
    (said,) = write(mim, aa, "changes", [chosen])["content"]
    bare = {name: said[name] for name in ("id", "kind", "gap", "change", "owner", "due_on")}
    (kept,) = write(mim, aa, "changes", [bare])["content"]
    assert (kept["effect"], kept["look_on"], kept["strength"]) == (
        "The alert fires in the drill", chosen["look_on"], "stronger",
    )  # fmt: skip
    (back,) = write(mim, aa, "changes", [{**kept, "look_on": None, "strength": ""}])["content"]
    assert (back["look_on"], back["strength"]) == (moved["look_on"], "weaker")


def test_what_is_no_effect_is_refused_by_its_path(mim: Caller, lead: Caller, aa: str) -> None:
    path = f"after-actions/{aa}/sections/changes/"
    tag = mim.get(path)["ETag"]
    wrong = a_row(lead, effect=5, strength="strong", look_on="soon")
    assert set(paths(put(mim, path, [wrong], tag))) == {
        f"changes[0].{name}" for name in ("effect", "strength", "look_on")
    }
    for look_on in (ahead(days=-2)[:10], ahead(days=10)[:10]):
        assert paths(put(mim, path, [a_row(lead, look_on=look_on)], tag)) == ["changes[0].look_on"]
    goes_on = {"kind": "continue", "gap": "", "change": "The weekly drill", "look_on": ahead(days=3)[:10]}
    (row,) = put(mim, path, [goes_on], tag).json()["content"]
    assert (row["look_on"], row["strength"]) == (None, None)
