"""The shapes of the sections that people write: what was sent is checked here and comes out clean, or is refused with
the path of every problem (`changes[2].due_on`)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from afteractions.rules.review.root_cause import CAUSE_FIELDS, CAUSE_LISTS
from afteractions.vocabulary import (
    Certainty,
    ChangeKind,
    DeviationKind,
    SectionKey,
    Strength,
    WayKind,
    WentWellKind,
)
from majorops.errors import BadInput, NotFound, Problem
from majorops.formatting.instants import read_day
from majorops.people.models import Person
from majorops.texts import too_long, unstorable
from majorops.words import Word

LONGEST_TEXT = 20_000
# All texts of a section together: what is checked for names while somebody types must end while they type.
LONGEST_SECTION = 100_000
LONGEST_OWNER = 200
MOST_ROWS = 300
CONTACT = "contact:"


@dataclass
class Check:
    """One pass over what was sent, gathering all problems; `people` are those that its identifiers name."""

    people: Mapping[str, Person]
    problems: list[Problem] = field(default_factory=list)
    characters: int = 0
    ids: set[str] = field(default_factory=set)

    def wrong(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))

    def text(self, value: Any, path: str, *, required: bool = False) -> str:
        """A text, None as empty; `required` refuses an empty one."""
        if value is None:
            value = ""
        if not isinstance(value, str):
            self.wrong(path, "Write a text here.")
            return ""
        self.characters += len(value)
        if problem := too_long(value, LONGEST_TEXT):
            self.wrong(path, problem)
        if problem := unstorable(value):
            self.wrong(path, problem)
        if required and not value.strip():
            self.wrong(path, "This must not be empty.")
        return value.strip()

    def word(self, value: Any, path: str, words: type[Word]) -> str:
        if not isinstance(value, str) or not words.knows(value):
            self.wrong(path, f"Choose one of: {', '.join(words.keys())}.")
            return ""
        return value

    def day(self, value: Any, path: str) -> date | None:
        if value in (None, ""):
            return None
        try:
            return read_day(value)
        except ValueError:
            self.wrong(path, "Write a date as 2026-03-31.")
            return None

    def person(self, value: Any, path: str) -> tuple[Person | None, str]:
        """Whom it names, and the text itself where it names nobody: that is kept, and told beside its field."""
        text = self.text(value, path)
        person = self.people.get(normal(text)) if text else None
        if person is None and len(text) > LONGEST_OWNER:
            self.wrong(path, f"This is longer than {LONGEST_OWNER} characters: shorten it.")
        return person, "" if person else text[:LONGEST_OWNER]

    def rows(self, value: Any, path: str) -> list[Any]:
        """A list, at most MOST_ROWS long; anything else is one problem and an empty list."""
        if not isinstance(value, list):
            self.wrong(path, "Send a list here.")
            return []
        if len(value) > MOST_ROWS:
            self.wrong(path, too_many_rows(len(value)))
            return []
        return value

    def keys(self, value: Any, path: str, known: Iterable[str]) -> dict[str, Any]:
        """An object with no other keys than `known`; a key too many is a problem that names it."""
        if not isinstance(value, dict):
            self.wrong(path, "Send an object here.")
            return {}
        for key in sorted(set(value) - set(known)):
            self.wrong(f"{path}.{key}", "There is no such field in this section.")
        return value

    def texts(self, value: Any, path: str) -> list[str]:
        """A list of texts; empty ones are left out."""
        cleaned = [
            self.text(item, f"{path}[{n}]")
            for n, item in enumerate(self.rows([] if value is None else value, path))
        ]
        return [item for item in cleaned if item]


SUMMARY_WRITTEN = ("business_impact", "customer_impact")
SUMMARY_GIVEN = (
    "reference",
    "title",
    "severity",
    "highest_severity",
    "time_zone",
    "duration",
    "metrics",
    "services",
    "external",
    "customers_affected",
    "revenue_exposure",
    "sla_status",
    "regulatory_exposure",
    "mim",
    "key_responders",
)
TIMELINE_WRITTEN = ("hidden", "highlighted")
TIMELINE_GIVEN = ("entries", "metrics", "picture")


def summary(check: Check, content: Any, path: str) -> dict[str, str]:
    """What people add to the record's facts. The record's own fields may be sent back and stay as they are."""
    sent = check.keys(content, path, (*SUMMARY_WRITTEN, *SUMMARY_GIVEN))
    return {
        key: check.text(sent[key], f"{path}.{key}") for key in SUMMARY_WRITTEN if sent.get(key) is not None
    }


def timeline(check: Check, content: Any, path: str) -> dict[str, list[str]]:
    """Which entries are hidden and which highlighted; what an entry says cannot be written here."""
    sent = check.keys(content, path, (*TIMELINE_WRITTEN, *TIMELINE_GIVEN))
    return {key: sorted(set(check.texts(sent.get(key), f"{path}.{key}"))) for key in TIMELINE_WRITTEN}


# When the expert said it is no text: it may be sent back, and stays as it is.
DEVIATION_KEYS = (
    "id",
    *("expected", "actual", "kind", "reference", "assessment", "assessed_by", "assessed_by_text"),
    "assessed_at",
)


def expected(check: Check, content: Any, path: str) -> dict[str, list[dict[str, Any]]]:
    """What was supposed to happen, as it is kept: the deviations, and the ways to have detected sooner or responded
    better. A bare list is taken as deviations. What is wrong is said to `check`."""
    if isinstance(content, list):
        return {"deviations": _deviations(check, content, path), "ways": []}
    sent = check.keys(content, path, ("deviations", "ways"))
    return {
        "deviations": _deviations(check, sent.get("deviations") or [], f"{path}.deviations"),
        "ways": _texts_of_a_kind(check, sent.get("ways") or [], f"{path}.ways", WayKind),
    }


def _deviations(check: Check, content: Any, path: str) -> list[dict[str, Any]]:
    rows = []
    for number, row in enumerate(check.rows(content, path)):
        at = f"{path}[{number}]"
        sent = check.keys(row, at, DEVIATION_KEYS)
        if not sent:
            continue
        assessed_by, words = check.person(sent.get("assessed_by"), f"{at}.assessed_by")
        kept = check.text(sent.get("assessed_by_text"), f"{at}.assessed_by_text")[:LONGEST_OWNER]
        values = [
            check.text(sent.get(name), f"{at}.{name}") for name in ("actual", "reference", "assessment")
        ]
        rows.append(
            {
                **row_id(check, sent, at),
                # A draft may say first what happened: the distribution asks for both.
                "expected": check.text(sent.get("expected"), f"{at}.expected", required=not any(values)),
                "actual": values[0],
                "kind": check.word(sent.get("kind"), f"{at}.kind", DeviationKind),
                "reference": values[1],
                "assessment": values[2],
                "assessed_by": assessed_by.identifier if assessed_by else None,
                "assessed_by_text": "" if assessed_by else words or kept,
            }
        )
    return rows


def row_id(check: Check, sent: Mapping[str, Any], at: str) -> dict[str, str]:
    """The id of a row where it came with one."""
    name = check.text(sent.get("id"), f"{at}.id")
    if name in check.ids:
        check.wrong(f"{at}.id", f"{name[:40]} is in the list twice.")
    check.ids |= {name} if name else set()
    return {"id": name} if name else {}


def keep_assessed(rows: list[dict[str, Any]], before: list[dict[str, Any]]) -> None:
    """What an expert said of a deviation stays said as long as deviation, expert and text are what they were."""
    of = ("expected", "assessed_by", "assessment")
    data = {
        tuple(row.get(name) for name in of): row["assessed_at"] for row in before if row.get("assessed_at")
    }
    for row in rows:
        if at := data.get(tuple(row[name] for name in of)):
            row["assessed_at"] = at


def root_cause(check: Check, content: Any, path: str) -> dict[str, Any]:
    """Seed: Root Cause, "The incident was caused by [specific failure]. Contributing factors include [list]." """
    sent = check.keys(content, path, CAUSE_FIELDS)
    return {
        "failure": check.text(sent.get("failure"), f"{path}.failure"),
        **{name: check.texts(sent.get(name), f"{path}.{name}") for name in CAUSE_LISTS},
        # Whoever writes a cause and says nothing of how certain it is states it.
        "certainty": check.word(sent.get("certainty", Certainty.KNOWN), f"{path}.certainty", Certainty),
    }


def went_well(check: Check, content: Any, path: str) -> list[dict[str, str]]:
    """The rows of what went well, as they are kept; what is wrong is said to `check`."""
    return _texts_of_a_kind(check, content, path, WentWellKind)


def _texts_of_a_kind(check: Check, content: Any, path: str, kinds: type[Word]) -> list[dict[str, str]]:
    rows = []
    for number, row in enumerate(check.rows(content, path)):
        at = f"{path}[{number}]"
        if sent := check.keys(row, at, ("id", "text", "kind")):
            rows.append(
                {
                    **row_id(check, sent, at),
                    "text": check.text(sent.get("text"), f"{at}.text", required=True),
                    "kind": check.word(sent.get("kind"), f"{at}.kind", kinds),
                }
            )
    return rows


@dataclass(frozen=True, slots=True)
class SentChange:
    """A row of the section `changes` as it was sent, checked. `reference` is None for a new one, `owner_text` (an owner
    whom nobody is known by), the reasons, `effect`, `strength` and `takes_up` are None when nothing was said of them;
    `look_on` is None then too, and when the day is left to its due date (`looks_by_default`)."""

    path: str
    reference: str | None
    kind: str
    gap: str
    change: str
    owner: Person | None
    owner_text: str | None
    due_on: date | None
    executive_reason: str | None = None
    organisational_reason: str | None = None
    effect: str | None = None
    look_on: date | None = None
    looks_by_default: bool = False
    strength: str | None = None
    takes_up: str | None = None


CHANGE_KEYS = (
    "id",
    "kind",
    "gap",
    "change",
    "owner",
    "owner_text",
    "due_on",
    "status",
    "executive_reason",
    "organisational_reason",
    "effect",
    "look_on",
    "strength",
    "takes_up",
)


def changes(check: Check, content: Any, path: str) -> list[SentChange]:
    """The rows of what is changing, as they are kept; what is wrong is said to `check`."""
    rows = []
    for number, row in enumerate(check.rows(content, path)):
        at = f"{path}[{number}]"
        sent = check.keys(row, at, CHANGE_KEYS)
        if not sent:
            continue
        reference = row_id(check, sent, at).get("id")
        owner, unknown = check.person(sent.get("owner"), f"{at}.owner")
        text = check.text(sent["owner_text"], f"{at}.owner_text") if "owner_text" in sent else None
        due_on, look_on = (check.day(sent.get(name), f"{at}.{name}") for name in ("due_on", "look_on"))
        strength = sent.get("strength")
        rows.append(
            SentChange(
                path=at,
                reference=reference,
                kind=check.word(sent.get("kind"), f"{at}.kind", ChangeKind),
                gap=check.text(sent.get("gap"), f"{at}.gap"),
                change=check.text(sent.get("change"), f"{at}.change", required=True),
                owner=owner,
                owner_text="" if owner else unknown or (text and text[:LONGEST_OWNER]),
                due_on=due_on,
                look_on=look_on,
                looks_by_default="look_on" in sent and look_on is None,
                strength=check.word(strength, f"{at}.strength", Strength) if strength else strength,
                **{
                    name: check.text(sent[name], f"{at}.{name}")
                    for name in ("executive_reason", "organisational_reason", "effect", "takes_up")
                    if sent.get(name) is not None
                },
            )
        )
    return rows


SHAPES: dict[SectionKey, Callable[[Check, Any, str], Any]] = {
    SectionKey.SUMMARY: summary,
    SectionKey.TIMELINE: timeline,
    SectionKey.EXPECTED: expected,
    SectionKey.ROOT_CAUSE: root_cause,
    SectionKey.WENT_WELL: went_well,
    SectionKey.CHANGES: changes,
}
WRITTEN = tuple(SHAPES)


def section_key(key: str) -> SectionKey:
    """The section of this key. Raises NotFound when there is none."""
    try:
        return SectionKey(key)
    except ValueError:
        raise NotFound(f"A Learning Review has no section “{key}”.") from None


def check_content(key: SectionKey, content: Any, *, scope: str) -> Any:
    """The content of a written section, clean. Raises BadInput with every problem and its path.

    `scope` is the reference of the incident in which `contact:KEY` is looked up.
    """
    check = Check(people_named(_identifiers(content), scope=scope))
    cleaned = SHAPES[key](check, content, key.value)
    if check.characters > LONGEST_SECTION:
        check.wrong(key.value, too_much_together(check.characters))
    if check.problems:
        raise BadInput(check.problems)
    return cleaned


def check_size(key: SectionKey, lists: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """What rows that were checked one by one may not exceed together. Raises BadInput."""
    most = max(len(rows) for rows in lists.values())
    if most > MOST_ROWS:
        raise BadInput.of(key.value, too_many_rows(most))
    texts = (text for rows in lists.values() for row in rows for text in row.values())
    characters = sum(len(text) for text in texts if isinstance(text, str))
    if characters > LONGEST_SECTION:
        raise BadInput.of(key.value, too_much_together(characters))


def too_many_rows(number: int) -> str:
    """Why a section takes in no more rows."""
    return f"At most {MOST_ROWS} rows; these are {number:,}."


def too_much_together(characters: int) -> str:
    """Why a section takes in no more text."""
    return f"The texts of a section hold at most {LONGEST_SECTION:,} characters together; these have {characters:,}."


def no_single_match(text: str) -> str:
    """What is told beside a field that names nobody, or more than one person."""
    return f"No single match for “{text[:80]}”: pick someone or add them."


def _identifiers(content: Any) -> list[str]:
    if isinstance(content, dict):
        content = content.get("deviations")
    rows = content if isinstance(content, list) else []
    named = [row.get(key) for row in rows if isinstance(row, dict) for key in ("owner", "assessed_by")]
    return [name for name in named if isinstance(name, str) and name.strip() and not unstorable(name)]


def people_named(identifiers: Sequence[str | None], *, scope: str) -> dict[str, Person]:
    """Those whom the identifiers name, under their normal form; two statements at most, whoever is unknown is left
    out. `scope` is the reference of the incident in which `contact:KEY` is looked up."""
    wanted = {normal(name) for name in identifiers if name}
    contacts = {name for name in wanted if name.startswith(CONTACT)}
    people: dict[str, Person] = {}
    if wanted - contacts:
        accounts = Person.objects.accounts().filter(email__in=wanted)
        people.update({normal(person.identifier): person for person in accounts})
    if contacts:
        keys = [name.removeprefix(CONTACT) for name in contacts]
        named = Person.objects.filter(contact_scope=scope, contact_key__in=keys)
        people.update({normal(person.identifier): person for person in named})
    return people


def normal(identifier: str) -> str:
    """An identifier as it is compared: addresses without regard to case, keys of contacts as they are."""
    name = identifier.strip()
    return name if name.startswith(CONTACT) else name.lower()
