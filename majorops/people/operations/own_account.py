"""What people change about their own account, audited like everything else."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, NotFound
from majorops.people.authentication.ways_in import tell_of_change
from majorops.people.models import LONGEST_VALID, VALID_FOR, Absence, ApiToken, Person, Scope

MOST_TOKENS = 20


@transaction.atomic
def save_profile(person: Person, *, time_zone: str, by: Person, now: datetime) -> Person:
    """The zone that times are shown in. Deadlines that end with a day follow it from their next change on.

    The name is an administrator's to change (docs/decisions/a-name-is-not-ones-own-to-change.md).
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    former, person.time_zone = person.time_zone, time_zone
    if former != time_zone:
        person.save(update_fields=["time_zone"])
        trail.record("changed", person, by=by, at=now, changes={"time_zone": (former, time_zone)})
    return person


@transaction.atomic
def issue_token(
    person: Person,
    *,
    name: str,
    scope: Scope = Scope.ALL,
    expires_on: date | None = None,
    made_with: ApiToken | None = None,
    by: Person,
    now: datetime,
) -> str:
    """A new token for `person`, which can't be read again; good until the end of `expires_on` in the person's zone.

    Whoever has a token makes by it none that may more or lasts longer. Raises NotAllowed for a `made_with` that may not
    do everything, BadInput when there are MOST_TOKENS usable ones, and for a day that has passed or is too far away.
    """
    if made_with is not None and Scope(made_with.scope) is not Scope.ALL:
        raise NotAllowed("A token that may not do everything makes no other.")
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if not person.is_active:
        # A request that was under way when the account was disabled.
        raise NotAllowed(f"The account of {person} is disabled.")
    usable = person.api_tokens.usable().exclude(expires_at__lte=now)
    if usable.count() >= MOST_TOKENS:
        raise BadInput.of(
            "name", f"You have {MOST_TOKENS} tokens. Revoke one that is not used any more first."
        )
    if usable.filter(name=name).exists():
        raise BadInput.of(
            "name", "You have a token of this name. Give another one, or revoke that one first."
        )
    expires_at = None if expires_on is None else _end_of(expires_on, ZoneInfo(person.time_zone), now)
    if made_with is not None and made_with.expires_at is not None:
        last = made_with.expires_on
        if expires_on is not None and last is not None and expires_on > last:
            raise BadInput.of(
                "expires_on",
                f"A token makes none that outlasts it: {last:%-d %B %Y} is the last day that it can give.",
            )
        expires_at = min(expires_at or now + VALID_FOR, made_with.expires_at)
    token = ApiToken.issue(person, name=name, at=now, scope=scope, expires_at=expires_at)
    made = ApiToken.objects.get(digest=ApiToken.digest_of(token))
    changes = {"name": (None, name), "scope": (None, scope), "expires_at": (None, made.expires_at)}
    trail.record("issued", made, by=by, at=now, changes=changes)
    what = f"An API token was made, “{name}” ({scope.label.lower()}), good until {made.expires_on:%-d %B %Y}"
    tell_of_change(person, what, verb="made a token of", by=by, now=now)
    return token


def _end_of(day: date, zone: ZoneInfo, now: datetime) -> datetime:
    """The instant at which `day` ends in `zone`."""
    if day < now.astimezone(zone).date():
        raise BadInput.of("expires_on", "This day has passed. Give one that is to come.")
    if day > (now + LONGEST_VALID).astimezone(zone).date():
        raise BadInput.of("expires_on", "A token lasts two years at most. Give an earlier day.")
    return datetime.combine(day + timedelta(days=1), time(), zone)


@transaction.atomic
def revoke_token(person: Person, pk: int, *, by: Person, now: datetime) -> ApiToken:
    """Ends a token of `person` at once; revoking it again changes nothing. Raises NotFound for somebody else's."""
    token = ApiToken.objects.select_for_update(of=("self",)).filter(person=person, pk=pk).first()
    if token is None:
        raise NotFound("You have no such token.")
    if token.revoked_at is None:
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        trail.record("revoked", token, by=by, at=now, changes={"revoked_at": (None, now)})
        tell_of_change(
            person, f"The API token “{token.name}” was revoked", verb="revoked a token of", by=by, now=now
        )
    return token


@transaction.atomic
def say_away(
    person: Person, *, substitute: Person, from_on: date, until_on: date, by: Person, now: datetime
) -> Absence:
    """Keeps that `person` is away from the first day to the last; what they would be told, `substitute` is told too.

    Raises BadInput for days that have passed or are said already, and for a substitute who cannot stand in.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    today = now.astimezone(ZoneInfo(person.time_zone)).date()
    if until_on < from_on:
        raise BadInput.of("until_on", "The last day comes before the first.")
    if until_on < today:
        raise BadInput.of("until_on", "These days have passed.")
    if substitute.pk == person.pk:
        raise BadInput.of("substitute", "Somebody else has to stand in.")
    if not (substitute.is_active and substitute.email):
        raise BadInput.of("substitute", f"{substitute} cannot sign in. Choose somebody who can.")
    absences = person.absences.filter(taken_back_at__isnull=True)
    if absences.filter(from_on__lte=until_on, until_on__gte=from_on).exists():
        raise BadInput.of("from_on", "Some of these days are said already. Take those back first.")
    absence = Absence.objects.create(
        person=person, substitute=substitute, from_on=from_on, until_on=until_on, said_by=by, said_at=now
    )
    data = {"from_on": (None, from_on), "until_on": (None, until_on), "substitute": (None, substitute)}
    trail.record("said to be away", person, by=by, at=now, changes=data)
    return absence


@transaction.atomic
def take_absence_back(person: Person, pk: int, *, by: Person, now: datetime) -> Absence:
    """Ends an absence of `person` at once; again changes nothing. Raises NotFound for somebody else's."""
    absence = Absence.objects.select_for_update(of=("self",)).filter(person=person, pk=pk).first()
    if absence is None:
        raise NotFound("You have no such absence.")
    if absence.taken_back_at is None:
        absence.taken_back_at = now
        absence.save(update_fields=["taken_back_at"])
        trail.record(
            "took back an absence", person, by=by, at=now, changes={"until_on": (absence.until_on, now)}
        )
    return absence
