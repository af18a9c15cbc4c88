"""Who may know of an incident, and who commands it."""

from collections.abc import Callable

import pytest

from incidents.access import (
    can_claim,
    can_command,
    can_confirm_lowering,
    can_declare,
    can_import_history,
    can_record,
    can_reopen,
    can_see,
    commander,
    get_incident,
)
from incidents.models import Incident
from incidents.operations.declare import affect_service
from incidents.operations.letting_in import let_in
from incidents.operations.log import log_event
from incidents.operations.response.command import (
    add_member,
    admit,
    assign,
    claim,
    open_track,
    restrict,
    update_track,
)
from incidents.operations.response.mtm import ActionOfMtm, record_mtm, update_mtm
from incidents.queries.incidents import incident_list, visible_references
from majorops.errors import BadInput, NotAllowed, NotFound, RuleViolation
from majorops.people.directory import find_person
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.incidents import OPENED, an_incident
from tests.factories.people import a_contact, a_mim, a_person, an_administrator, an_auditor

pytestmark = pytest.mark.django_db


def sees(person: Person, incident: Incident) -> bool:
    """All ways to an incident give the same answer."""
    answers = {
        can_see(person, incident),
        incident in incident_list(person),
        incident in incident_list(person, {"search": incident.reference}),
        visible_references(person, [incident.reference]) == {incident.reference},
    }
    try:
        answers.add(get_incident(person, incident.reference) == incident)
    except NotFound:
        answers.add(False)
    assert len(answers) == 1
    return answers.pop()


def test_an_open_incident_is_known_to_everybody_signed_in() -> None:
    assert sees(a_person(), an_incident())


def test_a_restricted_incident_is_known_to_its_people_its_auditors_and_those_let_in() -> None:
    mim = a_mim()
    incident = an_incident(mim, restricted=True)
    responder, lead, second_lead, sme, owner, friend, account = (
        a_person(name)
        for name in ("Ada Moreau", "Rena Holt", "Ivo Marsh", "Sol Tamm", "Nils Arden", "Lea Voss", "Kim Ott")
    )
    everybody = [responder, lead, second_lead, sme, owner, friend, account]
    assert not any(sees(person, incident) for person in everybody)

    assign(incident, role="responder", person=responder, by=mim, at=OPENED, now=OPENED)
    track = open_track(incident, name="Database", lead=lead, by=mim, at=OPENED, now=OPENED)
    update_track(track, lead=second_lead, by=mim, at=OPENED, now=OPENED)
    add_member(track, person=sme, by=mim, at=OPENED, now=OPENED)
    service = an_incident(mim, services=["Payments"]).affected_services.get().service
    service.owner = owner
    service.save()
    affect_service(incident, name="payments", by=mim, at=OPENED, now=OPENED)
    admit(incident, person=friend, reason="Works on the cause", by=mim, at=OPENED, now=OPENED)
    contact = a_contact(incident.reference)
    contact.account = account
    contact.save()
    let_in(incident, contact, "attends the meeting", OPENED)
    let_in(incident, contact, "attends the meeting", OPENED)

    assert all(sees(person, incident) for person in everybody)
    assert sees(an_auditor(), incident)
    assert sees(mim, incident)


@pytest.mark.parametrize(
    "groups",
    [[], [GroupName.MIM], [GroupName.COMMUNICATIONS], [GroupName.SERVICE_MANAGER], [GroupName.ADMINISTRATOR]],
)
def test_nobody_else_knows_of_it_whatever_their_group(groups: list[GroupName]) -> None:
    incident = an_incident(restricted=True)
    outsider = a_person(groups=groups)
    assert not sees(outsider, incident)
    with pytest.raises(NotFound):
        log_event(incident, kind="action", text="Guessing", by=outsider, at=OPENED, now=OPENED)


def test_absent_and_not_to_be_known_read_alike() -> None:
    incident = an_incident(restricted=True)
    outsider = a_person()
    sentences = []
    for reference in (incident.reference, "INC-222222"):
        with pytest.raises(NotFound) as absent:
            get_incident(outsider, reference)
        sentences.append(absent.value.sentence.replace(reference, "…"))
    assert len(set(sentences)) == 1


def test_restricting_takes_a_reason_and_never_locks_out_who_does_it() -> None:
    incident = an_incident()
    administrator = an_administrator()
    with pytest.raises(BadInput):
        restrict(incident, restricted=True, reason="", by=administrator, at=OPENED, now=OPENED)
    restrict(incident, restricted=True, reason="Names customers", by=administrator, at=OPENED, now=OPENED)
    assert sees(administrator, incident)
    assert not sees(a_person(), incident)
    with pytest.raises(RuleViolation):
        restrict(incident, restricted=True, reason="Again", by=administrator, at=OPENED, now=OPENED)
    restrict(incident, restricted=False, reason="Told them all", by=administrator, at=OPENED, now=OPENED)
    assert sees(a_person(), incident)


def test_command_is_the_mims_and_the_administrators() -> None:
    mim, other_mim, responder = a_mim(), a_mim("Juno Vale"), a_person()
    incident = an_incident(mim)
    for may in (can_command, can_reopen):
        assert may(mim, incident)
        assert may(an_administrator(), incident)
        assert not may(other_mim, incident)
        assert not may(responder, incident)
        assert not may(an_auditor(), incident)
    assert can_record(responder, incident)
    assert not can_claim(other_mim, incident)


@pytest.mark.parametrize("mim", ["none", "contact", "disabled"])
def test_what_nobody_commands_belongs_to_the_group_until_claimed(mim: str) -> None:
    incident = an_incident(a_person(), mim=None)
    incident.mim = {
        "none": None,
        "contact": a_contact(incident.reference),
        "disabled": a_person(is_active=False),
    }[mim]
    incident.save()
    taker = a_mim("Juno Vale")
    assert commander(incident) is None
    assert can_command(taker, incident)
    assert can_claim(taker, incident)
    assert not can_claim(a_person(), incident)
    with pytest.raises(NotAllowed):
        claim(incident, by=a_person(), at=OPENED, now=OPENED)
    handover = claim(incident, by=taker, at=OPENED, now=OPENED)
    stored = Incident.objects.get(pk=incident.pk)
    assert stored.mim == handover.to_person == taker
    assert not can_command(a_mim(), stored)
    with pytest.raises(NotAllowed):
        claim(stored, by=a_mim(), at=OPENED, now=OPENED)


def test_a_contact_linked_to_an_account_commands_by_it() -> None:
    incident = an_incident(a_person(), mim=None)
    account, contact = a_person("Kim Ott"), a_contact(incident.reference)
    contact.account = account
    contact.save()
    incident.mim = contact
    incident.save()
    assert commander(incident) == account
    assert can_command(account, incident)


def test_the_mims_manager_confirms_a_lowering_and_nobody_else() -> None:
    manager = a_person("Vera Lindqvist", manager=a_person("Top Hat"))
    mim = a_mim(manager=manager)
    incident = an_incident(mim)
    assert can_confirm_lowering(manager, incident)
    assert not can_confirm_lowering(an_administrator(), incident)
    assert not can_confirm_lowering(manager.manager, incident)
    assert not can_confirm_lowering(mim, incident)


def test_auditors_contacts_and_disabled_accounts_do_nothing() -> None:
    incident = an_incident()
    for person in (an_auditor(), a_contact(incident.reference), a_person(is_active=False)):
        assert not can_declare(person)
        assert not can_record(person, incident)
        assert not can_import_history(person)
    both = a_person(groups=[GroupName.AUDITOR, GroupName.MIM])
    assert can_record(both, incident)
    assert can_import_history(an_administrator())
    assert not can_import_history(a_mim())


def test_people_are_found_by_the_names_the_api_gives_them() -> None:
    incident = an_incident()
    person, contact = a_person(), a_contact(incident.reference, "noc")
    assert find_person(f" {person.email.upper()} ", scope=incident.reference) == person
    assert find_person(contact.identifier, scope=incident.reference) == contact
    for identifier, scope in (("contact:noc", "INC-ELSE"), ("nobody@majorops.example", ""), ("", "")):
        with pytest.raises(BadInput) as refused:
            find_person(identifier, scope=scope, path="command[0].person")
        assert refused.value.problems[0].path == "command[0].person"


def test_a_responder_names_nobody_who_may_not_know_of_the_incident() -> None:
    """Whatever a responder may record of somebody would let them in; only whoever commands it decides that."""
    mim, responder, stranger = a_mim(), a_person("Ada Moreau"), a_person("Ivo Marsh")
    incident = an_incident(mim, "critical", restricted=True)
    assign(incident, role="responder", person=responder, by=mim, at=OPENED, now=OPENED)
    track = open_track(incident, name="Database", by=mim, at=OPENED, now=OPENED)
    said = {"by": responder, "at": OPENED, "now": OPENED}
    ways: list[Callable[[], object]] = [
        lambda: assign(incident, role="scribe", person=stranger, **said),
        lambda: open_track(incident, name="Storage", lead=stranger, **said),
        lambda: update_track(track, lead=stranger, **said),
        lambda: add_member(track, person=stranger, **said),
        lambda: update_mtm(meeting, actions=[ActionOfMtm("Ask the vendor", owner=stranger)], **said),
    ]
    meeting = record_mtm(incident, by=mim, at=OPENED, now=OPENED)
    for way in ways:
        with pytest.raises(RuleViolation, match="may not see it"):
            way()
    assert not sees(stranger, incident)
