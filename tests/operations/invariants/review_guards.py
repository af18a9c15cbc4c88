"""Cases for the triggers on what follows an incident: the After Action, its review, its deadlines."""

from tests.operations.invariants.broken_rows import AT, CLOSED, ENDED, LATER, REVIEWED, SOON
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


def guards_the_instants_of_a_review(table: str) -> None:
    with taken_back():
        key, agreed = insert_one(table, **CLOSED), insert_one(table, **REVIEWED)
        for change in ("incident_id = incident_id + 1", "reference = 'AA-OTHER'", f"created_at = {LATER}"):
            with refused("stays that of its incident"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")
        for name in (
            "reviewed_at",
            "distributed_at",
            "first_distributed_at",
            "external_messages_answered_at",
        ):
            with refused("since when the draft was out, stays"):
                run(f"UPDATE {table} SET {name} = {LATER} WHERE id = {agreed}")
        with refused("is closed once"):
            run(f"UPDATE {table} SET closed_at = {LATER} WHERE id = {key}")


def guards_the_sections_of_a_published_review(table: str) -> None:
    with taken_back():
        published = str(insert_one("afteractions_afteraction", **CLOSED))
        draft = insert_one(table, after_action_id=str(insert_one("afteractions_afteraction")), version="1")
        run(f"""UPDATE {table} SET content = '{{"failure": "A full disk"}}' WHERE id = {draft}""")
        key = insert_one(table, after_action_id=published, version="1")
        for change in ("""content = '{"failure": "Something else"}'""", "version = 2", "version = 0"):
            with refused("by a version of its text"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")
        for change in ("after_action_id = after_action_id + 1", "key = 'timeline'"):
            with refused("stays that of its review"):
                run(f"UPDATE {table} SET {change} WHERE id = {key}")
        text = """'{"failure": "An erratum"}'"""
        insert_one("afteractions_sectiontext", section_id=str(key), version="2", content=text)
        run(f"UPDATE {table} SET content = {text}, version = 2 WHERE id = {key}")


def guards_the_changes_that_were_agreed(table: str) -> None:
    words = ("kind = 'stop'", "gap = 'Another'", "change = 'Another'")
    with taken_back():
        agreed = str(insert_one("afteractions_afteraction", **REVIEWED))
        published = str(insert_one("afteractions_afteraction", **CLOSED))
        for review in (agreed, published):
            key = insert_one(table, after_action_id=review)
            with refused("it is not taken out"):
                run(f"UPDATE {table} SET removed_at = {LATER} WHERE id = {key}")
            for change in ("kind = 'continue'", *(words if review == published else ())):
                with refused("its words stay"):
                    run(f"UPDATE {table} SET {change} WHERE id = {key}")
        run(f"UPDATE {table} SET due_on = date '2026-04-01' WHERE id = {insert_one(table)}")
        key = insert_one(table, after_action_id=published, due_on="date '2026-03-31'")
        for day in ("date '2026-04-30'", "NULL"):
            with refused("moves by an extension"):
                run(f"UPDATE {table} SET due_on = {day} WHERE id = {key}")
        insert_one("afteractions_actionextension", change_id=str(key), to_due_on="date '2026-04-30'")
        run(f"UPDATE {table} SET due_on = date '2026-04-30' WHERE id = {key}")
        goes_on = insert_one(table, after_action_id=published, kind="'continue'")
        run(f"UPDATE {table} SET change = 'An erratum' WHERE id = {goes_on}")
        with refused("it is not taken out"):
            run(f"UPDATE {table} SET removed_at = {LATER} WHERE id = {goes_on}")
        done = insert_one(table, status="'done'", resolved_at=AT, evidence="'A drill'")
        for change in (
            "status = 'open', resolved_at = NULL",
            "evidence = 'Nothing'",
            f"resolved_at = {LATER}",
        ):
            with refused("done or cancelled stays so"):
                run(f"UPDATE {table} SET {change} WHERE id = {done}")


def guards_who_was_there(table: str) -> None:
    with taken_back():
        ahead = str(insert_one("afteractions_meeting"))
        insert_one(table, meeting_id=ahead)
        run(
            f"UPDATE afteractions_meeting SET held_from = {AT}, held_until = {SOON}, agreed = true WHERE id = {ahead}"
        )
        with refused("who was there was recorded with it"):
            insert_one(table, meeting_id=ahead)


def guards_what_is_to_be_told(table: str) -> None:
    with taken_back():
        key = insert_one(table)
        with refused("was not sent yet"):
            run(f"DELETE FROM {table} WHERE id = {key}")
        run(f"UPDATE {table} SET sent_at = {AT} WHERE id = {key}")
        run(f"DELETE FROM {table} WHERE id = {key}")
