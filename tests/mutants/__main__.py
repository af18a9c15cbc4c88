"""Changes rules, operations, access and visibility at random, runs the tests concerned and prints what nobody noticed.

script/mutants                        60 mutants of a seed that it prints
script/mutants --seed 7 --count 60    the same ones again
script/mutants --only PART            of the modules alone whose path holds PART
script/mutants --tests PATH           with the tests of that folder or file alone
script/mutants --list                 names them and runs nothing
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue

from coverage import CoverageData

from tests.mutants.mutations import Mutant, mutants_of

CHECKOUT = Path(__file__).resolve().parents[2]
GOAL = 0.95
COPIES = 2
# The tests that come by a line, in seconds of their own time; most mutants are noticed by the first of them.
FIRST_SECONDS = 60
# Whatever runs longer hangs, which is noticed too.
LONGEST_SECONDS = 900

# What the product decides by, and the share of the mutants that falls to each.
AREAS: dict[str, tuple[int, tuple[str, ...]]] = {
    "rules": (7, ("incidents/rules/**/*.py", "afteractions/rules/**/*.py", "afteractions/wording/*.py")),
    "operations": (9, ("incidents/operations/**/*.py", "afteractions/operations/**/*.py")),
    "access and visibility": (
        4,
        ("*/access.py", "*/queries/**/*.py", "*/models/*.py"),
    ),
}


@dataclass
class Run:
    """One mutant and what became of it."""

    mutant: Mutant
    tests: list[str] = field(default_factory=list)
    noticed_by: str = ""
    seconds: float = 0.0


def choose(seed: int, count: int, only: str) -> list[Mutant]:
    """`count` mutants, each area's share of them, of the modules whose path holds `only`."""
    chance = random.Random(seed)
    found = {area: _mutants_in(patterns, only) for area, (_, patterns) in AREAS.items()}
    areas = [area for area, every in found.items() if every]
    shares = sum(AREAS[area][0] for area in areas)
    chosen: list[Mutant] = []
    for area in areas:
        wanted = count - len(chosen) if area == areas[-1] else round(count * AREAS[area][0] / shares)
        chosen += chance.sample(found[area], min(wanted, len(found[area])))
    return chosen


def _mutants_in(patterns: tuple[str, ...], only: str) -> list[Mutant]:
    paths = sorted({path for pattern in patterns for path in CHECKOUT.glob(pattern)})
    names = {path: path.relative_to(CHECKOUT).as_posix() for path in paths}
    return [mutant for path, name in names.items() if only in name for mutant in mutants_of(path, name)]


def record(copy: Path, folder: Path, modules: list[str], tests: str) -> None:
    """Run `tests` once, as they are, and keep which of them come by which line of `modules`."""
    environment = {
        "MUTANTS_RECORD": str(folder),
        "MUTANTS_FILES": ":".join(str(copy / module) for module in modules),
    }
    arguments = [
        "--numprocesses",
        str(COPIES),
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
        "--tb=line",
        tests,
    ]
    ended = run_tests(copy, environment, arguments, seconds=7200)
    if ended.returncode not in (0, 1):
        sys.exit(f"script/mutants: the tests could not be run\n{ended.stdout[-4000:]}{ended.stderr[-2000:]}")


def run_tests(
    copy: Path, environment: dict[str, str], arguments: list[str], *, seconds: float
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(copy / ".venv/bin/python"), "-m", "pytest", "-q", "-p", "tests.mutants.recording", *arguments],
        cwd=copy,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=seconds,
    )


@dataclass
class Recorded:
    """Which tests come by which lines, and how long each takes; those that failed without a mutant are left out."""

    lines: dict[str, dict[str, set[int]]]
    seconds: dict[str, float]

    @classmethod
    def read(cls, folder: Path, copy: Path, modules: list[str]) -> "Recorded":
        seconds: dict[str, float] = {}
        failed: set[str] = set()
        for path in folder.glob("*.outcomes.json"):
            outcomes = json.loads(path.read_text())
            seconds |= outcomes["seconds"]
            failed |= set(outcomes["failed"])
        lines: dict[str, dict[str, set[int]]] = {module: {} for module in modules}
        for path in folder.glob("*.coverage"):
            data = CoverageData(basename=str(path))
            data.read()
            for module in modules:
                for line, tests in data.contexts_by_lineno(str(copy / module)).items():
                    for test in set(tests) - failed - {""}:
                        lines[module].setdefault(test, set()).add(line)
        for test in sorted(failed):
            print(f"fails without any mutant, left out: {test}")
        return cls(lines, seconds)

    def tests_for(self, mutant: Mutant) -> list[str]:
        """The tests that run the statement, the quick and particular first; the module's, if only an import runs it."""
        by_test = self.lines[mutant.path]
        statement = set(range(mutant.first, mutant.last + 1))
        tests = [test for test, lines in by_test.items() if lines & statement] or list(by_test)
        return sorted(tests, key=lambda test: (len(by_test[test]) * (1 + self.seconds.get(test, 0.0)), test))


def copy_of_the_checkout(folder: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(CHECKOUT), str(folder)], check=True)
    (folder / ".venv").symlink_to((CHECKOUT / ".venv").resolve())
    return folder


def try_out(run: Run, copy: Path, recorded: Recorded) -> Run:
    """Lay the mutant into the copy, run its tests until one of them fails, and take it out again."""
    path = copy / run.mutant.path
    original = path.read_text(encoding="utf-8")
    path.write_text(run.mutant.text, encoding="utf-8")
    started = time.monotonic()
    try:
        first, rest, spent = [], [], 0.0
        for test in run.tests:
            spent += recorded.seconds.get(test, 0.0)
            (first if spent < FIRST_SECONDS or not first else rest).append(test)
        run.noticed_by = noticed(copy, first) or (noticed(copy, rest) if rest else "")
    finally:
        path.write_text(original, encoding="utf-8")
    run.seconds = time.monotonic() - started
    return run


def noticed(copy: Path, tests: list[str]) -> str:
    """The first test that fails, or how the run ended otherwise; empty when every test passes."""
    if not tests:
        return ""
    with tempfile.NamedTemporaryFile("w", suffix=".tests") as wanted:
        wanted.write("\n".join(tests))
        wanted.flush()
        files = sorted({test.partition("::")[0] for test in tests})
        try:
            ended = run_tests(
                copy,
                {"MUTANTS_ONLY": wanted.name},
                ["-x", "--tb=no", "-rfE", *files],
                seconds=LONGEST_SECONDS,
            )
        except subprocess.TimeoutExpired:
            return "tests that no longer end"
    if ended.returncode == 0:
        return ""
    lines = [line for line in ended.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return lines[0][:160] if lines else f"tests that cannot start (exit {ended.returncode})"


def main() -> None:
    parser = argparse.ArgumentParser(prog="script/mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--only", default="")
    parser.add_argument("--tests", default="tests")
    parser.add_argument("--list", action="store_true")
    asked = parser.parse_args()
    mutants = choose(asked.seed, asked.count, asked.only)
    print(f"seed {asked.seed}: {len(mutants)} mutants", flush=True)
    if asked.list:
        print("\n".join(map(str, mutants)))
        return
    if subprocess.run(["git", "diff", "--quiet", "HEAD"], cwd=CHECKOUT).returncode:
        sys.exit("script/mutants: commit first; what is tried out is what is committed.")
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        runs = try_all(mutants, Path(name), asked.tests)
    survivors = [run for run in runs if not run.noticed_by]
    share = 1 - len(survivors) / len(runs)
    print(
        f"\n{len(runs) - len(survivors)} of {len(runs)} noticed: {share:.0%} (goal {GOAL:.0%} without equivalent ones)"
    )
    for run in survivors:
        print(f"  nobody noticed  {run.mutant}  ({len(run.tests)} tests come by)")
    sys.exit(share < GOAL)


def try_all(mutants: list[Mutant], folder: Path, tests: str) -> list[Run]:
    modules = sorted({mutant.path for mutant in mutants})
    copies = [copy_of_the_checkout(folder / f"copy-{number}") for number in range(COPIES)]
    kept = folder / "recorded"
    kept.mkdir()
    started = time.monotonic()
    record(copies[0], kept, modules, tests)
    recorded = Recorded.read(kept, copies[0], modules)
    print(f"every test ran once without a mutant: {time.monotonic() - started:.0f} s", flush=True)

    free: Queue[Path] = Queue()
    for copy in copies:
        free.put(copy)

    def one(run: Run) -> Run:
        copy = free.get()
        try:
            try_out(run, copy, recorded)
        finally:
            free.put(copy)
        outcome = f"noticed by {run.noticed_by}" if run.noticed_by else "NOBODY NOTICED"
        print(f"{run.seconds:5.0f} s  {run.mutant}\n         {outcome}", flush=True)
        return run

    with ThreadPoolExecutor(COPIES) as pool:
        return list(pool.map(one, [Run(mutant, recorded.tests_for(mutant)) for mutant in mutants]))


if __name__ == "__main__":
    main()
