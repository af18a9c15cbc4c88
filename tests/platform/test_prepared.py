"""Prepared queries answer as queries do, with the values of each call and of nobody else."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from afteractions.queries.search import search
from incidents.models import Incident
from incidents.operations.similar import propose
from incidents.queries.incidents import incident_list
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.prepared import among, prepared
from tests.factories.incidents import OPENED, an_incident
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.django_db


@prepared
def visible(*, person: Person) -> QuerySet[Incident]:
    return Incident.objects.visible_to(person).select_related("mim").order_by("id")


@prepared
def opened_since(*, since: datetime, keys: Sequence[int]) -> QuerySet[Any, str]:
    found = Incident.objects.filter(among("pk", keys), opened_at__gte=since)
    return found.order_by("id").values_list("reference", flat=True)


@prepared
def people_named(*, name: str, able: bool | None) -> QuerySet[Person]:
    found = Person.objects.filter(full_name=name).order_by("id")
    return found if able is None else found.filter(is_active=able)


@prepared
def locked(*, name: str) -> QuerySet[Person]:
    return Person.objects.select_for_update().filter(full_name=name)


def test_a_prepared_query_shows_each_person_what_they_may_see() -> None:
    mim, other, auditor = a_mim(), a_person("Iris Vale"), a_person("Odo Finch", groups=[GroupName.AUDITOR])
    hidden, seen = an_incident(by=mim, restricted=True), an_incident(by=mim)
    for _ in range(2):
        assert visible(person=mim) == [hidden, seen]
        assert visible(person=other) == [seen]
        assert visible(person=auditor) == [hidden, seen]


def test_a_prepared_query_takes_the_values_of_its_call() -> None:
    first, second = an_incident(opened_at=OPENED), an_incident(opened_at=OPENED + timedelta(hours=1))
    keys = [first.pk, second.pk]
    assert opened_since(since=OPENED, keys=keys) == [first.reference, second.reference]
    assert opened_since(since=OPENED, keys=keys[:1]) == [first.reference]
    assert opened_since(since=OPENED, keys=()) == []
    assert opened_since(since=OPENED + timedelta(minutes=1), keys=keys) == [second.reference]


def test_words_that_shape_a_query_make_one_of_their_own() -> None:
    away = a_person("Ada Moreau")
    Person.objects.filter(pk=away.pk).update(is_active=False)
    here = a_person("Ada Moreau")
    assert people_named(name="Ada Moreau", able=None) == [away, here]
    assert people_named(name="Ada Moreau", able=True) == [here]
    assert people_named(name="Ada Moreau", able=False) == [away]
    assert people_named(name="Ada O'Moreau %s", able=None) == []


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_in_a_transaction_only() -> None:
    person = a_person("Ada Moreau")
    with transaction.atomic():
        assert locked(name="Ada Moreau") == [person]
    with pytest.raises(TransactionManagementError):
        locked(name="Ada Moreau")


def test_a_prepared_query_is_one_statement_with_what_it_joins() -> None:
    mim = a_mim()
    an_incident(by=mim)
    mim.group_names  # noqa: B018 - read here, so that only the query is counted
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert [incident.mim for incident in visible(person=mim)] == [mim]
    assert len(asked) == 1


def test_a_value_that_the_sql_does_not_hold_as_given_is_refused() -> None:
    @prepared
    def beginning(*, name: str) -> QuerySet[Person]:
        return Person.objects.filter(full_name__startswith=name)

    @prepared
    def everybody(*, name: str) -> QuerySet[Person]:
        return Person.objects.all()

    with pytest.raises(ValueError, match="computed"):
        beginning(name="Ada")
    with pytest.raises(ValueError, match="does not hold name"):
        everybody(name="Ada")


def test_a_value_that_was_computed_from_an_argument_is_refused() -> None:
    @prepared
    def opened_within(*, since: datetime, until: datetime) -> QuerySet[Incident]:
        return Incident.objects.filter(
            opened_at__range=(since - timedelta(days=1), until), closed_at__gt=since
        )

    @prepared
    def opened_on(*, since: datetime) -> QuerySet[Incident]:
        return Incident.objects.filter(opened_at__gte=since.replace(microsecond=0), closed_at__gt=since)

    with pytest.raises(ValueError, match="computed"):
        opened_within(since=OPENED, until=OPENED)
    with pytest.raises(ValueError, match="computed"):
        opened_on(since=OPENED)


def test_sql_that_depends_on_a_value_is_refused() -> None:
    @prepared
    def closed_before(*, until: datetime) -> QuerySet[Incident]:
        closed = Incident.objects.filter(closed_at__lt=until)
        return closed if until < OPENED else closed.filter(opened_at__lt=until)

    with pytest.raises(ValueError, match="depends"):
        closed_before(until=OPENED)


def test_a_query_may_ask_a_person_for_nothing_but_key_and_groups() -> None:
    @prepared
    def sharing_the_address(*, person: Person) -> QuerySet[Person]:
        return Person.objects.filter(email=person.email)

    @prepared
    def sharing_the_team(*, person: Person) -> QuerySet[Person]:
        return Person.objects.filter(team=person.team)

    someone = a_person("Ada Moreau")
    for query, field in ((sharing_the_address, "email"), (sharing_the_team, "team")):
        with pytest.raises(AttributeError, match=field):
            query(person=someone)


def test_arguments_are_given_by_name() -> None:
    with pytest.raises(TypeError, match="by name"):
        visible(a_person("Ada Moreau"))  # type: ignore[misc]
    with pytest.raises(TypeError, match="by name"):
        visible.sql(a_person("Iris Vale"))  # type: ignore[misc]


def test_a_query_that_can_have_no_rows_has_none() -> None:
    @prepared
    def nobody(*, name: str) -> QuerySet[Person]:
        return Person.objects.filter(full_name=name).none()

    for _ in range(2):
        assert nobody(name="Ada Moreau") == []
    with pytest.raises(EmptyResultSet):
        nobody.sql(name="Ada Moreau")


def test_asked_both_ways_a_query_that_differs_is_named(settings: Any) -> None:
    settings.PREPARED_QUERIES = "check"
    a_person("Ada Moreau")
    turns = iter(("Iris Vale", "Iris Vale", "Ada Moreau"))

    @prepared
    def by_turns() -> QuerySet[Person]:
        return Person.objects.filter(full_name=next(turns))

    with pytest.raises(AssertionError, match="by_turns gives 0 rows"):
        by_turns()
    assert by_turns.compared == 0
    before = people_named.compared
    people_named(name="Ada Moreau", able=True)
    assert people_named.compared == before + 1


def test_switched_off_each_query_is_built_anew(settings: Any) -> None:
    @prepared
    def beginning(*, name: str) -> QuerySet[Person]:
        return Person.objects.filter(full_name__startswith=name)

    settings.PREPARED_QUERIES = "off"
    person = a_person("Ada Moreau")
    assert beginning(name="Ada") == [person]
    sql, parameters = people_named.sql(name="Ada Moreau", able=True)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert len(cursor.fetchall()) == 1


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_on_a_connection_of_its_own() -> None:
    person = a_person("Iris Vale")
    assert people_named(name="Iris Vale", able=None) == [person]
    found: list[list[Person]] = []

    def ask() -> None:
        found.append(people_named(name="Iris Vale", able=None))
        connection.close()

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert found == [[person]]


def test_what_searches_is_planned_for_its_words_and_nothing_else_is() -> None:
    def kept() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            return [statement for (statement,) in cursor.fetchall()]

    person = a_person()
    for _ in range(5):
        visible(person=person)
        search(person, "payments ledger")
        propose(an_incident(), reader=person)
        assert not incident_list(person, {"search": "payments ledger"}).exists()
    assert not [statement for statement in kept() if "tsquery" in statement]
    assert [statement for statement in kept() if "incidents_incident" in statement]
