"""Cases for the triggers on the record of an incident."""

from incidents.operations.letting_in import (
    DECLARED_IT,
    HELD_A_ROLE,
    LET_IN,
    OWNS_A_SERVICE,
    WORKS_ON_A_TRACK,
)
from tests.operations.invariants.broken_rows import AT, LATER, SOON
from tests.operations.invariants.raw_rows import a_closed_incident, insert_one, refused, run, taken_back


def guards_the_entries_of_a_closed_record(table: str) -> None:
    with taken_back():
        incident = str(a_closed_incident())
        for made in (AT, SOON):
            with refused("after the fact or not at all"):
                insert_one(table, incident_id=incident, logged_at=made)
        key = insert_one(table, incident_id=incident, logged_at=LATER)
        with refused("is not changed, a correction is a new entry"):
            run(f"UPDATE {table} SET logged_at = {LATER} WHERE id = {key}")
        ended = str(
            insert_one("incidents_incident", ended_without_close="true", requirement_level="'optional'")
        )
        key = insert_one(table, incident_id=ended, logged_at=LATER)
        with refused("is not changed, a correction is a new entry"):
            run(f"UPDATE {table} SET logged_at = {LATER} WHERE id = {key}")


def guards_the_words_of_an_event(table: str) -> None:
    """Corrected in place for ten minutes with what it said before, and not otherwise."""

    def corrected(until: str, *, was: str = "e.text", rest: str = "") -> str:
        words = f"'kind', e.kind, 'text', {was}, 'evidence_url', e.evidence_url, 'at', e.at, 'until', {until}"
        kept = f"jsonb_build_object({words})"
        return (
            f"UPDATE {table} e SET text = 'Corrected', earlier = e.earlier || {kept}{rest} WHERE id = {key}"
        )

    with taken_back():
        incident = insert_one("incidents_incident")
        key = insert_one(table, incident_id=str(incident), logged_at=AT)
        for change in (
            "text = 'Other'",
            f"at = {LATER}",
            "evidence_url = 'https://other.example'",
            "earlier = '[{}]'",
        ):
            with refused("keeps what it said before"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")
        for change in (f"logged_at = {SOON}", "logged_by_id = 1", "by_id = 1", "corrects_id = id"):
            with refused("keeps whose it is and when it was logged"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")
        for until in (
            f"{AT} + interval '10 minutes 1 second'",
            f"{AT} - interval '1 second'",
            "NULL::timestamptz",
        ):
            with refused("corrected in place for ten minutes"):
                run(corrected(until))
        with refused("keeps what it said before"):
            run(corrected(AT, was="'Something else'"))
        with refused("keeps whose it is"):
            run(corrected(AT, rest=", by_id = 1"))
        run(corrected(f"{AT} + interval '10 minutes'"))
        with refused("keeps what it said before"):
            run(f"UPDATE {table} SET text = 'Forgotten', earlier = '[]' WHERE id = {key}")
        with refused("said nothing before"):
            insert_one(table, incident_id=str(incident), earlier="'[{}]'")
        insert_one("incidents_reopening", incident_id=str(incident), at=LATER)
        with refused("closed over this event"):
            run(corrected(f"{AT} + interval '1 minute'"))


STAYS = (
    "title",
    "external_id",
    "source_url",
    "organisation",
    "summary",
    "tags",
    "time_zone",
    "imported_review",
)
STATED = ("business", "alert_source", "revenue_exposure", "sla_status", "unusual_factors")
REACHED = ("impact_started", "alert_fired", "confirmed", "opened", "mitigated", "recovered")


def guards_what_a_closed_incident_says(table: str) -> None:
    changes = {
        **{f"{name} = '\"other\"'": "stays as recorded" for name in STAYS},
        **{f"{name} = 'other'": "changes by a new statement" for name in STATED},
        **{f"{name} = true": "changes by a new statement" for name in ("external", "regulatory_exposure")},
        "customers_affected = 7": "changes by a new statement",
        **{f"{name}_at = {LATER}": "changes by a new milestone" for name in REACHED},
        f"closed_at = {LATER}": "changes by a new milestone",
        "closed_at = NULL": "only by a reopening",
        "severity = 'low'": "an entry of the severity history",
        "highest_severity = 'critical'": "an entry of the severity history",
        "reference = 'INC-OTHER'": "keeps its reference",
        f"recorded_at = {LATER}": "keeps its reference",
        "document_sha256 = 'other'": "stays as recorded",
    }
    with taken_back():
        key = a_closed_incident()
        for change, sentence in changes.items():
            with refused(sentence):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")


def guards_when_a_close_was_entered(table: str) -> None:
    with taken_back():
        closed, runs = a_closed_incident(), insert_one(table)
        with refused("when its close was entered stays as it was"):
            run(f"UPDATE {table} SET close_logged_at = {LATER} WHERE id = {closed}")
        with refused("closed by its resolution milestone"):
            run(f"UPDATE {table} SET close_logged_at = {LATER} WHERE id = {runs}")


def guards_who_may_know(table: str) -> None:
    """Each reason that no operation takes back."""
    lasting = (DECLARED_IT, LET_IN, OWNS_A_SERVICE, WORKS_ON_A_TRACK, "named in the record", "imported it")
    with taken_back():
        for why in lasting:
            key = insert_one(table, why=f"'{why}'")
            with refused(f"because: {why}. That stays"):
                run(f"DELETE FROM {table} WHERE id = {key}")
        run(f"""DELETE FROM {table} WHERE id = {insert_one(table, why=f"'{HELD_A_ROLE}'")}""")


DECIDED = {"requirement_level": "'mandatory'", "requirement_rule": "2", "requirement_reason": "'Critical'"}


def guards_what_was_decided_of_a_closed_incident(table: str) -> None:
    """What is decided changes to what the latest entry says, and never back to what one before it said."""

    def decide(level: str) -> None:
        said = {"level": f"'{level}'", "rule": "2", "reason": "'Critical'", "decided_at": AT}
        insert_one("incidents_requirementdecision", incident_id=key, **said)

    with taken_back():
        key = str(insert_one(table, closed_at=SOON, requirement_decided_at=AT, **DECIDED))
        decide("mandatory")
        decide("optional")
        run(f"UPDATE {table} SET requirement_level = 'optional' WHERE id = {key}")
        for change in (
            "requirement_level = 'mandatory'",
            "requirement_rule = 6",
            "requirement_reason = 'Somebody says so'",
            f"requirement_decided_at = {LATER}",
            "requirement_decided_at = NULL",
        ):
            with refused("its requirement changes by a decision"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")
        earlier, said = str(insert_one(table)), {"incident_id": key, "at": AT}
        insert_one("incidents_repeatdecision", **said, is_repeat="true", repeat_of_id=earlier)
        run(f"UPDATE {table} SET is_repeat = true, repeat_of_id = {earlier} WHERE id = {key}")
        insert_one("incidents_repeatdecision", **said, is_repeat="true")
        for change in (
            "is_repeat = false, repeat_of_id = NULL",
            f"repeat_of_id = {insert_one(table)}",
            "repeat_of_external_id = 'another'",
        ):
            with refused("what it repeats changes by a decision"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")
        insert_one("incidents_handover", incident_id=key, to_person_id="8", at=SOON)
        insert_one("incidents_handover", incident_id=key, to_person_id="9", at=LATER)
        mim = insert_one(
            "incidents_commandassignment", incident_id=key, role="'mim'", person_id="7", logged_at=LATER
        )
        insert_one("incidents_roleconfirmation", incident_id=key, assignment_id=str(mim), at=AT)
        run(f"UPDATE {table} SET mim_id = 9 WHERE id = {key}")
        for person in ("7", "8", "NULL"):
            with refused("its MIM changes by a handover"):
                run(f"UPDATE {table} SET mim_id = {person} WHERE id = {key}")


def guards_the_cadence_of_a_closed_incident(table: str) -> None:
    with taken_back():
        key = a_closed_incident()
        for change in ("critical_update_minutes = 15", "high_update_minutes = 15"):
            with refused("how often a status update was due stays as it was"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")


def guards_who_held_a_role(table: str) -> None:
    with taken_back():
        incident = str(a_closed_incident())
        at_once = {"incident_id": incident, "logged_at": LATER, "needs_confirmation": "false"}
        for role in ("technical_recovery_lead", "recovery_director", "scribe"):
            with refused("waits for its confirmation"):
                insert_one(table, **at_once, role=f"'{role}'")
        with refused("waits for its confirmation"):
            insert_one(table, needs_confirmation="false", corrects_id="1")
        runs = str(insert_one("incidents_incident"))
        key = insert_one(table, incident_id=runs)
        for change in ("needs_confirmation = false", "role = 'mim'", "person_id = person_id + 1"):
            with refused("only changes until when it was held"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")


def guards_the_name_that_a_closed_record_uses(table: str) -> None:
    of = {"incidents_service": "incidents_incidentservice", "incidents_vendor": "incidents_vendorengagement"}
    key_of = {"incidents_service": "service_id", "incidents_vendor": "vendor_id"}
    with taken_back():
        named = insert_one(table)
        run(f"UPDATE {table} SET name = 'Another' WHERE id = {named}")
        closed = str(a_closed_incident())
        logged = {"logged_at": LATER} if table == "incidents_vendor" else {}
        insert_one(of[table], incident_id=closed, **{key_of[table]: str(named)}, **logged)
        with refused("its name stays as it was written"):
            run(f"UPDATE {table} SET name = 'Yet another' WHERE id = {named}")


def guards_the_meeting_of_an_action(table: str) -> None:
    with taken_back():
        meeting, other = str(insert_one("incidents_mtm")), str(insert_one("incidents_mtm", number="7"))
        action = insert_one(table, mtm_id=meeting)
        with refused("it moves only to what corrects its meeting"):
            run(f"UPDATE {table} SET mtm_id = {other} WHERE id = {action}")
        correcting = insert_one("incidents_mtm", corrects_id=meeting)
        run(f"UPDATE {table} SET mtm_id = {correcting} WHERE id = {action}")
