"""Trains what tells what a learning statement lacks, and measures it leaving one set of texts out at a time.

`script/train_statements` prints the measure and writes the weights; `--nested` also chooses the settings anew for each
set left out, by the other sets alone; `--measure FILE` judges the texts of a file as the product does, with the weights
that are kept. Its lines are {"text", "vague", "no_owner", "no_date"} or those of tests/data.

Plain Python: AdaGrad on a logistic loss, every weight pulled to zero, the weights of the last rounds averaged.
"""

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from afteractions.wording.check import Checked, check, persons_in
from afteractions.wording.persons import KnownPerson
from afteractions.wording.specifics import BOUNDS, KINDS, WEIGHTS, Evidence, evidence, likelihood

DATA = Path(__file__).parents[1] / "data"
# Each by other people than the others. The last four: without a look at rules or texts, and labelled blind.
BY_STRANGERS = ("wording_fifth", "wording_sixth", "wording_seventh", "wording_eighth")
SETS = (
    "wording",
    "wording_tuned",
    "wording_first",
    "wording_second",
    "wording_third",
    "wording_fourth",
    *BY_STRANGERS,
)
PEOPLE_OF = {"wording_tuned": "wording"}
ROUNDS = 20
AVERAGED = 8
RATE = 0.2
PULL = 0.1
# What strangers write is nearer to what will be written than what was written to try the rules.
WORTH_OF_STRANGERS = 1.5
# What a single writer says is that writer's own: no names and no phrases are kept.
FEWEST_WRITERS = 2
SMALLEST = 0.02
# What is tried where the settings are chosen as well.
PULLS = (0.05, 0.1, 0.2, 0.5)
TRIED_BOUNDS = (0.35, 0.4, 0.45, 0.5, 0.55)

Weights = Mapping[str, float]


@dataclass(frozen=True)
class Row:
    text: str
    kinds: frozenset[str]
    writer: str
    evidence: Mapping[str, Evidence]


@dataclass(frozen=True)
class Measure:
    precision: float
    recall: float

    @property
    def lower(self) -> float:
        return min(self.precision, self.recall)

    def __str__(self) -> str:
        return f"precision {self.precision:.3f} recall {self.recall:.3f}"


def labelled(path: Path) -> list[tuple[str, frozenset[str]]]:
    """The learning statements of a file, each with the kinds of findings that somebody saw in it."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [
        (row["text"], _kinds(row))
        for row in rows
        if row.get("section", Checked.LEARNING_STATEMENT) in _SECTION
    ]


_SECTION = frozenset([str(Checked.LEARNING_STATEMENT)])


def _kinds(row: Mapping) -> frozenset[str]:
    if "expected" in row:
        return frozenset(label["kind"] for label in row["expected"])
    return frozenset(kind for kind in KINDS if row[kind])


def registered(name: str) -> list[KnownPerson]:
    """The people who are known where a set was written; the strangers' organisation knows nobody."""
    path = DATA / f"{PEOPLE_OF.get(name, name)}_people.json"
    return (
        [KnownPerson(**each) for each in json.loads(path.read_text(encoding="utf-8"))]
        if path.exists()
        else []
    )


def read_sets(names: Iterable[str] = SETS) -> dict[str, list[Row]]:
    return {
        name: [
            Row(text, kinds, name, evidence(text, persons_in(text, registered(name))))
            for text, kinds in labelled(DATA / f"{name}.jsonl")
        ]
        for name in names
    }


def train(rows: Sequence[Row], kind: str, pull: float = PULL) -> dict[str, float]:
    """Weights by the names of what is weighed; the same for the same texts in the same order."""
    names = _kept_names(rows, kind)
    number = {name: place for place, (name, _) in enumerate(names.items(), 1)}
    pulls = [0.0, *(pull / times for times in names.values())]
    texts = _as_numbers(rows, kind, number)
    weights = [0.0] * len(pulls)
    slopes = [1.0] * len(pulls)
    summed = [0.0] * len(pulls)
    order = random.Random(1)
    for turn in range(ROUNDS):
        order.shuffle(texts)
        for whole, each, lacks, worth in texts:
            score = sum(weights[place] * value for place, value in whole)
            likes = [
                math.exp(min(30.0, sum(weights[place] * value for place, value in found))) for found in each
            ]
            total = 1 + sum(likes)
            score = max(-30.0, min(30.0, score - math.log(total)))
            slope = (1 / (1 + math.exp(-score)) - lacks) * worth
            for share, found in (
                (slope, whole),
                *((-slope * like / total, found) for like, found in zip(likes, each, strict=True)),
            ):
                for place, value in found:
                    down = share * value + pulls[place] * weights[place]
                    slopes[place] += down * down
                    weights[place] -= RATE * down / math.sqrt(slopes[place])
        if turn >= ROUNDS - AVERAGED:
            summed = [before + weight for before, weight in zip(summed, weights, strict=True)]
    trained = {name: round(weight / AVERAGED, 2) for name, weight in zip(["", *names], summed, strict=True)}
    return {name: weight for name, weight in sorted(trained.items()) if abs(weight) >= SMALLEST}


def _kept_names(rows: Iterable[Row], kind: str) -> dict[str, int]:
    """What more than one writer has, with the number of texts that have it."""
    texts: Counter[str] = Counter()
    writers: dict[str, set[str]] = {}
    for row in rows:
        found = row.evidence[kind]
        for name in set(found.whole).union(*found.each):
            texts[name] += 1
            writers.setdefault(name, set()).add(row.writer)
    return {name: times for name, times in sorted(texts.items()) if len(writers[name]) >= FEWEST_WRITERS}


Numbers = list[tuple[int, float]]


def _as_numbers(
    rows: Sequence[Row], kind: str, number: Mapping[str, int]
) -> list[tuple[Numbers, list[Numbers], bool, float]]:
    """Each text by the numbers of what it has, and what it is worth: both answers weigh the same."""

    def numbers(found: Mapping[str, float]) -> Numbers:
        return [(number[name], value) for name, value in found.items() if name in number and value]

    worth = [WORTH_OF_STRANGERS if row.writer in BY_STRANGERS else 1.0 for row in rows]
    total = sum(worth)
    lacking = sum(each for each, row in zip(worth, rows, strict=True) if kind in row.kinds)
    return [
        (
            [(0, 1.0), *numbers(row.evidence[kind].whole)],
            [numbers(found) for found in row.evidence[kind].each],
            kind in row.kinds,
            each * total / 2 / (lacking if kind in row.kinds else total - lacking),
        )
        for row, each in zip(rows, worth, strict=True)
    ]


def measure(rows: Iterable[Row], kind: str, weights: Weights, bound: float | None = None) -> Measure:
    least = BOUNDS[kind] if bound is None else bound
    judged = [(likelihood(row.evidence[kind], weights) > least, kind in row.kinds) for row in rows]
    return _measure(judged)


def _measure(judged: Sequence[tuple[bool, bool]]) -> Measure:
    hits = sum(found and lacks for found, lacks in judged)
    found, lacking = sum(found for found, _ in judged), sum(lacks for _, lacks in judged)
    return Measure(hits / found if found else 1.0, hits / lacking if lacking else 1.0)


def left_out(sets: Mapping[str, Sequence[Row]]) -> Iterator[tuple[str, str, Measure]]:
    """Each set and kind, with its measure by weights that are trained on the other sets alone."""
    for name, rows in sets.items():
        others = [row for other, kept in sets.items() if other != name for row in kept]
        for kind in KINDS:
            yield name, kind, measure(rows, kind, train(others, kind))


def nested(sets: Mapping[str, Sequence[Row]]) -> Iterator[tuple[str, str, float, float, Measure]]:
    """The same for the sets by strangers, with settings that the other sets alone have chosen."""
    for name in BY_STRANGERS:
        others = {other: rows for other, rows in sets.items() if other != name}
        rows_of_others = [row for rows in others.values() for row in rows]
        for kind in KINDS:
            pull, bound = max(_tried(others, kind), key=lambda each: each[1])[0]
            yield name, kind, pull, bound, measure(sets[name], kind, train(rows_of_others, kind, pull), bound)


def _tried(sets: Mapping[str, Sequence[Row]], kind: str) -> Iterator[tuple[tuple[float, float], float]]:
    """Settings, each with the lower of precision and recall over the strangers that were left out in turn."""
    judges = [name for name in BY_STRANGERS if name in sets]
    for pull in PULLS:
        likely: list[tuple[float, bool]] = []
        for name in judges:
            weights = train([row for other in sets if other != name for row in sets[other]], kind, pull)
            likely += [(likelihood(row.evidence[kind], weights), kind in row.kinds) for row in sets[name]]
        for bound in TRIED_BOUNDS:
            yield (pull, bound), _measure([(each > bound, lacks) for each, lacks in likely]).lower


def measured_by_check(path: Path) -> dict[str, Measure]:
    """Precision and recall of each kind on the texts of a file, as the product finds them."""
    texts = [
        ({str(each.kind) for each in check(Checked.LEARNING_STATEMENT, text)}, kinds)
        for text, kinds in labelled(path)
    ]
    return {kind: _measure([(kind in found, kind in kinds) for found, kinds in texts]) for kind in KINDS}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    asked.add_argument(
        "--measure", type=Path, metavar="FILE", help="judge these texts with the weights as they are"
    )
    asked.add_argument("--nested", action="store_true", help="choose the settings anew for each set left out")
    given = asked.parse_args()
    if given.measure:
        for kind, each in measured_by_check(given.measure).items():
            print(f"{kind:9} {each}")
        return
    sets = read_sets()
    for name, kind, each in left_out(sets):
        print(f"{name:16} {kind:9} {each}", flush=True)
    if given.nested:
        for name, kind, pull, bound, each in nested(sets):
            print(f"{name:16} {kind:9} {each} (pull {pull}, from {bound})", flush=True)
    rows = [row for kept in sets.values() for row in kept]
    trained = {kind: train(rows, kind) for kind in KINDS}
    WEIGHTS.write_text(json.dumps(trained, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
