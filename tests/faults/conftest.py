"""What each fault did and what was lost by it, as a table at the end of script/faults."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.faults.scale import LONG
from tests.smtp_sink import Sink

TABLE: pytest.StashKey[list["Seen"]] = pytest.StashKey()


@dataclass
class Seen:
    """One row: what was done, and what was counted afterwards. `lost` and `doubled` stay unknown until counted."""

    fault: str
    done: str = ""
    lost: int | None = None
    doubled: int | None = None

    def assert_nothing_lost(self, *, lost: int, doubled: int) -> None:
        """Keeps both numbers for the table, then holds them to nothing."""
        self.lost, self.doubled = lost, doubled
        assert (lost, doubled) == (0, 0)


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Seen:
    """The row of this test, in the words of its docstring."""
    row = Seen(" ".join((request.function.__doc__ or request.node.name).split()).rstrip("."))
    request.config.stash.setdefault(TABLE, []).append(row)
    return row


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink().running() as keeper:
        yield keeper


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows = terminalreporter.config.stash.get(TABLE, [])
    if not (rows and LONG):
        return
    terminalreporter.section("what was done, and what was lost")
    width = max(len(row.fault) for row in rows)
    done = max(len(row.done) for row in rows)
    for row in rows:
        counted = [str("not counted" if number is None else number) for number in (row.lost, row.doubled)]
        terminalreporter.write_line(
            f"{row.fault:<{width}}  {row.done:<{done}}  lost {counted[0]}, double {counted[1]}"
        )
