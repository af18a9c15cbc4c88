"""Trains what tells a vague learning statement from a specific one, and measures it leaving one set out at a time.

`script/train_statements` prints the measure and writes the weights. Plain Python: stochastic gradient descent on a
logistic loss, words pulled to zero.
"""

import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from afteractions.wording.specifics import WEIGHTS, features, vagueness

DATA = Path(__file__).parents[1] / "data"
SETS = ("wording", "wording_tuned", "wording_first", "wording_second", "wording_third", "wording_fourth")
EPOCHS = 120
RATE = 0.15
PULL = 0.05
# A word that stands in one text alone says nothing.
RAREST = 2

Row = tuple[str, bool]


def labelled(name: str) -> list[Row]:
    """The learning statements of a set, each with whether somebody found it vague."""
    rows = map(json.loads, (DATA / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        (row["text"], any(label["kind"] == "vague" for label in row["expected"]))
        for row in rows
        if row["section"] == "learning_statement"
    ]


def train(rows: Iterable[Row]) -> dict[str, float]:
    """Weights by the names of `features`; the same for the same texts in the same order."""
    texts = [(features(text), is_vague) for text, is_vague in rows]
    times = Counter(name for found, _ in texts for name in found)
    texts = [
        ({name: value for name, value in found.items() if times[name] >= RAREST}, is_vague)
        for found, is_vague in texts
    ]
    vague = sum(is_vague for _, is_vague in texts)
    rarer = (len(texts) - vague) / vague
    weights = {"": 0.0}
    order = random.Random(1)
    for epoch in range(EPOCHS):
        order.shuffle(texts)
        rate = RATE / (1 + epoch / 30)
        for found, is_vague in texts:
            score = weights[""] + sum(weights.get(name, 0.0) * value for name, value in found.items())
            likely = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
            slope = (likely - is_vague) * (rarer if is_vague else 1)
            weights[""] -= rate * slope
            for name, value in found.items():
                pull = PULL if name.startswith("w:") else PULL / 5
                before = weights.get(name, 0.0)
                weights[name] = before - rate * (slope * value + pull * before)
    return {name: rounded for name, weight in sorted(weights.items()) if (rounded := round(weight, 3))}


def measure(rows: Iterable[Row], weights: Mapping[str, float]) -> tuple[float, float]:
    """Precision and recall."""
    judged = [(vagueness(text, weights) > 0.5, is_vague) for text, is_vague in rows]
    hits = sum(found and is_vague for found, is_vague in judged)
    return (
        hits / max(1, sum(found for found, _ in judged)),
        hits / max(1, sum(is_vague for _, is_vague in judged)),
    )


def left_out() -> Iterator[tuple[str, float, float]]:
    """Each set's precision and recall by weights that are trained on the other sets alone."""
    sets = {name: labelled(name) for name in SETS}
    for name, rows in sets.items():
        weights = train(row for other in SETS if other != name for row in sets[other])
        yield name, *measure(rows, weights)


def main() -> None:
    for name, precision, recall in left_out():
        print(f"{name:16} precision {precision:.2f} recall {recall:.2f}")
    weights = train(row for name in SETS for row in labelled(name))
    WEIGHTS.write_text(json.dumps(weights, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
