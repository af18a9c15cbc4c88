"""What a learning statement has: an object, a change to it, a measure, an owner, a date, weighed by linear models.

Seed: Learning Statements, "Specific, named, actionable". A list of vague words does not generalise: whatever a
statement says, it is specific by what it has. The weights are trained by script/train_statements on the labelled texts
of the tests, and kept in statement_weights.json.
"""

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from afteractions.wording.change_said import of_the_change
from afteractions.wording.owner_and_date_said import of_the_date, of_the_owner
from afteractions.wording.statement_parts import Evidence, Features, actors, read
from afteractions.wording.words.statement_words import CHANGES

WEIGHTS = Path(__file__).with_name("statement_weights.json")
LONGEST_JUDGED = 4_000
VAGUE, NO_OWNER, NO_DATE = "vague", "no_owner", "no_date"
KINDS = (VAGUE, NO_OWNER, NO_DATE)
# From where on a kind of thing is said to be lacking: chosen where precision and recall on texts left out are nearest.
BOUNDS = {VAGUE: 0.4, NO_OWNER: 0.4, NO_DATE: 0.5}


def evidence(text: str, persons: Iterable[tuple[int, int]] = ()) -> dict[str, Evidence]:
    """What the statement has, as numbers of about one, for each kind of finding; what the models weigh."""
    text = text[:LONGEST_JUDGED]
    statement = read(text, [person for person in persons if person[1] <= LONGEST_JUDGED])
    acting = list(actors(statement))
    return {
        # Who may be somebody by an ending alone says nothing about the change.
        VAGUE: of_the_change(text, statement, [row for row in acting if row.sure]),
        NO_OWNER: of_the_owner(statement, acting),
        NO_DATE: of_the_date(statement),
    }


@lru_cache(maxsize=1)
def weights() -> Mapping[str, Mapping[str, float]]:
    """The weights as trained, for each kind by the names of `features`."""
    kept: dict[str, dict[str, float]] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return kept


def likelihood(evidence: Evidence, weighed: Mapping[str, float]) -> float:
    """How likely it is lacking, from 0 to 1, by what was found."""
    score = weighed.get("", 0.0) + _weight(evidence.whole, weighed)
    # One owner, or one date, is enough: many doubtful ones are hardly better than the best of them.
    score -= math.log(1 + sum(math.exp(min(30.0, _weight(row, weighed))) for row in evidence.each))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def _weight(features: Features, weighed: Mapping[str, float]) -> float:
    return sum(weighed.get(name, 0.0) * value for name, value in features.items())


def lacks(text: str, persons: Iterable[tuple[int, int]] = ()) -> frozenset[str]:
    """What a statement lacks of a specific change, an owner and a date, by their kinds. `persons`: whom it names."""
    trained = weights()
    known = evidence(text, persons)
    return frozenset(kind for kind in KINDS if likelihood(known[kind], trained[kind]) > BOUNDS[kind])


def missing(text: str) -> Iterator[str]:
    """The parts that a vague statement lacks, in words."""
    tokens = read(text[:LONGEST_JUDGED]).tokens
    if not any(token.lower in CHANGES for token in tokens):
        yield "what will be done"
    if not any(token.kind in ("identifier", "quote") for token in tokens):
        yield "the step, tool or document that will be different"
    if not any(token.kind in ("number", "time") and any(map(str.isdigit, token.text)) for token in tokens):
        yield "a number that shows it"
