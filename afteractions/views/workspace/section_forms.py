"""The forms of the draft's sections: from what was sent to the content of a section, and back to what a form shows.

A row has its fields as `changes-3-owner`; rows without a text are left out, rows marked for removal too. What was typed
is shown again as it was typed, whatever became of it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict

from afteractions.documents.revision import expected_of
from afteractions.models import Section
from afteractions.rules.learning import look_again, proposed_strength
from afteractions.rules.review.root_cause import CAUSE_LISTS
from afteractions.views.person_fields import identifiers, person_words
from afteractions.vocabulary import (
    Certainty,
    ChangeKind,
    DeviationKind,
    LearningState,
    SectionKey,
    Strength,
    WayKind,
    WentWellKind,
)
from majorops.errors import Problem
from majorops.people.models import Person
from majorops.words import Word

# The groups of rows of a section, by the beginning of the names of their fields.
GROUPS: dict[SectionKey, tuple[str, ...]] = {
    SectionKey.EXPECTED: ("expected", "ways"),
    SectionKey.WENT_WELL: ("went_well",),
    SectionKey.CHANGES: ("changes",),
}
FIELDS: dict[str, tuple[str, ...]] = {
    "expected": ("id", "expected", "actual", "kind", "reference", "assessment", "assessed_by"),
    "ways": ("id", "text", "kind"),
    "went_well": ("id", "text", "kind"),
    "changes": (
        "id",
        "kind",
        "change",
        "gap",
        "owner",
        "due_on",
        "executive_reason",
        "organisational_reason",
        "effect",
        "look_on",
        "strength",
        "takes_up",
    ),
}
PEOPLE_IN = {"expected": "assessed_by", "changes": "owner"}
# What is chosen rather than typed does not make a row.
NOT_TYPED = ("id", "kind", "strength", "takes_up")
KINDS: dict[str, type[Word]] = {
    "expected": DeviationKind,
    "ways": WayKind,
    "went_well": WentWellKind,
    "changes": ChangeKind,
}
FIRST_KIND = {
    "expected": DeviationKind.PROCESS.value,
    "ways": WayKind.DETECTED_SOONER.value,
    "went_well": WentWellKind.ACTION.value,
    "changes": ChangeKind.START.value,
}
# The fields that have a place for a word beside them, filled while one types; what is wrong with another field of the
# row stands below them.
TOLD_BESIDE = {
    "expected": ("expected", "assessed_by"),
    "ways": ("text",),
    "went_well": ("text",),
    "changes": ("change", "owner", "due_on", "look_on"),
}
ROW_ITSELF = "row"
NAME_OF_A_ROW = re.compile(r"^(expected|ways|went_well|changes)-(\d{1,4})-")
_PLACE = re.compile(r"^(?:expected\.)?(\w+)\[(\d+)\]\.(\w+)$")


@dataclass
class FormRow:
    """A row of a form: its number in the names of its fields, what stands in them, and what is to be said beside each:
    why it is not saved (`errors`), or what is saved and does not count yet (`notes`). `version` is that of the row as
    it stands, `conflict` both texts where somebody else saved it meanwhile."""

    number: int
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    lasting: bool = True
    group: str = ""
    version: int | None = None
    conflict: dict[str, Any] | None = None

    @property
    def beside(self) -> list[tuple[str, str]]:
        """What stands beside the fields that may need a word, nothing where there is none."""
        places = TOLD_BESIDE.get(self.group, ())
        beside = [(name, self.errors.get(name) or self.notes.get(name, "")) for name in places]
        return [*beside, (ROW_ITSELF, self.own_note)]

    @property
    def own_note(self) -> str:
        """What is wrong with fields that have no place for a word."""
        places = TOLD_BESIDE.get(self.group, ())
        return " ".join(text for name, text in self.errors.items() if name not in places)

    @property
    def named_in(self) -> str:
        """The field that names a person; empty where there is none."""
        return PEOPLE_IN.get(self.group, "")

    def said(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass
class SectionForm:
    """What the form of a section shows: rows or single values, as stored or as typed. `waiting` are the changes that
    were not effective, which a new one may take up."""

    key: SectionKey
    values: dict[str, Any] = field(default_factory=dict)
    groups: dict[str, list[FormRow]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    content: Any = None
    contents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    removed: list[tuple[str, int]] = field(default_factory=list)
    waiting: list[tuple[str, str]] = field(default_factory=list)

    @property
    def rows(self) -> list[FormRow]:
        """The rows of the first group: of most sections the only one."""
        return self.groups.get(GROUPS[self.key][0], [])

    @property
    def ways(self) -> list[FormRow]:
        return self.groups.get("ways", [])

    @property
    def all_rows(self) -> list[FormRow]:
        return [row for rows in self.groups.values() for row in rows]

    @property
    def first_words(self) -> list[tuple[str, str]]:
        """The rows that are saved by their ids, each with the first thing that it says."""
        texts = ("expected", "actual", "text", "change")
        return [
            (row.values["id"], next(filter(None, map(row.said, texts)), ""))
            for row in self.all_rows
            if row.said("id")
        ]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return KINDS[GROUPS[self.key][0]].choices()

    @property
    def strengths(self) -> list[tuple[str, str]]:
        return Strength.choices()

    @property
    def way_kinds(self) -> list[tuple[str, str]]:
        return WayKind.choices()

    @property
    def blank(self) -> FormRow:
        """An empty row after the last, to be filled."""
        return self._blank(GROUPS[self.key][0])

    @property
    def blank_way(self) -> FormRow:
        return self._blank("ways")

    def _blank(self, group: str) -> FormRow:
        number = max((row.number for row in self.groups.get(group, ())), default=-1) + 1
        return FormRow(number, {"kind": FIRST_KIND[group]}, lasting=False, group=group)

    @property
    def certainties(self) -> list[tuple[str, str]]:
        return Certainty.choices()

    def mark(self, problems: Iterable[Problem]) -> None:
        """Puts each problem beside the field it speaks of; what has no field goes to the top."""
        for problem in problems:
            row, name = self._place(problem.path)
            if row is not None:
                row.errors[name] = problem.message
            else:
                name = problem.path.partition(".")[2].partition("[")[0]
                self.errors[name or "all"] = problem.message

    def note(self, warnings: Iterable[Problem]) -> None:
        """Puts what is told of a saved row beside its field; of each field at most one word."""
        for warning in warnings:
            row, name = self._place(warning.path)
            if row is not None:
                row.notes[name] = warning.message

    def _place(self, path: str) -> tuple[FormRow | None, str]:
        place = _PLACE.match(path)
        if place is None:
            return None, ""
        group = "expected" if place[1] == "deviations" else place[1]
        kept = [row for row in self.groups.get(group, ()) if row.lasting]
        return (kept[int(place[2])] if int(place[2]) < len(kept) else None), place[3]


def shown(
    key: SectionKey, content: Any, people: Mapping[str, Person], section: Section | None = None
) -> SectionForm:
    """The form of a section as it is stored. `people` by their identifiers, for those it names; `section` knows the
    versions of the rows."""
    form = SectionForm(key, content=content)
    if key in GROUPS:
        form.groups = {
            group: [shown_row(group, number, row, people, section) for number, row in enumerate(rows)]
            for group, rows in rows_of(key, content).items()
        }
        form.waiting = [
            (row["id"], row["change"])
            for row in form.content
            if key is SectionKey.CHANGES and row.get("learning") == LearningState.NOT_EFFECTIVE
        ]
    elif key is SectionKey.ROOT_CAUSE:
        form.values = {**content, **{name: "\n".join(content.get(name) or ()) for name in CAUSE_LISTS}}
    else:
        form.values = dict(content)
    return form


def shown_row(
    group: str, number: int, row: Mapping[str, Any], people: Mapping[str, Person], section: Section | None
) -> FormRow:
    """One row of the form as it is stored."""
    values = {name: _words(group, row, name, people) for name in FIELDS[group]}
    version = section.row_version(row["id"]) if section and row.get("id") else None
    return FormRow(number, values, group=group, version=version)


def rows_of(key: SectionKey, content: Any) -> dict[str, list[Any]]:
    """The rows of a section's content by their group."""
    if key is SectionKey.EXPECTED:
        expected = expected_of(content)
        return {"expected": expected["deviations"], "ways": expected["ways"]}
    return {GROUPS[key][0]: list(content)}


def _words(group: str, row: Mapping[str, Any], name: str, people: Mapping[str, Person]) -> str:
    value = row.get(name)
    if name == PEOPLE_IN.get(group):
        person = people.get(value) if value else None
        return person_words(person) if person else str(value or row.get(f"{name}_text") or "")
    if group == "changes" and _is_proposed(row, name):
        return ""
    return "" if value is None else str(value)


def _is_proposed(row: Mapping[str, Any], name: str) -> bool:
    """Whether nobody chose it: it is left empty, so that it goes on following the words and the due date."""
    if name == "strength":
        return row.get(name) == proposed_strength(str(row.get("change")))
    if name == "look_on" and row.get(name) and row.get("due_on"):
        return look_again(date.fromisoformat(str(row["due_on"]))) == date.fromisoformat(str(row[name]))
    return False


def sent(key: SectionKey, data: QueryDict, *, scope: str) -> SectionForm:
    """The form as it was sent, with the content that it means. `scope` is the incident's reference."""
    form = SectionForm(key)
    if key in GROUPS:
        form.contents = {group: _read_rows(form, group, data, scope) for group in GROUPS[key]}
        values = form.contents
        form.content = (
            {"deviations": values["expected"], "ways": values["ways"]}
            if key is SectionKey.EXPECTED
            else values[GROUPS[key][0]]
        )
    elif key is SectionKey.ROOT_CAUSE:
        form.values = {name: data.get(name, "") for name in ("failure", *CAUSE_LISTS)}
        form.values["certainty"] = data.get("certainty", Certainty.PROVISIONAL.value)
        form.content = {
            **form.values,
            **{
                name: [line.strip() for line in form.values[name].splitlines() if line.strip()]
                for name in CAUSE_LISTS
            },
        }
    elif key is SectionKey.TIMELINE:
        form.content = {name: data.getlist(name) for name in ("hidden", "highlighted")}
    else:
        form.values = {name: data.get(name, "") for name in ("business_impact", "customer_impact")}
        form.content = dict(form.values)
    return form


def _read_rows(form: SectionForm, group: str, data: QueryDict, scope: str) -> list[dict[str, Any]]:
    fields = FIELDS[group]
    # Rows stand in the order of the form, whatever their numbers.
    places = (re.match(rf"^{group}-(\d{{1,4}})-", name) for name in data)
    numbers = dict.fromkeys(int(place[1]) for place in places if place)
    rows = form.groups.setdefault(group, [])
    for number in numbers:
        values = {name: data.get(f"{group}-{number}-{name}", "") for name in fields}
        if data.get(f"{group}-{number}-remove"):
            form.removed.append((group, number))
        elif values.get("id") or any(values[name].strip() for name in fields if name not in NOT_TYPED):
            rows.append(FormRow(number, values, group=group))
    who = PEOPLE_IN.get(group)
    known = identifiers([row.said(who) for row in rows], scope=scope) if who else {}
    content = []
    for row in rows:
        said: dict[str, Any] = {name: row.said(name) for name in fields}
        if who:
            # Whom nobody is known by is kept as it was typed.
            said |= {who: known.get(row.said(who)) or row.said(who), f"{who}_text": ""}
        content.append(said)
    return content


def lines_of(key: SectionKey, content: Any) -> list[str]:
    """A section as the text that people read, a line each: what is shown of two texts in conflict."""
    match key:
        case SectionKey.ROOT_CAUSE:
            values = [content.get("failure", "")]
            values += [f"Contributing: {line}" for line in content.get("contributing_factors") or ()]
            values += [f"Should have happened: {line}" for line in content.get("should_have_happened") or ()]
            certainty = content.get("certainty")
            values += [Certainty(certainty).label] if Certainty.knows(certainty) else []
        case SectionKey.TIMELINE:
            values = [f"{len(content.get(name) or ())} entries {name}" for name in ("hidden", "highlighted")]
        case SectionKey.SUMMARY:
            values = [content.get("business_impact") or "", content.get("customer_impact") or ""]
        case _:
            values = [
                " · ".join(_texts_of(group, row))
                for group, rows in rows_of(key, content).items()
                for row in rows
            ]
    return [line for line in values if line]


def lines_of_row(group: str, row: Mapping[str, Any]) -> str:
    """One row as the text that people read, a line each field."""
    return "\n".join(_texts_of(group, row))


def _texts_of(group: str, row: Mapping[str, Any]) -> Sequence[str]:
    labels = dict(KINDS[group].choices())
    data = {name: row.get(name) or row.get(f"{name}_text") for name in FIELDS[group] if name != "id"}
    return [
        str(labels.get(value, value) if name == "kind" else value) for name, value in data.items() if value
    ]
