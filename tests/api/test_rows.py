"""One row with a version of its own, over HTTP: two people in two rows never meet (api.md, Rows)."""

from typing import Any

import pytest
from django.http import HttpResponse

from afteractions.models import AfterAction, Section
from afteractions.operations.readers.assessing import assess
from afteractions.operations.review.rows import change_row, row_as_it_stands
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.errors import VersionConflict
from tests.api.caller import ROOT, Caller, paths
from tests.api.way import SECTIONS, ahead, put, write

TEXTS = [{"text": f"It worked, {n}", "kind": "tool"} for n in range(3)]


def rows_of(caller: Caller, aa: str, key: str) -> Any:
    return caller.get(f"after-actions/{aa}/sections/{key}/").json()["content"]


def delete(caller: Caller, path: str, tag: str | None = None) -> HttpResponse:
    return caller.client.delete(ROOT + path, headers={"If-Match": tag} if tag else {})


def test_two_people_in_two_rows_never_meet_and_in_one_row_the_second_gets_both_texts(
    mim: Caller, lead: Caller, aa: str
) -> None:
    section = f"after-actions/{aa}/sections/went_well/"
    first, second, third = write(mim, aa, "went_well", TEXTS)["content"]
    paths_of = [f"{section}rows/{row['id']}/" for row in (first, second, third)]
    tags = [mim.get(path)["ETag"] for path in paths_of]
    assert len(set(tags)) == 3
    mine = mim.patch(paths_of[0], {"text": "The bridge was staffed"}, match=tags[0])
    theirs = lead.patch(paths_of[1], {"text": "The rollback took a minute"}, match=tags[1])
    assert (mine.status_code, theirs.status_code) == (200, 200)
    # Neither a row before it nor another order makes the third one old.
    assert lead.patch(paths_of[2], {"before": first["id"]}, match=tags[2]).status_code == 200
    added = mim.post(f"{section}rows/", {"text": "Somebody looked", "kind": "action", "before": third["id"]})
    assert added.status_code == 201
    assert added["ETag"] == mim.client.get(added["Location"])["ETag"]
    assert [row["text"] for row in rows_of(mim, aa, "went_well")] == [
        "Somebody looked", "It worked, 2", "The bridge was staffed", "The rollback took a minute",
    ]  # fmt: skip
    stale = lead.patch(paths_of[0], {"text": "The bridge was there"}, match=tags[0])
    assert stale.status_code == 412
    assert stale.json()["current"]["content"] == {**first, "text": "The bridge was staffed"}
    assert delete(lead, paths_of[0], tags[0]).status_code == 412
    # Under the lock too: what was read before another save came in between.
    review, now = AfterAction.objects.get(reference=aa), clock.now()
    read = {"version": row_as_it_stands(review, "went_well", third["id"], now=now).version - 1}
    with pytest.raises(VersionConflict) as refused:
        change_row(review, "went_well", third["id"], {"text": "x"}, **read, by=mim.person, at=now, now=now)
    assert refused.value.current["content"]["text"] == "It worked, 2"
    assert lead.patch(paths_of[0], {"kind": "action"}, match=mine["ETag"]).json()["kind"] == "action"
    # A save of the whole section counts for each row that changed, and for no other.
    _, kept, *_ = changed = rows_of(mim, aa, "went_well")
    changed[2] = {"text": "The bridge was staffed by five", "kind": "action"}
    assert put(mim, section, changed, mim.get(section)["ETag"]).status_code == 200
    assert mim.patch(paths_of[2], {"text": kept["text"]}, match=tags[2]).status_code == 200
    now = mim.get(paths_of[0])
    assert now.json()["text"] == "The bridge was staffed by five"
    assert now["ETag"] != mine["ETag"]
    assert delete(mim, paths_of[0]).status_code == 204
    assert [each.status_code for each in (mim.get(paths_of[0]), mim.patch(paths_of[0], {"text": "x"}))] == [
        404, 404,
    ]  # fmt: skip
    assert AuditEntry.objects.filter(verb="wrote “What went well”").count() == 8


def test_an_owner_whom_nobody_is_known_by_holds_up_nothing(mim: Caller, lead: Caller, aa: str) -> None:
    section = f"after-actions/{aa}/sections/changes/"
    rows = [
        {"kind": "start", "gap": "", "change": f"Change {n}", "due_on": ahead(days=9)[:10]} for n in (1, 2)
    ]
    one, two = write(mim, aa, "changes", [{**rows[0], "owner": lead.person.email}, rows[1]])["content"]
    path = f"{section}rows/{two['id']}/"
    saved = mim.patch(path, {"owner": "the network people"}).json()
    assert (saved["owner"], saved["owner_text"], saved["due_on"]) == (
        None,
        "the network people",
        rows[1]["due_on"],
    )
    assert [each["path"] for each in saved["warnings"]] == ["owner"]
    assert mim.get(section).json()["warnings"][0]["path"] == "changes[1].owner"
    assert mim.patch(path, {"owner": None}).json()["owner_text"] == ""
    assert mim.patch(path, {"owner": lead.person.email}).json()["owner"] == lead.person.email
    assert paths(mim.patch(path, {"change": " ", "due_on": "soon", "colour": "red"})) == ["colour"]
    assert set(paths(mim.patch(path, {"change": " ", "due_on": "soon", "text": "x"}))) == {
        "change", "due_on", "text",
    }  # fmt: skip
    third = mim.post(
        f"{section}rows/", {"kind": "stop", "change": "Stop it", "owner": "?", "before": one["id"]}
    )
    assert (third.status_code, third.json()["owner_text"]) == (201, "?")
    assert [row["change"] for row in rows_of(mim, aa, "changes")] == ["Stop it", "Change 1", "Change 2"]
    assert delete(mim, f"{section}rows/{third.json()['id']}/").status_code == 204
    assert [row["id"] for row in rows_of(mim, aa, "changes")] == [one["id"], two["id"]]


def test_the_rows_of_what_was_supposed_to_happen_are_told_apart_by_their_keys(
    mim: Caller, lead: Caller, auditor: Caller, aa: str
) -> None:
    write(mim, aa, "expected", SECTIONS["expected"])
    # As it was written before rows had ids.
    stored = Section.objects.get(after_action__reference=aa, key="expected")
    Section.objects.filter(pk=stored.pk).update(
        content={"deviations": SECTIONS["expected"], "ways": []}, row_versions={}
    )
    rows = f"after-actions/{aa}/sections/expected/rows/"
    way = mim.post(rows, {"text": "An alert on the disk", "kind": "detected_sooner"})
    deviation = mim.post(rows, {"actual": "Nobody knew", "kind": "process", "assessed_by": "an expert"})
    assert (way.status_code, deviation.status_code) == (201, 201)
    assert deviation.json()["warnings"][0]["path"] == "assessed_by"
    content = rows_of(mim, aa, "expected")
    assert [row["actual"] for row in content["deviations"]] == ["It refused connections.", "Nobody knew"]
    assert [row["id"] for row in content["ways"]] == [way.json()["id"]]
    first = content["deviations"][0]["id"]
    said = {"assessed_by": lead.person.email, "assessment": "A drill would have shown it"}
    assert lead.patch(f"{rows}{first}/", said).json()["assessed_at"] is None
    review = AfterAction.objects.get(reference=aa)
    now = clock.now()
    assess(
        review, 0, "It was never drilled", expected="The standby takes over.", by=lead.person, at=now, now=now
    )
    kept = mim.patch(f"{rows}{first}/", {"reference": "DB-4"}).json()
    assert (kept["reference"], kept["assessed_at"] is None) == ("DB-4", False)
    assert paths(mim.post(rows, {"text": "x", "kind": "detected_sooner", "before": first})) == ["before"]
    assert paths(mim.patch(f"{rows}{way.json()['id']}/", {"expected": "x"})) == ["expected"]
    assert auditor.patch(f"{rows}{first}/", {"reference": "DB-5"}).status_code == 403
    assert mim.post(f"after-actions/{aa}/sections/root_cause/rows/", {"text": "x"}).status_code == 409


def test_rows_saved_one_by_one_hold_no_more_than_a_section(mim: Caller, aa: str) -> None:
    rows = f"after-actions/{aa}/sections/went_well/rows/"
    for standing, text, sent in ((300, "x", "One too many"), (5, "x" * 19_000, "x" * 20_000), (1, "x", None)):
        write(mim, aa, "went_well", [{"text": text, "kind": "tool"}] * standing)
        refused = mim.post(rows, {"kind": "tool", "text": sent})
        assert refused.status_code == 400
        assert len(rows_of(mim, aa, "went_well")) == standing
