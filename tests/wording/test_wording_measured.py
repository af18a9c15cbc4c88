"""How well the check of wording does on the labelled texts of tests/data/wording.jsonl: precision and recall.

A finding hits a label of the same kind when they share at least one character; each label is hit once. Precision is
the part of the findings that hit, recall the part of the labels that are hit. The texts are split by a hash into a
half that the rules were tuned on and a half that was only measured.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from time import perf_counter

import pytest

from afteractions.wording.blame import blaming_passages
from afteractions.wording.check import Checked, FindingKind, check
from afteractions.wording.persons import KnownPerson

DATA = Path(__file__).parents[1] / "data"
WANTED = 0.9
ALL = "all"


@dataclass(frozen=True)
class Measure:
    hits: int
    found: int
    labelled: int

    @property
    def precision(self) -> float:
        return self.hits / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.hits / self.labelled if self.labelled else 1.0


def labelled(name: str) -> list[dict]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def is_held_out(text: str) -> bool:
    """Whether a text belongs to the half that nobody looks at while tuning."""
    return hashlib.sha256(text.encode()).digest()[0] % 2 == 1


def registered(name: str) -> list[KnownPerson]:
    return [KnownPerson(**person) for person in json.loads((DATA / name).read_text(encoding="utf-8"))]


def findings(row: dict, people: Iterable[KnownPerson]) -> list[tuple[str, int, int]]:
    """The findings of a text as (kind, start, end)."""
    found = check(Checked(row["section"]), row["text"], people)
    return [(str(each.kind), each.start, each.end) for each in found]


def misses(row: dict, people: Iterable[KnownPerson]) -> tuple[list, list]:
    """(labels that nothing found, findings that no label wanted)"""
    open_labels = [(label["kind"], label["start"], label["end"]) for label in row["expected"]]
    unwanted = []
    for kind, start, end in findings(row, people):
        hit = next(
            (label for label in open_labels if label[0] == kind and start < label[2] and label[1] < end), None
        )
        if hit:
            open_labels.remove(hit)
        else:
            unwanted.append((kind, start, end))
    return open_labels, unwanted


def measured(rows: Iterable[dict], people: Iterable[KnownPerson]) -> dict[str, Measure]:
    hits: Counter[str] = Counter()
    found: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    for row in rows:
        missed, unwanted = misses(row, people)
        here = Counter(label["kind"] for label in row["expected"])
        hit = here - Counter(kind for kind, *_ in missed)
        hits += hit
        labelled += here
        found += hit + Counter(kind for kind, *_ in unwanted)
    kinds = [str(kind) for kind in FindingKind]
    each = {kind: Measure(hits[kind], found[kind], labelled[kind]) for kind in kinds}
    return {ALL: Measure(hits.total(), found.total(), labelled.total()), **each}


def as_table(measures: dict[str, Measure]) -> str:
    return "\n".join(
        f"{kind:14} precision {each.precision:.3f} recall {each.recall:.3f} of {each.labelled}"
        for kind, each in measures.items()
    )


LABELLED = labelled("wording.jsonl")
# Written later in other words, to see whether the rules are general; what they missed was mended.
WRITTEN_LATER = labelled("wording_tuned.jsonl")
PEOPLE = registered("wording_people.json")
SETS = {
    "tuned": ([row for row in LABELLED if not is_held_out(row["text"])], PEOPLE),
    "held out": ([row for row in LABELLED if is_held_out(row["text"])], PEOPLE),
    "written later": (WRITTEN_LATER, PEOPLE),
    # Four more, each by somebody who knew neither the rules nor the other texts, with people of its own.
    **{
        f"by a {which} stranger": (
            labelled(f"wording_{which}.jsonl"),
            registered(f"wording_{which}_people.json"),
        )
        for which in ("first", "second", "third", "fourth")
    },
}


def test_every_label_marks_what_it_says():
    assert len({row["text"] for row in LABELLED}) == len(LABELLED) >= 240
    for row in chain.from_iterable(rows for rows, _ in SETS.values()):
        for label in row["expected"]:
            assert row["text"][label["start"] : label["end"]] == label["text"] != ""


@pytest.mark.parametrize("name", SETS)
def test_precision_and_recall_of_each_kind_are_at_least_nine_tenths(name):
    measures = measured(*SETS[name])
    assert all(min(each.precision, each.recall) >= WANTED for each in measures.values()), as_table(measures)


# Four more sets by strangers, who saw neither rules nor texts, labelled blind by others; the models learned from them.
# How well each is judged by what the others teach stands in test_specific_statements.py.
@pytest.mark.parametrize(
    ("name", "texts"), [("fifth", 199), ("sixth", 150), ("seventh", 150), ("eighth", 200)]
)
def test_the_sets_by_strangers_are_judged_as_they_were_labelled(name, texts):
    rows = labelled(f"wording_{name}.jsonl")
    assert len({row["text"] for row in rows}) == texts
    measures = measured(rows, [])
    assert all(min(each.precision, each.recall) >= WANTED for each in measures.values()), as_table(measures)


# Written and labelled after the models stood, and measured once, first try; by somebody who knew what they weigh, and
# took care to say the same with and without an owner or a date. Nothing is learned from them, so that they go on
# telling how the next text is judged; the figures may only rise.
FIRST_TRY = {"vague": (0.85, 0.98), "no_owner": (0.90, 0.97), "no_date": (0.94, 0.95)}


def test_on_texts_that_nothing_was_learned_from_no_kind_falls_behind_its_first_try():
    measures = measured(labelled("wording_unseen.jsonl"), [])
    assert {kind: measures[kind].labelled for kind in FIRST_TRY} == {
        "vague": 56,
        "no_owner": 112,
        "no_date": 119,
    }
    for kind, (precision, recall) in FIRST_TRY.items():
        assert measures[kind].precision >= precision, as_table(measures)
        assert measures[kind].recall >= recall, as_table(measures)


# Sentences that blame somebody and such that blame nobody, written before the rules for their kinds; of half of them
# nobody looked at what was missed. Before: of all precision 0.95 and recall 0.32, of that half 1.0 and 0.33.
BLAME = [json.loads(line) for line in (DATA / "blame.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize(
    ("which", "texts", "precision", "recall"),
    [(lambda text: True, 120, 1.0, 0.93), (is_held_out, 64, 1.0, 0.86)],
    ids=["all", "held out"],
)
def test_blame_is_told_from_what_only_says_what_failed(which, texts, precision, recall):
    rows = [row for row in BLAME if which(row["text"])]
    told = [(bool(blaming_passages(row["text"])), row["blames"]) for row in rows]
    hits = sum(found and blames for found, blames in told)
    reached = Measure(hits, sum(found for found, _ in told), sum(blames for _, blames in told))
    assert len(rows) == texts
    assert reached.precision >= precision, reached
    assert reached.recall >= recall, reached


def test_a_text_is_checked_in_less_than_five_milliseconds():
    for row in LABELLED:
        findings(row, PEOPLE)
    begun = perf_counter()
    for row in LABELLED:
        findings(row, PEOPLE)
    assert (perf_counter() - begun) / len(LABELLED) < 0.005
