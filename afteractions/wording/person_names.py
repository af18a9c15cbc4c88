"""Whether somebody is named like a person, and of which parts a name is made, in every script.

domain.md, No names in root cause: imported records list "User", "Node" or "Control plane" among their people. The same
rule decides who is proposed as an attendee.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from afteractions.wording.scripts import HAN, HAN_AND_KANA, MARKS, TOKEN, WITHOUT_BLANKS, has_case, stem
from afteractions.wording.sentences import fold
from afteractions.wording.words.foreign_words import (
    OTHER_GIVEN_NAMES,
    OTHER_PARTICLES,
    OTHER_ROLES,
    ROLE_ENDINGS,
    ROLES,
)
from afteractions.wording.words.given_names import GIVEN_NAMES
from afteractions.wording.words.name_words import (
    CYRILLIC_NAMES,
    FAMILY_NAMES,
    HAN_FAMILIES,
    HAN_FAMILIES_OF_TWO,
    HANGUL_FAMILIES,
    HONORIFICS,
    NOT_OF_NAMES,
    OCCUPATIONS,
    ORDINARY_GIVEN_NAMES,
    ORDINARY_WORDS,
    PARTICLES,
    PLACES,
    PRODUCT_NAMES,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ASIDE = re.compile(
    r"[(\[{<（【][^)\]}>）】]*[)\]}>）】]?|\s[-–—|/•·:].*|,\s*(?:ph\.?d|md|msc|bsc|jr|sr|esq)\b.*",
    re.IGNORECASE,
)
_WORDS_OF_A_NAME_AT_MOST = 6
_LONGEST_NAME = 200
_SUFFIXES = _words("jr sr ii iii iv phd md")
# How a letter is spelled out where a keyboard lacks it.
_SPELLED_OUT = {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"}
_HYPHEN = re.compile("[-‐‑]")
_APOSTROPHES = "'’ʼ`´"
_SHAPE = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{MARKS}{_APOSTROPHES}.·・‐‑-])*")
_PREFIXED = re.compile(
    rf"(?:O|D|N|L|Mc|M)[{_APOSTROPHES}][^\W\d_]{{2,}}|(?:Mc|Mac|Fitz)[A-Z]\w+|(?:al|el|ben)[-’'][A-Z]\w+"
)
_FAMILY_SHAPE = re.compile(
    r"\w{2,}(?:owicz|ewicz|czyk|wski|wska|nski|nska|enko|ovic|ovich|evic|evich|ovsky|ovska|kova|nova|rova|sson|dottir|"
    r"qvist|escu|oglu|opoulos|akis|idis|shvili|ndez|rguez|ullah|zadeh|wardena|swamy|murthy|thwaite)"
)
# Endings that English gives to things and deeds, and no language to most of its names.
_ENGLISH_SHAPE = re.compile(
    r"\w{2,}(?:ing|tion|sion|ment|ness|ity|ance|ence|ship|able|ible|ical|less|ful|ware|base|work|works|side|line|time|"
    r"flow|store|board|desk|point|gate|port|end|ops|sec|sql|er|or|ors|ers|ed|ly|ist|ism|ics|ium|ive|ate|ize|ise|age|ure|ory|ary)"
)
_CYRILLIC_FAMILY = re.compile(
    r"\w{2,}(?:ов|ев|ин|ова|ева|ина|енко|скии|ская|цкии|цкая|ович|евич|овна|евна|чук|юк|швили|дзе|ян)"
)
# Short words of English that are names elsewhere: only beside a name that is sure.
_SHORT_NAMES = _words("an do so my in on to be no as at he she it if by up us we me la of")

_SURE_GIVEN = GIVEN_NAMES - ORDINARY_WORDS - PRODUCT_NAMES - NOT_OF_NAMES
_SURE_FAMILY = FAMILY_NAMES - ORDINARY_WORDS - PRODUCT_NAMES - NOT_OF_NAMES - PLACES
_NOBODY = NOT_OF_NAMES | OCCUPATIONS | ROLES
_OTHER_ROLES = tuple(fold(word) for word in OTHER_ROLES)
_OTHER_GIVEN = frozenset(fold(word) for word in OTHER_GIVEN_NAMES) | CYRILLIC_NAMES
_OTHER_PARTICLES = frozenset(fold(word) for word in OTHER_PARTICLES)
_PARTICLES = PARTICLES | _OTHER_PARTICLES
_LONGEST_HAN = 6
_SHORTEST_UNKNOWN = 3
# "San Jose", "Hong Kong": where a place begins with one of these, no person's name does.
_BEFORE_PLACES = _words("san santa sao los las hong new north south east west fort port mount el")


@dataclass(frozen=True, slots=True)
class NamePart:
    """A given or family name as written, and the words by which a text may say it: `forms` holds each as its folded
    words, with whether only a text that writes an accent can mean it."""

    written: str
    forms: tuple[tuple[tuple[str, ...], bool], ...]
    initial: str


@dataclass(frozen=True, slots=True)
class Name:
    """`parts` in the order of the name, without `particles`; `words` are all folded words of `parts`."""

    parts: tuple[NamePart, ...]
    particles: frozenset[str]
    words: frozenset[str]
    unspaced: str


@lru_cache(maxsize=16384)
def parsed(name: str) -> Name:
    """The parts of a name; what stands beside it, as in "Ann Lee (phone)", is left out."""
    words = words_of(name)
    particles = frozenset(
        plain for word in words for plain in [fold(word)] if plain in _PARTICLES and len(words) > 1
    )
    parts = [_part(word) for word in words if fold(word) not in particles]
    if not parts:
        parts, particles = [_part(word) for word in words], frozenset()
    unspaced = " ".join(words) if words and all(WITHOUT_BLANKS.search(word) for word in words) else ""
    return Name(
        tuple(part for part in parts if part.forms),
        particles,
        frozenset(word for part in parts for form, _ in part.forms for word in form),
        unspaced,
    )


def words_of(name: str) -> list[str]:
    """The words of a name in their order, without titles, degrees and what is said aside."""
    plain = _ASIDE.sub(" ", unicodedata.normalize("NFC", name[:_LONGEST_NAME])).strip(" ,;.")
    if plain.count(",") == 1:
        family, _, given = (side.strip() for side in plain.partition(","))
        # "Lee, Ann", but "Ann Lee, Platform".
        plain = f"{given} {family}" if len(family.split()) == 1 and given else family
    words = [word.strip('"“”„,;') for word in plain.split()]
    words = [word for word in words if word]
    while len(words) > 1 and fold(words[0]).rstrip(".") in HONORIFICS:
        words = words[1:]
    while len(words) > 1 and fold(words[-1]).rstrip(".") in _SUFFIXES:
        words = words[:-1]
    return words


def _part(word: str) -> NamePart:
    forms: dict[tuple[str, ...], bool] = {}
    for spelling, accented in _spellings(word):
        tokens = tuple(fold(hit.group()) for hit in TOKEN.finditer(spelling))
        if not tokens:
            continue
        forms.setdefault(tokens, accented)
        if len(tokens) > 1:
            forms.setdefault(("".join(tokens),), accented)
        elif root := stem(tokens[0]):
            forms.setdefault((root,), accented)
    # "García" of somebody called García-Lopez.
    for half in _HYPHEN.split(word):
        tokens = tuple(fold(hit.group()) for hit in TOKEN.finditer(half))
        if sum(map(len, tokens)) >= _SHORTEST_UNKNOWN:
            forms.setdefault(tokens, False)
    return NamePart(word, tuple(forms.items()), fold(word)[:1])


def _spellings(word: str) -> list[tuple[str, bool]]:
    """A word as it is written, with its umlauts spelled out, and with what may be a spelled out umlaut."""
    spelled_out = "".join(_SPELLED_OUT.get(letter, letter) for letter in word.casefold())
    contracted = re.sub(r"(?<![aeq])([aou])e", r"\1", word.casefold())
    plain = word.casefold()
    return [
        (word, False),
        *((spelled_out, False),) * (spelled_out != plain),
        *((contracted, True),) * (contracted != plain),
    ]


@lru_cache(maxsize=4096)
def is_named_like_a_person(name: str) -> bool:
    """Whether a name reads like a person's: "Ann Lee" does, "User", "Node" and "Responder 1" do not."""
    words = words_of(name)
    if not 0 < len(words) <= _WORDS_OF_A_NAME_AT_MOST or any(not _is_a_word(word) for word in words):
        return False
    if any(not has_case(word) or not _is_latin(word) for word in words):
        return _is_a_person_elsewhere(words)
    return _is_a_person_in_latin_letters(words)


def _is_a_word(word: str) -> bool:
    return _SHAPE.fullmatch(fold(word)) is not None


def _is_latin(word: str) -> bool:
    return fold(word)[:1].isascii()


def _is_a_person_in_latin_letters(words: list[str]) -> bool:
    plain = [fold(word).rstrip(".").translate({ord(mark): "'" for mark in _APOSTROPHES}) for word in words]
    sure = [
        word
        for word, written in zip(plain, words, strict=True)
        if word in _SURE_GIVEN
        or word.split("-")[0] in _SURE_GIVEN
        or word in _SURE_FAMILY
        or _PREFIXED.fullmatch(written)
        or _FAMILY_SHAPE.fullmatch(word)
    ]
    for word in plain:
        known = word in _SHORT_NAMES and bool(sure)
        if not known and (word in _NOBODY or word.endswith(ROLE_ENDINGS)):
            return False
    if len(plain) == 1:
        return bool(sure) or plain[0] in GIVEN_NAMES - NOT_OF_NAMES
    if plain[0] in _BEFORE_PLACES or all(word in PRODUCT_NAMES for word in plain):
        return False
    names = [(word, written) for word, written in zip(plain, words, strict=True) if word not in PARTICLES]
    if all(written[0].isupper() for _, written in names):
        return True
    if sure:
        return True
    if plain[0] in ORDINARY_GIVEN_NAMES:
        return all(word in ORDINARY_WORDS for word, _ in names)
    # In small letters nothing says that it is a name: no word may be one of English, or a product.
    return not any(
        len(word) < _SHORTEST_UNKNOWN
        or word in ORDINARY_WORDS
        or word in PRODUCT_NAMES
        or _ENGLISH_SHAPE.fullmatch(word)
        for word, _ in names
    )


def _is_a_person_elsewhere(words: list[str]) -> bool:
    plain = [fold(word) for word in words]
    whole = "".join(plain)
    if HAN_AND_KANA.search(whole):
        return _is_a_person_in_han_or_kana(plain)
    if any(word in _OTHER_ROLES for word in plain) or any(
        WITHOUT_BLANKS.search(word) and role in word for word in plain for role in _OTHER_ROLES
    ):
        return False
    if re.fullmatch("[\u1100-\u11ff\uac00-\ud7a3]+", whole):
        composed = unicodedata.normalize("NFC", whole)
        if any(
            unicodedata.normalize("NFC", role) in composed for role in _OTHER_ROLES if role[0] >= "\u1100"
        ):
            return False
        return 2 <= len(composed) <= 4 and (composed[0] in HANGUL_FAMILIES or len(words) > 1)
    if len(plain) > 1:
        # Arabic and Hebrew put the article before what is no name: "the network", but "Muhammad al-Ahmad".
        return not plain[0].startswith("ال")
    return plain[0] in _OTHER_GIVEN or (
        _CYRILLIC_FAMILY.fullmatch(plain[0]) is not None and words[0][:1].isupper()
    )


def _is_a_person_in_han_or_kana(plain: list[str]) -> bool:
    whole = "".join(plain)
    if len(whole) > _LONGEST_HAN + 2 or any(
        role in whole for role in _OTHER_ROLES if HAN_AND_KANA.match(role)
    ):
        return False
    if HAN.match(whole):
        family = whole[:2] in HAN_FAMILIES_OF_TWO or whole[0] in HAN_FAMILIES
        return 2 <= len(whole) <= _LONGEST_HAN and (family or len(plain) == 2)
    return len(plain) == 2 or whole in _OTHER_GIVEN
