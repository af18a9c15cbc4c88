"""A whole company from one file: what each row would do, and doing it, all or nothing, in a constant number of
statements for each thousand rows.

An empty cell says nothing: what is there stays. A team that is not there yet is made, and its first row says so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from majorops.audit import trail
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, Problem, RuleViolation
from majorops.people.access import check_can_administer
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team
from majorops.people.operations.accounts import NO_NAME, known_address, known_zone
from majorops.people.operations.organisation import organisation_zone
from majorops.people.operations.people_file import FileRow, read_people_file
from majorops.people.tree import lock_tree, who_came
from majorops.texts import typed_name
from majorops.words import Word

MEMBERSHIP = Person.groups.through
BATCH = 1000
MOST_ON_A_WAY = 6
LABELS = {"full_name": "name", "time_zone": "time zone"}


class Outcome(Word):
    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    SAME = "same", "Same"
    REFUSED = "refused", "Refused"


@dataclass(slots=True)
class ImportedRow:
    """One row of the file: who it is about, what is to change of them, what is wrong with it and what else happens."""

    row: int
    email: str
    person: Person
    is_new: bool
    manager_email: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    groups_before: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        if self.problems:
            return Outcome.REFUSED
        if self.is_new:
            return Outcome.NEW
        return Outcome.CHANGED if self.changes or self.groups != self.groups_before else Outcome.SAME

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Each field that differs, with what it was and what it is to be."""
        return {
            name: (self.before.get(name), value)
            for name, value in self.after.items()
            if self.before.get(name) != value
        }

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """What somebody reads before it is taken in: each field that differs by what it is called, the groups among
        them, with what it was and what it is to be."""
        rows = [(LABELS.get(name, name), was, to_be) for name, (was, to_be) in self.changes.items()]
        if self.groups != self.groups_before:
            rows.append(("groups", _listed(self.groups_before), _listed(self.groups)))
        return rows

    @property
    def problem(self) -> str | None:
        return " ".join(self.problems) or None

    @property
    def note(self) -> str | None:
        return " ".join(self.notes) or None


def _listed(groups: frozenset[str]) -> str | None:
    return ", ".join(sorted(groups)) or None


@transaction.atomic
def import_people(
    content: bytes, *, preview: bool = False, by: Person | None, now: datetime
) -> list[ImportedRow]:
    """Takes the people of a file in: new ones are added without a password, known ones changed where a cell differs.
    With `preview` nothing is written, and refused rows are returned among the others.

    Raises NotAllowed for anybody but an administrator, BadInput at `file` for what is no such file, and at `rows[N]`
    for each refused row N: then nothing at all is written.
    """
    check_can_administer(by)
    lock_tree()
    plan = _Plan.of(read_people_file(content))
    if preview:
        return plan.rows
    refused = [row for row in plan.rows if row.problems]
    if refused:
        count = "One row is" if len(refused) == 1 else f"{len(refused)} rows are"
        raise BadInput(
            [Problem(f"rows[{row.row}]", row.problem or "") for row in refused],
            f"{count} refused, so nothing was changed. Row {refused[0].row}: {refused[0].problem}",
        )
    try:
        with transaction.atomic():
            _write(plan, by=by, now=now)
    except IntegrityError:
        raise RuleViolation(
            "Somebody changed the same people or teams at this moment, and nothing was changed. Try again."
        ) from None
    return plan.rows


@dataclass(slots=True)
class _Plan:
    rows: list[ImportedRow]
    new_teams: list[Team]

    @classmethod
    def of(cls, file_rows: Sequence[FileRow]) -> "_Plan":
        """What the rows would do, from what is there now."""
        known = _Known(file_rows)
        by_address: dict[str, ImportedRow] = {}
        rows = [_planned(file_row, known, by_address) for file_row in file_rows]
        for row in rows:
            _check_manager(row, known, by_address)
        _check_tree(rows, known)
        _check_administrators(rows)
        return cls(rows, [team for team in known.teams.values() if team.pk is None])


class _Known:
    """The accounts, groups and teams that the rows speak of, as they are now."""

    def __init__(self, file_rows: Sequence[FileRow]) -> None:
        addresses = {row.email.lower() for row in file_rows} | {row.manager.lower() for row in file_rows}
        accounts = Person.objects.select_for_update(of=("self",)).filter(email__in=addresses)
        self.accounts = {account.email: account for account in accounts.select_related("team").order_by("pk")}
        everybody = list(Person.objects.filter(email__isnull=False).values_list("pk", "email", "manager_id"))
        address_of = {pk: email for pk, email, _ in everybody}
        # Of each account, the address of its manager.
        self.above = {email or "": address_of.get(manager) for _, email, manager in everybody if manager}
        self.teams = {team_key(team.name): team for team in Team.objects.all()}
        self.groups: dict[int, set[str]] = {}
        memberships = MEMBERSHIP.objects.filter(
            person__in=self.accounts.values(), group__name__in=GroupName.keys()
        )
        for person, group in memberships.values_list("person", "group__name"):
            self.groups.setdefault(person, set()).add(group)


def team_key(name: str) -> str:
    """What is equal for names that are one team's."""
    return " ".join(name.split()).upper()


def _planned(file_row: FileRow, known: _Known, by_address: dict[str, ImportedRow]) -> ImportedRow:
    problems: list[str] = []

    def checked(check: Any, *given: Any, **how: Any) -> Any:
        try:
            return check(*given, **how)
        except BadInput as refused:
            problems.extend(problem.message for problem in refused.problems)
            return None

    address = checked(known_address, file_row.email) or file_row.email
    person = known.accounts.get(address)
    is_new = person is None
    if person is None:
        person = Person(email=address, time_zone=organisation_zone())
    row = ImportedRow(file_row.number, address, person, is_new, problems=problems)
    if (first := by_address.setdefault(address, row)) is not row:
        problems.append(f"Row {first.row} has this address already.")
        return row
    if file_row.too_many_cells:
        problems.append(
            "There are more cells than columns. Put quotation marks around what holds a separator."
        )
    if is_new:
        row.after = {"email": address, "time_zone": person.time_zone}
    else:
        row.before = {"full_name": person.full_name, "team": person.team, "time_zone": person.time_zone}
        row.groups_before = row.groups = frozenset(known.groups.get(person.pk, ()))
        if not person.is_active:
            row.notes.append("The account is disabled, and stays so.")
    if file_row.name or is_new:
        row.after["full_name"] = checked(typed_name, file_row.name, "name", empty=NO_NAME)
    if file_row.time_zone:
        row.after["time_zone"] = checked(known_zone, file_row.time_zone)
    if file_row.team and (name := checked(typed_name, file_row.team, "team")):
        if team_key(name) not in known.teams:
            known.teams[team_key(name)] = Team(name=name)
            row.notes.append(f"Makes the team “{name}”.")
        row.after["team"] = known.teams[team_key(name)]
    if file_row.groups:
        row.groups = checked(_known_groups, file_row.groups) or row.groups
    row.manager_email = file_row.manager.lower()
    return row


def _known_groups(names: Sequence[str]) -> frozenset[str]:
    """The groups of these names, whatever their case. Raises BadInput for the first that is none."""
    known = {group.value.casefold(): group.value for group in GroupName}
    for name in names:
        if name.casefold() not in known:
            raise BadInput.of(
                "groups", f"There is no group “{name[:80]}”. It is one of: {', '.join(GroupName.keys())}."
            )
    return frozenset(known[name.casefold()] for name in names)


def _check_manager(row: ImportedRow, known: _Known, by_address: Mapping[str, ImportedRow]) -> None:
    """Finds the manager, among the accounts or in the file itself, above the row or below it."""
    address = row.manager_email
    if not address:
        return
    if not row.is_new:
        row.before["manager"] = known.above.get(row.email)
    row.after["manager"] = address
    manager = known.accounts.get(address)
    if address == row.email:
        row.problems.append("Nobody is their own manager.")
    elif manager is None and address not in by_address:
        row.problems.append(f"The manager “{address[:80]}” is neither known nor in this file.")
    elif manager is not None and not manager.is_active and row.before.get("manager") != address:
        row.problems.append(f"The manager {manager} cannot sign in. Choose somebody who can.")


def _check_tree(rows: Sequence[ImportedRow], known: _Known) -> None:
    """Refuses each row whose person would stand above themself, once all rows are taken in."""
    above: dict[str, str | None] = {**known.above}
    above |= {
        row.email: row.manager_email for row in rows if row.manager_email != row.email and row.manager_email
    }
    cycles = {address: cycle for cycle in _cycles(above) for address in cycle}
    for row in rows:
        if row.manager_email and row.email in cycles:
            cycle = cycles[row.email]
            start = cycle.index(row.email)
            way = [*cycle[start:], *cycle[:start]]
            shown = way if len(way) <= MOST_ON_A_WAY else [*way[: MOST_ON_A_WAY - 1], "…"]
            row.problems.append(f"The manager tree would have a cycle: {' → '.join([*shown, row.email])}.")


def _cycles(above: Mapping[str, str | None]) -> Iterator[list[str]]:
    """The cycles of a tree in which each stands below one at most."""
    done: set[str] = set()
    for start in above:
        way: dict[str, int] = {}
        at: str | None = start
        while at is not None and at not in done and at not in way:
            way[at] = len(way)
            at = above.get(at)
        if at is not None and at in way:
            yield list(way)[way[at] :]
        done |= way.keys()


def _check_administrators(rows: Sequence[ImportedRow]) -> None:
    """Refuses the rows that would take the last administrator out of the group."""
    name = GroupName.ADMINISTRATOR.value
    leaving = [row for row in rows if name in row.groups_before and name not in row.groups]
    if not leaving:
        return
    Group.objects.select_for_update().filter(name=name).first()
    stays = Person.objects.in_group(GroupName.ADMINISTRATOR).exclude(
        pk__in=[row.person.pk for row in leaving]
    )
    coming = Person.objects.accounts().filter(pk__in=[row.person.pk for row in rows if name in row.groups])
    if not who_came(stays).exists() and not who_came(coming).exists():
        for row in leaving:
            row.problems.append("Nobody would be an administrator. Make somebody else one first.")


def _write(plan: _Plan, *, by: Person | None, now: datetime) -> None:
    Team.objects.bulk_create(plan.new_teams)
    new = [row for row in plan.rows if row.outcome is Outcome.NEW]
    changed = [row for row in plan.rows if row.outcome is Outcome.CHANGED]
    for row in (*new, *changed):
        for name in ("full_name", "team", "time_zone"):
            if name in row.after:
                setattr(row.person, name, row.after[name])
    for row in new:
        row.person.set_unusable_password()
    Person.objects.bulk_create([row.person for row in new], batch_size=BATCH)
    Person.objects.bulk_update(
        [row.person for row in changed if row.changes], ["full_name", "team", "time_zone"], batch_size=BATCH
    )
    _write_managers([row for row in (*new, *changed) if "manager" in row.changes])
    _write_groups([*new, *changed])
    entries: list[AuditEntry] = []
    for team in plan.new_teams:
        entries.append(trail.entry_of("added", team, by=by, at=now, changes={"name": (None, team.name)}))
    for row in new:
        changes = {**row.changes, **({"groups": (None, sorted(row.groups))} if row.groups else {})}
        entries.append(trail.entry_of("added", row.person, by=by, at=now, changes=changes))
    for row in changed:
        if row.changes:
            entries.append(trail.entry_of("changed", row.person, by=by, at=now, changes=row.changes))
        if row.groups != row.groups_before:
            groups = {"groups": (sorted(row.groups_before), sorted(row.groups))}
            entries.append(trail.entry_of("changed the groups of", row.person, by=by, at=now, changes=groups))
    trail.record_all(entries)


def _write_managers(rows: Sequence[ImportedRow]) -> None:
    """Takes all former managers away first: on the way from one tree to another there is no cycle either."""
    if not rows:
        return
    Person.objects.filter(pk__in=[row.person.pk for row in rows], manager__isnull=False).update(manager=None)
    managers = dict(
        Person.objects.filter(email__in={row.manager_email for row in rows}).values_list("email", "pk")
    )
    for row in rows:
        row.person.manager_id = managers[row.manager_email]
    Person.objects.bulk_update([row.person for row in rows], ["manager"], batch_size=BATCH)


def _write_groups(rows: Sequence[ImportedRow]) -> None:
    """Adds before it takes away, so that somebody is an administrator all the time."""
    group_of = dict(Group.objects.filter(name__in=GroupName.keys()).values_list("name", "pk"))
    added = [
        MEMBERSHIP(person_id=row.person.pk, group_id=group_of[name])
        for row in rows
        for name in sorted(row.groups - row.groups_before)
    ]
    MEMBERSHIP.objects.bulk_create(added, batch_size=BATCH)
    for name, group in group_of.items():
        left = [row.person.pk for row in rows if name in row.groups_before - row.groups]
        if left:
            MEMBERSHIP.objects.filter(group=group, person__in=left).delete()
