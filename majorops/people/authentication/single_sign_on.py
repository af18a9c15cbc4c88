"""Which account somebody means whom the organisation's provider vouches for, and what it says of them (domain.md,
People)."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction

from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.people.external_groups import follow_groups
from majorops.people.groups import GroupName
from majorops.people.models import ExternalSource, Person
from majorops.people.operations.accounts import change_person, create_person
from majorops.people.tree import lock_tree
from majorops.texts import has_look_alikes, name_problem

TRUE = (True, "true")
# A provider that has more groups of somebody than a token holds sends this in their place.
ELSEWHERE = "_claim_names"


def account_of(claims: Mapping[str, Any], *, provider: str, now: datetime) -> Person:
    """The active account with the verified address among `claims`; OIDC_TRUST_EMAIL takes any for verified, and
    OIDC_PROVISION makes the account where none has the address.

    Raises NotAllowed, with a sentence for whoever tried, for an address that is not said to be verified, that no
    account has, or whose account is disabled. What is not verified is not looked up: it may be anybody's.
    """
    recipients = _claims_with_address(claims)
    stated = str(recipients.get("email") or "").strip()
    address = "" if has_look_alikes(stated) or "\x00" in stated else stated.lower()
    if not address:
        raise NotAllowed(
            f"{provider} did not say which e-mail address is yours, so we do not know who you are here."
        )
    if not (settings.OIDC_TRUST_EMAIL or recipients.get("email_verified") in TRUE):
        raise NotAllowed(
            f"{provider} does not say that {address} is verified. Ask whoever looks after {provider} to verify it, or "
            "sign in by your password."
        )
    person = Person.objects.filter(email=address).first()
    if person is None and settings.OIDC_PROVISION:
        person = _make_account(address, claims, provider=provider, now=now)
    if person is None:
        raise NotAllowed(f"There is no account for {address}. Accounts are made by your administrator.")
    return check_active(person)


def check_active(person: Person) -> Person:
    """The person. Raises NotAllowed for a disabled account."""
    if not person.is_active:
        raise NotAllowed(f"The account of {person.email} is disabled. Ask your administrator.")
    return person


def _claims_with_address(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims that speak of an address: userinfo's, or the ID token's where that alone has one."""
    return next((recipient for recipient in _sources(claims) if recipient.get("email")), {})


def _make_account(address: str, claims: Mapping[str, Any], *, provider: str, now: datetime) -> Person:
    """The new account of an address, or the one that a sign-in at the same time has made."""
    name = " ".join(str(_claim(claims, "name") or "").split())
    if not name or name_problem(name):
        name = address.partition("@")[0]
    try:
        return create_person(email=address, name=name, by=None, now=now)
    except BadInput as refused:
        person = Person.objects.filter(email=address).first()
        if person is None:
            raise NotAllowed(
                f"{provider} says who you are in a way that we cannot keep. {refused.sentence}"
            ) from None
        return person


@transaction.atomic
def follow_claims(person: Person, claims: Mapping[str, Any], *, now: datetime) -> None:
    """Gives `person` the groups and the manager that the provider says, as OIDC_GROUP_MAP and OIDC_MANAGER_CLAIM read
    them. What it may not change, the last administrator and a cycle of managers, stays and is audited with the reason.
    """
    if settings.OIDC_MANAGER_CLAIM:
        # Before the row of the person, always.
        lock_tree()
    if settings.OIDC_GROUP_MAP:
        _follow_groups(person, claims, now=now)
    if settings.OIDC_MANAGER_CLAIM:
        _follow_manager(person, claims, now=now)


def _follow_groups(person: Person, claims: Mapping[str, Any], *, now: datetime) -> None:
    outer = _claim(claims, settings.OIDC_GROUPS_CLAIM)
    elsewhere = _claim(claims, ELSEWHERE)
    if outer is None and isinstance(elsewhere, Mapping) and settings.OIDC_GROUPS_CLAIM in elsewhere:
        _keep(person, "The provider did not list the groups: there are too many for its answer.", now=now)
        return
    rows = outer if isinstance(outer, list) else [outer]
    named = {row for row in rows if isinstance(row, str)}
    names = {name for row in named for name in settings.OIDC_GROUP_MAP.get(row, ())}
    follow = partial(follow_groups, person, source=ExternalSource.SIGN_IN, by=None, now=now)
    try:
        follow(names)
    except RuleViolation as refused:
        _keep(person, refused.sentence, now=now)
        follow(names | {GroupName.ADMINISTRATOR})


def _follow_manager(person: Person, claims: Mapping[str, Any], *, now: datetime) -> None:
    """Whom the claim names by an address; nobody where it is empty. Where it is not there, nothing changes."""
    claim = _claim(claims, settings.OIDC_MANAGER_CLAIM, otherwise=person)
    if claim is person:
        return
    address = str(claim or "").replace("\x00", "").strip().lower()
    manager = Person.objects.accounts().filter(email=address).first() if address else None
    if address and manager is None:
        _keep(person, f"There is no account for {address}, whom the provider names as the manager.", now=now)
        return
    try:
        change_person(person, {"manager": manager}, by=None, now=now)
    except RuleViolation as refused:
        _keep(person, refused.sentence, now=now)


def _keep(person: Person, reason: str, *, now: datetime) -> None:
    trail.record("did not follow single sign-on for", person, by=None, at=now, reason=reason)


def _claim(claims: Mapping[str, Any], name: str, *, otherwise: Any = None) -> Any:
    """A claim of userinfo, or else of the ID token; `otherwise` where neither says it."""
    return next((source[name] for source in _sources(claims) if name in source), otherwise)


def _sources(claims: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Userinfo and the ID token, as far as they are what they should be."""
    return [source for name in ("userinfo", "id_token") if isinstance(source := claims.get(name), Mapping)]
