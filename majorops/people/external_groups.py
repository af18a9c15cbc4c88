"""Groups that a directory elsewhere gives: they follow it, and those given by hand stay (domain.md, People)."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction

from majorops.audit import trail
from majorops.people.groups import GroupName
from majorops.people.models import ExternalMembership, ExternalSource, Person
from majorops.people.tree import check_administrator_stays


@transaction.atomic
def follow_groups(
    person: Person, names: Collection[GroupName], *, source: ExternalSource, by: Person | None, now: datetime
) -> None:
    """Gives `person` the groups that `source` names, and takes away those that it named before and names no more.

    What was given by hand, or is named by another source, stays. Raises RuleViolation for the last administrator.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    before = set(person.groups.values_list("name", flat=True))
    kept = list(ExternalMembership.objects.filter(person=person).select_related("group"))
    here = {row.group.name: row for row in kept if row.source == source}
    elsewhere = {row.group.name for row in kept if row.source != source}
    by_hand = before - here.keys() - elsewhere
    named = {name.value for name in names}
    for name in sorted(named - here.keys() - by_hand):
        group = Group.objects.get_or_create(name=name)[0]
        person.groups.add(group)
        ExternalMembership.objects.create(person=person, group=group, source=source, given_at=now)
    for name in sorted(here.keys() - named):
        here[name].delete()
        if name not in elsewhere:
            if name == GroupName.ADMINISTRATOR.value:
                check_administrator_stays(person)
            person.groups.remove(here[name].group)
    after = set(person.groups.values_list("name", flat=True))
    if after != before:
        changes = {"groups": (sorted(before), sorted(after))}
        trail.record("changed the groups of", person, by=by, at=now, changes=changes)
