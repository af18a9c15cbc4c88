"""Queries that are compiled once. Django builds the SQL of a query anew for each call: that took half of the home page.

    @prepared
    def running(*, person: Person, since: datetime) -> QuerySet[Incident]:
        return Incident.objects.visible_to(person).filter(opened_at__gte=since)

    rows = running(person=somebody, since=an_instant)

The function is called once for each shape of its arguments, with marks in the place of their values. So it may put
them into the query and ask a person for groups, and must decide nothing else by them. Several keys are
`among(column, keys)`, never `__in`, whose SQL depends on how many there are.
"""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import update_wrapper
from types import SimpleNamespace
from typing import Any, Generic, ParamSpec, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, BooleanField, F, Func, QuerySet, Value, prefetch_related_objects
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from majorops.people.models import Person

Given = ParamSpec("Given")
Row = TypeVar("Row")

# Values that no row has, so that they are known again among the parameters of the SQL.
NUMBER = 8_000_000_000_000_000_000
INSTANT = datetime(2, 1, 1, tzinfo=UTC)
TEXT = "\ue000prepared\ue000"


class Prepared(Generic[Given, Row]):
    """A query that is compiled once for each shape of its arguments. Called, it gives the rows; `sql` is for a
    statement that is written around it."""

    def __init__(self, build: Callable[Given, QuerySet[Any, Row]]) -> None:
        self._build = build
        self._statements: dict[Any, Statement] = {}
        update_wrapper(self, build)

    def __call__(self, *args: Given.args, **given: Given.kwargs) -> list[Row]:
        return self._statement(given).rows(_values(given))

    def sql(self, *args: Given.args, **given: Given.kwargs) -> tuple[str, tuple[Any, ...]]:
        """The SQL with its parameters."""
        statement = self._statement(given)
        return statement.sql, statement.said(_values(given))

    def _statement(self, given: dict[str, Any]) -> "Statement":
        shape = tuple((name, _shape(value)) for name, value in given.items())
        statement = self._statements.get(shape)
        if statement is None:
            marks = {name: _mark(value, place) for place, (name, value) in enumerate(given.items())}
            statement = Statement.of(self._build(**marks), marks)  # type: ignore[call-arg]
            self._statements[shape] = statement
        return statement


def prepared(build: Callable[Given, QuerySet[Any, Row]]) -> Prepared[Given, Row]:
    """The rows of the query that `build` makes of its arguments, all given by name. None, True, False and words of a
    vocabulary shape the query; texts, numbers, instants, days, lists of keys and persons are its values."""
    return Prepared(build)


def among(column: str, keys: Iterable[int]) -> Func:
    """Whether `column` is one of many keys: a test of each row as it comes in order, where a join of thousands of them
    would be sorted first."""
    array = Value(list(keys), ArrayField(BigIntegerField()))
    return Func(
        F(column), array, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()
    )


@dataclass(frozen=True)
class Statement:
    """A compiled query: its SQL, and for each parameter the constant or the name of the argument that stands there."""

    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str
    parameters: tuple[tuple[str | None, Any], ...]

    @classmethod
    def of(cls, queryset: QuerySet[Any, Any], marks: dict[str, Any]) -> "Statement":
        """Raises ValueError when a mark is not found again: what it became would stay that of the first call. A person
        need not be: of an auditor no query asks who it is."""
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, found = compiler.as_sql()
        sought = [(name, _value(mark)) for name, mark in marks.items() if _is_value(mark)]
        parameters = tuple(
            (next((name for name, mark in sought if _is_same(mark, each)), None), each) for each in found
        )
        needed = {name for name, _ in sought if not isinstance(marks[name], Person)}
        if missing := needed - {name for name, _ in parameters}:
            raise ValueError(f"The SQL does not hold {', '.join(sorted(missing))} as given.")
        return cls(queryset, compiler, sql, parameters)

    def said(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """The parameters of one call."""
        return tuple(
            each if name is None else _as_before(each, values[name]) for name, each in self.parameters
        )

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """Raises TransactionManagementError for rows to be locked outside of a transaction, as Django does when it
        compiles: such a lock is gone before it is of use."""
        if self.queryset.query.select_for_update and connections[DEFAULT_DB_ALIAS].get_autocommit():
            raise TransactionManagementError("Rows can be locked in a transaction only.")
        parameters = self.said(values)
        # What Django's own reading of rows asks of a queryset, prefetches aside.
        asked = SimpleNamespace(
            db=DEFAULT_DB_ALIAS,
            model=self.queryset.model,
            query=CompiledQuery(self.queryset.query, self.compiler, self.sql, parameters),
            _known_related_objects={},
            _fields=self.queryset._fields,  # type: ignore[attr-defined]
        )
        rows = list(self.queryset._iterable_class(asked))  # type: ignore[arg-type, call-overload]
        if lookups := self.queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            prefetch_related_objects(rows, *lookups)
        return rows


class CompiledQuery:
    """Answers for a query with the SQL it had the first time, and with the parameters of this call."""

    def __init__(self, query: Query, compiler: SQLCompiler, sql: str, parameters: tuple[Any, ...]) -> None:
        self._query, self._compiler, self._said = query, compiler, (sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)

    def get_compiler(self, using: str = DEFAULT_DB_ALIAS, *args: Any, **kwargs: Any) -> SQLCompiler:
        # Connections belong to threads, compilers to connections.
        compiler = copy(self._compiler)
        compiler.connection = connections[using]
        compiler.as_sql = lambda *args, **kwargs: self._said  # type: ignore[method-assign]
        return compiler


def _values(given: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in given.items()}


def _is_value(given: Any) -> bool:
    return not (given is None or isinstance(given, bool | Enum))


def _shape(given: Any) -> Any:
    if isinstance(given, Person):
        return given.group_names
    return type(given) if _is_value(given) else given


def _mark(given: Any, place: int) -> Any:
    match given:
        case Person():
            mark = Person(pk=NUMBER + place)
            mark.group_names = given.group_names
            return mark
        case list() | tuple():
            return [NUMBER + place]
        case datetime():
            return INSTANT + timedelta(days=place)
        case date():
            return INSTANT.date() + timedelta(days=place)
        case None | bool() | Enum():
            return given
        case str():
            return f"{TEXT}{place}"
        case int():
            return NUMBER + place
    raise TypeError(f"{type(given).__name__} can be no value of a prepared query.")


def _is_same(mark: Any, parameter: Any) -> bool:
    return type(mark) in (type(parameter), *type(parameter).__mro__) and mark == parameter


def _as_before(parameter: Any, value: Any) -> Any:
    """The value as Django gave the mark to the database: numbers with the width of their column."""
    if isinstance(parameter, list):
        return [type(parameter[0])(each) for each in value]
    return type(parameter)(value) if isinstance(parameter, int) else value


def _value(given: Any) -> Any:
    """As it stands among the parameters."""
    match given:
        case Person():
            return given.pk
        case tuple():
            return list(given)
    return given
