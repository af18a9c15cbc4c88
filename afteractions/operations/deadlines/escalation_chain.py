"""Who is told: the people behind the persons and groups that the rules name, with the managers above them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import F

from afteractions.models import Obligation
from afteractions.rules.deadlines import escalation
from afteractions.rules.deadlines.deadlines import Responsible
from afteractions.vocabulary import ResponsibleGroup
from majorops.people.groups import GroupName
from majorops.people.models import Absence, Person

UPWARD = """
    WITH RECURSIVE upward(id, manager_id) AS (
        SELECT id, manager_id FROM people_person WHERE id = ANY(%s)
        UNION SELECT above.id, above.manager_id FROM people_person above JOIN upward ON above.id = upward.manager_id)
    SELECT people_person.* FROM people_person JOIN upward USING (id)
"""


def group_of(group: ResponsibleGroup) -> GroupName:
    """The group of people behind a group that the rules name."""
    return GroupName[group.name]


def responsible_of(row: Obligation) -> Responsible:
    """Who must meet a stored row, as the rules name them."""
    if row.responsible_id is not None:
        return Responsible(person=str(row.responsible_id))
    return Responsible(group=ResponsibleGroup[GroupName(row.responsible_group).name])


@dataclass(frozen=True)
class EscalationChain:
    """People with all who stand above them, read in one statement; who stands in for whom at `now`, and the groups, in
    one more each when they are asked for."""

    people: dict[str, Person]
    now: datetime

    @classmethod
    def above(cls, people: Iterable[int], *, now: datetime) -> "EscalationChain":
        rows = Person.objects.raw(UPWARD, [list(set(people))])
        return cls({str(person.pk): person for person in rows}, now)

    @cached_property
    def managers(self) -> dict[str, str | None]:
        return {
            key: str(person.manager_id) if person.manager_id is not None else None
            for key, person in self.people.items()
        }

    @cached_property
    def unreachable(self) -> frozenset[str]:
        """Those who cannot sign in (any more): somebody above them is told instead."""
        return frozenset(
            key for key, person in self.people.items() if not (person.is_active and person.email)
        )

    @cached_property
    def substitutes(self) -> dict[int, Person]:
        """For everybody who is away at `now`: who stands in, where that one can be told."""
        absences = Absence.objects.around(self.now).select_related("person", "substitute")
        return {
            absence.person_id: absence.substitute
            for absence in absences
            if absence.holds(self.now) and absence.substitute.is_active and absence.substitute.email
        }

    @cached_property
    def groups(self) -> dict[str, list[Person]]:
        members: dict[str, list[Person]] = defaultdict(list)
        named = Person.objects.accounts().filter(groups__name__in=GroupName.keys())
        for person in named.annotate(group_name=F("groups__name")):
            members[person.group_name].append(person)
        return members

    def told(self, responsible: Responsible) -> list[Person]:
        """Who hears of what `responsible` must do."""
        return self._people(escalation.told(responsible, self.managers, self.unreachable))

    def rung(self, responsible: Responsible, managers_up: int) -> list[Person]:
        """Who stands that many managers above; never nobody while there is an administrator."""
        rungs = escalation.ladder(responsible, self.managers, self.unreachable, managers_up)
        return self._people(rungs[-1])

    def _people(self, responsible: Responsible) -> list[Person]:
        if responsible.person is not None:
            return self._with_substitutes(self.people[responsible.person])
        assert responsible.group is not None
        administrators = self.groups[group_of(ResponsibleGroup.ADMINISTRATOR).value]
        return self.groups[group_of(responsible.group).value] or administrators

    def _with_substitutes(self, person: Person) -> list[Person]:
        """The person, who reads it on return; and who stands in, or stands in for that one, while they are away."""
        recipients = [person]
        while (
            substitute := self.substitutes.get(recipients[-1].pk)
        ) is not None and substitute not in recipients:
            recipients.append(substitute)
        return recipients
