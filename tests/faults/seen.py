"""What each fault did and what was lost by it, as a table at the end of script/faults."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import pytest

from tests.faults.scale import LONG

KEPT = "seen"


@dataclass
class Seen:
    """One row: what was done, and what was counted afterwards. `lost` and `doubled` stay unknown until counted.

    Where nothing can be lost, `held` says what was seen to hold.
    """

    fault: str
    done: str = ""
    lost: int | None = None
    doubled: int | None = None
    held: str = ""

    def assert_nothing_lost(self, *, lost: int, doubled: int) -> None:
        """Keeps both numbers for the table, then holds them to nothing."""
        self.lost, self.doubled = lost, doubled
        assert (lost, doubled) == (0, 0)

    def line(self) -> str:
        lost, doubled = ("not counted" if number is None else number for number in (self.lost, self.doubled))
        outcome = self.held or f"lost {lost}, double {doubled}"
        return f"{outcome}  {self.fault}: {self.done or 'not done to its end'}"


@pytest.fixture
def seen(request: pytest.FixtureRequest) -> Iterator[Seen]:
    """The row of this test, in the words of its docstring."""
    row = Seen(" ".join((request.function.__doc__ or request.node.name).split()).rstrip("."))
    yield row
    request.node.user_properties.append((KEPT, asdict(row)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The rows of all tests, wherever they ran: they come with the reports of their end."""
    reports = (report for found in terminalreporter.stats.values() for report in found)
    ended = (report for report in reports if getattr(report, "when", "") == "teardown")
    rows = [Seen(**row) for report in ended for name, row in report.user_properties if name == KEPT]
    if not (rows and LONG):
        return
    terminalreporter.section("what was done, and what was lost")
    for row in rows:
        terminalreporter.write_line(row.line())
