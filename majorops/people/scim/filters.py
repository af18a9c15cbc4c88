"""Filters of SCIM (RFC 7644, 3.4.2.2) as conditions of the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import Q
from scim2_models import InvalidFilterException, Resource, ScimFilter
from scim2_models.path import (
    AttrPath,
    Comparison,
    FilterNode,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
    coerce_value,
)

from majorops.people.scim.models import number_of, number_of_group
from majorops.people.scim.resources import Account, Group

TEXT = {"eq": "iexact", "co": "icontains", "sw": "istartswith", "ew": "iendswith"}
EXACT_TEXT = {"eq": "exact", "co": "contains", "sw": "startswith", "ew": "endswith"}
INSTANT = {"eq": "exact", "gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}
SAME = {"eq": "exact"}


@dataclass(frozen=True)
class Column:
    """Where an attribute is kept, and the lookups by which it is compared."""

    name: str
    lookups: Mapping[str, str]
    read: Callable[[Any], Any] = str

    def holds(self, operator: str, value: Any) -> Q:
        """The rows of which the comparison is true. Raises InvalidFilterException for one that is not offered."""
        if operator == "ne":
            return ~self.holds("eq", value)
        if operator not in self.lookups or value is None:
            raise InvalidFilterException(detail=f"“{operator}” with this value is not supported here.")
        try:
            return Q(**{f"{self.name}__{self.lookups[operator]}": self.read(value)})
        except (ValueError, OverflowError):
            # An id that is none of ours.
            return Q(pk__in=[])

    @property
    def is_present(self) -> Q:
        if self.lookups not in (TEXT, EXACT_TEXT):
            return Q(**{f"{self.name}__isnull": False})
        return Q(**{f"{self.name}__gt": ""})


def _as_is(value: Any) -> Any:
    return value


COLUMNS: Mapping[type[Resource[Any]], Mapping[str, Column]] = {
    Account: {
        "id": Column("pk", SAME, number_of),
        "user_name": Column("user_name", TEXT),
        "emails.value": Column("email", TEXT),
        "emails.type": Column("email_type", TEXT),
        "external_id": Column("scim__external_id", EXACT_TEXT),
        "display_name": Column("full_name", TEXT),
        "active": Column("is_active", SAME, bool),
        "meta.created": Column("joined_at", INSTANT, _as_is),
        "meta.last_modified": Column("changed_at", INSTANT, _as_is),
    },
    Group: {
        "id": Column("pk", SAME, number_of_group),
        "display_name": Column("display_name", TEXT),
        "external_id": Column("external_id", EXACT_TEXT),
        "members.value": Column("members__pk", SAME, number_of),
        "meta.created": Column("created_at", INSTANT, _as_is),
        "meta.last_modified": Column("changed_at", INSTANT, _as_is),
    },
}


def condition_of(expression: str, model: type[Resource[Any]]) -> Q:
    """The rows that a filter matches. Raises InvalidFilterException for one that is no filter, or names an attribute
    or an operator that is not offered."""
    parsed: ScimFilter[Any] = ScimFilter.__class_getitem__(model)(expression)
    return _Condition(parsed, COLUMNS[model]).visit(parsed.ast)


class _Condition(FilterVisitor[Q]):
    def __init__(self, parsed: ScimFilter[Any], columns: Mapping[str, Column]) -> None:
        self.parsed, self.columns = parsed, columns

    def visit_comparison(self, node: Comparison) -> Q:
        resolved = self.parsed.resolve_comparison(node.attr_path)
        return self._column(node.attr_path).holds(
            node.op.value, coerce_value(resolved, node.value, node.op) if resolved else None
        )

    def visit_present(self, node: Present) -> Q:
        return self._column(node.attr_path).is_present

    def visit_not(self, node: Not) -> Q:
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        join = and_ if node.op is LogicalOperator.and_ else or_
        return reduce(join, (self.visit(term) for term in node.terms))

    def visit_value_path(self, node: ValuePath) -> Q:
        # Of what has several values a row keeps one, or they are compared by their value alone.
        return self.visit(_within(node.attr_path, node.val_filter))

    def _column(self, path: AttrPath) -> Column:
        resolved = self.parsed.resolve_comparison(path)
        fields = (resolved.field_name, resolved.sub_field_name) if resolved else ()
        column = self.columns.get(".".join(filter(None, fields)))
        if column is None:
            raise InvalidFilterException(detail=f"{path} cannot be filtered by here.")
        return column


def _within(outer: AttrPath, node: FilterNode) -> FilterNode:
    """A condition on the values of an attribute as one on the attribute."""
    match node:
        case Comparison():
            return Comparison(AttrPath(outer.attr, node.attr_path.attr, outer.uri), node.op, node.value)
        case LogicalExpr():
            return LogicalExpr(node.op, tuple(_within(outer, term) for term in node.terms))
        case Not():
            return Not(_within(outer, node.expr))
    raise InvalidFilterException(detail="Within [ ] comparisons alone are supported here.")
