"""Cases for the triggers on people and their groups."""

from majorops.people.groups import GroupName
from tests.operations.invariants.raw_rows import insert_one, refused, run, taken_back

ADMINISTRATORS = "(SELECT id FROM auth_group WHERE name = 'Administrator')"


def guards_the_manager_tree(table: str) -> None:
    with taken_back():
        above = insert_one(table)
        middle = insert_one(table, manager_id=str(above))
        below = insert_one(table, manager_id=str(middle))
        for one in (middle, below):
            with refused("The manager tree has no cycle"):
                run(f"UPDATE {table} SET manager_id = {one} WHERE id = {above}")


def guards_the_last_administrator(table: str) -> None:
    """By whatever road: disabled, without an address, taken out of the group, or deleted in any order."""
    with taken_back():
        one, other = (
            insert_one("people_person", is_active="true"),
            insert_one("people_person", is_active="true"),
        )
        insert_one("people_person_groups", person_id=str(one), group_id=ADMINISTRATORS)
        membership = insert_one("people_person_groups", person_id=str(other), group_id=ADMINISTRATORS)
        roads = {
            "people_person": (
                f"UPDATE people_person SET is_active = false WHERE id IN ({one}, {other})",
                f"UPDATE people_person SET email = NULL, contact_key = 'x' || id WHERE id IN ({one}, {other})",
                f"DELETE FROM people_person WHERE id IN ({one}, {other})",
            ),
            "people_person_groups": (
                f"DELETE FROM people_person_groups WHERE group_id = {ADMINISTRATORS}",
                f"UPDATE people_person_groups SET group_id = group_id + 1 WHERE group_id = {ADMINISTRATORS}",
            ),
        }
        for road in roads[table]:
            with refused("The last administrator stays"):
                run(road)
        run(f"DELETE FROM people_person_groups WHERE id = {membership}")
        run(f"UPDATE people_person SET is_active = false WHERE id = {other}")
        with refused("The last administrator stays"):
            run(f"UPDATE people_person SET is_active = false WHERE id = {one}")


def guards_the_groups_that_permissions_come_from(table: str) -> None:
    with taken_back():
        for name in GroupName:
            for change in (f"UPDATE {table} SET name = 'Others'", f"DELETE FROM {table}"):
                with refused("stays under its name"):
                    run(f"{change} WHERE name = '{name}'")


def forgets_where_a_group_came_from(table: str) -> None:
    """Refuses nothing: what is given by hand afterwards counts as given by hand."""
    with taken_back():
        person = str(insert_one("people_person"))
        membership = insert_one(table, person_id=person, group_id="1")
        insert_one("people_externalmembership", person_id=person, group_id="1")
        run(f"DELETE FROM {table} WHERE id = {membership}")
        assert run("SELECT count(*) FROM people_externalmembership") == 0
