"""What feeds and prepares the review, as calls."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from afteractions.rules.review.files import LARGEST_FILE
from tests.api.caller import ROOT, Caller, paths
from tests.api.way import ago, ahead, distributed

pytestmark = pytest.mark.django_db

LOG = b"09:10 failover refused\n"


def test_a_responder_closes_out_until_the_draft_is_distributed(
    mim: Caller, lead: Caller, responder: Caller, aa: str
) -> None:
    place = f"after-actions/{aa}/close-out/"
    assert responder.post(place, {"worked": "The bridge"}).status_code == 403
    assert paths(lead.post(place, {"worked": " "})) == ["worked"]
    first = lead.made(place, {"worked": "The runbook", "slowed": "Access", "at": ago(days=5)})
    lead.made(place, {"slowed": "Access to the standby"})
    assert responder.get(place).json()["results"] == []
    [stands] = mim.get(place).json()["results"]
    assert (stands["person"], stands["worked"], stands["slowed"]) == (
        lead.person.email,
        "",
        "Access to the standby",
    )
    assert stands["id"] != first["id"]
    distributed(mim, aa, lead.person)
    assert lead.post(place, {"worked": "More"}).status_code == 409


def test_a_file_of_evidence_is_attached_listed_handed_out_and_withdrawn(
    mim: Caller, lead: Caller, responder: Caller, aa: str
) -> None:
    place = f"after-actions/{aa}/evidence/"
    row = {"person": lead.person.email, "included": True, "bring": "The log", "bring_by": ahead(days=2)[:10]}
    mim.made(f"after-actions/{aa}/attendees/", [row])
    assert bring(responder, place).status_code == 403
    assert bring(lead, place, b"MZ\x90\x00").status_code == 400
    assert bring(lead, place, b"x" * (LARGEST_FILE + 1)).status_code == 413
    answer = bring(lead, place)
    assert answer.status_code == 201, answer.content.decode()
    kept = answer.json()
    assert (kept["name"], kept["kind"], kept["note"]) == ("gateway.log", "text", "From nine to ten")
    assert mim.get(place).json() == {"next": None, "previous": None, "results": [kept]}
    assert responder.get(place).json()["results"] == []
    handed = mim.get(f"{place}{kept['id']}/")
    assert handed.content == LOG
    assert handed["Content-Disposition"] == f'attachment; filename="{kept["id"]}.txt"'
    assert mim.post(f"{place}{kept['id']}/withdraw/", {}).status_code == 400
    withdrawn = mim.made(f"{place}{kept['id']}/withdraw/", {"reason": "It holds a password"})
    assert withdrawn["withdrawn_reason"] == "It holds a password"
    assert mim.get(f"{place}{kept['id']}/").status_code == 404
    kinds = {each["kind"] for each in mim.get(f"after-actions/{aa}/").json()["obligations"]}
    assert "evidence" in kinds


def test_a_file_sent_again_with_its_key_is_kept_once(mim: Caller, aa: str) -> None:
    place = f"after-actions/{aa}/evidence/"
    first, again = (bring(mim, place, key="one") for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert bring(mim, place, b"another", key="one").status_code == 422


def bring(caller: Caller, place: str, content: bytes = LOG, key: str = "") -> HttpResponse:
    body = {"file": SimpleUploadedFile("gateway.log", content), "note": "From nine to ten"}
    return caller.client.post(ROOT + place, body, headers={"Idempotency-Key": key} if key else {})
