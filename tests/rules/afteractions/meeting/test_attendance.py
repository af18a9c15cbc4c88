"""Who is proposed to attend, and why."""

from dataclasses import replace

import pytest

from afteractions.rules.meeting.attendance import (
    Acted,
    AttendanceFacts,
    Commander,
    Lead,
    ServiceOwner,
    VendorRepresentative,
    empty_seats,
    proposals,
    speaks_of_communications,
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
        ({"command": (Commander("p", CommandRole.RESPONDER),)}, None),
        ({"command": (Commander("p", CommandRole.RESPONDER),), "acted": (Acted("p", 3),)}, REQUIRED),
        ({"command": (Commander("p", CommandRole.MIM, handed_over=True),)}, REQUIRED),
        ({"command": (Commander("p", CommandRole.SCRIBE),)}, None),
        ({"command": (Commander("p", CommandRole.COMMUNICATIONS_LEAD),)}, None),
        (
            {
                "command": (Commander("p", CommandRole.COMMUNICATIONS_LEAD),),
                "communications_are_a_finding": True,
            },
            SITUATIONAL,
        ),
        (
            {
                "command": (Commander("p", CommandRole.COMMUNICATIONS_LEAD),),
                "communications_are_written_of": True,
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
        ({"acted": (Acted("p", 2),)}, None),
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
        acted=(Acted("ann", 1),), command=(Commander("ann", CommandRole.SCRIBE),), leads=(Lead("ann", "DNS"),)
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
            acted=(Acted("c", 1),),
            regulatory_exposure=True,
            security_or_compliance=("b",),
            leads=(Lead("a", "DNS"),),
        )
    )
    assert [each.person for each in found] == ["a", "b", "c"]


FULL = AttendanceFacts(
    command=(Commander("ann", CommandRole.MIM), Commander("bob", CommandRole.TECHNICAL_RECOVERY_LEAD))
)


def seats(facts, **list_):
    return [each.role for each in empty_seats(facts, **list_)]


def test_a_mim_who_is_gone_leaves_the_chair_empty():
    assert seats(AttendanceFacts()) == ["Major Incident Manager", "Technical Recovery Lead"]
    assert seats(FULL) == []
    gone = replace(FULL, command=(replace(FULL.command[0], handed_over=True), FULL.command[1]))
    assert seats(gone) == ["Major Incident Manager"]


def test_what_the_findings_call_for_is_an_unnamed_seat_until_somebody_takes_it():
    facts = replace(
        FULL, regulatory_exposure=True, organisational_change=True, communications_are_written_of=True
    )
    unnamed = ["Security or Compliance", "Engineering Manager or Director", "Customer Communications Lead"]
    assert seats(facts) == unnamed
    assert seats(facts, filled=set(unnamed)) == []
    named = replace(
        facts,
        security_or_compliance=("c",),
        engineering_managers=("d",),
        command=(*FULL.command, Commander("e", CommandRole.COMMUNICATIONS_LEAD)),
    )
    assert seats(named) == []


def test_whoever_is_required_and_was_not_invited_stands_as_an_empty_seat():
    vendor = VendorRepresentative("vera", "Cloud Co", True)
    facts = replace(FULL, vendors=(vendor,), leads=(Lead("lea", "DNS"),))
    names = {"vera": "Vera Quill", "lea": "Lea Moor"}
    assert seats(facts, listed={"ann", "bob"}, names=names) == [
        "Track lead: Lea Moor",
        "Vendor representative: Vera Quill",
    ]
    assert seats(facts, listed={"ann", "bob", "vera", "lea"}, names=names) == []
    assert seats(facts) == []


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("Customers were not told for 40 minutes", True),
        ("The status page said all was well", True),
        ("Nobody informed the partners", True),
        ("No internal communication plan", True),
        ("The nodes could not communicate with the control plane", False),
        ("The client updates its cache", False),
        ("The alert fired late", False),
    ],
)
def test_what_is_written_of_telling_people_makes_communications_a_finding(text, speaks):
    assert speaks_of_communications(["Something else", text]) == speaks
