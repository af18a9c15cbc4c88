"""How the values of a document are read: each reader takes one value and its path, and answers it typed.

What is wrong is added to the reading's problems, and the reader answers None; nothing is raised and nothing
guessed. Types are strict: true is no number, "5" is none either, and 5.0 is no whole number.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date, datetime
from functools import cache
from typing import Any, Generic, TypeVar
from zoneinfo import available_timezones

from majorops.errors import Problem
from majorops.formatting.instants import read_day, read_instant
from majorops.texts import unstorable
from majorops.texts import web_address as normal_address
from majorops.words import Word

T = TypeVar("T")

LINE = 300
TEXT = 100_000
# The largest whole number that every reader of JSON takes exactly.
LARGEST = 2**53 - 1

MOST_HINTS = 20
# What mail reaches: a local part without quotes, lists and comments, a domain with a top level (RFC 5321, 4.1.2).
_LOCAL = r"(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_LABEL = r"[a-z0-9\u00a1-\uffff](?:[a-z0-9\u00a1-\uffff-]{0,61}[a-z0-9\u00a1-\uffff])?"
_EMAIL = re.compile(rf"(?a:{_LOCAL})@({_LABEL}\.)+(?![0-9]+$){_LABEL}", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(slots=True)
class DocumentReading:
    """What is gathered on the way: the problems, and where which person's key was named."""

    problems: list[Problem] = field(default_factory=list)
    persons_named: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, path: str, message: str) -> None:
        self.problems.append(Problem(_printable(path), message))


Reader = Callable[[DocumentReading, str, object], Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One key of an object: how its value is read, and under which attribute it is kept.

    A missing key and null are the same, not captured: the attribute's default then, unless the key is required.
    """

    name: str
    read: Reader
    attribute: str
    required: bool
    description: str


@dataclass(frozen=True, slots=True)
class DocumentKey:
    """Under which key a document says it, where that is not the attribute's name; and what there is to know of it."""

    key: str = ""
    description: str = ""


@cache
def keys_of(build: Any, every: Reader | None = None) -> tuple[Key, ...]:
    """The keys of an object, in order, as the annotations of its fields say: how each is read, and how it is named.
    What has a default may be missing. `every` reads the fields whose annotations say nothing."""
    keys = []
    for attribute in fields(build):
        annotated: tuple[Any, ...] = (*getattr(attribute.type, "__metadata__", (every,)), DocumentKey())
        read, named = annotated[:2]
        keys.append(
            Key(
                named.key or attribute.name,
                read,
                attribute.name,
                attribute.default is MISSING,
                named.description,
            )
        )
    return tuple(keys)


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """An object of the format: what it becomes, and the pairs of its keys that are a start and its end."""

    build: Callable[..., T]
    spans: tuple[tuple[str, str], ...] = ()
    every: Reader | None = None

    @property
    def keys(self) -> tuple[Key, ...]:
        return keys_of(self.build, self.every)

    def __call__(self, reading: DocumentReading, path: str, value: object) -> T | None:
        if not isinstance(value, Mapping):
            reading.refuse(path, f"This must be an object, not {_type_words(value)}.")
            return None
        before = len(reading.problems)
        self._name_unknown(reading, path, value)
        read: dict[str, object] = {}
        for key in self.keys:
            there = value.get(key.name)
            if there is not None:
                read[key.attribute] = key.read(reading, join(path, key.name), there)
            elif key.required:
                reading.refuse(join(path, key.name), "This is required.")
        self._check_spans(reading, path, value, read)
        return self.build(**read) if len(reading.problems) == before else None

    def _name_unknown(self, reading: DocumentReading, path: str, value: Mapping[Any, object]) -> None:
        known = [key.name for key in self.keys]
        unknown = [name for name in value if name not in known]
        for number, name in enumerate(unknown):
            text = str(name)[:LINE]
            # Whoever sends a thousand unknown keys mistyped none of them.
            close = difflib.get_close_matches(text, known, n=1) if number < MOST_HINTS else []
            hint = f" Did you mean {close[0]}?" if close else ""
            reading.refuse(join(path, text), f"This key is not known here.{hint}")

    def _check_spans(
        self, reading: DocumentReading, path: str, value: Mapping[Any, object], read: dict[str, object]
    ) -> None:
        attributes = {key.name: key.attribute for key in self.keys}
        for start, end in self.spans:
            begun, ended = read.get(attributes[start]), read.get(attributes[end])
            if isinstance(begun, datetime) and isinstance(ended, datetime) and ended < begun:
                reading.refuse(
                    join(path, end), f"This end ({value[end]}) is before its start, {start} ({value[start]})."
                )


def join(path: str, name: str) -> str:
    """The path of a key inside an object, as in `impact.external`."""
    return f"{path}.{name}" if path else name


@dataclass(frozen=True, slots=True)
class TextRule:
    """Text of at most `limit` characters, a `line` without controls; it must say something unless it may be `blank`."""

    limit: int = TEXT
    one_line: bool = False
    blank: bool = False

    def __call__(self, reading: DocumentReading, path: str, value: object) -> str | None:
        if not isinstance(value, str):
            reading.refuse(path, f"This must be text, not {_type_words(value)}.")
        elif bad := unstorable(value):
            reading.refuse(path, bad)
        elif not self.blank and not value.strip():
            reading.refuse(path, "This is empty. Say what it is.")
        elif len(value) > self.limit:
            reading.refuse(
                path, f"This has {len(value):,} characters; at most {self.limit:,} are kept. Shorten it."
            )
        elif self.one_line and _CONTROL.search(value):
            reading.refuse(path, "This must be one line, without tabs or other control characters.")
        else:
            return value
        return None


def line(limit: int = LINE, *, blank: bool = False) -> TextRule:
    """A name, a key or a title: one line."""
    return TextRule(limit, one_line=True, blank=blank)


def person(reading: DocumentReading, path: str, value: object) -> str | None:
    """The key of somebody in the document's list of people."""
    key = line(200)(reading, path, value)
    if key is not None:
        reading.persons_named.append((path, key))
    return key


def email(reading: DocumentReading, path: str, value: object) -> str | None:
    """One e-mail address that mail can reach; None after refusing anything else."""
    address = line(254)(reading, path, value)
    if address is not None and (not address.isprintable() or not _EMAIL.fullmatch(address)):
        reading.refuse(path, "This is not one e-mail address, as in name@example.org.")
        return None
    return address


def web_address(reading: DocumentReading, path: str, value: object) -> str | None:
    """An address that a page may link to: http or https, nothing that runs."""
    address = line(1000)(reading, path, value)
    if address is None:
        return None
    if (written := normal_address(address)) is None:
        reading.refuse(
            path, "This is not a web address. It must begin with https:// or http:// and have no blanks."
        )
    return written


def time_zone(reading: DocumentReading, path: str, value: object) -> str | None:
    """A zone of the IANA database; None after refusing anything else."""
    zone = line(64)(reading, path, value)
    if zone is not None and zone not in _zones():
        reading.refuse(path, "This is not an IANA time zone, as in Europe/Berlin or UTC.")
        return None
    return zone


def yes_no(reading: DocumentReading, path: str, value: object) -> bool | None:
    """True or false, and nothing that merely counts as one."""
    if isinstance(value, bool):
        return value
    reading.refuse(path, f"This must be true or false, not {_type_words(value)}.")
    return None


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A whole number between `low` and `high`, both included."""

    low: int = 0
    high: int = LARGEST

    def __call__(self, reading: DocumentReading, path: str, value: object) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            reading.refuse(path, f"This must be a whole number, not {_type_words(value)}.")
        elif not self.low <= value <= self.high:
            reading.refuse(path, f"This must be between {self.low:,} and {self.high:,}.")
        else:
            return value
        return None


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a closed list of words, by its key."""

    words: type[Word]

    def __call__(self, reading: DocumentReading, path: str, value: object) -> Word | None:
        if isinstance(value, str) and self.words.knows(value):
            return self.words(value)
        reading.refuse(path, f"This must be one of: {', '.join(self.words.keys())}.")
        return None


@dataclass(frozen=True, slots=True)
class Constant:
    """The one text that may stand there."""

    expected: str

    def __call__(self, reading: DocumentReading, path: str, value: object) -> str | None:
        if value == self.expected:
            return self.expected
        reading.refuse(path, f"This must be {self.expected}.")
        return None


def instant(reading: DocumentReading, path: str, value: object) -> datetime | None:
    """ISO 8601 with an offset, in a year that deadlines can be counted from."""
    try:
        return read_instant(value)
    except ValueError as problem:
        reading.refuse(path, str(problem))
        return None


def planned(reading: DocumentReading, path: str, value: object) -> datetime | None:
    """An instant that may lie ahead."""
    return instant(reading, path, value)


def day(reading: DocumentReading, path: str, value: object) -> date | None:
    """A date as in 2026-03-31; None after refusing anything else."""
    try:
        return read_day(value)
    except ValueError as problem:
        reading.refuse(path, str(problem))
        return None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list. `once` names the attribute (or "." for the value itself) that no two of its entries may share."""

    entry: Reader
    once: str = ""

    def __call__(self, reading: DocumentReading, path: str, value: object) -> tuple[Any, ...] | None:
        if not isinstance(value, list | tuple):
            reading.refuse(path, f"This must be a list, not {_type_words(value)}.")
            return None
        entries = tuple(self.entry(reading, f"{path}[{number}]", entry) for number, entry in enumerate(value))
        if self.once:
            _refuse_twins(reading, path, entries, self.once)
        return entries


def _refuse_twins(reading: DocumentReading, path: str, entries: tuple[Any, ...], once: str) -> None:
    seen: dict[object, int] = {}
    for number, entry in enumerate(entries):
        mark = entry if once == "." or entry is None else getattr(entry, once)
        if mark is None:
            continue
        if mark in seen:
            place = f"{path}[{number}]" if once == "." else f"{path}[{number}].{once}"
            reading.refuse(place, f"This is there twice: it is also in {path}[{seen[mark]}].")
        else:
            seen[mark] = number


def _printable(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def _type_words(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int):
        return "a number"
    if isinstance(value, float):
        return "a number with a fraction" if value - value == 0 else "a number that is none (NaN or infinite)"
    return "a list" if isinstance(value, list | tuple) else "an object"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}
