"""Time against length for everything that reads typed text: doubling the text at most triples the time.

`SEEDS` repeat what makes a reader look again: openings that nothing closes, words that begin a pattern, characters of
all scripts. `python -m tests.load.lengths [SIZE]` tries many more, longer ones, and prints the slowest.
"""

import json
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from time import thread_time

import django
from django.utils.html import escape

django.setup()

from afteractions.operations.review.sections import MOST_ROWS  # noqa: E402
from afteractions.rules.followup.external_messages import blanks  # noqa: E402
from afteractions.rules.review.changes_between import difference  # noqa: E402
from afteractions.rules.review.merging import merged  # noqa: E402
from afteractions.rules.review.statement_text import change_sentence  # noqa: E402
from afteractions.views.person_fields import identifier_in  # noqa: E402
from afteractions.vocabulary import ChangeKind  # noqa: E402
from afteractions.wording.check import Checked, check  # noqa: E402
from afteractions.wording.person_names import is_named_like_a_person  # noqa: E402
from afteractions.wording.persons import KnownPerson  # noqa: E402
from incidents.exchange.document import check_document  # noqa: E402
from incidents.rules.console_line import parse_line  # noqa: E402
from incidents.rules.time_parsing import NoSuchTime, spoken_time  # noqa: E402
from majorops.errors import BadInput  # noqa: E402
from majorops.formatting.directions import isolated, isolated_html, isolated_quotations  # noqa: E402
from majorops.formatting.instants import read_day, read_instant  # noqa: E402
from majorops.people.outsiders import parse_outsider  # noqa: E402
from majorops.searching import is_enough, query_of, reference_of  # noqa: E402
from majorops.searching.marking import excerpt, marked, marks_of  # noqa: E402
from majorops.strict_json import read_json  # noqa: E402
from majorops.web.pagination import Cursor  # noqa: E402
from majorops.web.text import markdown  # noqa: E402

NOW = datetime(2026, 3, 3, 14, 5, tzinfo=UTC)
PEOPLE = [
    KnownPerson("Ann B Lee", "alee", "ann.lee@example.org", responder=True),
    KnownPerson("Will Grant", "wgrant", "will@example.org", responder=True),
    KnownPerson("Nguyễn Văn An"),
    KnownPerson("田中太郎", responder=True),
    KnownPerson("김철수"),
    KnownPerson("สมชาย ใจดี", responder=True),
    KnownPerson("محمد الأحمد", responder=True),
    KnownPerson("Сергей Иванов", responder=True),
    KnownPerson("Jean-Luc de Vries", responder=True),
]


def _quietly(read: Callable[[str], object]) -> Callable[[str], None]:
    def run(text: str) -> None:
        with suppress(BadInput, ValueError, NoSuchTime):
            read(text)

    return run


def _changed(text: str) -> str:
    """The same text, differing in its beginning, in its middle and at its end."""
    middle = len(text) // 2
    return f"x {text[:middle]} y {text[middle:]} z"


def _rows(text: str) -> list[str]:
    """As many rows as a section takes, the last with all that is left."""
    return text.split(" ", MOST_ROWS - 1)


READERS: dict[str, Callable[[str], None]] = {
    name: _quietly(read)
    for name, read in {
        "wording of a root cause": lambda text: check(Checked.ROOT_CAUSE, text, PEOPLE),
        "wording of a learning": lambda text: check(Checked.LEARNING_STATEMENT, text, PEOPLE),
        "name of a person": is_named_like_a_person.__wrapped__,
        "person in a field": identifier_in,
        "somebody from outside": parse_outsider,
        "sentence of a change": lambda text: change_sentence(ChangeKind.STOP, text),
        "console line": lambda text: parse_line(text, NOW, "Europe/Berlin"),
        "console status": lambda text: parse_line(f"/status public {text}", NOW, "Europe/Berlin"),
        "spoken time": lambda text: spoken_time(text, NOW, "Europe/Berlin"),
        "instant": read_instant,
        "day": read_day,
        "search": lambda text: (is_enough(text), query_of(text), reference_of(text), marked(text)),
        "excerpt": lambda text: [
            excerpt(text, marks_of(said)) for said in (text[:200], "a", "の障害", "db-01")
        ],
        "cursor": Cursor.read,
        "markdown": markdown.__wrapped__,
        "directions": lambda text: isolated(f"{text}\u202e"),
        "directions on a page": lambda text: isolated_html(f'<p title="{escape(text)}">{escape(text)}\u202e'),
        "directions in a mail": lambda text: isolated_quotations(f"{text}\u202e"),
        "difference": lambda text: difference(text, _changed(text)),
        "merge": lambda text: merged(_rows(text), [*_rows(text)[1:], "y"], ["x", *_rows(text)[1:]]),
        "blanks of a message": blanks,
        "json": read_json,
        "document": lambda text: check_document(
            {text: text, "title": text, "timeline": [{"at": text, "text": text}]}
        ),
        "document of many keys": lambda text: check_document(
            {f"{text[:4]}{n}": n for n in range(len(text) // 8)}
        ),
    }.items()
}
WORDS = [
    word
    for word in """
they|making the|running the|quickly|engineer|staff|should have|did not|the wrong|was|were|will|must|to|by|on|and|of|the|
An|Ann|Lee|Will|Grant|May|Dr|Mr|ANN LEE|John Smith|De Vries|van der|O'Neil|Jean-Luc|Mei-san|J.|A. B.|Lee, A.|@alee|
a@b.c|@a/|improve|more|review the|monitoring|lead|owner:|every|so that|before the next|in the next|12 May|2026-01-01|
14:05|yesterday|next week|Friday|Q3|/phase|*a*|**a|_a_|`|```|[a](|![a]|<|>|>>|- |1. |# |&amp;|\\|~~|"|{"a":|
[[|]]|e\u0301|田中|さん|김철수가|สมชาย |محمد |Иванова |दीपक |
“|”|\u202a|\u202e|\u202c|\u2066|\u2068|\u2069|“\u202e|a|A|Aa | |-|'|.|,|:|;|/|(|)|0|_|#|$|%|\u200b|🔥
""".replace("\n", "").split("|")
    if word
]
# What once took longest: in each run of the tests.
ALWAYS = [" ", "a", "Aa-", "E\u0301"]
SEEDS = [
    *(f"{word} " for word in WORDS),
    *WORDS[-40:],
    "\n",
    "\t",
    *ALWAYS,
    "they making the staff ",
    "was done. ",
    "a was b ",
    "Ann and Lee and ",
    "The Ann Lee ",
    "line\n",
    "word other ",
]


# The first fills the first half of the text, the second the other: as often opened as ended, by what ends nothing.
PAIRS = [
    ("\u2066", "\u202c"),
    ("\u202a", "\u2069"),
    ("\u2066", "\u2069"),
    ("\u202e\u2068", "\u2069"),
    ("“", "\u202e"),
    ("“\u202e", "”"),
    ("[", "]"),
    ("[", "](a)"),
    ("(", ")"),
    ("*a ", "b*"),
    ("**a_", "_b*"),
    ("`", "``"),
    ("<", ">"),
    ("> ", "- "),
    ("{", "}"),
    ("|-", "\n"),
    ("~~a", "a~~"),
    ("Ann ", "and "),
]
Seed = str | tuple[str, str]


def grown(seed: Seed, length: int) -> str:
    if isinstance(seed, tuple):
        return grown(seed[0], length // 2) + grown(seed[1], length - length // 2)
    return (seed * (length // len(seed) + 1))[:length]


def seconds(read: Callable[[str], None], text: str, times: int = 1) -> float:
    """The processor time of one reading by this thread, the least of several."""
    best = float("inf")
    for _ in range(times):
        begun = thread_time()
        read(text)
        best = min(best, thread_time() - begun)
    return best


def ratio(
    read: Callable[[str], None], seed: Seed, length: int, *, unseen: float = 0.004
) -> tuple[float, float]:
    """How often the time of half the text goes into that of the whole, and that time. What takes less than `unseen`
    seconds says nothing and counts as 1. Both are the best of several, read in turn: a busy machine makes a reading
    slower and never faster. What seems to grow too fast is read on before it is believed."""
    texts = grown(seed, length // 2), grown(seed, length)
    half, whole = float("inf"), seconds(read, texts[1])
    if whole < unseen:
        return 1.0, whole
    for _ in range(15):
        for _ in range(2):
            half = min(half, seconds(read, texts[0]))
            whole = min(whole, seconds(read, texts[1]))
        if whole <= 2.5 * max(half, unseen / 4):
            break
    return whole / max(half, unseen / 4), whole


def more_seeds(number: int) -> Iterator[str]:
    """Short sequences of the words above, the same in each run."""
    chosen = random.Random(7)
    for _ in range(number):
        yield chosen.choice(("", " ")).join(chosen.choices(WORDS, k=chosen.randint(2, 5))) + chosen.choice(
            ("", " ")
        )


def main(length: int = 40_000, number: int = 150) -> int:
    """Prints what grows faster than the text, and the slowest of each reader. The number of those that do."""
    failed = 0
    for name, read in READERS.items():
        slowest: tuple[float, Seed] = (0.0, "")
        for seed in [*SEEDS, *PAIRS, *more_seeds(number)]:
            grows, took = ratio(read, seed, length)
            slowest = max(slowest, (took, seed))
            if grows > 3:
                failed += 1
                print(f"{name}: {json.dumps(seed, ensure_ascii=False)} ×{grows:.1f}, {took:.2f} s")
        print(f"{name}: at most {slowest[0]:.3f} s for {length:,} characters, of {slowest[1]!r}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(*map(int, sys.argv[1:])) else 0)
