"""Who should attend, and why (domain.md, Attendees; Seed: Who Attends). Proposals only: the MIM decides."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from afteractions.vocabulary import AttendeeRequirement
from incidents.vocabulary import CommandRole

# Someone who logged this much of what was decided and done was a key responder, with or without a role.
KEY_RESPONDER_ENTRIES = 3


@dataclass(frozen=True, slots=True)
class Commander:
    """Somebody who held a command role; `track` for the SME of a recovery track, `handed_over` for a MIM of before."""

    person: str
    role: CommandRole
    track: str = ""
    handed_over: bool = False


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
    communications_are_written_of: bool = False
    regulatory_exposure: bool = False
    security_or_compliance: tuple[str, ...] = ()
    organisational_change: bool = False
    engineering_managers: tuple[str, ...] = ()
    executive_action: bool = False
    executives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttendeeProposal:
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
}
_REQUIRED = AttendeeRequirement.REQUIRED
_SITUATIONAL = AttendeeRequirement.SITUATIONAL
SECURITY_SEAT = "Security or Compliance"
MANAGER_SEAT = "Engineering Manager or Director"
BRIDGE = "a structured review is not a group debrief"
_TOLD = r"(?:customers?|users|clients|partners)"
_OF_COMMUNICATIONS = re.compile(
    r"\bcomms\b|\bstatus[ -](?:page|update|note)s?\b|\bstakeholders?\b"
    r"|\b(?:public|press) (?:statement|notice|release)s?\b"
    r"|\b(?:customer|external|internal|crisis|incident|stakeholder) communications?\b"
    r"|\bcommunications? (?:lead|team|plan|template|channel|cadence)s?\b"
    rf"|\b(?:tell|told|inform\w*|notif\w+|updat\w+) (?:the |our |all )?(?:{_TOLD}|public|regulators?)\b"
    rf"|\b{_TOLD} (?:were|was|are|had) (?:not |never |only |late )?(?:been )?(?:told|informed|notified|updated)\b",
    re.IGNORECASE,
)
_STRONGEST_FIRST = (_REQUIRED, _SITUATIONAL, None)


def proposals(facts: AttendanceFacts) -> list[AttendeeProposal]:
    """One proposal a person, required ones first, each with all its reasons in words.

    Who is required for one reason stays required whatever the others say.
    """
    merged: dict[str, AttendeeProposal] = {}
    unnamed: list[AttendeeProposal] = []
    for row in _proposed(facts):
        if row.person is None:
            unnamed.append(row)
        elif row.person in merged:
            merged[row.person] = _together(merged[row.person], row)
        else:
            merged[row.person] = row
    return sorted([*merged.values(), *unnamed], key=lambda item: _STRONGEST_FIRST.index(item.requirement))


@dataclass(frozen=True, slots=True)
class EmptySeat:
    """A required seat that nobody has: `role` names it, `text` says what is missing and the way out."""

    role: str
    text: str


def speaks_of_communications(texts: Iterable[str]) -> bool:
    """Whether what was written makes the communications a finding."""
    return any(_OF_COMMUNICATIONS.search(text) for text in texts)


def empty_seats(
    facts: AttendanceFacts,
    *,
    filled: Collection[str],
    listed: Collection[str],
    names: Mapping[str, str],
) -> list[EmptySeat]:
    """The seats that nobody has: those for which the record names nobody, and that nobody of the list fills (`filled`
    are roles); and of whoever it requires by name, those who are not `listed`, under their `names`.

    domain.md, Attendees: an empty required seat is said before distribution, and who is added later is invited then.
    """
    seats = [*_unnamed(facts), *_unlisted(facts, listed, names)]
    return [row for row in dict.fromkeys(seats) if row.role not in filled]


def _unlisted(
    facts: AttendanceFacts, listed: Collection[str], names: Mapping[str, str]
) -> Iterator[EmptySeat]:
    for proposal in proposals(facts):
        person = proposal.person
        if proposal.requirement is _REQUIRED and person is not None and person not in listed:
            name = names.get(person, person)
            yield EmptySeat(
                f"{proposal.roles[0]}: {name}",
                f"{name} is to attend and was not invited. {proposal.reason} Update from the record on the page "
                "People: the invitation goes out.",
            )


def _unnamed(facts: AttendanceFacts) -> Iterator[EmptySeat]:
    if not any(row.role == CommandRole.MIM and not row.handed_over for row in facts.command):
        yield EmptySeat(
            CommandRole.MIM.label,
            "The incident has no MIM, who chairs: claim it, or add who takes the chair.",
        )
    if not any(row.role == CommandRole.TECHNICAL_RECOVERY_LEAD for row in facts.command):
        yield EmptySeat(
            CommandRole.TECHNICAL_RECOVERY_LEAD.label,
            "Nobody is recorded as Technical Recovery Lead, who owns the technical findings: add who can speak for "
            "them.",
        )
    for vendor in facts.vendors:
        if vendor.root_cause_related and vendor.person is None:
            yield EmptySeat(
                f"Representative of {vendor.vendor}",
                f"{vendor.vendor} is part of the root cause and nobody represents it: add a person or a desk by name "
                "and address.",
            )
    for service in facts.service_owners:
        if service.person is None:
            yield EmptySeat(
                f"Owner of {service.service}",
                f"The service {service.service} has no owner: add who answers for it.",
            )
    if facts.regulatory_exposure and not facts.security_or_compliance:
        yield EmptySeat(
            SECURITY_SEAT,
            "The record states regulatory exposure: add who answers for security or compliance.",
        )
    if facts.organisational_change and not facts.engineering_managers:
        yield EmptySeat(
            MANAGER_SEAT,
            "A finding requires organisational change and nobody leads above its owner: add who can decide it.",
        )
    led = any(row.role == CommandRole.COMMUNICATIONS_LEAD for row in facts.command)
    if facts.communications_are_written_of and not led:
        yield EmptySeat(
            CommandRole.COMMUNICATIONS_LEAD.label,
            "Communications are a finding and nobody led them: add who can speak for them.",
        )


def _together(one: AttendeeProposal, other: AttendeeProposal) -> AttendeeProposal:
    strong, weak = sorted((one, other), key=lambda item: _STRONGEST_FIRST.index(item.requirement))
    if strong.requirement != weak.requirement:
        return AttendeeProposal(
            strong.person, strong.requirement, _once(one.roles + other.roles), strong.reason
        )
    reasons = _once((one.reason, other.reason))
    return AttendeeProposal(one.person, one.requirement, _once(one.roles + other.roles), " ".join(reasons))


def _once(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _proposed(facts: AttendanceFacts) -> Iterator[AttendeeProposal]:
    yield from _from_command(facts)
    for lead in facts.leads:
        yield AttendeeProposal(
            lead.person, _REQUIRED, ("Track lead",), f"Led the recovery track {lead.track}."
        )
    for acted in facts.acted:
        entries = f"{acted.entries} {'entry' if acted.entries == 1 else 'entries'} of the timeline"
        responder = (CommandRole.RESPONDER.label,)
        if acted.entries >= KEY_RESPONDER_ENTRIES:
            yield AttendeeProposal(acted.person, _REQUIRED, responder, f"Key responder: {entries}.")
        else:
            yield AttendeeProposal(
                acted.person, None, responder, f"Was on the bridge, with {entries}: {BRIDGE}."
            )
    for owner in facts.service_owners:
        if owner.person is None:
            continue
        yield AttendeeProposal(
            owner.person, _REQUIRED, ("Service owner",), f"Owns the service {owner.service}."
        )
    for vendor in facts.vendors:
        yield AttendeeProposal(
            vendor.person,
            _REQUIRED if vendor.root_cause_related else None,
            ("Vendor representative",),
            f"Represents {vendor.vendor}, whose failure is part of the root cause."
            if vendor.root_cause_related
            else f"{vendor.vendor} was involved; its failure is not known to be part of the root cause.",
        )
    yield from _from_findings(facts)


def _from_command(facts: AttendanceFacts) -> Iterator[AttendeeProposal]:
    for commander in facts.command:
        role = commander.role
        if role in _REQUIRED_ROLES:
            on_track = f"SME on the recovery track {commander.track}."
            reason = on_track if commander.track else _REQUIRED_ROLES[role]
            if commander.handed_over:
                reason = "Commanded the incident before the handover."
            yield AttendeeProposal(commander.person, _REQUIRED, (role.label,), reason)
        elif role == CommandRole.COMMUNICATIONS_LEAD and (
            facts.communications_are_a_finding or facts.communications_are_written_of
        ):
            yield AttendeeProposal(
                commander.person, _SITUATIONAL, (role.label,), "Communications are a finding."
            )
        elif role == CommandRole.RESPONDER:
            # Anybody may say so of themselves while it runs: what they did makes them a key responder.
            yield AttendeeProposal(commander.person, None, (role.label,), f"Was on the bridge: {BRIDGE}.")
        else:
            yield AttendeeProposal(
                commander.person, None, (role.label,), f"Was {role.label}; no finding calls for this role."
            )


def _from_findings(facts: AttendanceFacts) -> Iterator[AttendeeProposal]:
    if facts.regulatory_exposure:
        for person in facts.security_or_compliance or (None,):
            yield AttendeeProposal(
                person, _SITUATIONAL, (SECURITY_SEAT,), "Regulatory exposure was involved."
            )
    if facts.organisational_change:
        for person in facts.engineering_managers or (None,):
            yield AttendeeProposal(
                person,
                _SITUATIONAL,
                (MANAGER_SEAT,),
                "Findings require organisational change.",
            )
    if facts.executive_action:
        for person in facts.executives or (None,):
            yield AttendeeProposal(
                person, _SITUATIONAL, ("Executive",), "A finding requires executive action."
            )
    else:
        for person in facts.executives:
            yield AttendeeProposal(person, None, ("Executive",), "No finding requires executive action.")
