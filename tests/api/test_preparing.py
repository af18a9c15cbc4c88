"""What feeds and prepares the review, as calls."""

import pytest

from tests.api.caller import Caller, paths
from tests.api.way import ago, distributed

pytestmark = pytest.mark.django_db


def test_a_responder_closes_out_until_the_draft_is_distributed(
    mim: Caller, lead: Caller, responder: Caller, aa: str
) -> None:
    place = f"after-actions/{aa}/close-out/"
    assert responder.post(place, {"worked": "The bridge"}).status_code == 403
    assert paths(lead.post(place, {"worked": " "})) == ["worked"]
    first = lead.made(place, {"worked": "The runbook", "slowed": "Access", "at": ago(days=5)})
    lead.made(place, {"slowed": "Access to the standby"})
    [stands] = responder.get(place).json()
    assert (stands["person"], stands["worked"], stands["slowed"]) == (
        lead.person.email,
        "",
        "Access to the standby",
    )
    assert stands["id"] != first["id"]
    distributed(mim, aa, lead.person)
    assert lead.post(place, {"worked": "More"}).status_code == 409
