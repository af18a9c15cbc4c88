"""What insights are shown by: a panel with its charts and, beside them, the table whose every number opens a list."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString

from majorops.formatting.durations import duration_words

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Cell:
    """A number or words; with `url` it opens the list behind it."""

    shown: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The first cell of a row names it."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    @property
    def html(self) -> SafeString:
        """Written here and not by a template: a page has hundreds of cells."""
        head = "".join(
            f'<th scope="col"{"" if place == 0 else _END}>{escape(name)}</th>'
            for place, name in enumerate(self.columns)
        )
        body = "".join(self._row(row) for row in self.rows)
        return SafeString(
            f'<table class="table"><caption>{escape(self.caption)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    def _row(self, row: Sequence[Cell]) -> str:
        cells = "".join(
            f'<td class="end" data-label="{escape(name)}">{_linked(cell)}</td>'
            for name, cell in zip(self.columns[1:], row[1:], strict=True)
        )
        return f'<tr><th scope="row">{_linked(row[0])}</th>{cells}</tr>'


@dataclass(frozen=True, slots=True)
class Panel:
    """One question: its charts and tables. Without rows it says what belongs here."""

    title: str
    about: str
    charts: Sequence[SafeString] = ()
    tables: Sequence[Table] = ()
    nothing: str = ""
    # Names of the charts, shown above each.
    names: Sequence[str] = field(default_factory=tuple)

    @property
    def is_beside(self) -> bool:
        """Whether there is room for the table beside the charts."""
        return 0 < len(self.charts) <= 2 and all(len(table.columns) <= 8 for table in self.tables)

    @property
    def drawn(self) -> list[tuple[str, SafeString]]:
        return list(zip(self.names, self.charts, strict=True))


_END = ' class="end"'


def _linked(cell: Cell) -> str:
    text = escape(cell.shown)
    return f'<a href="{escape(cell.url)}">{text}</a>' if cell.url else str(text)


def number(count: int, url: str) -> Cell:
    """A count that opens its list; nothing opens nothing."""
    return Cell(str(count), url) if count else Cell("0")


def percent(share: int | None, url: str = "") -> Cell:
    return Cell(NOTHING) if share is None else Cell(f"{share} %", url)


def lasting(seconds: int | None, url: str = "") -> Cell:
    return Cell(NOTHING) if seconds is None else Cell(duration_words(seconds), url)
