"""The forms of the draft's sections: from what was sent to the content of a section, and back to what a form shows.

A row has its fields as `changes-3-owner`; rows without a text are left out, rows marked for removal too. What was typed
is shown again as it was typed, whatever became of it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from afteractions.forms.people import identifiers, person_words, unknown
from afteractions.vocabulary import Certainty, ChangeKind, DeviationKind, SectionKey, WentWellKind
from majorops.people.models import Person
from majorops.refusal import Problem

ROWS: dict[SectionKey, tuple[str, ...]] = {
    SectionKey.EXPECTED: ("expected", "actual", "kind", "reference", "assessment", "assessed_by"),
    SectionKey.WENT_WELL: ("text", "kind"),
    SectionKey.CHANGES: ("id", "kind", "change", "gap", "owner", "due_on", "executive_reason"),
}
PEOPLE_IN = {SectionKey.EXPECTED: "assessed_by", SectionKey.CHANGES: "owner"}
# What is chosen rather than typed does not make a row.
NOT_TYPED = ("id", "kind")
FIRST_KIND = {
    SectionKey.EXPECTED: DeviationKind.PROCESS.value,
    SectionKey.WENT_WELL: WentWellKind.ACTION.value,
    SectionKey.CHANGES: ChangeKind.START.value,
}
KINDS = {
    SectionKey.EXPECTED: DeviationKind.choices(),
    SectionKey.WENT_WELL: WentWellKind.choices(),
    SectionKey.CHANGES: ChangeKind.choices(),
}
LINES = ("contributing_factors", "should_have_happened")
_PLACE = re.compile(r"^\w+\[(\d+)\]\.(\w+)$")


@dataclass
class Row:
    """A row of a form: its number in the names of its fields, what stands in them, and what is wrong with each."""

    number: int
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    lasting: bool = True

    def said(self, name: str) -> str:
        return self.values.get(name, "")


@dataclass
class SectionForm:
    """What the form of a section shows: rows or single values, as stored or as typed."""

    key: SectionKey
    values: dict[str, Any] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    content: Any = None
    problems: list[Problem] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return KINDS.get(self.key, [])

    @property
    def blank(self) -> Row:
        """An empty row after the last, to be filled."""
        number = max((row.number for row in self.rows), default=-1) + 1
        return Row(number, {"kind": FIRST_KIND.get(self.key, "")}, lasting=False)

    @property
    def certainties(self) -> list[tuple[str, str]]:
        return Certainty.choices()

    def mark(self, problems: Iterable[Problem]) -> None:
        """Puts each problem beside the field it speaks of; what has no field goes to the top."""
        kept = [row for row in self.rows if row.lasting]
        for problem in problems:
            place = _PLACE.match(problem.path)
            if place and int(place[1]) < len(kept):
                kept[int(place[1])].errors[place[2]] = problem.message
            else:
                name = problem.path.partition(".")[2].partition("[")[0]
                self.errors[name or "all"] = problem.message


def shown(key: SectionKey, content: Any, people: Mapping[str, Person]) -> SectionForm:
    """The form of a section as it is stored. `people` by their identifiers, for those it names."""
    form = SectionForm(key, content=content)
    if key in ROWS:
        form.rows = [
            Row(number, {name: _words(key, name, row.get(name), people) for name in ROWS[key]})
            for number, row in enumerate(content)
        ]
    elif key is SectionKey.ROOT_CAUSE:
        form.values = {**content, **{name: "\n".join(content.get(name) or ()) for name in LINES}}
    else:
        form.values = dict(content)
    return form


def _words(key: SectionKey, name: str, value: Any, people: Mapping[str, Person]) -> str:
    if value and name == PEOPLE_IN.get(key):
        person = people.get(value)
        return person_words(person) if person else str(value)
    return "" if value is None else str(value)


def sent(key: SectionKey, data: QueryDict, *, scope: str) -> SectionForm:
    """The form as it was sent, with the content that it means. `scope` is the incident's reference."""
    form = SectionForm(key)
    if key in ROWS:
        _read_rows(form, data, scope)
    elif key is SectionKey.ROOT_CAUSE:
        form.values = {name: data.get(name, "") for name in ("failure", *LINES)}
        form.values["certainty"] = data.get("certainty", Certainty.PROVISIONAL.value)
        form.content = {
            **form.values,
            **{
                name: [line.strip() for line in form.values[name].splitlines() if line.strip()]
                for name in LINES
            },
        }
    elif key is SectionKey.TIMELINE:
        form.content = {name: data.getlist(name) for name in ("hidden", "highlighted")}
    else:
        form.values = {name: data.get(name, "") for name in ("business_impact", "customer_impact")}
        form.content = dict(form.values)
    return form


def _read_rows(form: SectionForm, data: QueryDict, scope: str) -> None:
    key, fields = form.key, ROWS[form.key]
    numbers = sorted(
        {int(found[1]) for name in data if (found := re.match(rf"^{key.value}-(\d{{1,4}})-", name))}
    )
    for number in numbers:
        values = {name: data.get(f"{key.value}-{number}-{name}", "") for name in fields}
        if data.get(f"{key.value}-{number}-remove"):
            form.removed.append(number)
        elif values.get("id") or any(values[name].strip() for name in fields if name not in NOT_TYPED):
            form.rows.append(Row(number, values))
    who = PEOPLE_IN.get(key)
    known = identifiers([row.said(who) for row in form.rows], scope=scope) if who else {}
    form.content = []
    for position, row in enumerate(form.rows):
        said: dict[str, Any] = {name: row.said(name) for name in fields}
        if who and row.said(who).strip():
            said[who] = known[row.said(who)]
            if said[who] is None:
                form.problems.append(unknown(row.said(who), f"{key.value}[{position}].{who}"))
        form.content.append(said)


def lines_of(key: SectionKey, content: Any) -> list[str]:
    """A section as the text that people read, a line each: what is shown of two texts in conflict."""
    match key:
        case SectionKey.ROOT_CAUSE:
            said = [content.get("failure", "")]
            said += [f"Contributing: {line}" for line in content.get("contributing_factors") or ()]
            said += [f"Should have happened: {line}" for line in content.get("should_have_happened") or ()]
            certainty = content.get("certainty")
            said += [Certainty(certainty).label] if Certainty.knows(certainty) else []
        case SectionKey.TIMELINE:
            said = [f"{len(content.get(name) or ())} entries {name}" for name in ("hidden", "highlighted")]
        case SectionKey.SUMMARY:
            said = [content.get("business_impact") or "", content.get("customer_impact") or ""]
        case _:
            said = [" · ".join(_said_of(key, row)) for row in content]
    return [line for line in said if line]


def _said_of(key: SectionKey, row: Mapping[str, Any]) -> Sequence[str]:
    names = [name for name in ROWS[key] if name != "id"]
    labels = dict(KINDS[key])
    return [
        str(labels.get(row[name], row[name]) if name == "kind" else row[name])
        for name in names
        if row.get(name)
    ]
