"""The house rules that no formatter knows. Each check is tried on a bad sample beside it, so that it can fail."""

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FunctionType, ModuleType

import pytest

import afteractions.operations
import afteractions.rules
import afteractions.wording
import incidents.operations
import incidents.rules
import majorops.people.operations
from majorops.embedded.state import CHECKOUT
from tests.web.access_rules import RULES
from tests.web.access_urls import names_of_urls

LONGEST_FILE = 500
MOST_MODULES = 15
LONGEST_LIST_OF_TESTS = 600
KEYWORDS = ("by", "at", "now")
# What the system alone does, inside a verb that somebody does; and what makes the first who does anything.
DONE_BY_NOBODY = {
    "afteractions.operations.meeting.attendees.propose_attendees",
    "afteractions.operations.intake.lapse",
    "afteractions.operations.first_day.set_up",
    "afteractions.operations.review.initial_draft.prefill",
    "afteractions.operations.followup.vendors.follow_up_of",
}
# Written so that this file does not hold what it looks for.
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:wor[k]|roo[t]|hom[e]/(?!majorops\b)\w+|User[s])/")
REGISTRY = re.compile(
    r"(?<!blog\.)\bpypi\.[o]rg|pythonhoste[d]\.org|registry\.npmj[s]|proxy\.golan[g]|(?<!emit-)index-ur[l]"
)
STORED_WORD = re.compile(
    r"\{\{\s*[\w.]*\b(?:status|kind|severity|highest_severity|state|level|requirement_level|disposition|decision"
    r"|response|phase|uid)\s*\}\}"
)
INLINE = re.compile(r"<style\b|<script(?![^>]*\bsrc=)[^>]*>|<[^>]*\s(?:style|on[a-z]+)\s*=", re.IGNORECASE)


def tracked(*endings: str) -> Iterator[Path]:
    """The files that the repository holds or is about to, by their endings; what others made and we keep aside."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        path = CHECKOUT / name
        if path.is_file() and path.suffix in endings and "vendor" not in path.parts:
            yield path


def named(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def modules_of(*packages: ModuleType) -> Iterator[ModuleType]:
    for package in packages:
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def public_functions(module: ModuleType) -> Iterator[FunctionType]:
    for name, value in vars(module).items():
        if inspect.isfunction(value) and not name.startswith("_") and value.__module__ == module.__name__:
            yield value


def is_verb(function: FunctionType) -> bool:
    """Whether it acts by itself: it opens a transaction of its own."""
    wrapped = getattr(function, "__wrapped__", None)
    return wrapped is not None and "transaction.atomic" in inspect.getsource(wrapped).partition("def ")[0]


def badly_called(function: FunctionType, *, by_nobody: bool = False) -> list[str]:
    """What is wrong with the way in which a verb is told by whom and when."""
    parameters = inspect.signature(function).parameters
    wanted = ("now",) if by_nobody else ("by", "now")
    return [f"{name} is missing" for name in wanted if name not in parameters] + [
        f"{name} can be given without its name"
        for name in KEYWORDS
        if name in parameters and parameters[name].kind is not inspect.Parameter.KEYWORD_ONLY
    ]


def clocks_read(source: str) -> list[int]:
    """The lines that ask the machine for the time, however it was imported."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = node.func.value
        name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if (name, node.func.attr) in {
            ("datetime", "now"),
            ("datetime", "utcnow"),
            ("datetime", "today"),
            ("date", "today"),
            ("timezone", "now"),
            ("timezone", "localtime"),
            ("time", "time"),
        }:
            found.append(node.lineno)
    return found


def imports_inside_functions(source: str) -> list[int]:
    """The lines of imports that hide a cycle."""
    return [
        inner.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def inline_code(template: str) -> list[str]:
    """Style and script inside the markup. Tags of templates are taken out first: `only="absolute"` is no handler."""
    markup = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", template, flags=re.DOTALL)
    return INLINE.findall(markup)


def stored_words(template: str) -> list[str]:
    """Places in the text of a page that show a stored key as it is. In attributes they are meant for machines, and
    behind a label stands a form's field."""
    unlabelled = re.sub(r"</label>\s*\{\{.*?\}\}", " ", re.sub(r"\{%.*?%\}", " ", template, flags=re.DOTALL))
    return STORED_WORD.findall(re.sub(r"<[^<>]*>", " ", unlabelled))


def failing(paths: Iterable[Path], check: Callable[[str], object]) -> dict[str, object]:
    """What a check says of each file that does not pass it."""
    said = {named(path): check(path.read_text(encoding="utf-8")) for path in paths}
    return {name: found for name, found in said.items() if found}


def test_every_url_says_who_may_open_it() -> None:
    names = set(names_of_urls())
    assert names - set(RULES) == set(), "say in tests/web/access_rules.py who may open these"
    assert set(RULES) - names == set(), "these are no URLs any more"


def test_no_file_has_two_subjects() -> None:
    paths = [path for path in tracked(".py", ".css", ".js") if "migrations" not in path.parts]
    assert len(paths) > 200
    assert failing([path for path in paths if "tests" not in path.parts], is_too_long) == {}
    # A file of tests is a list, and may run on a little.
    long = {
        name: lines for name, lines in failing(paths, is_too_long).items() if lines > LONGEST_LIST_OF_TESTS
    }
    assert long == {}


def test_no_folder_holds_two_rooms() -> None:
    folders = Counter(
        named(path.parent)
        for path in tracked(".py")
        if path.name != "__init__.py" and not {"tests", "migrations"} & set(path.parts)
    )
    assert len(folders) > 50
    assert {folder: modules for folder, modules in folders.items() if modules > MOST_MODULES} == {}


def is_too_long(text: str) -> int:
    """The number of lines where there are too many."""
    lines = text.count("\n")
    return lines if lines > LONGEST_FILE else 0


def test_templates_hold_no_style_and_no_script() -> None:
    assert failing(tracked_templates(), inline_code) == {}


def tracked_templates() -> list[Path]:
    paths = [path for path in tracked(".html") if "templates" in path.parts and "pdf" not in path.parts]
    assert len(paths) > 50
    return paths


def test_pages_show_labels_and_not_what_is_stored() -> None:
    # The description of the API shows the statuses of HTTP and the words that calls take.
    paths = [path for path in tracked_templates() if "api" not in path.parts]
    assert failing(paths, stored_words) == {}


def test_every_verb_is_told_by_whom_and_when_by_name() -> None:
    verbs = {
        f"{verb.__module__}.{verb.__name__}": verb
        for module in modules_of(incidents.operations, afteractions.operations, majorops.people.operations)
        for verb in public_functions(module)
        if is_verb(verb)
    }
    assert len(verbs) > 60
    assert set(verbs) >= DONE_BY_NOBODY
    wrong = {name: badly_called(verb, by_nobody=name in DONE_BY_NOBODY) for name, verb in verbs.items()}
    assert {name: found for name, found in wrong.items() if found} == {}


def test_operations_and_rules_say_their_contract() -> None:
    packages = (
        incidents.operations,
        afteractions.operations,
        majorops.people.operations,
        incidents.rules,
        afteractions.rules,
        afteractions.wording,
    )
    functions = [function for module in modules_of(*packages) for function in public_functions(module)]
    assert len(functions) > 250
    assert [f"{each.__module__}.{each.__name__}" for each in functions if not each.__doc__] == []


def test_there_is_one_clock() -> None:
    paths = [
        path
        for path in tracked(".py")
        if named(path).startswith(("majorops/", "incidents/", "afteractions/"))
        and named(path) != "majorops/clock.py"
        # Commands and the supervisor stand outside: they begin things, or wait for processes.
        and not {"management", "embedded", "migrations"} & set(path.parts)
    ]
    assert failing(paths, clocks_read) == {}


def test_no_import_hides_in_a_function() -> None:
    paths = [
        path
        for path in tracked(".py")
        if named(path).startswith(("incidents/", "afteractions/")) and path.name != "apps.py"
    ]
    assert failing(paths, imports_inside_functions) == {}


def test_nothing_names_the_machine_it_was_written_on_or_where_packages_come_from() -> None:
    kinds = (".py", ".md", ".txt", ".in", ".lock", ".toml", ".yml", ".yaml", ".json", ".html", ".css", ".js")
    paths = [*tracked(*kinds, ""), *(path for path in (CHECKOUT / "script").iterdir() if path.is_file())]
    assert any(named(path) == "requirements.lock" for path in paths)
    assert failing(paths, lambda text: [*MACHINE_PATH.findall(text), *REGISTRY.findall(text)]) == {}


def test_rules_cannot_import_a_framework() -> None:
    contracts = (CHECKOUT / "pyproject.toml").read_text()
    held = contracts.partition("Rules and vocabulary need no framework")[2].partition("[[")[0]
    assert '"django"' in held
    assert "ignore_imports" not in held
    found = {
        module.__name__: [
            name for name in ("django", "rest_framework", "connection") if hasattr(module, name)
        ]
        for module in modules_of(incidents.rules, afteractions.rules, afteractions.wording)
    }
    assert {name: imported for name, imported in found.items() if imported} == {}


def positional(subject: object, by: object, at: object, *, now: object) -> None:
    """A verb that can be told by whom without saying so."""


@pytest.mark.parametrize(
    ("check", "bad", "good"),
    [
        (is_too_long, "line\n" * 501, "line\n" * 500),
        (inline_code, '<p style="color: red">', '<p class="soft">{% instant at only="absolute" %}</p>'),
        (inline_code, "<script>alert(1)</script>", '<script src="/static/js/shell.js" defer></script>'),
        (inline_code, '<a href="/" onclick="go()">', '<a href="/" data-on="go">'),
        (inline_code, "<style>p {}</style>", '<link rel="stylesheet" href="/static/css/base.css">'),
        (stored_words, "<p>{{ incident.severity }}</p>", "<p>{{ incident.severity_label }}</p>"),
        (
            stored_words,
            "<b>{{ each.kind }}</b>",
            '<b data-kind="{{ each.kind }}">{{ each.get_kind_display }}</b>',
        ),
        (clocks_read, "from datetime import datetime\ndatetime.now()", "clock.now()"),
        (clocks_read, "from django.utils import timezone\ntimezone.now()", "timezone.make_aware(at)"),
        (clocks_read, "import datetime\ndatetime.datetime.now(datetime.UTC)", "time.monotonic()"),
        (imports_inside_functions, "def f():\n    import os", "import os\ndef f(): pass"),
        (MACHINE_PATH.findall, "cp /ro" + "ot/x .", "see majorops/root/x"),
        (MACHINE_PATH.findall, "MAJOROPS_HOME=/ho" + "me/ada/state", "/home/majorops/state"),
        (REGISTRY.findall, "--index" + "-url https://example.org", "https://blog.pypi" + ".org/posts/"),
    ],
)
def test_each_check_can_fail(check: Callable[[str], object], bad: str, good: str) -> None:
    assert check(bad)
    assert not check(good)


def test_the_check_of_verbs_can_fail() -> None:
    assert badly_called(positional) == [
        "by can be given without its name",
        "at can be given without its name",
    ]
    assert badly_called(is_too_long) == ["by is missing", "now is missing"]
