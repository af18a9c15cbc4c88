"""Searching in PostgreSQL's full text: what is kept to be searched, and what people type."""

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce

from majorops.searching.folding import Run, folded, runs_of

M = TypeVar("M", bound=models.Model)

MOST_WORDS = 12
SHORTEST = 2
LONGEST = 200
LETTER = re.compile(r"[^\W_]")
# What stands in quotation marks, or between blanks and the signs that set words apart from each other.
TYPED = re.compile(r'["“”„«»](?P<quoted>[^"“”„«»]+)["“”„«»]|[^\s,;|&!?()\[\]{}<>"“”„«»…]+')
REFERENCE = re.compile(r"(?:INC|AA|ACT)-[0-9A-Z-]*", re.IGNORECASE)


def plan_for_its_words(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
    """Around each statement of a connection: one that searches is not prepared, and so planned anew for its words. The
    one plan for all words reads the latest rows until it has found enough: quick for words that stand everywhere, and a
    second and more among 20,000 incidents for those that stand nowhere."""
    if "tsquery(" not in statement:
        return execute(statement, params, many, context)
    session = context["connection"].connection
    before, session.prepare_threshold = session.prepare_threshold, None
    try:
        return execute(statement, params, many, context)
    finally:
        session.prepare_threshold = before


class Words(Func):
    """The words of texts as they are kept (majorops.searching.folding). Several texts may be null, one may not."""

    output_field = SearchVectorField()

    def __init__(self, *texts: Any, **extra: Any) -> None:
        if len(texts) > 1:
            texts = tuple(Coalesce(text, Value(""), output_field=models.TextField()) for text in texts)
        super().__init__(*texts, **extra)

    template = "majorops_words(%(expressions)s)"
    arg_joiner = " || ' ' || "


class Folded(Func):
    """A text as names are compared: without case and accents."""

    function = "majorops_folded"
    output_field = models.TextField()


class Strings(Func):
    """What migrations before the words were folded kept of a JSON column."""

    template = "jsonb_to_tsvector('english'::regconfig, %(expressions)s, '[\"string\"]'::jsonb)"
    output_field = SearchVectorField()


class EveryText(Func):
    """Every text inside a JSON column, whatever its shape, as one."""

    function = "majorops_strings"
    output_field = models.TextField()


class Text(Func):
    """Every text inside a JSON column that says something, as one, to show where something was found; stored keys,
    dates and addresses are left out."""

    template = (
        "(SELECT string_agg(each #>> '{}', ' … ') FROM jsonb_path_query(%(expressions)s, 'strict $.**') each "
        "WHERE jsonb_typeof(each) = 'string' AND (each #>> '{}' ~ '[[:space:]]' OR each #>> '{}' ~ '[^\\x01-\\x7f]' "
        "OR each #>> '{}' ~ '^[^@]*[./][^@]*$' AND each #>> '{}' !~ '^[0-9]{4}-[0-9]{2}-'))"
    )
    output_field = models.TextField()


def holding(
    known: models.QuerySet[Any], column: str, typed: str, besides: Q | None = None
) -> models.QuerySet[Any]:
    """Those whose name in `column` holds what was typed, whatever its case and accents, and those of `besides`."""
    held = Q(folded__contains=folded(typed))
    return known.alias(folded=Folded(column)).filter(held if besides is None else held | besides)


class Searched(models.Manager[M]):
    """Rows without their column `search`: it is there to be searched, and nobody reads it."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().defer("search")


def is_enough(text: str) -> bool:
    """Whether this can be searched for."""
    return len(text.strip()) >= SHORTEST and bool(LETTER.search(text))


@dataclass(frozen=True, slots=True)
class WantedRuns:
    """What stands together in what was typed, one run behind the other. `goes_on`: perhaps not typed to its end. A
    number is meant as it stands: db-01 is not db-012."""

    runs: tuple[Run, ...]
    goes_on: bool


def wanted(text: str) -> list[WantedRuns]:
    """What was typed: each word, and what stands in quotation marks, as it is to be found."""
    text = text[:LONGEST]
    wanted_runs = []
    for typed in islice(TYPED.finditer(text), MOST_WORDS):
        runs = tuple(runs_of(typed.group("quoted") or typed.group()))
        if runs:
            is_last = not LETTER.search(text, typed.end())
            goes_on = is_last and typed.group("quoted") is None and not runs[-1].text[-1].isdigit()
            wanted_runs.append(WantedRuns(runs, goes_on))
    return wanted_runs


def query_of(text: str) -> str:
    """What was typed as a query of PostgreSQL: all its words, the last one perhaps not typed to its end."""
    return " & ".join(_as_kept(row) for row in wanted(text))


def query_of_whole_words(text: str) -> str:
    """The same, every word typed to its end. How many rows hold such a word PostgreSQL knows; of beginnings it guesses
    few, and would sort a long list that it could read in its order."""
    return " & ".join(_as_kept(replace(row, goes_on=False)) for row in wanted(text))


def _as_kept(wanted: WantedRuns) -> str:
    """The lexemes of `majorops_words` with their distances. A run without blanks is kept as pairs of characters, each
    at its own place, the last character alone; so the beginning of a pair is asked for where the run may go on."""
    text, place, before = "", 0, 0
    for number, run in enumerate(wanted.runs):
        is_last = number == len(wanted.runs) - 1
        if not run.runs_on:
            lexemes = [(place, f"'{run.text}'{':*' if is_last and wanted.goes_on else ''}")]
        elif len(run.text) == 1:
            lexemes = [(place, f"'x{ord(run.text):05x}'{':*' if is_last else ''}")]
        else:
            pairs = zip(run.text, run.text[1:], strict=False)
            lexemes = [(place + n, f"'x{ord(a):05x}{ord(b):05x}'") for n, (a, b) in enumerate(pairs)]
        for at, lexeme in lexemes:
            text = f"{text} <{at - before}> {lexeme}" if text else lexeme
            before = at
        place += len(run.text) if run.runs_on else 1
    return f"({text})" if " " in text else text


def reference_of(text: str) -> str:
    """The beginning of a reference that was typed, as a pattern; empty when it is none."""
    typed = text.strip().upper()
    return f"{typed}%" if REFERENCE.fullmatch(typed) else ""


def asked_for(query: str) -> SearchQuery:
    """The expression of a query made by `query_of`."""
    return SearchQuery(query, search_type="raw", config="english")


def like(column: str, pattern: str) -> Func:
    """Whether a column begins as the pattern says, by the index of the column."""
    return Func(
        F(column),
        Value(pattern),
        template="%(expressions)s)",
        arg_joiner=" LIKE (",
        output_field=models.BooleanField(),
    )
