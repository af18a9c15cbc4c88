"""Teams: made, changed, and removed while nothing refers to them."""

import hashlib
import json
from collections import Counter
from datetime import datetime
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, QuerySet, Value
from django.db.models.functions import Upper

from majorops.audit import trail
from majorops.errors import BadInput, RuleViolation, VersionConflict
from majorops.one_name import OneName
from majorops.people.access import check_can_administer
from majorops.people.models import Person, Team
from majorops.texts import typed_name

NO_NAME = "A team needs a name."


class TeamChanges(TypedDict, total=False):
    """What is to change of a team; what is left out stays."""

    name: str
    lead: Person | None


def teams_named(name: str) -> QuerySet[Team]:
    """The team of this name, whatever its case and blanks: one at most."""
    return Team.objects.alias(one_name=OneName("name")).filter(one_name=Upper(Value(" ".join(name.split()))))


@transaction.atomic
def create_team(*, name: str, lead: Person | None = None, by: Person | None, now: datetime) -> Team:
    """Makes a team. Raises NotAllowed for anybody but an administrator, BadInput for a name that another team has and
    a lead who cannot sign in."""
    check_can_administer(by)
    team = Team(name=_free_name(name), lead=_checked_lead(lead))
    _save(team)
    trail.record("added", team, by=by, at=now, changes={"name": (None, team.name), "lead": (None, lead)})
    return team


@transaction.atomic
def change_team(
    team: Team, changes: TeamChanges, *, version: str | None = None, by: Person | None, now: datetime
) -> Team:
    """Changes what `changes` names of a team. Raises as `create_team` does, and VersionConflict when `version` is not
    the `version_of` it any more."""
    check_can_administer(by)
    team = _locked(team, version)
    before = {"name": team.name, "lead": team.lead}
    if "name" in changes:
        team.name = _free_name(changes["name"], team)
    if "lead" in changes and changes["lead"] != team.lead:
        team.lead = _checked_lead(changes["lead"])
    after = {"name": team.name, "lead": team.lead}
    differing = {field: (before[field], value) for field, value in after.items() if before[field] != value}
    if differing:
        _save(team)
        trail.record("changed", team, by=by, at=now, changes=differing)
    return team


@transaction.atomic
def remove_team(team: Team, *, version: str | None = None, by: Person | None, now: datetime) -> None:
    """Removes a team that nobody and nothing belongs to. Raises RuleViolation, which says what does, and
    VersionConflict as `change_team` does."""
    check_can_administer(by)
    team = _locked(team, version)
    trail.record("removed", team, by=by, at=now, changes={"name": (team.name, None)})
    try:
        team.delete()
    except ProtectedError as kept:
        counts = Counter(type(row)._meta for row in kept.protected_objects)
        words = [
            f"{count} {kind.verbose_name if count == 1 else kind.verbose_name_plural}"
            for kind, count in counts.items()
        ]
        verb = "belongs" if sum(counts.values()) == 1 else "belong"
        raise RuleViolation(
            f"{' and '.join(words)} {verb} to {team}: give them another team first."
        ) from None


def version_of(team: Team) -> str:
    """What differs as soon as something of the team does."""
    return hashlib.sha256(json.dumps([team.name, team.lead_id]).encode()).hexdigest()[:16]


def _locked(team: Team, version: str | None) -> Team:
    team = Team.objects.select_for_update(of=("self",)).select_related("lead").get(pk=team.pk)
    if version is not None and version != version_of(team):
        raise VersionConflict("Somebody changed this team after you read it. Read it again.")
    return team


def _free_name(name: str, team: Team | None = None) -> str:
    typed = typed_name(name, "name", empty=NO_NAME)
    same = teams_named(typed).exclude(pk=0 if team is None else team.pk).first()
    if same is not None:
        raise BadInput.of("name", f"There is a team called {same} already, in these or other letters.")
    return typed


def _checked_lead(lead: Person | None) -> Person | None:
    if lead is not None and not (lead.is_active and lead.email):
        raise BadInput.of("lead", f"{lead} cannot sign in. Choose somebody who can.")
    return lead


def _save(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError:
        # Somebody else took the name at the same moment.
        raise BadInput.of("name", f"There is a team called {team} already.") from None
