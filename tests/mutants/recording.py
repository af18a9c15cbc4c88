"""The plugin by which one run of all tests learns which of them come by which line, and a later one runs just those.

MUTANTS_RECORD names the folder to write to, MUTANTS_FILES the modules that are looked at; MUTANTS_ONLY names a file
with the ids of the tests to run, in that order.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from coverage import Coverage


class Recorder:
    """Keeps which test ran which lines, how long each test took, and which of them failed."""

    def __init__(self, folder: Path, modules: list[str]) -> None:
        name = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        self.outcomes = folder / f"{name}.outcomes.json"
        self.coverage = Coverage(
            data_file=str(folder / f"{name}.coverage"), include=modules, config_file=False
        )
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed:
            self.failed.add(report.nodeid)

    def pytest_unconfigure(self) -> None:
        self.coverage.stop()
        self.coverage.save()
        self.outcomes.write_text(json.dumps({"seconds": self.seconds, "failed": sorted(self.failed)}))


def pytest_configure(config: pytest.Config) -> None:
    folder = os.environ.get("MUTANTS_RECORD")
    # Of several processes the one that gives out the tests runs none.
    gives_out = config.getoption("numprocesses", None) and "PYTEST_XDIST_WORKER" not in os.environ
    if folder and not gives_out:
        config.pluginmanager.register(
            Recorder(Path(folder), os.environ["MUTANTS_FILES"].split(":")), "recorder"
        )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wanted_file = os.environ.get("MUTANTS_ONLY")
    if not wanted_file:
        return
    order = {test: place for place, test in enumerate(Path(wanted_file).read_text().splitlines())}
    items[:] = sorted((item for item in items if item.nodeid in order), key=lambda item: order[item.nodeid])
