"""What holds for people together: the manager tree has no cycle, and an administrator stays (domain.md, People)."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import QuerySet

from majorops.errors import BadInput, RuleViolation
from majorops.people.groups import GroupName
from majorops.people.models import Person

ABOVE = """
    WITH RECURSIVE above(id, manager_id) AS (
        SELECT id, manager_id FROM people_person WHERE id = %s
        UNION SELECT p.id, p.manager_id FROM people_person p JOIN above a ON p.id = a.manager_id)
    SELECT 1 FROM above WHERE id = %s
"""


# The key of the guard in the database, which takes it as well (migration 0005).
LOCK = 7203115


def lock_tree() -> None:
    """Until the transaction ends nobody else gives anybody a manager: what `check_manager` looks at stays. Taken before
    the rows of people, always."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def check_manager(person: Person, manager: Person | None) -> None:
    """Raises BadInput (manager) when `person` is `manager` or stands above them. The database refuses it too."""
    if manager is None or person.pk is None:
        return
    if manager.pk == person.pk:
        raise BadInput.of("manager", "Nobody is their own manager. Choose somebody else, or nobody.")
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [manager.pk, person.pk])
        if cursor.fetchone():
            raise BadInput.of(
                "manager",
                f"{manager} reports to {person}, directly or through others. Choose somebody else, or give {manager} "
                "another manager first.",
            )


def check_administrator_stays(person: Person) -> None:
    """Raises RuleViolation when nobody but `person` can administer. Call it in the transaction that disables them or
    takes them out of the group: it makes two that do so at once wait for each other."""
    Group.objects.select_for_update().filter(name=GroupName.ADMINISTRATOR.value).first()
    administrators = Person.objects.in_group(GroupName.ADMINISTRATOR)
    if not administrators.filter(pk=person.pk).exists():
        return
    others = administrators.exclude(pk=person.pk)
    if not who_came(others).exists():
        invited = " The others have never signed in." if others.exists() else ""
        raise RuleViolation(f"{person} is the last administrator. Make somebody else one first.{invited}")


def who_came(people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of `people` who have a password or were signed in: whoever was only invited may never come."""
    return people.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login__isnull=True)
