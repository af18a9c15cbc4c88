"""The 30-day review over HTTP: each open item gets a disposition by the MIM (domain.md, Deadlines)."""

import pytest

from afteractions.models import Obligation
from tests.api.caller import Caller, paths
from tests.factories.afteractions import a_change, a_drafted_review, a_published_review, write
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db


def test_each_open_item_is_settled_at_the_review_by_the_mim(mim: Caller) -> None:
    owner = Caller(a_person("Ingrid Falk"))
    after_action = a_published_review(mim.person, action_owner=owner.person)
    item = f"action-items/{after_action.changes.get().reference}/settle/"
    assert owner.post(item, {"disposition": "done", "evidence": "Drill 812"}).status_code == 403
    assert paths(mim.post(item, {"disposition": "postponed"})) == ["disposition"]
    assert paths(mim.post(item, {"disposition": "extended", "reason": "No window."})) == ["due_on"]
    assert mim.made(item, {"disposition": "done", "evidence": "Drill 812"})["status"] == "done"
    assert Obligation.objects.get(kind="review_actions").state in ("met", "met_late")


def test_before_the_publication_there_is_nothing_to_settle(mim: Caller) -> None:
    after_action = a_drafted_review(mim.person)
    write(after_action, "changes", [a_change(mim.person)], version=2)
    item = after_action.changes.filter(removed_at=None).first()
    assert item is not None
    answer = mim.post(f"action-items/{item.reference}/settle/", {"disposition": "cancelled", "reason": "No."})
    assert answer.status_code == 409
    assert "not published yet" in answer.json()["detail"]


def test_an_owner_proposes_over_http_and_the_mim_answers(mim: Caller) -> None:
    owner = Caller(a_person("Ingrid Falk"))
    after_action = a_published_review(mim.person, action_owner=owner.person)
    item = f"action-items/{after_action.changes.get().reference}/"
    said = {"disposition": "done", "evidence": "Drill 812"}
    assert mim.post(f"{item}decline/", {"word": "No"}).status_code == 409
    assert paths(owner.post(f"{item}propose/", {"disposition": "done"})) == ["evidence"]
    assert Caller(a_person()).post(f"{item}propose/", said).status_code == 403
    assert owner.made(f"{item}propose/", said)["state"] == "waiting"
    assert owner.post(f"{item}decline/", {"word": "No"}).status_code == 403
    assert paths(mim.post(f"{item}decline/", {})) == ["word"]
    assert mim.made(f"{item}decline/", {"word": "The drill failed."})["state"] == "declined"
    owner.made(f"{item}propose/", said)
    mim.made(f"{item}settle/", {**said, "word": "Thank you"})
    listed = owner.get(f"{item}proposals/").json()["results"]
    assert [(each["state"], each["word"]) for each in listed] == [
        ("accepted", "Thank you"), ("declined", "The drill failed."),
    ]  # fmt: skip
