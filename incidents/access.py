"""Who may do what with an incident (domain.md, People). Denied unless a line here allows it.

Administrators may do every verb on what they may see; a restricted incident is seen only by those it lets in.
"""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from incidents.models import CommandAssignment, Incident, IncidentAccess, RecoveryTrack, TrackMember
from incidents.rules.response.mtm import is_for
from incidents.vocabulary import CommandRole, ImpactField, Severity
from majorops.errors import NotFound
from majorops.people.access import can_administer
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.prepared import prepared

# Roles that carry rights (domain.md, The incident record).
CARRY_RIGHTS = frozenset(
    {CommandRole.MIM, CommandRole.TECHNICAL_RECOVERY_LEAD, CommandRole.RECOVERY_DIRECTOR}
)
# Alert info that the requirement is decided from (domain.md, When an After Action is required).
DECIDES_REQUIREMENT = frozenset(
    {ImpactField.EXTERNAL, ImpactField.CUSTOMERS_AFFECTED, ImpactField.UNUSUAL_FACTORS}
)
# Reasons to know of an incident that give no part in it: being let in to read, hearing how it goes. Roles and tracks
# are judged by the record itself, where a correction takes them back.
NO_PART = (
    "was let in",
    "stakeholder",
    "holds a role",
    "leads a recovery track",
    "works on a recovery track",
)
COMMAND_ONLY = (
    "Only the incident's Major Incident Manager may do this; where it has none, any Major Incident Manager."
)
MANAGER_ONLY = (
    "Only the manager of the Major Incident Manager may confirm that it never was mandatory; where there is none, an "
    "administrator. Nobody confirms a correction of their own."
)
MIM_GROUP_ONLY = "Only a Major Incident Manager may claim an incident, and only one that nobody commands."
DECLARERS_ONLY = "Your account reads incidents and declares none. Ask an administrator."
SERVICES_ONLY = "Administrators keep the list of services. Ask one of them."
CONTRACTS_ONLY = "Only Service Managers and administrators keep the contracts of vendors."


def get_incident(person: Person, reference: str) -> Incident:
    """The incident as `person` may see it. Raises NotFound alike for one that is not there and one not to be known."""
    rows = _visible(person=person, reference=reference)
    if not rows:
        raise NotFound(f"There is no incident {reference[:40]} that you may see.")
    return rows[0]


@prepared
def _visible(*, person: Person, reference: str) -> QuerySet[Incident]:
    visible = Incident.objects.visible_to(person).filter(reference=reference)
    return visible.select_related("mim", "mim__account", "repeat_of")


def can_see(person: Person, incident: Incident) -> bool:
    """The rule of `Incident.objects.visible_to`, for one incident already at hand."""
    if not incident.restricted or person.is_in(GroupName.AUDITOR):
        return True
    return IncidentAccess.objects.filter(incident=incident, person=person).exists()


def unseen_by(person: Person, references: set[str]) -> set[str]:
    """Those of the references that are not of an incident this person may see."""
    visible = Incident.objects.visible_to(person).filter(reference__in=references)
    return references - set(visible.values_list("reference", flat=True))


def can_declare(person: Person) -> bool:
    return _acts(person)


def can_record(person: Person, incident: Incident) -> bool:
    """Log events, impact, updates, tracks, roles, vendors and MTMs: while it runs whoever may see it, after the close
    those with a part in it."""
    if not (_acts(person) and can_see(person, incident)):
        return False
    return not incident.is_closed or has_part(person, incident)


def can_record_times(person: Person, incident: Incident) -> bool:
    """Record milestones and phases: whoever may record while it runs, after the close whom `can_settle_times` names."""
    if not incident.is_closed:
        return can_record(person, incident)
    return can_settle_times(person, incident)


def can_state_impact(person: Person, incident: Incident, field: ImpactField) -> bool:
    """State alert info: whoever may record; after the close what decides the requirement is said by those who settle
    its times and severity."""
    if incident.is_closed and field in DECIDES_REQUIREMENT:
        return can_settle_times(person, incident)
    return can_record(person, incident)


def can_change_severity(person: Person, incident: Incident) -> bool:
    """Change the severity: whoever commands while it runs, after the close whom `can_settle_times` names."""
    return can_settle_times(person, incident) if incident.is_closed else can_command(person, incident)


def can_settle_times(person: Person, incident: Incident) -> bool:
    """Say after the close what decides the requirement: MIM, owner of the After Action and Technical Recovery Lead."""
    if not (_acts(person) and can_see(person, incident)):
        return False
    return (
        _commands(person, incident)
        or _is_one(person, owner_of(incident))
        or is_recovery_lead(person, incident)
    )


def can_confirm_role(person: Person, incident: Incident) -> bool:
    """Confirm a role that was recorded or corrected after the close: the MIM and the owner of the After Action."""
    if not (_acts(person) and can_see(person, incident)):
        return False
    return _commands(person, incident) or _is_one(person, owner_of(incident))


def can_give_role(
    person: Person, incident: Incident, role: CommandRole, to: Person | None, *, ends: bool = False
) -> bool:
    """Record who holds a role (`to`) or that it `ends`. Those that carry rights are given by whoever commands, or taken
    up by a Major Incident Manager while the incident runs; whoever holds one may lay it down."""
    if role not in CARRY_RIGHTS:
        return can_record(person, incident)
    if can_command(person, incident):
        return True
    if role is CommandRole.MIM or incident.is_closed or to is None or not can_record(person, incident):
        return False
    return _is_one(person, to) and (ends or person.is_in(GroupName.MIM))


def is_recovery_lead(person: Person, incident: Incident) -> bool:
    """Whether the person is or was Technical Recovery Lead, by an assignment that carries its rights."""
    held = CommandAssignment.objects.carrying_rights().filter(role=CommandRole.TECHNICAL_RECOVERY_LEAD)
    return held.filter(_named(person), incident=incident).exists()


def has_part(person: Person, incident: Incident) -> bool:
    """Whether the person plays a part in the incident or in what follows it: commands it, held a role, led a track or
    worked on one, owns a service involved, declared it, attends, writes, owns an action item."""
    if _commands(person, incident) or _is_one(person, owner_of(incident)):
        return True
    of_it: dict[str, Any] = {"incident": OuterRef("pk")}
    held = CommandAssignment.objects.carrying_rights().filter(_named(person), **of_it)
    led = RecoveryTrack.objects.carrying_rights().filter(_named(person, "lead"), **of_it)
    worked = TrackMember.objects.filter(_named(person), track__incident=OuterRef("pk"))
    known = IncidentAccess.objects.filter(person=person, **of_it).exclude(why__in=NO_PART)
    parts = Exists(known) | Exists(held) | Exists(led) | Exists(worked)
    return Incident.objects.filter(parts, pk=incident.pk).exists()


def can_call_mtm(person: Person, incident: Incident) -> bool:
    """Start a Major Technical Meeting while the incident runs; record afterwards that one was held."""
    return can_record(person, incident) if incident.is_closed else can_command(person, incident)


def can_command(person: Person, incident: Incident) -> bool:
    """Severity, close, hand over, restrict, repeat link: the MIM; the MIM group where nobody commands."""
    return _acts(person) and can_see(person, incident) and _commands(person, incident)


def can_reopen(person: Person, incident: Incident) -> bool:
    return can_command(person, incident)


def can_claim(person: Person, incident: Incident) -> bool:
    return (
        _acts(person)
        and can_see(person, incident)
        and commander(incident) is None
        and person.is_in(GroupName.MIM, GroupName.ADMINISTRATOR)
    )


def can_confirm_lowering(person: Person, incident: Incident) -> bool:
    """The MIM's manager, an administrator where there is none; never who made one of the corrections: it takes two."""
    if not (_acts(person) and can_see(person, incident)) or _corrected(person, incident):
        return False
    mim = commander(incident)
    manager = mim.manager if mim is not None else None
    if manager is not None and manager.is_active:
        return manager.pk == person.pk
    return person.is_administrator


def _corrected(person: Person, incident: Incident) -> bool:
    """Whether the requirement was decided anew, or a severity taken back, by what this person recorded."""
    decisions = incident.requirement_decisions.order_by("pk").values_list("by", "lowering_confirmed")
    corrected = [by for by, confirmed in decisions[1:] if not confirmed]
    return person.pk in corrected or incident.severity_changes.filter(never_was=True, by=person).exists()


def can_keep_contracts(person: Person) -> bool:
    """Take vendors in and say what their contracts promise."""
    return _acts(person) and (person.is_administrator or person.is_in(GroupName.SERVICE_MANAGER))


def can_keep_services(person: Person) -> bool:
    """Put services on the list, say who owns them, and take them off."""
    return _acts(person) and can_administer(person)


def can_import_history(person: Person) -> bool:
    return _acts(person) and person.is_administrator


def commander(incident: Incident) -> Person | None:
    """The MIM who can act: an active account, or the account that a contact was linked to; None leaves the incident
    to the MIM group until somebody claims it."""
    mim = incident.mim
    if mim is not None and mim.is_contact:
        mim = mim.account
    return mim if mim is not None and mim.is_active and not mim.is_contact else None


def can_read_review(person: Person, incident: Incident) -> bool:
    """Read the review that an incident was imported with: whoever reads the draft that it fills; without an After
    Action whoever commands, Auditors and administrators."""
    after_action = getattr(incident, "after_action", None)
    if after_action is not None:
        read: bool = after_action.draft_is_read_by(person)
        return read
    return person.is_in(GroupName.AUDITOR) or _commands(person, incident)


def owner_of(incident: Incident) -> Person | None:
    """The owner of its After Action; None where there is neither."""
    after_action = getattr(incident, "after_action", None)
    return after_action.owner if after_action is not None else None


def why_not_record(incident: Incident) -> str:
    """The sentence for whoever may not record: why, and who can."""
    if not incident.is_closed:
        return f"Your account reads incidents and changes none. Ask {_who_commands(incident)} to record it."
    return (
        "This incident is closed: only those with a part in it add to its record. "
        f"Ask {_who_commands(incident)} to record it."
    )


def why_not_times(incident: Incident) -> str:
    """The same for milestones, phases and times."""
    if not incident.is_closed:
        return why_not_record(incident)
    return (
        "This incident is closed: its milestones, severity and times are corrected by the Major Incident Manager, the "
        f"owner of the After Action and the Technical Recovery Lead. Ask {_who_settles(incident)}."
    )


def why_not_impact(incident: Incident, field: ImpactField) -> str:
    """The same for alert info."""
    if not incident.is_closed or field not in DECIDES_REQUIREMENT:
        return why_not_record(incident)
    return (
        "This incident is closed, and this decides whether its After Action is required: it is corrected by the "
        "Major Incident Manager, the owner of the After Action and the Technical Recovery Lead. "
        f"Ask {_who_settles(incident)}."
    )


def why_not_severity(incident: Incident) -> str:
    """The same for the severity."""
    return why_not_times(incident) if incident.is_closed else why_not_command(incident)


def why_not_command(incident: Incident) -> str:
    """The same for what only whoever commands may do."""
    mim = commander(incident)
    if mim is None:
        return "Nobody commands this incident. A Major Incident Manager can claim it and then do this."
    return f"Only {mim}, who commands this incident, may do this."


def why_not_call_mtm(incident: Incident) -> str:
    """The same for calling a Major Technical Meeting."""
    if incident.is_closed:
        return why_not_record(incident)
    if not is_for(Severity(incident.highest_severity)):
        return (
            "A Major Technical Meeting is called for a Critical incident, and this one is "
            f"{incident.severity_label}. Change the severity first if that is not so."
        )
    return why_not_command(incident)


def why_not_give_role(incident: Incident) -> str:
    """The same for roles that carry rights."""
    return (
        "This role carries rights: it is given by whoever commands the incident, or taken up by a Major Incident "
        f"Manager while it runs. Ask {_who_commands(incident)}."
    )


def why_not_confirm_role(incident: Incident) -> str:
    """The same for confirming a role."""
    return (
        "A role recorded after the close is confirmed by the Major Incident Manager or the owner of the After Action. "
        f"Ask {_who_settles(incident)}."
    )


def _who_commands(incident: Incident) -> str:
    mim = commander(incident)
    return str(mim) if mim is not None else "a Major Incident Manager"


def _who_settles(incident: Incident) -> str:
    mim, owner = _who_commands(incident), owner_of(incident)
    return mim if owner is None or str(owner) == mim else f"{mim} or {owner}"


def _commands(person: Person, incident: Incident) -> bool:
    mim = commander(incident)
    if person.is_administrator or person == mim:
        return True
    return mim is None and person.is_in(GroupName.MIM)


def _is_one(person: Person, named: Person | None) -> bool:
    """Whether `person` is the one named, or the account that a named contact was linked to."""
    return named is not None and person.pk in (named.pk, named.account_id)


def _named(person: Person, field: str = "person") -> Q:
    return Q(**{field: person}) | Q(**{f"{field}__account": person})


def _acts(person: Person) -> bool:
    """Whether the person has a live account that does more than read."""
    if not person.is_authenticated or not person.is_active or person.is_contact:
        return False
    return not person.only_reads
