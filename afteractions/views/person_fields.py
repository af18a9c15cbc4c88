"""People as they are typed into a form: `Name <address>` as the list offers it, an address alone, or a full name."""

import re
from collections.abc import Iterable

from django.db.models import Q

from majorops.errors import BadInput, Problem
from majorops.people.models import Person
from majorops.people.outsiders import AS_IN, Outsider, known_outsider, parse_outsider
from majorops.searching import Folded
from majorops.searching.folding import folded

_IN_BRACKETS = re.compile(r"<([^<>]+)>\s*$")
MOST_OFFERED = 12


def person_words(person: Person | None) -> str:
    """How a person stands in a field, and how the list offers one."""
    if person is None:
        return ""
    # A key is for machines: whoever was typed in by name and address is shown, and found again, by both.
    typed_in = person.contact_key is not None and person.contact_key == person.contact_email
    return f"{person.full_name} <{person.contact_email if typed_in else person.identifier}>"


def identifier_in(words: str) -> str | None:
    """The identifier in what was typed; None when it can only be a name."""
    words = words.strip()
    if bracketed := _IN_BRACKETS.search(words):
        return bracketed[1].strip()
    return words if "@" in words or words.startswith("contact:") else None


def identifiers(typed: Iterable[str], *, scope: str) -> dict[str, str | None]:
    """The identifier of each text that was typed; None where a name is unknown or two people share it.

    One statement at most. `scope` is the reference of the incident whose contacts count too.
    """
    identified = {words: identifier_in(words) for words in typed if words.strip()}
    names = {words: words.strip() for words, known in identified.items() if known is None}
    if not names:
        return identified
    named = Q()
    for name in names.values():
        named |= Q(full_name__iexact=name)
    known = Person.objects.filter(named, Q(email__isnull=False, is_active=True) | Q(contact_scope=scope))
    called: dict[str, list[str]] = {}
    for person in known:
        called.setdefault(person.full_name.casefold(), []).append(person.identifier)
    for words, name in names.items():
        candidates = called.get(name.casefold(), [])
        identified[words] = candidates[0] if len(candidates) == 1 else None
    return identified


def chosen_person(words: str, *, scope: str, path: str) -> Person | None:
    """The person that a field names; None when it is empty. Raises BadInput at `path`."""
    if not words.strip():
        return None
    identifier = identifiers([words], scope=scope)[words]
    if identifier is None:
        # What the list offers one person for names that person; two or more are not told apart by it.
        if len(only_ones := offered(words, scope=scope)) == 1:
            return only_ones[0]
        raise BadInput([unknown(words, path)])
    people = Person.objects.filter(
        Q(email=identifier.lower()) | Q(contact_scope=scope, contact_key=identifier.removeprefix("contact:"))
    )
    person = people.first()
    if person is None:
        raise BadInput([unknown(words, path)])
    return person


def anybody(words: str, *, scope: str, path: str) -> Person | Outsider | None:
    """The person that a field names, or somebody from outside by name and address; None when it is empty.

    Raises BadInput at `path`.
    """
    try:
        return chosen_person(words, scope=scope, path=path)
    except BadInput as wrong:
        outsider = parse_outsider(words, path=path)
        if outsider is not None:
            return known_outsider(outsider, scope=scope) or outsider
        raise BadInput.of(
            path, f"{wrong.problems[0].message} Somebody from outside: name and address, {AS_IN}."
        ) from None


def unknown(words: str, path: str) -> Problem:
    return Problem(
        path,
        f"No single match for “{words.strip()[:80]}”: choose from the list, or write the address.",
    )


def offered(words: str, *, scope: str) -> list[Person]:
    """Whoever the list offers for what was typed so far: by the beginning of a name's word or of the address."""
    words = words.strip()
    if len(words) < 2:
        return []
    small = folded(words)
    beginning = Q(folded__startswith=small) | Q(folded__contains=f" {small}") | Q(email__istartswith=words)
    known = Person.objects.alias(folded=Folded("full_name")).filter(
        beginning, Q(email__isnull=False, is_active=True) | Q(contact_scope=scope)
    )
    return list(known.order_by("full_name", "pk")[:MOST_OFFERED])
