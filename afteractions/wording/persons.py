"""Names of registered persons in a text.

domain.md, No names in root cause. Case and diacritics are folded; a name ends at a word boundary, except in scripts
that write without spaces.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from afteractions.wording.given_names import GIVEN_NAMES
from afteractions.wording.name_words import (
    NOT_OF_NAMES,
    ORDINARY_WORDS,
    PARTICLES,
    PLACES,
    PRODUCT_NAMES,
)
from afteractions.wording.sentences import (
    BEFORE_A_PLACE,
    WORD,
    Folded,
    Match,
    acts,
    begins_a_sentence,
    fold,
    folded,
    follows_an_article,
)

_PIECE = re.compile(r"\w+")
_HAN = re.compile(r"[\u3400-\u9fff々]{2,4}")
_HAN_FORMS_OF_ADDRESS = "(?=さん|さま|くん|ちゃん|氏|様|君|先生|先輩|部長|課長)"
_SHORTEST_LOWER_CASE = 3
_CAPITAL_BEFORE = re.compile(r"([^\W\d_]+) $")
_CAPITAL_AFTER = re.compile(r" ([^\W\d_]+)")
_LONGEST_BESIDE = 30
_ANOTHER_HALF = re.compile(r"-(?!(?:led|san|sama|sensei|kun|chan|ji|ssi|nim)\b)[^\W\d_]")
_NO_NAMES_OF_OTHERS = ORDINARY_WORDS | PRODUCT_NAMES | NOT_OF_NAMES | PLACES
_NO_GIVEN_OR_FAMILY = ORDINARY_WORDS | NOT_OF_NAMES
_THINGS = (NOT_OF_NAMES | PLACES | PRODUCT_NAMES) - ORDINARY_WORDS
_NO_SURE_NAMES = ORDINARY_WORDS | PRODUCT_NAMES | NOT_OF_NAMES
# How a letter is spelled out where a keyboard lacks it.
_SPELLED_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody registered. `responder`: of this incident, so that the given or family name alone is sure.

    Without an account somebody counts as a person only when named like one (`is_named_like_a_person`).
    """

    name: str
    handle: str = ""
    email: str = ""
    responder: bool = False
    has_account: bool = True


def is_named_like_a_person(name: str) -> bool:
    """Whether a name reads like a person's: "Ann Lee" does, "User", "Node" and "Responder 1" do not."""
    words = re.findall(r"\S+", name)
    if not words or any(not WORD.fullmatch(word.rstrip(".,")) for word in words):
        return False
    plain = [fold(word.rstrip(".,")) for word in words]
    if any(word in NOT_OF_NAMES for word in plain):
        return False
    if len(words) == 1:
        return plain[0] in GIVEN_NAMES
    capitals = [word for word in words if word[0].isupper() or fold(word) in PARTICLES]
    return len(capitals) == len(words) and not all(word in PRODUCT_NAMES for word in plain)


def known_names(text: str, people: Iterable[KnownPerson]) -> list[Match]:
    """The registered names in the text, longest first where they overlap, in the order of the text.

    The given or family name alone of somebody who was no responder is not certain.
    """
    text_folded = folded(text)
    said = frozenset(_PIECE.findall(text_folded.text))
    without_spaces = _HAN.search(text) is not None
    found: list[Match] = []
    for person in people:
        # Thousands are registered and few are mentioned: most are ruled out by the words alone.
        mentioned = not said.isdisjoint(_pieces(person.name, person.handle, person.email))
        if not mentioned and not (without_spaces and _HAN.fullmatch(person.name)):
            continue
        if person.has_account or is_named_like_a_person(person.name):
            found += _names_of(person, text, text_folded)
    whole = (Match(each.start, _whole(text, each.end), each.certain) for each in found)
    return list(_joined(without_overlaps(whole), text))


def _joined(matches: list[Match], text: str) -> Iterator[Match]:
    """Parts of a name that stand side by side are one: "García Fuentes" of María José García Fuentes."""
    last: Match | None = None
    for match in matches:
        beside = last is not None and text[last.end : match.start] == " " and text[match.start].isupper()
        if last is not None and beside and last.certain == match.certain:
            last = Match(last.start, match.end, last.certain)
            continue
        if last is not None:
            yield last
        last = match
    if last is not None:
        yield last


def without_overlaps(found: Iterable[Match]) -> list[Match]:
    """The longest first where they overlap, in the order of the text."""
    kept: list[Match] = []
    for match in sorted(found, key=lambda each: (each.start - each.end, not each.certain, each.start)):
        if not any(match.start < other.end and other.start < match.end for other in kept):
            kept.append(match)
    return sorted(kept, key=lambda each: each.start)


def _whole(text: str, end: int) -> int:
    """The end with the combining marks of the last letter."""
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end


@lru_cache(maxsize=16384)
def _pieces(*names: str) -> frozenset[str]:
    return frozenset(
        piece for name in names for form in _spellings(name) for piece in _PIECE.findall(fold(form))
    )


def _spellings(name: str) -> tuple[str, str, str]:
    """A name as it is written, with its umlauts spelled out, and with what may be a spelled out umlaut."""
    plain = unicodedata.normalize("NFC", name.casefold())
    spelled_out = "".join(_SPELLED_OUT.get(letter, letter) for letter in plain)
    contracted = re.sub(r"(?<![aeq])([aou])e", r"\1", plain)
    return name, spelled_out, contracted


def _names_of(person: KnownPerson, text: str, said: Folded) -> Iterator[Match]:
    for address in filter(None, (person.email, person.handle and f"@{person.handle.lstrip('@')}")):
        yield from _occurrences(address, said)
    handle = fold(person.handle.lstrip("@"))
    if handle and handle not in _NO_SURE_NAMES:
        yield from _occurrences(handle, said)
    if _HAN.fullmatch(person.name):
        yield from _han_names(person, text)
        return
    written, spelled_out, contracted = _spellings(person.name)
    for spelling in dict.fromkeys((written, spelled_out)):
        yield from _forms_of(spelling, person, text, said)
    if fold(contracted) != fold(written):
        for match in _forms_of(contracted, person, text, said):
            # "ue" was an umlaut only where the text has one.
            if not text[match.start : match.end].isascii():
                yield match


def _forms_of(name: str, person: KnownPerson, text: str, said: Folded) -> Iterator[Match]:
    parts = [part for part in WORD.findall(name) if fold(part) not in PARTICLES]
    only_ordinary = all(fold(part) in _NO_GIVEN_OR_FAMILY for part in parts)
    for form in _full_forms(name, parts):
        for match in _occurrences(form, said):
            # "The pods will grant access" does not name Will Grant.
            if text[match.start].isupper() or not only_ordinary:
                yield match
    # A letter alone is an initial: it may be anybody's.
    alone = [part for part in parts if len(part) > 1] if len(parts) > 1 or person.responder else []
    for part in alone:
        for match in _occurrences(part, said):
            yield from _weighed(match, text) if person.responder else _weighed_of_others(match, text)


def _han_names(person: KnownPerson, text: str) -> Iterator[Match]:
    """The full name anywhere, and of a responder the family name before a form of address."""
    for hit in re.finditer(re.escape(person.name), text):
        yield Match(*hit.span())
    if person.responder:
        for length in (2, 1):
            family = re.escape(person.name[:length])
            pattern = rf"{family}{_HAN_FORMS_OF_ADDRESS}" + (rf"|(?<!\w){family}(?!\w)" if length > 1 else "")
            for hit in re.finditer(pattern, text):
                yield Match(*hit.span())


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
            yield f"{given[0]} {last}"
            yield f"{given[0]}.{last}"
            yield f"{last}, {given[0]}."
            yield f"{given} {last[0]}."
        yield f"{given}.{family}"


def _occurrences(form: str, said: Folded) -> Iterator[Match]:
    words = fold(form).split()
    # Thousands of names make thousands of patterns: none is built for a word that was not said.
    if not words or any(word not in said.text for word in words):
        return
    pattern = r"\s+".join(re.escape(word) for word in words)
    for hit in re.finditer(rf"(?<![\w@]){pattern}(?!\w)", said.text):
        yield Match(*said.span(hit.start(), hit.end()))


def _weighed(match: Match, text: str) -> Iterator[Match]:
    """A given or family name that stands alone, judged by how it is written."""
    written = text[match.start : match.end]
    word = fold(written)
    capital = written[0].isupper()
    if _is_half_of_a_double_name(match, text):
        return
    if word in _NO_SURE_NAMES:
        if not capital or _is_of_a_thing(match, text):
            return
        inside = not begins_a_sentence(text, match.start)
        if acts(text, match.start, match.end) or (word in ORDINARY_WORDS and inside):
            yield Match(match.start, match.end, certain=word not in PRODUCT_NAMES)
        elif word in PRODUCT_NAMES and inside:
            yield Match(match.start, match.end, certain=False)
    elif BEFORE_A_PLACE.search(text[: match.start]):
        return
    elif capital or len(written) >= _SHORTEST_LOWER_CASE:
        yield match


def _weighed_of_others(match: Match, text: str) -> Iterator[Match]:
    """The same of somebody who had no part in the incident: less sure, and never in lower case."""
    written = text[match.start : match.end]
    word = fold(written)
    if _is_half_of_a_double_name(match, text):
        return
    if not written[0].isupper() or len(written) < _SHORTEST_LOWER_CASE or _is_of_a_thing(match, text):
        return
    if word not in _NO_NAMES_OF_OTHERS or (
        word in ORDINARY_WORDS
        and not begins_a_sentence(text, match.start)
        and acts(text, match.start, match.end)
    ):
        yield Match(match.start, match.end, certain=False)


def _is_half_of_a_double_name(match: Match, text: str) -> bool:
    """Whether a hyphen joins it to another name: "José" in "María-José" is somebody else."""
    before, after = text[: match.start], text[match.end :]
    return re.search(r"[^\W\d_]-$", before) is not None or _ANOTHER_HALF.match(after) is not None


def _is_of_a_thing(match: Match, text: str) -> bool:
    """Whether the word belongs to the name of a thing or a place: "the Baker Street exchange", "San Jose"."""
    if follows_an_article(text, match.start) or BEFORE_A_PLACE.search(text[: match.start]):
        return True
    before = _CAPITAL_BEFORE.search(text[max(0, match.start - _LONGEST_BESIDE) : match.start])
    after = _CAPITAL_AFTER.match(text[match.end : match.end + _LONGEST_BESIDE])
    beside = [fold(found[1]) for found in (before, after) if found and found[1][0].isupper()]
    return any(word in _THINGS for word in beside)
