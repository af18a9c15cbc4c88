"""Queries that are compiled once. Django builds the SQL of a query anew for each call: that took half of the home page.

    @prepared
    def running(*, person: Person, since: datetime) -> QuerySet[Incident]:
        return Incident.objects.visible_to(person).filter(opened_at__gte=since)

    rows = running(person=somebody, since=an_instant)

The function is called twice for each shape of its arguments, with marks in the place of their values, two different
ones for each. So it may put them into the query and ask a person for groups, and must decide or compute nothing else
by them: what differs between the two and is no mark is refused. Several keys are `among(column, keys)`, never `__in`,
whose SQL depends on how many there are.

MAJOROPS_PREPARED_QUERIES=off builds every query anew, as Django does by itself; `check` asks both ways and compares.
"""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import update_wrapper
from types import SimpleNamespace
from typing import Any, Generic, ParamSpec, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import (
    BigIntegerField,
    BooleanField,
    F,
    Func,
    Model,
    QuerySet,
    Value,
    prefetch_related_objects,
)
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from majorops.people.models import Person

Given = ParamSpec("Given")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Marks:
    """Values that no row has, so that they are known again among the parameters of the SQL. No two of them are a round
    number, day or second apart: what is computed of one is never taken for another."""

    number: int
    number_apart: int
    instant: datetime
    apart: timedelta
    text: str

    def of(self, given: Any, place: int) -> Any:
        """What stands for `given`, the argument at `place`. Raises TypeError for what can be no value."""
        match given:
            case Person():
                return stand_in(self._number(place), given.group_names)
            case list() | tuple():
                return [self._number(place)]
            case datetime():
                return self.instant + place * self.apart
            case date():
                return (self.instant + place * self.apart).date()
            case None | bool() | Enum():
                return given
            case str():
                return f"{self.text}{place}{self.text}"
            case int():
                return self._number(place)
        raise TypeError(f"{type(given).__name__} can be no value of a prepared query.")

    def _number(self, place: int) -> int:
        return self.number + place * self.number_apart


# The second ones are at the other end of each scale, so that a comparison with anything real comes out differently.
FIRST = Marks(
    8_000_000_000_000_000_003,
    1_000_003,
    datetime(2, 1, 3, 4, 7, 11, 130_307, tzinfo=UTC),
    timedelta(days=37, seconds=4_211, microseconds=70_207),
    "\ue000prepared\ue001",
)
SECOND = Marks(
    -7_000_000_000_000_000_009,
    2_000_029,
    datetime(9_871, 2, 5, 17, 31, 43, 310_703, tzinfo=UTC),
    timedelta(days=41, seconds=7_919, microseconds=90_019),
    "\ue002second\ue003",
)


def stand_in(key: int, groups: frozenset[str]) -> Person:
    """A person who has a key and groups and nothing else: whatever else is read of it raises AttributeError, as the SQL
    would hold it for everybody."""
    person = Person.from_db(None, ["id"], [key])
    person.group_names = groups

    def refuse(*_: Any, fields: list[str], **__: Any) -> None:
        raise AttributeError(
            f"A prepared query may ask a person for key and groups, not for {', '.join(fields)}."
        )

    person.refresh_from_db = refuse  # type: ignore[method-assign, assignment]
    return person


class Prepared(Generic[Given, Row]):
    """A query that is compiled once for each shape of its arguments, which are all given by name. Called, it gives the
    rows; `sql` is for a statement that is written around it. `compared` counts the calls that were asked both ways."""

    def __init__(self, build: Callable[Given, QuerySet[Any, Row]]) -> None:
        self._build = build
        self._statements: dict[Any, CompiledStatement] = {}
        self.compared = 0
        update_wrapper(self, build)

    def __call__(self, *args: Given.args, **given: Given.kwargs) -> list[Row]:
        _by_name(args)
        if settings.PREPARED_QUERIES == "off":
            return list(self._build(**given))  # type: ignore[call-arg]
        rows = self._statement(given).rows(_values(given))
        if settings.PREPARED_QUERIES == "check":
            self._compare(rows, self._build(**given))  # type: ignore[call-arg]
        return rows

    def _compare(self, rows: Iterable[Any], expected: Iterable[Any]) -> None:
        """Raises AssertionError when Django's own reading of the query gives other rows, in whatever order."""
        ours, djangos = (
            sorted((_comparable(row) for row in several), key=repr) for several in (rows, expected)
        )
        if ours != djangos:
            name = f"{self._build.__module__}.{self._build.__qualname__}"
            raise AssertionError(f"{name} gives {len(ours)} rows that differ from Django's {len(djangos)}.")
        self.compared += 1

    def sql(self, *args: Given.args, **given: Given.kwargs) -> tuple[str, tuple[Any, ...]]:
        """The SQL with its parameters. Raises EmptyResultSet for a query that can have no rows."""
        _by_name(args)
        if settings.PREPARED_QUERIES == "off":
            return self._build(**given).query.sql_with_params()  # type: ignore[call-arg, return-value]
        statement = self._statement(given)
        if statement.sql is None:
            raise EmptyResultSet
        compiled = statement.sql, statement.parameters_of(_values(given))
        if settings.PREPARED_QUERIES == "check":
            self._compare(_fetched(*compiled), _fetched(*self._build(**given).query.sql_with_params()))  # type: ignore[call-arg]
        return compiled

    def _statement(self, given: dict[str, Any]) -> "CompiledStatement":
        shape = tuple((name, _shape(value)) for name, value in given.items())
        statement = self._statements.get(shape)
        if statement is None:
            first, second = (
                {name: marks.of(value, place) for place, (name, value) in enumerate(given.items())}
                for marks in (FIRST, SECOND)
            )
            statement = CompiledStatement.of(self._build(**first), first, self._build(**second), second)  # type: ignore[call-arg]
            self._statements[shape] = statement
        return statement


def _by_name(args: tuple[Any, ...]) -> None:
    if args:
        raise TypeError("The arguments of a prepared query are given by name.")


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
class CompiledStatement:
    """A compiled query: its SQL (None where it can have no rows), and for each parameter the constant or the name of
    the argument that stands there."""

    queryset: QuerySet[Any, Any]
    compiler: SQLCompiler
    sql: str | None
    parameters: tuple[tuple[str | None, Any], ...]

    @classmethod
    def of(
        cls,
        queryset: QuerySet[Any, Any],
        marks: dict[str, Any],
        other: QuerySet[Any, Any],
        other_marks: dict[str, Any],
    ) -> "CompiledStatement":
        """Raises ValueError when the two differ by more than their marks, or when a mark is not found again: what it
        became would stay that of the first call. A person need not be: of an auditor no query asks who it is."""
        compiler, sql, values = _compiled(queryset)
        _, other_sql, other_values = _compiled(other)
        if sql != other_sql or len(values) != len(other_values):
            raise ValueError("The SQL depends on the values of the arguments.")
        sought = [name for name, mark in marks.items() if _is_value(mark)]
        parameters = tuple(
            (_name_of(value, again, sought, marks, other_marks), value)
            for value, again in zip(values, other_values, strict=True)
        )
        needed = (
            {name for name in sought if not isinstance(marks[name], Person)} if sql is not None else set()
        )
        if missing := needed - {name for name, _ in parameters}:
            raise ValueError(f"The SQL does not hold {', '.join(sorted(missing))} as given.")
        return cls(queryset, compiler, sql, parameters)

    def parameters_of(self, values: dict[str, Any]) -> tuple[Any, ...]:
        """The parameters of one call."""
        return tuple(
            value if name is None else _as_before(value, values[name]) for name, value in self.parameters
        )

    def rows(self, values: dict[str, Any]) -> list[Any]:
        """Raises TransactionManagementError for rows to be locked outside of a transaction, as Django does when it
        compiles: such a lock is gone before it is of use."""
        if self.sql is None:
            return []
        if self.queryset.query.select_for_update and connections[DEFAULT_DB_ALIAS].get_autocommit():
            raise TransactionManagementError("Rows can be locked in a transaction only.")
        parameters = self.parameters_of(values)
        # What Django's own reading of rows asks of a queryset, prefetches aside.
        queryset = SimpleNamespace(
            db=DEFAULT_DB_ALIAS,
            model=self.queryset.model,
            query=CompiledQuery(self.queryset.query, self.compiler, self.sql, parameters),
            _known_related_objects={},
            _fields=self.queryset._fields,  # type: ignore[attr-defined]
        )
        rows = list(self.queryset._iterable_class(queryset))  # type: ignore[arg-type, call-overload]
        if lookups := self.queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            prefetch_related_objects(rows, *lookups)
        return rows


def _compiled(queryset: QuerySet[Any, Any]) -> tuple[SQLCompiler, str | None, tuple[Any, ...]]:
    """The compiler with its SQL and parameters; no SQL for a query that can have no rows."""
    compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return compiler, None, ()
    return compiler, sql, tuple(parameters)


def _name_of(
    parameter: Any, other: Any, sought: list[str], marks: dict[str, Any], other_marks: dict[str, Any]
) -> str | None:
    """The argument that a parameter is, None for a constant. Raises ValueError for what was made of an argument."""
    for name in sought:
        if _is_same(_value(marks[name]), parameter) and _is_same(_value(other_marks[name]), other):
            return name
    if type(parameter) is not type(other) or parameter != other:
        raise ValueError(f"The SQL holds {str(parameter)[:60]!r}, which was computed from an argument.")
    return None


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


def _fetched(sql: str, parameters: Iterable[Any]) -> list[tuple[Any, ...]]:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return cursor.fetchall()


def _comparable(row: Any, above: tuple[Any, ...] = ()) -> Any:
    """A row with all that was read of it, of what it joins and of what was fetched with it; a row that joins one of
    those `above` it, by its key alone."""
    if not isinstance(row, Model):
        return row
    if row in above:
        return type(row), row.pk
    deeper = (*above, row)
    read = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    joined = {name: _comparable(other, deeper) for name, other in row._state.fields_cache.items()}
    fetched = {
        name: [_comparable(other, deeper) for other in rows]
        for name, rows in getattr(row, "_prefetched_objects_cache", {}).items()
    }
    return type(row), read, joined, fetched


def _values(given: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in given.items()}


def _is_value(given: Any) -> bool:
    return not (given is None or isinstance(given, bool | Enum))


def _shape(given: Any) -> Any:
    if isinstance(given, Person):
        return given.group_names
    return type(given) if _is_value(given) else given


def _is_same(mark: Any, parameter: Any) -> bool:
    return type(mark) in (type(parameter), *type(parameter).__mro__) and mark == parameter


def _as_before(parameter: Any, value: Any) -> Any:
    """The value as Django gave the mark to the database: numbers with the width of their column."""
    if isinstance(parameter, list):
        return [type(parameter[0])(item) for item in value]
    return type(parameter)(value) if isinstance(parameter, int) else value


def _value(given: Any) -> Any:
    """As it stands among the parameters."""
    match given:
        case Person():
            return given.pk
        case tuple():
            return list(given)
    return given
