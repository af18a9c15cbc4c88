"""The one family of domain errors. Every shell shows its sentence in its own way."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """What is wrong at one place of the input: `path` as in `timeline[3].at`, `message` a sentence with the way out."""

    path: str
    message: str


class RuleViolation(Exception):
    """A rule says no. `sentence` tells a person why and what to do instead. API: 409."""

    http_status = 409

    def __init__(self, sentence: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.problems = tuple(problems)


class BadInput(RuleViolation):
    """The input itself is wrong; `problems` name the fields. API: 400, page: 422 with the form."""

    http_status = 400

    def __init__(self, problems: Sequence[Problem], sentence: str = "") -> None:
        problems = tuple(problems)
        super().__init__(sentence or "; ".join(problem.message for problem in problems), problems)

    @classmethod
    def of(cls, path: str, message: str) -> "BadInput":
        """The common case: one field, one message."""
        return cls([Problem(path, message)])


class NotAllowed(RuleViolation):
    """The person may see the object but may not do this. API: 403."""

    http_status = 403


class VersionConflict(RuleViolation):
    """Somebody else changed the object since `expected` was read; `current` is what stands there now. API: 412."""

    http_status = 412

    def __init__(self, sentence: str, current: Any = None) -> None:
        super().__init__(sentence)
        self.current = current


class NotFound(RuleViolation):
    """The object is not there, or must not be known to be there. API: 404."""

    http_status = 404


class TooMany(RuleViolation):
    """Too many of a kind within a time; there is room again in `wait` seconds. API: 429 with Retry-After."""

    http_status = 429

    def __init__(self, sentence: str, *, wait: float) -> None:
        super().__init__(sentence)
        self.wait = wait
