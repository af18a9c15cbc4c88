"""A slip in the log, put right by the API."""

import time_machine
from django.utils import timezone

from incidents.models import TimelineEvent
from tests.api.caller import Caller, paths
from tests.factories.incidents import minutes

SLIP = {"kind": "action", "text": "Failed over to bd-02"}


def test_a_slip_is_put_right_in_place_within_ten_minutes_by_its_writer(mim: Caller, reference: str) -> None:
    logged = mim.made(f"incidents/{reference}/events/", SLIP)
    assert logged["earlier"] == []
    place = f"incidents/{reference}/events/{logged['id']}/"
    stands = mim.made(place, {"text": "Failed over to db-02"})
    assert (stands["id"], stands["text"], stands["corrects"]) == (logged["id"], "Failed over to db-02", None)
    assert (stands["at"], stands["kind"]) == (logged["at"], "action")
    assert [before["text"] for before in stands["earlier"]] == ["Failed over to bd-02"]
    assert TimelineEvent.objects.count() == 1


def test_later_and_for_somebody_else_an_entry_corrects_it(
    mim: Caller, responder: Caller, reference: str
) -> None:
    logged = mim.made(f"incidents/{reference}/events/", SLIP)
    place = f"incidents/{reference}/events/{logged['id']}/"
    theirs = responder.made(place, {"text": "Failed over to db-02"})
    assert theirs["corrects"] == logged["id"]
    with time_machine.travel(timezone.now() + minutes(11), tick=False):
        later = mim.made(f"incidents/{reference}/events/{theirs['id']}/", {"kind": "decision"})
    assert (later["corrects"], later["kind"], later["text"]) == (theirs["id"], "decision", theirs["text"])
    answer = mim.post(place, {"text": "Once more"})
    assert answer.status_code == 409
    assert "A later entry corrected this one already" in answer.json()["detail"]


def test_a_correction_is_checked_like_an_entry(mim: Caller, auditor: Caller, reference: str) -> None:
    logged = mim.made(f"incidents/{reference}/events/", SLIP)
    place = f"incidents/{reference}/events/{logged['id']}/"
    assert paths(mim.post(place, {"text": " "})) == ["text"]
    assert paths(mim.post(place, {"kind": "gossip"})) == ["kind"]
    assert mim.post(place, {}).status_code == 409
    assert auditor.post(place, {"text": "Other"}).status_code == 403
    assert mim.post(f"incidents/{reference}/events/999999/", {"text": "Other"}).status_code == 404
