"""Learned means proved, over HTTP (domain.md; api.md, Rows, effects, decisions)."""

from datetime import date, timedelta
from typing import Any

from afteractions.models import Change, Obligation
from majorops.notices.models import Notice
from tests.api.caller import Caller, paths
from tests.api.way import ago, ahead, put, write
from tests.factories.afteractions import a_published_review


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


def test_a_change_is_learned_once_its_effect_was_seen_and_unlearned_by_a_repeat(
    mim: Caller, lead: Caller, reference: str
) -> None:
    review = a_published_review(mim.person, action_owner=lead.person)
    item = f"action-items/{review.changes.get().reference}/"

    def state() -> str:
        return str(mim.get(item).json()["state_of_learning"])

    assert state() == "captured"
    (owed,) = [each for each in obligations(mim, review) if each["kind"] == "effect_check"]
    assert (owed["due_on"], owed["responsible"], owed["state"]) == ("2026-04-30", mim.person.email, "open")
    works = {"outcome": "effective", "seen": "The drill found the standby complete."}
    assert mim.post(f"{item}effect/", works).status_code == 409
    mim.made(f"{item}complete/", {"evidence": "Drill 812"})
    assert state() == "done"
    assert lead.post(f"{item}effect/", works).status_code == 403
    assert paths(mim.post(f"{item}effect/", {"outcome": "fine"})) == ["outcome", "seen"]
    assert paths(mim.post(f"{item}effect/", {**works, "seen": " "})) == ["seen"]
    assert paths(mim.post(f"{item}effect/", {**works, "at": ago(days=1)})) == ["at"]
    assert mim.made(f"{item}effect/", works)["state_of_learning"] == "learned"
    assert mim.post(f"{item}effect/", works).status_code == 409
    # Made after its day to look again it was looked at 30 days later.
    assert [each.state for each in Obligation.objects.filter(kind="effect_check").order_by("id")] == [
        "missed", "met",
    ]  # fmt: skip
    # A confirmed repeat: it came back, and is asked anew.
    linked = {"reference": review.incident.reference, "reason": "The same standby"}
    mim.made(f"incidents/{reference}/repeat-of/", linked)
    assert state() == "came_back"
    owed = [each for each in obligations(mim, review) if each["kind"] == "effect_check"]
    (anew,) = [each for each in owed if each["state"] == "open"]
    assert anew["due_on"] >= ahead(days=29)[:10]
    assert Notice.objects.filter(subject__startswith="It came back", recipient=lead.person).exists()
    mim.made(f"incidents/{reference}/repeat-of/", {"reference": None, "reason": "Another standby"})
    assert state() == "learned"
    assert not Obligation.objects.filter(kind="effect_check", state="open").exists()


def test_what_does_not_work_waits_for_another_change_that_takes_it_up(mim: Caller, lead: Caller) -> None:
    review = a_published_review(mim.person, action_owner=lead.person)
    item = f"action-items/{review.changes.get().reference}/"
    fails = {"outcome": "not_effective", "seen": "The next failover failed in the same way."}
    assert mim.made(f"{item}effect/", fails)["state_of_learning"] == "not_effective"
    path = f"after-actions/{review.reference}/sections/changes/"
    section = mim.get(path)
    (row,) = section.json()["content"]
    wrong = [row, a_row(lead, takes_up="ACT-22222")]
    assert paths(put(mim, path, wrong, section["ETag"])) == ["changes[1].takes_up"]
    after = put(mim, path, [row, a_row(lead)], section["ETag"]).json()["content"]
    assert [each["takes_up"] for each in after] == [None, row["id"]]
    assert mim.get(item).json()["state_of_learning"] == "captured"
    # The last word counts: it works after all, once it is done.
    mim.made(f"{item}complete/", {"evidence": "Drill 812"})
    assert mim.made(f"{item}effect/", {**fails, "outcome": "effective"})["state_of_learning"] == "learned"
    gone = {"outcome": "no_longer_applies", "seen": "The standby is no more."}
    assert mim.made(f"{item}effect/", gone)["state_of_learning"] == "done"
    assert Change.objects.get(reference=row["id"]).effect_checks.count() == 3


def obligations(caller: Caller, review: Any) -> Any:
    return caller.get(f"after-actions/{review.reference}/").json()["obligations"]
