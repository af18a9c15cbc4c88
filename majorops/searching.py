"""Searching in PostgreSQL's full text: what is kept to be searched, what people type, and how a finding is shown."""

import re
from itertools import islice
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchVectorField
from django.db import models
from django.db.models import F, Func, Value
from django.utils.html import escape
from django.utils.safestring import SafeString

M = TypeVar("M", bound=models.Model)

MOST_WORDS = 12
SHORTEST = 2
LONGEST = 200
# Round what was found: characters that no text of ours holds.
BEGIN, END = "\x02", "\x03"
WORD = re.compile(r"[^\W_]+(?:[-.@'’][^\W_]+)*")
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


class Strings(Func):
    """The words of every text inside a JSON column, whatever its shape."""

    template = "jsonb_to_tsvector('english'::regconfig, %(expressions)s, '[\"string\"]'::jsonb)"
    output_field = SearchVectorField()


class Text(Func):
    """Every text of several words inside a JSON column as one, to show where something was found: what is one word is a
    stored key, a date or an address."""

    template = (
        "(SELECT string_agg(each #>> '{}', ' … ') FROM jsonb_path_query(%(expressions)s, 'strict $.**') each "
        "WHERE jsonb_typeof(each) = 'string' AND each #>> '{}' ~ '[[:space:]]')"
    )
    output_field = models.TextField()


class Searched(models.Manager[M]):
    """Rows without their column `search`: it is there to be searched, and nobody reads it."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().defer("search")


def is_enough(said: str) -> bool:
    """Whether this can be searched for."""
    return len(said.strip()) >= SHORTEST and bool(WORD.search(said))


def query_of(said: str) -> str:
    """What was typed as a query of PostgreSQL: all its words, the last one perhaps not typed to its end."""
    said = said[:LONGEST]
    words = list(islice(WORD.finditer(said), MOST_WORDS))
    asked = [_as_kept(word, said, ":*" if word is words[-1] else "") for word in words]
    return " & ".join(asked)


def _as_kept(word: re.Match[str], said: str, mark: str) -> str:
    """One word as the texts keep it: PostgreSQL takes the 9 of "kill -9" for a number below zero."""
    quoted = word.group().replace("'", "''").replace("’", "''")
    if word.group()[0].isdigit() and said[: word.start()].endswith("-"):
        return f"('{quoted}'{mark} | '-{quoted}'{mark})"
    return f"'{quoted}'{mark}"


def reference_of(said: str) -> str:
    """The beginning of a reference that was typed, as a pattern; empty when it is none."""
    typed = said.strip().upper()
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


def headline(text: Any, query: str) -> SearchHeadline:
    """The part of a text round what was found, marked for `marked`."""
    return SearchHeadline(
        text, asked_for(query), config="english", start_sel=BEGIN, stop_sel=END, min_words=10, max_words=24
    )


def marked(found: str | None) -> SafeString:
    """A headline as HTML: what was found is marked, everything else is text."""
    return SafeString(escape(found or "").replace(BEGIN, "<mark>").replace(END, "</mark>"))


def plain(found: str | None) -> str:
    """A headline without its marks."""
    return (found or "").replace(BEGIN, "").replace(END, "")
