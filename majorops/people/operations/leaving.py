"""People who leave and come back: their account is disabled, never removed, and what is theirs is handed over first."""

from datetime import datetime

from django.db import transaction

from majorops.audit import trail
from majorops.errors import BadInput, Problem, RuleViolation
from majorops.people.access import check_can_administer
from majorops.people.authentication.ways_in import end_ways_in, tell_of_change
from majorops.people.models import Person, Team
from majorops.people.operations.accounts import locked
from majorops.people.operations.belongings import Belonging, belongings_of, hand_over_belongings
from majorops.people.signals import came_or_left
from majorops.people.tree import check_administrator_stays


class StillOwns(RuleViolation):
    """Something is theirs and nobody said what becomes of it; the problems name each thing by its kind. API: 409."""


@transaction.atomic
def disable(
    person: Person,
    *,
    hand_over_to: Person | None = None,
    leave: bool = False,
    version: str | None = None,
    by: Person | None,
    now: datetime,
) -> int:
    """Keeps the person from signing in from now on, and ends their sessions and tokens. Returns how many things
    `hand_over_to` took over; whatever stays with the person is for the groups to see to, as all of it is with `leave`.
    The system (`by` is None) always leaves it. One who is disabled already can still be handed over.

    Raises NotAllowed for anybody but an administrator, StillOwns where neither was said and something is theirs,
    BadInput (hand_over_to) for somebody who cannot take over, RuleViolation for the last administrator, VersionConflict
    when `version` is not the `version_of` the account any more.
    """
    check_can_administer(by)
    person = locked(person, version=version)
    if person.is_active:
        check_administrator_stays(person)
    if hand_over_to is not None:
        _check_takes_over(person, hand_over_to)
    elif by is not None and not leave and (things := what_belongs_to(person, viewer=by)):
        raise _still_owns(person, things)
    was_active = person.is_active
    if was_active:
        person.is_active = False
        person.save(update_fields=["is_active"])
        end_ways_in(person, by=by, now=now)
        tell_of_change(
            person,
            "The account was disabled",
            verb="disabled",
            by=by,
            now=now,
            changes={"is_active": (True, False)},
            former_address=person.email or "",
        )
    count = 0
    if hand_over_to is not None and by is not None:
        count = _hand_teams_over(person, hand_over_to, by=by, now=now)
        count += hand_over_belongings(person, to=hand_over_to, by=by, now=now)
    if was_active:
        came_or_left.send(Person, person=person, by=by, now=now)
    return count


@transaction.atomic
def enable(person: Person, *, version: str | None = None, by: Person | None, now: datetime) -> Person:
    """Lets the person sign in again; what is still theirs returns to them. Changes nothing where they can already.

    Raises NotAllowed for anybody but an administrator, VersionConflict as `disable` does.
    """
    check_can_administer(by)
    person = locked(person, version=version)
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        changes = {"is_active": (False, True)}
        tell_of_change(
            person, "The account was enabled again", verb="enabled", by=by, now=now, changes=changes
        )
        came_or_left.send(Person, person=person, by=by, now=now)
    return person


def what_belongs_to(person: Person, *, viewer: Person) -> list[Belonging]:
    """Everything open of the person, the teams that they lead among it, as `viewer` may see it."""
    teams = [Belonging("teams", team.name) for team in Team.objects.filter(lead=person)]
    return [*teams, *belongings_of(person, viewer=viewer)]


def _check_takes_over(person: Person, heir: Person) -> None:
    if heir.pk == person.pk:
        raise BadInput.of("hand_over_to", "Somebody else has to take it over.")
    if not (heir.is_active and heir.email):
        raise BadInput.of("hand_over_to", f"{heir} cannot sign in. Choose somebody who can.")


def _hand_teams_over(person: Person, heir: Person, *, by: Person, now: datetime) -> int:
    teams = list(Team.objects.select_for_update(of=("self",)).filter(lead=person))
    for team in teams:
        team.lead = heir
        team.save(update_fields=["lead"])
        trail.record("handed over", team, by=by, at=now, changes={"lead": (person, heir)})
    return len(teams)


def _still_owns(person: Person, things: list[Belonging]) -> StillOwns:
    count = "One thing is" if len(things) == 1 else f"{len(things)} things are"
    return StillOwns(
        f"{count} still {person}'s. Say who takes over (hand_over_to), or leave it for the groups to see to (leave).",
        [Problem(thing.kind, thing.label) for thing in things],
    )
