"""What can be changed in a module so that a test ought to notice: each change is one mutant of its text."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Links of a chain whose loss changes what is true, not merely how rows are fetched.
LINKS = {
    "filter",
    "exclude",
    "visible_to",
    "select_for_update",
    "distinct",
    "order_by",
    "exists",
    "strip",
    "lower",
}
BOUNDARIES: dict[type[ast.cmpop], str] = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
OPPOSITES: dict[type[ast.cmpop], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


@dataclass(frozen=True)
class Mutant:
    """One change to one module. `first` and `last` are the lines of the statement that it stands in, from 1."""

    path: str
    first: int
    last: int
    line: int
    kind: str
    before: str
    after: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}  {self.kind}:  {self.before}  ->  {self.after}"


@dataclass(frozen=True)
class Edit:
    kind: str
    node: ast.AST
    after: str


def mutants_of(path: Path, name: str) -> Iterator[Mutant]:
    """Every mutant of the module at `path`, which is called `name` in what is printed."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    statements = _innermost_statements(tree)
    in_functions = {
        inner for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)
    }
    for edit in _edits(tree, source):
        statement = statements[edit.node]
        if "/models/" in name and edit.node not in in_functions:
            continue  # what a field or an index is made of is held by the migrations
        text = _replaced(source, edit.node, edit.after)
        before = ast.get_source_segment(source, edit.node) or ""
        if _compiles(text):
            yield Mutant(
                path=name,
                first=statement.lineno,
                last=_head_of(statement),
                line=edit.node.lineno,  # type: ignore[attr-defined]
                kind=edit.kind,
                before=" ".join(before.split()),
                after=" ".join(edit.after.split()),
                text=text,
            )


def _edits(tree: ast.AST, source: str) -> Iterator[Edit]:
    for node in _code(tree):
        yield from _edits_of(node, source)


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that do something when they run: no annotations, no docstrings, no names of classes' fields."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            children = value if isinstance(value, list) else [value]
            waiting += [
                child for child in children if isinstance(child, ast.AST) and not _is_docstring(child)
            ]


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _edits_of(node: ast.AST, source: str) -> Iterator[Edit]:
    match node:
        case ast.If() | ast.While() | ast.IfExp():
            yield _negated(node.test, source)
        case ast.comprehension():
            for condition in node.ifs:
                yield _negated(condition, source)
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            for table, kind in ((BOUNDARIES, "boundary moved"), (OPPOSITES, "comparison turned round")):
                if type(operator) in table:
                    after = f"{_text(left, source)} {table[type(operator)]} {_text(right, source)}"
                    yield Edit(kind, node, after)
        case ast.BoolOp(op=operator, values=values):
            word = " or " if isinstance(operator, ast.And) else " and "
            yield Edit(
                "and and or exchanged", node, "(" + word.join(_text(each, source) for each in values) + ")"
            )
            for number in range(len(values)):
                rest = [_text(each, source) for index, each in enumerate(values) if index != number]
                joined = (" and " if isinstance(operator, ast.And) else " or ").join(rest)
                yield Edit("operand dropped", node, f"({joined})")
        case ast.Call(func=ast.Attribute(value=owner, attr=attribute)) if attribute in LINKS:
            yield Edit("link of a chain dropped", node, _text(owner, source))
        case ast.Expr(value=ast.Call() | ast.Await() | ast.YieldFrom() | ast.Yield()):
            yield Edit("line dropped", node, "pass")
        case ast.AugAssign() | ast.Raise() | ast.Continue() | ast.Break():
            yield Edit("line dropped", node, "pass")
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield Edit("line dropped", node, "pass")
        case ast.Set(elts=elements) if 1 < len(elements) <= 8 and not all(
            isinstance(each, ast.Constant) for each in elements
        ):
            for number in range(len(elements)):
                rest = [_text(each, source) for index, each in enumerate(elements) if index != number]
                yield Edit("member dropped", node, "{" + ", ".join(rest) + "}")
        case ast.Constant(value=bool() as value):
            yield Edit("truth turned round", node, repr(not value))
        case ast.Constant(value=int() as value) if value > 1:
            yield Edit("number moved", node, repr(value + 1))
        case _:
            return


def _negated(test: ast.expr, source: str) -> Edit:
    return Edit("condition negated", test, f"(not ({_text(test, source)}))")


def _text(node: ast.AST, source: str) -> str:
    """The node's own text in brackets where it could be torn apart by what is put around it."""
    text = ast.get_source_segment(source, node) or ""
    return text if isinstance(node, ast.Name | ast.Constant | ast.Call | ast.Attribute) else f"({text})"


def _replaced(source: str, node: ast.AST, after: str) -> str:
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line.encode()))
    encoded = source.encode()
    begin = starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
    end = starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
    # In brackets, so that what stood in several lines may still do so.
    return (encoded[:begin] + after.encode() + encoded[end:]).decode()


def _compiles(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _innermost_statements(tree: ast.AST) -> dict[ast.AST, ast.stmt]:
    found: dict[ast.AST, ast.stmt] = {}

    def walk(node: ast.AST, statement: ast.stmt | None) -> None:
        inner = node if isinstance(node, ast.stmt) else statement
        if inner is not None:
            found[node] = inner
        for child in ast.iter_child_nodes(node):
            walk(child, inner)

    walk(tree, None)
    return found


def _head_of(statement: ast.stmt) -> int:
    """The last line of a statement, of one with a body the last before it."""
    body = getattr(statement, "body", None)
    if isinstance(body, list) and body:
        return max(statement.lineno, body[0].lineno - 1)
    return statement.end_lineno or statement.lineno
