"""Cases for the triggers on what follows an incident: the After Action, its review, its deadlines."""

from tests.operations.invariants.broken_rows import AT, CLOSED, ENDED, LATER, REVIEWED
from tests.operations.invariants.raw_rows import a_closed_incident, insert_one, refused, run, taken_back


def guards_the_after_action(table: str) -> None:
    with taken_back():
        incident = str(a_closed_incident())
        with refused("A mandatory After Action cannot be skipped"):
            insert_one(table, incident_id=incident, decision="'skip'", decided_at=AT)
        key = insert_one(table, incident_id=incident, **CLOSED)
        with refused("Closed is final"):
            run(f"UPDATE {table} SET status = 'reviewed', closed_at = NULL WHERE id = {key}")
        with refused("A review is published once"):
            run(f"UPDATE {table} SET published_at = {LATER} WHERE id = {key}")
        waits = insert_one(table, **REVIEWED)
        insert_one("afteractions_externalmessage", after_action_id=str(waits))
        with refused("neither sent nor withdrawn"):
            run(
                f"UPDATE {table} SET status = 'closed', published_at = {AT}, closed_at = {AT} WHERE id = {waits}"
            )


def guards_a_requirement_that_rises(table: str) -> None:
    with taken_back():
        incident = insert_one(table, requirement_level="'optional'")
        insert_one("afteractions_afteraction", incident_id=str(incident), decision="'skip'", decided_at=AT)
        with refused("must be taken up before its incident becomes mandatory"):
            run(f"UPDATE {table} SET requirement_level = 'mandatory' WHERE id = {incident}")
            run("SET CONSTRAINTS guard_requirement IMMEDIATE")


def guards_against_waiving_what_is_mandatory(table: str) -> None:
    with taken_back():
        incident = str(a_closed_incident())
        waived = {**ENDED, "state": "'waived'", "ended_by_id": "1", "ended_reason": "'agreed'"}
        for kind in ("decide", "schedule", "distribute", "hold", "publish"):
            with refused("What is mandatory cannot be waived"):
                insert_one(table, incident_id=incident, kind=f"'{kind}'", **waived)
