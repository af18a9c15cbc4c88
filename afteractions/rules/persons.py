"""Names of persons in a text: those that are registered, and what merely looks like one.

domain.md, No names in root cause. Case and diacritics are folded; a name ends at a word boundary.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from afteractions.rules.name_words import (
    CUES,
    DEEDS,
    GIVEN_NAMES,
    NOT_OF_NAMES,
    ORDINARY_WORDS,
    PARTICLES,
    PRODUCT_NAMES,
    ROLE_MAILBOXES,
)

_LETTERS = {
    "ß": "ss",
    "ø": "o",
    "ł": "l",
    "æ": "ae",
    "œ": "oe",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ı": "i",
    "’": "'",
}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?<![\w@/.])@[A-Za-z][\w-]*(?![\w/.-]*/)")
_INITIALS = re.compile(r"(?<![\w.])(?:[^\W\d_]\. ?){1,2}[^\W\d_]{3,}(?!\w)")
_PIECE = re.compile(r"\w+")
_SHORTEST_LOWER_CASE = 3


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody registered. `responder`: of this incident, so that the given or family name alone counts.

    Without an account somebody counts as a person only when named like one (`is_named_like_a_person`).
    """

    name: str
    handle: str = ""
    email: str = ""
    responder: bool = False
    has_account: bool = True


@dataclass(frozen=True, slots=True)
class Match:
    """`certain` is False where the word may well be an ordinary one or a product."""

    start: int
    end: int
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text without case and diacritics, and for each of its characters the index in the original."""

    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.origin[start], self.origin[end - 1] + 1


def fold(text: str) -> str:
    """The text without case and diacritics: "Łukasz Müller" becomes "lukasz muller"."""
    return _folded(text).text


def is_named_like_a_person(name: str) -> bool:
    """Whether a name reads like a person's: "Ann Lee" does, "User", "Node" and "Responder 1" do not."""
    words = re.findall(r"\S+", name)
    if not words or any(not _WORD.fullmatch(word.rstrip(".,")) for word in words):
        return False
    folded = [fold(word.rstrip(".,")) for word in words]
    if any(word in NOT_OF_NAMES for word in folded):
        return False
    if len(words) == 1:
        return folded[0] in GIVEN_NAMES
    capitals = [word for word in words if word[0].isupper() or fold(word) in PARTICLES]
    return len(capitals) == len(words) and not all(word in PRODUCT_NAMES for word in folded)


def known_names(text: str, people: Iterable[KnownPerson]) -> list[Match]:
    """The registered names in the text, longest first where they overlap, in the order of the text."""
    folded = _folded(text)
    said = frozenset(_PIECE.findall(folded.text))
    found: list[Match] = []
    for person in people:
        # Thousands are registered and few are mentioned: most are ruled out by the words alone.
        if said.isdisjoint(_pieces(person.name, person.handle, person.email)):
            continue
        if person.has_account or is_named_like_a_person(person.name):
            found += _names_of(person, text, folded)
    return _without_overlaps(found)


def possible_names(text: str) -> list[Match]:
    """What looks like the name of a person whom nobody registered.

    Roles, systems and products are left alone.
    """
    found = [*_two_words(text), *_single_words(text), *_initials(text), *_addresses(text)]
    return _without_overlaps(found)


@lru_cache(maxsize=16384)
def _pieces(*names: str) -> frozenset[str]:
    return frozenset(piece for name in names for piece in _PIECE.findall(fold(name)))


def _folded(text: str) -> _Folded:
    letters: list[str] = []
    origin: list[int] = []
    for index, character in enumerate(text):
        plain = unicodedata.normalize("NFKD", character.casefold())
        for each in plain:
            if not unicodedata.combining(each):
                replacement = _LETTERS.get(each, each)
                letters.append(replacement)
                origin += [index] * len(replacement)
    return _Folded("".join(letters), tuple(origin))


def _names_of(person: KnownPerson, text: str, folded: _Folded) -> Iterator[Match]:
    for address in filter(None, (person.email, person.handle and f"@{person.handle.lstrip('@')}")):
        yield from _occurrences(address, folded)
    handle = fold(person.handle.lstrip("@"))
    if handle and handle not in ORDINARY_WORDS | NOT_OF_NAMES | PRODUCT_NAMES:
        yield from _occurrences(handle, folded)
    parts = [part for part in _WORD.findall(person.name) if fold(part) not in PARTICLES]
    only_ordinary = all(fold(part) in ORDINARY_WORDS | NOT_OF_NAMES for part in parts)
    for form in _full_forms(person.name, parts):
        for match in _occurrences(form, folded):
            # "The pods will grant access" does not name Will Grant.
            if text[match.start].isupper() or not only_ordinary:
                yield match
    if person.responder:
        for part in parts:
            for match in _occurrences(part, folded):
                yield from _weighed(match, text)


def _full_forms(name: str, parts: list[str]) -> Iterator[str]:
    yield name
    if len(parts) > 1:
        given, family = parts[0], parts[-1]
        rest = name[name.index(given) + len(given) :].strip()
        for last in dict.fromkeys((family, rest)):
            yield f"{given} {last}"
            yield f"{last}, {given}"
            yield f"{last} {given}"
            yield f"{given[0]}. {last}"
            yield f"{given[0]}.{last}"
        yield f"{given}.{family}"


def _occurrences(form: str, folded: _Folded) -> Iterator[Match]:
    pattern = r"\s+".join(re.escape(word) for word in fold(form).split())
    if not pattern:
        return
    for hit in re.finditer(rf"(?<![\w@]){pattern}(?!\w)", folded.text):
        yield Match(*folded.span(hit.start(), hit.end()))


def _weighed(match: Match, text: str) -> Iterator[Match]:
    """A given or family name that stands alone, judged by how it is written."""
    written = text[match.start : match.end]
    word = fold(written)
    capital = written[0].isupper()
    if word in ORDINARY_WORDS or word in PRODUCT_NAMES or word in NOT_OF_NAMES:
        if not capital:
            return
        if _acts(text, match) or (word in ORDINARY_WORDS and not _begins_a_sentence(text, match.start)):
            yield Match(match.start, match.end, certain=word not in PRODUCT_NAMES)
        elif word in PRODUCT_NAMES and not _begins_a_sentence(text, match.start):
            yield Match(match.start, match.end, certain=False)
    elif capital or len(written) >= _SHORTEST_LOWER_CASE:
        yield match


def _next_word(text: str, end: int) -> str:
    found = re.match(r"\s+([\w'’]+)", text[end:])
    return fold(found.group(1)) if found else ""


def _previous_word(text: str, start: int) -> str:
    found = re.search(r"([\w'’]+)[.]?\s+$", text[:start])
    return fold(found.group(1)) if found else ""


def _acts(text: str, match: Match) -> bool:
    """Whether somebody who did something seems to stand here."""
    owns = re.match(r"['’]s\b", text[match.end :]) is not None
    return owns or _next_word(text, match.end) in DEEDS or _previous_word(text, match.start) in CUES


def _begins_a_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t\"'“‘(*-•")
    return not before or before[-1] in ".!?:;\n"


def _capitalised(text: str) -> list[re.Match[str]]:
    return [word for word in _WORD.finditer(text) if word.group()[0].isupper() and not word.group().isupper()]


def _runs(text: str) -> Iterator[list[re.Match[str]]]:
    """Capitalised words that follow one another with nothing but a space, or a particle, between them."""
    run: list[re.Match[str]] = []
    for word in _capitalised(text):
        between = text[run[-1].end() : word.start()] if run else ""
        joined = between == " " or all(fold(each) in PARTICLES for each in between.split())
        if run and between.startswith(" ") and between.endswith(" ") and joined:
            run.append(word)
        else:
            if run:
                yield run
            run = [word]
    if run:
        yield run


def _two_words(text: str) -> Iterator[Match]:
    for run in _runs(text):
        words = [fold(word.group()) for word in run]
        # A sentence begins with a capital as well: "Yesterday Anna Schmidt".
        while len(run) > 2 and _begins_a_sentence(text, run[0].start()) and words[0] not in GIVEN_NAMES:
            run, words = run[1:], words[1:]
        if not 2 <= len(run) <= 4 or any(word in NOT_OF_NAMES for word in words):
            continue
        match = Match(run[0].start(), run[-1].end(), certain=False)
        camel = any(re.search(r"[a-z][A-Z]", word.group()) for word in run[:1])
        products = [word for word in words if word in PRODUCT_NAMES]
        if camel or len(products) == len(words):
            continue
        acts = _acts(text, match)
        unlisted = not products and not _begins_a_sentence(text, run[0].start())
        if words[0] in GIVEN_NAMES or (acts and (words[0] in ORDINARY_WORDS or unlisted)):
            yield match


def _single_words(text: str) -> Iterator[Match]:
    for run in _runs(text):
        word = fold(run[0].group())
        match = Match(run[0].start(), run[0].end(), certain=False)
        if len(run) == 1 and word in GIVEN_NAMES - ORDINARY_WORDS - PRODUCT_NAMES and _acts(text, match):
            yield match


def _initials(text: str) -> Iterator[Match]:
    for found in _INITIALS.finditer(text):
        family = re.split(r"[. ]", found.group())[-1]
        initials = found.group()[: -len(family)]
        if initials.upper() == initials and family[0].isupper() and fold(family) not in NOT_OF_NAMES:
            yield Match(found.start(), found.end(), certain=False)


def _addresses(text: str) -> Iterator[Match]:
    for found in _ADDRESS.finditer(text):
        mailbox = fold(found.group().split("@")[0])
        if not any(part in ROLE_MAILBOXES for part in [mailbox, *re.split(r"[.+_-]", mailbox)]):
            yield Match(found.start(), found.end(), certain=False)
    for found in _HANDLE.finditer(text):
        parts = re.split(r"[-_]", fold(found.group()[1:]))
        if not any(part in ROLE_MAILBOXES | NOT_OF_NAMES for part in parts):
            yield Match(found.start(), found.end(), certain=False)


def _without_overlaps(found: Iterable[Match]) -> list[Match]:
    kept: list[Match] = []
    for match in sorted(found, key=lambda each: (each.start - each.end, not each.certain, each.start)):
        if not any(match.start < other.end and other.start < match.end for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda each: each.start)
