"""Whether somebody may still see what a notice speaks of. The rule is registered by those who know the objects."""

from collections.abc import Callable, Iterable

from majorops.people.models import Person

# Asked with a person and references; answers with those of them that the person may know of.
VisibilityCheck = Callable[[Person, Iterable[str]], set[str]]
_checks: list[VisibilityCheck] = []


def register(check: VisibilityCheck) -> None:
    """Makes `check` one of the rules; a scope is visible when one of them says so."""
    if check not in _checks:
        _checks.append(check)


def visible_scopes(person: Person, scopes: Iterable[str]) -> set[str]:
    """Which of `scopes` the person may see now. The empty scope is everybody's."""
    wanted = {scope for scope in scopes if scope}
    return {""}.union(*(check(person, wanted) for check in _checks)) if wanted else {""}
