"""A list as CSV that a spreadsheet opens without harm."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

from majorops.formatting.directions import isolated

MOST_ROWS = 20_000
# What spreadsheets begin a formula with, in the wide letters of East Asian keyboards too; what parts cells and rows.
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


class _Line:
    """What the csv module writes to: each row comes back as text."""

    def write(self, value: str) -> str:
        return value


def spreadsheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The rows as a CSV file called `name`, sent while they are read; each cell is defused and quoted.

    Quoted, because where a comma is in the numbers spreadsheets part cells at each semicolon: `a;=1+1` would be two.
    """
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)

    def lines() -> Iterator[str]:
        # The mark by which spreadsheets know UTF-8.
        yield "\ufeff" + writer.writerow(columns)
        for row in rows:
            yield writer.writerow([defused(cell) for cell in row])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def defused(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula, and that turns nothing but itself."""
    text = "" if value is None else isolated(str(value))
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(FORMULA) else text
