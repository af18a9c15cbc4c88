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


def command(role: CommandRole, **more) -> dict[str, object]:
    return {"command": (Commander("p", role, **more),)}


DEBRIEF = "a structured review is not a group debrief."
LED_COMMUNICATIONS = command(CommandRole.COMMUNICATIONS_LEAD)


@pytest.mark.parametrize(
    ("facts", "requirement", "reason"),
    [
        (command(CommandRole.MIM), REQUIRED, "Chairs the After Action."),
        (command(CommandRole.TECHNICAL_RECOVERY_LEAD), REQUIRED, "Owns the technical findings."),
        (command(CommandRole.SME, track="Database"), REQUIRED, "SME on the recovery track Database."),
        (command(CommandRole.SME), REQUIRED, "Expert on the recovery."),
        (command(CommandRole.RESPONDER), None, f"Was on the bridge: {DEBRIEF}"),
        (
            command(CommandRole.RESPONDER) | {"acted": (Acted("p", 3),)},
            REQUIRED,
            "Key responder: 3 entries of the timeline.",
        ),
        (command(CommandRole.MIM, handed_over=True), REQUIRED, "Commanded the incident before the handover."),
        (command(CommandRole.SCRIBE), None, "Was Scribe; no finding calls for this role."),
        (
            command(CommandRole.SCRIBE) | {"communications_are_a_finding": True},
            None,
            "Was Scribe; no finding calls for this role.",
        ),
        (LED_COMMUNICATIONS, None, "Was Customer Communications Lead; no finding calls for this role."),
        (
            LED_COMMUNICATIONS | {"communications_are_a_finding": True},
            SITUATIONAL,
            "Communications are a finding.",
        ),
        (
            LED_COMMUNICATIONS | {"communications_are_written_of": True},
            SITUATIONAL,
            "Communications are a finding.",
        ),
        ({"leads": (Lead("p", "Network"),)}, REQUIRED, "Led the recovery track Network."),
        ({"acted": (Acted("p", 3),)}, REQUIRED, "Key responder: 3 entries of the timeline."),
        ({"acted": (Acted("p", 2),)}, None, f"Was on the bridge, with 2 entries of the timeline: {DEBRIEF}"),
        ({"acted": (Acted("p", 1),)}, None, f"Was on the bridge, with 1 entry of the timeline: {DEBRIEF}"),
        ({"service_owners": (ServiceOwner("p", "Checkout"),)}, REQUIRED, "Owns the service Checkout."),
        (
            {"vendors": (VendorRepresentative("p", "Cloud Co", True),)},
            REQUIRED,
            "Represents Cloud Co, whose failure is part of the root cause.",
        ),
        *(
            (
                {"vendors": (VendorRepresentative("p", "Cloud Co", not_known),)},
                None,
                "Cloud Co was involved; its failure is not known to be part of the root cause.",
            )
            for not_known in (False, None)
        ),
        (
            {"regulatory_exposure": True, "security_or_compliance": ("p",)},
            SITUATIONAL,
            "Regulatory exposure was involved.",
        ),
        (
            {"organisational_change": True, "engineering_managers": ("p",)},
            SITUATIONAL,
            "Findings require organisational change.",
        ),
        ({"executives": ("p",)}, None, "No finding requires executive action."),
        (
            {"executives": ("p",), "executive_action": True},
            SITUATIONAL,
            "A finding requires executive action.",
        ),
    ],
)
def test_each_part_in_the_incident_leads_to_its_proposal_with_a_reason(facts, requirement, reason):
    """domain.md, Attendees; Seed: Who Attends."""
    found = proposed(**facts)["p"]
    assert (found.requirement, found.reason) == (requirement, reason)


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


@pytest.mark.parametrize(
    "facts",
    [
        {"vendors": (VendorRepresentative(None, "Cloud Co", True),)},
        {"regulatory_exposure": True},
        {"organisational_change": True},
        {"executive_action": True},
    ],
)
def test_a_part_that_nobody_holds_yet_is_shown_as_still_to_be_named(facts):
    [found] = proposals(AttendanceFacts(**facts))
    assert found.person is None
    assert found.requirement in (REQUIRED, SITUATIONAL)


def test_nobody_is_proposed_for_a_service_that_nobody_owns():
    assert proposals(AttendanceFacts(service_owners=(ServiceOwner(None, "Checkout"),))) == []


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


def seats(facts, filled=(), names=None, listed=None):
    """The roles of the empty seats; without `listed` everybody is invited whom the record names."""
    invited = listed if listed is not None else [each.person for each in proposals(facts)]
    return [each.role for each in empty_seats(facts, filled=filled, listed=invited, names=names or {})]


def test_a_mim_who_is_gone_leaves_the_chair_empty():
    assert seats(AttendanceFacts()) == ["Major Incident Manager", "Technical Recovery Lead"]
    assert seats(FULL) == []
    assert seats(replace(FULL, command=FULL.command[:1])) == ["Technical Recovery Lead"]
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
    assert seats(facts, listed={"ann", "bob", "lea"}) == ["Vendor representative: vera"]
    # Who is not required is missed by nobody.
    situational = replace(
        FULL, regulatory_exposure=True, security_or_compliance=("cy",), acted=(Acted("dee", 1),)
    )
    assert seats(situational, listed={"ann", "bob"}) == []


def test_a_vendor_in_the_root_cause_without_a_person_and_a_service_without_an_owner_are_empty_seats():
    """domain.md, Attendees: an empty required seat (no TRL, no vendor's person, a service without an owner)."""
    vendors = tuple(
        VendorRepresentative(None, name, related)
        for name, related in (("Cloud Co", True), ("DNS Ltd", False), ("CDN Inc", None))
    )
    services = (ServiceOwner(None, "Checkout"), ServiceOwner("eve", "Search"))
    facts = replace(FULL, vendors=vendors, service_owners=services)
    assert seats(facts, listed={"ann", "bob", "eve"}) == ["Representative of Cloud Co", "Owner of Checkout"]


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
