"""Which roles carry rights, who gives them, and who may add what to the record after the close."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from afteractions.access import can_close_out, can_confirm, can_edit
from afteractions.operations.review.section_editing import confirm_section
from incidents.access import can_change_severity, can_record, can_record_times, has_part
from incidents.models import CommandAssignment, Incident, RoleConfirmation
from incidents.models.incident import LEADS_A_TRACK
from incidents.operations.close import close, reopen
from incidents.operations.confirming import confirm_lead, confirm_role
from incidents.operations.log import (
    change_severity,
    enter_phase,
    log_event,
    reach_milestone,
    send_status_update,
    state_impact,
)
from incidents.operations.response.command import admit, assign, end_assignment, open_track, update_track
from incidents.operations.response.mtm import record_mtm
from incidents.operations.response.vendors import engage
from incidents.vocabulary import CommandRole
from majorops.audit.models import AuditEntry
from majorops.errors import NotAllowed, RuleViolation
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import CLOSED, an_after_action, fresh
from tests.factories.incidents import OPENED, a_closed_incident, an_incident, minutes
from tests.factories.people import a_contact, a_mim, a_person, an_administrator, an_auditor

pytestmark = pytest.mark.django_db
NOW = OPENED + minutes(30)
LATER = CLOSED + timedelta(hours=3)
TRL = CommandRole.TECHNICAL_RECOVERY_LEAD
WITH_RIGHTS = (CommandRole.MIM, TRL, CommandRole.RECOVERY_DIRECTOR)


def give(incident: Incident, role: str, to: Person, by: Person, at: object = NOW) -> CommandAssignment:
    return assign(incident, role=role, person=to, by=by, at=at, now=at)


@pytest.mark.parametrize("role", WITH_RIGHTS)
@pytest.mark.parametrize("closed", [False, True])
def test_nobody_takes_a_role_that_carries_rights_on_anothers_incident(
    role: CommandRole, closed: bool
) -> None:
    mim = a_mim()
    incident = a_closed_incident(mim) if closed else an_incident(mim)
    stranger, at = a_person("Olga Petrov"), LATER if closed else NOW
    with pytest.raises(NotAllowed, match="Mira Okafor"):
        give(incident, role, stranger, stranger, at)
    assert not incident.commandassignments.filter(person=stranger).exists()


@pytest.mark.parametrize("role", [CommandRole.SCRIBE, CommandRole.SME, CommandRole.RESPONDER])
def test_scribe_expert_and_responder_are_recorded_by_anybody_while_it_runs(role: CommandRole) -> None:
    incident, somebody = an_incident(), a_person()
    assert give(incident, role, somebody, somebody).person == somebody


def test_the_lead_is_given_by_whoever_commands_or_taken_up_by_a_mim() -> None:
    incident = an_incident()
    assert incident.mim is not None
    for giver in (incident.mim, an_administrator()):
        give(incident, TRL, a_person("Rena Holt"), giver)
    another = a_mim("Juno Vale")
    assert not give(incident, TRL, another, another).needs_confirmation
    with pytest.raises(NotAllowed):
        give(incident, TRL, a_person("Sol Tamm"), another)
    # Command itself passes only by whoever has it.
    with pytest.raises(NotAllowed):
        give(incident, CommandRole.MIM, another, another)
    nobodys = an_incident(a_person(), mim=None)
    assert give(nobodys, CommandRole.MIM, another, another).person == another


def test_a_lead_may_lay_the_role_down_and_no_stranger_may_end_it() -> None:
    incident, lead = an_incident(), a_person("Rena Holt")
    assert incident.mim is not None
    held = give(incident, TRL, lead, incident.mim)
    with pytest.raises(NotAllowed):
        end_assignment(held, by=a_person(), at=NOW, now=NOW)
    assert end_assignment(held, by=lead, at=NOW, now=NOW).until_at == NOW


def test_a_role_recorded_after_the_close_carries_no_right_until_it_is_confirmed() -> None:
    after_action = an_after_action()
    incident, late = after_action.incident, a_person("Rena Holt")
    assert incident.mim is not None
    given = give(incident, TRL, late, incident.mim, LATER)
    for may in (can_confirm, can_edit, can_close_out):
        assert not may(late, after_action)
    # Recorded by the MIM, who decides on attendees: invited, and a part in what was seen, not in when it was.
    assert can_record(late, incident)
    assert not can_record_times(late, incident)
    with pytest.raises(NotAllowed):
        confirm_section(after_action, "root_cause", by=late, at=LATER, now=LATER)
    for nobody in (late, a_person(), an_auditor(), a_mim("Juno Vale")):
        with pytest.raises(NotAllowed, match="Mira Okafor"):
            confirm_role(given, by=nobody, at=LATER, now=LATER)
    confirm_role(given, by=incident.mim, at=LATER, now=LATER)
    for may in (can_confirm, can_edit, can_close_out):
        assert may(late, after_action)
    assert can_record_times(late, incident)
    audited = AuditEntry.objects.get(verb="confirmed a role")
    assert (audited.by, audited.changes) == (incident.mim, {TRL.label: [None, str(late)]})
    with pytest.raises(RuleViolation, match="already"):
        confirm_role(given, by=incident.mim, at=LATER, now=LATER)


def test_the_lead_of_a_track_recorded_after_the_close_has_no_part_until_confirmed() -> None:
    after_action = an_after_action(lead=a_person("Tomas Lindqvist"))
    incident, late, wrong = after_action.incident, a_person("Rena Holt"), a_person("Sol Tamm")
    trl = incident.commandassignments.get(role=TRL).person
    track = open_track(incident, name="Forensics", lead=wrong, by=incident.mim, at=OPENED, now=LATER)
    assert has_part(wrong, incident)
    track = update_track(track, lead=late, by=trl, at=OPENED, now=LATER)
    assert not has_part(late, incident)
    for nobody in (late, trl, a_mim("Juno Vale")):
        with pytest.raises(NotAllowed, match="Mira Okafor"):
            confirm_lead(track, by=nobody, at=LATER, now=LATER)
    confirm_lead(track, by=incident.mim, at=LATER, now=LATER)
    assert has_part(late, incident)
    assert last_entry("confirmed the lead of a recovery track") == (incident.mim, {"lead": [None, str(late)]})
    # Who was named by mistake may still attend; leading the track is no reason any more.
    assert not incident.access.filter(person=wrong, why=LEADS_A_TRACK).exists()
    with pytest.raises(RuleViolation, match="already"):
        confirm_lead(track, by=incident.mim, at=LATER, now=LATER)


def test_the_owner_of_the_after_action_confirms_too() -> None:
    after_action = an_after_action()
    owner = a_person("Ottilie Renner")
    after_action.owner, after_action.owner_confirmed_at = owner, CLOSED
    after_action.save()
    incident = fresh(after_action).incident
    given = give(incident, TRL, a_person("Rena Holt"), an_administrator(), LATER)
    assert confirm_role(given, by=owner, at=LATER, now=LATER).by == owner


def test_what_was_recorded_while_it_ran_needs_no_confirmation_however_late_it_was_entered() -> None:
    incident = an_incident()
    assert incident.mim is not None
    given = assign(incident, role=TRL, person=a_person(), by=incident.mim, at=NOW, now=LATER)
    # Closed at a time before the entry was made.
    close(incident, by=incident.mim, at=NOW + minutes(5), now=LATER)
    assert CommandAssignment.objects.carrying_rights().filter(pk=given.pk).exists()
    with pytest.raises(RuleViolation, match="while the incident ran"):
        confirm_role(given, by=incident.mim, at=LATER, now=LATER)


def test_a_corrected_role_carries_no_right_and_neither_does_its_correction_until_confirmed() -> None:
    mim, wrong, right = a_mim(), a_person("Rena Holt"), a_person("Sol Tamm")
    after_action = an_after_action(mim, lead=wrong)
    incident = after_action.incident
    first = incident.commandassignments.get(role=TRL)
    assert can_confirm(wrong, after_action)
    correction = assign(incident, role=TRL, person=right, by=mim, at=OPENED, now=LATER, corrects=first)
    assert not can_confirm(wrong, after_action)
    assert not can_record_times(wrong, incident)
    assert not can_confirm(right, after_action)
    with pytest.raises(RuleViolation, match="Confirm that entry"):
        confirm_role(first, by=mim, at=LATER, now=LATER)
    confirm_role(correction, by=mim, at=LATER, now=LATER)
    assert can_confirm(right, after_action)
    assert not can_confirm(wrong, after_action)


def test_an_unconfirmed_role_gains_nothing_by_a_reopening_and_a_later_close() -> None:
    after_action = an_after_action()
    incident, late = after_action.incident, a_person("Rena Holt")
    mim = incident.mim
    give(incident, TRL, late, mim, LATER)
    reopen(incident, reason="It came back", by=mim, at=LATER, now=LATER)
    close(incident, by=mim, at=LATER + minutes(60), now=LATER + minutes(60))
    assert not can_confirm(late, after_action)


def test_a_mim_recorded_after_the_close_commands_only_once_confirmed() -> None:
    incident, taker = an_incident(a_person(), mim=None), a_mim("Juno Vale")
    close(incident, by=an_administrator(), at=CLOSED, now=CLOSED)
    given = give(incident, CommandRole.MIM, taker, taker, LATER)
    assert Incident.objects.get(pk=incident.pk).mim is None
    confirm_role(given, by=an_administrator(), at=LATER, now=LATER)
    assert Incident.objects.get(pk=incident.pk).mim == taker
    assert RoleConfirmation.objects.get().assignment == given


def test_after_the_close_only_those_with_a_part_record() -> None:
    mim, lead, sme, scribe = a_mim(), a_person("Rena Holt"), a_person("Sol Tamm"), a_person("Ivo Marsh")
    incident = an_incident(mim, "critical")
    give(incident, CommandRole.SCRIBE, scribe, scribe)
    open_track(incident, name="Database", lead=lead, by=mim, at=NOW, now=NOW)
    give(incident, CommandRole.SME, sme, sme)
    admitted, stranger = a_person("Lea Voss"), a_person("Olga Petrov")
    admit(incident, person=admitted, reason="Reads along", by=mim, at=NOW, now=NOW)
    for anybody in (stranger, admitted):
        log_event(incident, kind="action", text="Called the bridge", by=anybody, at=NOW, now=NOW)
    close(incident, by=mim, at=CLOSED, now=CLOSED)
    said = {"at": CLOSED, "now": LATER}
    for someone in (scribe, lead, sme, mim, an_administrator()):
        assert can_record(someone, incident)
        log_event(incident, kind="action", text="The pager was late", by=someone, **said)
    for nobody in (stranger, admitted, an_auditor(), a_mim("Juno Vale")):
        assert not can_record(nobody, incident)
        for verb, words in (
            (log_event, {"kind": "action", "text": "I was there"}),
            (state_impact, {"field": "customers_affected", "value": 0}),
            (send_status_update, {"audience": "internal", "text": "All is well"}),
            (assign, {"role": "scribe", "person": nobody}),
            (open_track, {"name": "Mine"}),
            (engage, {"vendor": "A vendor"}),
            (record_mtm, {}),
            (enter_phase, {"phase": "mitigating"}),
            (reach_milestone, {"kind": "mitigated"}),
            (change_severity, {"severity": "low", "reason": "It was nothing"}),
        ):
            with pytest.raises(NotAllowed, match="Mira Okafor"):
                verb(incident, by=nobody, **words, **said)


def test_after_the_close_milestones_severity_and_times_are_left_to_mim_owner_and_lead() -> None:
    mim, lead, owner, scribe = (
        a_mim(),
        a_person("Rena Holt"),
        a_person("Ottilie Renner"),
        a_person("Ivo Marsh"),
    )
    incident = an_incident(mim, "critical")
    give(incident, TRL, lead, mim)
    give(incident, CommandRole.SCRIBE, scribe, scribe)
    close(incident, by=mim, at=CLOSED, now=CLOSED)
    after_action = incident.after_action
    after_action.owner, after_action.owner_confirmed_at = owner, CLOSED
    after_action.save()
    incident = Incident.objects.get(pk=incident.pk)
    for number, someone in enumerate((mim, lead, owner)):
        assert can_record_times(someone, incident)
        assert can_change_severity(someone, incident)
        reach_milestone(incident, kind="mitigated", by=someone, at=NOW + minutes(number), now=LATER)
        enter_phase(incident, phase="mitigating", by=someone, at=NOW, now=LATER)
    for someone, severity in ((lead, "high"), (owner, "critical"), (mim, "high")):
        change_severity(incident, severity=severity, reason="As felt", by=someone, at=CLOSED, now=LATER)
    closing = incident.milestones.get(kind="closed")
    reach_milestone(incident, kind="closed", corrects=closing, by=lead, at=CLOSED - minutes(1), now=LATER)
    assert can_record(scribe, incident)
    for verb, words in (
        (reach_milestone, {"kind": "mitigated"}),
        (
            reach_milestone,
            {"kind": "closed", "corrects": incident.milestones.get(kind="closed", corrects=closing)},
        ),
        (enter_phase, {"phase": "mitigating"}),
        (change_severity, {"severity": "low", "reason": "It was nothing"}),
    ):
        with pytest.raises(NotAllowed, match="Mira Okafor or Ottilie Renner"):
            verb(incident, by=scribe, at=CLOSED, now=LATER, **words)


def test_the_account_of_a_contact_has_the_contacts_part() -> None:
    incident = an_incident()
    contact, account = a_contact(incident.reference), a_person("Kim Ott")
    assert incident.mim is not None
    give(incident, CommandRole.SME, contact, incident.mim)
    close(incident, by=incident.mim, at=CLOSED, now=CLOSED)
    assert not can_record(account, incident)
    contact.account = account
    contact.save()
    assert can_record(account, incident)


def run(statement: str, *values: object) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def test_the_database_takes_no_role_after_the_close_that_counts_at_once() -> None:
    incident = an_after_action().incident
    copy = (
        "INSERT INTO incidents_commandassignment"
        " (incident_id, role, person_id, from_at, logged_at, corrects_id, needs_confirmation)"
        " SELECT incident_id, role, person_id, from_at, now(), %s, %s FROM incidents_commandassignment"
        " WHERE incident_id = %s AND role = %s"
    )
    held = incident.commandassignments.get(role=TRL).pk
    for corrects in (None, held):
        with pytest.raises(IntegrityError, match="waits for its confirmation"):
            run(copy, corrects, False, incident.pk, TRL)
    assert run(copy, held, True, incident.pk, TRL) == 1


@pytest.mark.parametrize("change", ["needs_confirmation = false", "role = 'mim'", "person_id = logged_by_id"])
def test_the_database_changes_nothing_of_a_role_but_its_end(change: str) -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    give(after_action.incident, TRL, a_person("Rena Holt"), mim, LATER)
    reopen(after_action.incident, reason="It came back", by=mim, at=LATER, now=LATER)
    with pytest.raises(IntegrityError, match="only changes until when"):
        run(f"UPDATE incidents_commandassignment SET {change} WHERE role = %s AND needs_confirmation", TRL)


def test_the_database_keeps_confirmations_as_they_were_written() -> None:
    after_action = an_after_action()
    given = give(after_action.incident, TRL, a_person(), after_action.incident.mim, LATER)
    confirm_role(given, by=after_action.incident.mim, at=LATER, now=LATER)
    for statement in (
        "DELETE FROM incidents_roleconfirmation",
        "UPDATE incidents_roleconfirmation SET at = now()",
    ):
        with pytest.raises(IntegrityError, match="kept as they were written"):
            run(statement)
