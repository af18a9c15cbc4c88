"""Who is proposed to attend, and why."""

import pytest

from afteractions.rules.meeting.attendance import (
    Acted,
    AttendanceFacts,
    Commander,
    Lead,
    ServiceOwner,
    VendorRepresentative,
    proposals,
)
from afteractions.vocabulary import AttendeeRequirement
from incidents.vocabulary import CommandRole

REQUIRED, SITUATIONAL = AttendeeRequirement.REQUIRED, AttendeeRequirement.SITUATIONAL


def proposed(**facts):
    return {each.person: each for each in proposals(AttendanceFacts(**facts))}


@pytest.mark.parametrize(
    ("facts", "requirement"),
    [
        ({"command": (Commander("p", CommandRole.MIM),)}, REQUIRED),
        ({"command": (Commander("p", CommandRole.TECHNICAL_RECOVERY_LEAD),)}, REQUIRED),
        ({"command": (Commander("p", CommandRole.SME, "Database"),)}, REQUIRED),
        ({"command": (Commander("p", CommandRole.RESPONDER),)}, REQUIRED),
        ({"command": (Commander("p", CommandRole.SCRIBE),)}, None),
        ({"command": (Commander("p", CommandRole.COMMUNICATIONS_LEAD),)}, None),
        (
            {
                "command": (Commander("p", CommandRole.COMMUNICATIONS_LEAD),),
                "communications_are_a_finding": True,
            },
            SITUATIONAL,
        ),
        ({"leads": (Lead("p", "Network"),)}, REQUIRED),
        ({"acted": (Acted("p", 3),)}, REQUIRED),
        ({"service_owners": (ServiceOwner("p", "Checkout"),)}, REQUIRED),
        ({"vendors": (VendorRepresentative("p", "Cloud Co", True),)}, REQUIRED),
        ({"vendors": (VendorRepresentative("p", "Cloud Co", False),)}, None),
        ({"vendors": (VendorRepresentative("p", "Cloud Co", None),)}, None),
        ({"regulatory_exposure": True, "security_or_compliance": ("p",)}, SITUATIONAL),
        ({"organisational_change": True, "engineering_managers": ("p",)}, SITUATIONAL),
        ({"executives": ("p",)}, None),
        ({"executives": ("p",), "executive_action": True}, SITUATIONAL),
        ({"on_the_bridge": ("p",)}, None),
    ],
)
def test_each_part_in_the_incident_leads_to_its_proposal_with_a_reason(facts, requirement):
    found = proposed(**facts)["p"]
    assert found.requirement == requirement
    assert found.reason


def test_somebody_with_two_parts_is_proposed_once_with_both_reasons():
    found = proposals(
        AttendanceFacts(
            command=(Commander("ann", CommandRole.MIM),), service_owners=(ServiceOwner("ann", "Checkout"),)
        )
    )
    assert len(found) == 1
    assert found[0].reason == "Chairs the After Action. Owns the service Checkout."
    assert found[0].roles == ("Major Incident Manager", "Service owner")


def test_who_is_required_for_one_reason_stays_required_whatever_the_others_say():
    found = proposed(
        on_the_bridge=("ann",), command=(Commander("ann", CommandRole.SCRIBE),), leads=(Lead("ann", "DNS"),)
    )
    assert found["ann"].requirement == REQUIRED
    assert found["ann"].reason == "Led the recovery track DNS."


def test_a_part_that_nobody_holds_yet_is_shown_as_still_to_be_named():
    found = proposed(regulatory_exposure=True, vendors=(VendorRepresentative(None, "Cloud Co", True),))
    assert found[None].requirement in (REQUIRED, SITUATIONAL)
    assert len(proposals(AttendanceFacts(vendors=(VendorRepresentative(None, "Cloud Co", True),)))) == 1


def test_required_attendees_come_first_and_those_not_proposed_last():
    found = proposals(
        AttendanceFacts(
            on_the_bridge=("c",),
            regulatory_exposure=True,
            security_or_compliance=("b",),
            leads=(Lead("a", "DNS"),),
        )
    )
    assert [each.person for each in found] == ["a", "b", "c"]
