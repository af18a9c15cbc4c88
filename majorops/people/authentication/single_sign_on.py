"""Which account somebody means whom the organisation's provider vouches for (domain.md, People)."""

from collections.abc import Mapping
from typing import Any

from majorops.errors import NotAllowed
from majorops.people.models import Person

TRUE = (True, "true")


def account_of(claims: Mapping[str, Any], *, provider: str, trusts_addresses: bool) -> Person:
    """The active account with the verified address among `claims`; `trusts_addresses` takes any for verified.

    Raises NotAllowed, with a sentence for whoever tried, for an address that is not said to be verified, that no
    account has, or whose account is disabled. What is not verified is not looked up: it may be anybody's.
    """
    recipients = _claims_with_address(claims)
    address = str(recipients.get("email") or "").strip().lower()
    if not address:
        raise NotAllowed(
            f"{provider} did not say which e-mail address is yours, so we do not know who you are here."
        )
    if not (trusts_addresses or recipients.get("email_verified") in TRUE):
        raise NotAllowed(
            f"{provider} does not say that {address} is verified. Ask whoever looks after {provider} to verify it, or "
            "sign in by your password."
        )
    person = Person.objects.filter(email=address).first()
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
    sources = (claims.get("userinfo") or {}, claims.get("id_token") or {})
    return next((recipient for recipient in sources if recipient.get("email")), {})
