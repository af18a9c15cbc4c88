"""Who should attend, and why (domain.md, Attendees; Seed: Who Attends). Proposals only: the MIM decides."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from afteractions.vocabulary import AttendeeRequirement
from incidents.vocabulary import CommandRole

# Someone who logged this much of what was decided and done was a key responder, with or without a role.
KEY_RESPONDER_ENTRIES = 3


@dataclass(frozen=True, slots=True)
class Commander:
    """Somebody who held a command role; `track` for the SME of a recovery track."""

    person: str
    role: CommandRole
    track: str = ""


@dataclass(frozen=True, slots=True)
class Acted:
    """How many decisions, actions and recovery steps somebody logged or is named in."""

    person: str
    entries: int


@dataclass(frozen=True, slots=True)
class Lead:
    person: str
    track: str


@dataclass(frozen=True, slots=True)
class ServiceOwner:
    """`person` is None for a service that nobody owns."""

    person: str | None
    service: str


@dataclass(frozen=True, slots=True)
class VendorRepresentative:
    """`person` is None while the contract names no representative."""

    person: str | None
    vendor: str
    root_cause_related: bool | None


@dataclass(frozen=True, slots=True)
class AttendanceFacts:
    """What the record says of the people, and which findings call for somebody from outside the response."""

    command: tuple[Commander, ...] = ()
    leads: tuple[Lead, ...] = ()
    acted: tuple[Acted, ...] = ()
    service_owners: tuple[ServiceOwner, ...] = ()
    vendors: tuple[VendorRepresentative, ...] = ()
    communications_are_a_finding: bool = False
    regulatory_exposure: bool = False
    security_or_compliance: tuple[str, ...] = ()
    organisational_change: bool = False
    engineering_managers: tuple[str, ...] = ()
    executive_action: bool = False
    executives: tuple[str, ...] = ()
    on_the_bridge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """`requirement` None.

    Not proposed, and `reason` says why. `person` None: somebody is still to be named.
    """

    person: str | None
    requirement: AttendeeRequirement | None
    roles: tuple[str, ...]
    reason: str


_REQUIRED_ROLES = {
    CommandRole.MIM: "Chairs the After Action.",
    CommandRole.TECHNICAL_RECOVERY_LEAD: "Owns the technical findings.",
    CommandRole.SME: "Expert on the recovery.",
    CommandRole.RESPONDER: "Key responder of the incident.",
}
_REQUIRED = AttendeeRequirement.REQUIRED
_SITUATIONAL = AttendeeRequirement.SITUATIONAL
_STRENGTH = {_REQUIRED: 0, _SITUATIONAL: 1, None: 2}


def proposals(facts: AttendanceFacts) -> list[Proposal]:
    """One proposal a person, required ones first, each with all its reasons in words.

    Who is required for one reason stays required whatever the others say.
    """
    merged: dict[str, Proposal] = {}
    unnamed: list[Proposal] = []
    for each in _found(facts):
        if each.person is None:
            unnamed.append(each)
        elif each.person in merged:
            merged[each.person] = _together(merged[each.person], each)
        else:
            merged[each.person] = each
    return sorted([*merged.values(), *unnamed], key=lambda each: _STRENGTH[each.requirement])


@dataclass(frozen=True, slots=True)
class EmptySeat:
    """A required seat that nobody has: `role` names it, `text` says what is missing and the way out."""

    role: str
    text: str


def empty_seats(facts: AttendanceFacts, filled: Collection[str] = ()) -> list[EmptySeat]:
    """The required seats for which the record names nobody, and that nobody of the list fills (`filled` are roles).

    domain.md, Attendees: an empty required seat is said before distribution.
    """
    seats = []
    if not any(each.role == CommandRole.TECHNICAL_RECOVERY_LEAD for each in facts.command):
        seats.append(
            EmptySeat(
                CommandRole.TECHNICAL_RECOVERY_LEAD.label,
                "Nobody is recorded as Technical Recovery Lead, who owns the technical findings: add who can speak for "
                "them.",
            )
        )
    for vendor in facts.vendors:
        if vendor.root_cause_related and vendor.person is None:
            seats.append(
                EmptySeat(
                    f"Representative of {vendor.vendor}",
                    f"{vendor.vendor} is part of the root cause and nobody represents it: add a person or a desk by "
                    "name and address.",
                )
            )
    for service in facts.service_owners:
        if service.person is None:
            seats.append(
                EmptySeat(
                    f"Owner of {service.service}",
                    f"The service {service.service} has no owner: add who answers for it.",
                )
            )
    return [each for each in dict.fromkeys(seats) if each.role not in filled]


def _together(one: Proposal, other: Proposal) -> Proposal:
    strong, weak = sorted((one, other), key=lambda each: _STRENGTH[each.requirement])
    if strong.requirement != weak.requirement:
        return Proposal(strong.person, strong.requirement, _once(one.roles + other.roles), strong.reason)
    reasons = _once((one.reason, other.reason))
    return Proposal(one.person, one.requirement, _once(one.roles + other.roles), " ".join(reasons))


def _once(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _found(facts: AttendanceFacts) -> Iterator[Proposal]:
    yield from _from_command(facts)
    for lead in facts.leads:
        yield Proposal(lead.person, _REQUIRED, ("Track lead",), f"Led the recovery track {lead.track}.")
    for acted in facts.acted:
        if acted.entries >= KEY_RESPONDER_ENTRIES:
            yield Proposal(
                acted.person,
                _REQUIRED,
                (CommandRole.RESPONDER.label,),
                f"Key responder: {acted.entries} entries of the timeline.",
            )
    for owner in facts.service_owners:
        if owner.person is None:
            continue
        yield Proposal(owner.person, _REQUIRED, ("Service owner",), f"Owns the service {owner.service}.")
    for vendor in facts.vendors:
        yield Proposal(
            vendor.person,
            _REQUIRED if vendor.root_cause_related else None,
            ("Vendor representative",),
            f"Represents {vendor.vendor}, whose failure is part of the root cause."
            if vendor.root_cause_related
            else f"{vendor.vendor} was involved; its failure is not known to be part of the root cause.",
        )
    yield from _from_findings(facts)
    for person in facts.on_the_bridge:
        yield Proposal(person, None, (), "Was on the bridge: a structured review is not a group debrief.")


def _from_command(facts: AttendanceFacts) -> Iterator[Proposal]:
    for commander in facts.command:
        role = commander.role
        if role in _REQUIRED_ROLES:
            on_track = f"SME on the recovery track {commander.track}."
            reason = on_track if commander.track else _REQUIRED_ROLES[role]
            yield Proposal(commander.person, _REQUIRED, (role.label,), reason)
        elif role == CommandRole.COMMUNICATIONS_LEAD and facts.communications_are_a_finding:
            yield Proposal(commander.person, _SITUATIONAL, (role.label,), "Communications are a finding.")
        else:
            yield Proposal(
                commander.person, None, (role.label,), f"Was {role.label}; no finding calls for this role."
            )


def _from_findings(facts: AttendanceFacts) -> Iterator[Proposal]:
    if facts.regulatory_exposure:
        for person in facts.security_or_compliance or (None,):
            yield Proposal(
                person, _SITUATIONAL, ("Security or Compliance",), "Regulatory exposure was involved."
            )
    if facts.organisational_change:
        for person in facts.engineering_managers or (None,):
            yield Proposal(
                person,
                _SITUATIONAL,
                ("Engineering Manager or Director",),
                "Findings require organisational change.",
            )
    if facts.executive_action:
        for person in facts.executives or (None,):
            yield Proposal(person, _SITUATIONAL, ("Executive",), "A finding requires executive action.")
    else:
        for person in facts.executives:
            yield Proposal(person, None, ("Executive",), "No finding requires executive action.")
