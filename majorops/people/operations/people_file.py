"""A file of people as organisations keep them: CSV in UTF-8 with a header, one person a row."""

import csv
import difflib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from majorops.errors import BadInput, Problem
from majorops.texts import unstorable

COLUMNS = ("email", "name", "manager", "team", "time_zone", "groups")
MOST_ROWS = 10_000
MOST_COLUMNS = 20
# Between columns; what comes first in the header is meant.
SEPARATORS = ",;\t"
BETWEEN_GROUPS = ";"
LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class FileRow:
    """One person of the file, each cell without the blanks around it. `number` counts the rows below the header from
    1; an empty cell says nothing. No group is there twice."""

    number: int
    email: str
    name: str
    manager: str
    team: str
    time_zone: str
    groups: tuple[str, ...]
    too_many_cells: bool


def read_people_file(content: bytes) -> list[FileRow]:
    """The rows of the file, those without any text left out. Raises BadInput at `file` for what is no such file: not
    UTF-8, without the column `email`, with a column that is unknown or there twice, with more than MOST_ROWS rows."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput.of("file", "This is not UTF-8. Save it as “CSV UTF-8”.") from None
    if problem := unstorable(text):
        raise BadInput.of("file", problem)
    try:
        return list(_rows(text))
    except csv.Error as wrong:
        raise BadInput.of("file", f"This is not CSV: {wrong}.") from None


def _rows(text: str) -> Iterator[FileRow]:
    first_line = text.lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first_line.count)
    reader = csv.reader(io.StringIO(text.lstrip(), newline=""), delimiter=separator)
    columns = _columns([cell.strip().lower() for cell in next(reader, [])])
    for number, cells in enumerate(reader, 1):
        if number > MOST_ROWS:
            raise BadInput.of("file", f"At most {MOST_ROWS:,} people at a time. Split the file.")
        data = [cell.strip() for cell in cells]
        if not any(data):
            continue
        values = dict.fromkeys(COLUMNS, "") | dict(zip(columns, data, strict=False))
        groups = values.pop("groups").split(BETWEEN_GROUPS)
        yield FileRow(
            number=number,
            groups=tuple(dict.fromkeys(filter(None, (group.strip() for group in groups)))),
            too_many_cells=any(data[len(columns) :]),
            **values,
        )


def _columns(header: list[str]) -> list[str]:
    known = ", ".join(COLUMNS)
    if len(header) > MOST_COLUMNS:
        raise BadInput.of("file", f"There are at most {MOST_COLUMNS} columns: {known}.")
    problems = []
    for column in header:
        if column not in COLUMNS:
            close = difflib.get_close_matches(column, COLUMNS, n=1)
            hint = f" Did you mean {close[0]}?" if close else ""
            problems.append(f"The column “{column[:LONGEST_SHOWN]}” is not known here.{hint}")
    if "email" not in header:
        problems.append(f"There is no column “email”. The first row names the columns: {known}.")
    problems += [f"The column “{column}” is there twice." for column in COLUMNS if header.count(column) > 1]
    if problems:
        raise BadInput([Problem("file", problem) for problem in problems[: len(COLUMNS)]])
    return header
