"""Whether a file, or a class or test in it, that a document names is there."""

import ast

from majorops.embedded.state import CHECKOUT


def is_there(named: str) -> bool:
    """`named` is a path from the root of the checkout, followed by `::` and names inside it, as pytest says it."""
    path, *inside = named.split("::")
    if not (CHECKOUT / path).is_file():
        return False
    body = ast.parse((CHECKOUT / path).read_text()).body if inside else []
    for name in inside:
        found = [
            each for each in body if isinstance(each, ast.ClassDef | ast.FunctionDef) and each.name == name
        ]
        if not found:
            return False
        body = found[0].body
    return True
